"""A review session: what there is to decide, as it was read, and what was decided, so that it can be taken back."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.exam.exam import ExamOnDisk, find_exam
from grader.exam.exam_scores import score_exam
from grader.exam.scanning.marks_review import Pending
from grader.language import Reason, _
from grader.model import LateRuling, Override
from grader.review.comments import say_comment
from grader.review.decisions import Decision, Standing, decide, read_standings, take_back
from grader.review.marks import find_marks, say_mark
from grader.review.queue import ClassQueue, ReviewItem, gather_assignment, gather_exam
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs

Standings = Mapping[str, Mapping[str, Standing]]
"""assignment -> student -> findings and decisions."""


@dataclass(frozen=True)
class Given:
    """What a person gives on one criterion of an item."""

    criterion: str
    earned: float
    comment: str = ""
    why: str = ""


@dataclass
class ReviewSession:
    """One person at the page. The gradebook holds every decision; this holds only how to walk and to take back."""

    course: Course
    work: WorkFolder
    who: str
    queues: tuple[ClassQueue, ...] = ()
    exams: tuple[ExamOnDisk, ...] = ()
    notes: tuple[Reason, ...] = ()
    """What kept a class from being scored anew."""
    disputed: tuple[verbs.ScoredStudent, ...] = ()
    """Whether these came late is for a person to say."""
    history: list[tuple[str, Decision]] = field(default_factory=list)
    """(item, decision), the last one last."""
    marks: list[tuple[str, Pending]] = field(default_factory=list)
    """(exam, mark on paper) that were said in this session, the last one last."""
    commented: set[str] = field(default_factory=set)
    """The assignments and exams on whose mistakes something was said in this session."""
    lock: threading.Lock = field(default_factory=threading.Lock)

    def read(self) -> None:
        """Score what there is by the rubrics as they are now, and gather the items; no notebook is run."""
        notes: list[Reason] = []
        self.exams = find_exams(self.course)
        disputed: list[verbs.ScoredStudent] = []
        queues = [*self._read_assignments(notes, disputed), *self._read_exams(notes)]
        self.queues, self.notes, self.disputed = tuple(queues), tuple(notes), tuple(disputed)

    def _read_assignments(self, notes: list[Reason], disputed: list[verbs.ScoredStudent]) -> list[ClassQueue]:
        found: list[ClassQueue] = []
        for name in self.course.assignments:
            if self.work.gradebook.submissions(name):
                assignment = self.course.assignment(name)
                try:
                    with self.work.locked():
                        scored = verbs.score_class(self.course, self.work, assignment)
                    disputed += [one for one in scored if one.grade.lateness and one.grade.lateness.waits]
                except UserError as error:
                    notes.append(_old_score(name, error))
                found.append(gather_assignment(self.work, assignment))
        return found

    def _read_exams(self, notes: list[Reason]) -> list[ClassQueue]:
        found: list[ClassQueue] = []
        for exam in self.exams:
            if self.work.gradebook.responses(exam.name):
                try:
                    with self.work.locked():
                        score_exam(self.work.gradebook, exam)
                except UserError as error:
                    notes.append(_old_score(exam.name, error))
                found.append(gather_exam(self.work, exam))
        return found

    def find_marks(self) -> dict[str, list[Pending]]:
        """exam -> what waits on its scanned sheets."""
        found = {exam.name: find_marks(self.work, exam) for exam in self.exams}
        return {name: marks for name, marks in found.items() if marks}

    # ---- walking ----------------------------------------------------------------------------------------------------

    @property
    def items(self) -> dict[str, ReviewItem]:
        return {item.key: item for queue in self.queues for item in queue.items}

    @property
    def walk(self) -> list[ReviewItem]:
        """The items that need, or needed, a person, in their order."""
        return [item for queue in self.queues for item in queue.items if item.kind != "settled"]

    def standings(self) -> Standings:
        return {
            queue.name: {standing.student: standing for standing in read_standings(self.work.gradebook, queue.name)}
            for queue in self.queues
        }

    def next_waiting(self, after: str, standings: Standings) -> ReviewItem | None:
        """The next item that waits, from the beginning again after the last; None where nothing waits."""
        walk = self.walk
        place = next((place for place, item in enumerate(walk) if item.key == after), -1)
        ordered = [*walk[place + 1 :], *walk[: place + 1]]
        return next((item for item in ordered if item.waiting(standings[item.assignment])), None)

    # ---- deciding ---------------------------------------------------------------------------------------------------

    def decide(self, item: ReviewItem, students: Sequence[str], given: Sequence[Given]) -> Decision:
        """Append the decision for each of the students and each criterion that points were given on."""
        now = datetime.now(UTC)
        # As they were on the page: of what came since then, this person has seen nothing.
        seen = {part.criterion: part.findings for part in item.parts}
        overrides = [
            Override(
                student=student,
                assignment=item.assignment,
                criterion=one.criterion,
                earned=one.earned,
                comment=one.comment,
                who=self.who,
                when=now,
                why=one.why,
                judged=seen[one.criterion][student].judged,
            )
            for one in given
            for student in students
        ]
        with self.lock:
            decision = decide(self.work.gradebook, overrides)
            self.history.append((item.key, decision))
        return decision

    def undo(self) -> str:
        """Take back the last decision of this session, by an appended one; returns its item."""
        with self.lock:
            if not self.history:
                raise UserError(_("there is nothing to take back in this session"))
            key, decision = self.history[-1]
            take_back(self.work.gradebook, decision, who=self.who, when=datetime.now(UTC))
            self.history.pop()
        return key

    def comment(self, name: str, criterion: str, diagnosis: str, text: str) -> None:
        """Append what this person says to everybody with one mistake; an empty text takes it back."""
        with self.lock:
            say_comment(self.work.gradebook, name, criterion, diagnosis, text, who=self.who)
            self.commented.add(name)

    def rulings(self) -> list[LateRuling]:
        """What was said of lateness, and was not taken back."""
        names = [queue.name for queue in self.queues if queue.kind == "assignment"]
        return [ruling for name in names for ruling in self.work.gradebook.late_rulings(name).values()]

    def rule(self, ruling: LateRuling) -> None:
        """Append what this person says of a submission's lateness, and score by it."""
        with self.lock:
            self.work.gradebook.add_late_ruling(ruling)
            self.read()

    def say_mark(self, exam: ExamOnDisk, mark: Pending, value: str) -> None:
        """Append what this person says of a mark on paper; once none waits, the exam is scored with all of them."""
        with self.lock:
            say_mark(self.work, exam, mark.waiting, value, who=self.who)
            self.marks.append((exam.name, mark))
            if not find_marks(self.work, exam):
                self.read()


def _old_score(name: str, error: UserError) -> Reason:
    return _("{name} is shown as it was scored last. {error}", name=name, error=str(error))


def find_exams(course: Course) -> tuple[ExamOnDisk, ...]:
    """Every exam of a course."""
    names = sorted(path.parent.name for path in course.root.glob("assignments/*/exam.yaml"))
    return tuple(find_exam(course.root, name) for name in names)


def given_sources(assignment: Assignment) -> frozenset[str]:
    """The sources of the cells that students were given; empty where the notebook is missing or cannot be read."""
    try:
        given = assignment.given_notebook
    except UserError:
        return frozenset()
    return frozenset(cell.source.strip() for cell in given.cells) if given is not None else frozenset()
