"""The gradebook: one SQLite file with what was handed in, how it was scored, and what people decided.

Rows are only ever added: a re-score is a new row beside the old one, so that before and after can be shown.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence, Set
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine, create_engine, event, func, inspect, select
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from grader.course.course_grade import CourseGrade
from grader.errors import UserError
from grader.model import Extension, Finding, HandInEvidence, LateRuling, Override, Problem, Run, Submission
from grader.store.gradebook_tables import (
    CollectionRow,
    CourseGradeRow,
    DraftRow,
    ExtensionRow,
    GradebookRow,
    KeyRow,
    LateRulingRow,
    OverrideRow,
    ResponseRow,
    RunRow,
    ScoreRow,
    SubmissionRow,
    carry_over,
)


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
    """The SQLite file in a work folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = create_engine(f"sqlite:///{path}")
        event.listen(self._engine, "connect", _set_up_connection)
        with self._telling():
            carry_over(self._engine)
            self._refuse_other_tables()
            GradebookRow.metadata.create_all(self._engine)

    @property
    def engine(self) -> Engine:
        return self._engine

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with self._telling(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """What is wrong with the file is the user's to mend; what is wrong with a statement is ours."""
        try:
            yield
        except OperationalError as error:
            raise UserError(
                f"the gradebook cannot be used: {error.orig}",
                where=str(self.path),
                remedy="Check that this user may write there, and that there is space left.",
            ) from error
        except DatabaseError as error:
            if type(error) is not DatabaseError:
                raise
            raise UserError(
                f"the gradebook cannot be read: {error.orig}",
                where=str(self.path),
                remedy="Put your copy of it there; or move it away, and a new one is begun.",
            ) from error

    def _refuse_other_tables(self) -> None:
        """A file of another program, or of a version whose tables were others."""
        found = inspect(self._engine)
        for name in sorted(GradebookRow.metadata.tables.keys() & set(found.get_table_names())):
            table = GradebookRow.metadata.tables[name]
            missing = {column.name for column in table.columns} - {column["name"] for column in found.get_columns(name)}
            if missing:
                raise UserError(
                    f"this is not a gradebook that this version can read: `{name}` has no `{min(missing)}`",
                    where=str(self.path),
                    remedy="Move it away, and a new one is begun.",
                )

    def add_submissions(self, submissions: Sequence[Submission]) -> int:
        """Append what is not there yet; returns how many were new.

        What has a time is known by its bytes and its time. What has none, as in a folder, is new where a student's last
        one has other bytes: the same bytes handed in again after others count again.
        """
        with self._session() as session:
            known, last = set(), {}
            for row in _submission_rows(session, {submission.assignment for submission in submissions}):
                known.add((row.assignment, row.student, row.sha256, row.received))
                last[row.assignment, row.student] = row.sha256
            new = 0
            for submission in submissions:
                received = submission.received.isoformat() if submission.received else None
                owner = (submission.assignment, submission.student)
                what = (*owner, submission.sha256, received)
                if (what in known) if received else (last.get(owner) == submission.sha256):
                    continue
                known.add(what)
                last[owner] = submission.sha256
                told = submission.model_dump(include={"assignment", "student", "sha256", "source"})
                evidence = submission.evidence.model_dump_json() if submission.evidence else None
                session.add(SubmissionRow(**told, received=received, evidence=evidence, collected=datetime.now(UTC)))
                new += 1
            return new

    def submissions(self, assignment: str) -> list[Submission]:
        """Every one that was collected, oldest first; which of a student's counts is judged by the deadline."""
        with self._session() as session:
            return [_as_submission(row) for row in _submission_rows(session, {assignment})]

    def add_run(self, submission: Submission, run_key: str) -> None:
        """Note which run was made of a submission; the last one noted is the one that is scored."""
        told = {**submission.model_dump(include={"assignment", "student", "sha256"}), "run_key": run_key}
        with self._session() as session:
            session.query(RunRow).filter_by(**told).delete()
            session.add(RunRow(**told))

    def run_keys(self, assignment: str) -> dict[tuple[str, str], str]:
        """(student, sha256) -> the key of its last run."""
        with self._session() as session:
            rows = session.scalars(select(RunRow).where(RunRow.assignment == assignment).order_by(RunRow.id))
            return {(row.student, row.sha256): row.run_key for row in rows}

    def add_scores(self, assignment: str, scores: Sequence[tuple[Submission, Score]]) -> None:
        """Add the scores that differ from the last ones."""
        known = {score.student: score for score in self.scores(assignment)}
        with self._session() as session:
            for submission, score in scores:
                if known.get(score.student) != score:
                    findings = json.dumps([finding.model_dump() for finding in score.findings])
                    session.add(
                        ScoreRow(
                            assignment=assignment,
                            student=score.student,
                            sha256=submission.sha256,
                            run_key=score.run_key,
                            findings=findings,
                            scored=datetime.now(UTC),
                        )
                    )

    def scores(self, assignment: str) -> list[Score]:
        """Each student's last score."""
        with self._session() as session:
            last = select(func.max(ScoreRow.id)).where(ScoreRow.assignment == assignment).group_by(ScoreRow.student)
            rows = session.scalars(select(ScoreRow).where(ScoreRow.id.in_(last)).order_by(ScoreRow.student))
            return [Score(row.student, row.run_key, _as_findings(row.findings)) for row in rows]

    def add_responses(self, responses: Sequence[tuple[Submission, Run]]) -> None:
        """Append what was read of students' exams; the last of a student is the one that is scored."""
        with self._session() as session:
            for submission, run in responses:
                session.add(
                    ResponseRow(
                        assignment=submission.assignment,
                        student=submission.student,
                        submission=submission.model_dump_json(),
                        run=run.model_dump_json(),
                        added=datetime.now(UTC),
                    )
                )

    def responses(self, assignment: str) -> list[tuple[Submission, Run]]:
        """For each student what was read last."""
        with self._session() as session:
            last = (
                select(func.max(ResponseRow.id))
                .where(ResponseRow.assignment == assignment)
                .group_by(ResponseRow.student)
            )
            rows = session.scalars(select(ResponseRow).where(ResponseRow.id.in_(last)).order_by(ResponseRow.student))
            return [(Submission.model_validate_json(row.submission), Run.model_validate_json(row.run)) for row in rows]

    def add_key(self, assignment: str, sha256: str, exam: str) -> None:
        """Append the version of an exam that is scored by, where it is not the last one."""
        known = self.keys(assignment)
        if not known or known[-1].sha256 != sha256:
            with self._session() as session:
                session.add(KeyRow(assignment=assignment, sha256=sha256, exam=exam, first_used=datetime.now(UTC)))

    def keys(self, assignment: str) -> list[Key]:
        """Every version of an exam that was scored by, oldest first."""
        with self._session() as session:
            rows = session.scalars(select(KeyRow).where(KeyRow.assignment == assignment).order_by(KeyRow.id))
            return [Key(row.sha256, row.exam, row.first_used) for row in rows]

    def add_override(self, override: Override) -> None:
        """Append a person's decision."""
        self.add_overrides([override])

    def add_overrides(self, overrides: Sequence[Override]) -> None:
        """Append decisions that were made at once: all of them or none."""
        with self._session() as session:
            for override in overrides:
                session.add(OverrideRow(assignment=override.assignment, override=override.model_dump_json()))

    def overrides(self, assignment: str) -> list[Override]:
        """All decisions on an assignment, oldest first."""
        with self._session() as session:
            rows = session.scalars(
                select(OverrideRow).where(OverrideRow.assignment == assignment).order_by(OverrideRow.id)
            )
            return [Override.model_validate_json(row.override) for row in rows]

    def add_course_grades(self, grades: Sequence[CourseGrade]) -> None:
        """Append grades of the course as they are reported."""
        with self._session() as session:
            now = datetime.now(UTC)
            for grade in grades:
                session.add(CourseGradeRow(student=grade.student, grade=grade.model_dump_json(), reported=now))

    def course_grades(self) -> list[tuple[CourseGrade, datetime]]:
        """Each student's grade as it was reported last, and since when it is so."""
        with self._session() as session:
            last = select(func.max(CourseGradeRow.id)).group_by(CourseGradeRow.student)
            rows = session.scalars(
                select(CourseGradeRow).where(CourseGradeRow.id.in_(last)).order_by(CourseGradeRow.student)
            )
            return [(CourseGrade.model_validate_json(row.grade), row.reported) for row in rows]

    def add_extension(self, extension: Extension) -> None:
        """Append a person's decision on a student's deadline."""
        with self._session() as session:
            session.add(ExtensionRow(assignment=extension.assignment, extension=extension.model_dump_json()))

    def extensions(self, assignment: str) -> list[Extension]:
        """All of an assignment, oldest first."""
        with self._session() as session:
            rows = session.scalars(
                select(ExtensionRow).where(ExtensionRow.assignment == assignment).order_by(ExtensionRow.id)
            )
            return [Extension.model_validate_json(row.extension) for row in rows]

    def add_late_ruling(self, ruling: LateRuling) -> None:
        """Append a person's word on whether a submission was late."""
        with self._session() as session:
            session.add(LateRulingRow(assignment=ruling.assignment, ruling=ruling.model_dump_json()))

    def late_rulings(self, assignment: str) -> dict[tuple[str, str], LateRuling]:
        """(student, sha256) -> the word that counts, where there is one that was not taken back."""
        with self._session() as session:
            rows = session.scalars(
                select(LateRulingRow).where(LateRulingRow.assignment == assignment).order_by(LateRulingRow.id)
            )
            found = [LateRuling.model_validate_json(row.ruling) for row in rows]
        last = {(ruling.student, ruling.sha256): ruling for ruling in found}
        return {key: ruling for key, ruling in last.items() if ruling.counts is not None}

    def add_collection(self, assignment: str, source: str, problems: Sequence[Problem]) -> None:
        """Note that a source was collected to its end, and what of it could not be taken."""
        told = json.dumps([asdict(problem) for problem in problems])
        with self._session() as session:
            session.add(CollectionRow(assignment=assignment, source=source, problems=told, ended=datetime.now(UTC)))

    def problems(self, assignment: str) -> list[Problem]:
        """What could not be taken when each source was last collected."""
        with self._session() as session:
            rows = session.scalars(
                select(CollectionRow).where(CollectionRow.assignment == assignment).order_by(CollectionRow.id)
            )
            last = {row.source: row.problems for row in rows}
        return [Problem(**told) for problems in last.values() for told in json.loads(problems)]

    def add_draft(self, assignment: str, called: str, what: str) -> None:
        """Note that a draft was left, so that it is not left again."""
        with self._session() as session:
            session.add(DraftRow(assignment=assignment, called=called, what=what, left=datetime.now(UTC)))

    def drafts(self, assignment: str) -> set[tuple[str, str]]:
        """(to whom, about what) of every draft that was left."""
        with self._session() as session:
            rows = session.scalars(select(DraftRow).where(DraftRow.assignment == assignment))
            return {(row.called, row.what) for row in rows}


def _set_up_connection(connection: object, _: object) -> None:
    """Readers do not wait for the writer, and what is committed survives a killed process."""
    cursor = connection.cursor()  # type: ignore[attr-defined]
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=NORMAL")
    cursor.close()


def _submission_rows(session: Session, assignments: Set[str]) -> list[SubmissionRow]:
    chosen = select(SubmissionRow).where(SubmissionRow.assignment.in_(assignments))
    return list(session.scalars(chosen.order_by(SubmissionRow.id)))


def _as_submission(row: SubmissionRow) -> Submission:
    return Submission(
        student=row.student,
        assignment=row.assignment,
        sha256=row.sha256,
        source=row.source,
        received=datetime.fromisoformat(row.received) if row.received else None,
        evidence=HandInEvidence.model_validate_json(row.evidence) if row.evidence else None,
    )


def _as_findings(text: str) -> tuple[Finding, ...]:
    return tuple(Finding.model_validate(told) for told in json.loads(text))
