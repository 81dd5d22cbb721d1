"""Who shares code with whom, found by an index of fingerprints: no pair is compared that has nothing in common.

A fingerprint is the hash of so many tokens in a row. Own names count as the distance to where the same name stood last
within them, so that another name, used alike, makes the same fingerprint (Baker 1997, "Parameterized duplication in
strings"). All of them are kept: winnowing (Schleimer, Wilkerson and Aiken 2003) is for a thousand times as much code.
"""

from __future__ import annotations

import itertools
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from grader.similarity.tokens import Code, Token

LENGTH = 16
"""Tokens of a fingerprint, about two lines: shorter ones are Python's idioms."""

LEAST_SHARE = 0.6
"""A pair is shown from this share on: between honest solutions and disguised copies, as tests/similarity measures."""

LEAST_TOKENS = 80
"""And from so many tokens on, about ten lines: less is soon alike by chance."""

MOST_PAIRS = 50

Hashes = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Lines:
    """Lines of one code cell as they were handed in."""

    cell: int
    """place among the code cells that are not the released check, from 1"""
    text: str


@dataclass(frozen=True)
class CommonRun:
    """One run of tokens that two students have in common, as each wrote it."""

    tokens: int
    left: tuple[Lines, ...]
    right: tuple[Lines, ...]


@dataclass(frozen=True)
class SimilarPair:
    """Two students who share much of their code. `left` is who has more of it in common."""

    left: str
    right: str
    shared: int
    """tokens of `left` that stand in `right`, too"""
    own: tuple[int, int]
    """tokens of each that the class does not have in common anyway"""
    share: float
    """of `left`'s own tokens"""
    parts: tuple[CommonRun, ...]


@dataclass(frozen=True)
class _Prints:
    """One student's code, its fingerprints, and which of its tokens the class does not have in common anyway."""

    code: Code
    hashes: Hashes
    is_own: Mask

    @property
    def own(self) -> int:
        return int(self.is_own.sum())


def find_pairs(codes: Sequence[Code]) -> list[SimilarPair]:
    """The pairs that share the most of their own code, the largest share first; a hint, and no verdict.

    What more than a tenth of the class has in common, and more than five students, is the exercise's way and no pair's.
    """
    hashes = [fingerprints(code.tokens) for code in codes]
    holders: dict[int, list[int]] = defaultdict(list)
    for place, made in enumerate(hashes):
        for value in np.unique(made).tolist():
            holders[value].append(place)
    most = max(5, len(codes) // 10)
    common = np.array([value for value, who in holders.items() if len(who) > most], dtype=np.uint64)
    together: Counter[tuple[int, int]] = Counter()
    for who in holders.values():
        if 2 <= len(who) <= most:
            together.update(itertools.combinations(who, 2))
    prints = [
        _Prints(code, made, ~_covered(code, np.isin(made, common))) for code, made in zip(codes, hashes, strict=True)
    ]
    found = []
    for (one, other), count in together.items():
        # Quick, for most pairs: runs of twenty tokens, on average, have a fingerprint for each four of them.
        needed = max(LEAST_TOKENS, LEAST_SHARE * min(prints[one].own, prints[other].own))
        if 4 * count >= needed and (pair := _compare(prints[one], prints[other], common)) is not None:
            found.append(pair)
    found.sort(key=lambda pair: (-pair.share, -pair.shared, pair.left, pair.right))
    return found[:MOST_PAIRS]


def fingerprints(tokens: Sequence[Token]) -> Hashes:
    """The hash of each run of LENGTH tokens, in order.

    Parameters
    ----------
    tokens : sequence of Token, in the order of the notebook

    Returns
    -------
    ndarray
        *(len(tokens) - LENGTH + 1,) uint64*, empty where there are fewer tokens.
    """
    if len(tokens) < LENGTH:
        return np.empty(0, dtype=np.uint64)
    words = np.array(
        [0 if token.is_own_name else zlib.crc32(token.text.encode()) * _SPREAD for token in tokens], dtype=np.uint64
    )
    last: dict[str, int] = {}
    back = np.zeros(len(tokens), dtype=np.int64)
    for place, token in enumerate(tokens):
        if token.is_own_name:
            back[place] = place - last.get(token.text, place)
            last[token.text] = place
    windows = np.lib.stride_tricks.sliding_window_view(back, LENGTH)
    inside = np.where(windows <= np.arange(LENGTH), windows, 0).astype(np.uint64)
    seen = np.lib.stride_tricks.sliding_window_view(words, LENGTH) + inside
    powers = np.array([pow(_BASE, power, 1 << 64) for power in range(LENGTH)], dtype=np.uint64)
    hashed: Hashes = (seen * powers).sum(axis=1, dtype=np.uint64)
    return hashed


_BASE = 0x9E3779B97F4A7C15
_SPREAD = 0xFFFFFFFB
"""A checksum has 32 bits: so it fills 64, far from the distances of names."""


def _covered(code: Code, begins: Mask) -> Mask:
    """Which tokens lie in a fingerprint that begins at one of these places."""
    if not len(begins):
        return np.zeros(len(code.tokens), dtype=bool)
    covered: Mask = np.convolve(begins, np.ones(LENGTH, dtype=np.int64)) > 0
    return covered


def _compare(one: _Prints, other: _Prints, common: Hashes) -> SimilarPair | None:
    """The pair with its parts, if it is one to show."""
    shared = np.setdiff1d(np.intersect1d(one.hashes, other.hashes), common)
    counted = {
        id(who): int((_covered(who.code, np.isin(who.hashes, shared)) & who.is_own).sum()) for who in (one, other)
    }
    left, right = sorted((one, other), key=lambda who: -counted[id(who)] / max(1, who.own))
    share = counted[id(left)] / max(1, left.own)
    if counted[id(left)] < LEAST_TOKENS or share < LEAST_SHARE:
        return None
    return SimilarPair(
        left=left.code.student,
        right=right.code.student,
        shared=counted[id(left)],
        own=(left.own, right.own),
        share=share,
        parts=tuple(_parts(left, right, set(shared.tolist()))),
    )


def _parts(left: _Prints, right: _Prints, shared: set[int]) -> Iterator[CommonRun]:
    """What they have in common, in the order of `left`: runs as long as they can be, each after the one before."""
    here, there = left.hashes.tolist(), right.hashes.tolist()
    places = defaultdict(list)
    for place, value in enumerate(there):
        if value in shared:
            places[value].append(place)
    start = 0
    while start < len(here):
        found = [(_run(here, there, start, place), place) for place in places.get(here[start], ())]
        if not found:
            start += 1
            continue
        # Of several as long, the first.
        run, place = max(found, key=lambda one: (one[0], -one[1]))
        tokens = run + LENGTH - 1
        yield CommonRun(tokens, _lines(left.code, start, tokens), _lines(right.code, place, tokens))
        start += tokens


def _run(here: Sequence[int], there: Sequence[int], start: int, place: int) -> int:
    """How many fingerprints are the same in a row."""
    return sum(
        1 for _ in itertools.takewhile(lambda two: two[0] == two[1], zip(here[start:], there[place:], strict=False))
    )


def _lines(code: Code, start: int, count: int) -> tuple[Lines, ...]:
    """The lines on which these tokens stand, cell by cell, with what lies between them."""
    edges: dict[int, tuple[int, int]] = {}
    for token in code.tokens[start : start + count]:
        first, last = edges.get(token.cell, (token.line, token.line))
        edges[token.cell] = min(first, token.line), max(last, token.line)
    return tuple(
        Lines(cell + 1, "\n".join(code.cells[cell].split("\n")[first : last + 1]))
        for cell, (first, last) in edges.items()
    )
