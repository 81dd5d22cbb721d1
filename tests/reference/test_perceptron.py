import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from reference.perceptron import classify, exclusive_or, learn, prepend_one, step

CORNERS = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])


def is_separable(x, labels):
    """Whether a line separates the samples: a linear programme, which knows nothing of learning."""
    signs = np.where(labels == 1, 1.0, -1.0)
    equations = -signs[:, None] * np.column_stack([np.ones(len(x)), x])
    return linprog(np.zeros(x.shape[1] + 1), A_ub=equations, b_ub=-np.ones(len(x)), bounds=(None, None)).success


@pytest.mark.parametrize("answers", range(16))
def test_of_the_16_questions_about_two_bits_it_learns_those_that_a_line_answers(answers):
    labels = np.array([answers >> i & 1 for i in range(4)])
    weights, mistakes = learn(CORNERS, labels)
    assert (mistakes[-1] == 0) == is_separable(CORNERS, labels)
    if mistakes[-1] == 0:
        np.testing.assert_array_equal(classify(weights, CORNERS), labels)


def test_exclusive_or_is_never_learned():
    _, mistakes = learn(CORNERS, np.array([0, 1, 1, 0]), epochs=1000)
    assert len(mistakes) == 1000
    assert min(mistakes) > 0


def test_two_layers_by_hand_do_exclusive_or():
    np.testing.assert_array_equal(exclusive_or(CORNERS), CORNERS[:, 0] ^ CORNERS[:, 1])


@settings(deadline=None, max_examples=30)
@given(seed=st.integers(0, 10**6), dimensions=st.integers(1, 5))
def test_it_makes_no_more_mistakes_than_the_theorem_allows(seed, dimensions):
    """At most (R / margin)², R the longest sample and the margin that of any line that separates them."""
    random = np.random.default_rng(seed)
    line = random.normal(size=dimensions + 1)
    x = random.uniform(-1, 1, (60, dimensions))
    distances = prepend_one(x) @ line / np.linalg.norm(line)
    x, distances = x[abs(distances) > 0.1], distances[abs(distances) > 0.1]
    longest = np.linalg.norm(prepend_one(x), axis=1).max(initial=0)
    weights, mistakes = learn(x, (distances > 0).astype(int), epochs=2000)
    assert mistakes[-1] == 0
    assert sum(mistakes) <= (longest / 0.1) ** 2
    np.testing.assert_array_equal(classify(weights, x), distances > 0)


def test_one_epoch_is_the_rule_written_out():
    x, labels = np.array([[2.0, -1.0], [1.0, 3.0], [-1.0, 1.0]]), np.array([1, 0, 1])
    # [0 0 0] says 0 to the first: add (1, 2, -1). That says 0 to the second (2 - 3 + 1 = 0, not above), rightly, and 0
    # to the third (1 - 2 - 1): add (1, -1, 1).
    weights, mistakes = learn(x, labels, epochs=1)
    np.testing.assert_array_equal(weights, [2, 1, 0])
    assert mistakes == [2]


def test_on_the_line_itself_the_answer_is_no():
    assert step(np.array(0.0)) == 0


def test_labels_of_minus_one_are_refused():
    with pytest.raises(ValueError, match="labels are 0 or 1; the one of sample 2 is -1"):
        learn(CORNERS, np.array([0, 1, -1, 1]))


def test_samples_that_are_not_in_rows_are_refused():
    with pytest.raises(ValueError, match=r"samples have the shape \(N, d\), one a row; these have \(3,\)"):
        classify(np.zeros(2), np.zeros(3))
