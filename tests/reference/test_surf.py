import cv2
import numpy as np
import pytest
import skimage.feature
from scipy import ndimage

from reference.surf import haar_responses, hessian_determinant, integral_image, surf, surf_angle, surf_descriptor


def test_the_integral_image_is_opencvs(scene, noise_bytes):
    for gray in (scene, noise_bytes):
        np.testing.assert_allclose(integral_image(gray), cv2.integral(gray.astype(float)), atol=1e-6)


@pytest.mark.parametrize("size", [9, 15, 21, 27])
def test_the_determinant_is_scikit_images_within_the_border(noise_bytes, size):
    """Theirs lies one pixel up and left: their integral image has no row and column of zeros."""
    gray = noise_bytes.astype(float)
    oracle = skimage.feature.hessian_matrix_det(gray, sigma=size / 3, approximate=True)
    inside = np.s_[size // 2 : -(size // 2) - 1, size // 2 : -(size // 2) - 1]
    determinant = hessian_determinant(integral_image(gray), size)
    np.testing.assert_allclose(determinant[1:, 1:][inside], oracle[:-1, :-1][inside], atol=1e-6 * abs(oracle).max())
    assert not determinant[: size // 2].any()


@pytest.mark.parametrize("size", [9, 15, 27])
def test_the_boxes_stand_for_a_gaussians_second_derivatives(scene, size):
    sigma = 1.2 * size / 9
    xx, yy, xy = (ndimage.gaussian_filter(scene, sigma, order=order) for order in ((0, 2), (2, 0), (1, 1)))
    inside = np.s_[20:-20, 20:-20]
    determinant = hessian_determinant(integral_image(scene), size)
    assert np.corrcoef(determinant[inside].ravel(), (xx * yy - xy**2)[inside].ravel())[0, 1] > 0.75


@pytest.mark.parametrize("half", [1, 3])
def test_haars_responses_are_a_correlation_with_the_wavelet(noise_bytes, half):
    gray = noise_bytes.astype(float)
    wavelet = np.ones((2 * half + 1, 1)) * np.sign(np.arange(-half, half + 1))
    rows, columns = np.indices(gray.shape)
    right, down = haar_responses(integral_image(gray), rows, columns, half)
    np.testing.assert_allclose(right, ndimage.correlate(gray, wavelet, mode="constant"), atol=1e-6)
    np.testing.assert_allclose(down, ndimage.correlate(gray, wavelet.T, mode="constant"), atol=1e-6)


def test_the_angle_is_that_of_a_ramp_whichever_way_it_points():
    row, column = np.mgrid[:81, :81]
    for angle in (10.0, 100.0, 225.0, 340.0):
        ramp = np.cos(np.radians(angle)) * column + np.sin(np.radians(angle)) * row
        assert surf_angle(integral_image(ramp), 40, 40, 2.0) == pytest.approx(angle)


def responses_by_scipy(gray, half):
    wavelet = np.ones((2 * half + 1, 1)) * np.sign(np.arange(-half, half + 1))
    right, down = (ndimage.correlate(gray, kernel, mode="constant") for kernel in (wavelet, wavelet.T))
    return right + 1j * down


@pytest.mark.parametrize("sigma", [1.2, 2.0, 3.5])
def test_angle_and_descriptor_are_those_of_the_paper_written_out_sample_by_sample(scene, sigma):
    """In complex numbers, right + i down, over SciPy's responses; the numbers are those of sections 4.1 and 4.2."""
    integral, x, y = integral_image(scene), 80, 60
    coarse, fine = responses_by_scipy(scene, max(1, round(2 * sigma))), responses_by_scipy(scene, max(1, round(sigma)))

    samples = []
    for down in range(-6, 7):
        for right in range(-6, 7):
            if abs(right + 1j * down) <= 6:
                weight = np.exp(-(abs(right + 1j * down) ** 2) / (2 * 2.0**2))
                samples.append(weight * coarse[round(y + sigma * down), round(x + sigma * right)])
    samples = np.array(samples)
    sums = [samples[(np.angle(samples, deg=True) - start) % 360 < 60].sum() for start in np.arange(2.5, 360, 5)]
    angle = np.angle(max(sums, key=abs), deg=True) % 360
    assert surf_angle(integral, x, y, sigma) == pytest.approx(angle, abs=1e-6)

    turn, oracle = np.exp(1j * np.radians(angle)), np.zeros((4, 4, 4))
    for i, down in enumerate(np.arange(-9.5, 10)):
        for j, right in enumerate(np.arange(-9.5, 10)):
            place = x + 1j * y + sigma * (right + 1j * down) * turn
            weight = np.exp(-(right**2 + down**2) / (2 * 3.3**2))
            d = weight * fine[round(place.imag), round(place.real)] / turn
            oracle[i // 5, j // 5] += [d.real, d.imag, abs(d.real), abs(d.imag)]
    oracle /= np.linalg.norm(oracle)
    np.testing.assert_allclose(surf_descriptor(integral, x, y, sigma, angle), oracle.ravel(), atol=1e-6)


def test_descriptors_do_not_change_with_illumination(scene):
    keypoints, descriptors = surf(scene)
    darker_keypoints, darker = surf(0.5 * scene + 70, threshold=0.25 * 10)
    assert len(keypoints) > 30
    np.testing.assert_allclose(darker_keypoints, keypoints, atol=1e-6)
    np.testing.assert_allclose(darker, descriptors, atol=1e-6)


def test_keypoints_and_descriptors_turn_with_the_picture(scene):
    keypoints, descriptors = surf(scene)
    turned_keypoints, turned = surf(np.rot90(scene))
    back = np.column_stack([scene.shape[1] - 1 - turned_keypoints[:, 1], turned_keypoints[:, 0]])
    order, turned_order = np.lexsort((*keypoints.T[:2], keypoints[:, 2])), np.lexsort((*back.T, turned_keypoints[:, 2]))
    np.testing.assert_array_equal(back[turned_order], keypoints[order, :2])
    turns = (keypoints[order, 3] - turned_keypoints[turned_order, 3]) % 360
    assert (np.abs(turns - 90) < 1).mean() > 0.95  # of a place between two pixels, the even one is taken
    likeness = (turned[turned_order] * descriptors[order]).sum(axis=1)
    assert np.median(likeness) > 0.99


def test_descriptors_survive_any_rotation_and_scale(large_scene):
    keypoints, descriptors = surf(large_scene)
    matrix = cv2.getRotationMatrix2D((160, 120), 40, 1.3)
    other_keypoints, other = surf(cv2.warpAffine(large_scene, matrix, (320, 240)))
    moved = keypoints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    inside = ((moved > 30) & (moved < [290, 210])).all(axis=1)
    nearest = (descriptors[inside] @ other.T).argmax(axis=1)
    assert inside.sum() > 40
    assert (np.hypot(*(moved[inside] - other_keypoints[nearest, :2]).T) < 4).mean() > 0.5


def test_texture_without_a_slope_is_seen_by_the_sums_of_magnitudes():
    stripes = np.tile([0, 0, 0, 100, 100, 100], (60, 10))
    sums = surf_descriptor(integral_image(stripes), 30, 30, 1.2, angle=0).reshape(16, 4)
    dx, dy, abs_dx, abs_dy = sums.sum(axis=0)
    assert abs_dx > 2.5 * abs(dx)
    np.testing.assert_allclose([dy, abs_dy], 0, atol=1e-9)


def test_a_flat_picture_has_no_keypoints_and_an_empty_descriptor():
    flat = np.full((60, 60), 9.0)
    assert surf(flat)[0].shape == (0, 4)
    assert not surf_descriptor(integral_image(flat), 30, 30, 1.2, 0).any()


@pytest.mark.parametrize("size", [0, 10, 12])
def test_a_filter_of_another_size_is_refused(size):
    with pytest.raises(
        ValueError, match=rf"the filter's side is an odd multiple of 3 \(9, 15, 21, ...\); this is {size}"
    ):
        hessian_determinant(np.zeros((30, 30)), size)
