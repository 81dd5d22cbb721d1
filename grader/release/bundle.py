"""The bundle for `grader check`: a course without reference/, which carries expected values of public probes only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from safetensors import SafetensorError

from grader.course.course import Assignment, Course
from grader.errors import UserError
from grader.model import Answer
from grader.release.people import without_people
from grader.rubric import Rubric
from grader.store.runs import dump_answers, load_answers


@dataclass(frozen=True)
class Released:
    """What stands in place of a reference: its answers, and how many criteria of the course's rubric are not here."""

    expected: Mapping[str, Answer]
    left_out: int


def write_bundle(folder: Path, course: Course, assignment: Assignment, rubric: Rubric, released: Released) -> Path:
    """Write the course of this one assignment into the folder; what other releases wrote there stays."""
    home = folder / "assignments" / assignment.name
    for path in (home, folder / "rubrics", folder / "released"):
        path.mkdir(parents=True, exist_ok=True)
    imports = _toml_value([*course.file.environment.imports])
    named = f"title = {_toml(course.file.title)}\nlanguage = {_toml(course.file.language)}\n"
    told = f"{named}\n[environment]\nimports = {imports}\n"
    (folder / "course.toml").write_text(told, encoding="utf-8")
    (home / "assignment.toml").write_text(_assignment_file(assignment), encoding="utf-8")
    for place, content in assignment.materials.contents():
        (home / _BROUGHT / place).parent.mkdir(parents=True, exist_ok=True)
        (home / _BROUGHT / place).write_bytes(content)
    if assignment.file.notebook is not None and assignment.given is not None:
        given = without_people(assignment.given, str(assignment.folder / assignment.file.notebook))
        (home / Path(assignment.file.notebook).name).write_bytes(given)
    data = rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    told = yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=120)
    (folder / "rubrics" / f"{assignment.name}.yaml").write_text(told, encoding="utf-8")
    path = _path(folder, assignment.name)
    path.write_bytes(dump_answers(released.expected))
    path.with_suffix(".json").write_text(json.dumps({"left_out": released.left_out}) + "\n", encoding="utf-8")
    return folder


def read_released(course: Course, assignment: str) -> Released | None:
    """What a bundle carries for the assignment; None in a course that is no bundle."""
    path = _path(course.root, assignment)
    if not path.exists():
        return None
    try:
        told = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        return Released(load_answers(path.read_bytes()), int(told["left_out"]))
    except (OSError, SafetensorError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            "the expected values that came with this assignment cannot be read",
            where=str(path),
            remedy="Download the bundle again.",
        ) from error


def _path(root: Path, assignment: str) -> Path:
    return root / "released" / f"{assignment}.safetensors"


_BROUGHT = "brought"


def _assignment_file(assignment: Assignment) -> str:
    """Its assignment.toml without what only matters to who collects: deadlines and the price of lateness."""
    file = assignment.file
    lines = [f"title = {_toml(file.title)}"]
    if file.notebook is not None:
        lines.append(f"notebook = {_toml(Path(file.notebook).name)}")
    lines.append(f"gpu = {_toml(file.gpu)}")
    if file.inputs:
        lines.append(f"inputs = {_toml_value(file.inputs)}")
    lines += ["", "[limits]", *(f"{name} = {value}" for name, value in file.limits.model_dump().items())]
    files = {path: f"{_BROUGHT}/files/{path}" for path in assignment.materials.files}
    downloads = {address: f"{_BROUGHT}/{place}" for address, place in assignment.materials.places()}
    for name, table in {"files": files, "downloads": downloads}.items():
        lines += ["", f"[{name}]", *(f"{_toml(key)} = {_toml(path)}" for key, path in table.items())] if table else []
    return "\n".join(lines) + "\n"


def _toml(text: str) -> str:
    """The text as a string of TOML, whose escapes are JSON's."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _toml_value(value: str | list[str] | dict[str, str | list[str]]) -> str:
    """Texts, lists of them, and a table of either, on one line."""
    if isinstance(value, str):
        return _toml(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return f"{{{', '.join(f'{_toml(key)} = {_toml_value(told)}' for key, told in value.items())}}}"
