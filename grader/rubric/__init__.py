"""What a rubric may say: probes, criteria and expectations, as data.

Probes say what to ask of a notebook, criteria what an answer is worth. This package holds their form only: how a probe
is asked stands in `inside/`, how an expectation is judged in `score/`.
"""

from grader.rubric.criteria import Criterion, OwnMistake, Rubric, probes_of, read_rubric, with_thresholds
from grader.rubric.expectations import (
    Built,
    Close,
    Count,
    Distinct,
    Expect,
    Metric,
    Nonlinear,
    NumberBounds,
    OfReference,
    Person,
    Plot,
    Reproduced,
    Split,
    Table,
    Target,
    Text,
    Trained,
)
from grader.rubric.input_forms import ArrayLiteral, Grid, Made, Random, Scene
from grader.rubric.mistakes import MISTAKES, Mistake
from grader.rubric.noise import LEVELS, Band, Noise, band_of, noise_path, read_noise, write_noise
from grader.rubric.parts import Name, Part
from grader.rubric.probes import Drawing, ModelSelection, Probe

__all__ = [
    "LEVELS",
    "MISTAKES",
    "ArrayLiteral",
    "Band",
    "Built",
    "Close",
    "Count",
    "Criterion",
    "Distinct",
    "Drawing",
    "Expect",
    "Grid",
    "Made",
    "Metric",
    "Mistake",
    "ModelSelection",
    "Name",
    "Noise",
    "Nonlinear",
    "NumberBounds",
    "OfReference",
    "OwnMistake",
    "Part",
    "Person",
    "Plot",
    "Probe",
    "Random",
    "Reproduced",
    "Rubric",
    "Scene",
    "Split",
    "Table",
    "Target",
    "Text",
    "Trained",
    "band_of",
    "noise_path",
    "probes_of",
    "read_noise",
    "read_rubric",
    "with_thresholds",
    "write_noise",
]
