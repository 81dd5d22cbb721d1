import cv2
import numpy as np
import pytest
import skimage.feature
from hypothesis import given
from hypothesis import strategies as st

from reference.template import find_template, normalised_cross_correlation


@pytest.mark.parametrize("window", [np.s_[40:61, 70:95], np.s_[10:14, 20:23]])
def test_the_likeness_is_opencvs_and_scikit_images(scene, noise_bytes, window):
    for gray in (scene, noise_bytes.astype(float)):
        template = gray[window] if gray is scene else gray[20:31, 30:39]
        likeness = normalised_cross_correlation(gray, template)
        opencv = cv2.matchTemplate(gray.astype(np.float32), template.astype(np.float32), cv2.TM_CCOEFF_NORMED)
        scikit = skimage.feature.match_template(gray, template)
        windows = np.lib.stride_tricks.sliding_window_view(gray, template.shape)
        clear = windows.std(axis=(2, 3)) > 1
        np.testing.assert_allclose(likeness[clear], opencv[clear], atol=1e-3)
        np.testing.assert_allclose(likeness[clear], scikit[clear], atol=1e-6)


def test_a_patch_is_found_where_it_was_cut_out(scene):
    (x, y), likeness = find_template(scene, scene[33:60, 81:104])
    assert (x, y) == (81, 33)
    assert likeness == pytest.approx(1)


@given(gain=st.floats(0.05, 20), offset=st.floats(-200, 200))
def test_brightness_and_contrast_do_not_change_the_likeness(gain, offset):
    gray = np.random.default_rng(0).uniform(0, 255, (20, 25))
    likeness = normalised_cross_correlation(gray, gray[5:10, 7:14])
    np.testing.assert_allclose(
        normalised_cross_correlation(gain * gray + offset, gray[5:10, 7:14]), likeness, atol=1e-9
    )
    np.testing.assert_allclose(
        normalised_cross_correlation(gray, gain * gray[5:10, 7:14] + offset), likeness, atol=1e-9
    )


@pytest.mark.parametrize("gain", [1e-6, 1e6])
def test_faint_and_glaring_pictures_are_matched_alike(gain):
    gray = np.random.default_rng(0).uniform(0, 255, (20, 25))
    likeness = normalised_cross_correlation(gray, gray[5:10, 7:14])
    np.testing.assert_allclose(normalised_cross_correlation(gain * gray, gray[5:10, 7:14]), likeness, atol=1e-9)


def test_a_template_may_be_as_large_as_the_picture(scene):
    np.testing.assert_allclose(normalised_cross_correlation(scene, scene), [[1.0]])


def test_the_negative_is_as_unlike_as_can_be(scene):
    likeness = normalised_cross_correlation(scene, 255 - scene[33:60, 81:104])
    assert likeness.min() == pytest.approx(-1)
    assert np.unravel_index(likeness.argmin(), likeness.shape) == (33, 81)


def test_plain_correlation_would_find_the_brightest_place(scene):
    template = scene[33:60, 81:104]
    plain = cv2.matchTemplate(scene.astype(np.float32), template.astype(np.float32), cv2.TM_CCORR)
    assert np.unravel_index(plain.argmax(), plain.shape) != (33, 81)


def test_a_turned_patch_is_not_found(scene):
    place, likeness = find_template(scene, np.rot90(scene[33:60, 81:108]))
    assert place != (81, 33)
    assert likeness < 0.9


def test_a_window_without_contrast_is_like_nothing():
    gray = np.full((10, 10), 50.0)
    gray[:3, :3] = np.arange(9).reshape(3, 3)
    likeness = normalised_cross_correlation(gray, np.arange(9).reshape(3, 3))
    assert likeness[0, 0] == pytest.approx(1)
    assert (likeness[4:, 4:] == 0).all()
    assert not normalised_cross_correlation(np.full((5, 5), 3.0), np.eye(2)).any()


def test_a_template_larger_than_the_picture_is_refused():
    with pytest.raises(ValueError, match=r"a template of \(3, 9\) does not fit into a picture of \(5, 8\)"):
        normalised_cross_correlation(np.zeros((5, 8)), np.zeros((3, 9)))


def test_a_template_without_contrast_is_refused():
    with pytest.raises(ValueError, match="the template has no contrast: it is like everything and nothing"):
        normalised_cross_correlation(np.zeros((5, 8)), np.ones((2, 2)))
