"""Each assignment of the course is proven as it stands, and the guide shows the figures of that run."""

import functools
import re
from pathlib import Path

import pytest

from grader.course.course import read_course
from grader.verify import LEAST_SHARE, explain_unproven
from grader.verify.proven import read_proof

COURSE = read_course(Path(__file__).parents[2])
GUIDE = COURSE.root / "grader" / "guide" / "proving-a-rubric.md"


@functools.cache
def proof_of(name):
    return read_proof(COURSE.assignment(name))


@pytest.mark.parametrize("name", COURSE.assignments)
def test_an_assignment_is_proven_as_it_stands(name):
    """After a change: `grader verify NAME`, and the new figures into the guide."""
    assert explain_unproven(COURSE, COURSE.assignment(name)) == ""
    for kind, least in LEAST_SHARE.items():
        tally = getattr(proof_of(name), kind)
        assert tally.caught >= least * tally.mutants


def test_the_assignment_that_init_brings_is_proven():
    course = read_course(COURSE.root / "grader" / "cli" / "course")
    assert explain_unproven(course, course.assignment("hello")) == ""


@pytest.mark.parametrize("name", ["matching", "features"])
def test_mistakes_take_less_than_5_in_100_of_their_points_from_functions_that_are_right(name):
    assert proof_of(name).lost_elsewhere < 0.05 * proof_of(name).points_lost


def rows():
    lines = re.findall(r"^\| `(\w+)` \| (.*) \|$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    return {name: [cell.strip() for cell in cells.split("|")] for name, cells in lines if name in COURSE.assignments}


def row_of(name):
    proof = proof_of(name)
    tallies = (proof.syntactic, proof.semantic)
    noticed = [f"{one.caught} of {one.mutants}" for one in tallies]
    elsewhere = f"{proof.lost_elsewhere:g} of {proof.points_lost:g}"
    return [str(proof.mistakes), *noticed, str(sum(one.equivalent for one in tallies)), elsewhere]


def test_the_guide_shows_what_the_proofs_say():
    assert rows() == {name: row_of(name) for name in COURSE.assignments}
