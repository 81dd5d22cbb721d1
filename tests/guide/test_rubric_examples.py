"""The criteria that the guide's page on rubrics shows are right, and judge answers as the page says."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from grader.model import NotebookFacts, Run
from grader.rubric import Rubric, probes_of
from grader.score import score
from tests.guide.examples import blocks
from tests.score.making import answered

CRITERIA = {one["id"]: one for block in blocks("rubric", "yaml") for one in yaml.safe_load(block)}


def rubric_with(criterion):
    """A rubric of one criterion of the guide, with a probe of each name that it uses."""
    rubric = {"points": criterion["points"], "criteria": [criterion], "reference": ["course"]}
    names, known = {criterion["probe"]}, {}
    while names - known.keys():
        known |= {name: {"call": "f"} for name in names}
        rubric["probes"] = known
        try:
            return Rubric.model_validate(rubric)
        except ValueError as error:
            names |= {str(error).split("uses the probe `")[1].split("`")[0]}
    raise AssertionError(criterion)


@pytest.mark.parametrize("name", CRITERIA)
def test_a_criterion_of_the_guide_is_one(name):
    (criterion,) = rubric_with(CRITERIA[name]).criteria
    assert criterion.id == name


@pytest.mark.parametrize(
    ("name", "answer", "expected", "earned"),
    [
        ("accuracy", 0.9, {}, 2),
        ("accuracy", 0.89, {}, 0),
        ("accuracy", 93, {}, 0),
        ("homography", [[-0.5, 0.0], [0.0, -1.0]], {"corners": [[1.0, 0.0], [0.0, 2.0]]}, 3),
        ("homography", [[-0.5, 0.0], [0.0, 1.0]], {"corners": [[1.0, 0.0], [0.0, 2.0]]}, 0),
        ("no_corner", np.empty((0, 2)), {}, 1),
        ("no_corner", None, {}, 1),
        ("no_corner", [[3, 4]], {}, 0),
        ("direction", 30.4, {"from_y": 60}, 2),
        ("direction", 209.6, {"from_y": 60}, 1),
        ("direction", 60, {"from_y": 60}, 0),
        ("direction", "unclear", {"from_y": 60}, None),
    ],
)
def test_a_criterion_of_the_guide_judges_as_the_page_says(name, answer, expected, earned):
    rubric = rubric_with(CRITERIA[name])
    asked = rubric.criteria[0].probe
    run = Run(key="k", sha256="s", answers={asked: answered(answer)}, end="finished", because="", facts=NotebookFacts())
    known = {probe: answered(expected.get(probe)) for probe in probes_of(rubric.criteria[0])}
    (finding,) = score(run, rubric, known)
    assert finding.earned == earned
