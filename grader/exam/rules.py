"""Scoring rules: what share of a question's points a response earns. Pure functions of counts, rounded nowhere.

The notation of multiple response: a question has n options, of which the key says that k are right and w = n - k are
wrong. A response is the set of ticked options; it has tp right ticks, fp wrong ticks, fn right options that were left
open and tn wrong ones that were. Each rule returns the share before its floor; `bound` cuts it to floor and cap.

A blank is no response at all, and earns nothing under every rule but `omission`. It is not the same as the empty set,
"none applies", which a response can say where the question has a box for it.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

SingleName = Literal["number-right", "formula", "negative", "omission"]
SingleOutcome = Literal["right", "wrong", "blank"]
MultipleName = Literal[
    "all-or-nothing",
    "each-answer",
    "half-point",
    "kprim",
    "right-minus-wrong",
    "net-correct",
    "coverage",
    "right-ticks",
    "half-ticks",
    "ripkey",
    "ou-multiresponse",
    "rexams-false",
    "rexams-false2",
    "rexams-all",
    "mumie-1",
    "mumie-6",
    "vds",
]
RowsName = Literal["each-answer", "all-or-nothing", "half-point", "kprim", "right-minus-wrong"]
OrderName = Literal["pairs", "places", "all-or-nothing"]
PairsName = Literal["each-answer", "all-or-nothing"]


@dataclass(frozen=True)
class Counts:
    """What a response has in common with the key, option by option."""

    tp: int
    fp: int
    fn: int
    tn: int

    @property
    def n(self) -> int:
        """All options."""
        return self.tp + self.fp + self.fn + self.tn

    @property
    def k(self) -> int:
        """Right options."""
        return self.tp + self.fn

    @property
    def w(self) -> int:
        """Wrong options."""
        return self.fp + self.tn

    @property
    def right(self) -> int:
        """Options in their right state, ticked or open."""
        return self.tp + self.tn

    @property
    def ticks(self) -> int:
        return self.tp + self.fp


def count(options: Sequence[str], key: frozenset[str], ticked: frozenset[str]) -> Counts:
    """The counts of a response.

    >>> count("abcde", frozenset("ace"), frozenset("abc"))
    Counts(tp=2, fp=1, fn=1, tn=1)
    """
    tp, fp, fn = len(ticked & key), len(ticked - key), len(key - ticked)
    return Counts(tp, fp, fn, len(options) - tp - fp - fn)


def bound(share: float, floor: float, cap: float) -> float:
    """The share, not below the floor and not above the cap."""
    return min(max(share, floor), cap)


# ---- single response ------------------------------------------------------------------------------------------------


def single(name: SingleName, outcome: SingleOutcome, n: int, wrong: float = 1.0) -> float:
    """The share of a question with `n` options of which one is to be chosen; `wrong` is what `negative` takes off.

    >>> single("formula", "wrong", 4), single("negative", "wrong", 5, wrong=0.25), single("omission", "blank", 5)
    (-0.3333333333333333, -0.25, 0.2)
    """
    if outcome == "right":
        return 1.0
    if outcome == "blank":
        return 1.0 / n if name == "omission" else 0.0
    match name:
        case "number-right" | "omission":
            return 0.0
        case "formula":
            return -1.0 / (n - 1)
        case "negative":
            return -wrong


# ---- multiple response ----------------------------------------------------------------------------------------------


def multiple(name: MultipleName, counts: Counts) -> float:
    """The share under a rule of multiple response, before its floor.

    Without a right option the key is the empty set: rules that count right ticks then give all for no tick, else none.

    >>> multiple("rexams-false2", count("abcde", frozenset("ace"), frozenset("abc")))
    0.16666666666666663
    """
    if counts.k == 0 and name not in _OF_ALL_BOXES:
        return 1.0 if counts.ticks == 0 else 0.0
    return MULTIPLE[name](counts)


def _all_or_nothing(c: Counts) -> float:
    return float(c.right == c.n)


def _each_answer(c: Counts) -> float:
    return c.right / c.n


def _half_point(c: Counts) -> float:
    return 1.0 if c.right == c.n else 0.5 if c.right > c.n / 2 else 0.0


def _kprim(c: Counts) -> float:
    return {0: 1.0, 1: 0.5}.get(c.n - c.right, 0.0)


def _right_minus_wrong(c: Counts) -> float:
    return (2 * c.right - c.n) / c.n


def _net_correct(c: Counts) -> float:
    return (c.tp - c.fp) / c.k


def _coverage(c: Counts) -> float:
    return c.tp / c.k * c.tp / c.ticks if c.ticks else 0.0


def _right_ticks(c: Counts) -> float:
    return c.tp / c.k


def _half_ticks(c: Counts) -> float:
    return 1.0 if c.tp == c.k else 0.5 if c.tp >= c.k / 2 else 0.0


def _ripkey(c: Counts) -> float:
    return c.tp / c.k if c.ticks <= c.k else 0.0


def _ou_multiresponse(c: Counts) -> float:
    return min(c.tp, c.k - c.fp) / c.k


def _rexams_false(c: Counts) -> float:
    return c.tp / c.k - (c.fp / c.w if c.w else 0.0)


def _rexams_false2(c: Counts) -> float:
    # At least 2, so that the only wrong option of a question does not cost as much as all the right ones earn.
    return c.tp / c.k - c.fp / max(c.w, 2)


def _rexams_all(c: Counts) -> float:
    return c.tp / c.k - c.fp


def _mumie_1(c: Counts) -> float:
    return (c.tp - c.fp / (c.w + 1)) / c.k


def _mumie_6(c: Counts) -> float:
    return c.tp / c.k if c.fp == 0 else 0.0


def _vds(c: Counts) -> float:
    return (c.tp - c.fp - c.fn) / c.k


MULTIPLE: Mapping[MultipleName, Callable[[Counts], float]] = {
    "all-or-nothing": _all_or_nothing,
    "each-answer": _each_answer,
    "half-point": _half_point,
    "kprim": _kprim,
    "right-minus-wrong": _right_minus_wrong,
    "net-correct": _net_correct,
    "coverage": _coverage,
    "right-ticks": _right_ticks,
    "half-ticks": _half_ticks,
    "ripkey": _ripkey,
    "ou-multiresponse": _ou_multiresponse,
    "rexams-false": _rexams_false,
    "rexams-false2": _rexams_false2,
    "rexams-all": _rexams_all,
    "mumie-1": _mumie_1,
    "mumie-6": _mumie_6,
    "vds": _vds,
}
_OF_ALL_BOXES = {"all-or-nothing", "each-answer", "half-point", "kprim", "right-minus-wrong"}
"""Rules that look at every box alike, and so need no right option."""


# ---- rows, pairs, order ---------------------------------------------------------------------------------------------


def rows(name: RowsName, right: int, wrong: int, n: int) -> float:
    """The share for `n` statements, each answered true or false or left blank; a blank row is neither right nor wrong.

    >>> rows("right-minus-wrong", 3, 1, 4), rows("kprim", 3, 0, 4), rows("each-answer", 3, 0, 4)
    (0.5, 0.5, 0.75)
    """
    if name == "right-minus-wrong":
        return (right - wrong) / n
    return MULTIPLE[name](Counts(right, n - right, 0, 0))


def pairs(name: PairsName, right: int, n: int) -> float:
    """The share for `n` pairs of which `right` were found."""
    return right / n if name == "each-answer" else float(right == n)


def order(name: OrderName, places: Sequence[int]) -> float:
    """The share for steps put in an order; `places` holds each step's right place, in the order that was given.

    `pairs` is Kendall's tau: pairs of steps in their right order, minus those in the wrong one, over all pairs.

    >>> order("pairs", [0, 1, 3, 2]), order("places", [0, 1, 3, 2]), order("all-or-nothing", [0, 1, 3, 2])
    (0.6666666666666666, 0.5, 0.0)
    """
    match name:
        case "pairs":
            signs = [1 if a < b else -1 for a, b in itertools.combinations(places, 2)]
            return sum(signs) / len(signs)
        case "places":
            return sum(place == given for given, place in enumerate(places)) / len(places)
        case "all-or-nothing":
            return float(list(places) == sorted(places))


# ---- totals and chance ----------------------------------------------------------------------------------------------


def guess_single(name: SingleName, n: int, wrong: float = 1.0) -> float:
    """The share that ticking one of `n` options at random earns on average."""
    return (single(name, "right", n, wrong) + (n - 1) * single(name, "wrong", n, wrong)) / n


def guess_multiple(name: MultipleName, n: int, k: int, floor: float = 0.0, cap: float = 1.0, *, none: bool) -> float:
    """The share that a coin for each of `n` boxes earns on average, by enumeration.

    `none` says whether no tick at all counts as "none applies"; otherwise it is a blank, and earns nothing.

    >>> round(guess_multiple("rexams-false2", 5, 3, none=True), 4), guess_multiple("each-answer", 5, 3, none=True)
    (0.1875, 0.5)
    """
    total = 0.0
    for tp in range(k + 1):
        for fp in range(n - k + 1):
            if tp or fp or none:
                share = bound(multiple(name, Counts(tp, fp, k - tp, n - k - fp)), floor, cap)
                total += math.comb(k, tp) * math.comb(n - k, fp) * share
    return total / float(2**n)


def guess_rows(name: RowsName, n: int, floor: float = 0.0, cap: float = 1.0) -> float:
    """The share that a coin for each of `n` statements earns on average."""
    shares = (math.comb(n, right) * bound(rows(name, right, n - right, n), floor, cap) for right in range(n + 1))
    return sum(shares) / float(2**n)


def guess_pairs(name: PairsName, n: int, choices: int) -> float:
    """The share that a random partner out of `choices` for each of `n` earns on average."""
    return 1 / choices if name == "each-answer" else (1 / choices) ** n


def guess_order(name: OrderName, n: int, floor: float = 0.0, cap: float = 1.0) -> float:
    """The share that a random order of `n` steps earns on average."""
    shares = [bound(order(name, places), floor, cap) for places in itertools.permutations(range(n))]
    return sum(shares) / len(shares)
