"""One comment for everybody with the same known mistake: who made it, and what a person says to all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from grader.errors import UserError
from grader.files.suggestions import suggest
from grader.language import _
from grader.model import MistakeComment
from grader.report.criterion_tallies import SharedMistake, by_criterion, mistakes_of
from grader.review.decisions import read_standings
from grader.store.gradebook import Gradebook


@dataclass(frozen=True)
class CommentedCriterion:
    """One criterion in which somebody made a known mistake."""

    criterion: str
    says: str
    mistakes: tuple[SharedMistake, ...]


def find_mistakes(gradebook: Gradebook, name: str) -> tuple[CommentedCriterion, ...]:
    """The known mistakes of a class as it was scored last, by criterion, with what persons say of them."""
    found = by_criterion((standing.student, standing.folded) for standing in read_standings(gradebook, name))
    comments = gradebook.comments(name)
    criteria = [
        CommentedCriterion(criterion, next(iter(own.values())).says, mistakes_of(own.items(), comments))
        for criterion, own in found.items()
    ]
    return tuple(one for one in criteria if one.mistakes)


def say_comment(
    gradebook: Gradebook, name: str, criterion: str, diagnosis: str, text: str, *, who: str
) -> tuple[str, ...]:
    """Append a comment on a mistake, or take it back where `text` is empty; returns who reads it."""
    made = {(one.criterion, one.diagnosis): one for row in find_mistakes(gradebook, name) for one in row.mistakes}
    said = gradebook.comments(name)
    if not text and (criterion, diagnosis) not in said:
        raise UserError(_("there is no comment on this mistake"), remedy=_("Write one."))
    if text and (criterion, diagnosis) not in made:
        raise _nobody(name, criterion, diagnosis, made)
    comment = MistakeComment(
        assignment=name, criterion=criterion, diagnosis=diagnosis, text=text, who=who, when=datetime.now(UTC)
    )
    gradebook.add_comment(comment)
    return made[criterion, diagnosis].students if (criterion, diagnosis) in made else ()


def _nobody(name: str, criterion: str, diagnosis: str, made: Mapping[tuple[str, str], SharedMistake]) -> UserError:
    """Nobody has this mistake: what there is in its place."""
    own = [mistake for its, mistake in made if its == criterion]
    if own:
        return UserError(
            _("nobody has the mistake `{mistake}` in `{criterion}`", mistake=diagnosis, criterion=criterion),
            remedy=suggest(diagnosis, own),
        )
    criteria = list(dict.fromkeys(its for its, _mistake in made))
    if not criteria:
        return UserError(
            _("nobody has a known mistake in `{name}`", name=name), remedy=f"Score it: grader score {name}"
        )
    return UserError(
        _("nobody has a known mistake in `{criterion}`", criterion=criterion), remedy=suggest(criterion, criteria)
    )
