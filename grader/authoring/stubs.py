"""Functions and classes as students get them: the signature, the docstring, and `raise NotImplementedError`."""

from __future__ import annotations

import ast
import re
import tokenize
from collections.abc import Collection, Iterator

from grader.authoring.solution_marks import find_mark, todo
from grader.files.cell_names import read_code

Function = ast.FunctionDef | ast.AsyncFunctionDef
Defined = Function | ast.ClassDef

_TODO = re.compile(r"#\s*TODO\b")
_COMMENT = re.compile(r"\s*#")


def stub_marked(source: str, names: Collection[str]) -> str:
    """The source with stubs for the functions of these names, and for those with `# TODO` above their body."""

    def is_left(node: Defined) -> bool:
        return node.name in names or (_has_todo(lines, node) and not find_mark(_text_of(lines, node)))

    lines = source.splitlines()
    return _edited(lines, (edit for node in _definitions(source) if is_left(node) for edit in _edits(lines, node)))


def stub_all(source: str) -> str:
    """What is left of a cell that is a solution as a whole: its first comment, and stubs of what it defines."""
    lines = source.splitlines()
    statements = read_code(source).statements
    head = list(_leading_comment(lines[: statements[0].first - 1] if statements else lines))
    stubs = [_stub_of(lines, node) for node in _definitions(source)]
    if not stubs:
        return "\n".join(head or [todo()])
    return "\n\n\n".join(["\n".join([*head, *stubs[0]]), *("\n".join(stub) for stub in stubs[1:])])


def defined_in(source: str) -> list[str]:
    """The functions and classes that it defines at its top level."""
    return [node.name for node in _definitions(source)]


def _leading_comment(lines: list[str]) -> Iterator[str]:
    return (line for line in lines if _COMMENT.match(line) and not find_mark(line))


def _definitions(source: str) -> list[Defined]:
    nodes = (statement.node for statement in read_code(source).statements)
    return [node for node in nodes if isinstance(node, Defined)]


def _first_line(node: Defined) -> int:
    return min([node.lineno, *(one.lineno for one in node.decorator_list)])


def _text_of(lines: list[str], node: Defined) -> str:
    return "\n".join(lines[_first_line(node) - 1 : node.end_lineno])


def _stub_of(lines: list[str], node: Defined) -> list[str]:
    own = [*lines[: node.end_lineno]]
    return _edited(own, _edits(own, node)).splitlines()[_first_line(node) - 1 :]


def _edited(lines: list[str], edits: Iterator[tuple[int, int, list[str]]]) -> str:
    """The lines with others in the place of those from the first number up to the second, from 0."""
    changed = [*lines]
    for first, end, text in sorted(edits, reverse=True):
        changed[first:end] = text
    return "\n".join(changed)


def _edits(lines: list[str], node: Defined) -> Iterator[tuple[int, int, list[str]]]:
    if isinstance(node, ast.ClassDef):
        methods = [one for one in node.body if isinstance(one, Function)]
        if methods:
            for method in methods:
                yield from _edits(lines, method)
            return
    yield _body_edit(lines, node)


def _body_edit(lines: list[str], node: Defined) -> tuple[int, int, list[str]]:
    """The lines of a body, below its docstring, and what stands there for students."""
    end = node.end_lineno or node.lineno
    first = node.body[0]
    if first.lineno == _header_end(lines, node):  # all in one line
        head = lines[first.lineno - 1][: first.col_offset].rstrip()
        return first.lineno - 1, end, [head, f"{' ' * (node.col_offset + 4)}raise NotImplementedError"]
    has_docstring = ast.get_docstring(node, clean=False) is not None
    start = (first.end_lineno or first.lineno) if has_docstring else _header_end(lines, node)
    rest = node.body[1:] if has_docstring else node.body
    last_comment = rest[0].lineno - 1 if rest else end
    comments = [line for line in lines[start:last_comment] if _TODO.search(line)]
    indent = " " * first.col_offset
    kept = [f"{indent}super().__init__()"] if _calls_super(node) else []
    ending = "pass" if isinstance(node, ast.ClassDef) else "raise NotImplementedError"
    return start, end, [*(comments or [f"{indent}{todo()}"]), *kept, f"{indent}{ending}"]


def _header_end(lines: list[str], node: Defined) -> int:
    """The line with the colon that ends the signature: its closing bracket may stand in a line of its own."""
    depth = 0
    below = iter(lines[node.lineno - 1 : node.end_lineno])
    for token in tokenize.generate_tokens(lambda: f"{next(below)}\n"):
        depth += (token.string in "([{") - (token.string in ")]}") if token.type == tokenize.OP else 0
        if token.type == tokenize.OP and token.string == ":" and depth == 0:
            return node.lineno - 1 + token.start[0]
    raise AssertionError(node.name)  # it parsed, so there is a colon


def _calls_super(node: Defined) -> bool:
    first = [one for one in node.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Call)]
    return getattr(node, "name", "") == "__init__" and any("super().__init__" in ast.unparse(one) for one in first)


def _has_todo(lines: list[str], node: Defined) -> bool:
    """Whether `# TODO` stands in the line of the signature, or above the first statement below the docstring."""
    has_docstring = ast.get_docstring(node, clean=False) is not None
    rest = node.body[1:] if has_docstring else node.body
    start = (node.body[0].end_lineno or 0) if has_docstring else node.lineno - 1
    end = rest[0].lineno - 1 if rest else (node.end_lineno or 0)
    return any(_TODO.search(line) for line in lines[start : max(end, node.lineno)])
