"""What chance alone does to the reference's errors: `grader calibrate` measures it, and thresholds speak of it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

import yaml
from pydantic import Field

from grader.files.config_files import read_yaml
from grader.rubric.expectations import OfReference
from grader.rubric.parts import Name, Part

LEVELS = (50, 90, 95, 99)
"""Of 100 runs, so many have no larger error than what stands for the level."""

_DIGITS = 4


class Band(Part):
    """The errors that the reference has for one criterion."""

    metric: str
    not_above: dict[int, float] = Field(description="level -> the error that so many of 100 runs do not exceed")

    def resolve(self, metric: str, stated: float | OfReference) -> float | OfReference:
        """A threshold for this metric as a number, where the band has it."""
        if isinstance(stated, OfReference) and metric == self.metric and stated.reference in self.not_above:
            return stated.times * self.not_above[stated.reference]
        return stated


class Noise(Part):
    """rubrics/<name>.noise.yaml: how far chance alone moves the reference."""

    runs: int = Field(gt=0)
    made_from: str = Field(description="hash of the solved notebook, and of what it was asked")
    criteria: dict[Name, Band]


def band_of(metric: str, errors: Sequence[float]) -> Band:
    """The band of these runs, without the levels for which they are too few.

    Of n runs the k-th smallest error is exceeded by a further run with the probability 1 - k / (n + 1), whatever the
    errors' distribution. So k is the smallest for which that is no more than is asked: 99 in 100 take 99 runs.

    Parameters
    ----------
    metric : *str*, its name
    errors : *n floats, the metric's unit*; infinite where a run had no error to measure

    Returns
    -------
    Band
        Its errors are rounded up, to four digits.

    Examples
    --------
    >>> band_of("mse", [float(n) for n in range(1, 20)]).not_above
    {50: 10.0, 90: 18.0, 95: 19.0}
    """
    ordered = sorted(errors)
    places = {level: math.ceil(level * (len(ordered) + 1) / 100) for level in LEVELS}
    found = {level: ordered[place - 1] for level, place in places.items() if place <= len(ordered)}
    return Band(metric=metric, not_above={level: _round_up(e) for level, e in found.items() if math.isfinite(e)})


def _round_up(value: float) -> float:
    """The nearest number of a few digits that is not below."""
    if value <= 0:
        return value
    text = f"{value:.{_DIGITS - 1}e}"
    if float(text) < value:
        unit = 10.0 ** (math.floor(math.log10(value)) - _DIGITS + 1)
        text = f"{float(text) + unit:.{_DIGITS - 1}e}"
    return float(text)


def noise_path(rubric: Path) -> Path:
    """Where the noise band of a rubric stands: beside it."""
    return rubric.with_suffix(".noise.yaml")


def read_noise(rubric: Path) -> Noise | None:
    """The noise band beside the rubric; None where nobody has measured it."""
    path = noise_path(rubric)
    return read_yaml(path, Noise) if path.exists() else None


def write_noise(rubric: Path, noise: Noise) -> Path:
    """Write the noise band beside the rubric, as people read it; the path."""
    head = f"# How far chance alone moves the reference's errors. Written by `grader calibrate {rubric.stem}`.\n"
    lines = yaml.safe_dump(noise.model_dump(), sort_keys=False, default_flow_style=None, width=100)
    path = noise_path(rubric)
    path.write_text(head + lines, encoding="utf-8")
    return path
