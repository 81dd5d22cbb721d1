"""What a student's code changes in place is known by its name; what the rubric's own code changes is its own affair."""

import numpy as np
import pytest

from grader.inside import plain
from grader.inside.answering import answer_bytes

SAME = "def f(x):\n    return 2 * x\n"
HALVES = "def f(x):\n    result = 2 * x\n    x /= 2\n    return result\n"
FORGETS = "def f(x):\n    return x.pop()\n"


def overwritten(source, question):
    namespace = {}
    exec(source, namespace)
    _, notes = plain.loads(answer_bytes(question, namespace))
    assert notes["status"] == "answered", notes
    return notes.get("overwritten", "")


def call(value):
    return {"kind": "call", "name": "f", "arguments": {"x": value}}


def code(text, **arguments):
    return {"kind": "evaluate", "code": text, "arguments": arguments}


@pytest.mark.parametrize(
    ("source", "question", "names"),
    [
        (SAME, call(np.ones(3)), ""),
        (HALVES, call(np.ones(3)), "x"),
        (HALVES, call({"tensor": np.ones(3)}), "x"),
        (HALVES, call(np.array([np.nan, 4.0])), "x"),
        (SAME, call(np.array([np.nan, 4.0])), ""),
        (FORGETS, call([1, 2]), "x"),
        (HALVES, code("f(points)", points=np.ones(3)), "points"),
        (HALVES, code("moved = points + 1\nf(moved)", points=np.ones(3)), "moved"),
        (HALVES, code("f(points.copy())\nf(points.copy())", points=np.ones(3)), ""),
        # The rubric's code writes into it itself, so nobody can say who changed what.
        (HALVES, code("points[0] = 7\nf(points)", points=np.ones(3)), ""),
        (HALVES, code("points += 1\nf(points)", points=np.ones(3)), ""),
        (HALVES, code("a = np.ones(2)\na = np.zeros(2)\nf(np.ones(2))"), ""),
    ],
)
def test_what_is_no_longer_as_it_was_is_named(source, question, names):
    assert overwritten(source, question) == names
