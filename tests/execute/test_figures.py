"""Figures of real notebooks are noted as they are shown, and judged by what they draw."""

from __future__ import annotations

from typing import Any

import pytest

from tests.small_course import Ended, run_grader, write_class, write_course

RUBRIC = """\
points: 7
reference: [hello]
probes:
  drawn: {figures: {}}
  squares: {call: double, with: {x: {array: [0.0, 1.0, 2.0]}}, ask: reference}
criteria:
  - {id: labels, says: A plot has labels., points: 2, probe: drawn, expect: {plot: {labels: true}}}
  - id: whole
    says: A plot compares two curves.
    points: 4
    probe: drawn
    expect: {plot: {lines: {at_least: 2}, title: true, legend: true, data: {to: {probe: squares}}}}
  - {id: others, says: There are points and bars and a picture., points: 1, probe: drawn,
     expect: {plot: {points: {at_least: 1}, bars: {at_least: 2}, pictures: {at_least: 1, at_most: 1}}}}
"""
START = "import numpy as np\nimport matplotlib.pyplot as plt\nx = np.arange(3)"
WHOLE = """\
plt.plot(x, 2 * x, label="mine")
plt.plot(x, x, label="other")
plt.xlabel("x")
plt.ylabel("y")
plt.title("Curves")
plt.legend()"""
BARE = "plt.plot(x, x)"
OTHERS = """\
plt.scatter(x, x)
plt.bar(x, x)
plt.barh(x, x)
plt.imshow(np.zeros((3, 4)))"""


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Ended:
    root = tmp_path_factory.mktemp("figures")
    course = write_course(root / "course", RUBRIC)
    notebooks: dict[str, tuple[str, ...]] = {
        "whole": (START, WHOLE, OTHERS),
        "object": (START, "fig, ax = plt.subplots()\nax.plot(x, 2 * x)\nax.set(xlabel='a')\nax.set_ylabel('b')\nfig"),
        "saved": (START, "fig, ax = plt.subplots()\nax.set(xlabel='a', ylabel='b')\nax.plot(x, x)\n"
                  "fig.savefig('f.png')\nplt.close(fig)"),
        "bare": (START, BARE, BARE, BARE),
        "contour": (START, "plt.contourf(np.eye(3))\nplt.colorbar()"),
        "above": (START, "fig, axes = plt.subplots(1, 2)\nfor ax in axes:\n    ax.plot(x, 2 * x, label='a')\n"
                  "fig.supxlabel('a')\nfig.supylabel('b')\nfig.legend()"),
        "nothing": (START, "plt.subplots()", "x"),
        "lacking": (START, "theirs = np.loadtxt('/content/drive/MyDrive/their.csv')\nplt.plot(theirs)", BARE),
        "failing": (START, "1 / 0\n" + WHOLE),
        "animated": (START, "fig, ax = plt.subplots()\nfor k in range(70):\n    ax.plot(x, x + k)\n"
                     "    fig.savefig('f.png', dpi=10)"),
        "long": (START, "plt.plot(np.arange(200_000)); plt.plot(x, 2 * x); plt.xlabel('a'); plt.ylabel('b')"),
        "forged": (START, "import matplotlib.backend_bases as b\nb.FigureCanvasBase.print_figure = print"),
        "odd": (START, "from matplotlib.lines import Line2D\nclass Bad(Line2D):\n    def get_ydata(self, orig=True):\n"
                "        raise RuntimeError\nax = plt.gca()\nax.add_line(Bad([0, 1], [0, 1]))", BARE),
    }  # fmt: skip
    handed_in = write_class(root / "class", **notebooks)  # type: ignore[arg-type]
    return run_grader(course, root / "work", "grade", "hello", handed_in, "--jobs", 1, "--json")


def told(graded: Ended, student: str) -> dict[str, tuple[str, float, str]]:
    found: list[dict[str, Any]] = graded.students[student]["findings"]
    return {one["criterion"]: (one["status"], one["earned"], one["because"]) for one in found}


def test_a_plot_that_has_it_all_gets_all(graded: Ended) -> None:
    found = told(graded, "whole")
    assert found["labels"] == ("met", 2, "Your plot `Curves` has all that is asked for.")
    assert found["whole"] == ("met", 4, "Your plot `Curves` has all that is asked for.")
    assert found["others"] == ("met", 1, "Your plot number 2 has all that is asked for.")


def test_a_figure_is_noted_however_it_is_shown_or_saved(graded: Ended) -> None:
    for student in ("object", "saved"):
        assert told(graded, student)["labels"] == ("met", 2, "Your plot has all that is asked for.")


def test_what_no_plot_has_is_said_of_all(graded: Ended) -> None:
    found = told(graded, "bare")
    assert found["labels"] == (
        "missed",
        0,
        "None of your 3 plots has a label on its x-axis. None of your 3 plots has a label on its y-axis.",
    )
    assert found["whole"][2] == (
        "None of your 3 plots has a title. None of your 3 plots has a legend. Your plot number 1 draws 1 line, not at "
        "least 2. None of your 3 plots shows the expected values."
    )


def test_each_thing_of_the_best_plot_earns_its_share(graded: Ended) -> None:
    status, earned, because = told(graded, "object")["whole"]
    assert (status, earned) == ("partly", 1)
    assert because == ("Your plot has no title. Your plot has no legend. Your plot draws 1 line, not at least 2.")


def test_labels_and_a_legend_of_the_whole_figure_are_those_of_its_plots(graded: Ended) -> None:
    assert told(graded, "above")["labels"] == ("met", 2, "Your plot number 1 has all that is asked for.")
    assert "legend" not in told(graded, "above")["whole"][2]


def test_what_is_not_counted_is_a_plot_too_and_a_bar_of_colours_is_none(graded: Ended) -> None:
    assert told(graded, "contour")["labels"][2].startswith("Your plot has no label on its x-axis.")


def test_an_empty_figure_is_no_plot(graded: Ended) -> None:
    assert told(graded, "nothing")["labels"] == ("unanswered", 0, "Your notebook shows no plot that draws anything.")


def test_what_is_not_shown_for_a_cause_of_ours_waits_and_for_ones_own_does_not(graded: Ended) -> None:
    status, _earned, because = told(graded, "lacking")["labels"]
    assert status == "unscored"
    assert "their.csv" in because
    assert told(graded, "failing")["labels"][0] == "unanswered"


def test_a_figure_that_is_saved_again_and_again_is_one(graded: Ended) -> None:
    assert told(graded, "animated")["whole"][2].startswith("Your plot has no title.")
    assert "None of your" not in told(graded, "animated")["labels"][2]


def test_a_line_that_is_too_long_is_counted_and_its_values_are_not_kept(graded: Ended) -> None:
    assert told(graded, "long")["labels"][0] == "met"
    assert told(graded, "long")["whole"][1] == 2


def test_who_takes_the_notes_away_has_shown_nothing(graded: Ended) -> None:
    assert told(graded, "forged")["labels"][0] == "unanswered"


def test_an_odd_class_of_the_notebooks_own_disturbs_no_other_figure(graded: Ended) -> None:
    assert told(graded, "odd")["labels"][2].startswith("Your plot has no label on its x-axis.")
