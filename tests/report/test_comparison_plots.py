"""What was expected beside what came: what is drawn, what is hidden, and what hostile answers cannot do."""

from __future__ import annotations

import base64
import io
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from PIL import Image

from grader.language import verbatim
from grader.model import Answer, Finding
from grader.report import StudentPage, render_student
from grader.report.comparison_plots import Beside, Curves, Maps, Points, beside
from grader.report.maps import draw_map
from grader.report.plane import draw_points
from grader.rubric import Rubric
from tests.report.html_tree import Page

SQUARE = {"scene": "white-square", "size": [8, 12]}
CORNERS = np.array([[2.0, 2.0], [2.0, 5.0], [5.0, 2.0], [5.0, 5.0]])
MAP = np.arange(30.0).reshape(5, 6)


def page_of(page: StudentPage, came: Any, expected: Any, *, to: Any = None, **probe: Any) -> StudentPage:
    """The page with one criterion, which asks for numbers; `to` is a target other than the reference."""
    asked = {"call": "f", "with": {"gray": SQUARE}, **probe}
    rubric = Rubric.model_validate(
        {
            "points": 1,
            "probes": {"asked": asked},
            "criteria": [
                {
                    "id": "it",
                    "says": "It is right.",
                    "points": 1,
                    "probe": "asked",
                    "expect": {"close": {"to": "reference" if to is None else to}},
                }
            ],
        }
    )
    finding = Finding(
        criterion="it", says="It is right.", status="missed", earned=0, possible=1, because=verbatim("It is not.")
    )
    return replace(
        page,
        rubric=rubric,
        run=page.run.model_copy(update={"answers": {"asked": Answer(status="answered", value=came)}}),
        grade=page.grade.model_copy(update={"findings": (finding,)}),
        expected={"asked": Answer(status="answered", value=expected)},
    )


def pictures(page: StudentPage, came: Any, expected: Any, **probe: Any) -> tuple[Beside, ...]:
    made = page_of(page, came, expected, **probe)
    return beside(made.rubric.criteria[0], made)


def pixels_of(source: str) -> np.ndarray[Any, Any]:
    """The picture in a `data:` address, as a browser would read it."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(source.partition(",")[2]))).convert("RGB")).astype(int)


def test_an_array_is_drawn_beside_the_expected_one_and_their_difference(student_page: StudentPage) -> None:
    came = MAP.copy()
    came[3, 4] += 5
    (picture,) = pictures(student_page, came, MAP)
    assert isinstance(picture, Maps)
    assert (picture.wrong, picture.worst) == (1, (3, 4))
    assert picture.difference is not None
    difference = pixels_of(picture.difference.source)
    side = difference.shape[0] // 5
    wrong = np.abs(difference - difference[0, 0]).sum(axis=2) > 0
    assert wrong[3 * side : 4 * side, 4 * side : 5 * side].all()
    assert wrong.sum() == side * side
    text = Page(render_student(page_of(student_page, came, MAP))).text
    assert "1 of 30 values (5 × 6) differs: row 3, column 4, counted from 0." in text


def test_where_nothing_differs_nothing_is_drawn(student_page: StudentPage) -> None:
    assert pictures(student_page, MAP * (1 + 1e-9), MAP) == ()


def test_both_maps_have_the_same_colours_for_the_same_values(student_page: StudentPage) -> None:
    came = MAP.copy()
    came[0, 0] = 1e6
    (picture,) = pictures(student_page, came, MAP)
    assert isinstance(picture, Maps)
    mine, theirs = pixels_of(picture.came.source), pixels_of(picture.expected.source)
    assert (mine[-1, -1] == theirs[-1, -1]).all()
    assert (mine[0, 0] == theirs[-1, -1]).all()  # beyond the last colour


def test_signs_can_be_told_apart_by_colour_and_zero_is_white() -> None:
    drawn = pixels_of(draw_map(np.array([[-2.0, 0.0, 2.0]]), -2.0, 2.0).source)
    side = drawn.shape[1] // 3
    below, zero, above = (drawn[0, place * side] for place in range(3))
    assert below[2] > below[0]
    assert above[0] > above[2]
    assert zero.min() > 240


def test_arrays_of_other_shapes_are_drawn_without_a_difference(student_page: StudentPage) -> None:
    (picture,) = pictures(student_page, MAP.T, MAP)
    assert isinstance(picture, Maps)
    assert picture.difference is None
    text = Page(render_student(page_of(student_page, MAP.T, MAP))).text
    assert "Yours has 6 × 5 values, and 5 × 6 are expected." in text


def test_small_arrays_have_their_numbers_written_in(student_page: StudentPage) -> None:
    (picture,) = pictures(student_page, MAP[:2, :2] + 1, MAP[:2, :2])
    assert isinstance(picture, Maps)
    assert [number.text for number in picture.came.numbers] == ["1", "2", "7", "8"]


def test_of_a_stack_of_maps_those_are_drawn_that_differ(student_page: StudentPage) -> None:
    stack = np.stack([MAP, MAP, MAP])
    came = stack.copy()
    came[1] += 1
    (picture,) = pictures(student_page, came, stack)
    assert picture.place == "[1]"


def test_parts_of_a_dictionary_are_drawn_under_their_names_two_at_most(student_page: StudentPage) -> None:
    expected = {"a": MAP, "b": MAP, "c": [MAP, MAP], "d": "text"}
    came = {"a": MAP, "b": MAP + 1, "c": [MAP, MAP + 1], "d": 7}
    assert [picture.place for picture in pictures(student_page, came, expected)] == ["b", "c [1]"]


def test_points_lie_on_the_picture_that_they_were_looked_for_in(student_page: StudentPage) -> None:
    came = CORNERS.copy()
    came[1, 1] += 1
    (picture,) = pictures(student_page, came, CORNERS, draw={"as": "points-rc", "over": "gray"})
    assert isinstance(picture, Points)
    plane = picture.plane
    assert plane.below is not None
    assert (picture.expected_count, picture.came_count, picture.met) == (4, 4, 3)
    # The corner (row 2, column 5) has its ring where the picture has that pixel: 8 rows, 12 columns.
    left, top, width, height = plane.frame
    assert plane.expected[1] == pytest.approx((left + (5 + 0.5) / 12 * width, top + (2 + 0.5) / 8 * height), abs=0.1)
    ((x1, y1, x2, y2),) = plane.links
    assert (x2 - x1, y2 - y1) == pytest.approx((width / 12, 0), abs=0.11)
    text = Page(render_student(page_of(student_page, came, CORNERS, draw={"as": "points-rc"}))).text
    assert "4 points are expected, 4 came, and 3 of the expected ones are there." in text


def test_x_and_y_are_not_row_and_column(student_page: StudentPage) -> None:
    rows = pictures(student_page, CORNERS[:3] + 1, CORNERS[:3], draw={"as": "points-rc"})
    turned = pictures(student_page, CORNERS[:3, ::-1] + 1, CORNERS[:3, ::-1], draw={"as": "points-xy"})
    assert rows == turned


def test_points_of_another_count_are_drawn_but_not_linked(student_page: StudentPage) -> None:
    (picture,) = pictures(student_page, CORNERS[:3], CORNERS, draw={"as": "points-xy"})
    assert isinstance(picture, Points)
    assert picture.plane.links == ()
    assert picture.met == 3


def test_wild_points_are_counted_and_do_not_move_the_window(student_page: StudentPage) -> None:
    came = CORNERS.copy()
    came[0], came[1] = np.nan, 1e300
    (picture,) = pictures(student_page, came, CORNERS, draw={"as": "points-xy"})
    assert isinstance(picture, Points)
    assert picture.plane.outside == 2
    assert np.abs(picture.plane.links).max() < 2000
    text = Page(render_student(page_of(student_page, came, CORNERS, draw={"as": "points-xy"}))).text
    assert "2 of yours are outside the picture." in text


def test_pairs_are_lines_between_two_rows(student_page: StudentPage) -> None:
    expected = np.array([[0, 1], [2, 3]])
    (picture,) = pictures(student_page, np.array([[0, 1], [2, 0]]), expected, draw={"as": "pairs"})
    assert isinstance(picture, Points)
    assert picture.met == 1
    assert set(picture.plane.links) - set(picture.plane.expected_links) == {(209.3, 30.0, 12.0, 90.0)}
    text = Page(render_student(page_of(student_page, expected[::-1] + 1, expected, draw={"as": "pairs"}))).text
    assert "2 pairs are expected, 2 came, and 0 of the expected ones are among them." in text


def test_numbers_in_a_row_are_a_curve(student_page: StudentPage) -> None:
    loss = np.exp(-np.arange(20.0))
    came = loss.copy()
    came[5:] = loss[5]
    (picture,) = pictures(student_page, came.tolist(), loss)
    assert isinstance(picture, Curves)
    assert picture.wrong == 14
    assert picture.came != picture.expected
    assert "14 of 20 numbers differ." in Page(render_student(page_of(student_page, came, loss))).text
    assert (
        "Yours has 19 numbers, and 20 are expected." in Page(render_student(page_of(student_page, came[1:], loss))).text
    )


def test_a_few_numbers_or_yes_and_no_are_squares_in_a_row(student_page: StudentPage) -> None:
    few = pictures(student_page, [1.0, 2.0, 4.0], [1.0, 2.0, 3.0])
    marks = pictures(student_page, np.ones(60, dtype=bool), np.arange(60) % 2 == 0)
    assert [type(picture) for picture in (*few, *marks)] == [Maps, Maps]


def test_columns_are_curves_where_the_rubric_says_so(student_page: StudentPage) -> None:
    path = np.cumsum(np.ones((9, 3)), axis=0)
    came = path.copy()
    came[:, 2] = 0
    (picture,) = pictures(student_page, came, path, draw={"as": "curves"})
    assert isinstance(picture, Curves)
    assert picture.place == "[2]"


HIDDEN = [{"hidden": True}, {"hidden": True, "reveal": False}]


@pytest.mark.parametrize("flags", HIDDEN)
def test_what_is_hidden_is_not_drawn(student_page: StudentPage, flags: dict[str, bool]) -> None:
    page = page_of(student_page, MAP + 1, MAP, **flags)
    assert render_student(page) == render_student(replace(page, expected={}))


def test_what_is_hidden_is_drawn_where_the_rubric_reveals_it_but_never_in_a_self_check(
    student_page: StudentPage,
) -> None:
    page = page_of(student_page, MAP + 1, MAP, hidden=True, reveal=True)
    assert len(beside(page.rubric.criteria[0], page)) == 1
    check = replace(page, public_only=True)
    assert beside(check.rubric.criteria[0], check) == ()


def test_a_target_that_the_rubric_writes_out_is_drawn_too(student_page: StudentPage) -> None:
    page = page_of(student_page, [1, 2, 4], None, to=[1, 2, 3])
    assert len(beside(page.rubric.criteria[0], page)) == 1


@pytest.mark.parametrize("came", [None, "<script>", {"a": 1}, [], [[1], [2, 3]], [{}], 1j, np.zeros((0, 6)), 7, b""])
def test_what_is_no_array_of_numbers_is_not_drawn(student_page: StudentPage, came: Any) -> None:
    assert pictures(student_page, came, MAP) == ()


def test_an_answer_that_did_not_come_is_not_drawn(student_page: StudentPage) -> None:
    page = page_of(student_page, MAP, MAP + 1)
    silent = page.run.model_copy(
        update={"answers": {"asked": Answer(status="missing", because=verbatim("There is none."))}}
    )
    assert beside(page.rubric.criteria[0], replace(page, run=silent)) == ()


def test_huge_arrays_make_small_pictures_in_which_a_single_wrong_value_is_seen(student_page: StudentPage) -> None:
    expected = np.zeros((1500, 1200))
    came = expected.copy()
    came[777, 333] = 1.0
    (picture,) = pictures(student_page, came, expected)
    assert isinstance(picture, Maps)
    assert picture.difference is not None
    difference = pixels_of(picture.difference.source)
    assert max(difference.shape) <= 256
    assert (np.abs(difference - difference[0, 0]).sum(axis=2) > 0).any()


def test_a_page_has_room_for_two_dozen_pictures(student_page: StudentPage) -> None:
    page = page_of(student_page, MAP + 1, MAP)
    data = page.rubric.model_dump(by_alias=True, exclude_none=True)
    criteria = [{**data["criteria"][0], "id": f"it-{number}", "points": 1} for number in range(30)]
    rubric = Rubric.model_validate({**data, "criteria": criteria, "points": 30})
    (finding,) = page.grade.findings
    findings = tuple(finding.model_copy(update={"criterion": f"it-{number}"}) for number in range(30))
    many = replace(page, rubric=rubric, grade=page.grade.model_copy(update={"findings": findings}))
    assert render_student(many).count('<figure class="beside">') == 24


def test_every_drawing_says_in_words_what_it_shows(student_page: StudentPage) -> None:
    for came, expected, draw in (
        (MAP + 1, MAP, None),
        (CORNERS + 1, CORNERS, {"as": "points-xy"}),
        (np.ones(9), np.arange(9.0), None),
    ):
        page = Page(render_student(page_of(student_page, came, expected, **({"draw": draw} if draw else {}))))
        roles = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "role")]
        labels = [value for tag, name, value in page.attributes if (tag, name) == ("svg", "aria-label")]
        assert len(roles) == len(labels)
        assert all(labels)


Shape = st.one_of(npst.array_shapes(min_dims=1, max_dims=3, max_side=12), st.tuples(st.integers(0, 9), st.just(2)))


@example(came=np.zeros((1, 2)), expected=(1, 2), form=4)  # curves of one sample
@given(came=Shape.flatmap(lambda shape: npst.arrays(np.float64, shape)), expected=Shape, form=st.integers(0, 4))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)  # frozen data: one page serves all
def test_any_numbers_at_all_can_be_drawn(
    student_page: StudentPage, came: np.ndarray[Any, Any], expected: tuple[int, ...], form: int
) -> None:
    theirs = np.arange(float(np.prod(expected))).reshape(expected)
    draw = [None, "points-xy", "points-rc", "pairs", "curves"][form]
    html = render_student(page_of(student_page, came, theirs, **({"draw": {"as": draw}} if draw else {})))
    page = Page(html)
    assert page.unbalanced == []
    paths = [value for _, name, value in page.attributes if name == "d"]
    assert not [path for path in paths if "nan" in path or "inf" in path or "e+" in path]


@given(came=npst.arrays(np.float64, st.tuples(st.integers(1, 9), st.just(2))))
def test_points_are_never_drawn_far_outside(came: np.ndarray[Any, Any]) -> None:
    expected = np.array([[0.0, 0.0], [3.0, 4.0]])
    plane = draw_points(came, expected, np.ones(len(came), dtype=bool) if len(came) == 2 else None, None)
    assert all(0 <= x <= 320 and 0 <= y <= plane.height for x, y in plane.came)
    assert np.isfinite(np.array(plane.links)).all()
