"""Reads a course of otter: masters of `otter assign`, or notebooks beside tests/, with submissions/ and their scores.

Source: otter-grader.readthedocs.io, "Otter assign format" and "Test files". Nothing in tests/ is executed, only parsed.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import nbformat
import yaml
from nbformat import NotebookNode

from grader.authoring.student_notebook import make_student_notebook
from grader.errors import UserError
from grader.files.csv_file import read_csv
from grader.files.notebook_ids import read_with_ids
from grader.files.python_source import parse
from grader.migrate.assertions import Parameters, RewrittenTest, parameters_in
from grader.migrate.doctests import rewrite_doctest, rewrite_function, write_doctest
from grader.migrate.nbgrader_course import load_notebook
from grader.migrate.taken_over import KnownScore, TakenAssignment, TakenCourse, TakenCriterion, name_of
from grader.verify.solved import changed_cells

_MARK = re.compile(r"^\s*#+\s*(BEGIN|END) (QUESTION|TESTS|SOLUTION|PROMPT)\b(.*)", re.DOTALL)
_HIDDEN = re.compile(r"^\s*#+\s*HIDDEN\b[^\n]*\n?", re.IGNORECASE)
_SETTINGS = re.compile(r'^\s*"""\s*# BEGIN TEST CONFIG(.*?)"""\s*# END TEST CONFIG[^\n]*\n?', re.DOTALL)
_CONFIG = re.compile(r"^\s*#+\s*ASSIGNMENT CONFIG\b[^\n]*\n?")
_CALLS = re.compile(
    r"^(import otter|(\w+ = )?otter\.Notebook\(.*\)|grader\.(check|check_all|export)\(.*\))[ \t;]*(#.*)?$", re.MULTILINE
)
"""Lines that otter itself puts into notebooks."""
_POSSIBLE = "points-per-question"
"""What otter calls the row of the most that each question gives."""


@dataclass(frozen=True)
class _Case:
    """One test of a question; None are points that its question deals out."""

    test: RewrittenTest
    points: float | None
    is_hidden: bool
    text: str = ""
    """of a doctest"""


@dataclass(frozen=True)
class _Question:
    name: str
    points: Any
    is_manual: bool
    cases: Sequence[_Case]


def read_otter(root: Path) -> TakenCourse:
    """The course in this folder; a UserError where it has neither masters nor tests, or a part cannot be read."""
    folders = [root, *sorted(path for path in root.iterdir() if path.is_dir())] if root.is_dir() else []
    paths = [path for folder in folders if folder.name != "submissions" for path in sorted(folder.glob("*.ipynb"))]
    chosen = [path for path in paths if _is_master(path) or (path.parent / "tests").is_dir()]
    if not chosen:
        raise UserError(
            "there is no course of otter: no notebook has `# BEGIN QUESTION`, or a folder tests/ beside it",
            where=str(root),
            remedy="Name the folder with the notebooks for `otter assign`, or with a notebook and its tests/.",
        )
    names: set[str] = set()
    left_out: list[str] = []
    assignments = []
    known: list[KnownScore] = []
    for path in chosen:
        made = _read_assignment(path, name_of(path.stem, names), left_out)
        assignments.append(made)
        known += _known_scores(path.parent / "final_grades.csv", made)
    return TakenCourse(root.resolve().name, assignments, known, left_out)


def _is_master(path: Path) -> bool:
    return any(_begins_question(cell) for cell in load_notebook(path).cells)


def _begins_question(cell: NotebookNode) -> bool:
    mark = _MARK.match(cell.source) if cell.cell_type == "raw" else None
    return mark is not None and mark[2] == "QUESTION"


def _read_assignment(path: Path, name: str, left_out: list[str]) -> TakenAssignment:
    notebook = load_notebook(path)
    parameters = parameters_in([cell.source for cell in notebook.cells if cell.cell_type == "code"])
    solved: Mapping[str, str] = {}
    if _is_master(path):
        questions = [*_questions_of(path, notebook, parameters)]
        content = nbformat.writes(notebook).encode()
        given = make_student_notebook(content, str(path)).content
        solved = changed_cells(content, given)
        notebook = read_with_ids(given)
    else:
        files = sorted((path.parent / "tests").glob("*.py"))
        questions = [_read_test_file(file, parameters) for file in files]
        left_out.append(f"{path.name}: it has no solution, so that `grader verify` has nothing to try.")
    folder = path.parent / "submissions"
    own = folder / path.stem if (folder / path.stem).is_dir() else folder
    return TakenAssignment(
        name=name,
        title=path.stem,
        given=notebook,
        solved_cells=solved,
        reference="",
        criteria=[*_criteria_of(path, questions)],
        files={file.name: file for file in _named_files(path) if file.is_file()},
        submissions={one.stem: _without_otter(one.read_bytes()) for one in sorted(own.glob("*.ipynb"))},
    )


def _named_files(path: Path) -> Iterator[Path]:
    """The files that the configuration of a master names; what is in a folder of its own is named flat."""
    for number, cell in enumerate(load_notebook(path).cells, start=1):
        found = _CONFIG.match(cell.source) if cell.cell_type == "raw" else None
        told = _settings(path, number, cell.source[found.end() :]) if found else {}
        for key in ("files", "student_files"):
            names = told.get(key)
            yield from (path.parent / str(name) for name in (names if isinstance(names, list) else ()))


def _without_otter(content: bytes) -> bytes:
    """A submission without its calls of otter, which is not installed here: they check, and define nothing.

    What is no notebook is left as it is, for the grader to say so.
    """
    try:
        notebook = read_with_ids(content)
    except ValueError:
        return content
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = _CALLS.sub("", cell.source)
    text: str = nbformat.writes(notebook)
    return text.encode()


def _criteria_of(path: Path, questions: Sequence[_Question]) -> Iterator[TakenCriterion]:
    names: set[str] = set()
    for question in questions:
        if question.is_manual or not question.cases:
            points = _share(path, question, 1)[0]
            yield TakenCriterion(name_of(question.name, names), question.name, points, None)
            continue
        shares = _share(path, question, len(question.cases))
        for number, (case, points) in enumerate(zip(question.cases, shares, strict=True), start=1):
            told = question.name if len(question.cases) == 1 else f"{question.name}-{number}"
            yield TakenCriterion(name_of(told, names), question.name, points, case.test, is_hidden=case.is_hidden)


def _share(path: Path, question: _Question, count: int) -> list[float]:
    """The points of each case, dealt out as otter deals them: what no case claims is shared by the others."""
    told = question.points
    claimed: list[float | None]
    claimed = [case.points for case in question.cases] if len(question.cases) == count else [None] * count
    try:
        if isinstance(told, dict):
            told = float(told["each"]) * count
        if isinstance(told, list):
            claimed, told = [float(one) for one in told], None
        total = float(told) if told is not None else None
    except (KeyError, TypeError, ValueError) as error:
        raise UserError(
            f"the question `{question.name}` has the points `{question.points}`",
            where=str(path),
            remedy="Give it a number of points there, or one for each test.",
        ) from error
    given = sum(one for one in claimed if one is not None)
    open_ = sum(one is None for one in claimed)
    if len(claimed) != count or (total is not None and given > total):
        raise UserError(
            f"the points of the question `{question.name}` are not those of its tests",
            where=str(path),
            remedy="Give one number of points for each test, and no more than the question has.",
        )
    if total is None:
        total = given if given else 1.0
    return [(total - given) / open_ if one is None else one for one in claimed]


# ---- masters --------------------------------------------------------------------------------------------------------


def _questions_of(path: Path, notebook: NotebookNode, parameters: Parameters) -> Iterator[_Question]:
    told: Mapping[str, Any] | None = None
    cases: list[_Case] = []
    in_tests = False
    for number, cell in enumerate(notebook.cells, start=1):
        mark = _MARK.match(cell.source) if cell.cell_type == "raw" else None
        if mark is not None and mark[2] == "TESTS":
            in_tests = mark[1] == "BEGIN"
        elif mark is not None and mark.group(1, 2) == ("BEGIN", "QUESTION"):
            told, cases = _settings(path, number, mark[3]), []
        elif mark is not None and mark[2] == "QUESTION" and told is not None:
            name = str(told.get("name") or f"question-{number}")
            if told.get("all_or_nothing") and not told.get("manual"):
                cases = [_joined(path, name, cases)]
            yield _Question(name, told.get("points"), bool(told.get("manual")), tuple(cases))
            told = None
        elif in_tests and cell.cell_type == "code":
            cases.append(_case_of(path, number, cell, parameters))


def _joined(path: Path, name: str, cases: Sequence[_Case]) -> _Case:
    """All cases of a question that is all or nothing, as one."""
    if not all(case.text for case in cases):
        raise UserError(
            f"the question `{name}` is all or nothing, and has tests that are functions",
            where=str(path),
            remedy="Put them into one function.",
        )
    # Run as they are: a name that one of them makes is used by the next.
    text = "\n".join(case.text for case in cases)
    return _Case(rewrite_doctest(text, {}), _sum_of(cases), any(case.is_hidden for case in cases), text)


def _sum_of(cases: Sequence[_Case]) -> float | None:
    claimed = [case.points for case in cases if case.points is not None]
    return sum(claimed) if claimed else None


def _settings(path: Path, number: int, text: str) -> Mapping[str, Any]:
    try:
        told = yaml.safe_load(text) or {}
    except yaml.YAMLError as error:
        raise UserError(
            "what this cell says is no YAML", where=f"{path}, cell {number}", remedy="Write `name: q1` below its mark."
        ) from error
    return told if isinstance(told, dict) else {}


def _case_of(path: Path, number: int, cell: NotebookNode, parameters: Parameters) -> _Case:
    source = cell.source
    settings = _SETTINGS.match(source)
    told = _settings(path, number, settings[1]) if settings else {}
    source = source[settings.end() :] if settings else source
    is_hidden = bool(told.get("hidden")) or _HIDDEN.match(source) is not None
    source = _HIDDEN.sub("", source).strip("\n")
    points = told.get("points")
    function = _only_function(source)
    text = ""
    if function is not None:
        test = rewrite_function(function, parameters)
    else:
        text = write_doctest(source, _output_of(cell))
        test = rewrite_doctest(text, parameters)
    return _Case(test, float(points) if isinstance(points, int | float) else None, is_hidden, text)


def _only_function(source: str) -> ast.FunctionDef | None:
    """The function of a test in otter's other format; its name begins with `test`."""
    try:
        body = parse(source).body
    except SyntaxError:
        return None
    found = body[0] if len(body) == 1 else None
    return found if isinstance(found, ast.FunctionDef) and found.name.startswith("test") else None


def _output_of(cell: NotebookNode) -> str:
    """What the master's cell shows: otter expects just this."""
    told = []
    for output in cell.get("outputs", ()):
        text = output.get("text") or output.get("data", {}).get("text/plain") or ""
        told.append(text if isinstance(text, str) else "".join(text))
    return "\n".join(one.rstrip("\n") for one in told if one)


# ---- tests/ ---------------------------------------------------------------------------------------------------------


def _read_test_file(path: Path, parameters: Parameters) -> _Question:
    try:
        body = parse(path.read_text(encoding="utf-8")).body
    except (OSError, ValueError, SyntaxError) as error:
        raise UserError(
            "this test of otter is no Python", where=f"{path}:{getattr(error, 'lineno', 1)}", remedy="Repair it first."
        ) from error
    values = {
        one.targets[0].id: one.value
        for one in body
        if isinstance(one, ast.Assign) and isinstance(one.targets[0], ast.Name)
    }
    if "test" in values:
        return _read_ok(path, _literal(path, values["test"]), parameters)
    cases = [
        _Case(rewrite_function(one, parameters), *_decorated(path, one))
        for one in body
        if isinstance(one, ast.FunctionDef) and one.decorator_list
    ]
    plain = {name: _literal(path, values[name]) for name in ("name", "points") if name in values}
    return _Question(str(plain.get("name") or path.stem), plain.get("points"), False, cases)


def _decorated(path: Path, function: ast.FunctionDef) -> tuple[float | None, bool]:
    """Points and whether it is hidden, of `@test_case(points=…, hidden=…)`."""
    (call, *_) = function.decorator_list
    told = {one.arg: _literal(path, one.value) for one in call.keywords} if isinstance(call, ast.Call) else {}
    points = told.get("points")
    return (float(points) if isinstance(points, int | float) else None, bool(told.get("hidden", True)))


def _read_ok(path: Path, told: Any, parameters: Parameters) -> _Question:
    try:
        name, points = str(told.get("name") or path.stem), told.get("points")
        found = [_ok_case(case, parameters) for case in told["suites"][0]["cases"]]
        if told.get("all_or_nothing"):
            found = [_joined(path, name, found)]
            points = sum(points) if isinstance(points, list) else points
        return _Question(name, points, False, found)
    except (KeyError, IndexError, TypeError, AttributeError) as error:
        raise UserError(
            "this test of otter has no suite of cases with their code", where=str(path), remedy="Repair it first."
        ) from error


def _ok_case(told: Any, parameters: Parameters) -> _Case:
    text = dedent(told["code"])
    return _Case(rewrite_doctest(text, parameters), told.get("points"), bool(told.get("hidden", True)), text)


def _literal(path: Path, node: ast.expr) -> Any:
    try:
        return ast.literal_eval(node)
    except ValueError as error:
        raise UserError(
            "this test of otter is computed, and not written out",
            where=f"{path}:{node.lineno}",
            remedy="Write the values themselves there.",
        ) from error


# ---- scores ---------------------------------------------------------------------------------------------------------


def _known_scores(path: Path, assignment: TakenAssignment) -> Iterator[KnownScore]:
    """The rows of `otter grade`: a file, and the points of each question in a column of its name."""
    if not path.exists():
        return
    table = read_csv(path)
    places = {table.head.cell(place): place for place in range(len(table.head.cells))}
    titles: defaultdict[str, int] = defaultdict(int)
    for one in assignment.criteria:
        titles[one.title] += 1
    for row in table.rows:
        file = row.cell(places.get("file"))
        if not file or file == _POSSIBLE:
            continue
        for title in titles:
            told = row.cell(places.get(title))
            if told:
                yield KnownScore(Path(file).stem, assignment.name, title, _number(told, table.place(row)))


def _number(told: str, where: str) -> float:
    try:
        return float(told)
    except ValueError as error:
        raise UserError(f"the score `{told}` is no number", where=where, remedy="Write it as 1.5.") from error
