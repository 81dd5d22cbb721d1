"""The tables of the gradebook. Rows are only ever added."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import DateTime, Engine, String, UniqueConstraint, inspect, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class GradebookRow(DeclarativeBase):
    """A table of the gradebook."""


class SubmissionRow(GradebookRow):
    __tablename__ = "submissions"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    student: Mapped[str]
    sha256: Mapped[str]
    source: Mapped[str]
    received: Mapped[str | None]
    evidence: Mapped[str | None]
    collected: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class RunRow(GradebookRow):
    """Which run was made of which submission; a submission may have several, under several rubrics."""

    __tablename__ = "runs"
    __table_args__ = (UniqueConstraint("assignment", "student", "sha256", "run_key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    student: Mapped[str]
    sha256: Mapped[str]
    run_key: Mapped[str]


class ScoreRow(GradebookRow):
    """The findings of one submission under one rubric."""

    __tablename__ = "scores"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    student: Mapped[str] = mapped_column(String, index=True)
    sha256: Mapped[str]
    run_key: Mapped[str]
    findings: Mapped[str]
    scored: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class OverrideRow(GradebookRow):
    __tablename__ = "overrides"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    override: Mapped[str]


class ExtensionRow(GradebookRow):
    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    extension: Mapped[str]


class LateRulingRow(GradebookRow):
    __tablename__ = "late_rulings"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    ruling: Mapped[str]


class CollectionRow(GradebookRow):
    """One time that a source was collected, to its end: what of it could not be taken."""

    __tablename__ = "collections"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    source: Mapped[str]
    problems: Mapped[str]
    ended: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class DraftRow(GradebookRow):
    """A draft that was left in the mailbox: to whom, and about what."""

    __tablename__ = "drafts"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    called: Mapped[str]
    what: Mapped[str]
    left: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class ResponseRow(GradebookRow):
    """What has been read of a student's exam, as it stood after each import."""

    __tablename__ = "responses"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    student: Mapped[str] = mapped_column(String, index=True)
    submission: Mapped[str]
    run: Mapped[str]
    added: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class CourseGradeRow(GradebookRow):
    """A student's grade of the course, as it was reported."""

    __tablename__ = "course_grades"

    id: Mapped[int] = mapped_column(primary_key=True)
    student: Mapped[str] = mapped_column(String, index=True)
    grade: Mapped[str]
    reported: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class KeyRow(GradebookRow):
    """An exam as it was when it was scored: its key, rules and revisions."""

    __tablename__ = "keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    assignment: Mapped[str] = mapped_column(String, index=True)
    sha256: Mapped[str]
    exam: Mapped[str]
    first_used: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def carry_over(engine: Engine) -> None:
    """A gradebook from before evidence was kept had each submission's bytes once; its rows move to the new table."""
    with engine.begin() as connection:
        found = inspect(connection)
        columns = SubmissionRow.__table__.columns.keys()
        if not found.has_table("submissions"):
            return
        if {column["name"] for column in found.get_columns("submissions")} != {*columns} - {"evidence"}:
            return
        connection.execute(text("ALTER TABLE submissions RENAME TO submissions_before"))
        connection.execute(text("DROP INDEX IF EXISTS ix_submissions_assignment"))
        SubmissionRow.metadata.tables["submissions"].create(connection)
        kept = ", ".join(name for name in columns if name != "evidence")
        connection.execute(text(f"INSERT INTO submissions ({kept}) SELECT {kept} FROM submissions_before"))
        connection.execute(text("DROP TABLE submissions_before"))
