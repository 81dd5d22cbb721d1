import cv2
import numpy as np
import pytest
from scipy import ndimage

from reference.harris import harris_corners, harris_response
from reference.lucas_kanade import structure_matrices, track


def corners_of(gray, margin=25):
    corners_rc = harris_corners(harris_response(gray, block=9), share=0.05, radius=5)
    height, width = gray.shape
    inside = ((corners_rc >= margin) & (corners_rc < [height - margin, width - margin])).all(axis=1)
    return corners_rc[inside][:, ::-1].astype(float)


def shifted(gray, right, down):
    return ndimage.shift(gray, [down, right], order=3, mode="mirror")


@pytest.mark.parametrize("motion", [(0.3, -0.6), (2.0, 1.5), (-7.3, 5.2)])
def test_the_true_motion_is_found_and_opencvs(large_scene, motion):
    first, second = (
        np.clip(gray, 0, 255).round().astype(np.uint8) for gray in (large_scene, shifted(large_scene, *motion))
    )
    points_xy = corners_of(large_scene)
    assert len(points_xy) > 30
    moved_xy, known = track(first, second, points_xy)
    assert known.all()
    assert np.median(np.abs(moved_xy - points_xy - motion)) < 0.02
    assert (np.abs(moved_xy - points_xy - motion).max(axis=1) < 0.1).mean() > 0.95
    oracle, found, _ = cv2.calcOpticalFlowPyrLK(
        first, second, points_xy.astype(np.float32)[:, None], None, winSize=(15, 15), maxLevel=2
    )
    assert found.all()
    assert (np.abs(moved_xy - oracle[:, 0]).max(axis=1) < 0.05).mean() > 0.95


def test_a_large_motion_needs_the_pyramid(large_scene):
    motion = (-9.0, 7.0)
    points_xy = corners_of(large_scene)
    second = shifted(large_scene, *motion)

    def share_found(levels):
        moved_xy, _ = track(large_scene, second, points_xy, levels=levels)
        return (np.abs(moved_xy - points_xy - motion).max(axis=1) < 0.2).mean()

    assert share_found(levels=3) > 0.9
    assert share_found(levels=1) < 0.75


def test_on_a_gentle_picture_the_first_step_is_already_the_motion():
    y, x = np.mgrid[:60, :60]
    first, second = (
        50 * np.sin((x - right) / 8) + 50 * np.sin((y - down) / 9) for right, down in [(0, 0), (0.2, -0.1)]
    )
    moved_xy, _ = track(first, second, np.array([[30.0, 30.0]]), levels=1, steps=1)
    np.testing.assert_allclose(moved_xy - 30, [[0.2, -0.1]], rtol=0.05)


def test_on_an_edge_only_the_motion_across_it_is_known():
    edge = ndimage.gaussian_filter(np.where(np.arange(60) < 30, 0.0, 200.0), 2) * np.ones((50, 1))
    moved_xy, known = track(edge, shifted(edge, 1.5, 2.0), np.array([[30.0, 25.0]]), levels=1)
    assert not known[0]
    np.testing.assert_allclose(moved_xy, [[31.5, 25.0]], atol=0.05)


def test_on_a_flat_picture_no_motion_is_known_and_none_is_made_up():
    moved_xy, known = track(np.full((40, 40), 9.0), np.full((40, 40), 9.0), np.array([[20.0, 20.0]]))
    assert not known[0]
    np.testing.assert_array_equal(moved_xy, [[20, 20]])


def test_a_point_that_leaves_the_picture_is_not_known(large_scene):
    first, second = large_scene[:, 40:], large_scene[:, 60:]
    points_xy = corners_of(large_scene)
    near_left = points_xy[points_xy[:, 0] < 57] - [40, 0]
    near_left = near_left[near_left[:, 0] > 0]
    assert len(near_left) > 0
    moved_xy, known = track(first[:, :-20], second, near_left)
    outside = moved_xy[:, 0] < 0
    assert outside.any()
    assert not known[outside].any()


@pytest.mark.parametrize("motion", [(-6, 0), (6, 0), (0, -6), (0, 6)])
def test_a_point_that_leaves_by_a_pixel_is_not_known_on_whichever_side(motion):
    y, x = np.mgrid[:60, :60]

    def blob_at(cx, cy):
        return 200 * np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / 50)

    start = np.array([29.5, 29.5]) + np.sign(motion) * 24
    moved_xy, known = track(blob_at(*start), blob_at(*(start + motion)), start[None], levels=1)
    outside = (moved_xy[0] < 0).any() or (moved_xy[0] > 59).any()
    assert outside
    assert not known[0]
    assert track(blob_at(*start), blob_at(*start), start[None], levels=1)[1][0]


def test_the_matrix_is_the_one_of_harris_corners(scene):
    gradient_x, gradient_y = cv2.Sobel(scene, -1, 1, 0), cv2.Sobel(scene, -1, 0, 1)
    matrix = structure_matrices(gradient_x[40:45, 60:65].reshape(1, -1), gradient_y[40:45, 60:65].reshape(1, -1))[0]
    oracle = cv2.cornerMinEigenVal(scene.astype(np.float32), 5, ksize=3)[42, 62]
    # cornerMinEigenVal divides each gradient by 4 * 5, and adds up 25 where we take the mean
    assert np.linalg.eigvalsh(matrix)[0] * 25 / (4 * 5) ** 2 == pytest.approx(oracle, rel=1e-3)


def test_no_points_are_no_motion(scene):
    moved_xy, known = track(scene, scene, np.empty((0, 2)))
    assert moved_xy.shape == (0, 2)
    assert known.shape == (0,)


def test_pictures_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match=r"the two pictures have different shapes, \(4, 4\) and \(4, 5\)"):
        track(np.zeros((4, 4)), np.zeros((4, 5)), np.zeros((1, 2)))
