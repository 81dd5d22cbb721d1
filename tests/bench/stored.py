"""A thousand runs in a work folder, made of the few that are there: what scoring and reporting them again takes."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import nbformat

from grader.store.work_folder import WorkFolder


def store_copies(source: Path, target: Path, assignment: str, count: int) -> None:
    """A work folder with the runs of another one under as many students, each run stored under a key of its own."""
    old, new = WorkFolder(source), WorkFolder(target)
    shutil.copytree(old.expected, new.expected, dirs_exist_ok=True)
    keys = old.gradebook.run_keys(assignment)
    submissions = old.gradebook.submissions(assignment)
    copies = []
    for number in range(count):
        submission = submissions[number % len(submissions)]
        run_key = keys[submission.student, submission.sha256]
        run, executed = old.runs.load(run_key), old.runs.load_executed(run_key)
        sha256, key = _hash(submission.sha256, number), _hash(run_key, number)[:32]
        fresh = nbformat.reads(executed.decode(), as_version=4) if executed else None
        new.keep(sha256, old.submission(submission.sha256))  # the class page compares what was handed in
        new.runs.store(run.model_copy(update={"key": key, "sha256": sha256}), fresh)
        copies.append((submission.model_copy(update={"student": f"copy-{number:04}", "sha256": sha256}), key))
    new.gradebook.add_submissions([submission for submission, _ in copies])
    for submission, key in copies:
        new.gradebook.add_run(submission, key)


def _hash(text: str, number: int) -> str:
    return hashlib.sha256(f"{text}-{number}".encode()).hexdigest()
