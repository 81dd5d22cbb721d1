"""The page of similar code: a number with what it means, and the parts side by side as each wrote them."""

from __future__ import annotations

from dataclasses import replace

from grader.report import ClassPage, SimilarPage, render_class, render_similar
from grader.similarity import CommonRun, Hint, Lines, SimilarPair
from tests.report.html_tree import Page

LEFT = (Lines(2, "def stretch(image):\n    return image / 255"), Lines(3, "print(stretch(x))"))
RIGHT = (Lines(5, "def f(<b>):  # </pre><script>alert(1)</script>"),)
PAIR = SimilarPair("ana", "Bruno Díaz", shared=90, own=(120, 300), share=0.75, parts=(CommonRun(90, LEFT, RIGHT),))
HINT = (
    "A hint, never a verdict: who learned from the same source, or worked together as they may, looks like this, too."
)


def test_the_class_page_names_the_pairs_with_their_number_and_links_to_the_parts(class_page: ClassPage) -> None:
    html = render_class(replace(class_page, pairs=(PAIR,)))
    assert f"Much of the same code {HINT} ana, Bruno Díaz 75 %" in Page(html).text
    assert 'href="similar.html#pair-1"' in html


def test_a_class_without_such_pairs_hears_nothing_of_it(class_page: ClassPage) -> None:
    assert "Much of the same code" not in render_class(class_page)


def test_the_page_says_what_the_number_means_and_shows_the_parts_beside_each_other() -> None:
    html = render_similar(SimilarPage("A course", "Hello", (PAIR,)))
    text = Page(html).text
    assert (
        "The number is the share of a student's own code that is also in another notebook, in pieces of two lines or "
        "more. Own code was not given, and less than a tenth of the class has it. Other names, numbers, comments, "
        f"spaces and another order make no difference. {HINT}"
    ) in text
    assert (
        "ana, Bruno Díaz: 75 % Of the 120 words of code that are ana's own, 90 are also in Bruno Díaz's notebook; "
        "Bruno Díaz's own are 300."
    ) in text
    assert "code cell 2 def stretch(image): return image / 255 code cell 3 print(stretch(x)) code cell 5" in text
    assert '<h2 id="pair-1"' in html


def test_code_on_the_page_stays_text() -> None:
    html = render_similar(SimilarPage("A course", "Hello", (PAIR,)))
    assert "<script" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_the_class_page_tells_what_colab_noted_as_hints(class_page: ClassPage) -> None:
    students = tuple(row.grade.student for row in class_page.students[:2])
    html = render_class(replace(class_page, hints=(Hint(students, "These notebooks were cloned from the same file."),)))
    assert (
        "What Colab noted in the notebooks Hints, never verdicts: anybody can edit these notes, and who works on a "
        "friend’s machine leaves the same ones. "
        f"{students[0]} {students[1]} These notebooks were cloned from the same file."
    ) in Page(html).text
    assert "What Colab noted" not in render_class(class_page)
