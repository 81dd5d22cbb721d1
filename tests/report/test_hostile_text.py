"""Whatever students write, a page shows it as text: no element, attribute or address of theirs comes alive."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language import verbatim
from grader.model import Answer, CellComparison, CellRun, NotebookFacts, Override
from grader.report import ClassPage, NotebookPicture, StudentPage, StudentRow, render_class, render_student
from grader.report.text import sentence, visible, words_as_html
from tests.report.html_tree import Page
from tests.waiting import PATIENCE_S

ATTACKS = [
    "<script>document.title='owned'</script>",
    "<img src=x onerror=\"document.title='owned'\">",
    "\"><svg onload=document.title='owned'>",
    "' autofocus onfocus=document.title='owned' x='",
    "</title><script>document.title='owned'</script>",
    "</style><script>document.title='owned'</script>",
    "</code></pre></bdi></table><h1>You passed</h1>",
    "<iframe src=\"javascript:document.title='owned'\"></iframe>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=document.title='owned'>",
    "[link](javascript:document.title='owned') <javascript:alert(1)>",
    "![x](https://tracker.example/pixel.png) <https://tracker.example>",
    "[a]: javascript:alert(1)\n\n[a]",
    "`<script>document.title='owned'</script>`",
    "```\n</code></pre><script>document.title='owned'</script>\n```",
    "{{ 7 * 7 }} {% include 'style.css' %} {0.__class__}",
    "<!-- --!><script>document.title='owned'</script> -->",
    "<style>body{display:none}</style>",
    "&lt;script&gt; &#60;script&#62; &NewLine;",
    "<meta http-equiv=refresh content='0;url=https://tracker.example'>",
    "<base href=https://tracker.example/>",
]

WRITTEN = {*"p br hr em strong code pre blockquote ul ol li table thead tbody tr th td".split()}  # noqa: SIM905
"""What a student's words may turn into."""
ELEMENTS = WRITTEN.union(
    "html head meta title style script body a header main section footer div span b bdi h1 h2 h3 dl dt dd".split(),  # noqa: SIM905
    "caption figure figcaption svg symbol use path rect circle text details summary time img button".split(),  # noqa: SIM905
)
"""What the templates are made of."""


def attacked(page: StudentPage, attack: str) -> StudentPage:
    """The page with the attack in every place that a student, or a student's code, can write to."""
    cell = CellRun(index=0, number=1, title=attack, end="error", because=verbatim(attack))
    comparison = CellComparison(
        number=1,
        title=attack,
        stored=True,
        executed=True,
        text_alike=False,
        stored_excerpt=attack,
        fresh_excerpt=attack,
    )
    model = {"name": attack, "class": attack, "layers": [attack], "parameters": 1, "error": attack}
    answer = Answer(status="answered", value={"models": [{**model, "predictions": np.linspace(-1, 1, 50)}]})
    findings = tuple(
        finding.model_copy(update={"because": attack, "diagnosis": attack}) for finding in page.grade.findings
    )
    when = datetime(2024, 8, 13, 9, 30)
    override = Override(
        student=attack, assignment="a", criterion="fit", earned=1, comment=attack, who=attack, when=when, why=attack
    )
    gone = override.model_copy(update={"criterion": attack})
    run = {
        "because": attack,
        "end": "stopped",
        "cells": (cell,),
        "answers": {"networks": answer},
        "facts": NotebookFacts(comparisons=(comparison,), words=attack),
        "environment": {attack: attack},
    }
    return replace(
        page,
        submission=page.submission.model_copy(update={"student": attack, "source": attack}),
        run=page.run.model_copy(update=run),
        grade=page.grade.model_copy(
            update={"student": attack, "findings": findings, "overrides": (override, gone), "end": "stopped"}
        ),
        pictures=(NotebookPicture(1, attack, b"<svg/>"),),
    )


def as_class(page: ClassPage, attack: str, student: StudentPage) -> ClassPage:
    hostile = attacked(student, attack)
    row = StudentRow(hostile.submission, hostile.run, hostile.grade)
    twin = StudentRow(hostile.submission, hostile.run, hostile.grade.model_copy(update={"student": attack + "2"}))
    return replace(page, students=(row, twin))


def active_parts(page: Page) -> list[str]:
    """Elements that the templates do not have, handlers, and addresses that lead out of the page."""
    strange = [tag for tag in page.tags if tag not in ELEMENTS]
    handlers = [name for _, name, _ in page.attributes if name.startswith("on") or name in ("srcdoc", "formaction")]
    addresses = [
        value
        for _, name, value in page.attributes
        if name in ("href", "src") and not re.fullmatch(r"#[^<>]*|[a-z0-9._@-]+\.html(#[a-z-]+)?", value)
    ]
    return strange + handlers + addresses


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_text_on_the_students_page(student_page: StudentPage, attack: str) -> None:
    page = Page(render_student(attacked(student_page, attack)))
    assert active_parts(page) == []
    assert "script" not in page.tags
    assert page.unbalanced == []
    assert page.text.count(re.sub(r"\s+", " ", attack)[:80]) >= 10 or "`" in attack


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_text_on_the_page_of_the_class(
    class_page: ClassPage, student_page: StudentPage, attack: str
) -> None:
    page = Page(render_class(as_class(class_page, attack, student_page)))
    assert active_parts(page) == []
    assert page.tags.count("script") == 1
    assert page.unbalanced == []


def test_the_corpus_would_be_noticed_without_escaping() -> None:
    pages = [Page(f"<p title='{attack}'>{attack}</p>") for attack in ATTACKS]
    noticed = [page for page in pages if active_parts(page) or page.unbalanced or "script" in page.tags]
    assert len(noticed) >= 14


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_can_be_written_to_a_file_and_hides_nothing(text: str) -> None:
    shown = visible(text)
    shown.encode("utf-8")
    assert not re.search("[\u202a-\u202e\u2066-\u2069\u200b\x00-\x08\ud800-\udfff]", shown)
    str(sentence(text)).encode("utf-8")


@given(st.text(max_size=300))
def test_words_are_never_more_than_text_with_emphasis(words: str) -> None:
    page = Page(str(words_as_html(words)))
    assert set(page.tags) <= WRITTEN
    assert {(name, value) for _, name, value in page.attributes} <= {("class", "heading")}


def test_a_direction_override_is_written_out(changed: Callable[..., StudentPage]) -> None:
    name = "ana\u202e\u2066gpj\ud800\x00"
    html = render_student(changed(grade={"student": name}))
    assert "ana⟨U+202E⟩⟨U+2066⟩gpj⟨U+D800⟩⟨U+0000⟩" in Page(html).text
    html.encode("utf-8")


def test_names_are_kept_apart_from_the_direction_of_the_text_around_them(changed: Callable[..., StudentPage]) -> None:
    assert "<bdi>שרה</bdi>" in render_student(changed(grade={"student": "שרה"}))


def test_accents_on_accents_are_limited() -> None:
    assert visible("e" + "\u0301" * 500) == "e" + "\u0301" * 4
    assert visible("é ñ ü ặ") == "é ñ ü ặ"


def test_a_link_shows_where_it_would_lead() -> None:
    html = str(words_as_html("[harmless](https://tracker.example)"))
    assert html == "<p>[harmless](https://tracker.example)</p>\n"


def test_html_among_the_words_is_shown_as_it_was_written() -> None:
    assert str(words_as_html("a <b>b</b> <script>c</script>")) == (
        "<p>a &lt;b&gt;b&lt;/b&gt; &lt;script&gt;c&lt;/script&gt;</p>\n"
    )


def test_headings_of_the_student_do_not_become_the_pages() -> None:
    assert str(words_as_html("# You passed")) == '<p class="heading">You passed</p>\n'


def test_templates_hidden_in_text_are_not_run(changed: Callable[..., StudentPage]) -> None:
    html = render_student(changed(grade={"student": "{{ 7 * 7 }}"}, run={"because": "{page.course} {{ 7 * 7 }}"}))
    assert "49" not in Page(html).text
    assert "{page.course} {{ 7 * 7 }}" in Page(html).text


# ---- in a real browser ----------------------------------------------------------------------------------------------

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")


def load(path: Path) -> str:
    """The page's DOM after its scripts have run."""
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--virtual-time-budget=1000", "--dump-dom"]
    profile = f"--user-data-dir={path.parent / 'profile'}"
    command: list[Any] = [CHROMIUM, *options, profile, path.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S, check=True).stdout


@needs_browser
def test_in_a_browser_no_attack_runs_on_the_students_page(student_page: StudentPage, tmp_path: Path) -> None:
    path = tmp_path / "ana.html"
    path.write_text(render_student(attacked(student_page, " ".join(ATTACKS))), encoding="utf-8")
    dom = load(path)
    assert "<title>owned</title>" not in dom
    assert "script" not in Page(dom).tags


@needs_browser
def test_in_a_browser_the_class_page_runs_its_own_script_and_no_other(
    class_page: ClassPage, student_page: StudentPage, tmp_path: Path
) -> None:
    path = tmp_path / "index.html"
    html = render_class(as_class(class_page, " ".join(ATTACKS), student_page))
    path.write_text(html.replace("</main>", "<script>document.title='owned'</script></main>"), encoding="utf-8")
    page = Page(load(path))
    assert "owned" not in page.pieces
    assert page.tags.count("button") == 6


@needs_browser
def test_in_a_browser_a_click_on_a_column_sorts_the_table(
    class_page: ClassPage, row: Callable[..., StudentRow], tmp_path: Path
) -> None:
    late = {"ana": 30.0, "bruno": 200.5, "carla": 4.0}
    html = render_class(replace(class_page, students=tuple(row(name, late_by_s=s) for name, s in late.items())))
    click = "<script>document.querySelectorAll('th button')[4].click()</script>"
    unguarded = re.sub(r"<meta http-equiv[^>]*>", "", html).replace("</body>", f"{click}</body>")
    path = tmp_path / "index.html"
    path.write_text(unguarded, encoding="utf-8")
    dom = load(path)
    assert re.findall(r'<th scope="row" data-sort="(\w+)"', dom) == ["carla", "ana", "bruno"]
    assert dom.count('aria-sort="ascending"') == 1


@needs_browser
def test_in_a_browser_the_attack_would_run_where_nothing_stops_it(tmp_path: Path) -> None:
    path = tmp_path / "open.html"
    path.write_text(f"<title>Calm</title>{ATTACKS[0]}", encoding="utf-8")
    assert "<title>owned</title>" in load(path)
