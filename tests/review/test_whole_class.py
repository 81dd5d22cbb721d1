"""A class of 60 with every kind of trouble: run in the real sandbox, reviewed in a browser, reported and exported."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Page, expect

from grader.course.course import read_course
from grader.model import HandInEvidence, Submission
from grader.review.session import ReviewSession
from grader.store.work_folder import WorkFolder
from tests.browser import PATIENCE_MS, browser, complaints, needs_browser
from tests.report.test_hostile_text import ATTACKS
from tests.review.conftest import serving
from tests.small_course import RIGHT, RUBRIC, WRONG, Ended, run_grader, write_class, write_course

pytestmark = needs_browser

WITH_WORDS = RUBRIC.replace("points: 4", "points: 6") + (
    "  - {id: words, says: You say what double does., points: 2, expect: {person: {shows: words}}}\n"
)
SETTINGS = """
title = "Hello"
notebook = "hello.ipynb"
deadline = 2024-08-11T00:00:00-03:00
[limits]
cell_s = 2
memory_mib = 1024
[late]
rule = "fixed"
costs = 0.5
"""
DUE = datetime(2024, 8, 11, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
WORDS = ("It doubles **every** number.", "Twice as much.", "No idea.")

OWN = """\
def smooth(values, width):
    result = []
    for place in range(len(values)):
        first = max(0, place - width)
        last = min(len(values), place + width + 1)
        near = values[first:last]
        result.append(sum(near) / len(near))
    return result


def steepest(values):
    steps = [after - before for before, after in zip(values, values[1:])]
    return max(range(len(steps)), key=lambda place: abs(steps[place]))
"""
RENAMED = OWN
for old, new in {
    "smooth": "blur",
    "values": "data",
    "result": "out",
    "place": "i",
    "near": "window",
    "steps": "d",
}.items():
    RENAMED = RENAMED.replace(old, new)

TROUBLE: dict[str, tuple[str, ...]] = {
    "raises": ("1 / 0", *RIGHT),
    "loops": (*RIGHT, "while True: pass"),
    "exits": (*RIGHT, "import os\nos._exit(1)"),
    "hoards": (*RIGHT, "x = bytearray(4 << 30)"),
    "prints": (*RIGHT, "print('x' * (11 << 20))"),
    "calls-home": (*RIGHT, "import urllib.request\nurllib.request.urlopen('http://example.org')"),
    "half": RIGHT[:1],
    "nothing": ("pass",),
    "author": (*RIGHT, OWN),
    "copyist": (RENAMED, *RIGHT),
    "=1+1": RIGHT,
    "<img src=x onerror=alert(1)>": RIGHT,
    "Ñandú Pérez": RIGHT,
}
FOUND = dict.fromkeys(TROUBLE, 4.0) | {"half": 3.0, "nothing": 0.0}
"""What each earns without a person: 4 points are there."""
UNREADABLE = {"empty": b"", "page": b"<!doctype html><title>Colab</title>", "office": b"PK\x03\x04 a document"}


def notebook(student: str, cells: tuple[str, ...], words: str) -> bytes:
    """Code cells, of which no two students have the same bytes, and a text cell."""
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(f"# {student}\n{cell}") for cell in cells])
    made.cells.append(nbformat.v4.new_markdown_cell(words))
    return nbformat.writes(made).encode()


def make_students() -> tuple[dict[str, bytes], dict[str, float]]:
    """(student -> file, student -> points with one given for every text), without those who send mails and links."""
    files = {name: notebook(name, cells, WORDS[0]) for name, cells in TROUBLE.items()}
    points = {name: earned + 1 for name, earned in FOUND.items()}
    files |= UNREADABLE
    points |= dict.fromkeys(UNREADABLE, 0.0)
    files |= dict.fromkeys(("twin-1", "twin-2"), notebook("twins", RIGHT, WORDS[1]))
    points |= {"twin-1": 5.0, "twin-2": 5.0}
    files["quiet"], points["quiet"] = notebook("quiet", RIGHT, ""), 4.0
    for number, attack in enumerate(ATTACKS[:4]):
        files[f"attack-{number}"], points[f"attack-{number}"] = notebook(f"a{number}", RIGHT, attack), 5.0
    for number in range(60 - len(files) - 3):
        name, cells = f"student-{number:02}", WRONG if number % 4 == 0 else RIGHT
        files[name] = notebook(name, cells, WORDS[number % len(WORDS)])
        points[name] = 2.0 if number % 4 == 0 else 5.0
    return files, points


def send(work: WorkFolder, student: str, cells: tuple[str, ...], received: datetime, **evidence: Any) -> None:
    """What a mail or a link brings, as collecting keeps it."""
    content = notebook(student, cells, WORDS[0])
    sha256 = hashlib.sha256(content).hexdigest()
    work.keep(sha256, content)
    told = {"student": student, "assignment": "hello", "sha256": sha256, "source": "mail", "received": received}
    work.gradebook.add_submissions([Submission.model_validate({**told, "evidence": HandInEvidence(**evidence)})])


def decide(page: Page) -> int:
    """Walk through all that waits, by keyboard; returns how many decisions it took."""
    decisions = 0
    page.keyboard.press("t")
    expect(page.get_by_role("heading", name="Was it late?")).to_be_visible()
    page.wait_for_load_state()
    with page.expect_navigation():
        page.keyboard.press("i")
    expect(page.get_by_text("Needs a person")).to_be_visible()
    page.wait_for_load_state()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    while "/item/" in page.url:
        page.wait_for_load_state()
        if page.get_by_text("This is not a Python notebook").count() == 0:
            page.keyboard.type("1")  # where there is no notebook, nothing stands there already
        with page.expect_navigation():
            page.keyboard.press("Enter")
        decisions += 1
    return decisions


def read_table(text: str, student: str, points: str) -> dict[str, str]:
    return {row[student]: row[points] for row in csv.DictReader(io.StringIO(text))}


def test_a_class_of_60_is_graded_reviewed_in_a_browser_reported_and_exported(tmp_path: Path) -> None:
    root, work_folder = write_course(tmp_path / "course", WITH_WORDS), tmp_path / "work"
    (root / "assignments/hello/assignment.toml").write_text(SETTINGS)
    (root / "assignments/hello/hello.ipynb").write_text(nbformat.writes(nbformat.v4.new_notebook()))
    files, points = make_students()
    folder = write_class(tmp_path / "class", **files)
    work = WorkFolder(work_folder)
    send(work, "again", WRONG, DUE - 2 * HOUR, kind="attachment")
    send(work, "again", RIGHT, DUE - HOUR, kind="attachment")
    send(work, "late", RIGHT, DUE + HOUR, kind="attachment")
    send(work, "link", RIGHT, DUE + HOUR, kind="link", sent=DUE - HOUR, looked=DUE + 2 * HOUR, modified=DUE + HOUR)
    points |= {"again": 5.0, "late": 2.0, "link": 5.0}
    assert len(points) == 60

    def grader(*arguments: object) -> Ended:
        return run_grader(root, work_folder, *arguments)

    graded = grader("grade", "hello", folder, "--jobs", "2", "--json")
    assert graded.code == 1, "somebody waits"
    ends = {name: entry["end"] for name, entry in graded.students.items() if entry["end"] != "finished"}
    assert ends == dict.fromkeys(UNREADABLE, "unreadable") | {"exits": "died"}
    assert sum(entry["needs_review"] for entry in graded.students.values()) == 60 - len(UNREADABLE) - 1

    session = ReviewSession(read_course(root), work, "prof")
    session.read()
    with serving(session) as address, browser() as chromium:
        page = chromium.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(address)
        page.wait_for_load_state()
        assert complaints(page) == []
        decisions = decide(page)
        assert decisions < 15, "the same words are read once"
        expect(page.get_by_role("heading", name="Nothing waits for a person")).to_be_visible()
        assert page.evaluate("document.title === 'owned' || window.owned === true") is False

        reported = grader("report", "hello")
        assert (reported.code, reported.err.count("Traceback")) == (0, 0)
        pages = work.reports("hello")
        for name in ("index.html", "similar.html", "late.html", "link.html"):
            page.goto((pages / name).as_uri())
            assert complaints(page) == [], name
        page.goto((pages / "index.html").as_uri())
        expect(page.get_by_text("Nothing waits for a person.")).to_be_visible()
        expect(page.get_by_text("Byte for byte the same file:")).to_be_visible()
        page.get_by_role("link", name="author, copyist").or_(page.get_by_role("link", name="copyist, author")).click()
        expect(page.get_by_text("def blur(data, width):")).to_be_visible()
        page.goto((pages / "link.html").as_uri())
        expect(page.get_by_text("It was decided that it counts as in time.")).to_be_visible()

    check_exports(grader, points, tmp_path)


def check_exports(grader: Any, points: dict[str, float], folder: Path) -> None:
    """Everybody has a number, the same one everywhere, and no cell is computed."""
    own = grader("export", "hello", "--to", "csv")
    assert own.code == 0
    told = read_table(own.out, "student", "points")
    assert {name.removeprefix("'"): float(earned) for name, earned in told.items()} == points
    assert "'=1+1" in told
    head = 'Identifier,"Full name","Email address",Status,Grade,"Maximum Grade","Feedback comments"\n'
    with (folder / "sheet.csv").open("w", newline="") as file:
        file.write(head)
        csv.writer(file).writerows(
            [f"Participant {place}", name, "", "Submitted", "", "6.00", ""] for place, name in enumerate(points)
        )
    filled = grader("export", "hello", "--to", "moodle", "--into", folder / "sheet.csv", "--out", folder / "out.csv")
    assert filled.code == 0, filled.err
    marks = read_table((folder / "out.csv").read_text(), "Full name", "Grade")
    assert {name: float(earned) for name, earned in marks.items()} == points
