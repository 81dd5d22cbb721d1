"""What a scan is able to show: from how many tones it has, and the palest stroke that would be seen in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.readings import PageQuality
from grader.exam.scanning.boxes import Measures

PALE = 0.15
"""The darkness of the palest pencil that a page has to be able to show; black is 1."""
TWO_TONES = 0.995
"""A larger share of points with one of two values is a picture in black and white."""
WHITE = 254
CLIPPED = 0.9
"""Of the points of the paper, a larger share at pure white was cut off there: noise round a paper that is just white
leaves a half of them."""
_TIMES_NOISE = 6.0
"""A stroke that exceeds the spread of empty boxes so many times is not one of a thousand empty boxes by chance."""
_TRACE_OF_STROKE = 0.55
"""What a stroke of half a millimetre leaves in a mean over the squares that `trace` is measured in."""
_SHARP = 0.9
"""How dark a printed outline is where nothing is blurred."""


def see_tones(picture: NDArray[np.uint8]) -> str:
    """Whether a picture has greys, and whether its paper was cut off at white.

    Parameters
    ----------
    picture : (height, width) or (height, width, 3) uint8

    Returns
    -------
    tones : str
        `grey`, `black-and-white` or `clipped`.

    Examples
    --------
    >>> paper = np.random.default_rng(0).normal(240, 4, (90, 90)).astype(np.uint8)
    >>> see_tones(paper), see_tones(np.where(paper > 240, 255, 0).astype(np.uint8)), see_tones(paper | 255)
    ('grey', 'black-and-white', 'clipped')
    """
    sample = picture[::3, ::3]
    darkest = sample if sample.ndim == 2 else sample.min(axis=2)
    counts = np.bincount(darkest.ravel(), minlength=256)
    used = np.sort(counts)[::-1]
    if used[1] and used[:2].sum() > TWO_TONES * counts.sum():
        return "black-and-white"
    # Paper is what is brighter than the middle between black and the brightest: the table round it is not.
    paper = counts[int(0.6 * np.flatnonzero(counts).max()) :].sum()
    return "clipped" if counts[WHITE:].sum() > CLIPPED * paper else "grey"


def judge_quality(tones: str, measures: Measures | None) -> PageQuality:
    """What a page can show, by its own empty boxes and outlines; at least a half of its boxes are taken to be empty.

    Parameters
    ----------
    tones : str
        As `see_tones` says.
    measures : Measures or None
        None where the page has no boxes.

    Returns
    -------
    quality : PageQuality
    """
    if measures is None or not len(measures.trace):
        return PageQuality.model_validate({"tones": tones})
    paler = np.sort(measures.trace)[: max(1, len(measures.trace) // 2)]
    spread = 1.4826 * float(np.median(np.abs(paler - np.median(paler)))) * 2
    sharp = float(np.clip(np.median(measures.edge) / _SHARP, 0.05, 1.0))
    faintest = (float(np.median(paler)) + _TIMES_NOISE * spread) / (_TRACE_OF_STROKE * sharp)
    return PageQuality.model_validate({"tones": tones, "faintest": round(min(faintest, 1.0), 3)})
