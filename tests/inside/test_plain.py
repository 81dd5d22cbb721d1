"""Plain data comes out of a file as it went in; anything else does neither."""

import json
import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from safetensors import SafetensorError
from safetensors.numpy import save

from grader.inside import plain

SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63) + 1, 2**63 - 1) | st.floats(allow_nan=False) | st.text(max_size=20)
)
TREES = st.recursive(
    SCALARS | arrays.arrays(st.sampled_from(["f8", "f4", "i8", "u1", "?"]), arrays.array_shapes(max_side=3)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


def alike(one, other):
    if isinstance(one, np.ndarray):
        return (
            isinstance(other, np.ndarray)
            and one.dtype == other.dtype
            and np.array_equal(one, other, equal_nan=one.dtype.kind == "f")
        )
    if isinstance(one, list):
        return isinstance(other, list) and len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, dict):
        return (
            isinstance(other, dict) and one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
        )
    return type(one) is type(other) and one == other


def refuse(value):
    with pytest.raises(plain.NotPlainError) as refused:
        plain.dumps(value)
    return str(refused.value)


@given(TREES, st.dictionaries(st.sampled_from(["status", "detail"]), st.text(max_size=10)))
def test_a_tree_comes_out_as_it_went_in_with_the_notes_beside_it(tree, notes):
    value, told = plain.loads(plain.dumps(tree, notes))
    assert alike(value, tree)
    assert told == notes


def test_nan_and_infinity_come_out_as_they_are():
    value, _ = plain.loads(plain.dumps([math.nan, math.inf, -math.inf]))
    assert math.isnan(value[0])
    assert value[1:] == [math.inf, -math.inf]


def test_a_list_that_looks_like_a_tag_stays_a_list():
    tricky = ["array", "a0"], ["dict", {"x": 1}], np.arange(2.0)
    value, _ = plain.loads(plain.dumps(tricky))
    assert value[:2] == [["array", "a0"], ["dict", {"x": 1}]]


def test_tensors_become_arrays_wherever_they_come_from():
    tensor = torch.tensor([[1.0, 2.0]], requires_grad=True)
    value, _ = plain.loads(plain.dumps({"x": tensor, "half": torch.ones(2, dtype=torch.bfloat16)}))
    assert alike(value["x"], np.array([[1.0, 2.0]], dtype=np.float32))
    assert alike(value["half"], np.ones(2, dtype=np.float32))


def test_complex_numbers_and_keys_of_several_parts_cross():
    value, _ = plain.loads(plain.dumps([3 + 4j, np.array([1 + 2j]), {(1, 2): 3}]))
    assert (value[0], value[1].tolist(), list(value[2].values())) == (3 + 4j, [1 + 2j], [3])


def test_an_array_in_another_byte_order_or_layout_keeps_its_values():
    array = np.arange(6, dtype=">f8").reshape(2, 3).T
    value, _ = plain.loads(plain.dumps(array))
    assert np.array_equal(value, array)


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"f": len}, "it is or holds something of type `builtin_function_or_method`: no number, text or array"),
        (np.array([object()]), "it is or holds something of type `object`: no number, text or array"),
        (np.array([b"12"], dtype="V2"), "it holds an array of type `|V2`"),
        (1 << 63, "it holds a whole number of more than 63 bits"),
        ("x" * 200_001, "it holds a text of 200001 characters"),
        ({frozenset({1}): 3}, "it holds a dict with a key of type `frozenset`"),
        ({"k" * 201: 3}, "it holds a dict with a key of 201 characters"),
        ({1: "one", "1": "uno"}, "it holds a dict with two keys that are written alike, such as 1 and '1'"),
        ([0] * 100_000, "it has more than 100000 parts"),
    ],
)
def test_what_is_not_plain_is_refused_and_named(value, told):
    assert refuse(value) == told


def test_a_value_that_holds_itself_is_refused():
    knot = []
    knot.append(knot)
    assert refuse(knot) == "it is nested more than 32 deep"


@pytest.mark.parametrize(
    "tree", ['["array", "a9"]', '["list", 3]', '["dict", []]', '["code", "1"]', "{}", "[[[", '["list", [[]]]']
)
def test_a_file_whose_tree_is_forged_is_refused(tree):
    with pytest.raises(ValueError, match=r"."):
        plain.loads(save({"a0": np.zeros(2)}, metadata={"tree": tree}))


def test_a_tree_that_is_nested_without_end_is_refused():
    tree = json.loads('["list", [' * 40 + "]]" * 40)
    with pytest.raises(ValueError, match="nested too deep"):
        plain._Decoder({}, plain.MAX_NODES).decode(tree, plain.MAX_DEPTH)


@pytest.mark.parametrize("tree", [10**30, "x" * 200_001, ["dict", {"k" * 201: 1}], ["list", [-(2**63)]]])
def test_what_could_not_be_written_is_not_read_whoever_wrote_it(tree):
    with pytest.raises(plain.NotPlainError):
        plain._Decoder({}, plain.MAX_NODES).decode(tree, plain.MAX_DEPTH)


@given(st.binary(max_size=200))
def test_whatever_bytes_come_back_nothing_but_a_known_error_comes_of_them(content):
    with pytest.raises((SafetensorError, ValueError, KeyError, TypeError, AttributeError, RecursionError)):
        plain.loads(content)
