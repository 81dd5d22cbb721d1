import cv2
import numpy as np
import pytest
from scipy.spatial.distance import cdist

from reference.matching import euclidean_distances, match
from reference.sift import sift


@pytest.fixture
def descriptors():
    """Of the first, half have a noisy partner in the second, shuffled."""
    random = np.random.default_rng(0)
    first = random.normal(size=(80, 32))
    second = np.vstack([first[:40] + random.normal(0, 0.3, (40, 32)), random.normal(size=(60, 32))])
    order = random.permutation(100)
    return first, second[order], np.argsort(order)[:40]


def test_distances_are_scipys(descriptors):
    first, second, _ = descriptors
    np.testing.assert_allclose(euclidean_distances(first, second), cdist(first, second), atol=1e-12)


@pytest.mark.parametrize("ratio", [0.6, 0.8, 0.95, 1.0])
def test_pairs_are_opencvs(descriptors, ratio):
    first, second, _ = descriptors
    candidates = cv2.BFMatcher().knnMatch(first.astype(np.float32), second.astype(np.float32), k=2)
    oracle = [(m.queryIdx, m.trainIdx) for m, n in candidates if m.distance < ratio * n.distance]
    np.testing.assert_array_equal(match(euclidean_distances(first, second), ratio), oracle)


def test_the_ratio_test_keeps_the_true_pairs_and_drops_the_false(descriptors):
    first, second, partners = descriptors
    pairs = match(euclidean_distances(first, second), ratio=0.8)
    true = np.column_stack([np.arange(40), partners])
    found = {tuple(pair) for pair in pairs.tolist()}
    assert found >= {tuple(pair) for pair in true.tolist()}
    assert len(found) <= 42
    assert len(match(euclidean_distances(first, second), ratio=1.0)) == 80


def test_matches_of_a_turned_picture_are_nearly_all_true(scene):
    keypoints, descriptors = sift(scene)
    turned_keypoints, turned = sift(np.rot90(scene))
    pairs = match(euclidean_distances(descriptors, turned))
    back = np.column_stack([scene.shape[1] - 1 - turned_keypoints[pairs[:, 1], 1], turned_keypoints[pairs[:, 1], 0]])
    assert len(pairs) > 30
    assert (np.hypot(*(back - keypoints[pairs[:, 0], :2]).T) < 1).mean() > 0.97


def test_a_tie_is_never_a_match():
    assert match(np.array([[0.0, 0.0, 1.0]]), ratio=1.0).shape == (0, 2)


def test_no_descriptors_match_nothing():
    assert match(np.empty((0, 5))).shape == (0, 2)


def test_two_candidates_are_enough():
    np.testing.assert_array_equal(match(np.array([[5.0, 1.0], [1.0, 1.1]])), [[0, 1]])


def test_a_single_candidate_is_refused():
    with pytest.raises(ValueError, match="the ratio test needs two descriptors to choose from; there is 1"):
        match(np.zeros((3, 1)))


def test_descriptors_of_different_lengths_are_refused():
    with pytest.raises(ValueError, match="descriptors of length 128 and 64 cannot be compared"):
        euclidean_distances(np.zeros((2, 128)), np.zeros((2, 64)))
