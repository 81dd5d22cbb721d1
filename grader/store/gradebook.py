"""The gradebook: what was handed in, how it was scored, and what people decided, all of it as events.

Nothing is kept beside the events. Even for 10,000 submissions the index on whose an event is answers in
milliseconds, so that a table of last scores, or of runs, would only be a second truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from grader.course.course_grade import CourseGrade
from grader.errors import UserError
from grader.language.old_prose import OLD
from grader.model import Extension, Finding, LateRuling, MistakeComment, Noun, Override, Problem, Run, Submission
from grader.store.event_log import Event, Kind
from grader.store.migrations import open_log

Kept = TypeVar("Kept", bound=Noun)
_KEPT_OF_SUBMISSION = {"student", "assignment", "sha256", "source", "received", "evidence"}

_PROBLEMS = TypeAdapter(list[Problem])


@dataclass(frozen=True)
class Key:
    """One version of an exam that was scored by: its hash, the exam as JSON, and since when."""

    sha256: str
    exam: str
    first_used: datetime


@dataclass(frozen=True)
class Score:
    """A submission's findings, and the run that they were made from."""

    student: str
    run_key: str
    findings: tuple[Finding, ...]


class Gradebook:
    """The gradebook of a work folder: nouns in and out, each as an event."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.log = open_log(path)

    # ---- what was handed in, and what was made of it ----------------------------------------------------------------

    def add_submissions(self, submissions: Sequence[Submission]) -> int:
        """Append what is not there yet; returns how many were new.

        What has a time is known by its bytes and its time. What has none, as in a folder, is new where a student's last
        one has other bytes: the same bytes handed in again after others count again.
        """
        with self.log.writing():
            known, last = set(), {}
            for assignment in {submission.assignment for submission in submissions}:
                for one in self.submissions(assignment):
                    known.add((assignment, one.student, one.sha256, one.received))
                    last[assignment, one.student] = one.sha256
            new = []
            for one in submissions:
                owner = (one.assignment, one.student)
                what = (*owner, one.sha256, one.received)
                if (what in known) if one.received else (last.get(owner) == one.sha256):
                    continue
                known.add(what)
                last[owner] = one.sha256
                data = one.model_dump(mode="json", include=_KEPT_OF_SUBMISSION)
                new.append(Event("submission", *owner, data))
            self.log.append(new)
        return len(new)

    def submissions(self, assignment: str) -> list[Submission]:
        """Every one that was collected, oldest first; which of a student's counts is judged by the deadline."""
        return [_read(Submission, event.data) for event in self.log.read("submission", assignment)]

    def add_run(self, submission: Submission, run_key: str) -> None:
        """Note which run was made of a submission; the last one noted is the one that is scored."""
        with self.log.writing():
            own = self.log.read("run", submission.assignment, submission.student)
            data = {"sha256": submission.sha256, "run_key": run_key}
            if [event.data for event in own if event.data["sha256"] == submission.sha256][-1:] != [data]:
                self.log.append([Event("run", submission.assignment, submission.student, data)])

    def run_keys(self, assignment: str) -> dict[tuple[str, str], str]:
        """(student, sha256) -> the key of its last run."""
        events = self.log.read("run", assignment)
        return {(event.student, event.data["sha256"]): event.data["run_key"] for event in events}

    def add_scores(self, assignment: str, scores: Sequence[tuple[Submission, Score]]) -> None:
        """Add the scores that differ from the last ones."""
        with self.log.writing():
            known = {score.student: score for score in self.scores(assignment)}
            self.log.append(
                [
                    Event(
                        "score",
                        assignment,
                        score.student,
                        {
                            "sha256": submission.sha256,
                            "run_key": score.run_key,
                            "findings": [finding.model_dump(mode="json") for finding in score.findings],
                        },
                    )
                    for submission, score in scores
                    if known.get(score.student) != score
                ]
            )

    def scores(self, assignment: str) -> list[Score]:
        """Each student's last score."""
        return [
            Score(event.student, event.data["run_key"], tuple(_read(Finding, told) for told in event.data["findings"]))
            for event in self.log.read_last("score", assignment)
        ]

    def add_responses(self, responses: Sequence[tuple[Submission, Run]]) -> None:
        """Append what was read of students' exams; the last of a student is the one that is scored."""
        self.log.append(
            [
                Event(
                    "response",
                    submission.assignment,
                    submission.student,
                    {"submission": submission.model_dump(mode="json"), "run": run.model_dump(mode="json")},
                )
                for submission, run in responses
            ]
        )

    def responses(self, assignment: str) -> list[tuple[Submission, Run]]:
        """For each student what was read last."""
        return [
            (_read(Submission, event.data["submission"]), _read(Run, event.data["run"]))
            for event in self.log.read_last("response", assignment)
        ]

    def add_key(self, assignment: str, sha256: str, exam: str) -> None:
        """Append the version of an exam that is scored by, where it is not the last one."""
        with self.log.writing():
            known = self.keys(assignment)
            if not known or known[-1].sha256 != sha256:
                self.log.append([Event("exam-key", assignment, "", {"sha256": sha256, "exam": exam})])

    def keys(self, assignment: str) -> list[Key]:
        """Every version of an exam that was scored by, oldest first."""
        events = self.log.read("exam-key", assignment)
        return [Key(event.data["sha256"], event.data["exam"], datetime.fromisoformat(event.at)) for event in events]

    def add_course_grades(self, grades: Sequence[CourseGrade]) -> None:
        """Append grades of the course as they are reported."""
        self.log.append([Event("course-grade", "", grade.student, grade.model_dump(mode="json")) for grade in grades])

    def course_grades(self) -> list[tuple[CourseGrade, datetime]]:
        """Each student's grade as it was reported last, and since when it is so."""
        return [
            (_read(CourseGrade, event.data), datetime.fromisoformat(event.at))
            for event in self.log.read_last("course-grade")
        ]

    # ---- what persons said ------------------------------------------------------------------------------------------

    def add_override(self, override: Override) -> None:
        """Append a person's decision."""
        self.add_overrides([override])

    def add_overrides(self, overrides: Sequence[Override]) -> None:
        """Append decisions that were made at once: all of them or none."""
        self.log.append([_as_event("decision", override) for override in overrides])

    def overrides(self, assignment: str) -> list[Override]:
        """All decisions on an assignment, oldest first."""
        return self._said("decision", assignment, Override)

    def add_extension(self, extension: Extension) -> None:
        """Append a person's decision on a student's deadline."""
        self.log.append([_as_event("extension", extension)])

    def extensions(self, assignment: str) -> list[Extension]:
        """All of an assignment, oldest first."""
        return self._said("extension", assignment, Extension)

    def add_late_ruling(self, ruling: LateRuling) -> None:
        """Append a person's word on whether a submission was late."""
        self.log.append([_as_event("late-ruling", ruling)])

    def late_rulings(self, assignment: str) -> dict[tuple[str, str], LateRuling]:
        """(student, sha256) -> the word that counts, where there is one that was not taken back."""
        found = self._said("late-ruling", assignment, LateRuling)
        last = {(ruling.student, ruling.sha256): ruling for ruling in found}
        return {key: ruling for key, ruling in last.items() if ruling.counts is not None}

    def add_comment(self, comment: MistakeComment) -> None:
        """Append what a person says to everybody with one mistake."""
        data, when = comment.model_dump(mode="json"), comment.when.isoformat()
        self.log.append([Event("comment", comment.assignment, "", data, comment.who, when)])

    def comments(self, assignment: str) -> dict[tuple[str, str], MistakeComment]:
        """(criterion, diagnosis) -> the comment that counts, where there is one that was not taken back."""
        last = {(one.criterion, one.diagnosis): one for one in self._said("comment", assignment, MistakeComment)}
        return {mistake: comment for mistake, comment in last.items() if comment.text}

    def _said(self, kind: Kind, assignment: str, noun: type[Kept]) -> list[Kept]:
        return [_read(noun, event.data) for event in self.log.read(kind, assignment)]

    # ---- what was noted of mails and sources ------------------------------------------------------------------------

    def add_collection(self, assignment: str, source: str, problems: Sequence[Problem]) -> None:
        """Note that a source was collected to its end, and what of it could not be taken."""
        data = {"source": source, "problems": _PROBLEMS.dump_python(list(problems), mode="json")}
        self.log.append([Event("collection", assignment, "", data)])

    def problems(self, assignment: str) -> list[Problem]:
        """What could not be taken when each source was last collected."""
        last = {event.data["source"]: event.data["problems"] for event in self.log.read("collection", assignment)}
        return [problem for problems in last.values() for problem in _PROBLEMS.validate_python(problems, context=OLD)]

    def add_draft(self, assignment: str, called: str, what: str) -> None:
        """Note that a draft was left, so that it is not left again."""
        self.log.append([Event("draft", assignment, "", {"called": called, "what": what})])

    def drafts(self, assignment: str) -> set[tuple[str, str]]:
        """(to whom, about what) of every draft that was left."""
        return {(event.data["called"], event.data["what"]) for event in self.log.read("draft", assignment)}

    def add_pushed(self, assignment: str, student: str, place: str, points: float, comment: str, page: str) -> None:
        """Note that a grade is at a place on a platform: the receipt."""
        data = {"place": place, "points": points, "comment": comment, "page": page}
        self.log.append([Event("pushed", assignment, student, data)])

    def pushed(self, assignment: str, place: str) -> dict[str, tuple[float, str]]:
        """student -> (points, comment) that were last sent to the place."""
        events = (event for event in self.log.read("pushed", assignment) if event.data["place"] == place)
        return {event.student: (event.data["points"], event.data["comment"]) for event in events}


def _as_event(kind: Kind, said: Override | Extension | LateRuling) -> Event:
    return Event(kind, said.assignment, said.student, said.model_dump(mode="json"), said.who, said.when.isoformat())


def _read(noun: type[Kept], data: Any) -> Kept:
    """A noun as it was kept."""
    try:
        return noun.model_validate(data, context=OLD)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UserError(
            f"the gradebook holds a {noun.__name__} of another version: {place}: {first['msg']}",
            remedy="Use the version of the grader that wrote it, or a later one.",
        ) from error
