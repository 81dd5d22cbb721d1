"""Asks a notebook from within, and says what is met: by the modules that also ask and judge when it is graded."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from grader.execute.answers import ProbeQuestion, read_answer
from grader.inside import answering, plain
from grader.language import N_, NOTHING, Tongue, _, ngettext, speaking, write_decimals
from grader.model import Answer, Finding, Run
from grader.rubric import Rubric
from grader.score.findings import score

_MARKS = {"met": "●", "partly": "◐", "missed": "○", "unanswered": "·", "unscored": "?"}
_NAMES = {
    "met": N_("met"),
    "partly": N_("partly"),
    "missed": N_("missed"),
    "unanswered": N_("unanswered"),
    "unscored": N_("unscored"),
}


def run_checks(
    told: Mapping[str, Any], rubric: Rubric, left_out: int, namespace: Mapping[str, Any], tongue: Mapping[str, Any]
) -> str:
    """What the public criteria say of the notebook whose names these are, as a self-check prints it."""
    texts = {(context, text): tuple(forms) for context, text, forms in tongue["texts"]}
    with speaking(Tongue(tongue["code"], tongue["decimal_mark"], texts, tongue["plural"])):
        return _check(told, rubric, left_out, namespace)


def _check(told: Mapping[str, Any], rubric: Rubric, left_out: int, namespace: Mapping[str, Any]) -> str:
    answers = {name: _ask(name, asked, namespace) for name, asked in told["questions"].items()}
    expected = {name: Answer(status="answered", value=value) for name, value in told["expected"].items()}
    run = Run(key="", sha256="", end="finished", because=NOTHING, answers=answers)
    findings = score(run, rubric, expected, public_only=True)
    lines = [line for finding in findings for line in _say(finding)]
    earned = sum(finding.earned or 0.0 for finding in findings)
    possible = sum(finding.possible for finding in findings)
    points = _("{earned} of the {possible} points that can be checked here.", earned=earned, possible=possible)
    lines += ["", str(points)]
    if left_out:
        beside = ngettext(
            "{n} criterion is not checked here: for inputs that you do not see, the whole notebook, or a person.",
            "{n} criteria are not checked here: for inputs that you do not see, the whole notebook, or a person.",
            left_out,
        )
        lines.append(str(beside))
    return "\n".join(lines)


def _ask(name: str, asked: Mapping[str, Any], namespace: Mapping[str, Any]) -> Answer:
    """The notebook's answer, by way of the same bytes as when it is graded; it prints and changes nothing."""
    question = ProbeQuestion(name, asked["content"], tuple(asked["names"]), hidden=False, limit_s=asked["limit_s"])
    # Inputs are made anew, since a student's function may write into them.
    content, _arrays = plain.loads(plain.dumps(dict(question.content)))
    with _random_state_kept(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        told = answering.answer_bytes(content, namespace)
    return read_answer(question, told)


@contextlib.contextmanager
def _random_state_kept() -> Iterator[None]:
    """Probes set seeds: cells that are run again afterwards should not notice."""
    torch = answering.loaded_torch()
    states = random.getstate(), np.random.get_state(), torch and torch.random.get_rng_state()
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        if torch:
            torch.random.set_rng_state(states[2])


def _say(finding: Finding) -> Iterator[str]:
    earned = "?" if finding.earned is None else f"{finding.earned:.4g}"
    worth = write_decimals(f"{earned:>5} {_('of')} {finding.possible:<4g}")
    if not finding.possible:
        worth = f"{_('not counted')!s:<{len(worth)}}"
    begins = f"{_MARKS[finding.status]} {_(_NAMES[finding.status])!s:<12} {worth} "
    yield f"{begins}{finding.says}"
    if finding.status != "met":
        yield f"{' ' * len(begins)}{finding.because}"
