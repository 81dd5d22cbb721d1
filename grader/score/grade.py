"""Folds findings with what people decided: the last decision on a criterion is the one that counts."""

from __future__ import annotations

from collections.abc import Sequence

from grader.language import _, write_number
from grader.model import Finding, Override, Status


def fold(findings: Sequence[Finding], overrides: Sequence[Override]) -> tuple[Finding, ...]:
    """The findings with each overridden one replaced; overrides are in the order in which they were made."""
    decided = find_standing(overrides)
    return tuple(_overridden(finding, decided.get(finding.criterion)) for finding in findings)


def find_standing(overrides: Sequence[Override]) -> dict[str, Override]:
    """criterion -> the decision that counts: the last one, where it does not take back those before it."""
    last = {override.criterion: override for override in overrides}
    return {criterion: override for criterion, override in last.items() if override.earned is not None}


def _overridden(finding: Finding, override: Override | None) -> Finding:
    if override is None or override.earned is None:
        return finding
    # Points above what a criterion is worth are a slip of the pen or of a later rubric: no grade passes its total.
    earned = min(max(override.earned, 0.0), finding.possible)
    status: Status = "met" if earned == finding.possible else "missed" if earned == 0 else "partly"
    because = override.comment or _(
        "{who} gave {earned} of {possible} points.",
        who=override.who,
        earned=write_number(earned),
        possible=write_number(finding.possible),
    )
    return finding.model_copy(update={"status": status, "earned": earned, "because": because})
