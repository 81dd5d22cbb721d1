"""Every hostile notebook gets the verdict and the sentences that stand beside it, and nobody else notices."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from grader.execute.probe_questions import make_questions
from grader.rubric import read_rubric

from .conftest import INNOCENTS
from .corpus import ASSIGNMENTS, COURSE, read_cases
from .left import left_by

CASES = [case for name in ASSIGNMENTS for case in read_cases(name)]
RUBRICS = {name: read_rubric(COURSE / "rubrics" / f"{name}.yaml") for name in ASSIGNMENTS}
MET = {name: {criterion.id: "met" for criterion in rubric.criteria} for name, rubric in RUBRICS.items()}


def each_case(lacking="verdict"):
    """Where the grader still lacks what a case needs, the case fails; once it passes, its mark has to go."""
    for case in CASES:
        marks = [pytest.mark.xfail(reason=case.pending, strict=True)] if case.pending and lacking == case.lacks else []
        yield pytest.param(case, id=f"{case.family}:{case.name}", marks=marks)


@pytest.mark.parametrize("case", each_case())
def test_a_hostile_notebook_gets_the_verdict_and_the_sentences_that_stand_beside_it(graded, case):
    scored = graded(case).scored[case.who]
    run, page = scored.run, graded(case).page(case.who)
    told = {
        "end": one_of(case.end, run.end),
        "cells": {cell.number: one_of(case.end_of(cell.number), cell.end) for cell in run.cells if cell.end != "ok"},
        "findings": {one.criterion: one_of(case.status_of(one.criterion), one.status) for one in scored.grade.findings},
    }
    wanted = {
        "end": case.end,
        "cells": {number: end.status for number, end in case.ends.items()},
        "findings": MET[case.assignment] | {name: finding.status for name, finding in case.findings.items()},
    }
    if case.ends and "reproduced" not in case.findings:
        # What a cell prints that ends badly is none of the case's business.
        told["findings"].pop("reproduced", None)
        wanted["findings"].pop("reproduced", None)
    assert told == wanted, describe(scored)
    assert re.search(case.because, str(run.because)), run.because
    for number, end in case.ends.items():
        (because,) = (str(cell.because) for cell in run.cells if cell.number == number)
        assert re.search(end.because, because), because
    for finding in scored.grade.findings:
        expected = case.findings.get(finding.criterion)
        assert expected is None or re.search(expected.because, str(finding.because)), (
            finding.criterion,
            str(finding.because),
        )
    check_loot(case, run)
    assert [text for text in case.page.has if text not in page] == []
    assert [text for text in case.page.has_not if text in page] == []


def one_of(wanted, told):
    """What is wanted, where what came is one of its alternatives: `died|interrupted`."""
    return wanted if told in wanted.split("|") else told


@pytest.mark.parametrize("case", each_case("secrecy"))
def test_no_hidden_input_comes_out_by_a_hostile_notebook(graded, case):
    scored = graded(case).scored[case.who]
    executed = graded(case).work.runs.load_executed(scored.run.key) or b""
    findings = [str(finding.because) for finding in scored.grade.findings]
    cells = [str(cell.because) for cell in scored.run.cells]
    seen = " ".join([graded(case).page(case.who), executed.decode(), str(scored.run.because), *findings, *cells])
    assert [number for number in hidden_numbers(case) if number in seen] == []


def hidden_numbers(case):
    """The hidden inputs of a student as a notebook would write them, but for their last digits."""
    for question in make_questions(RUBRICS[case.assignment], case.who):
        inputs = [*question.content["arguments"].values(), question.content.get("predict")]
        for values in inputs if question.hidden else []:
            for value in np.ravel(values) if values is not None else []:
                # As a decimal and, for those that are told by a whole number, without the point.
                yield from {repr(abs(float(value)))[:8], repr(abs(float(value))).replace(".", "").lstrip("0")[:7]}


def check_loot(case, run):
    """What the notebook tells that its attempts came to."""
    if case.evidence:
        loot = run.answers["loot"].value
        assert set(loot) == set(case.evidence), loot
        wrong = {name: told for name, told in loot.items() if not re.fullmatch(case.evidence[name], str(told))}
        assert not wrong, wrong


def describe(scored):
    cells = [f"  cell {cell.number}: {cell.end}: {cell.because}" for cell in scored.run.cells if cell.end != "ok"]
    findings = [f"  {finding.criterion}: {finding.status}: {finding.because}" for finding in scored.grade.findings]
    return "\n".join(
        [f"{scored.run.end}: {scored.run.because}", *cells, *findings, repr(scored.run.answers.get("loot"))]
    )


# ---- the others -----------------------------------------------------------------------------------------------------


def test_thirty_eight_innocents_among_all_the_hostile_get_exactly_what_they_get_alone(hostile_class, innocents_alone):
    assert len(innocents_alone.scored) == INNOCENTS
    for student, alone in innocents_alone.scored.items():
        among = hostile_class.scored[student]
        assert among.grade == alone.grade
        assert told_by(among.run) == told_by(alone.run)
        assert hostile_class.work.runs.load_executed(among.run.key) == innocents_alone.work.runs.load_executed(
            alone.run.key
        )


def test_an_innocent_notebook_gets_full_marks(innocents_alone):
    for scored in innocents_alone.scored.values():
        assert {finding.criterion: finding.status for finding in scored.grade.findings} == MET["hostile"], describe(
            scored
        )
        assert scored.run.end == "finished"


def told_by(run):
    """A run without the seconds and mebibytes that it took."""
    fields = run.model_dump(exclude={"answers", "wall_s", "cpu_s", "took_s", "memory_mib", "cells"})
    cells = [cell.model_dump(exclude={"wall_s"}) for cell in run.cells]
    return fields, cells, comparable({name: answer.model_dump() for name, answer in run.answers.items()})


def comparable(tree):
    """The tree with arrays as their bytes, so that `==` compares every bit."""
    if isinstance(tree, np.ndarray):
        return tree.dtype.str, tree.shape, tree.tobytes()
    if isinstance(tree, dict):
        return {key: comparable(value) for key, value in tree.items()}
    return [comparable(item) for item in tree] if isinstance(tree, list) else tree


# ---- afterwards -----------------------------------------------------------------------------------------------------


def test_a_class_leaves_no_process_mount_cgroup_or_file_behind(hostile_class, before):
    assert left_by(os.getpid()) - before == set()
    assert not Path("/tmp/grader-was-here").exists()
