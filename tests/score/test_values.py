"""Expectations on one value, with the sentence that a student reads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.language import verbatim
from grader.model import Answer, NotebookFacts

from .making import MODELS_PROBE, find, find_on_models, network

CALL = {"call": "square", "with": {"x": 3}}
ON_ARRAY = {"call": "blur", "with": {"image": {"grid": [0, 1, 5]}}}
HIDDEN_CALL = {"call": "square", "with": {"x": 7391}, "hidden": True}


# ---- value ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        *[(2, 2), (2, 2.0), (2.5, 2.5), ("yes", "yes"), (True, True), ([1, [2]], [1, [2.0]]), ({"a": 1}, {"a": 1})],
        *[([1, 2], np.array([1, 2])), (2, np.array(2)), ([], []), (10**400, 10**400)],
    ],
)
def test_the_expected_value_is_met_however_it_is_written(expected, answer):
    assert find({"value": expected}, answer).status == "met"


@pytest.mark.parametrize(
    ("expected", "answer"),
    [
        *[(True, 1), (1, True), (0, False), ("2", 2), (2, "2"), ([1], [1, 1]), ({"a": 1}, {"a": 1, "b": 2}), (1, None)],
        *[(1.0, float("nan")), (float("inf"), float("inf")), ([1, 2], np.array([[1, 2]])), (2**60, 2**60 + 1)],
    ],
)
def test_what_is_not_the_expected_value_is_missed(expected, answer):
    assert find({"value": expected}, answer).status == "missed"


@pytest.mark.parametrize(
    ("probe", "expected", "answer", "sentence"),
    [
        ({"variable": "n"}, 9, 9, "`n` is 9, as expected."),
        ({"variable": "n"}, 9, 6, "`n` is 6, but 9 is expected."),
        (CALL, 9, 6, "The value of `square(3)` is 6, but 9 is expected."),
        (HIDDEN_CALL, 9, 9, "The value of `square` on a hidden input is as expected."),
        (HIDDEN_CALL, 9, 6, "The value of `square` on a hidden input is not the expected one."),
        ({"evaluate": "a + b"}, "yes", "no", 'Your answer is "no", but "yes" is expected.'),
        ({"variable": "n"}, 2.0000001, 2.0, "`n` is 2, but 2.0000001 is expected."),
        ({"variable": "n"}, [1] * 50, [1] * 49, "`n` is [1, 1, 1, 1, 1, 1, 1, …] at first sight, but it differs "
         "from what is expected in its type or further on."),
    ],
)  # fmt: skip
def test_the_sentence_on_a_value(probe, expected, answer, sentence):
    assert str(find({"value": expected}, answer, probe=probe).because) == sentence


# ---- close ----------------------------------------------------------------------------------------------------------

SQUARES = np.arange(12.0).reshape(3, 4) ** 2


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (SQUARES, "The value of `blur` is as expected: 12 values compared."),
        (SQUARES.tolist(), "The value of `blur` is as expected: 12 values compared."),
        (SQUARES.ravel(), "The value of `blur` has the shape (12,), but the shape (3, 4) is expected. "
         "The numbers are right and only the shape is not: `reshape` fixes it."),
        (SQUARES.T, "The value of `blur` has the shape (4, 3), but the shape (3, 4) is expected. "
         "It is the transpose of what is expected: rows and columns have changed places."),
        (2.5, "The value of `blur` is a single number, but the shape (3, 4) is expected."),
        (SQUARES + np.eye(3, 4), "The value of `blur` is not as expected in 3 of 12 values, most of all at [0, 0]: "
         "there it is 1, but 0 is expected."),
        (None, "The value of `blur` is None: a function may lack its `return`."),
        ("12", "The value of `blur` is text, not a number."),
        ({"a": 1}, "The value of `blur` is a dictionary, not an array of numbers."),
        ([[1], [1, 2]], "The value of `blur` is a list whose rows differ in length."),
        (["a", 1], "The value of `blur` holds things that are not numbers."),
        ([None, 1], "The value of `blur` holds things that are not numbers."),
        ([1, 10**400], "The value of `blur` holds a number that is too large."),
        (np.array([1j]), "The value of `blur` holds complex numbers where real ones are expected."),
    ],
)  # fmt: skip
def test_the_sentence_on_an_array(answer, sentence):
    assert str(find({"close": {}}, answer, SQUARES, probe=ON_ARRAY).because) == sentence


def test_nan_is_said_to_be_nan():
    finding = find({"close": {"to": [1.0, 2.0]}}, [1.0, float("nan")])
    assert (finding.status, finding.diagnosis) == ("missed", "nan")
    assert str(finding.because) == (
        "`slope` is not as expected in 1 of 2 values, most of all at [1]: there it is NaN, but 2 is expected. "
        "1 of 2 values is NaN. "
        "Look for a division by zero, a logarithm or root of a negative number, or steps that are too large."
    )


def test_a_difference_beyond_any_float_does_not_pass():
    assert find({"close": {"to": -1.5e308, "rtol": 3.0}}, 1.5e308).status == "missed"
    assert find({"close": {"to": 1.0}}, float("inf")).status == "missed"


def test_the_tolerance_is_absolute_and_relative():
    assert find({"close": {"to": [0.0, 100.0], "atol": 0.5, "rtol": 0.0}}, [0.4, 100.4]).status == "met"
    assert find({"close": {"to": [0.0, 100.0], "atol": 0.0, "rtol": 0.01}}, [0.0, 100.4]).status == "met"
    assert find({"close": {"to": [0.0, 100.0], "atol": 0.0, "rtol": 0.01}}, [0.4, 100.4]).status == "missed"


def test_a_single_number_may_come_in_an_array():
    assert find({"close": {"to": 2.0}}, np.array([[2.0]])).status == "met"


def test_a_dictionary_is_compared_entry_by_entry():
    close = {"close": {"to": {"x": [0.0, 1.0], "noise": 0.5}}}
    assert find(close, {"x": [0.0, 1.0], "noise": 0.5, "more": 1}).status == "met"
    assert str(find(close, {"x": [0.0, 1.0]}).because) == "`slope` has no entry `noise`."
    assert (
        str(find(close, {"x": [0.0, 1.0], "noise": 2}).because)
        == "The entry `noise` of `slope` is 2, but 0.5 is expected."
    )
    assert str(find(close, [0.0, 1.0]).because) == "`slope` is not a dictionary."


def test_a_list_of_unlike_arrays_is_compared_item_by_item():
    close = {"close": {"to": [[1.0, 2.0], [3.0]]}}
    assert find(close, [[1.0, 2.0], np.array([3.0])]).status == "met"
    assert str(find(close, [[1.0, 2.0]]).because) == "`slope` has 1 item, but 2 are expected."
    assert str(find(close, [[1.0, 2.0], [4.0]]).because) == "Item 1 of `slope` is 4, but 3 is expected."
    assert str(find(close, 5).because) == "`slope` is not a list."


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (SQUARES, "The value of `square` on a hidden input is as expected."),
        (2 * SQUARES + 1, "The value of `square` on a hidden input is not as expected: all of the values are wrong."),
        (SQUARES + np.eye(3, 4), "The value of `square` on a hidden input is not as expected: "
         "some of the values are wrong."),
        (SQUARES.ravel()[:5], "The value of `square` on a hidden input has a shape "
         "that is not the expected shape."),
        (2 * SQUARES, "The value of `square` on a hidden input is not as expected: most of the values are wrong. "
         "Every value is the expected one times the same factor: a constant factor is missing, or one too many."),
    ],
)  # fmt: skip
def test_on_a_hidden_input_the_sentence_keeps_the_expected_numbers(answer, sentence):
    assert str(find({"close": {}}, answer, SQUARES, probe=HIDDEN_CALL).because) == sentence


def test_a_hidden_probe_that_reveals_tells_the_expected_number():
    probe = {"variable": "slope", "hidden": True, "reveal": True}
    assert str(find({"close": {"to": 2.0}}, 3.0, probe=probe).because) == "`slope` is 3, but 2 is expected."


# ---- shape, type, text, raises, count -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "answer", "status", "sentence"),
    [
        ({"shape": [None, 1]}, np.ones((7, 1)), "met", "`slope` has the shape (7, 1)."),
        ({"shape": [None, 1]}, np.ones(7), "missed", "`slope` has the shape (7,), but the shape (any, 1) is expected."),
        ({"shape": [2]}, 3.0, "missed", "`slope` is a single number, but the shape (2,) is expected."),
        ({"shape": [2]}, "ab", "missed", "`slope` is text, not a number. So it has no shape."),
        ({"type": "float"}, 2.0, "met", "`slope` is of type `float`."),
        ({"type": "number"}, 2, "met", "`slope` is of type `int`."),
        ({"type": ["array", "list"]}, np.ones(2), "met", "`slope` is of type `array`."),
        ({"type": "float32"}, np.ones(2, np.float32), "met", "`slope` is of type `array`."),
        ({"type": "float"}, np.array(2.0), "met", "`slope` is of type `array`."),
        ({"type": ["int", "float"]}, "2", "missed", "`slope` is of type `str`, but `int` or `float` is expected."),
        ({"type": "int"}, True, "missed", "`slope` is of type `bool`, but `int` is expected."),
        ({"text": {"contains": ["ReLU"]}}, "A RELU network", "met", "`slope` says what is expected."),
        ({"text": {"contains": ["ReLU"], "ignore_case": False}}, "relu", "missed", "`slope` does not mention `ReLU`."),
        ({"text": {"contains": ["a", "x", "y"]}}, "a", "missed", "`slope` does not mention `x` and `y`."),
        ({"text": {"matches": r"^\d+$"}}, "12a", "missed", '`slope` is "12a", which is not of the expected form.'),
        ({"text": {"matches": r"^\d+$"}}, 12, "met", "`slope` says what is expected."),
        ({"text": {"contains": ["a"]}}, ["a"], "missed", "`slope` is of type `list`, but text is expected."),
        ({"count": {"at_least": 3}}, [1, 2, 3], "met", "There are 3 items."),
        ({"count": {"at_least": 3}}, {"a": 1}, "missed", "There is 1 item, but at least 3 should be there."),
        ({"count": {"at_most": 1}}, np.ones((2, 5)), "missed", "There are 2 items, but at most 1 should be there."),
        ({"count": {"at_least": 1}}, None, "missed", "There are 0 items, but at least 1 should be there."),
        ({"count": {"of": "words", "at_least": 3}}, "two words", "missed",
         "There are 2 words, but at least 3 should be there."),
        ({"raises": "ValueError"}, Answer(status="raised", value="ValueError", because=verbatim("…")), "met",
         "`slope`: `ValueError` is raised, as expected."),
        ({"raises": "LookupError"}, Answer(status="raised", value="KeyError", because=verbatim("…")), "met",
         "`slope`: `KeyError` is raised, as expected."),
        ({"raises": "ValueError"}, Answer(status="raised", value="TypeError", because=verbatim("No.")), "missed",
         "`slope`: `ValueError` should be raised, but it is `TypeError`."),
        ({"raises": "ValueError"}, Answer(status="raised", value="an error of its own kind"), "missed",
         "`slope`: `ValueError` should be raised, but it is another error."),
        ({"raises": "ValueError"}, 3, "missed", "`slope`: `ValueError` should be raised, but there is no error."),
        ({"raises": "ValueError"}, Answer(status="missing", because=verbatim("No `f`.")), "unanswered", "No `f`."),
    ],
)  # fmt: skip
def test_the_sentence_on_a_shape_type_text_error_or_count(expect, answer, status, sentence):
    finding = find(expect, answer)
    assert (finding.status, str(finding.because)) == (status, sentence)


@pytest.mark.parametrize(
    ("expect", "answer", "sentence"),
    [
        ({"shape": [4, 1]}, np.ones(7), "The value of `square` on a hidden input has a shape "
         "that is not the expected shape."),
        ({"shape": [4, None]}, np.ones((4, 1)), "The value of `square` on a hidden input has the expected shape."),
        ({"shape": [4, 1]}, 3, "The value of `square` on a hidden input is a single number; "
         "that is not the expected shape."),
        ({"text": {"contains": ["secret"]}}, "no", "The value of `square` on a hidden input does not say "
         "what is expected."),
        ({"text": {"matches": "secret"}}, "no", "The value of `square` on a hidden input is not of the expected form."),
        ({"count": {"at_least": 12}}, [1], "There are fewer than required."),
        ({"count": {"at_most": 1}}, [1, 2], "There are more than required."),
    ],
)  # fmt: skip
def test_hidden_criteria_keep_what_they_expect(expect, answer, sentence):
    assert str(find(expect, answer, probe=HIDDEN_CALL).because) == sentence


def test_pictures_and_words_are_counted_in_the_notebook():
    facts = NotebookFacts(pictures=1, words="The small network is best.")
    pictures = find({"count": {"of": "pictures", "at_least": 2}}, None, facts=facts)
    assert str(pictures.because) == "There is 1 picture, but at least 2 should be there."


@given(st.floats(-1e6, 1e6), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_nearer_to_the_target_is_never_worse(target, far, share):
    near = target + far * share
    close = {"close": {"to": target, "rtol": 0.0, "atol": 0.5}}
    assert find(close, near).earned >= find(close, target + far).earned


# ---- at the edges ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("types", "answer", "met"),
    [
        ("None", None, True), ("NoneType", None, True), ("None", 0, False), ("ndarray", np.ones(2), True),
        ("number", 2.0, True), ("number", np.array(2.0), True), ("number", np.ones(2), False),
        ("number", "2", False), ("number", [2], False), ("float", 2, False), ("str", np.array("a"), False),
    ],
)  # fmt: skip
def test_every_name_of_a_type_is_known(types, answer, met):
    assert (find({"type": types}, answer).status == "met") is met


def test_none_is_called_none_and_all_wanted_types_are_told():
    told = str(find({"type": ["int", "float", "str", "list", "dict", "array", "bool"]}, None).because)
    assert told.startswith("`slope` is of type `None`, but `int`, `float`, `str`, `list`, `dict`, `array` or `bool` is")


@pytest.mark.parametrize(
    ("text", "answer", "met"),
    [
        ({"matches": "relu"}, "ReLU", True),
        ({"matches": "relu", "ignore_case": False}, "ReLU", False),
        ({"matches": "ReLU", "ignore_case": False}, "ReLU", True),
        ({"contains": ["RELU"], "ignore_case": False}, "RELU", True),
        ({"contains": ["RELU"], "ignore_case": True}, "relu", True),
        ({"matches": r"^0\.123456789012$"}, 0.1234567890123, True),
        ({"contains": ["True"]}, True, False),
    ],
)
def test_capitals_count_only_where_they_are_asked_for(text, answer, met):
    assert (find({"text": text}, answer).status == "met") is met


@pytest.mark.parametrize(
    ("expect", "answer", "told"),
    [
        ({"shape": [2]}, 3.0, "a single number; that"),
        ({"type": "int"}, "a", "of type `str`, but `int` is expected."),
        ({"text": {"contains": ["a"]}}, "a", "says what is expected."),
        ({"raises": "KeyError"}, 3, ": `KeyError` should be raised, but there is no error."),
    ],
)
def test_of_a_hidden_call_the_inputs_are_not_told(expect, answer, told):
    because = str(find(expect, answer, probe=HIDDEN_CALL).because)
    assert because.startswith("The value of `square` on a hidden input")
    assert told in because


def test_without_a_call_an_error_is_not_asked_for():
    finding = find({"raises": "ValueError"}, Answer(status="stopped", because=verbatim("Too slow.")))
    assert (finding.status, finding.earned) == ("unanswered", 0)
    assert find({"raises": "ValueError"}, Answer(status="raised", value=3)).status == "missed"
    assert find({"raises": "OwnError"}, Answer(status="raised", value="OwnError")).status == "met"
    assert find({"raises": "OwnError"}, Answer(status="raised", value="ValueError")).status == "missed"


@pytest.mark.parametrize(
    ("answer", "items"),
    [([], 0), ([1], 1), ({"a": 1, "b": 2}, 2), (None, 0), (5, 1), ("abc", 1), (np.array(3.0), 1), (np.ones((4, 2)), 4),
     (np.empty((5, 0)), 0)],
)  # fmt: skip
def test_items_are_counted_in_whatever_holds_them(answer, items):
    assert find({"count": {"at_least": items, "at_most": items}}, answer).status == "met"
    assert find({"count": {"at_least": items + 1}}, answer).status == "missed"
    assert find({"count": {"at_least": items}}, answer, probe=HIDDEN_CALL).status == "met"
    if items:
        assert find({"count": {"at_most": items - 1}}, answer).status == "missed"


def test_what_is_no_text_has_no_words():
    assert find({"count": {"of": "words", "at_least": 1}}, ["two words"]).status == "missed"
    assert find({"count": {"of": "words", "at_least": 2, "at_most": 2}}, "two words").status == "met"


def test_networks_are_counted_by_those_that_answer():
    silent = [{**network(f"model_{n}"), "predictions": None} for n in range(2, 6)]
    finding = find_on_models({"count": {"of": "models", "at_least": 1, "at_most": 1}}, network("model_1"), *silent)
    assert finding.status == "met"
    assert str(finding.because).startswith("There is 1 network. `model_2` gave no answers. `model_3` gave no answers.")
    assert str(finding.because).count("gave no answers") == 3
    finding = find_on_models({"count": {"of": "models", "at_least": 2}}, network("model_1"), *silent)
    assert str(finding.because).startswith("There is 1 network, but at least 2 should be there. `model_2` gave")


def test_networks_of_another_library_wait_only_where_too_few_are_there():
    other = {"name": "k", "class": "Sequential", "library": "keras", "may_be": True}
    value = {"asked": [], "models": [network("model_1")], "others": [other]}
    for count, status in (({"at_least": 1}, "met"), ({"at_least": 2}, "unscored"), ({"at_most": 0}, "missed")):
        assert find({"count": {"of": "models", **count}}, value, probe=MODELS_PROBE).status == status


def test_an_empty_array_of_many_rows_is_no_empty_list_and_one_of_few_rows_is_a_list_of_empty_ones():
    assert find({"value": []}, np.empty((20_001, 0))).status == "missed"
    assert find({"value": [[], []]}, np.empty((2, 0))).status == "met"
    assert find({"value": []}, np.empty(0)).status == "met"


def test_numbers_that_look_alike_are_told_with_as_many_digits_as_it_takes():
    told = str(find({"value": 2.0}, 2.00000004).because)
    assert told == "`slope` is 2.00000004, but 2 is expected."
    assert str(find({"value": "2"}, 2).because) == '`slope` is 2, but "2" is expected.'


@pytest.mark.parametrize(("at_least", "earned"), [(1, 4.0), (2, 4.0), (3, 2.666667), (4, 2.0), (200, 0.04)])
def test_a_count_in_proportion_gives_each_its_share(at_least, earned):
    finding = find({"count": {"at_least": at_least, "in_proportion": True}}, ["a", "b"])
    assert finding.earned == earned
    assert finding.status == ("met" if earned == 4.0 else "partly")


def test_a_count_in_proportion_says_so_and_gives_nothing_for_none_or_too_many():
    count = {"at_least": 3, "at_most": 4, "in_proportion": True}
    told = "There are 2 items, but at least 3 should be there. Each of them earns its share of the points."
    assert str(find({"count": count}, [1, 2]).because) == told
    assert [find({"count": count}, [1] * n).status for n in (0, 5)] == ["missed", "missed"]
    assert find({"count": {"at_least": 3}}, [1, 2]).earned == 0


def test_networks_are_counted_in_proportion():
    expect = {"count": {"of": "models", "at_least": 3, "in_proportion": True}}
    finding = find_on_models(expect, network("model_1"), network("model_2"), hidden=True)
    assert (finding.status, finding.earned) == ("partly", 2.666667)
    assert "fewer than required. Each of them earns its share" in str(finding.because)


@pytest.mark.parametrize("of", ["items", "words"])
def test_a_hidden_answer_earns_nothing_by_its_length(of):
    expect = {"count": {"of": of, "at_least": 3, "in_proportion": True}}
    with pytest.raises(ValueError, match="points in proportion could tell what a hidden probe asks"):
        find(expect, [1, 2], probe=HIDDEN_CALL)
    assert find(expect, [1, 2], probe={**HIDDEN_CALL, "reveal": True}).possible == 4
