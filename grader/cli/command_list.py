"""Every command of `grader`: its group, the module that has it, and its first sentence.

The sentences stand here, too, so that `grader --help` imports no command: what all of them need takes a second. A test
holds them equal to those of the commands.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Listed(NamedTuple):
    """A command as the help lists it."""

    module: str
    """of grader.cli"""
    says: str


COMMANDS: Mapping[str, Mapping[str, Listed]] = {
    "Begin": {
        "init": Listed("courses", "Start a new course."),
        "new": Listed(
            "creating",
            "Make an assignment of a solved notebook: what students get, a drafted rubric, and its proof.",
        ),
        "migrate": Listed(
            "migrating", "Bring over a whole course of nbgrader or otter, and compare the old marks with ours."
        ),
        "demo": Listed("grading", "Grade the class that comes with the course."),
        "doctor": Listed("doctor", "Try everything that grading needs, here or on a cluster."),
        "guide": Listed(
            "guiding", "Show the manual: how to start, how to do what, and what each file, command and word means."
        ),
    },
    "Grade notebooks": {
        "grade": Listed("grading", "Collect, execute, score and report, in this order."),
        "collect": Listed(
            "collecting", "Copy submissions into the work folder, and show who is in, who is late, and whom to contact."
        ),
        "execute": Listed("grading", "Run what was collected and has no run yet."),
        "score": Listed("grading", "Judge the runs by the rubric as it is now."),
        "report": Listed(
            "reporting",
            "Write a page for each student, and one for the instructor, of an assignment, an exam or the whole course.",
        ),
    },
    "Decide": {
        "review": Listed("reviewing", "Open a local page on which a person decides what waits."),
        "decide": Listed(
            "reviewing", "Give points on one criterion of one student, as on the page of `grader review`."
        ),
        "comment": Listed("reviewing", "Write one comment for everybody with the same mistake."),
        "extend": Listed("extending", "Give one student more time, or confirm the deadline."),
    },
    "Exams": {
        "exam": Listed("exam_commands", "Check and print an exam, scan or import its responses, score and analyse it."),
    },
    "For students": {
        "check": Listed("checking", "Check your own notebook before you hand it in."),
        "release": Listed(
            "releasing",
            "Write what students get: the notebook with a last cell that checks it, and a folder for `grader check`.",
        ),
    },
    "Prove a rubric": {
        "verify": Listed(
            "verifying",
            "Prove rubrics: right solutions get all points, the untouched notebook none, each known mistake its loss.",
        ),
        "try": Listed(
            "trying",
            "Show each criterion on the solved, the untouched and a wrong notebook, again after each saved change.",
        ),
        "calibrate": Listed(
            "calibrating",
            "Run the solved notebook with many seeds, and write what chance does to each error beside the rubric.",
        ),
    },
    "Hand over and keep": {
        "export": Listed("exporting", "Write the grades in the form that another system imports."),
        "backup": Listed("keeping", "Write all that cannot be made again into one file."),
        "restore": Listed("keeping", "Put a backup into an empty work folder."),
    },
    "Set up": {
        "sign-in": Listed("collecting", "Sign in to the course's Google account, in your browser."),
    },
}
"""In the order in which a newcomer meets them."""
