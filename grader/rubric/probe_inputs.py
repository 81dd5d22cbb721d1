"""Makes the inputs that a rubric describes, each student's own where it says so: the same student, the same input."""

from __future__ import annotations

import hashlib
from typing import Any, Literal

import numpy as np

from grader.rubric import ArrayLiteral, Grid, Made, Random, Scene
from grader.rubric.scenes import SCENES


def make_input(value: Any, student: str, argument: str) -> Any:
    """A plain value as it is; a made one as its array, a tensor marked as such."""
    if not isinstance(value, Grid | ArrayLiteral | Random | Scene):
        return value
    array = make_array(value, student, argument)
    return {"tensor": array.astype(np.float32)} if value.as_ == "tensor" else array


def make_array(made: Made, student: str, argument: str) -> np.ndarray[Any, Any]:
    """The array that a rubric describes, for one student and one argument of a probe."""
    match made:
        case Grid(grid=(first, last, count)):
            return np.linspace(first, last, count)
        case ArrayLiteral():
            return np.asarray(made.array, dtype=made.dtype)
        case Random():
            generator = _seeded(made.seed, student, argument)
            if made.random == "normal":
                return generator.standard_normal(made.shape)
            return generator.uniform(*made.between, made.shape)
        case Scene():
            gray = SCENES[made.scene](*made.size, _seeded(made.seed, student, argument))
            return (gray.round().clip(0, 255) if made.dtype == "uint8" else gray).astype(made.dtype)


def _seeded(seed: int | Literal["student"], student: str, argument: str) -> np.random.Generator:
    if seed == "student":
        digest = hashlib.sha256(f"{student}\0{argument}".encode()).digest()
        return np.random.default_rng(int.from_bytes(digest[:8]))
    return np.random.default_rng(seed)
