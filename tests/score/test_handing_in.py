"""What a self-check says of the notebook as a file, before it is handed in."""

import pytest

from grader.language import NOTHING, error
from grader.model import CellComparison, CellRun, NotebookFacts, Run
from grader.score.handing_in import say_before_handing_in

SHARING = (
    "Whether the notebook is shared cannot be seen from here: if you hand in a link, open it in a private window first."
)


def run_of(*compared, because=NOTHING, end="finished"):
    facts = NotebookFacts(comparisons=compared)
    cell = CellRun(index=3, number=2, title="x", end="error" if because else "ok", because=because)
    return Run(key="", sha256="", end=end, because=NOTHING, cells=(cell,), facts=facts)


def told_of(run):
    return [str(reason) for reason in say_before_handing_in(run)]


def cell(number, *, stored=True, **facts):
    return CellComparison(number=number, title="x", stored=stored, executed=True, **facts)


def test_a_notebook_in_order_is_told_what_cannot_be_seen_from_here():
    assert told_of(run_of(cell(1))) == [SHARING]


def test_what_is_no_notebook_is_told_nothing_of_cells():
    assert told_of(run_of(end="unreadable")) == []


@pytest.mark.parametrize(
    ("numbers", "begins"), [((2,), "Code cell 2 was last run"), ((2, 5), "Code cells 2 and 5 were last run")]
)
def test_cells_that_ran_out_of_order_are_named(numbers, begins):
    told = told_of(run_of(cell(1), *(cell(number, in_order=False) for number in numbers)))
    assert told == [
        f"{begins} before a cell above. Here all ran from top to bottom, as when it is graded: in Colab, do so with "
        "Runtime, Restart session and run all.",
        SHARING,
    ]


def test_a_name_that_is_missing_from_top_to_bottom_is_told_with_its_cell():
    assert told_of(run_of(because=error("NameError", "name 'slope' is not defined"))) == [
        "`slope` is not there when all cells are run from top to bottom, and code cell 2 needs it: define it in a cell "
        "above.",
        SHARING,
    ]
    assert told_of(run_of(because=error("ZeroDivisionError", "division by zero"))) == [SHARING]


@pytest.mark.parametrize("shows", [{"text_alike": False}, {"picture_difference": 1.0}])
def test_outputs_that_are_not_saved_are_named(shows):
    assert told_of(run_of(cell(1), cell(3, stored=False, **shows), cell(4, stored=False))) == [
        "The outputs of code cell 3 are not saved in the file: run all cells, and then save it.",
        SHARING,
    ]
    assert told_of(run_of(cell(2, stored=False, **shows), because=error("KeyError", "1"))) == [SHARING]
    assert told_of(run_of(cell(3, stored=False, run_here=False, **shows))) == [SHARING]


def test_only_a_name_error_is_a_missing_name():
    assert told_of(run_of(because=error("ValueError", "name 'slope' is not defined"))) == [SHARING]
