"""Scenes and seeded numbers: what a rubric may ask with."""

import inspect

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.errors import UserError
from grader.execute.probe_questions import is_personal, make_question
from grader.rubric import Probe, read_rubric
from grader.rubric.scenes import SCENES, VIEW, two_views

SEEDED = {"noise", "texture", "blobs", "two-views"}


def asked_with(value, student="ana"):
    """The argument `gray` as it is handed over, where a rubric writes it so."""
    probe = Probe.model_validate({"call": "f", "with": {"gray": value}})
    return make_question("p", probe, student).content["arguments"]["gray"]


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_the_size_that_the_rubric_says(name):
    expected = (2, 20, 30) if name == "two-views" else (20, 30)
    assert asked_with({"scene": name, "size": [20, 30]}).shape == expected


@pytest.mark.parametrize("name", sorted(SCENES.keys() - {"two-views", "texture", "blobs"}))
def test_gray_levels_lie_between_0_and_255(name):
    gray = asked_with({"scene": name, "size": [20, 30]})
    assert gray.min() >= 0
    assert gray.max() <= 255


@pytest.mark.parametrize("name", SCENES)
def test_only_scenes_that_say_so_depend_on_the_seed(name):
    one, other = (asked_with({"scene": name, "size": [20, 30], "seed": seed}) for seed in (1, 2))
    assert np.array_equal(one, other) == (name not in SEEDED)


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_is_pure(name):
    one, other = (SCENES[name](12, 17, np.random.default_rng(3)) for _ in range(2))
    assert np.array_equal(one, other)


@pytest.mark.parametrize("name", SCENES)
def test_each_scene_is_named_as_its_function_is(name):
    assert SCENES[name].__name__.replace("_", "-") == name
    assert inspect.getdoc(SCENES[name])


def test_bytes_are_rounded_and_clipped_not_wrapped():
    exact = asked_with({"scene": "texture", "size": [60, 60], "seed": 4})
    levels = asked_with({"scene": "texture", "size": [60, 60], "seed": 4, "dtype": "uint8"})
    assert levels.dtype == np.uint8
    assert np.abs(levels - exact.clip(0, 255)).max() <= 0.5


def test_what_is_at_a_place_of_the_first_view_is_in_the_second_where_the_homography_takes_it():
    # Oracle: OpenCV's warping, which interpolates.
    import cv2

    first, second = two_views(80, 100, np.random.default_rng(5))
    warped = cv2.warpPerspective(first, VIEW, (100, 80), flags=cv2.INTER_CUBIC)
    inside = (slice(10, -10), slice(10, -10))
    assert np.abs(warped - second)[inside].max() < 4


def test_a_scene_that_is_not_there_is_told_with_the_nearest(tmp_path):
    path = tmp_path / "rubric.yaml"
    path.write_text(
        "points: 1\n"
        "probes:\n"
        "  square: {call: smooth, with: {gray: {scene: white-sqare}}}\n"
        "criteria:\n"
        "  - {id: a, says: It is right., points: 1, probe: square, expect: {shape: [48, 64]}}\n"
    )
    with pytest.raises(UserError) as caught:
        read_rubric(path)
    assert str(caught.value).startswith(f"{path}:3: there is no scene `white-sqare`. Did you mean `white-square`?")


@given(st.text(min_size=1, max_size=20), st.text(min_size=1, max_size=20))
def test_no_two_students_and_no_two_arguments_are_asked_with_the_same_numbers(ana, bruno):
    probe = Probe.model_validate(
        {"call": "f", "with": {name: {"random": "uniform", "shape": [3], "seed": "student"} for name in ("a", "b")}}
    )
    first, second = (make_question("p", probe, student).content["arguments"] for student in (ana, bruno))
    assert not np.array_equal(first["a"], first["b"])
    assert np.array_equal(first["a"], second["a"]) == (ana == bruno)


def test_a_scene_seeded_by_the_student_is_asked_of_each_student_alone():
    personal = {"call": "f", "with": {"gray": {"scene": "noise", "seed": "student"}}}
    shared = {"call": "f", "with": {"gray": {"scene": "noise", "seed": 3}}}
    assert is_personal(Probe.model_validate(personal))
    assert not is_personal(Probe.model_validate(shared))


def test_each_column_of_random_numbers_may_have_bounds_of_its_own():
    points = asked_with({"random": "uniform", "shape": [500, 3], "between": [[-1, -1, 2], [1, 1, 5]], "seed": 1})
    assert (points >= [-1, -1, 2]).all()
    assert (points <= [1, 1, 5]).all()
    assert (np.ptp(points, axis=0) > [1.9, 1.9, 2.9]).all()


@pytest.mark.parametrize(
    ("value", "because"),
    [
        ({"random": "normal", "shape": [3], "between": [0, 1]}, "normal numbers have no bounds"),
        (
            {"random": "uniform", "shape": [9, 3], "between": [[0, 0], [1, 1]]},
            r"`between` has 2 numbers for a last axis of \[3\]",
        ),
    ],
)
def test_bounds_that_do_not_fit_are_refused(value, because):
    with pytest.raises(ValueError, match=because):
        asked_with(value)
