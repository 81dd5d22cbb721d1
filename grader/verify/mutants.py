"""Mutants: the reference with one small slip in it, of the kind that students make.

An operator, a sign, a constant off by one, an axis, swapped arguments or coordinates, a missing transpose, a missing
call (no square root, no normalisation, no activation), a border handled otherwise, an argument that is ignored. A slip
is made in the text, so that all other lines stay as they are and the difference is one that a person can read.
Docstrings, annotations, types of numbers and the words of errors are left alone.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from grader.files.python_source import parse
from grader.verify.modules import Modules, definitions
from grader.verify.slips import slips

SOLUTION = "solution.yaml"
"""Stands as the module of a mutant of a cell; its function is the cell's id."""

Place = ast.expr | ast.stmt
"""What has a place in the text."""


@dataclass(frozen=True)
class Mutant:
    """One slip: where it is, and the source of the module or cell with it."""

    module: str
    function: str
    line: int
    was: str
    becomes: str
    source: str

    @property
    def diff(self) -> str:
        """The slip as people read it."""
        file = SOLUTION if self.module == SOLUTION else f"{self.module}.py"
        lines = [f"--- {file}, line {self.line}, in `{self.function}`"]
        for mark, text in (("-", self.was), ("+", self.becomes)):
            lines += [f"{mark}{line}" for line in text.splitlines()]
        return "\n".join(lines)


def make_mutants(modules: Modules, wanted: Iterable[tuple[str, str]]) -> Iterator[Mutant]:
    """Every mutant of these (module, definition), in the order of the text."""
    for module, name in sorted(wanted):
        source = modules[module]
        definition = definitions(source)[name]
        yield from _mutants_of(module, name, source, [definition])
        if isinstance(definition, ast.FunctionDef):
            yield from _ignoring(module, source, definition)


def make_cell_mutants(cells: Mapping[str, str]) -> Iterator[Mutant]:
    """Every mutant of these code cells of a solution, by their ids."""
    for name, source in cells.items():
        yield from _mutants_of(SOLUTION, name, source, parse(source).body)


def _mutants_of(module: str, name: str, source: str, statements: Iterable[ast.stmt]) -> Iterator[Mutant]:
    seen = {source}
    for node, parent in (place for statement in statements for place in _places(statement)):
        for other in slips(node, parent):
            mutant = _mutant(module, name, source, node, other, parent)
            if mutant.source not in seen and _parses(mutant.source):
                seen.add(mutant.source)
                yield mutant


def _ignoring(module: str, source: str, function: ast.FunctionDef) -> Iterator[Mutant]:
    """One mutant for each parameter that has a default: whatever is passed, the default counts."""
    first = function.body[1 if ast.get_docstring(function) is not None and len(function.body) > 1 else 0]
    lines, taken = source.splitlines(keepends=True), function.args
    if lines[first.lineno - 1][: first.col_offset].strip():
        return  # the body stands behind the `def`, in one line
    in_order = [*taken.posonlyargs, *taken.args]
    defaults = [*zip(in_order[len(in_order) - len(taken.defaults) :], taken.defaults, strict=True)]
    for parameter, default in [*defaults, *zip(taken.kwonlyargs, taken.kw_defaults, strict=True)]:
        if default is not None:
            line = f"{' ' * first.col_offset}{parameter.arg} = {ast.unparse(default)}\n"
            changed = "".join([*lines[: first.lineno - 1], line, *lines[first.lineno - 1 :]])
            yield Mutant(module, function.name, first.lineno, "", line, changed)


def _places(node: ast.AST, parent: ast.AST | None = None) -> Iterator[tuple[Place, ast.AST | None]]:
    """Every expression and statement that may hold a slip, with what is around it."""
    if isinstance(node, ast.expr | ast.stmt):
        yield node, parent
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_alone(child):
                yield from _places(child, node)


def _is_left_alone(node: ast.AST) -> bool:
    match node:
        case ast.Raise() | ast.JoinedStr() | ast.keyword(arg="dtype" | "strict" | "kind"):
            return True
        case ast.Subscript(value=ast.Name(id="Literal" | "Callable")):
            return True  # a type with a name
        case ast.Expr(value=ast.Constant(value=str())):
            return True  # a docstring
        case ast.withitem(context_expr=ast.Call(func=ast.Attribute(attr="errstate"))):
            return True
    return False


def _mutant(module: str, name: str, source: str, node: Place, other: ast.AST, parent: ast.AST | None) -> Mutant:
    """The source with the node's text replaced. Columns count bytes of UTF-8, and the reference has Greek letters."""
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    lines = source.encode().splitlines(keepends=True)
    was = b"".join(lines[node.lineno - 1 : node.end_lineno])
    before, after = lines[node.lineno - 1][: node.col_offset], lines[node.end_lineno - 1][node.end_col_offset :]
    in_brackets = before.endswith(b"(") and after.startswith(b")")
    becomes = before + _text_of(other, None if in_brackets else parent).encode() + after
    changed = b"".join([*lines[: node.lineno - 1], becomes, *lines[node.end_lineno :]])
    return Mutant(module, name, node.lineno, was.decode(), becomes.decode(), changed.decode())


def _text_of(node: ast.AST, parent: ast.AST | None) -> str:
    """The node as text that binds as it should inside its parent."""
    text = ast.unparse(ast.fix_missing_locations(copy.deepcopy(node)))
    if isinstance(node, ast.Tuple) and isinstance(parent, ast.Subscript):
        return text[1:-1]
    operation = isinstance(node, ast.BinOp | ast.BoolOp | ast.Compare | ast.UnaryOp)
    return f"({text})" if operation and isinstance(parent, ast.expr) and not isinstance(parent, ast.Call) else text


def _parses(source: str) -> bool:
    try:
        parse(source)
    except SyntaxError:
        return False
    return True
