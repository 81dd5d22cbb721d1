"""The classes that are graded: forty solutions of the regression assignment, no two equal, and trivial notebooks."""

from __future__ import annotations

import json
import re
from pathlib import Path

from .commands import ROOT

SOLUTION = ROOT / "tests" / "submissions" / "perfect" / "ana.ipynb"
"""A solution with the outputs that its student left in."""

CRITERIA = 10
"""On the page of a trivial notebook."""


def write_regression_class(folder: Path, count: int) -> list[Path]:
    """The solution under as many seeds: each trains other networks and draws other pictures."""
    text = SOLUTION.read_text(encoding="utf-8")
    return [_write(folder, f"student-{number:04}", _seeded(json.loads(text), number)) for number in range(count)]


def _seeded(tree: dict[str, object], number: int) -> dict[str, object]:
    """Every seed that the notebook sets, moved by a stride for each student."""

    def move(found: re.Match[str]) -> str:
        return f"{found[1]}({int(found[2]) + 10 * number})"

    text = re.sub(r"\b(torch\.manual_seed|random\.seed)\((\d+)\)", move, json.dumps(tree))
    seeded: dict[str, object] = json.loads(text)
    return seeded


def write_trivial_class(folder: Path, count: int) -> list[Path]:
    """Notebooks that hardly do anything: what they take is the grader's own."""
    return [_write(folder, f"student-{number:04}", _trivial(number)) for number in range(count)]


def _trivial(number: int) -> dict[str, object]:
    cell = {
        "cell_type": "code",
        "id": "only",
        "metadata": {},
        "execution_count": 1,
        "source": f"number = {number}\nprint(number)",
        "outputs": [{"output_type": "stream", "name": "stdout", "text": f"{number}\n"}],
    }
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]}


def write_trivial_course(root: Path) -> None:
    """A course whose only assignment asks the trivial notebooks one thing, and fills a page with it."""
    (root / "assignments" / "trivial").mkdir(parents=True)
    (root / "rubrics").mkdir()
    (root / "course.toml").write_text('title = "Benchmark"\n')
    (root / "assignments" / "trivial" / "assignment.toml").write_text('title = "One number"\n')
    criteria = [
        f"  - {{id: whole-{number}, says: The number is whole., points: 1, probe: whole, expect: {{value: true}}}}"
        for number in range(CRITERIA)
    ]
    lines = [f"points: {CRITERIA}", "probes:", "  whole: {evaluate: 'isinstance(number, int)'}", "criteria:", *criteria]
    (root / "rubrics" / "trivial.yaml").write_text("\n".join(lines) + "\n")


def _write(folder: Path, student: str, tree: dict[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{student}.ipynb"
    path.write_text(json.dumps(tree, ensure_ascii=False, indent=1), encoding="utf-8")
    return path
