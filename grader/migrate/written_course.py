"""Writes a translated course as a course of this grader, with a comment at each line of a rubric that needs a look."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
import yaml

from grader.errors import UserError
from grader.execute.probe_questions import make_question
from grader.execute.reference import ask_reference
from grader.migrate.taken_over import TakenAssignment, TakenCourse, TakenCriterion
from grader.rubric import Probe
from grader.rubric.schema import rubric_schema


def write_course(taken: TakenCourse, root: Path) -> None:
    """Write it into a folder that is not there yet or is empty; else a UserError."""
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise UserError("the folder is not empty", where=str(root), remedy="Name a new one: --to NEW")
    try:
        for name in ("assignments", "rubrics", "reference", "submissions"):
            (root / name).mkdir(parents=True, exist_ok=True)
        (root / "course.toml").write_text(f"title = {json.dumps(taken.title)}\n", encoding="utf-8")
        (root / "rubrics" / "rubric.schema.json").write_text(rubric_schema(), encoding="utf-8")
        (root / "reference" / "__init__.py").write_text("", encoding="utf-8")
        for assignment in taken.assignments:
            _write_assignment(assignment, root)
    except OSError as error:
        raise UserError(
            f"the course cannot be written there: {error.strerror}",
            where=str(error.filename or root),
            remedy="Choose another folder: --to NEW",
        ) from error


def _write_assignment(assignment: TakenAssignment, root: Path) -> None:
    name = assignment.name
    folder = root / "assignments" / name
    folder.mkdir()
    (folder / f"{name}.ipynb").write_text(nbformat.writes(assignment.given) + "\n", encoding="utf-8")
    lines = [f"title = {json.dumps(assignment.title)}", f'notebook = "{name}.ipynb"']
    if assignment.files:
        lines += ["", "[files]", *(f"{json.dumps(one)} = {json.dumps(one)}" for one in sorted(assignment.files))]
    (folder / "assignment.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for file, path in assignment.files.items():
        shutil.copyfile(path, folder / file)
    if assignment.solved_cells:
        text = "# A solution, by the cells' ids: what `grader verify` fills in.\n"
        (folder / "solution.yaml").write_text(text + _as_yaml(dict(assignment.solved_cells)), encoding="utf-8")
    if assignment.reference:
        text = f'"""The solution of {assignment.title}."""\n\n{assignment.reference}\n'
        (root / "reference" / f"{_module_of(name)}.py").write_text(text, encoding="utf-8")
    rubric = write_rubric(_with_expected(assignment, root))
    (root / "rubrics" / f"{name}.yaml").write_text(rubric, encoding="utf-8")
    for student, content in assignment.submissions.items():
        target = root / "submissions" / name / f"{student}.ipynb"
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(content)


def _with_expected(assignment: TakenAssignment, root: Path) -> TakenAssignment:
    """The assignment with the reference's answers as values: a UserError says which test it does not answer."""
    asked = [one for one in assignment.criteria if one.test is not None and one.test.needs_reference]
    if not asked:
        return assignment
    probes = {one.id: Probe.model_validate(one.test.probe) for one in asked if one.test is not None}
    questions = [make_question(name, probe, "") for name, probe in probes.items()]
    (found,) = ask_reference(root.resolve(), [_module_of(assignment.name)], [questions], root / ".grader" / "expected")
    criteria = [
        replace(one, test=replace(one.test, expect={"value": found[one.id].value}))
        if one.test is not None and one.id in found
        else one
        for one in assignment.criteria
    ]
    return replace(assignment, criteria=criteria)


def _module_of(name: str) -> str:
    return name.replace("-", "_")


def write_rubric(assignment: TakenAssignment) -> str:
    """The rubric as a file: what is run as it is and what a person decides have a comment that says so."""
    total = round(sum(one.points for one in assignment.criteria), 9)
    lines = [
        "# yaml-language-server: $schema=rubric.schema.json",
        f"# {assignment.title}, taken over from another grader. Each test is all or nothing, as it was there.",
        _as_yaml({"points": _plain(total)}).rstrip(),
    ]
    if assignment.reference:
        lines.append(f"reference: [{_module_of(assignment.name)}]")
    asked = [one for one in assignment.criteria if one.test is not None]
    if asked:
        lines += ["", "probes:"]
    for one in asked:
        lines += _probe_lines(one)
    lines += ["", "criteria:"]
    for one in assignment.criteria:
        lines += _criterion_lines(one)
    return "\n".join(lines) + "\n"


def _probe_lines(one: TakenCriterion) -> Iterator[str]:
    if one.test is None:
        return
    probe: dict[str, Any] = {**one.test.probe}
    if one.is_hidden:
        probe["hidden"] = True
    if one.test.is_run_as_it_is:
        yield "  # Run as it is, so that its verdict comes from beside the student's code: rewrite it where it matters."
    yield from _indented({one.id: probe}, 2)


def _criterion_lines(one: TakenCriterion) -> Iterator[str]:
    told: dict[str, Any] = {"id": one.id, "says": f"The work passes the test {one.title}."}
    told["points"] = _plain(one.points)
    if one.test is None:
        yield "  # Graded by hand there, and by a person here."
        told["says"] = f"A person reads {one.title}."
        told["expect"] = {"person": {"shows": "notebook"}}
    else:
        told["probe"] = one.id
        told["expect"] = dict(one.test.expect)
    yield from _indented([told], 2)


def _plain(points: float) -> float:
    return int(points) if points == int(points) else points


def _indented(told: Any, width: int) -> list[str]:
    return [" " * width + line if line else "" for line in _as_yaml(told).rstrip("\n").split("\n")]


class _ReadableDumper(yaml.SafeDumper):
    """Code over several lines is a block, as a person would write it."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _represent(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style="|" if "\n" in text else None)


def _represent_list(dumper: yaml.SafeDumper, values: list[Any]) -> yaml.SequenceNode:
    flat = not any(isinstance(value, dict) for value in values)
    return dumper.represent_sequence("tag:yaml.org,2002:seq", values, flow_style=flat)


_ReadableDumper.add_representer(str, _represent)
_ReadableDumper.add_representer(list, _represent_list)


def _as_yaml(told: Any) -> str:
    text: str = yaml.dump(told, Dumper=_ReadableDumper, sort_keys=False, allow_unicode=True, width=110)
    return text
