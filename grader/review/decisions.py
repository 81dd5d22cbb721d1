"""A person's decisions: points that were checked, appended to the gradebook, and taken back by one more."""

from __future__ import annotations

import getpass
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from grader.errors import UserError
from grader.files.suggestions import suggest
from grader.language import _, ngettext
from grader.model import Finding, Override
from grader.score.grade import find_outdated, find_standing, fold
from grader.store.gradebook import Gradebook


@dataclass(frozen=True)
class Standing:
    """A student's findings as they were scored last, and what persons decided on them, oldest first."""

    student: str
    run_key: str
    findings: tuple[Finding, ...]
    overrides: tuple[Override, ...]

    @property
    def folded(self) -> tuple[Finding, ...]:
        return fold(self.findings, self.overrides)

    @property
    def decided(self) -> dict[str, Override]:
        """criterion -> the decision that counts."""
        return find_standing(self.findings, self.overrides)

    @property
    def outdated(self) -> dict[str, Override]:
        """criterion -> the decision on earlier work, which waits for a person again."""
        return find_outdated(self.findings, self.overrides)


@dataclass(frozen=True)
class Decision:
    """Overrides that were made at once, each beside the decision that it took the place of."""

    made: tuple[Override, ...]
    before: tuple[Override | None, ...]


def read_standings(gradebook: Gradebook, name: str) -> list[Standing]:
    """Every student of an assignment or exam who has been scored."""
    overrides: dict[str, list[Override]] = {}
    for override in gradebook.overrides(name):
        overrides.setdefault(override.student, []).append(override)
    return [
        Standing(score.student, score.run_key, score.findings, tuple(overrides.get(score.student, ())))
        for score in gradebook.scores(name)
    ]


def find_finding(gradebook: Gradebook, name: str, student: str, criterion: str) -> tuple[Standing, Finding]:
    """The finding that a decision would be on, or a UserError that names what there is."""
    standings = {standing.student: standing for standing in read_standings(gradebook, name)}
    if not standings:
        raise UserError(f"nothing of `{name}` has been scored", remedy=f"Score it first: grader score {name}")
    standing = standings.get(student)
    if standing is None:
        raise UserError(f"`{student}` has no score in `{name}`", remedy=suggest(student, standings))
    findings = {finding.criterion: finding for finding in standing.findings}
    if criterion not in findings:
        raise UserError(f"`{name}` has no criterion `{criterion}`", remedy=suggest(criterion, findings))
    return standing, findings[criterion]


def read_points(text: str, possible: float) -> float:
    """The points that a person wrote, from 0 to what the criterion is worth."""
    try:
        points = float(text.strip().replace(",", "."))
    except ValueError:
        points = math.nan
    if not 0 <= points <= possible:  # also where they are no number
        raise UserError(
            _("“{text}” is no number of points here", text=text.strip()),
            remedy=_("Give a number from 0 to {most}.", most=possible),
        )
    return points


def find_user() -> str:
    """The name under which this user is logged in: who decides, where nothing else is said."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError) as error:  # a user without a name, as in some containers
        raise UserError("this user has no name", remedy="Say who decides: --who NAME") from error


def decide(gradebook: Gradebook, overrides: Sequence[Override]) -> Decision:
    """Append decisions that belong together, all of them or none."""
    standing = {name: _standing_of(gradebook, name) for name in {override.assignment for override in overrides}}
    before = tuple(standing[one.assignment].get((one.student, one.criterion)) for one in overrides)
    gradebook.add_overrides(overrides)
    return Decision(tuple(overrides), before)


def take_back(gradebook: Gradebook, decision: Decision, *, who: str, when: datetime) -> tuple[Override, ...]:
    """Append what restores the state before a decision; refused where somebody has decided again since."""
    standing = {name: _standing_of(gradebook, name) for name in {made.assignment for made in decision.made}}
    for made in decision.made:
        now = standing[made.assignment].get((made.student, made.criterion))
        if _said(now) != _said(made):
            by = now.who if now else _("another person")
            raise UserError(
                _(
                    "`{criterion}` of {student} has been decided again since, by {who}",
                    criterion=made.criterion,
                    student=made.student,
                    who=by,
                ),
                remedy=_("Open it, and decide what counts."),
            )
    restored = tuple(
        _restore(made, before, who, when) for made, before in zip(decision.made, decision.before, strict=True)
    )
    gradebook.add_overrides(restored)
    return restored


def _said(override: Override | None) -> tuple[float, str] | None:
    """What a decision says; None where it takes others back, as where there is none."""
    return None if override is None or override.earned is None else (override.earned, override.comment)


def _restore(made: Override, before: Override | None, who: str, when: datetime) -> Override:
    earned = made.earned
    points = _("nothing") if earned is None else ngettext("{points} point", "{points} points", earned, points=earned)
    update = {
        "earned": before.earned if before else None,
        "comment": before.comment if before else "",
        "judged": before.judged if before else made.judged,
        "who": who,
        "when": when,
        "why": str(_("Taken back: {points} by {who}.", points=points, who=made.who)),
    }
    return made.model_copy(update=update)


def _standing_of(gradebook: Gradebook, name: str) -> dict[tuple[str, str], Override]:
    """(student, criterion) -> the decision that counts."""
    last = {(override.student, override.criterion): override for override in gradebook.overrides(name)}
    return {key: override for key, override in last.items() if override.earned is not None}
