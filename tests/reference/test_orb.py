import cv2
import numpy as np
import pytest

from reference.filters import smooth
from reference.orb import binary_tests, centroid_angle, fast_corners, hamming_distances, orb, orb_descriptor


@pytest.mark.parametrize("threshold", [10, 25, 60])
def test_fast_finds_opencvs_corners(scene_bytes, noise_bytes, threshold):
    for gray in (scene_bytes, noise_bytes):
        detector = cv2.FastFeatureDetector_create(threshold, nonmaxSuppression=False)
        oracle = {(int(p.pt[0]), int(p.pt[1])) for p in detector.detect(gray)}
        assert len(oracle) > 3
        assert {(int(x), int(y)) for x, y in fast_corners(gray, threshold)} == oracle


def test_the_angles_are_opencvs(large_scene):
    gray = large_scene.round().astype(np.uint8)
    keypoints = cv2.ORB_create(nlevels=1, edgeThreshold=31).detect(gray)
    assert len(keypoints) > 100
    ours = [centroid_angle(gray, int(p.pt[0]), int(p.pt[1])) for p in keypoints]
    differences = np.abs((np.array(ours) - [p.angle for p in keypoints] + 180) % 360 - 180)
    assert differences.max() < 0.02


def test_hamming_distances_are_opencvs():
    random = np.random.default_rng(0)
    first, second = random.random((20, 256)) < 0.5, random.random((30, 256)) < 0.5
    matches = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(np.packbits(first, 1), np.packbits(second, 1), k=30)
    oracle = np.array([[m.distance for m in sorted(row, key=lambda m: m.trainIdx)] for row in matches])
    np.testing.assert_array_equal(hamming_distances(first, second), oracle)


def test_bits_do_not_change_with_illumination(scene):
    darker, smoothed_darker = 0.5 * scene + 64, smooth(0.5 * scene + 64, 2)
    np.testing.assert_array_equal(fast_corners(darker, 10), fast_corners(scene, 20))
    keypoints, descriptors = orb(scene)
    assert len(keypoints) > 20
    for (x, y, angle), bits in zip(keypoints, descriptors, strict=True):
        assert centroid_angle(darker, int(x), int(y)) == pytest.approx(angle)
        darker_bits = orb_descriptor(smoothed_darker, int(x), int(y), angle, binary_tests())
        assert (bits != darker_bits).mean() < 0.02  # ties between equal grays


def test_bits_turn_with_the_picture(scene):
    turned, smoothed_turned = np.rot90(scene), smooth(np.rot90(scene), 2)
    keypoints, descriptors = orb(scene, count=60)
    for (x, y, angle), bits in zip(keypoints, descriptors, strict=True):
        turned_x, turned_y = int(y), int(scene.shape[1] - 1 - x)
        turned_angle = centroid_angle(turned, turned_x, turned_y)
        assert abs((angle - turned_angle) % 360 - 90) < 1e-6
        turned_bits = orb_descriptor(smoothed_turned, turned_x, turned_y, turned_angle, binary_tests())
        assert (bits != turned_bits).mean() < 0.02  # ties between equal grays
        unturned_bits = orb_descriptor(smoothed_turned, turned_x, turned_y, angle, binary_tests())
        assert (bits != unturned_bits).mean() > 0.2


def test_corners_are_found_again_after_any_rotation(large_scene):
    keypoints, descriptors = orb(large_scene, count=300)
    matrix = cv2.getRotationMatrix2D((160, 120), 37, 1.0)
    other_keypoints, other = orb(cv2.warpAffine(large_scene, matrix, (320, 240)), count=600)
    moved = keypoints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    inside = ((moved > 25) & (moved < [295, 215])).all(axis=1)
    nearest = hamming_distances(descriptors[inside], other).argmin(axis=1)
    assert inside.sum() > 60
    assert (np.hypot(*(moved[inside] - other_keypoints[nearest, :2]).T) < 3).mean() > 0.7


def test_another_scale_is_not_survived_without_a_pyramid(large_scene):
    keypoints, descriptors = orb(large_scene, count=300)
    doubled = cv2.resize(large_scene, None, fx=2, fy=2)
    other_keypoints, other = orb(doubled, count=600)
    nearest = hamming_distances(descriptors, other).argmin(axis=1)
    found = np.hypot(*(2 * keypoints[:, :2] + 0.5 - other_keypoints[nearest, :2]).T) < 4
    assert found.mean() < 0.5


def test_a_flat_or_tiny_picture_has_no_corners():
    assert orb(np.full((50, 50), 3.0))[0].shape == (0, 3)
    assert orb(np.full((50, 50), 3.0))[1].shape == (0, 256)
    assert fast_corners(np.zeros((6, 9)), 1).shape == (0, 2)


def test_a_disc_that_just_fits_is_measured():
    column = np.tile(np.arange(31.0), (31, 1))
    assert centroid_angle(column, 15, 15) == 0


def test_a_disc_that_leaves_the_picture_is_refused():
    with pytest.raises(ValueError, match=r"the disc of radius 15 around \(14, 20\) does not lie within the picture"):
        centroid_angle(np.zeros((40, 40)), 14, 20)
