import cv2
import numpy as np
import pytest
from scipy import ndimage

from reference.harris import corner_mask, harris_corners, harris_response, window_sum


@pytest.mark.parametrize(
    ("block", "aperture", "k"), [(2, 3, 0.04), (3, 3, 0.06), (5, 5, 0.04), (2, 7, 0.1), (1, 3, 0.04)]
)
def test_the_response_is_opencvs_borders_included(scene, noise_bytes, block, aperture, k):
    for gray in (scene, noise_bytes):
        oracle = cv2.cornerHarris(gray.astype(np.float32), block, aperture, k)
        response = harris_response(gray.astype(np.float32), block, aperture, k)
        np.testing.assert_allclose(response, oracle, rtol=1e-4, atol=2e-6 * abs(oracle).max())


def test_opencv_divides_bytes_by_255_and_we_do_not(scene_bytes):
    oracle = cv2.cornerHarris(scene_bytes, 2, 3, 0.04)
    response = harris_response(scene_bytes) / 255**4
    np.testing.assert_allclose(response, oracle, rtol=1e-4, atol=2e-6 * abs(oracle).max())


@pytest.mark.parametrize("block", [1, 2, 3, 4, 7])
def test_the_window_sum_is_opencvs_box_filter(scene, block):
    np.testing.assert_allclose(window_sum(scene, block), cv2.boxFilter(scene, -1, (block, block), normalize=False))


def test_the_lectures_mask_is_opencvs(scene_bytes):
    dst = cv2.cornerHarris(np.float32(scene_bytes), 2, 3, 0.04)
    np.testing.assert_array_equal(corner_mask(harris_response(scene_bytes)), dst > 0.01 * dst.max())


@pytest.mark.parametrize("radius", [1, 2, 5])
def test_the_corners_are_the_local_maxima_strongest_first(scene, radius):
    response = harris_response(scene)
    corners_rc = harris_corners(response, radius=radius)
    largest = ndimage.maximum_filter(response, 2 * radius + 1, mode="constant", cval=-np.inf)
    oracle = np.argwhere((response == largest) & (response > 0.01 * response.max()))
    assert len(oracle) > 20
    assert sorted(map(tuple, corners_rc)) == sorted(map(tuple, oracle))
    assert (np.diff(response[tuple(corners_rc.T)]) <= 0).all()


def test_a_white_square_has_its_four_corners():
    square = np.zeros((40, 50))
    square[10:30, 15:35] = 255
    corners_rc = harris_corners(harris_response(square, block=3))
    near = {(row, column) for row in (10, 29) for column in (15, 34)}
    found = {min(near, key=lambda corner: np.hypot(*(corner - point))) for point in corners_rc}
    assert found == near
    assert all(min(np.hypot(*(np.array(corner) - point)) for corner in near) <= 2 for point in corners_rc)


def test_an_edge_answers_negatively_and_a_flat_region_not_at_all():
    edge = np.zeros((20, 20))
    edge[:, 10:] = 1
    response = harris_response(edge)
    assert (response[5:15, 10] < 0).all()
    assert (response[:, :5] == 0).all()


def test_a_flat_picture_has_no_corners():
    response = harris_response(np.full((20, 20), 7.0))
    assert not corner_mask(response).any()
    assert harris_corners(response).shape == (0, 2)


def test_two_corners_two_pixels_apart_are_two_unless_the_radius_says_otherwise():
    response = np.array([[0.0, 0.0, 5.0, 0.0, 7.0, 0.0, 0.0]])
    np.testing.assert_array_equal(harris_corners(response), [[0, 4], [0, 2]])
    np.testing.assert_array_equal(harris_corners(response, radius=2), [[0, 4]])


def test_corners_turn_with_the_picture(scene):
    response = harris_response(scene, block=3)
    np.testing.assert_allclose(
        harris_response(np.rot90(scene), block=3), np.rot90(response), atol=1e-6 * response.max()
    )


def test_twice_the_contrast_is_sixteen_times_the_response_and_the_same_corners(scene):
    response = harris_response(scene)
    doubled = harris_response(2 * scene)
    np.testing.assert_array_equal(doubled, 16 * response)
    np.testing.assert_array_equal(harris_corners(doubled), harris_corners(response))


def test_a_brighter_picture_has_the_same_response(scene):
    response = harris_response(scene)
    np.testing.assert_allclose(harris_response(scene + 30), response, atol=1e-9 * response.max())


def test_a_window_without_pixels_is_refused():
    with pytest.raises(ValueError, match="the window's side is 1 pixel or more; this is 0"):
        harris_response(np.zeros((4, 4)), block=0)
