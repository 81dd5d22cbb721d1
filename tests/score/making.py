"""Small rubrics, runs and networks for the tests of score."""

from __future__ import annotations

from typing import Any

import numpy as np

from grader.model import Answer, Finding, NotebookFacts, Run
from grader.rubric import Rubric
from grader.score import score

GRID = np.linspace(-3.0, 3.0, 60)
CURVE = np.sin(2 * GRID) + 0.3 * GRID


def answered(value: Any) -> Answer:
    return Answer(status="answered", value=value)


def run_of(answers: dict[str, Answer] | None = None, **fields: Any) -> Run:
    return Run(key="k", sha256="s", answers=answers or {}, **{"end": "finished", "because": "", **fields})


MODELS_PROBE = {"models": {"names": ["model_1", "model_2", "model_3"]}, "predict": {"grid": [-3.0, 3.0, 60]}}
TRUTH_PROBE = {"evaluate": "f(x)", "ask": "reference", "reveal": True}


def rubric_of(
    expect: dict[str, Any],
    probe: dict[str, Any] | None = None,
    others: dict[str, Any] | None = None,
    **criterion: Any,
) -> Rubric:
    """A rubric of one criterion, `it`, on one probe, `asked`; `others` are the probes that it names besides."""
    return Rubric.model_validate(
        {
            "points": criterion.get("points", 4),
            "probes": {"asked": probe or {"variable": "slope"}, **(others or {})},
            "criteria": [
                {"id": "it", "says": "It is right.", "points": 4, "probe": "asked", "expect": expect, **criterion}
            ],
        }
    )


def find(
    expect: dict[str, Any],
    answer: Any,
    expected: Any = None,
    *,
    probe: dict[str, Any] | None = None,
    facts: NotebookFacts | None = None,
    **criterion: Any,
) -> Finding:
    """The finding on one answer; `expected` is the reference's answer to the same probe."""
    rubric = rubric_of(expect, probe, **criterion)
    answer = answer if isinstance(answer, Answer) else answered(answer)
    run = run_of({"asked": answer}, facts=facts or NotebookFacts())
    (finding,) = score(run, rubric, {} if expected is None else {"asked": answered(expected)})
    return finding


def network(name: str, predictions: Any = None, *, width: int = 16, **fields: Any) -> dict[str, Any]:
    """One network as the probe of models describes it; it has learned the curve unless told otherwise."""
    predictions = CURVE.copy() if predictions is None else predictions
    return {
        "name": name,
        "found": "by name",
        "class": "MLP",
        "layers": ["Linear", "Tanh", "Linear"],
        "parameters": 3 * width + 1,
        "shapes": [[width, 1], [width], [1, width], [1]],
        "predictions": predictions,
        "error": "",
        "untrained": np.zeros(60),
        "held_out": {"x": GRID[:, None], "y": CURVE.copy(), "predictions": predictions},
        **fields,
    }


def three(**fields: Any) -> list[dict[str, Any]]:
    """Three networks that differ, and that have all learned."""
    wiggle = np.cos(9 * GRID)
    return [network(f"model_{n}", CURVE + 0.01 * n * wiggle, width=8 * n, **fields) for n in (1, 2, 3)]


def models(*networks: dict[str, Any]) -> dict[str, Any]:
    return {"asked": ["model_1", "model_2", "model_3"], "models": list(networks)}


def find_on_models(
    expect: dict[str, Any], *networks: dict[str, Any], hidden: bool = False, **criterion: Any
) -> Finding:
    """The finding on these networks, where the probe `truth` gives the curve."""
    others = {"truth": TRUTH_PROBE} if "truth" in str(expect) else {}
    rubric = rubric_of(expect, {**MODELS_PROBE, "hidden": hidden}, others, **criterion)
    run = run_of({"asked": answered(models(*networks))})
    (finding,) = score(run, rubric, {"truth": answered(CURVE)})
    return finding
