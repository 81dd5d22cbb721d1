import cv2
import numpy as np
import pytest
from scipy import ndimage

from reference.scale_space import (
    difference_of_gaussians,
    find_blobs,
    gaussian_pyramid,
    halve,
    is_edge,
    local_extrema,
    refine,
    scale_sigmas,
)


@pytest.mark.parametrize("shape", [(60, 80), (61, 79), (7, 5)])
def test_half_a_picture_is_opencvs(shape):
    gray = np.random.default_rng(0).uniform(0, 255, shape)
    np.testing.assert_allclose(halve(gray), cv2.pyrDown(gray), atol=1e-9)


def test_a_pyramid_halves_again_and_again(scene):
    pyramid = gaussian_pyramid(scene, 4)
    np.testing.assert_array_equal(pyramid[0], scene)
    assert [level.shape for level in gaussian_pyramid(scene, 1)] == [scene.shape]
    np.testing.assert_allclose(pyramid[3], cv2.pyrDown(cv2.pyrDown(cv2.pyrDown(scene))), atol=1e-9)


def test_a_pyramid_without_levels_is_refused():
    with pytest.raises(ValueError, match="a pyramid has one level or more; this is 0"):
        gaussian_pyramid(np.zeros((4, 4)), 0)


@pytest.mark.parametrize("sigma", [2.0, 4.0])
def test_the_difference_of_gaussians_is_nearly_the_laplacian(scene, sigma):
    k = 1.02
    dog = difference_of_gaussians(scene, np.array([sigma, k * sigma]))[0]
    laplacian = (k - 1) * sigma**2 * ndimage.gaussian_laplace(scene, sigma, mode="mirror")
    assert abs(dog - laplacian).max() < 0.03 * abs(laplacian).max()


def test_the_extrema_are_those_of_scipys_rank_filters(scene):
    dog = difference_of_gaussians(scene, scale_sigmas())
    around = np.ones((3, 3, 3), dtype=bool)
    around[1, 1, 1] = False
    above = dog > ndimage.maximum_filter(dog, footprint=around)
    below = dog < ndimage.minimum_filter(dog, footprint=around)
    oracle = (above | below) & (abs(dog) >= 1.5)
    inside = np.zeros_like(oracle)
    inside[1:-1, 1:-1, 1:-1] = True
    assert (oracle & inside).sum() > 30
    np.testing.assert_array_equal(local_extrema(dog, contrast=1.5), np.argwhere(oracle & inside))


@pytest.mark.parametrize("size", [2.5, 4.0, 5.5, 9.0])
@pytest.mark.parametrize("level", [100, -100])
def test_a_gaussian_blob_is_found_at_its_place_with_its_own_size(size, level):
    y, x = np.mgrid[:100, :110]
    blob = 128 + level * np.exp(-((x - 50.3) ** 2 + (y - 44.6) ** 2) / (2 * size**2))
    blobs = find_blobs(blob, scale_sigmas(), contrast=3)
    np.testing.assert_allclose(blobs[:1, :2], [[50.3, 44.6]], atol=0.05)
    np.testing.assert_allclose(blobs[0, 2], size, rtol=0.02)


def test_in_a_picture_twice_as_large_the_same_blobs_are_twice_as_large(scene):
    small = find_blobs(scene, scale_sigmas(), contrast=3)
    doubled = cv2.resize(scene, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    large = find_blobs(doubled, scale_sigmas(octaves=4), contrast=3)
    large[:, :2] = (large[:, :2] - 0.5) / 2  # cv2.resize keeps the corners, not the centres, of the border pixels
    large[:, 2] /= 2
    assert len(small) > 20
    assert share_found_again(small, large) > 0.9


def test_the_keypoints_are_mostly_those_of_opencv(large_scene):
    """OpenCV takes the picture to be smoothed by 0.5 already, works in octaves, and names the smaller sigma."""
    ours = find_blobs(large_scene, scale_sigmas(), contrast=255 * 0.04 / 3)
    detector = cv2.SIFT_create(contrastThreshold=0.04, edgeThreshold=10, sigma=1.6)
    theirs = np.array([(*p.pt, p.size / 2 * 2 ** (1 / 6)) for p in detector.detect(large_scene.astype(np.uint8))])
    theirs = theirs[(theirs[:, 2] > 2.5) & (theirs[:, 2] < 10)]
    assert len(theirs) > 50
    assert share_found_again(theirs, ours) > 0.9


def share_found_again(blobs, among):
    """The share of `blobs` that have a partner within half their sigma, at the same sigma to within 15 in 100."""
    distances = np.hypot(*(blobs[:, None, :2] - among[None, :, :2]).transpose(2, 0, 1))
    ratios = blobs[:, None, 2] / among[None, :, 2]
    partners = (distances < 0.5 * blobs[:, None, 2]) & (abs(np.log(ratios)) < 0.15)
    return partners.any(axis=1).mean()


def test_brightness_and_contrast_do_not_move_a_keypoint(scene):
    blobs = find_blobs(scene, scale_sigmas(), contrast=3)
    np.testing.assert_allclose(find_blobs(0.5 * scene + 70, scale_sigmas(), contrast=1.5), blobs, atol=1e-6)


def test_a_straight_edge_has_no_keypoints_on_it():
    edge = np.zeros((64, 64))
    edge[:, 30:34] = 200
    edge += np.random.default_rng(0).normal(0, 0.5, edge.shape)
    dog = difference_of_gaussians(edge, scale_sigmas(octaves=2))
    extrema = local_extrema(dog, contrast=3)
    assert len(extrema) >= 5
    assert all(is_edge(dog, extremum) for extremum in extrema if 10 < extremum[1] < 54)
    blobs = find_blobs(edge, scale_sigmas(octaves=2), contrast=3)
    assert not ((blobs[:, 1] > 10) & (blobs[:, 1] < 54)).any()


@pytest.mark.parametrize(
    ("across", "along", "edge"), [(9.9, 1.0, False), (10.1, 1.0, True), (-9.9, -1.0, False), (1.0, -1.0, True)]
)
def test_an_edge_bends_ten_times_as_much_one_way_or_is_a_saddle(across, along, edge):
    _, row, column = np.mgrid[:3, :3, :3] - 1.0
    turned = (row + column) / np.sqrt(2), (row - column) / np.sqrt(2)
    assert is_edge(across * row**2 + along * column**2, np.array([1, 1, 1])) == edge
    assert is_edge(across * turned[0] ** 2 + along * turned[1] ** 2, np.array([1, 1, 1])) == edge


def test_a_slope_has_no_extremum_to_refine():
    scale, row, column = np.mgrid[:5, :5, :5].astype(float)
    assert refine(scale**2 / 100 + row**2 / 100 + column**2 / 100 + 3 * row, np.array([2, 2, 2])) is None
    assert refine(row + column, np.array([2, 2, 2])) is None


def test_a_stack_too_thin_for_neighbours_has_no_extrema():
    assert local_extrema(np.zeros((2, 9, 9)), contrast=0).shape == (0, 3)
    assert find_blobs(np.zeros((20, 20)), scale_sigmas(), contrast=1).shape == (0, 3)
