"""The marks by which a cell's source says where its solution is, and the source without it.

They are those of nbgrader (`### BEGIN SOLUTION`, `### BEGIN HIDDEN TESTS`, `### AUTOTEST`) and of otter (`# SOLUTION`,
`# SOLUTION NO PROMPT`, `# BEGIN PROMPT`), so that notebooks of either come over as they are.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass

from grader.errors import UserError
from grader.files.cell_names import read_code
from grader.language import _

_BEGIN = re.compile(r"^(\s*)(?:#+|<!--)\s*BEGIN (SOLUTION|HIDDEN TESTS?)\b( NO PROMPT)?[\s:]*(.*?)\s*(?:-->)?\s*$")
_END = re.compile(r"^\s*(?:#+|<!--)\s*END (SOLUTION|HIDDEN TESTS?)\b")
_LINE = re.compile(r"\S.*?#+\s*SOLUTION( NO PROMPT)?\s*$")
_ALONE = re.compile(r"^\s*#+\s*SOLUTION\s*$")
_AUTOTEST = re.compile(r"^\s*#+\s*(?:HASHED )?AUTOTEST\b")
_PROMPT_BEGINS = re.compile(r"^\s*(?:\"\"\"|''')\s*#+\s*BEGIN PROMPT\s*$")
_PROMPT_ENDS = re.compile(r"^\s*(?:\"\"\"|''')\s*;?\s*#+\s*END PROMPT\s*$")
_ANY = (_BEGIN, _END, _LINE, _ALONE, _AUTOTEST, _PROMPT_BEGINS)


@dataclass(frozen=True)
class CellPlace:
    """Where a cell is, for a message: the notebook's file and the cell's number among all, from 1."""

    file: str
    number: int

    def at(self, line: int) -> str:
        """A line of the cell, from 0."""
        return f"{self.file}, cell {self.number}, line {line + 1}"


def find_mark(source: str) -> str | None:
    """The first line that marks a solution or a test that is not for students; None where there is none."""
    return next((line.strip() for line in source.splitlines() if any(mark.match(line) for mark in _ANY)), None)


def is_marked_whole(source: str) -> bool:
    """Whether `# SOLUTION` stands alone in the first line: the whole cell is one."""
    return bool(_ALONE.match(source.lstrip("\n").partition("\n")[0]))


def without_marked(source: str, place: CellPlace, *, is_code: bool = True) -> str:
    """The source with each marked solution replaced by a prompt, and without hidden tests."""
    kept = _without_regions(_with_prompts(source), place, is_code=is_code)
    return _without_marked_lines(kept) if is_code else kept


def todo(told: str = "") -> str:
    """The comment that stands where students write."""
    task = told or _("write your code here")
    return f"# TODO: {task}"


def answer_here() -> str:
    """What stands in a text cell that students write."""
    task = _("TODO: write your answer here.")
    return f"*{task}*"


def _without_regions(source: str, place: CellPlace, *, is_code: bool) -> str:
    lines: list[str] = []
    begun: tuple[int, str] | None = None
    for number, line in enumerate(source.splitlines()):
        if opening := _BEGIN.match(line):
            if begun is not None:
                raise _refusal(place, begun[0], f"`BEGIN {begun[1]}` has no end before the next begins")
            begun = number, opening[2].rstrip("S")
            if opening[2] == "SOLUTION" and not opening[3]:
                lines += _prompt(opening[1], opening[4]) if is_code else [answer_here()]
        elif closing := _END.match(line):
            if begun is None or begun[1] != closing[1].rstrip("S"):
                raise _refusal(place, number, f"`END {closing[1]}` ends nothing that was begun")
            begun = None
        elif begun is None and not _AUTOTEST.match(line):
            lines.append(line)
    if begun is not None:
        raise _refusal(place, begun[0], f"`BEGIN {begun[1]}` has no end in its cell")
    return "\n".join(lines)


def _refusal(place: CellPlace, line: int, what: str) -> UserError:
    return UserError(what, where=place.at(line), remedy="Write both marks in one cell: ### BEGIN … and ### END …")


def _prompt(indent: str, told: str) -> list[str]:
    """In a function the rest of the body may not be left without a statement, and an answer of None is no answer."""
    return [f"{indent}{todo(told)}", *([f"{indent}raise NotImplementedError"] if indent else [])]


def _with_prompts(source: str) -> str:
    """A prompt is text in quotes that students get as code."""
    return "\n".join(
        line for line in source.splitlines() if not _PROMPT_BEGINS.match(line) and not _PROMPT_ENDS.match(line)
    )


def _without_marked_lines(source: str) -> str:
    """`x = 3  # SOLUTION` becomes `x = ...`, any other statement `...`; with NO PROMPT nothing is left."""
    lines = source.splitlines()
    ends = {statement.end_lineno: statement for statement in _simple_statements(source)}
    for number in range(len(lines), 0, -1):
        found = _LINE.match(lines[number - 1])
        if not found:
            continue
        statement = ends.get(number)
        first = statement.lineno if statement is not None else number
        indent = re.match(r"\s*", lines[first - 1])
        prompt = f"{indent[0] if indent else ''}{_prompt_of(statement)}"
        lines[first - 1 : number] = [] if found[1] else [prompt]
    return "\n".join(lines)


def _prompt_of(statement: ast.stmt | None) -> str:
    match statement:
        case ast.Assign(targets=targets):
            return " = ".join([*map(ast.unparse, targets), "..."])
        case ast.AnnAssign(target=target, annotation=annotation):
            return f"{ast.unparse(target)}: {ast.unparse(annotation)} = ..."
        case ast.Return():
            return "return ..."
    return "..."


def _simple_statements(source: str) -> list[ast.stmt]:
    nodes = [one.node for one in read_code(source).statements if one.node is not None]
    every = [node for statement in nodes for node in ast.walk(statement) if isinstance(node, ast.stmt)]
    return [node for node in every if not hasattr(node, "body")]
