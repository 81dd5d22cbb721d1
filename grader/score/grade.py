"""Folds findings with what people decided: the last decision on a criterion is the one that counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from grader.language import _, verbatim
from grader.model import Finding, MistakeComment, Override, Status


def fold(findings: Sequence[Finding], overrides: Sequence[Override]) -> tuple[Finding, ...]:
    """The findings with each overridden one replaced; overrides are in the order in which they were made."""
    standing, outdated = find_standing(findings, overrides), find_outdated(findings, overrides)
    return tuple(
        _waiting(finding, outdated[finding.criterion])
        if finding.criterion in outdated
        else _overridden(finding, standing.get(finding.criterion))
        for finding in findings
    )


def find_comments(
    findings: Sequence[Finding], comments: Mapping[tuple[str, str], MistakeComment]
) -> tuple[MistakeComment, ...]:
    """What persons say of the mistakes that these findings name, of (criterion, diagnosis) -> comment."""
    named = [(finding.criterion, finding.mistake or "") for finding in findings]
    return tuple(comments[mistake] for mistake in named if mistake in comments)


def find_standing(findings: Sequence[Finding], overrides: Sequence[Override]) -> dict[str, Override]:
    """criterion -> the decision that counts: the last one, unless it takes others back or is on other work."""
    of = {finding.criterion: finding for finding in findings}
    last = _last_of(overrides).items()
    return {name: override for name, override in last if name not in of or _holds(override, of[name])}


def find_outdated(findings: Sequence[Finding], overrides: Sequence[Override]) -> dict[str, Override]:
    """criterion -> the last decision, where it is on other work than the finding, and gave other points."""
    last = _last_of(overrides)
    return {
        finding.criterion: last[finding.criterion]
        for finding in findings
        if finding.criterion in last
        and not _holds(last[finding.criterion], finding)
        and last[finding.criterion].earned != finding.earned
    }


def _last_of(overrides: Sequence[Override]) -> dict[str, Override]:
    last = {override.criterion: override for override in overrides}
    return {criterion: override for criterion, override in last.items() if override.earned is not None}


def _holds(override: Override, finding: Finding) -> bool:
    """Whether what was judged is what is there now; where either is not known, as in old gradebooks, it is.

    Points above what the criterion is worth today were given under another rubric: a part of them could be all of it.
    """
    if override.earned is not None and override.earned > finding.possible:
        return False
    return not override.judged or not finding.judged or not set(override.judged).isdisjoint(finding.judged)


def _waiting(finding: Finding, override: Override) -> Finding:
    earned = override.earned or 0.0
    if earned > finding.possible:
        because = _(
            "A person gave {earned} points, and this criterion is now worth {possible}: a person looks again.",
            earned=earned,
            possible=finding.possible,
        )
    else:
        because = _(
            "A person decided on earlier work: {earned} of {possible} points. This work differs, so a person looks "
            "again.",
            earned=earned,
            possible=finding.possible,
        )
    return finding.model_copy(update={"status": "unscored", "earned": None, "because": because})


def _overridden(finding: Finding, override: Override | None) -> Finding:
    if override is None or override.earned is None:
        return finding
    earned = max(override.earned, 0.0)
    status: Status = finding.status
    if finding.possible or finding.earned is None:  # of 0 points none say whether it is met: the finding does
        status = "met" if earned == finding.possible else "missed" if earned == 0 else "partly"
    told = (
        _("{who} gave {earned} of {possible} points.", who=override.who, earned=earned, possible=finding.possible)
        if finding.possible
        else _("{who} looked at this.", who=override.who)
    )
    because = verbatim(override.comment) or told
    # Who gives all points says that there is no mistake.
    diagnosis = finding.diagnosis if status != "met" else None
    return finding.model_copy(update={"status": status, "earned": earned, "because": because, "diagnosis": diagnosis})
