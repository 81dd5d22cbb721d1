import cv2
import numpy as np
import pytest
import skimage.feature

from reference.hog import cell_histograms, hog


@pytest.mark.parametrize(("cell", "block", "bins"), [(8, 2, 9), (6, 3, 12), (10, 1, 4)])
def test_the_blocks_are_scikit_images(scene, noise_bytes, cell, block, bins):
    for gray in (scene, noise_bytes):
        oracle = skimage.feature.hog(
            gray.astype(float), bins, (cell, cell), (block, block), block_norm="L2-Hys", feature_vector=False
        )
        np.testing.assert_allclose(hog(gray, cell, block, bins), oracle, atol=1e-6)


def test_each_block_has_length_1(scene):
    lengths = np.linalg.norm(hog(scene).reshape(-1, 36), axis=1)
    np.testing.assert_allclose(lengths[lengths > 0], 1, atol=1e-6)


def test_added_and_multiplied_brightness_do_not_change_it_nor_does_a_negative(noise_bytes):
    gray = noise_bytes.astype(float)
    blocks = hog(gray)
    np.testing.assert_allclose(hog(0.5 * gray + 100), blocks, atol=1e-6)
    np.testing.assert_allclose(hog(255 - gray), blocks, atol=1e-6)


def test_a_small_shift_changes_it_less_than_it_changes_the_edges(scene):
    edges = np.hypot(*np.gradient(scene))
    here, there = np.s_[16:104, 16:144], np.s_[16:104, 18:146]

    def likeness(a, b):
        return np.corrcoef(a.ravel(), b.ravel())[0, 1]

    assert likeness(hog(scene[here]), hog(scene[there])) > 0.8
    assert likeness(edges[here], edges[there]) < 0.65


def test_a_rotation_changes_it(scene):
    square = scene[:120, :120]
    assert np.corrcoef(hog(square).ravel(), hog(np.rot90(square)).ravel())[0, 1] < 0.5


def test_the_mirror_image_has_the_mirrored_directions():
    noise = np.random.default_rng(0).uniform(0, 255, (32, 32))
    mirrored = cell_histograms(cv2.flip(noise, 1))
    inside = np.s_[1:-1, 1:-1]  # on the border rows every gradient is level, which its mirror image is too
    np.testing.assert_allclose(mirrored[:, ::-1, ::-1][inside], cell_histograms(noise)[inside], atol=1e-9)


def test_a_picture_smaller_than_a_block_is_refused():
    with pytest.raises(
        ValueError, match=r"a block is 2 x 2 cells of 8 pixels; a picture of \(20, 12\) does not hold one"
    ):
        hog(np.zeros((20, 12)))
