"""Two numbers change in a rubric, and nothing beside them; where that cannot be, nothing does."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UserError
from grader.review.rubric_points import LineChange, change_points, compare_lines
from tests.review.making import RUBRIC


def test_the_number_and_the_whole_change_and_every_comment_stays() -> None:
    changed = change_points(RUBRIC, "bright", 3.5, where="noise.yaml")
    assert compare_lines(RUBRIC, changed) == (
        LineChange(2, "points: 10   # said twice", "points: 11.5   # said twice"),
        LineChange(11, "    points: 2     # was 1 until May", "    points: 3.5     # was 1 until May"),
    )


def test_a_criterion_on_one_line_is_changed_there() -> None:
    changed = change_points(RUBRIC, "plot", 1, where="noise.yaml")
    assert "{id: plot, says: The plot has labels., points: 1, expect:" in changed
    assert changed.count("\n") == RUBRIC.count("\n")


@settings(deadline=None)
@given(
    criterion=st.sampled_from(["bright", "words", "table", "plot"]),
    points=st.floats(0.01, 1000).map(lambda number: round(number, 3)),
    newline=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
)
def test_all_else_stays_character_by_character(criterion: str, points: float, newline: str, mark: str) -> None:
    text = mark + RUBRIC.replace("\n", newline)
    changed = change_points(text, criterion, points, where="noise.yaml")
    data = yaml.safe_load(changed)
    assert next(one for one in data["criteria"] if one["id"] == criterion)["points"] == pytest.approx(points)
    assert sum(one["points"] for one in data["criteria"]) == pytest.approx(data["points"])
    assert len(compare_lines(text, changed)) <= 2
    before = change_points(changed, criterion, {"words": 4}.get(criterion, 2), where="noise.yaml")
    assert before == text


def test_an_alias_is_left_to_the_author() -> None:
    text = RUBRIC.replace("points: 4", "points: &four 4").replace("complete., points: 2", "complete., points: *four")
    text = text.replace("points: 10", "points: 12")
    with pytest.raises(UserError) as refused:
        change_points(text, "table", 3, where="noise.yaml")
    assert str(refused.value) == (
        "noise.yaml:16: the points of `table` cannot be changed without changing something else, such as an alias\n"
        "  Write 3 there yourself, and 11 as the whole on line 2."
    )


def test_a_criterion_that_is_gone_is_told() -> None:
    with pytest.raises(UserError) as refused:
        change_points(RUBRIC, "gone", 3, where="noise.yaml")
    assert str(refused.value) == "noise.yaml: the rubric has no criterion `gone` any more\n  Load the page again."
