"""How surely a class contradicts a key: tests that hold for a whole exam, whatever its size.

A right key can look wrong by chance. Of the students who chose either the key or another option, the better ones chose
the key, where it is right. A permutation test says how often, if it were chance who of them chose which, those with the
other option would be so much better at the other questions. The tests of an exam share one allowance (Holm 1979,
Scandinavian Journal of Statistics 6, pages 65 to 70), so that of exams whose keys are all right at most ALLOWANCE are
told of a wrong one. This holds wherever a better student prefers the key to any other option, and the more so.

Only what the counts alone make suspicious is tested: an option that no fewer students chose than the key, a box or a
part that half of the class or more answered against the key. Counts stay the same in every permutation, so this choice
is free, and the fewer tests share the allowance, the sooner a wrong key is found.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from grader.exam.analysis.statistics import Floats

ALLOWANCE = 0.05
"""Of exams whose keys are all right, the share in which a key is doubted is at most this."""
PERMUTATIONS = 20_000
"""Enough for a chance of 1 in 20,000: an exam with 1,000 tests could still find its worst key."""
PARTS = 10
"""One after the other: for a class of 1,000, all at once take 160 MB."""
PLENTY = 0.1
"""A chance above this in the first part doubts no key, and need not be known better."""
_SEED = 20_240_802
"""Fixed: the same responses get the same warnings."""
_HOPELESS = 1.0
"""Standard deviations below which no permutation is made: the chance is about 1 in 6, and no exam would tell of it."""


def chance_of(against: NDArray[np.bool_], rest: Floats) -> float:
    """The chance that students drawn at random are as much better as those who speak against a key.

    Parameters
    ----------
    against : (students,) bool
        Who speaks against the key, of all who speak for or against it.
    rest : (students,) float64, points
        Of all other questions.

    Returns
    -------
    float, above 0 and at most 1

    Examples
    --------
    >>> better = np.arange(16) > 7
    >>> chance_of(better, np.arange(16.0)) < 0.001, chance_of(better, np.arange(16.0)[::-1])
    (True, 1.0)
    """
    n, size = rest.size, int(against.sum())
    if not 0 < size < n:
        return 1.0
    centred = rest - rest.mean()
    found = float(centred[against].sum())
    spread = float(size * (n - size) / n * centred.var(ddof=1)) ** 0.5
    if spread < 1e-12 or found < _HOPELESS * spread:
        return 1.0
    random = np.random.default_rng(_SEED)
    extreme = 0
    for part in range(PARTS):
        drawn = random.permuted(np.tile(centred, (PERMUTATIONS // PARTS, 1)), axis=1)[:, :size]
        extreme += int((drawn.sum(axis=1) >= found - 1e-9).sum())
        if part == 0 and extreme > PLENTY * PERMUTATIONS / PARTS:
            return PARTS * extreme / PERMUTATIONS
    return (1 + extreme) / (1 + PERMUTATIONS)


def doubted(chances: Sequence[float | None]) -> tuple[bool, ...]:
    """Which of an exam's tests speak against a key, by Holm's rule; None was not tested.

    >>> doubted([0.03, 0.01, None, 0.5]), doubted([0.03, None, 0.02])
    ((False, True, False, False), (True, False, True))
    """
    ranked = sorted((chance, place) for place, chance in enumerate(chances) if chance is not None)
    told = [False] * len(chances)
    for rank, (chance, place) in enumerate(ranked):
        if chance > ALLOWANCE / (len(ranked) - rank):
            break
        told[place] = True
    return tuple(told)
