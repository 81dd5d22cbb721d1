"""An exam on paper from the printer to the revised grades: every grade is what the pens meant."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
import pytest
import yaml
from PIL import Image

from grader.exam.exam import find_exam
from grader.exam.exam_scores import score_exam
from grader.exam.scanning.marks_review import decide, decide_ticks, pending
from grader.exam.scanning.print_store import PaperStore
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder
from tests.exam.making import exam_of, multiple, question, rows, single

from .filling import fill, meanings_of, responses_to, words_of
from .pens import some_pen
from .printing import NUMBER, OUTPUT, STEPS, render
from .scanners import DEVICES, some_scan, take

STUDENTS = [f"s{number:02}" for number in range(30)]
OWN_NUMBERS = {
    "answer": "2 * n",
    "decimals": 0,
    "mistakes": {"half": {"value": "n", "misconception": "Forgets the factor."}},
}
WRITTEN = {"accept": ["homography"], "wrong": {"other": {"says": ["fundamental"], "misconception": "A line."}}}


def told() -> dict:
    questions = [
        single("edge"),
        multiple("corner"),
        rows("truths"),
        question("numeric", NUMBER, "width"),
        question("numeric", OWN_NUMBERS, "own", parameters={"n": {"choose": [3, 50, 170]}}, asks="Twice {{n}}?"),
        question(
            "matching", {"pairs": {n: {"left": f"Left {n}", "right": f"Right {n}"} for n in "pqr"}, "extra": {"s": "S"}}
        ),
        question("ordering", {"steps": STEPS}, "order"),
        question("text", WRITTEN, "word"),
        question(
            "output", {**OUTPUT, "mistakes": {"a": {"prints": "(3,)", "misconception": "One."}}}, "shape", code="x"
        ),
        question("practical", {"criteria": {"way": {"says": "The way.", "points": 3}}}, "work", points=3),
    ]
    return exam_of(*questions, bands=[{"grade": "pass", "at_least": 50}, {"grade": "fail", "at_least": 0}])


@pytest.fixture
def exam(call, tmp_path):
    write(tmp_path, told())
    (tmp_path / "course" / "course.toml").write_text('title = "A course"\n')
    (tmp_path / "class.csv").write_text("\n".join(["student", *STUDENTS]))
    return lambda *arguments: call("--course", tmp_path / "course", "--work", tmp_path / "work", "exam", *arguments)


def write(root: Path, exam: dict) -> None:
    folder = root / "course" / "assignments" / "midterm"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "exam.yaml").write_text(yaml.safe_dump(exam, sort_keys=False))


def scan_all(root: Path, print_, meant, chance: np.random.Generator) -> dict[str, dict[str, str]]:
    """The copies filled and scanned into files of every kind, in no order; sheet -> box -> what was meant."""
    pages = iter(render((root / "out" / "copies.pdf").read_bytes()))
    (root / "scans").mkdir()
    by_sheet, pictures = {}, []
    for copy, (_, run) in zip(print_.copies, meant, strict=True):
        pen, meanings = some_pen(chance), meanings_of(print_, copy, run.answers, chance)
        device = DEVICES[copy.number % len(DEVICES)]
        for page in copy.pages:
            filled = fill(next(pages), page, meanings, pen, chance, words_of(page, run.answers))
            pictures.append(take(filled, 200 / 25.4, some_scan(device, chance), chance))
            by_sheet[f"{print_.id}-{copy.number}-{page.number}"] = meanings
    order = chance.permutation(len(pictures))
    shuffled = [pictures[place] for place in order]
    third = len(shuffled) // 3
    for number, picture in enumerate(shuffled[:third]):
        cv2.imwrite(str(root / "scans" / f"{number:03}{('.png', '.jpg')[number % 2]}"), picture)
    for name, part in (("a.pdf", shuffled[third : 2 * third]), ("b.tiff", shuffled[2 * third :])):
        first, *others = [Image.fromarray(picture) for picture in part]
        first.save(root / "scans" / name, save_all=True, append_images=others)
    return by_sheet


def grades(gradebook: Gradebook, on_disk) -> dict[str, tuple]:
    return {
        one.grade.student: (one.earned, one.band, [(f.criterion, f.status, f.earned) for f in one.grade.findings])
        for one in score_exam(gradebook, on_disk).grades
    }


def as_cell(value) -> str:
    """An answer as a person writes it."""
    if isinstance(value, Mapping):
        return "; ".join(f"{name} -> {part}" for name, part in value.items())
    return value if isinstance(value, str) else "; ".join(value)


def resolve_all(store: PaperStore, by_sheet, meant) -> None:
    """A person looks at what is unsure, and sees what was meant."""
    answers = {submission.student: run.answers for submission, run in meant}
    for item in (one.waiting for one in pending(store)):
        if item.unsure:
            ticked = [box for box in item.unsure if by_sheet[item.sheet][box] == "marked"]
            decide_ticks(store, item.sheet, item.unsure, ticked, who="tester")
            continue
        if item.kind == "page":
            value = "by hand"
        else:
            answer = answers[item.student][item.question]
            value = as_cell(answer.value) if answer.status == "answered" else ""
        decide(store, item.sheet, item.item, value, who="tester")


def test_every_grade_is_what_the_pens_meant_before_and_after_the_key_changes(exam, tmp_path):
    chance = np.random.default_rng(2024)
    assert exam("print", "midterm", "--class", tmp_path / "class.csv", "--out", tmp_path / "out").code == 0
    store = PaperStore(WorkFolder(tmp_path / "work"), "midterm")
    (print_,) = store.prints().values()
    meant = responses_to(print_, "midterm", chance)
    by_sheet = scan_all(tmp_path, print_, meant, chance)

    scanned = exam("scan", "midterm", tmp_path / "scans")
    assert scanned.code == 1  # words are written by hand, so somebody has to read them
    count = sum(len(copy.pages) for copy in print_.copies)
    read, review = (len(by_sheet) - len(store_waiting(store)), len(store_waiting(store)))
    assert f"{count} pages in " in scanned.out
    assert f" = {read} read, {review} needs review, 0 rejected." in scanned.out
    assert "Responses: 30 new, 0 changed, 0 known already." in scanned.out

    while store_waiting(store):  # what is asked by hand of a page follows when the page is said to be
        resolve_all(store, by_sheet, meant)
    settled = exam("resolve", "midterm")
    assert (settled.code, settled.out) == (0, "Nothing waits for a person.\n")
    again = exam("scan", "midterm", tmp_path / "scans")
    assert again.code == 0
    assert f" = {count} read, 0 needs review, 0 rejected." in again.out

    oracle = Gradebook(tmp_path / "oracle.sqlite")
    oracle.add_responses(meant)
    on_disk = find_exam(tmp_path / "course", "midterm")
    gradebook = Gradebook(tmp_path / "work" / "gradebook.sqlite")
    expected = grades(oracle, on_disk)
    assert set(expected) == set(STUDENTS)
    assert len({earned for earned, _, _ in expected.values()}) > 10
    found = grades(gradebook, on_disk)
    assert {name: (found[name], grade) for name, grade in expected.items() if found[name] != grade} == {}
    scored = json.loads(exam("score", "midterm", "--json").out)
    assert {one["student"]: one["earned"] for one in scored["students"]} == {
        student: grade[0] for student, grade in expected.items()
    }
    assert exam("items", "midterm").code in (0, 1)
    assert (tmp_path / "work" / "reports" / "midterm" / "items.html").exists()

    # The key changes; scans and pictures are gone, so that nothing can be read again.
    for path in [*(tmp_path / "scans").iterdir(), *(tmp_path / "work" / "exams" / "midterm" / "sheets").iterdir()]:
        path.unlink()
    why = {"when": "2024-08-05", "why": "The question can be read in two ways."}
    revised = {
        **told(),
        "revisions": [{**why, "question": "edge", "accept": ["c"]}, {**why, "question": "own", "void": "full"}],
    }
    write(tmp_path, revised)
    on_disk = find_exam(tmp_path / "course", "midterm")
    after = grades(oracle, on_disk)
    assert after != expected
    assert grades(gradebook, on_disk) == after


def store_waiting(store: PaperStore) -> set[str]:
    return {item.waiting.sheet for item in pending(store)}
