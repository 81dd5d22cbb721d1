"""A draft: the candidates that the solved notebook meets and the untouched one does not, as probes and criteria."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from grader.drafting.candidates import Candidate, Role
from grader.model import Answer
from grader.rubric import Rubric
from grader.score import score
from grader.score.arrays import NotNumbersError, as_numbers

REFERENCE_TOLERANCE = {"close": {"to": "reference"}}
SINGLE_PRECISION = {"close": {"to": "reference", "rtol": 1e-4, "atol": 1e-6}}
"""float32 has seven digits, and a sum in another order loses one or two of them."""

MOST: Mapping[Role, int] = {"example": 1, "other": 5, "refuses": 2, "variable": 1, "network": 2}
"""Criteria of one function, by what they ask: what a student can read, and a person can look over."""


@dataclass(frozen=True)
class DraftedCriterion:
    """One criterion with its probe, as a rubric writes them."""

    id: str
    says: str
    points: float
    expect: Mapping[str, Any]
    why: str
    of: str
    probe: Mapping[str, Any] | None = None
    given: Sequence[str] = ()
    partly: Mapping[str, float] = field(default_factory=dict)

    @property
    def probe_name(self) -> str:
        """Probes are named as their criteria."""
        return self.id

    def as_criterion(self) -> dict[str, Any]:
        told: dict[str, Any] = {"id": self.id, "says": self.says, "points": self.points}
        if self.probe is not None:
            told["probe"] = self.probe_name
        if self.given:
            told["given"] = list(self.given)
        told["expect"] = dict(self.expect)
        return {**told, "partly": dict(self.partly)} if self.partly else told


def name_for(text: str, taken: Iterable[str]) -> str:
    """A name as rubrics have them, that is not taken."""
    stem = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:32] or "part"
    stem = stem if stem[0].isalpha() else f"c-{stem}"[:32]
    known = set(taken)
    return next(
        name for number in range(1, 10_000) if (name := stem if number == 1 else f"{stem}-{number}") not in known
    )


def expect_of(candidate: Candidate, answer: Answer, reference: Answer | None) -> Mapping[str, Any] | None:
    """What is expected of an answer like this; None where nothing can be said."""
    if candidate.expect is not None:
        return candidate.expect
    if answer.status != "answered":
        return None
    if candidate.role == "refuses":
        outcomes = set(answer.value) if isinstance(answer.value, list) else set()
        return {"value": answer.value} if candidate.promised & outcomes else None
    if candidate.role in ("variable", "network"):
        value = _plain(answer.value)
        is_close = _is_numeric(answer.value) and "." in repr(value)
        return {"close": {"to": value, "rtol": 1e-4}} if is_close else {"value": value} if value is not None else None
    if _is_numeric(answer.value):
        if reference is not None and reference.status == "answered" and _is_alike(answer.value, reference.value):
            return (
                SINGLE_PRECISION
                if "tensor" in repr(candidate.probe) or _is_single(answer.value)
                else (REFERENCE_TOLERANCE)
            )
        return _form_of(answer.value)
    is_personal = "student" in repr(candidate.probe)
    value = _plain(answer.value)
    return {"value": value} if value is not None and not is_personal and len(repr(value)) < 400 else None


def choose(candidates: Sequence[Candidate], met: Mapping[int, Answer]) -> list[Candidate]:
    """Of those that are met, by their place, the few that say most: no two alike, and no reason twice before each.

    Alike are two with one answer, and two errors that the same argument leads to.
    """
    places: dict[tuple[str, Role], list[int]] = defaultdict(list)
    for place, candidate in enumerate(candidates):
        if place in met:
            places[candidate.of, candidate.role].append(place)
    kept = {place for (_, role), own in places.items() for place in _most_unlike(candidates, met, own, MOST[role])}
    return [candidate for place, candidate in enumerate(candidates) if place in kept]


def _most_unlike(
    candidates: Sequence[Candidate], met: Mapping[int, Answer], places: Sequence[int], most: int
) -> list[int]:
    seen: set[str] = set()
    different: list[int] = []
    for place in places:
        shown = candidates[place].alike or repr(met[place].value)
        if shown not in seen:
            seen.add(shown)
            different.append(place)
    reasons: Counter[str] = Counter()
    turns = {}
    for place in different:
        turns[place] = reasons[candidates[place].why]
        reasons[candidates[place].why] += 1
    return sorted(different, key=lambda place: turns[place])[:most]


def meets(rubric: Rubric, run: Any, expected: Mapping[str, Answer]) -> Iterator[str]:
    """The criteria that a run meets."""
    return (finding.criterion for finding in score(run, rubric, expected) if finding.status == "met")


def earns(rubric: Rubric, run: Any, expected: Mapping[str, Answer]) -> Iterator[str]:
    """The criteria for which a run earns anything."""
    return (finding.criterion for finding in score(run, rubric, expected) if finding.earned)


def _is_numeric(value: Any) -> bool:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return False
    if isinstance(value, dict):
        return bool(value) and all(map(_is_numeric, value.values()))
    if isinstance(value, list):
        return bool(value) and all(map(_is_numeric, value))
    try:
        numbers = as_numbers(value)
    except NotNumbersError:
        return False
    return bool(np.isfinite(numbers).all())


def _is_single(value: Any) -> bool:
    if isinstance(value, dict | list):
        return any(map(_is_single, value.values() if isinstance(value, dict) else value))
    return isinstance(value, np.ndarray) and value.dtype == np.float32


def _is_alike(first: Any, second: Any) -> bool:
    """Whether the notebook and the reference answer the same: if not, it is chance, or what the notebook set before."""
    if isinstance(first, dict):
        return (
            isinstance(second, dict)
            and first.keys() == second.keys()
            and all(_is_alike(first[key], second[key]) for key in first)
        )
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(_is_alike, first, second))
    try:
        one, other = as_numbers(first), as_numbers(second)
    except NotNumbersError:
        return False
    return one.shape == other.shape and bool(np.allclose(one, other, rtol=1e-5, atol=1e-7))


def _form_of(value: Any) -> Mapping[str, Any]:
    """Where the numbers are chance: their shape, or that it is one."""
    if isinstance(value, np.ndarray) and value.ndim:
        return {"shape": list(value.shape)}
    return {"type": "number"} if not isinstance(value, dict | list) else {"type": type(value).__name__}


def _plain(value: Any) -> Any:
    """What YAML can write; None where it cannot, and for None itself: an empty answer is no evidence."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, dict):
        parts = {key: _plain(one) for key, one in value.items()}
        return parts if None not in parts.values() else None
    if isinstance(value, list):
        items = [_plain(one) for one in value]
        return items if None not in items else None
    return value if isinstance(value, bool | int | float | str) else None
