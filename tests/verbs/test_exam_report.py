"""The pages of an exam, as they are typed for: scanned sheets with their marks as read, and a list from elsewhere."""

from __future__ import annotations

import re

import cv2
import numpy as np
import pypdfium2
import pytest
import yaml

from grader.exam.scanning.marks_review import decide
from grader.exam.scanning.print_store import PaperStore
from grader.report import pdf
from grader.store.work_folder import WorkFolder
from tests.browser import needs_browser
from tests.exam.making import exam_of, multiple, question, single
from tests.exam.paper.filling import fill
from tests.exam.paper.pens import Pen
from tests.exam.paper.printing import pictures_of
from tests.exam.paper.scanners import Scan, take
from tests.report.html_tree import Page

QUESTIONS = (single("edge"), multiple("corner"), question("text", {"accept": ["homography"]}, "word"))


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course" / "assignments" / "midterm"
    folder.mkdir(parents=True)
    (tmp_path / "course" / "course.toml").write_text('title = "A course"\n')
    (folder / "exam.yaml").write_text(yaml.safe_dump(exam_of(*QUESTIONS), sort_keys=False))
    (tmp_path / "class.csv").write_text("student\nana\n")
    return tmp_path


@pytest.fixture
def grader(call, course):
    return lambda *arguments: call("--course", course / "course", "--work", course / "work", *arguments)


def scan(grader, course, *marked):
    """Print ana's copy, tick these boxes, and scan it; the copy."""
    assert grader("exam", "print", "midterm", "--class", course / "class.csv", "--out", course / "out").code == 0
    (printed,) = PaperStore(WorkFolder(course / "work"), "midterm").prints().values()
    (copy,) = printed.copies
    chance = np.random.default_rng(1)
    (course / "scans").mkdir()
    for page in copy.pages:
        name = f"{printed.id}-{copy.number}-{page.number}"
        meanings = {box.id: "marked" if box.id in marked else "empty" for box in page.boxes}
        filled = fill(pictures_of(printed)[name], page, meanings, Pen(wobble_mm=0.1), chance)
        cv2.imwrite(str(course / "scans" / f"{name}.png"), take(filled, 200 / 25.4, Scan(), chance))
    scanned = grader("exam", "scan", "midterm", course / "scans")
    assert "Responses: 1 new" in scanned.out, scanned
    return copy


def read(course):
    return Page((course / "work" / "reports" / "midterm" / "ana.html").read_text(encoding="utf-8"))


def test_a_page_shows_the_scanned_sheet_with_a_frame_at_each_mark(grader, course):
    copy = scan(grader, course, "edge.a", "corner.a")
    told = grader("report", "midterm")
    assert (told.code, told.out) == (0, f"1 page: {course / 'work' / 'reports' / 'midterm'}\n")
    page = read(course)
    boxes = {box.id: box for one in copy.pages for box in one.boxes}
    places = re.findall(r'<rect class="read [a-z]+" x="([\d.]+)" y="([\d.]+)"', page.html)
    frames = [(float(x), float(y)) for x, y in places]
    # Read as marked, wrongly and rightly; and empty, though right.
    for name in ("edge.a", "corner.a", "edge.b", "corner.c", "corner.e"):
        at = (round(boxes[name].x_mm - 1, 2), round(boxes[name].y_mm - 1, 2))
        assert at in frames, name
    assert len(frames) == 5
    assert "Page 1 · 2 boxes read as marked" in page.text
    assert "You chose “Option a”. Right is “Option b”." in page.text


def test_what_a_person_says_of_a_mark_is_on_the_page(grader, course):
    copy = scan(grader, course, "edge.a")
    store = PaperStore(WorkFolder(course / "work"), "midterm")
    (sheet,) = [scan.sheet for scan in store.scans()]
    assert len(copy.pages) == 1
    decide(store, sheet, "edge.a", "empty", who="bruno")
    decide(store, sheet, "edge.b", "marked", who="bruno")
    grader("exam", "scan", "midterm", course / "scans")
    grader("report", "midterm")
    page = read(course)
    assert "Page 1 · 1 box read as marked · 2 boxes decided by a person" in page.text
    assert "You chose “Option b”, which is right." in page.text


def test_questions_have_the_numbers_that_they_have_on_the_students_copy(grader, course):
    copy = scan(grader, course)
    grader("report", "midterm")
    on_paper = {box.question: (one.number, box.y_mm) for one in copy.pages for box in reversed(one.boxes)}
    on_paper |= {field.question: (one.number, field.y_mm) for one in copy.pages for field in one.fields}
    text = read(course).text
    for number, name in enumerate(sorted(on_paper, key=lambda name: on_paper[name]), start=1):
        assert f"{number}. What of {name}?" in text


def test_a_sheet_whose_picture_was_thrown_away_is_named(grader, course):
    scan(grader, course, "edge.b")
    for path in (course / "work" / "exams" / "midterm" / "sheets").glob("*.jpg"):
        path.unlink()
    grader("report", "midterm")
    assert "The picture of this page is not kept any more." in read(course).text


def test_an_exam_that_was_answered_online_has_pages_without_sheets(grader, course):
    (course / "class-answers.csv").write_text("student,edge,corner,word\nana,b,a; c; e,homography\n")
    grader("exam", "import", "midterm", course / "class-answers.csv")
    told = grader("report", "midterm")
    assert told.code == 0, told
    text = read(course).text
    assert "Grade: 6 of 6 points" in text
    assert "Your sheets, as they were read" not in text


@needs_browser
def test_the_pages_of_an_exam_can_be_had_as_pdf(grader, course):
    scan(grader, course, "edge.b")
    grader("report", "midterm", "--pdf")
    document = pypdfium2.PdfDocument(course / "work" / "reports" / "midterm" / "ana.pdf")
    text = " ".join(page.get_textpage().get_text_range() for page in document)
    pictures = [piece for page in document for piece in page.get_objects() if isinstance(piece, pypdfium2.PdfImage)]
    document.close()
    assert "You chose “Option b”, which is right." in " ".join(text.split())
    assert len(pictures) == 1, "the sheet that was scanned"


def test_where_no_pdf_can_be_written_nothing_is_done(grader, course, monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    (course / "class-answers.csv").write_text("student,edge,corner,word\nana,b,a,homography\n")
    grader("exam", "import", "midterm", course / "class-answers.csv")
    told = grader("report", "midterm", "--pdf")
    assert told.code == 2
    assert "pip install 'dl4cv-grader[pdf]'" in told.err
    assert not (course / "work" / "reports" / "midterm").exists()


def test_an_exam_that_nobody_answered_has_no_pages(grader):
    told = grader("report", "midterm")
    assert told.code == 2
    assert "there are no responses to `midterm` yet" in told.err


def test_what_waits_for_a_person_is_told_by_the_exit_code(grader, course):
    (course / "class-answers.csv").write_text("student,edge,corner,word\nana,b,a,something else\n")
    grader("exam", "import", "midterm", course / "class-answers.csv")
    assert grader("report", "midterm").code == 1
    assert "2 points wait for a person" in read(course).text
