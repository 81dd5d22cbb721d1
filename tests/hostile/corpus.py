"""Reads the hostile notebooks, which are data, and builds the files that would be handed in."""

import functools
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

import nbformat
import yaml
from nbformat.v4 import new_code_cell, new_notebook, new_output
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent
COURSE = HERE / "course"
HONEST_OUTPUT = "double of 21 is 42\n"
ASSIGNMENTS = ("hostile", "recorded")
"""Most notebooks are asked at their end; where the recording counts, they are of the second assignment."""


class Told(BaseModel):
    """A status or an end, and a pattern that its sentence has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    status: str
    because: str


class Page(BaseModel):
    """Text that the student's page must have, and text that it must not have anywhere."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    has: list[str] = []
    has_not: list[str] = []


class Case(BaseModel):
    """One hostile notebook, and what must come of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    family: str
    name: str
    assignment: Literal["hostile", "recorded"] = "hostile"
    says: str = Field(description="what it tries, in one sentence")
    student: str | None = Field(None, description="the file's stem, where that is the attack")
    cells: list[str] = Field(description="sources, or the names of shared snippets")
    stored: dict[int, str] = Field({}, description="code cell, from 1 -> the text that the file says it printed")
    end: str = "finished"
    because: str = Field("", description="a pattern in the sentence that says how the run ended")
    ends: dict[int, Told] = Field({}, description="code cell, from 1 -> how it ended; all others are ok")
    findings: dict[str, Told] = Field({}, description="criterion -> its finding; all others are met")
    evidence: dict[str, str] = Field({}, description="what was tried -> a pattern of what came of it: all of `loot`")
    page: Page = Page()
    raw: str | None = Field(None, description="the file's bytes instead of a notebook; `{repeat}` stands for 100,000 [")
    pending: str | None = Field(None, description="what the grader still lacks: the case fails until it is there")
    lacks: Literal["verdict", "secrecy"] = Field("verdict", description="which of the two tests a pending case fails")

    @property
    def who(self) -> str:
        return self.student or self.name

    def end_of(self, number: int) -> str:
        """How a code cell must end, from 1; alternatives are divided by `|`."""
        return self.ends[number].status if number in self.ends else "ok"

    def status_of(self, criterion: str) -> str:
        """The status that a criterion's finding must have; alternatives are divided by `|`."""
        return self.findings[criterion].status if criterion in self.findings else "met"


@functools.cache
def read_snippets() -> dict[str, str]:
    return yaml.safe_load((HERE / "snippets.yaml").read_text(encoding="utf-8"))


@functools.cache
def read_cases(assignment: str = "hostile") -> tuple[Case, ...]:
    """Every case of every family, each file a family."""
    files = sorted(path for path in HERE.glob("*.yaml") if path.name != "snippets.yaml")
    cases = (
        Case(family=path.stem, name=name, **told)
        for path in files
        for name, told in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    )
    return tuple(case for case in cases if case.assignment == assignment)


def write_case(case: Case, folder: Path, baits: Mapping[str, str]) -> None:
    """The notebook that the case's student hands in; for the names of baits, what they are on this host."""
    path = folder / f"{case.who}.ipynb"
    if case.raw is not None:
        path.write_text(case.raw.replace("{repeat}", "[" * 100_000), encoding="utf-8")
    else:
        text = _notebook(case.cells, case.stored)
        for name, bait in baits.items():
            text = text.replace(name, bait)
        path.write_text(text, encoding="utf-8")


def write_innocent(number: int, folder: Path) -> str:
    """An honest notebook that differs a little from all others; returns its student."""
    student = f"innocent-{number:02}"
    loot = f"loot = {{'mine': {number}}}\nimport os\nos.makedirs('/dev/shm/notes')\nopen('notes.txt', 'x').close()"
    (folder / f"{student}.ipynb").write_text(_notebook([loot, "honest"], {}), encoding="utf-8")
    return student


def _notebook(cells: list[str], stored: dict[int, str]) -> str:
    snippets, notebook = read_snippets(), new_notebook()
    for number, cell in enumerate(cells, start=1):
        text = stored.get(number, HONEST_OUTPUT if cell == "honest" else None)
        outputs = [] if text is None else [new_output("stream", name="stdout", text=text)]
        notebook.cells.append(
            new_code_cell(snippets.get(cell, cell), id=f"cell-{number}", outputs=outputs, execution_count=number)
        )
    return json.dumps(nbformat.from_dict(notebook), ensure_ascii=False)
