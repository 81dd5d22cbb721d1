"""The last cell of a released notebook judges each newer form of an expectation as the grader does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from grader.release.cell import make_cell
from tests.score.making import answered, rubric_of

DIRECTION = {"half-turn": {"answer": 210, "says": "It is seen from its other end.", "earns": 0.5}}


@pytest.mark.parametrize(
    ("expect", "criterion", "told"),
    [
        ({"number": {"at_least": 20, "at_most": 40}}, {}, "`slope` is 210, but it should be from 20 to 40."),
        ({"close": {"to": 30.0, "up_to": "half-turn", "unit": "degrees"}}, {}, "● met 4 of 4"),
        ({"either": [{"close": {"to": 30.0}}, {"value": 210}]}, {}, "● met 4 of 4"),
        (
            {"either": [{"close": {"to": 30.0}}, {"value": 211}]},
            {},
            "but 30 is expected. Other answers are right, too.",
        ),
        ({"value": 30}, {"points": 0}, "○ missed not counted It is right. `slope` is 210, but 30 is expected."),
        ({"close": {"to": 30.0}}, {"mistakes": DIRECTION}, "It is seen from its other end."),
        ({"value": 30.0}, {"mistakes": DIRECTION}, "It is seen from its other end."),
    ],
)
def test_the_cell_says_what_the_grader_says(expect, criterion, told):
    rubric = rubric_of(expect, **criterion)
    cell = make_cell(rubric, {name: answered(None) for name in rubric.expected_probes()}, 0)
    ended = subprocess.run(
        [sys.executable, "-c", f"slope = 210\n{cell}"], capture_output=True, text=True, check=True, timeout=300
    )
    assert told in " ".join(ended.stdout.split())
