"""A question of each kind, and the findings on a response to it."""

from __future__ import annotations

from typing import Any

from grader.exam.exam import Rules
from grader.exam.judging import judge
from grader.exam.revisions import Asked
from grader.model import Answer

from .making import make_question, question


def find(told, value: Any, *, rules: Any = None, accept=(), shares=None, language="en", **asked):
    """The findings on a response."""
    answer = value if isinstance(value, Answer) or value is None else Answer(status="answered", value=value)
    one = Asked(make_question(told), tuple(accept), **asked)
    return judge(one, answer, Rules.model_validate(rules or {}), language, shares or {})


def found(told, value: Any, **more: Any):
    (finding,) = find(told, value, **more)
    return finding


NUMERIC = question(
    "numeric",
    {
        "answer": 520,
        "tolerance": 0.5,
        "unit": "px",
        "mistakes": {"no-centre": {"value": 200, "misconception": "Leaves out the centre."}},
    },
)
TEXT = question(
    "text",
    {
        "accept": ["homography", "homografía"],
        "pattern": "projective (map|transformation)",
        "wrong": {"f": {"says": ["fundamental matrix"], "misconception": "That maps to a line."}},
    },
)
OUTPUT = question(
    "output",
    {"prints": "(8, 16)", "mistakes": {"batch": {"prints": "(16,)", "misconception": "Leaves out the batch."}}},
    code="print((8, 16))",
)
PAIRS = {name: {"left": f"L{name}", "right": f"R{name}"} for name in "abcd"}
MATCHING = question("matching", {"pairs": PAIRS, "extra": {"x": "Rx"}})
ORDERING = question("ordering", {"steps": {name: f"Step {name}" for name in "abcd"}})
PRACTICAL = question(
    "practical",
    {"criteria": {"way": {"says": "The way.", "points": 3}, "sum": {"says": "The sum.", "points": 1}}},
    points=4,
)
