import cv2
import numpy as np
import pytest
import skimage.transform

from reference.homography import apply_homography, ransac_homography
from reference.matching import euclidean_distances, match
from reference.sift import sift
from reference.stitching import border_distance, stitch, warp

HOMOGRAPHY = np.array([[0.95, 0.08, 12.0], [-0.05, 1.04, 7.0], [2e-4, -1e-4, 1.0]])


def test_a_warped_picture_is_opencvs_and_scikit_images(scene):
    warped, covered = warp(scene, HOMOGRAPHY, (130, 170))
    assert covered.mean() > 0.5
    opencv = cv2.warpPerspective(scene, HOMOGRAPHY, (170, 130), flags=cv2.INTER_LINEAR)
    scikit = skimage.transform.warp(scene, np.linalg.inv(HOMOGRAPHY), output_shape=(130, 170), order=1)
    np.testing.assert_allclose(warped[covered], scikit[covered], atol=1e-6)
    assert np.abs(warped - opencv)[covered].max() < np.abs(np.gradient(scene)).max() / 32
    assert np.abs(warped - opencv)[covered].mean() < 0.1


def test_what_the_picture_does_not_reach_is_not_covered(scene):
    warped, covered = warp(scene, HOMOGRAPHY, (130, 170))
    oracle = cv2.warpPerspective(np.ones_like(scene), HOMOGRAPHY, (170, 130), flags=cv2.INTER_LINEAR)
    np.testing.assert_array_equal(covered[oracle == 0], False)
    assert covered[oracle == 1].mean() > 0.999  # OpenCV rounds places to 1/32 of a pixel
    assert not warped[~covered].any()


def test_moving_by_nothing_keeps_every_pixel(scene):
    warped, covered = warp(scene, np.eye(3), scene.shape)
    np.testing.assert_array_equal(warped, scene)
    assert covered.all()


def test_the_weight_is_opencvs_chessboard_distance_to_the_outside():
    inside = np.pad(np.ones((20, 31), np.uint8), 1)
    oracle = cv2.distanceTransform(inside, cv2.DIST_C, 3)[1:-1, 1:-1]
    np.testing.assert_array_equal(border_distance((20, 31)), oracle)


def two_views(scene):
    """The left part of a scene, and a view of its right part through a homography of which we know the way back."""
    left = scene[:, :200]
    second_to_scene = np.array([[1.02, 0.05, 110.0], [-0.03, 1.0, 5.0], [1e-4, 5e-5, 1.0]])
    rows, columns = np.indices((220, 190))
    places = apply_homography(second_to_scene, np.column_stack([columns.ravel(), rows.ravel()])).astype(np.float32)
    right = cv2.remap(scene, *places.T.reshape(2, 220, 190), cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return left, right, second_to_scene


def test_two_views_become_the_scene_again(large_scene):
    left, right, homography = two_views(large_scene)
    canvas, (x, y) = stitch(left, right, homography)
    height, width = large_scene.shape
    seen = canvas[y : y + height, x : x + width]
    inside = np.s_[15:205, 5:275]
    assert np.abs(seen[inside] - large_scene[: seen.shape[0], : seen.shape[1]][inside]).mean() < 1.5


def test_features_matching_and_ransac_find_the_homography_by_themselves(large_scene):
    left, right, true = two_views(large_scene)
    left_keypoints, left_descriptors = sift(left, contrast=6)
    right_keypoints, right_descriptors = sift(right, contrast=6)
    pairs = match(euclidean_distances(right_descriptors, left_descriptors))
    homography, agrees = ransac_homography(right_keypoints[pairs[:, 0], :2], left_keypoints[pairs[:, 1], :2])
    assert agrees.sum() > 15
    corners_xy = np.array([[0, 0], [90, 0], [90, 219], [0, 219]])  # of the part that both see
    moved, oracle = apply_homography(homography, corners_xy), apply_homography(true, corners_xy)
    np.testing.assert_allclose(moved, oracle, atol=1.0)


def test_a_picture_exposed_longer_leaves_no_seam(large_scene):
    shift = np.array([[1, 0, 100], [0, 1, 0], [0, 0, 1]])
    flat = np.full((60, 160), 100.0)
    canvas, _ = stitch(flat, flat + 30, shift)
    steps = np.abs(np.diff(canvas[30]))
    assert canvas[30, 0] == 100
    assert canvas[30, -1] == 130
    assert steps.max() < 2


def test_a_second_picture_further_up_and_left_moves_the_origin():
    shift = np.array([[1, 0, -3], [0, 1, -2], [0, 0, 1]])
    canvas, origin_xy = stitch(np.full((5, 5), 7.0), np.full((5, 5), 7.0), shift)
    np.testing.assert_array_equal(origin_xy, [3, 2])
    assert canvas.shape == (7, 8)
    assert canvas[0, 7] == 0  # neither picture reaches there
    assert canvas[6, 7] == 7


@pytest.mark.parametrize("degrees", [30, 120, 210, 300])
def test_the_canvas_just_holds_both_pictures(degrees):
    homography = np.vstack([cv2.getRotationMatrix2D((10, 8), degrees, 1.2), [0, 0, 1]])
    canvas, origin_xy = stitch(np.ones((5, 6)), np.ones((20, 30)), homography)
    corners_xy = np.array([[[0, 0], [29, 0], [0, 19], [29, 19]]], dtype=float)
    moved_xy = np.vstack([cv2.perspectiveTransform(corners_xy, homography)[0], [[0, 0], [5, 4]]])
    np.testing.assert_array_equal(origin_xy, -np.floor(moved_xy.min(axis=0)))
    np.testing.assert_array_equal(canvas.shape[::-1], np.ceil(moved_xy.max(axis=0)) + origin_xy + 1)


@pytest.mark.parametrize("factor", [1, -0.5])
def test_a_homography_across_the_horizon_is_refused(factor):
    across = factor * np.array([[1, 0, 0], [0, 1, 0], [-0.2, 0, 1]])
    with pytest.raises(ValueError, match="moves a corner of the second picture to the horizon or beyond it"):
        stitch(np.zeros((10, 10)), np.zeros((10, 10)), across)
