"""Values of many kinds cross the boundary as plain data; what nobody can write down says so."""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import fractions
import pathlib

import cv2
import numpy as np
import pytest
import scipy.sparse
import torch
from PIL import Image

from grader.inside import plain, plain_forms


def crossed(value):
    return plain.loads(plain.dumps(value))[0]


@dataclasses.dataclass
class Line:
    slope: float
    points: set


Colour = enum.Enum("Colour", {"RED": 1})
KEYPOINT = {"pt": [1.0, 2.0], "size": 3.0, "angle": -1.0, "response": 0.0, "octave": 0, "class_id": -1}


@pytest.mark.parametrize(
    ("value", "plainly"),
    [
        ({3, 1, 2}, [1, 2, 3]),
        (frozenset({"b", "a"}), ["a", "b"]),
        ({1, "a"}, ["a", 1]),
        (2 - 1j, 2 - 1j),
        (np.complex64(1j), 1j),
        (fractions.Fraction(3, 4), 0.75),
        (decimal.Decimal("0.1"), 0.1),
        ((n * n for n in range(4)), [0, 1, 4, 9]),
        (map(str, [1, 2]), ["1", "2"]),
        (range(3), [0, 1, 2]),
        ({"a": 1}.keys(), ["a"]),
        (collections.deque([1, 2]), [1, 2]),
        (Line(2.0, {1}), {"slope": 2.0, "points": [1]}),
        (Colour.RED, 1),
        (datetime.date(2030, 1, 2), "2030-01-02"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (np.dtype("float32"), "float32"),
        ({np.int64(1): "a", (0, 1): "b", None: "c"}, {"1": "a", "(0, 1)": "b", "None": "c"}),
        (cv2.KeyPoint(1, 2, 3), KEYPOINT),
        ((cv2.KeyPoint(1, 2, 3),), [KEYPOINT]),
        (cv2.DMatch(4, 5, 0.5), {"queryIdx": 4, "trainIdx": 5, "imgIdx": -1, "distance": 0.5}),
        (np.array(["a", None, [1]], dtype=object), ["a", None, [1]]),
        (np.array([b"a", b"b"]), ["a", "b"]),
        (np.array(["2030-01-02"], dtype="datetime64[D]"), ["2030-01-02"]),
    ],
)
def test_a_value_of_another_kind_crosses_as_plain_data(value, plainly):
    assert crossed(value) == plainly


@pytest.mark.parametrize(
    ("value", "array"),
    [
        (b"\x01\x02", np.array([1, 2], np.uint8)),
        (Image.new("L", (3, 2), 7), np.full((2, 3), 7, np.uint8)),
        (cv2.UMat(np.eye(2)), np.eye(2)),
        (scipy.sparse.csr_matrix(np.eye(3)), np.eye(3)),
        (torch.eye(2).to_sparse(), np.eye(2, dtype=np.float32)),
        (np.array([1 + 2j, 3.0]), np.array([1 + 2j, 3.0])),
        (torch.tensor([1j]), np.array([1j], np.complex64)),
        (np.array([1, 2.5], dtype=object), np.array([1, 2.5])),
        (np.longdouble(1) * np.ones(2, np.longdouble), np.ones(2)),
    ],
)
def test_a_value_that_is_an_array_in_another_form_crosses_as_that(value, array):
    came = crossed(value)
    assert came.dtype == array.dtype
    np.testing.assert_array_equal(came, array)


def test_an_array_of_records_crosses_by_its_columns():
    came = crossed(np.array([(1, 2.0)], dtype=[("n", int), ("x", float)]))
    assert {name: column.tolist() for name, column in came.items()} == {"n": [1], "x": [2.0]}


def test_a_table_crosses_by_its_columns_and_a_series_as_an_array():
    pandas = pytest.importorskip("pandas")
    table = crossed(pandas.DataFrame({"x": [1, 2], "name": ["a", "b"]}))
    assert (table["x"].tolist(), list(table["name"])) == ([1, 2], ["a", "b"])
    assert crossed(pandas.Series([1.0, 2.0])).tolist() == [1.0, 2.0]


def test_what_has_no_end_and_what_is_too_large_in_full_are_refused(monkeypatch):
    with pytest.raises(plain.NotPlainError, match="more than 100000 parts"):
        plain.dumps(iter(int, 1))
    monkeypatch.setattr(plain_forms, "MOST_BYTES", 100)
    with pytest.raises(plain.NotPlainError, match="it is sparse, and has 0 MiB with its zeros"):
        plain.dumps(scipy.sparse.eye(4))


@pytest.mark.parametrize("value", [object(), len, torch.nn.Linear(1, 1), Line, np.array([object()])])
def test_what_is_no_data_is_refused_by_its_kind(value):
    with pytest.raises(plain.NotPlainError):
        plain.dumps(value)
