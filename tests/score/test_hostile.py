"""Whatever a notebook answers: every criterion has a finding, in its bounds, and hidden ones keep their secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from grader.language import verbatim
from grader.model import Answer, NotebookFacts
from grader.rubric import Rubric
from grader.score import score

from .making import CURVE, GRID, MODELS_PROBE, TRUTH_PROBE, answered, find, models, network, rubric_of, run_of, three

EVERY_EXPECTATION: list[dict[str, Any]] = [
    {"value": [1, {"a": True}]},
    {"close": {}},
    {"close": {"up_to": "scale"}},
    {"close": {"up_to": "column-signs"}},
    {"close": {"up_to": "half-turn", "unit": "degrees"}},
    {"close": {"to": {"x": [1.0, 2.0], "y": 3.0}}},
    {"close": {"to": [[1.0], [2.0, 3.0]], "rtol": 1e300}},
    {"number": {"at_least": 0.5, "at_most": 1.0}},
    {"shape": [None, 2]},
    {"type": ["float", "array"]},
    {"text": {"contains": ["a"], "matches": "b+"}},
    {"raises": "ValueError"},
    {"count": {"at_least": 1, "at_most": 2}},
    {"count": {"of": "models", "at_least": 1}},
    {"count": {"of": "models", "at_least": 5, "in_proportion": True}},
    {"either": [{"close": {}}, {"value": "yes"}, {"raises": "ValueError"}]},
    {"count": {"of": "words", "at_least": 1}},
    {"metric": {"name": "max-error", "full": 0.1, "none": 1.0}},
    {"person": {"shows": "answer"}},
]

MODEL_EXPECTATIONS: list[dict[str, Any]] = [
    *({"metric": {"name": "mse", "of": of, "to": {"probe": "truth"}, "full": 0.1, "none": 1.0}}
      for of in ("best", "worst", "mean", "model_1", None)),
    {"distinct": {}},
    {"nonlinear": {}},
    {"trained": {"to": {"probe": "truth"}}},
    {"built": {"has": ["Tanh"], "has_not": ["Dropout"], "parameters": 49}},
    {"table": {"of": "models"}},
]  # fmt: skip


def rubric_of_everything(*, hidden: bool = False) -> Rubric:
    criteria = [
        *({"probe": "asked", "expect": expect} for expect in EVERY_EXPECTATION),
        *({"probe": "models", "expect": expect} for expect in MODEL_EXPECTATIONS),
        {"probe": "asked", "expect": {"table": {"of": "models"}}},
        {"expect": {"reproduced": {}}},
        {"expect": {"person": {"shows": "words"}}},
    ]
    return Rubric.model_validate(
        {
            "points": len(criteria),
            "probes": {
                "asked": {"call": "f", "with": {"x": 7391}, "hidden": hidden},
                "models": {**MODELS_PROBE, "hidden": hidden},
                "truth": {**TRUTH_PROBE, "reveal": not hidden, "hidden": hidden},
            },
            "criteria": [
                {"id": f"c{n}", "says": "It is right.", "points": 1, **each} for n, each in enumerate(criteria)
            ],
        }
    )


RUBRIC = rubric_of_everything()

KINDS = [*"?bBhHiIqQefdgFDUSm", "M8[s]"]
SHAPES = [(), (0,), (2,), (60,), (3, 0, 2)]

a_number = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.sampled_from([1, 2.0, -(10**400)]))
an_array = st.one_of(
    st.builds(np.zeros, st.sampled_from(SHAPES), st.sampled_from(KINDS)),
    arrays.arrays(np.float64, st.sampled_from([(), (2,), (2, 2), (60,)])),
)
a_tree = st.recursive(
    st.one_of(a_number, an_array, st.text(st.characters(codec=None), max_size=9)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["x", "y", "a\ud800", "model_1", "parameters", "held_out_loss"]), inner),
    ),
    max_leaves=6,
)


def mostly(usual: st.SearchStrategy) -> st.SearchStrategy:
    return st.one_of(usual, usual, usual, a_tree)


def line(slope: float) -> np.ndarray:
    """A steep one overflows where it is made; where it is judged, nothing may."""
    with np.errstate(over="ignore", invalid="ignore"):
        return slope * GRID


a_network = st.fixed_dictionaries(
    {
        "name": st.one_of(st.just("model_1"), st.text(st.characters(codec=None))),
        "layers": mostly(st.lists(st.sampled_from(["Linear", "Tanh"]), max_size=3)),
        "shapes": mostly(st.lists(st.lists(st.integers(0, 9), max_size=2), max_size=3)),
    },
    optional={
        "found": st.sampled_from(["by name", "by type", None, 3]),
        "class": a_tree,
        "parameters": a_number,
        "predictions": mostly(st.one_of(an_array, st.floats().map(line))),
        "untrained": an_array,
        "error": mostly(st.text()),
        "held_out": mostly(st.fixed_dictionaries({"y": an_array, "predictions": an_array})),
    },
)
some_models = st.fixed_dictionaries({"asked": mostly(st.lists(st.text())), "models": st.lists(a_network, max_size=3)})
statuses = st.sampled_from(["answered", "answered", "answered", "missing", "raised", "stopped", "unusable"])


def check(findings: tuple) -> None:
    for finding in findings:
        assert (finding.earned is None) == (finding.status == "unscored")
        assert finding.earned is None or 0.0 <= finding.earned <= finding.possible
        assert str(finding.because).endswith((".", "…"))
        str(finding.because).encode("utf-8")
        finding.model_dump_json()


@given(a_tree, some_models, statuses)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_is_answered_every_criterion_has_a_finding_in_its_bounds(tree, networks, status):
    asked = Answer(status=status, value=tree, because=verbatim("It ended so."))
    run = run_of({"asked": asked, "models": Answer(status=status, value=networks, because=verbatim("It ended so."))})
    expected = {"asked": answered(np.array([1.0, 2.0])), "truth": answered(CURVE)}
    findings = score(run, RUBRIC, expected)
    assert len(findings) == len(RUBRIC.criteria)
    assert not [str(finding.because) for finding in findings if "The grader failed" in str(finding.because)]
    check(findings)


@given(a_tree, some_models)
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_whatever_the_reference_answers_the_student_is_never_given_points_by_accident(tree, networks):
    run = run_of({"asked": answered([1.0, 2.0]), "models": answered(models(*three()))})
    check(score(run, RUBRIC, {"asked": answered(tree), "truth": answered(tree)}))
    check(score(run, RUBRIC, {"asked": answered(networks), "truth": answered(networks)}))


def nested(depth: int) -> list:
    tree: list = []
    for _ in range(depth):
        tree = [tree]
    return tree


@pytest.mark.parametrize(
    "value", [nested(200), nested(50_000), [0] * 1_000_000, "a" * 10_000_000, {"a": nested(900)}, [10**5000]]
)
def test_deep_and_long_answers_are_judged(value):
    run = run_of({"asked": answered(value), "models": answered({"models": value})})
    findings = score(run, RUBRIC, {"asked": answered(np.array([1.0, 2.0])), "truth": answered(CURVE)})
    check(findings)
    assert all(len(str(finding.because)) < 2_000 for finding in findings)


def test_an_empty_array_that_claims_endless_rows_is_wrong_and_is_never_written_out():
    endless = np.zeros((1 << 40, 0))
    assert find({"value": []}, endless).status == "missed"
    assert (
        str(find({"count": {"at_least": 5}}, endless).because) == "There are 0 items, but at least 5 should be there."
    )


def test_names_of_the_students_cannot_carry_markup_or_hidden_signs():
    finding = find(
        {"count": {"of": "models", "at_least": 1}},
        models(network("a`b\u202e\x00\n" + "c" * 500, found="by type")),
        probe=MODELS_PROBE,
    )
    assert str(finding.because) == (
        f"There is 1 network. There is no `model_1`, `model_2` or `model_3`; taken by type: `a�b�� {'c' * 34}…`."
    )


# ---- secrets --------------------------------------------------------------------------------------------------------

HIDDEN = rubric_of_everything(hidden=True)

secrets = st.integers(1010, 9980).map(lambda tenths: tenths / 10)


def leading(value: float) -> str:
    """The first three digits of a number, as any sentence that tells it would show them."""
    return f"{value:.3g}"


@given(
    st.lists(secrets, min_size=2, max_size=8),
    st.sampled_from(["right", "off", "short", "moved", "scaled", "nan", "text", "shifted", "constant", "single"]),
)
@settings(deadline=None)
def test_hidden_criteria_never_show_an_expected_value_or_an_input(values, slip):
    expected = np.array(values)
    answer = {
        "right": expected,
        "moved": expected + 5,
        "off": np.zeros_like(expected),
        "short": expected[:-1] * 0,
        "scaled": 2 * expected,
        "nan": expected * np.nan,
        "text": "wrong",
        "shifted": np.roll(expected, 1),
        "constant": np.full_like(expected, 5.0),
        "single": 0,
    }[slip]
    for expect in ({"close": {}}, {"close": {"to": expected.tolist()}}, {"value": expected.tolist()},
                   {"close": {"to": {"x": expected.tolist()}}}, {"shape": [7391, 7391]}):  # fmt: skip
        sentence = str(find(expect, answer, expected, probe={"call": "f", "with": {"x": 7391}, "hidden": True}).because)
        assert "7391" not in sentence
        digits = re.sub(r"[^0-9 ]", "", sentence.replace("256", ""))
        assert not any(leading(value) in digits for value in values), sentence


@pytest.mark.parametrize(
    "expect", [{"close": {}}, {"shape": [3]}, {"metric": {"name": "mse", "full": 0.1, "none": 1.0}},
               {"count": {"at_least": 2}}],
)  # fmt: skip
def test_a_hidden_answer_cannot_tell_its_input_by_its_shape(expect):
    probe = {"call": "f", "with": {"x": 7391}, "hidden": True}
    sentence = str(find(expect, np.zeros((7391, 0, 7391)), np.array([1.0, 2.0]), probe=probe).because)
    assert "7391" not in sentence


def test_an_open_probe_does_not_tell_the_answer_to_a_hidden_one():
    secret = {"variable": "key", "hidden": True}
    rubric = rubric_of({"close": {"to": {"probe": "secret"}}}, {"variable": "slope"}, {"secret": secret})
    (finding,) = score(run_of({"asked": answered(1.0)}), rubric, {"secret": answered(7.391)})
    assert str(finding.because) == "`slope` is not the expected one."


def test_hidden_networks_do_not_show_the_inputs_that_they_failed_on():
    silent = network("model_1", error="ValueError: -2.9875 is no input of mine")
    silent["predictions"] = None
    run = run_of({"asked": answered(0), "models": answered(models(silent))}, facts=NotebookFacts())
    for finding in score(run, HIDDEN, {"asked": answered(7.391), "truth": answered(CURVE)}):
        assert "2.9875" not in str(finding.because)


# ---- purity ---------------------------------------------------------------------------------------------------------


def test_score_imports_neither_kernels_nor_torch_nor_the_rest_of_the_grader():
    code = "import sys, grader.score, grader.score.reproduction; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "nbclient", "jupyter_client", "IPython", "sqlalchemy", "cv2"} & set(loaded)
    ours = {name for name in loaded if name.startswith("grader.") and not name.startswith("grader.score")}
    rooms = {name.removeprefix("grader.").split(".")[0] for name in ours}
    assert rooms == {"errors", "files", "language", "model", "rubric"}


def test_scoring_twice_gives_the_same_and_changes_nothing():
    run = run_of({"asked": answered(np.array([1.0, 2.5])), "models": answered(models(*three()))})
    expected = {"asked": answered(np.array([1.0, 2.0])), "truth": answered(CURVE)}
    before = [np.copy(run.answers["asked"].value), np.copy(GRID)]
    assert score(run, RUBRIC, expected) == score(run, RUBRIC, expected)
    assert np.array_equal(before[0], run.answers["asked"].value)
