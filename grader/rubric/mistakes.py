"""The known mistakes: what scoring can tell on the numbers, and `partly` can give a share of the points for."""

from __future__ import annotations

from typing import Literal, get_args

Mistake = Literal[
    "up-to-scale",
    "not-normalised",
    "offset",
    "sign",
    "transposed",
    "swapped",
    "shifted",
    "border",
    "reversed",
    "reordered",
    "extra-rows",
    "missing-rows",
    "channels-reversed",
    "degrees-for-radians",
    "radians-for-degrees",
    "whole-turns",
    "rounded",
    "overflow-uint8",
    "wrong-shape",
    "constant",
    "nan",
    "ignored-argument",
    "changed-argument",
    "hard-coded",
    "linear",
    "not-trained",
    "alike",
    "diverged",
    "never-stepped",
    "other-parameters",
    "overlap",
    "output-scale",
    "memorised",
    "broadcast-loss",
    "sum-for-mean",
    "root-of-mse",
]

MISTAKES: tuple[Mistake, ...] = get_args(Mistake)
