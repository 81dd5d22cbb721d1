"""Drafts what is no function: variables, networks, plots and texts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from nbformat import NotebookNode

from grader.authoring.student_notebook import StudentNotebook
from grader.drafting.candidate_trial import CandidateTrial
from grader.drafting.candidates import Candidate
from grader.drafting.drafted import DraftedCriterion, name_for
from grader.drafting.solved_recording import Recording
from grader.files.notebook_ids import read_with_ids
from grader.language import _

_GROWS = re.compile(r"acc|score|f1|precision|recall|iou|psnr|r2", re.IGNORECASE)
_SHRINKS = re.compile(r"loss|err|mse|mae|rmse|distance", re.IGNORECASE)
_DRAWS = re.compile(r"\bplt\.|\.(?:plot|scatter|imshow|bar|hist|semilogy|loglog)\(")
_SPECIAL = re.compile(r"Conv|LSTM|GRU|RNN|Attention|Transformer|Embedding")
"""Layers by which a text names the kind of network that it asks for; all else is the student's choice."""

SPREADS = 3.0
"""What other seeds give may lie so many times as far beyond what was seen in a few runs."""

LEAST_MARGIN = 0.05
"""Of the value: a few seeds may give the same, and other honest ways to train do not."""

_LONGEST_GUIDE = 400


def draft_others(
    notebook: StudentNotebook, recording: Recording, trial: CandidateTrial, taken: Sequence[str]
) -> Iterator[DraftedCriterion]:
    """The criteria of all that students write besides functions."""
    cells = read_with_ids(trial.solved).cells
    theirs = "\n".join(cell.source for cell in read_with_ids(notebook.content).cells)
    candidates = [*_candidates(cells, notebook, recording, theirs)]
    names = [*taken]
    for kept in trial.keep(candidates):
        one = kept.candidate
        name = name_for(one.of, names)
        names.append(name)
        yield DraftedCriterion(name, one.says, 1, kept.expect, one.why, one.of, one.probe)
    for criterion in _texts(cells, notebook):
        name = name_for(criterion.id, names)
        names.append(name)
        yield DraftedCriterion(name, criterion.says, 1, criterion.expect, criterion.why, criterion.of)


def _candidates(
    cells: Sequence[NotebookNode], notebook: StudentNotebook, recording: Recording, theirs: str
) -> Iterator[Candidate]:
    for name, told in recording.variables.items():
        if not re.search(rf"\b{name}\b", theirs):
            continue  # students cannot know of it
        if name in recording.networks:
            yield from _network(name, recording)
        else:
            yield from _variable(name, told, recording)
    if any(cell.id in notebook.cells and _DRAWS.search(cell.source) for cell in cells):
        yield from _plots(recording.figures.value)


def _variable(name: str, told: Mapping[str, Any], recording: Recording) -> Iterator[Candidate]:
    probe = {"variable": name}
    says = str(_("{name} is what it should be.", name=name))
    chance = recording.by_chance.get(name)
    if chance is not None:
        numbers = [one for one in chance if one is not None]
        if len(numbers) == len(chance):
            bounds = _bounds(name, numbers)
            why = f"other seeds gave {min(numbers):.4g} to {max(numbers):.4g}; the bounds lie well beyond"
            yield Candidate(name, "variable", probe, why, {"number": bounds}, says)
        elif "shape" in told:
            why = "its numbers are chance"
            yield Candidate(name, "variable", probe, why, {"shape": told["shape"]}, says)
        return
    why = "students get its name, and it has the same value in each run"
    if told["kind"] in ("array", "tensor") and "value" in told:
        yield Candidate(name, "variable", probe, why, {"close": {"to": told["value"], "rtol": 1e-4}}, says)
    elif told["kind"] in ("array", "tensor") and told.get("finite"):
        code = f"[float(np.mean(np.asarray({name}, float))), float(np.std(np.asarray({name}, float)))]"
        why = "too large to be written: its mean and its spread, which are the same in each run"
        yield Candidate(name, "variable", {"evaluate": code}, why, None, says)
    elif told["kind"] == "plain" and isinstance(told["value"], float) and _is_measured(name):
        bounds = _bounds(name, [told["value"]])
        why = "the same with other seeds; the bound leaves room for other ways to train"
        yield Candidate(name, "variable", probe, why, {"number": bounds}, says)
    elif told["kind"] == "plain" and told["value"] is not None:
        value = told["value"]
        is_number = isinstance(value, float | int) and not isinstance(value, bool)
        expect = {"close": {"to": value, "rtol": 1e-4}} if is_number else {"value": value}
        yield Candidate(name, "variable", probe, why, expect, says)


def _is_measured(name: str) -> bool:
    return bool(_GROWS.search(name) or _SHRINKS.search(name))


def _bounds(name: str, numbers: Sequence[float]) -> dict[str, float]:
    """What chance leaves room for; on one side only where the name says which is the good one."""
    low, high = min(numbers), max(numbers)
    margin = max(SPREADS * (high - low), LEAST_MARGIN * max(abs(low), abs(high)))
    bounds = {"at_least": _digits(low - margin), "at_most": _digits(high + margin)}
    if _GROWS.search(name):
        del bounds["at_most"]
    elif _SHRINKS.search(name):
        del bounds["at_least"]
    return bounds


def _network(name: str, recording: Recording) -> Iterator[Candidate]:
    told = recording.networks[name]
    special = [layer for layer in told["layers"] if _SPECIAL.search(layer)]
    if special:
        code = f"sorted({{type(part).__name__ for part in {name}.modules()}} & {set(special)!r})"
        says = str(_("{name} is made of what the text asks for.", name=name))
        why = "its kind of network; take a layer out where the text leaves the choice"
        yield Candidate(f"{name}-layers", "network", {"evaluate": code}, why, {"value": special}, says)
    inputs = told["inputs"]
    if told.get("predictions"):
        yield from _fit(name, told, recording)
    elif inputs and inputs["kind"] == "tensor" and inputs["dtype"].startswith("float") and len(inputs["shape"]) > 1:
        size = ", ".join(map(str, inputs["shape"][1:]))
        code = f"list({name}.eval()(torch.zeros(2, {size})).shape)"
        says = str(_("{name} has one answer for each of its inputs.", name=name))
        why = "two inputs of the size that the notebook gives it"
        yield Candidate(name, "network", {"evaluate": code}, why, None, says)


def _fit(name: str, told: Mapping[str, Any], recording: Recording) -> Iterator[Candidate]:
    """How near it comes to what the solved notebook's network has learned: as far as other seeds do, and some more."""
    target = np.array(told["predictions"])
    if target.size != told["grid"][2]:
        return
    far = max((float(np.sqrt(np.mean((target - other) ** 2))) for other in recording.other_fits(name)), default=0.0)
    full = _digits(max(SPREADS * far, 0.05 * float(target.std())))
    probe = {"models": {"names": [name]}, "predict": {"grid": [_digits(one) for one in told["grid"][:2]] + [40]}}
    metric: dict[str, Any] = {"name": "rmse", "of": name, "to": [_digits(one) for one in told["predictions"]]}
    metric |= {"full": full, "none": _digits(max(float(target.std()), 3 * full))}
    says = str(_("{name} has learned what it should.", name=name))
    why = f"networks of other seeds lie up to {far:.3g} from these predictions of the solved notebook's"
    yield Candidate(name, "network", probe, why, {"metric": metric}, says)


def _plots(figures: Any) -> Iterator[Candidate]:
    """The plot that says most."""
    plots = [plot for figure in figures or () for plot in figure["plots"] if plot["draws"]]
    wanted = [_wanted(plot) for plot in plots]
    if wanted:
        most = max(wanted, key=len)
        says = str(_("You draw the plot, with all that makes it readable."))
        yield Candidate("plot", "variable", {"figures": {}}, "what the solved notebook draws", {"plot": most}, says)


def _wanted(plot: Mapping[str, Any]) -> dict[str, Any]:
    wanted: dict[str, Any] = {
        kind: {"at_least": plot[kind]} for kind in ("lines", "points", "bars", "pictures") if plot[kind]
    }
    if plot["title"]:
        wanted["title"] = True
    if plot["x_label"] and plot["y_label"]:
        wanted["labels"] = True
    if plot["legend"]:
        wanted["legend"] = True
    return wanted


def _texts(cells: Sequence[NotebookNode], notebook: StudentNotebook) -> Iterator[DraftedCriterion]:
    above = ""
    for cell in cells:
        if cell.id in notebook.texts:
            answer = " ".join(cell.source.split())[:_LONGEST_GUIDE]
            guide = f"The solved notebook says: {answer}"
            says = str(_("You answer in words: {question}", question=above or _("the question of the text")))
            why = "a person decides; the guide is what the person reads beside the answer"
            yield DraftedCriterion("words", says, 1, {"person": {"shows": "words", "guide": guide}}, why, "words")
        elif cell.cell_type == "markdown" and cell.source.strip():
            lines = [line.strip("#*_ ") for line in cell.source.splitlines() if line.strip("#*_ ")]
            above = lines[-1][:120] if lines else above


def _digits(number: float) -> float:
    return float(f"{number:.3g}")
