"""A small class in which everything that needs a person occurs; its runs are written without a kernel."""

from __future__ import annotations

import base64
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import nbformat
from PIL import Image

from grader.course.course import Course, read_course
from grader.exam.exam import find_exam
from grader.exam.exam_scores import take_in
from grader.exam.exchange.importing import read_responses
from grader.execute.probe_questions import make_questions_for_each
from grader.language import verbatim
from grader.model import Answer, CellRun, NotebookFacts, Run, Submission
from grader.store.work_folder import WorkFolder
from tests.exam.making import exam_of, question

RUBRIC = """\
# The points of this rubric are tried out on the page: its comments have to stay.
points: 10   # said twice

probes:
  bright: {variable: bright}
  table: {variable: table}

criteria:
  - id: bright
    says: bright is 3.
    points: 2     # was 1 until May
    probe: bright
    expect: {value: 3}
  - id: words
    says: You say what stretching does to noise.
    points: 4
    expect: {person: {shows: words, guide: "Full: it grows with the picture. Half: it gets stronger."}}
  - {id: table, says: Your table is complete., points: 2, probe: table, expect: {person: {shows: answer}}}
  - {id: plot, says: The plot has labels., points: 2, expect: {person: {shows: notebook, guide: Both axes.}}}
"""

SAME_WORDS = "Noise grows **as much** as the picture."
CLASS: dict[str, dict[str, Any]] = {
    "ana": {"words": SAME_WORDS, "bright": 3, "table": [1, 2]},
    "bruno": {"words": SAME_WORDS, "bright": 4, "table": [1, 2], "code": "plot(2 * bright)"},
    "carla": {"words": "It gets stronger.", "bright": 3, "table": [3]},
    "dora": {"words": "", "bright": 3, "table": [1, 2]},
    "eva": {"end": "unreadable"},
    "fede": {"end": "failed"},
}
RESPONSES = "student,operator,kernel\nana,laplace,corners\nbruno,the Laplace,corners\ncarla, the  laplace ,rows\n"


def make_class(
    root: Path, students: dict[str, dict[str, Any]] | None = None, *, exam: bool = True, rubric: str = RUBRIC
) -> Path:
    """The course in `root`, with its work folder in `.grader`: collected and run, but not scored."""
    for name in ("assignments/noise", "rubrics", "reference"):
        (root / name).mkdir(parents=True)
    (root / "course.toml").write_text('title = "A small course"\n')
    (root / "assignments/noise/assignment.toml").write_text('title = "Noise"\n')
    (root / "rubrics/noise.yaml").write_text(rubric)
    course = read_course(root)
    work = WorkFolder(root / ".grader")
    for student, told in (students or CLASS).items():
        add_student(course, work, student, **told)
    if exam:
        add_exam(course, work)
    return root


def add_student(
    course: Course,
    work: WorkFolder,
    student: str,
    *,
    words: str = "",
    bright: Any = None,
    table: Any = None,
    end: Any = "finished",
    code: str = "plot(bright)",
    printed: str = "3",
    **submitted: Any,
) -> None:
    """A submission and its run."""
    notebook = notebook_of(words, code, printed)
    content = b"PK\x03\x04 this is a Word document" if end == "unreadable" else json.dumps(notebook).encode()
    sha256 = hashlib.sha256(content).hexdigest()
    submission = Submission(
        student=student, assignment="noise", sha256=sha256, source=f"folder: {student}.ipynb", **submitted
    )
    work.keep(sha256, content)
    work.gradebook.add_submissions([submission])
    (questions,) = make_questions_for_each(course.assignment("noise").rubric, [student])
    ran = end == "finished"
    answers = {"bright": bright, "table": table} if ran else {}
    run = Run(
        key=hashlib.sha256(f"{student} {sha256}".encode()).hexdigest()[:32],
        sha256=sha256,
        end=end,
        because=verbatim("Every cell was run." if ran else "The file is not text, so it is not a notebook."),
        cells=(CellRun(index=1, number=1, title=code, end="ok"),) if ran else (),
        answers={name: Answer(status="answered", value=value) for name, value in answers.items()},
        asked={question.name: question.hash for question in questions},
        facts=NotebookFacts(words=words, pictures=1) if ran else NotebookFacts(),
    )
    work.runs.store(run, nbformat.from_dict(notebook) if ran else None)
    work.gradebook.add_run(submission, run.key)


def notebook_of(words: str, code: str, printed: str) -> dict[str, Any]:
    """An executed notebook: a text cell, and a code cell that printed and drew."""
    outputs = [
        {"output_type": "stream", "name": "stdout", "text": printed},
        {"output_type": "display_data", "metadata": {}, "data": {"image/png": png(), "text/plain": "<Figure>"}},
    ]
    cells = [
        {"cell_type": "markdown", "id": "words", "metadata": {}, "source": words or "Write your answer here."},
        {"cell_type": "code", "id": "plot", "metadata": {}, "source": code, "execution_count": 1, "outputs": outputs},
    ]
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}


def png() -> str:
    written = io.BytesIO()
    Image.new("RGB", (240, 120), (40, 90, 170)).save(written, "PNG")
    return base64.b64encode(written.getvalue()).decode()


def add_exam(course: Course, work: WorkFolder, responses: str = RESPONSES) -> None:
    """An exam with two questions that are answered in words, one of them as no rule knows."""
    told = exam_of(
        question("text", {"accept": ["Laplacian"]}, "operator", points=3),
        question("text", {"accept": ["corners"]}, "kernel", points=2),
    )
    folder = course.root / "assignments/finals"
    folder.mkdir()
    (folder / "exam.yaml").write_text(json.dumps(told))
    file = course.root / "responses.csv"
    file.write_text(responses)
    exam = find_exam(course.root, "finals")
    take_in(work.gradebook, read_responses(file, exam, seed=exam.exam.seed))
