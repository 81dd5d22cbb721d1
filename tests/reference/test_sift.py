import cv2
import numpy as np
import pytest

from reference.filters import smooth
from reference.sift import dominant_angles, sift, sift_descriptor

PLACES_XY = [(40, 50), (80, 60), (100, 47), (120, 70), (66, 77), (90, 80)]


def describe_by_opencv(gray, x, y, layer, angle):
    """OpenCV's descriptor in its first octave, at a sigma of 1.6 * 2^(layer/3), with our order of directions."""
    sigma = 1.6 * 2 ** (layer / 3)
    keypoint = cv2.KeyPoint(float(x), float(y), size=2 * sigma, angle=angle, octave=layer << 8)
    _, (descriptor,) = cv2.SIFT_create().compute(gray, [keypoint])
    descriptor = descriptor.reshape(4, 4, 8)[:, :, -np.arange(8) % 8].ravel().astype(float)
    return sigma, descriptor / np.linalg.norm(descriptor)


@pytest.mark.parametrize("layer", [0, 1, 2])
@pytest.mark.parametrize("angle", [0.0, 33.0, 90.0, 200.0])
def test_the_descriptor_is_opencvs(scene_bytes, layer, angle):
    for x, y in PLACES_XY:
        sigma, oracle = describe_by_opencv(scene_bytes, x, y, layer, angle)
        smoothed = smooth(scene_bytes, np.sqrt(sigma**2 - 0.5**2))  # OpenCV takes it to be smoothed by 0.5 already
        assert sift_descriptor(smoothed, x, y, sigma, angle) @ oracle > 0.999


def test_the_angles_are_opencvs(large_scene):
    """On OpenCV's own keypoints of its full-size octave; where two directions are nearly equal it may keep another."""
    gray = large_scene.round().astype(np.uint8)
    differences = []
    for keypoint in cv2.SIFT_create(enable_precise_upscale=True).detect(gray):
        octave, layer = keypoint.octave & 255, keypoint.octave >> 8 & 255
        (x, y), sigma = keypoint.pt, keypoint.size / 2
        if octave == 0 and 25 < x < 295 and 25 < y < 215:
            smoothed = smooth(gray, np.sqrt((1.6 * 2 ** (layer / 3)) ** 2 - 0.5**2))
            angles = dominant_angles(smoothed, round(x), round(y), sigma)
            differences.append(np.min(np.abs((angles - keypoint.angle + 180) % 360 - 180)))
    assert len(differences) > 40
    assert np.median(differences) < 0.3
    assert np.mean(np.array(differences) < 3) > 0.97


def test_a_place_has_as_many_angles_as_opencv_gives_it(large_scene):
    gray = large_scene.round().astype(np.uint8)
    angles_at = {}
    for keypoint in cv2.SIFT_create(enable_precise_upscale=True).detect(gray):
        (x, y), octave = keypoint.pt, keypoint.octave & 255
        if octave == 0 and 25 < x < 295 and 25 < y < 215:
            angles_at.setdefault((x, y, keypoint.size / 2, keypoint.octave >> 8 & 255), []).append(keypoint.angle)
    same = []
    for (x, y, sigma, layer), angles in angles_at.items():
        smoothed = smooth(gray, np.sqrt((1.6 * 2 ** (layer / 3)) ** 2 - 0.5**2))
        same.append(len(dominant_angles(smoothed, round(x), round(y), sigma)) == len(angles))
    assert max(len(angles) for angles in angles_at.values()) > 1
    assert np.mean(same) > 0.95


def matched_share(keypoints, descriptors, other_keypoints, other_descriptors, within=2.0):
    """The share of the keypoints of which the most alike of the others lies at the same place."""
    nearest = (descriptors @ other_descriptors.T).argmax(axis=1)
    return (np.hypot(*(keypoints[:, :2] - other_keypoints[nearest, :2]).T) < within).mean()


def test_descriptors_do_not_change_with_illumination(scene):
    keypoints, descriptors = sift(scene)
    darker_keypoints, darker = sift(0.4 * scene + 80, contrast=0.4 * 3)
    assert len(keypoints) > 50
    np.testing.assert_allclose(darker_keypoints, keypoints, atol=1e-6)
    np.testing.assert_allclose(darker, descriptors, atol=1e-7)


def test_descriptors_turn_with_the_picture(scene):
    """After a quarter turn, which loses no pixel, the same places have the same descriptors at an angle 90 less."""
    keypoints, descriptors = sift(scene)
    turned_keypoints, turned = sift(np.rot90(scene))
    back = turned_keypoints.copy()
    back[:, 0], back[:, 1] = scene.shape[1] - 1 - turned_keypoints[:, 1], turned_keypoints[:, 0]
    assert matched_share(keypoints, descriptors, back, turned, within=0.01) > 0.97
    nearest = (descriptors @ turned.T).argmax(axis=1)
    same_place = np.hypot(*(keypoints[:, :2] - back[nearest, :2]).T) < 0.01
    turns = (keypoints[same_place, 3] - turned_keypoints[nearest[same_place], 3]) % 360
    np.testing.assert_allclose(turns, 90, atol=1e-3)


def test_descriptors_survive_any_rotation_and_scale(large_scene):
    keypoints, descriptors = sift(large_scene, contrast=8)
    matrix = cv2.getRotationMatrix2D((160, 120), 37, 0.7)
    other_keypoints, other = sift(cv2.warpAffine(large_scene, matrix, (320, 240)), contrast=6)
    moved = keypoints.copy()
    moved[:, :2] = keypoints[:, :2] @ matrix[:, :2].T + matrix[:, 2]
    inside = ((moved[:, :2] > 15) & (moved[:, :2] < [305, 225])).all(axis=1) & (keypoints[:, 2] > 3)
    assert inside.sum() > 60
    assert matched_share(moved[inside], descriptors[inside], other_keypoints, other) > 0.6


def test_without_the_dominant_angle_rotation_would_not_be_survived(scene):
    turned = np.rot90(scene)
    x, y, sigma = 80, 60, 3.0
    turned_x, turned_y = y, scene.shape[1] - 1 - x
    before = sift_descriptor(smooth(scene, sigma), x, y, sigma, angle=0)
    assert sift_descriptor(smooth(turned, sigma), turned_x, turned_y, sigma, angle=0) @ before < 0.8
    assert sift_descriptor(smooth(turned, sigma), turned_x, turned_y, sigma, angle=-90) @ before > 1 - 1e-9


def test_a_flat_picture_has_no_keypoints_no_direction_and_an_empty_descriptor():
    keypoints, descriptors = sift(np.full((40, 40), 7.0))
    assert keypoints.shape == (0, 4)
    assert descriptors.shape == (0, 128)
    assert len(dominant_angles(np.full((40, 40), 7.0), 20, 20, 2.0)) == 0
    assert not sift_descriptor(np.full((40, 40), 7.0), 20, 20, 2.0, 0).any()
