import cv2
import numpy as np
import pytest
from scipy import ndimage

from reference.filters import correlate_separable, gaussian_kernel, smooth, sobel


@pytest.mark.parametrize(("sigma", "radius"), [(0.5, 2), (1.0, 4), (1.6, 6), (3.2, 13)])
def test_the_gaussian_kernel_is_opencvs(sigma, radius):
    oracle = cv2.getGaussianKernel(2 * radius + 1, sigma)[:, 0]
    np.testing.assert_allclose(gaussian_kernel(sigma), oracle, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.6, 1.0, 2.5, 6.0])
def test_smoothing_agrees_with_opencv_and_scipy(scene, noise_bytes, sigma):
    size = 2 * int(4 * sigma + 0.5) + 1
    for gray in (scene, noise_bytes.astype(float)):
        smoothed = smooth(gray, sigma)
        np.testing.assert_allclose(smoothed, cv2.GaussianBlur(gray, (size, size), sigma), atol=1e-9)
        np.testing.assert_allclose(smoothed, ndimage.gaussian_filter(gray, sigma, mode="mirror"), atol=1e-9)


def test_smoothing_twice_is_smoothing_once_with_the_root_of_the_squares(scene):
    np.testing.assert_allclose(smooth(smooth(scene, 3.0), 4.0), smooth(scene, 5.0), atol=0.1)


@pytest.mark.parametrize("aperture", [3, 5, 7])
@pytest.mark.parametrize(("border", "opencv_border"), [("reflect", cv2.BORDER_DEFAULT), ("edge", cv2.BORDER_REPLICATE)])
def test_the_gradients_are_opencvs_to_the_last_bit(noise_bytes, aperture, border, opencv_border):
    gradient_x, gradient_y = sobel(noise_bytes, aperture, border)
    gray = noise_bytes.astype(float)
    np.testing.assert_array_equal(gradient_x, cv2.Sobel(gray, -1, 1, 0, ksize=aperture, borderType=opencv_border))
    np.testing.assert_array_equal(gradient_y, cv2.Sobel(gray, -1, 0, 1, ksize=aperture, borderType=opencv_border))


def test_a_kernel_along_x_and_one_along_y_are_not_mixed_up(noise_bytes):
    along_x, along_y = np.array([0.1, 0.2, 0.7]), np.array([1.0, 0.0, -2.0, 0.5, 3.0])
    gray = noise_bytes.astype(float)
    oracle = cv2.sepFilter2D(gray, -1, along_x, along_y)
    np.testing.assert_allclose(correlate_separable(gray, along_x, along_y), oracle, atol=1e-9)


def test_bytes_do_not_wrap_round():
    step = np.array([[255, 255, 0, 0]] * 3, dtype=np.uint8)
    assert sobel(step)[0].min() == -1020


def test_a_colour_picture_is_refused_with_its_shape():
    with pytest.raises(ValueError, match=r"a gray picture has the shape \(H, W\); this one has \(4, 4, 3\)"):
        smooth(np.zeros((4, 4, 3)), 1.0)
    with pytest.raises(ValueError, match=r"this one has \(0, 5\)"):
        smooth(np.zeros((0, 5)), 1.0)


def test_a_sigma_of_zero_is_refused():
    with pytest.raises(ValueError, match="a Gaussian's sigma is positive, in pixels; this is 0"):
        smooth(np.zeros((4, 4)), 0)


def test_a_kernel_without_a_middle_is_refused():
    with pytest.raises(ValueError, match="a kernel has an odd length, so that it has a middle; this one has 2"):
        correlate_separable(np.zeros((4, 4)), np.ones(2), np.ones(1))


@pytest.mark.parametrize("aperture", [1, 4])
def test_an_aperture_that_is_even_or_too_small_is_refused(aperture):
    with pytest.raises(ValueError, match=f"Sobel's aperture is odd, and 3 or more; this is {aperture}"):
        sobel(np.zeros((4, 4)), aperture)
