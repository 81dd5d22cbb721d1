"""The course's own assignments, drafted anew from solved notebooks: what the untouched draft notices of small mistakes.

The smallest in `make test`, since each takes minutes; the others in `make explore`, with GRADER_DRAFTS=all.
"""

import os
import shutil

import pytest

from grader.course.course import read_course
from grader.course.reference_code import SOLVED, module_of
from grader.course.student_copy import make_notebook_of, refresh_notebook
from grader.drafting.rubric_draft import draft, gather
from grader.drafting.rubric_text import write_rubric
from grader.execute.pool import LocalExecutor
from grader.store.work_folder import WorkFolder
from grader.verify import verify
from tests.drafting.solved_notebooks import ROOT, write_solved

SMALLEST = "camera"
OTHERS = ("regression", "networks", "features", "matching", "detection", "sift")
MUTANTS = 60
"""Drawn by chance, always the same."""

LEAST_SHARE = 0.8


def write_course(root, name):
    """A course of this one assignment, of which there is the solved notebook and nothing else by hand."""
    folder = root / "assignments" / name
    folder.mkdir(parents=True)
    functions = write_solved(name, folder / SOLVED)
    told = (ROOT / "assignments" / name / "assignment.toml").read_text(encoding="utf-8")
    named = f"functions = {functions!r}\n".replace("'", '"') if functions else ""
    (folder / "assignment.toml").write_text(named + told, encoding="utf-8")
    for path in (ROOT / "assignments" / name).iterdir():
        if path.suffix in (".png", ".jpg", ".npz", ".csv"):
            shutil.copy(path, folder)
    (root / "rubrics").mkdir()
    (root / "course.toml").write_text('title = "Drafts"\n[environment]\nimports = ["PIL.Image"]\n', encoding="utf-8")
    return read_course(root)


@pytest.mark.parametrize("name", [SMALLEST, *(OTHERS if os.environ.get("GRADER_DRAFTS") == "all" else ())])
def test_the_untouched_draft_notices_most_small_mistakes(tmp_path, name):
    course = write_course(tmp_path, name)
    assignment = course.assignment(name)
    refresh_notebook(assignment)
    with LocalExecutor("bubblewrap", 2) as executor:
        material = gather(course, assignment, make_notebook_of(assignment), executor, lambda *_: None)
        criteria = draft(material, lambda *_: None).criteria
        text = write_rubric(name, assignment.file.title, criteria, modules=[module_of(name)])
        assignment.rubric_path.write_text(text, encoding="utf-8")
        work = WorkFolder(tmp_path / "work")
        found = verify(course, work, course.assignment(name), executor, most_mutants=MUTANTS, watch=lambda *_: None)
    tally = found.tallies["syntactic"]
    told = "\n".join(mutant.diff for mutant in found.survivors)
    print(f"{name}: {tally.caught} of {tally.mutants}; semantic {found.tallies['semantic']}; {len(criteria)} criteria")
    assert tally.mutants >= 20
    assert tally.share >= LEAST_SHARE, told
