"""A results.json says what Gradescope knows, and only of whose points are settled."""

from __future__ import annotations

import json

import pytest

from grader.export import as_results
from tests.export.making import CLASS

ANA, _, CARLA = CLASS
VISIBILITIES = {"hidden", "after_due_date", "after_published", "visible"}


def test_every_finding_is_a_test_and_the_total_stands_on_top() -> None:
    told = json.loads(json.dumps(as_results(ANA)))
    assert told["score"] == 7.5
    assert [(one["number"], one["score"], one["max_score"], one["status"]) for one in told["tests"]] == [
        ("1", 4, 4, "passed"),
        ("2", 3.5, 6, "failed"),
    ]
    assert told["tests"][1]["name"] == "The criterion words."
    assert told["tests"][1]["output"] == "Nearly."
    assert {told["visibility"], *(one["visibility"] for one in told["tests"])} <= VISIBILITIES


def test_a_students_text_is_plain_text_there() -> None:
    assert {one["output_format"] for one in as_results(CLASS[1])["tests"]} == {"text"}
    assert as_results(CLASS[1])["output_format"] == "text"


def test_there_is_no_score_while_points_wait() -> None:
    with pytest.raises(ValueError, match="the points of carla wait for a person"):
        as_results(CARLA)
