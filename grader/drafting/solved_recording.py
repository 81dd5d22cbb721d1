"""Runs a solved notebook once, and a few times with other seeds, and tells what it called, made and drew."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import nbformat
from nbformat.v4 import new_code_cell

from grader.course.course import Assignment
from grader.drafting.solution_code import SolutionCode
from grader.errors import UserError
from grader.execute.answers import ProbeQuestion
from grader.execute.pool import Executor, Work, execute_all
from grader.files.notebook_ids import read_with_ids
from grader.inside import call_recorder
from grader.model import Answer, Run, Watch
from grader.verify.calibration import reseed

OTHER_SEEDS = 3
"""So many runs with other seeds tell which numbers are chance, and about how far they move."""

_START = """\
{source}

__recorder = CallRecorder()
"""
_TOLD = "__recorder"
_FIGURES = "figures"


@dataclass(frozen=True)
class Recording:
    """What a solved notebook did: descriptions as `inside/call_recorder.py` makes them."""

    calls: Mapping[str, Sequence[Mapping[str, Any]]]
    signatures: Mapping[str, Sequence[Sequence[Any]]]
    variables: Mapping[str, Mapping[str, Any]]
    networks: Mapping[str, Mapping[str, Any]]
    figures: Answer
    by_chance: Mapping[str, Sequence[float | None]]
    """variable -> its values under other seeds, where they differ; None where it is no number"""
    others: Sequence[Mapping[str, Any]]
    """what was told of the networks under other seeds"""

    def other_fits(self, name: str) -> list[list[float]]:
        """What networks of this name predict that were trained with other seeds."""
        found = [told[name] for told in self.others if name in told]
        return [one["predictions"] for one in found if one.get("predictions")]


def record(assignment: Assignment, solution: SolutionCode, executor: Executor, watch: Watch) -> Recording:
    """Run the solved notebook; starts kernels."""
    solved = assignment.solved
    assert solved is not None
    functions, variables = [*solution.functions], [*solution.variables]
    content = _instrumented(solved, functions)
    questions = (_telling(functions, variables), _question(_FIGURES, {"kind": "figures"}))
    others = [reseed(content, number) for number in range(1, OTHER_SEEDS + 1)]
    runs: dict[str, Run] = {}
    works = (_work(assignment, str(place), one, questions) for place, one in enumerate([content, *others]))
    for done, (work, executed) in enumerate(execute_all(works, executor), start=1):
        runs[work.key] = executed.run
        watch("recording the solved notebook", done, OTHER_SEEDS + 1)
    first, *rest = (_told(assignment, runs[str(place)]) for place in range(OTHER_SEEDS + 1))
    return Recording(
        calls=first["calls"],
        signatures=first["signatures"],
        variables=first["variables"],
        networks=first["networks"],
        figures=runs["0"].answers[_FIGURES],
        by_chance={
            name: [_number(one["variables"].get(name)) for one in (first, *rest)]
            for name, told in first["variables"].items()
            if any(one["variables"].get(name) != told for one in rest)
        },
        others=[one["networks"] for one in rest],
    )


def _instrumented(solved: bytes, functions: Sequence[str]) -> bytes:
    notebook = read_with_ids(solved)
    start = _START.format(source=inspect.getsource(call_recorder))
    cells = [new_code_cell(start, id="recorder")]
    for place, cell in enumerate(notebook.cells):
        cells.append(cell)
        if cell.cell_type == "code":
            cells.append(new_code_cell(f"{_TOLD}.watch(globals(), {list(functions)!r})", id=f"recorder-{place}"))
    notebook.cells = cells
    text: str = nbformat.writes(notebook)
    return text.encode()


def _telling(functions: Sequence[str], variables: Sequence[str]) -> ProbeQuestion:
    code = f"{_TOLD}.tell(globals(), {list(functions)!r}, {list(variables)!r})"
    return _question(_TOLD, {"kind": "evaluate", "code": code})


def _question(name: str, content: Mapping[str, Any]) -> ProbeQuestion:
    asked = {**content, "arguments": {}}
    return ProbeQuestion(name=name, content=asked, names=(), hidden=False, limit_s=60.0, only_at_end=True)


def _work(assignment: Assignment, key: str, content: bytes, questions: Sequence[ProbeQuestion]) -> Work:
    sha256 = hashlib.sha256(content).hexdigest()
    return Work(key, sha256, content, questions, assignment.file.limits, assignment.materials)


def _told(assignment: Assignment, run: Run) -> Any:
    stopped = next((cell for cell in run.cells if cell.end != "ok"), None)
    answer = run.answers.get(_TOLD)
    if stopped is not None or answer is None or answer.status != "answered":
        why = f"{stopped.title}: {stopped.because}" if stopped is not None else str(run.because)
        raise UserError(
            f"the solved notebook does not run here. {why}",
            where=str(assignment.folder / "solved.ipynb"),
            remedy=f"Fix it, and give: grader new {assignment.name} --again",
        )
    return json.loads(answer.value)


def _number(told: Mapping[str, Any] | None) -> float | None:
    value = told.get("value") if told else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
