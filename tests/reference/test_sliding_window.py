import cv2
import numpy as np
import pytest
import skimage.feature

from reference.sliding_window import detect, intersection_over_union, learn_classifier, score_windows, suppress_overlaps

WINDOW = (32, 32)


def cross(side=32, level=1.0):
    """A cross on a dark ground: the thing to be found."""
    picture = np.zeros((side, side))
    arm = side // 8
    picture[side // 2 - arm : side // 2 + arm, arm : side - arm] = level
    picture[arm : side - arm, side // 2 - arm : side // 2 + arm] = level
    return picture


def square(side=32, level=1.0):
    picture = np.zeros((side, side))
    picture[side // 5 : -side // 5, side // 5 : -side // 5] = level
    return picture


@pytest.fixture(scope="module")
def classifier():
    random = np.random.default_rng(0)
    things = [np.roll(cross(level=random.uniform(60, 200)), random.integers(-2, 3, 2), (0, 1)) for _ in range(30)]
    others = [np.roll(square(level=random.uniform(60, 200)), random.integers(-9, 10, 2), (0, 1)) for _ in range(30)]
    shifted = [np.roll(cross(level=100), random.integers(8, 25, 2), (0, 1)) for _ in range(30)]
    empty = [np.zeros(WINDOW) for _ in range(30)]
    windows = np.stack(things + others + shifted + empty) + random.normal(0, 4, (120, *WINDOW))
    return learn_classifier(windows, np.where(np.arange(120) < 30, 1.0, -1.0))


@pytest.fixture
def picture():
    """Crosses at (24, 40) and, twice as large, at (96, 32); a square between them."""
    random = np.random.default_rng(1)
    picture = np.full((120, 176), 20.0)
    picture[40:72, 24:56] += cross(level=120)
    picture[32:96, 96:160] += cross(side=64, level=90)
    picture[80:112, 56:88] += square(level=120)
    return picture + random.normal(0, 4, picture.shape)


def test_the_classifier_is_numpys_least_squares_with_a_penalty():
    random = np.random.default_rng(0)
    windows, labels = random.uniform(0, 255, (50, 16, 24)), random.choice([-1.0, 1.0], 50)
    weights, bias = learn_classifier(windows, labels, penalty=0.3)
    features = np.stack([skimage.feature.hog(w, 9, (8, 8), (2, 2), block_norm="L2-Hys") for w in windows])
    width = features.shape[1]
    equations = np.vstack([np.column_stack([features, np.ones(50)]), np.sqrt(0.3) * np.eye(width, width + 1)])
    oracle, *_ = np.linalg.lstsq(equations, np.concatenate([labels, np.zeros(width)]), rcond=None)
    np.testing.assert_allclose([*weights, bias], oracle, atol=1e-5)


def test_each_window_is_scored_by_its_own_hog(scene):
    random = np.random.default_rng(0)
    weights, bias = random.normal(size=9 * 36), 0.7
    boxes, scores = score_windows(scene, weights, bias, WINDOW, stride=12)
    assert len(boxes) == len(range(0, 120 - 31, 12)) * len(range(0, 160 - 31, 12))
    for (x, y, width, height), score in list(zip(boxes, scores, strict=True))[::7]:
        crop = scene[y : y + height, x : x + width]
        oracle = skimage.feature.hog(crop, 9, (8, 8), (2, 2), block_norm="L2-Hys") @ weights + bias
        assert score == pytest.approx(oracle, abs=1e-5)


def test_both_crosses_are_found_and_the_square_is_not(classifier, picture):
    weights, bias = classifier
    boxes, scores = detect(picture, weights, bias, WINDOW, levels=2, stride=8)
    assert len(boxes) == 2
    overlaps = [intersection_over_union(np.array(true), boxes).max() for true in [(24, 40, 32, 32), (96, 32, 64, 64)]]
    assert min(overlaps) > 0.6
    assert (np.diff(scores) <= 0).all()


def test_without_halving_the_large_cross_is_missed(classifier, picture):
    weights, bias = classifier
    boxes, _ = detect(picture, weights, bias, WINDOW, levels=1)
    assert intersection_over_union(np.array([96, 32, 64, 64]), boxes).max() < 0.3


def test_light_does_not_change_what_is_found(classifier, picture):
    weights, bias = classifier
    boxes, _ = detect(picture, weights, bias, WINDOW, levels=2)
    darker_boxes, _ = detect(0.5 * picture + 40, weights, bias, WINDOW, levels=2)
    np.testing.assert_array_equal(darker_boxes, boxes)


@pytest.mark.parametrize("overlap", [0.1, 0.3, 0.6])
def test_the_boxes_that_are_kept_are_opencvs(overlap):
    random = np.random.default_rng(0)
    boxes = np.column_stack([random.integers(0, 100, (80, 2)), random.integers(20, 40, (80, 2))])
    scores = random.permutation(80) / 80 + 0.01
    oracle = cv2.dnn.NMSBoxes(boxes.tolist(), scores.tolist(), 0.0, overlap)
    np.testing.assert_array_equal(suppress_overlaps(boxes, scores, overlap), np.ravel(oracle))


def test_nothing_above_the_threshold_is_nothing_found(classifier, picture):
    weights, bias = classifier
    boxes, scores = detect(picture, weights, bias, WINDOW, threshold=100)
    assert boxes.shape == (0, 4)
    assert scores.shape == (0,)


def test_weights_for_another_window_are_refused():
    with pytest.raises(
        ValueError, match=r"the HoG of a window of \(32, 32\) has 324 numbers, but there are 36 weights"
    ):
        score_windows(np.zeros((64, 64)), np.zeros(36), 0, WINDOW)
