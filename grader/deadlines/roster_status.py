"""How a class stands on handing in: who is in, who is late, and whom to contact, each with what to do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.course.roster import Roster
from grader.deadlines.due_dates import HandedIn
from grader.deadlines.lateness import Terms, choose, find_step, measure_late_s, tell_duration, tell_moment
from grader.language import N_, Reason, _
from grader.model import EvidenceStep, Problem, Submission

State = Literal["in", "late", "to contact"]

KNOWN_BY: Mapping[EvidenceStep, str] = {
    "attachment": N_("came with a mail"),
    "upload": N_("uploaded"),
    "snapshot": N_("copied in time"),
    "revision": N_("from the file’s history"),
    "unchanged": N_("copied later, last changed in time"),
    "undated": N_("link in time, copied later"),
    "changed": N_("changed after the deadline, and no earlier copy: a person has to decide"),
    "unknown": N_("no time is known"),
}
NOTHING_SENT = Problem(
    "", "", _("We have nothing from you."), _("Send the link to your notebook, or the notebook itself."), ""
)


@dataclass(frozen=True)
class RosterStatus:
    """One row of the table."""

    student: str
    state: State
    notes: tuple[Reason, ...]
    problems: tuple[Problem, ...] = ()
    disputed: bool = False
    """a person has to say whether it was late"""

    @property
    def needs_a_person(self) -> bool:
        return self.disputed or self.state == "to contact"


def stand(handed_in: HandedIn, roster: Roster | None, problems: Iterable[Problem]) -> list[RosterStatus]:
    """Everybody in the roster, everybody who handed in, and every sender whom nobody knows; those to contact first."""
    own: dict[str, list[Problem]] = defaultdict(list)
    for problem in problems:
        own[problem.student or f"? {problem.called}"].append(problem)
    students = sorted({*(roster.names if roster else ()), *handed_in.submissions, *own})
    alike = _find_alike(handed_in.submissions)
    rows = [_stand(student, handed_in, own[student], alike.get(student, ())) for student in students]
    order: dict[State, int] = {"to contact": 0, "late": 1, "in": 2}
    return sorted(rows, key=lambda row: order[row.state])


def _stand(student: str, handed_in: HandedIn, problems: Sequence[Problem], alike: Iterable[Reason]) -> RosterStatus:
    told = tuple(problem.what + problem.remedy for problem in problems)
    submissions = handed_in.submissions.get(student)
    if not submissions:
        unsent = problems or (NOTHING_SENT,)
        return RosterStatus(student, "to contact", told or (_("Has sent nothing."),), tuple(unsent))
    terms = handed_in.terms[student]
    chosen = choose(submissions, terms)
    late_by_s = measure_late_s(chosen, terms)
    notes = [_tell(chosen, terms, late_by_s), *(chosen.evidence.flags if chosen.evidence else ()), *alike, *told]
    disputed = find_step(chosen, terms.closes) == "changed"
    return RosterStatus(student, "late" if late_by_s else "in", tuple(notes), tuple(problems), disputed)


def _tell(chosen: Submission, terms: Terms, late_by_s: float) -> Reason:
    step = _(KNOWN_BY[find_step(chosen, terms.closes)])
    if chosen.received is None:
        return _("No time is known.")
    when = tell_moment(chosen.received, terms.zone)
    if late_by_s:
        return _("{when}, {duration} late ({step}).", when=when, duration=tell_duration(late_by_s), step=step)
    return Reason("{when} ({step}).", {"when": when, "step": step})


def _find_alike(submissions: Mapping[str, Sequence[Submission]]) -> dict[str, list[Reason]]:
    """student -> a sentence for each notebook that others handed in, too: the same shared file, or the same bytes."""
    owners: dict[tuple[bool, str], dict[str, None]] = defaultdict(dict)
    for student, own in submissions.items():
        for submission in own:
            if submission.evidence and submission.evidence.file:
                owners[True, submission.evidence.file][student] = None
            owners[False, submission.sha256][student] = None
    found: dict[str, dict[Reason, None]] = defaultdict(dict)
    for (is_shared, _own), students in owners.items():
        for student in students:
            others = [other for other in students if other != student]
            if others:
                named = ", ".join(others[:3]) + (" …" if others[3:] else "")
                if is_shared:
                    told = _("The same shared notebook was handed in by {students}.", students=named)
                else:
                    told = _("The same file, byte for byte, was handed in by {students}.", students=named)
                found[student][told] = None
    return {student: list(sentences) for student, sentences in found.items()}
