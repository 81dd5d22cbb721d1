"""One class, graded once for all tests of the commands."""

import pytest

from tests.cli.odd_class import READABLE, UNREADABLE
from tests.small_course import run_grader, write_class, write_course


@pytest.fixture(scope="session")
def evening(tmp_path_factory):
    """The course and its class, and what `grade` said of it; no test writes in there."""
    root = tmp_path_factory.mktemp("evening")
    course = write_course(root / "course")
    write_class(root / "class", **READABLE, **{student: content for student, (content, _) in UNREADABLE.items()})
    ended = run_grader(course, root / "work", "grade", "hello", root / "class", "--jobs", 1, "--json")
    return root, ended
