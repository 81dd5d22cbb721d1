import cv2
import numpy as np
import pytest
from scipy import ndimage

from reference.freak import cell_pairs, freak, look, retina, retina_angle
from reference.orb import hamming_distances


def grid_of_keypoints(shape, scale=1.0, step=12, margin=30):
    y, x = np.mgrid[margin : shape[0] - margin : step, margin : shape[1] - margin : step]
    return np.column_stack([x.ravel(), y.ravel(), np.full(x.size, scale)])


def test_cells_grow_outwards_and_overlap_their_neighbours():
    cells = retina()
    distances = np.hypot(cells[:, 0], cells[:, 1])
    order = np.argsort(distances)
    assert (np.diff(cells[order, 2]) >= 0).all()
    between = np.hypot(*(cells[:, None, :2] - cells[None, :, :2]).transpose(2, 0, 1))
    np.fill_diagonal(between, np.inf)
    nearest = between.argmin(axis=1)
    assert (between.min(axis=1) < cells[:, 2] + cells[nearest, 2]).all()


def test_each_pair_is_asked_once_and_the_coarsest_first():
    cells = retina()
    pairs = cell_pairs(cells)
    assert len({frozenset(pair) for pair in pairs.tolist()}) == len(pairs) == 43 * 42 // 2
    assert (np.diff(cells[pairs, 2].sum(axis=1)) <= 0).all()


def test_a_cell_sees_a_gaussian_mean(scene):
    """SciPy smooths and interpolates independently; the turn is written out in complex numbers."""
    cells, x, y, scale, angle = retina(), 80.3, 60.7, 1.25, 37.0
    levels = [cv2.GaussianBlur(scene, (0, 0), scale * sigma) for sigma in cells[:, 2]]
    places = (x + 1j * y) + scale * (cells[:, 0] + 1j * cells[:, 1]) * np.exp(1j * np.radians(angle))
    oracle = [
        ndimage.map_coordinates(
            ndimage.gaussian_filter(scene, scale * sigma, mode="mirror"), [[p.imag], [p.real]], order=1
        )
        for p, sigma in zip(places, cells[:, 2], strict=True)
    ]
    np.testing.assert_allclose(look(levels, cells, x, y, scale, angle), np.ravel(oracle), atol=0.02)


def test_bits_and_angles_do_not_change_with_illumination(scene):
    keypoints = grid_of_keypoints(scene.shape)
    angles, descriptors = freak(scene, keypoints)
    darker_angles, darker = freak(0.5 * scene + 64, keypoints)
    np.testing.assert_allclose(darker_angles, angles, atol=1e-6)
    assert (darker != descriptors).mean() < 0.001


def test_bits_turn_with_the_picture(scene):
    keypoints = grid_of_keypoints(scene.shape)
    turned_keypoints = keypoints.copy()
    turned_keypoints[:, 0], turned_keypoints[:, 1] = keypoints[:, 1], scene.shape[1] - 1 - keypoints[:, 0]
    angles, descriptors = freak(scene, keypoints)
    turned_angles, turned = freak(np.rot90(scene), turned_keypoints)
    turn = (angles - turned_angles) % 360  # the six cells of a ring are not where they were after a quarter turn
    assert np.median(np.abs(turn - 90)) < 5
    assert np.median((turned != descriptors).mean(axis=1)) < 0.06


def test_bits_scale_with_the_picture(scene):
    keypoints = grid_of_keypoints(scene.shape)
    doubled = cv2.resize(scene, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    large_keypoints = np.column_stack([2 * keypoints[:, :2] + 0.5, 2 * keypoints[:, 2]])
    _, descriptors = freak(scene, keypoints)
    _, large = freak(doubled, large_keypoints)
    assert (hamming_distances(descriptors, large).argmin(axis=1) == np.arange(len(keypoints))).all()
    assert (large != descriptors).mean() < 0.03


def test_places_are_told_apart_under_noise_and_any_rotation(large_scene):
    keypoints = grid_of_keypoints(large_scene.shape, step=20, margin=70)
    matrix = cv2.getRotationMatrix2D((160, 120), 25, 1.0)
    noisy = large_scene + np.random.default_rng(0).normal(0, 5, large_scene.shape)
    moved = keypoints.copy()
    moved[:, :2] = keypoints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    _, descriptors = freak(large_scene, keypoints)
    _, others = freak(cv2.warpAffine(noisy, matrix, (320, 240)), moved)
    assert (hamming_distances(descriptors, others).argmin(axis=1) == np.arange(len(keypoints))).mean() > 0.9


def test_the_coarse_bits_alone_rule_out_most_wrong_partners(large_scene):
    keypoints = grid_of_keypoints(large_scene.shape, step=40, margin=40)
    _, descriptors = freak(large_scene, keypoints)
    _, noisy = freak(large_scene + np.random.default_rng(0).normal(0, 5, large_scene.shape), keypoints)
    coarse = hamming_distances(descriptors[:, :128], noisy[:, :128])
    same = np.eye(len(keypoints), dtype=bool)
    assert (coarse[~same] > coarse[same].max()).mean() > 0.8


@pytest.mark.parametrize("angle", [0.0, 45.0, 200.0])
def test_the_angle_is_that_of_a_slope(angle):
    cells = retina()
    seen = np.cos(np.radians(angle)) * cells[:, 0] + np.sin(np.radians(angle)) * cells[:, 1]
    assert retina_angle(cells, seen) == pytest.approx(angle, abs=1e-9)


def test_every_diameter_counts_alike_however_long_it_is():
    cells, seen = retina(), np.random.default_rng(0).uniform(0, 255, 43)
    places = cells[:, 0] + 1j * cells[:, 1]
    total = 0
    for i in range(42):
        opposite = np.abs(places + places[i]).argmin()
        total += (seen[i] - seen[opposite]) * places[i] / abs(places[i])  # each diameter twice, which turns nothing
    assert retina_angle(cells, seen) == pytest.approx(np.angle(total, deg=True) % 360)


def test_no_keypoints_have_no_descriptors():
    angles, descriptors = freak(np.zeros((40, 40)), np.empty((0, 3)))
    assert angles.shape == (0,)
    assert descriptors.shape == (0, 903)
