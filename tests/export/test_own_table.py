"""Our own table says of everybody what is settled, what waits, and why; a spreadsheet computes nothing of it."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UserError
from grader.export import as_csv
from grader.export.grading_sheet import scale
from grader.export.rows import comment_of
from grader.files.spreadsheet import harmless, write_csv
from grader.language import verbatim
from grader.model import Lateness
from tests.export.making import CLASS, finding, row


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_for_each_student_with_every_criterion() -> None:
    ana, bruno, _ = read(as_csv(CLASS))
    assert ana == {
        "student": "ana",
        "assignment": "noise",
        "points": "7.5",
        "possible": "10",
        "grade": "",
        "needs_review": "no",
        "points_so_far": "7.5",
        "points_waiting": "0",
        "late_by_s": "0",
        "penalty": "0",
        "run": "finished",
        "criterion shape": "4",
        "criterion words": "3.5",
    }
    assert (bruno["points"], bruno["criterion shape"]) == ("6", "0")


def test_who_waits_has_no_points_but_those_so_far() -> None:
    carla = read(as_csv(CLASS))[2]
    assert (carla["points"], carla["needs_review"], carla["points_so_far"], carla["points_waiting"]) == (
        "",
        "yes",
        "4",
        "6",
    )
    assert carla["criterion words"] == ""


def test_a_penalty_is_told() -> None:
    late = Lateness(step="upload", because=verbatim("Two days late."), late_by_s=172800.0, penalty=2)
    (told,) = read(as_csv([row("ana", finding("shape", 4, 4), late_by_s=172800.0, lateness=late)]))
    assert (told["points"], told["penalty"], told["late_by_s"]) == ("2", "2", "172800")


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1+1", "\x85=1+1", "\xa0=1+1", "＝1+1", "-", "=-1"],
)
def test_what_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-1", "+0.5", "-1e-3", "ana", "", "1=1", "'=1", 3, -2.5, None])
def test_numbers_and_plain_words_stay_as_they_are(cell: object) -> None:
    assert harmless(cell) == cell


@given(st.text())
def test_no_student_can_be_called_a_formula(name: str) -> None:
    cell = next(csv.reader(io.StringIO(write_csv([[name]]), newline="")), [""])[0]
    shown = cell.strip()
    try:
        float(shown)
    except ValueError:
        assert not shown.startswith(tuple("=+-@＝＋－＠"))


def test_a_criterion_of_no_points_is_not_counted() -> None:
    graded = row("ana", finding("style", 0.0, 0.0), finding("sum", 2.0, 4.0))
    assert comment_of(graded).splitlines()[0] == "The criterion style. not counted. So it is."
    (told,) = read(as_csv([graded]))
    assert (told["points"], told["possible"], told["criterion style"]) == ("2", "4", "0")


@pytest.mark.parametrize("rescale", [True, False])
def test_points_of_an_assignment_without_any_are_not_converted(rescale: bool) -> None:
    assert scale(0.0, 0.0, None, rescale=rescale, where="x.csv") == scale(0.0, 0.0, 0.0, rescale=rescale, where="x.csv")
    with pytest.raises(UserError, match="the assignment has no points here, but 10 there"):
        scale(0.0, 0.0, 10.0, rescale=rescale, where="x.csv")
