"""What judging one criterion needs, and what comes out of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from grader.language import Reason, _
from grader.model import Answer, Cause, Run
from grader.rubric import Criterion, Expect, Probe, Rubric


@dataclass(frozen=True)
class Verdict:
    """How far an expectation is met: from 0 to 1, or None where only a person can tell."""

    fraction: float | None
    because: Reason
    diagnosis: str | None = None
    """a known mistake, or one of the rubric's own"""
    status: Literal["unanswered"] | None = None
    measured: float | None = None
    """the error, where a metric has measured one"""
    cause: Cause | None = None
    """what the grader lacked, where it waits for that"""


def unscored(because: Reason) -> Verdict:
    """No mark: it is the grader's or the course's fault, or a person's turn."""
    return Verdict(None, because)


def unanswered(because: Reason) -> Verdict:
    """No points, because there is nothing to judge."""
    return Verdict(0.0, because, status="unanswered")


class _ReasonError(Exception):
    """Ends the judging of a criterion."""

    def __init__(self, reason: Reason) -> None:
        self.reason = reason
        super().__init__(reason)


class UnscoredError(_ReasonError):
    """Ends the judging of a criterion as `unscored`."""


class UnansweredError(_ReasonError):
    """Ends the judging of a criterion as `unanswered`."""


@dataclass(frozen=True)
class Evidence:
    """One criterion, beside everything that may speak for or against it."""

    criterion: Criterion
    run: Run
    rubric: Rubric
    expected: Mapping[str, Answer]
    public_only: bool = False
    """It is a self-check, which asks nothing hidden, and nothing with the reference's helpers."""
    option: Expect | None = None
    """The one that is looked at, of several expectations."""

    @property
    def probe(self) -> Probe | None:
        return self.rubric.probes[self.criterion.probe] if self.criterion.probe else None

    @property
    def tells(self) -> bool:
        """Whether a sentence may hold expected numbers and the probe's inputs."""
        names = [self.criterion.probe, *_named(getattr(self.expectation, "to", None))]
        probes = [self.rubric.probes[name] for name in names if name]
        return all(probe.reveal or not probe.hidden for probe in probes)

    @property
    def expectation(self) -> Any:
        return getattr(self.expect, self.expect.kind)

    @property
    def expect(self) -> Expect:
        return self.option or self.criterion.expect

    def answer(self) -> Answer:
        """The notebook's answer to the criterion's probe, however it ended."""
        if self.criterion.probe is None:
            raise UnscoredError(_("The rubric names no probe for this criterion; a person decides."))
        return self.answer_to(self.criterion.probe)

    def answer_to(self, probe: str) -> Answer:
        answer = self.run.answers.get(probe)
        if answer is None:
            raise UnscoredError(
                _("This run was not asked the probe {probe}; it waits until it is run again.", probe=f"`{probe}`")
            )
        return answer

    def answer_to_given(self) -> Answer | None:
        """Its answer with the reference's helpers; None where it was not asked so."""
        return self.run.answers.get(self.criterion.given_probe)

    def value(self) -> Any:
        """The value that the notebook answered; without one, the criterion is unanswered."""
        return value_of(self.answer())

    def target(self, to: Any) -> Any:
        """The expected value; without one, the criterion waits, since that is the course's fault."""
        if to == "reference" and self.criterion.probe:
            return self._reference(self.criterion.probe)
        names = _named(to)
        return self._reference(names[0]) if names else to

    def _reference(self, probe: str) -> Any:
        answer = self.expected.get(probe)
        if answer is None or answer.status != "answered":
            raise UnscoredError(
                _("The reference did not answer the probe {probe}: the instructor has to fix it.", probe=f"`{probe}`")
            )
        return answer.value


def value_of(answer: Answer) -> Any:
    """An answer's value; without one, the criterion is unanswered for the answer's own reason."""
    if answer.status != "answered":
        raise UnansweredError(reason_of(answer))
    return answer.value


def reason_of(answer: Answer) -> Reason:
    """Why there is no value."""
    return answer.because or _("The notebook did not answer.")


def _named(to: Any) -> list[str]:
    """The probe that a target `{probe: name}` names."""
    return [str(to["probe"])] if isinstance(to, dict) and set(to) == {"probe"} else []
