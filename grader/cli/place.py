"""Where a command works: the course, and the folder that the grader writes to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from grader.course.course import Course, find_course, read_course
from grader.store.work_folder import WorkFolder


@dataclass(frozen=True)
class Place:
    """What --course and --work said."""

    course_dir: Path | None
    work_dir: Path | None

    def course(self) -> Course:
        return read_course(self.course_dir.resolve()) if self.course_dir else find_course(Path.cwd())

    def work(self, course: Course, below: str = "") -> WorkFolder:
        return WorkFolder(self.work_root(course) / below)

    def find_work_root(self) -> Path:
        """Where the work folder is, or would be; --work needs no course."""
        return self.work_dir.resolve() if self.work_dir else self.work_root(self.course())

    def work_root(self, course: Course) -> Path:
        """Where the work folder is, or would be."""
        return (self.work_dir or course.root / ".grader").resolve()
