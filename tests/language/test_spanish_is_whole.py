"""A Spanish course in which everything that needs a person occurs shows no text that is outside the catalog.

Each text of the catalog is shown between marks, without the values in it. What is left outside the marks has to be the
course's own: its students, its rubric, its exam. So a bare text in the code, or in a template, fails here wherever it
is shown; a text that the catalog lacks, or has empty, is an error, since the language is spoken strictly.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from html import unescape
from html.parser import HTMLParser
from itertools import zip_longest
from pathlib import Path
from typing import Any, get_args

import nbformat
import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.cli.exporting import _grade
from grader.course.course import read_course
from grader.course.grade_bands import GradeBand
from grader.errors import DamagedError, UserError
from grader.exam.analysis.flags import flag
from grader.exam.exam import find_exam
from grader.exam.exam_scores import analyse_exam
from grader.files.durable import read_sealed
from grader.language import catalogs, error, language, verbatim
from grader.language.stand_in_words import TEXTS
from grader.model import Cause, CauseKind, CellComparison, CellRun, Problem
from grader.report.item_pages import ItemsPage
from grader.report.render import render_items
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.session import ReviewSession
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs
from grader.verbs.collection import write_reply
from grader.verbs.exam_report import report_exam
from grader.verbs.mailing import write_letter
from grader.verbs.notebook_report import report
from tests.exam.paper.printing import every_kind, plan, text_of
from tests.review import making
from tests.review.conftest import scanned as scanned
from tests.review.making import make_class

MARKED = re.compile(r"‹[^‹›]*(?:›|$)")
SHOWN_ATTRIBUTES = {"title", "alt", "aria-label", "placeholder"}
OWN = {"bubblewrap", "mib", "utc"}
"""Names that no language translates."""


TYPED = (
    "prof",
    "Write your answer here.",
    "Every cell was run.",
    "The file is not text, so it is not a notebook.",
    "PK this is a Word document",
    "rubrics/noise.yaml",
)
"""Who decides, and what the notebooks and runs of the small class hold, word for word."""


class Shown(HTMLParser):
    """What a reader sees or hears of a page, but for the names of keys."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag, attrs):
        self.inside.append(tag)
        self.found += [value for name, value in attrs if name in SHOWN_ATTRIBUTES and value]

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if not {"style", "script", "kbd"} & set(self.inside):
            self.found.append(data)


def mark(text: str) -> str:
    """A text of the catalog with marks around its own words, and its values outside them."""
    parts = []
    for words, name, spec, conversion in string.Formatter().parse(text):
        parts.append("‹" + words.replace("{", "{{").replace("}", "}}") + "›" if words else "")
        if name is not None:
            parts.append("{" + name + (f"!{conversion}" if conversion else "") + (f":{spec}" if spec else "") + "}")
    return "".join(parts)


@pytest.fixture
def marked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spanish as every part of the program speaks it: strictly, with marks."""
    spanish = catalogs.tongue_of("es")
    texts = {key: tuple(map(mark, forms)) for key, forms in spanish.texts.items()}
    tongues = {"es": replace(spanish, texts=texts, is_strict=True), "en": catalogs.tongue_of("en")}
    monkeypatch.setattr(catalogs, "tongue_of", tongues.__getitem__)


def words_outside(text: str, own: set[str]) -> list[str]:
    """The words that no catalog said, and that are not the course's own."""
    outside = MARKED.sub(" ", text)
    return sorted({word for word in re.findall(r"\b[^\W\d_]{3,}\b", outside) if word.casefold() not in own | OWN})


def words_of_page(page: str) -> str:
    shown = Shown()
    shown.feed(page)
    return unescape(" ".join(shown.found))


def own_words(*texts: str) -> set[str]:
    return {word.casefold() for text in texts for word in re.findall(r"[^\W\d_]{3,}", text)}


TROUBLED: dict[str, Any] = {"student": "gabi", "code": "plot(2)", "error": "FileNotFoundError", "is": "x.y"}
"""Whose notebook asked for all that is not there, and what it holds."""


def add_troubled(root: Path) -> None:
    """A run of before, with each sentence of the stand-ins as an error and as an output, and with each cause."""
    course, work = read_course(root), WorkFolder(root / ".grader")
    said = [re.sub(r"\{\w+\}", TROUBLED["is"], text) for text in TEXTS]
    making.add_student(course, work, TROUBLED["student"], code=TROUBLED["code"], printed="\n".join(said), bright=4)
    (key,) = {key for (student, _), key in work.gradebook.run_keys("noise").items() if student == TROUBLED["student"]}
    run = work.runs.load(key)
    causes = [Cause(kind=kind, what=TROUBLED["is"], cell=1) for kind in get_args(CauseKind)]
    told = zip_longest(said, causes, fillvalue=None)
    cells = tuple(
        CellRun(index=n, number=n, title="", end="error", because=error(TROUBLED["error"], text or ""), cause=cause)
        for n, (text, cause) in enumerate(told, start=1)
    )
    shown = CellComparison(
        number=1, title="", stored=True, executed=True, text_alike=False, stored_excerpt="3", fresh_excerpt=said[0]
    )
    run = run.model_copy(
        update={
            "cells": cells,
            "environment": {"python": "3", "machine": "x", "gpu": "x"},
            "facts": run.facts.model_copy(update={"comparisons": (shown,)}),
        }
    )
    work.runs.store(run, nbformat.reads(work.runs.load_executed(key), as_version=4))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The small class of the review page, and one with every kind of trouble, in a course in Spanish."""
    root = make_class(tmp_path / "course")
    add_troubled(root)
    (root / "course.toml").write_text('title = "A small course"\nlanguage = "es"\n', encoding="utf-8")
    return root


@pytest.fixture
def own(root: Path) -> set[str]:
    """What the course itself says: no rubric, exam or notebook is ours to translate."""
    files = [path for path in root.rglob("*") if path.suffix in (".yaml", ".toml", ".csv")]
    written = [path.read_text(encoding="utf-8") for path in files]
    return own_words(*written, repr(making.CLASS), *TYPED, repr(TROUBLED))


def review_pages(root: Path) -> Iterator[tuple[str, str]]:
    session = ReviewSession(read_course(root), WorkFolder(root / ".grader"), "prof")
    session.read()
    guard = Guard(8765)
    client, origin = make_app(session, guard).test_client(), "http://127.0.0.1:8765"
    yield "a stranger", client.get("/", base_url=origin).text
    client.get("/", base_url=origin, query_string={"token": guard.token})
    places = ["/", "/nowhere", "/class/noise", "/points/noise", "/points/noise?criterion=bright&points=3"]
    places += [f"/item/{key}" for key in session.items]
    for place in places:
        yield place, client.get(place, base_url=origin).text
    item = next(item for item in session.items.values() if item.kind == "words")
    for points in ("", "prof", "1"):
        form = {"token": guard.form_token, "student": item.students[0], f"points-{item.parts[0].criterion}": points}
        answered = client.post(f"/item/{item.key}", base_url=origin, headers={"Origin": origin}, data=form)
        yield f"points {points}", answered.text
    yield "decided", client.get(f"/item/{item.key}", base_url=origin).text


def test_the_pages_of_a_review_are_in_spanish(root, own, marked):
    shown = dict(review_pages(root))
    assert len(shown) > 12
    outside = {place: words for place, page in shown.items() if (words := words_outside(words_of_page(page), own))}
    # Titles of HTTP's own answers, and the redirect after a decision, are no page of ours.
    assert not {place: words for place, words in outside.items() if place != "points 1"}


def test_the_pages_of_marks_on_sheets_are_in_spanish(tmp_path, scanned, marked):
    root = tmp_path / "course"
    (root / "course.toml").write_text('title = "A small course"\nlanguage = "es"\n', encoding="utf-8")
    session = ReviewSession(read_course(root), WorkFolder(root / ".grader"), "prof")
    session.read()
    guard = Guard(8765)
    client, origin = make_app(session, guard).test_client(), "http://127.0.0.1:8765"
    client.get("/", base_url=origin, query_string={"token": guard.token})
    own = own_words((root / "assignments/paper/exam.yaml").read_text(encoding="utf-8"), "ana", "prof", "small course",
                    "Half of it is marked.", "homography", "none for")  # fmt: skip
    told = client.get("/marks/paper", base_url=origin).text
    (sheet,) = set(re.findall(r'name="sheet" value="([^"]*)"', told))
    (item,) = set(re.findall(r'name="item" value="([^"]*)"', told))
    form = {"token": guard.form_token, "sheet": sheet, "item": item, "value": "small homography"}
    refused = client.post("/marks/paper", base_url=origin, headers={"Origin": origin}, data=form).text
    for page in (told, refused):
        assert "data:image/" in page
        assert not words_outside(words_of_page(page), own)


def test_students_pages_and_the_class_page_are_in_spanish(root, own, marked):
    course, work = read_course(root), WorkFolder(root / ".grader")
    assignment = course.assignment("noise")
    graded = verbs.score_class(course, work, assignment)
    executions = verbs.Executions(0, len(graded))
    report(course, work, assignment, graded, executions, wall_s=1.0, watch=lambda *_: None)
    pages = sorted(work.reports("noise").rglob("*.html"))
    assert len(pages) > len(making.CLASS)
    for page in pages:
        assert not words_outside(words_of_page(page.read_text(encoding="utf-8")), own), page.name


def test_the_pages_of_an_exam_and_of_its_analysis_are_in_spanish(root, own, marked):
    course, work, exam = read_course(root), WorkFolder(root / ".grader"), find_exam(root, "finals")
    folder, scored = report_exam(course, work, exam)
    assert len(scored.grades) == 3
    analysis = analyse_exam(work.gradebook, exam)
    bands = (GradeBand(grade="A", at_least=50),)
    page = ItemsPage("A small course", "A small exam", "finals", analysis, flag(analysis), bands)
    with language("es"):
        items = render_items(page)
    pages = [items, *(path.read_text(encoding="utf-8") for path in folder.glob("*.html"))]
    for told in pages:
        assert not words_outside(words_of_page(told), own)


def test_printed_sheets_are_in_spanish(marked):
    from grader.exam.printing.drawing import draw_copies
    from grader.exam.printing.key import draw_key

    exam = every_kind().model_copy(update={"languages": ["en", "es"]})
    print_ = plan(exam, "ana", blank=1, language="es")
    own = own_words(exam.model_dump_json(), print_.id, "ana")
    for text in (*text_of(draw_copies(print_, Path())), *text_of(draw_key(print_))):
        assert not words_outside(" ".join(text.split()), own)


def test_letters_are_in_spanish(root, own, marked):
    from grader.collect.links import HOW_TO_SHARE
    from grader.language import _

    problem = Problem(
        student="ana", called="ana", what=_("The link leads to no notebook."), remedy=HOW_TO_SHARE, source="mail"
    )
    with language("es"):
        for letter in (
            write_letter("Noise", "ana"),
            write_reply(read_course(root).assignment("noise"), problem, "ana"),
        ):
            assert not words_outside(letter, own)


def test_comments_for_other_systems_are_in_spanish(root, own, marked):
    course, work = read_course(root), WorkFolder(root / ".grader")
    verbs.score_class(course, work, course.assignment("noise"))
    with language("es"):
        rows, _titles = _grade(course, work, "noise")
        comments = [row.comment for row in rows]
    assert len(comments) > len(making.CLASS)
    assert not [words for comment in comments if (words := words_outside(comment, own))]


COMMAND = "grader check ASSIGNMENT NOTEBOOK --sandbox none --json bubblewrap .ipynb --help exam"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("noise",),
        ("noise", "nothing.ipynb"),
        ("noise", "nothing.ipynb", "more"),
        ("noise", "nothing.ipynb", "--sandox"),
        ("noise", "{notebook}", "--sandbox", "cage"),
        ("noises", "nothing.ipynb"),
        ("finals", "nothing.ipynb"),
    ],
    ids=" ".join,
)
def test_what_a_student_types_wrongly_is_told_in_spanish(root, own, marked, arguments):
    given = [argument.format(notebook=root / "course.toml") for argument in arguments]
    ended = CliRunner().invoke(app, ["--course", str(root), "check", *given])
    assert isinstance(ended.exception, UserError)
    told = str(ended.exception)
    assert "\n" in told, "a remedy"
    assert not words_outside(told, own | own_words(COMMAND, str(root), *arguments))


def test_what_is_damaged_is_told_in_spanish(root, own, marked):
    work = WorkFolder(root / ".grader")
    for sort in ("runs", "submissions"):
        for path in (work.root / sort).rglob("*"):
            if path.is_file():
                path.write_bytes(b"x")
    sealed = root / "sheet.json"
    sealed.write_bytes(b"x")
    keys, submissions = work.gradebook.run_keys("noise").values(), work.gradebook.submissions("noise")
    reads = [partial(work.runs.load, key) for key in keys] + [
        partial(work.submission, one.sha256) for one in submissions
    ]
    with language("es"):
        for read in (*reads, partial(read_sealed, sealed)):
            with pytest.raises(DamagedError) as damaged:
                read()
            told = f"{damaged.value.what} {damaged.value.remedy}"
            assert not words_outside(told, own_words("grader execute collect restore FILE"))


def test_a_bare_text_and_one_that_the_catalog_lacks_are_noticed(marked):
    with language("es"):
        assert words_outside(f"{_sample()} and a bare text", set()) == ["and", "bare", "text"]
        with pytest.raises(LookupError, match="no catalog knows"):
            str(replace(_sample(), text="Nobody translated this."))


def _sample():
    from grader.language import _

    assert str(verbatim("x")) == "x"
    return _("Students")
