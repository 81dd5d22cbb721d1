import cv2
import numpy as np
import pytest
from scipy import ndimage

from reference.canny import canny, link, suppress_non_maxima


@pytest.mark.parametrize(("low", "high"), [(20, 60), (50, 150), (200, 400), (400, 700)])
def test_the_edges_are_opencvs_pixel_for_pixel(scene_bytes, noise_bytes, low, high):
    for gray in (scene_bytes, noise_bytes):
        oracle = cv2.Canny(gray, low, high, L2gradient=True) > 0
        assert oracle.any()
        np.testing.assert_array_equal(canny(gray, low, high), oracle)


def test_smoothing_first_is_smoothing_by_hand(scene):
    blurred = cv2.GaussianBlur(scene, (13, 13), 1.5)
    np.testing.assert_array_equal(canny(scene, 20, 60, sigma=1.5), canny(blurred, 20, 60))


def test_smoothing_takes_the_noise_out_of_the_edges():
    step = np.zeros((60, 60))
    step[:, 30:] = 100
    noisy = step + np.random.default_rng(0).normal(0, 12, step.shape)
    true_edge = canny(step, 100, 200)
    near_true_edge = ndimage.binary_dilation(true_edge, iterations=2)
    assert (canny(noisy, 60, 100) & ~near_true_edge).sum() > 200
    assert (canny(noisy, 60, 100, sigma=2) & ~near_true_edge).sum() == 0
    assert canny(noisy, 60, 100, sigma=2).any(axis=1).mean() > 0.9


def test_linking_keeps_the_weak_parts_that_hold_a_strong_pixel():
    random = np.random.default_rng(0)
    weak = random.random((80, 80)) < 0.35
    strong = weak & (random.random(weak.shape) < 0.05)
    parts, _ = ndimage.label(weak, structure=np.ones((3, 3)))
    oracle = np.isin(parts, parts[strong]) & weak
    np.testing.assert_array_equal(link(strong, weak), oracle)


def test_an_edge_does_not_depend_on_brightness_and_turns_with_the_picture(noise_bytes):
    gray = noise_bytes.astype(float)  # noise has no two equal neighbours, of which the first would be kept
    edges = canny(gray, 150, 350)
    np.testing.assert_array_equal(canny(255 - gray, 150, 350), edges)
    np.testing.assert_array_equal(canny(np.rot90(gray), 150, 350), np.rot90(edges))


def test_a_low_threshold_above_the_high_one_is_refused():
    with pytest.raises(ValueError, match=r"the low threshold \(2\) is above the high one \(1\): swap them"):
        canny(np.zeros((4, 4)), 2, 1)


def test_one_threshold_for_both_is_no_hysteresis(noise_bytes):
    oracle = cv2.Canny(noise_bytes, 300, 300, L2gradient=True) > 0
    np.testing.assert_array_equal(canny(noise_bytes, 300, 300), oracle)


def test_a_negative_sigma_is_refused():
    with pytest.raises(ValueError, match=r"sigma is 0 \(no smoothing\) or more, in pixels; this is -1"):
        canny(np.zeros((4, 4)), 1, 2, sigma=-1)


def test_arrays_of_different_shapes_are_refused():
    with pytest.raises(ValueError, match="the two gradients have different shapes"):
        suppress_non_maxima(np.zeros((4, 4)), np.zeros((4, 5)))
    with pytest.raises(ValueError, match="the strong and the weak pixels have different shapes"):
        link(np.zeros((4, 4), bool), np.zeros((4, 5), bool))
