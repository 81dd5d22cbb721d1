import math

import cv2
import numpy as np
import pytest
import skimage.transform
from hypothesis import given
from hypothesis import strategies as st

from reference.homography import apply_homography, distances_after, draws_for, fit_homography, ransac_homography

TRUE = np.array([[0.9, -0.2, 30.0], [0.15, 1.1, -12.0], [4e-4, -2e-4, 1.0]])


def points(count, seed=0):
    return np.random.default_rng(seed).uniform([0, 0], [640, 480], (count, 2))


def test_points_move_as_opencv_moves_them():
    from_xy = points(100)
    oracle = cv2.perspectiveTransform(from_xy[None], TRUE)[0]
    np.testing.assert_allclose(apply_homography(TRUE, from_xy), oracle, atol=1e-9)


def test_a_point_of_the_horizon_moves_to_infinity_without_a_warning():
    horizon = np.array([[1, 0, 0], [0, 1, 0], [1, 0, 0]])
    assert np.isinf(apply_homography(horizon, np.array([[0.0, 3.0]]))[0, 1])


@pytest.mark.parametrize("count", [4, 5, 50])
def test_exact_pairs_give_the_homography_that_moved_them(count):
    from_xy = points(count, seed=count)
    to_xy = apply_homography(TRUE, from_xy)
    ours = fit_homography(from_xy, to_xy)
    np.testing.assert_allclose(ours, TRUE, rtol=1e-7, atol=1e-9)
    np.testing.assert_allclose(ours, cv2.findHomography(from_xy, to_xy, 0)[0], rtol=1e-4, atol=1e-6)


def test_noisy_pairs_give_scikit_images_homography_and_nearly_opencvs():
    from_xy = points(60)
    to_xy = apply_homography(TRUE, from_xy) + np.random.default_rng(1).normal(0, 1, (60, 2))
    ours = fit_homography(from_xy, to_xy)
    direct = skimage.transform.ProjectiveTransform.from_estimate(from_xy, to_xy)
    refined, _ = cv2.findHomography(from_xy, to_xy, 0)
    moved = apply_homography(ours, from_xy)
    np.testing.assert_allclose(moved, direct(from_xy), atol=1e-3)
    np.testing.assert_allclose(moved, apply_homography(refined, from_xy), atol=0.2)


@given(
    scale=st.floats(0.01, 100),
    shift=st.tuples(st.floats(-1000, 1000), st.floats(-1000, 1000)),
)
def test_normalising_makes_the_fit_independent_of_the_unit_of_length(scale, shift):
    from_xy = points(20)
    to_xy = apply_homography(TRUE, from_xy) + np.random.default_rng(1).normal(0, 1, (20, 2))
    here = apply_homography(fit_homography(from_xy, to_xy), from_xy)
    there = apply_homography(fit_homography(scale * from_xy + shift, to_xy), scale * from_xy + shift)
    np.testing.assert_allclose(there, here, atol=1e-4)


def test_ransac_finds_the_pairs_that_opencvs_finds():
    random = np.random.default_rng(2)
    from_xy = points(100)
    to_xy = apply_homography(TRUE, from_xy) + random.normal(0, 0.5, (100, 2))
    false = random.random(100) < 0.4
    to_xy[false] = random.uniform([0, 0], [640, 480], (false.sum(), 2))
    homography, agrees = ransac_homography(from_xy, to_xy)
    _, oracle = cv2.findHomography(from_xy, to_xy, cv2.RANSAC, 3.0, confidence=0.999)
    np.testing.assert_array_equal(agrees, oracle[:, 0] > 0)
    np.testing.assert_array_equal(agrees, ~false)
    np.testing.assert_array_equal(homography, fit_homography(from_xy[agrees], to_xy[agrees]))
    assert distances_after(homography, from_xy[~false], apply_homography(TRUE, from_xy[~false])).max() < 1


def test_one_false_match_ruins_least_squares_and_not_ransac():
    from_xy = points(30)
    to_xy = apply_homography(TRUE, from_xy)
    to_xy[7] += 200
    true = np.delete(np.arange(30), 7)
    all_of_them = fit_homography(from_xy, to_xy)
    robust, agrees = ransac_homography(from_xy, to_xy)
    assert distances_after(all_of_them, from_xy[true], to_xy[true]).max() > 5
    assert distances_after(robust, from_xy[true], to_xy[true]).max() < 1e-6
    assert list(np.flatnonzero(~agrees)) == [7]


@pytest.mark.parametrize("seed", range(5))
def test_every_seed_finds_the_same(seed):
    from_xy = points(60)
    to_xy = apply_homography(TRUE, from_xy)
    to_xy[:25] = points(25, seed=9)
    _, agrees = ransac_homography(from_xy, to_xy, seed=seed)
    np.testing.assert_array_equal(agrees, np.arange(60) >= 25)


@pytest.mark.parametrize(
    ("outliers", "draws"), [(0.05, 3), (0.1, 5), (0.2, 9), (0.25, 13), (0.3, 17), (0.4, 34), (0.5, 72)]
)
def test_the_number_of_draws_is_the_textbooks(outliers, draws):
    assert math.ceil(draws_for(1 - outliers, confidence=0.99)) == draws


def test_four_pairs_are_enough_for_ransac():
    from_xy = points(4)
    homography, agrees = ransac_homography(from_xy, apply_homography(TRUE, from_xy))
    np.testing.assert_allclose(homography, TRUE, rtol=1e-7, atol=1e-9)
    assert agrees.all()


def test_where_all_agree_one_draw_is_enough():
    assert draws_for(1.0, confidence=0.99) == 1


@pytest.mark.parametrize("confidence", [0.0, 1.0])
def test_certainty_is_refused(confidence):
    with pytest.raises(ValueError, match=f"a confidence lies between 0 and 1, and is neither; this is {confidence:g}"):
        ransac_homography(points(5), points(5), confidence=confidence)


def test_too_few_pairs_are_refused():
    with pytest.raises(ValueError, match="a homography takes four pairs of points or more; these are 3 and 3"):
        fit_homography(points(3), points(3))
    with pytest.raises(ValueError, match="a homography takes four pairs of points or more; these are 5 and 4"):
        fit_homography(points(5), points(4))
    with pytest.raises(ValueError, match="a homography takes four pairs of points or more; there are 3"):
        ransac_homography(points(3), points(3))


def test_points_on_a_line_are_refused():
    line = np.column_stack([np.arange(6.0), 2 * np.arange(6.0)])
    with pytest.raises(ValueError, match="determine no homography: of any four, no three may lie on a line"):
        fit_homography(line, line + 1)


def test_points_at_one_place_are_refused():
    with pytest.raises(ValueError, match="determine no homography: they all lie at one place"):
        fit_homography(np.ones((4, 2)), points(4))


def test_pairs_that_agree_on_nothing_are_refused():
    with pytest.raises(ValueError, match=r"no homography fits more than four of the 12 pairs to within 0\.5 pixels"):
        ransac_homography(points(12), points(12, seed=5), within=0.5)
