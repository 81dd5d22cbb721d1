"""Semantic mutants: the reference with one misunderstanding in it, which no operator or constant can hold.

Only the first row is handled, or all but the last; half of a check; no row, and one alone; an argument that is
ignored, or changed in place; a bound moved by one step; a helper's inverse; a state kept between calls.

What a function takes and gives is read from its docstring, which states shapes: `points : (N, 2) float`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from grader.verify.slips import Place, places

_ROWS = re.compile(r"\(([A-GI-VX-Z])[,)]")
"""The shape of an array of rows, of which there may be any number: not (H, W), which is a picture's."""

_ARRAY = re.compile(r"\([A-Z0-9]")
"""The shape of an array: a tuple that cannot be changed is documented as `(rows, columns)`."""

_NUMBER = re.compile(r"(float|int|number)\b")

_SEVERAL_AXES = re.compile(r"\([A-GI-VX-Z], ")
"""One row of several numbers: of a single number no wrapping is wrong."""

_INVERSES = {"exp": "log", "sqrt": "square", "sin": "arcsin", "cos": "arccos", "tan": "arctan", "cumsum": "diff"}
INVERSES = _INVERSES | {other: name for name, other in _INVERSES.items()}


@dataclass(frozen=True)
class Edit:
    """Text in the place of a node's, or before its line where it is `inserted`."""

    node: Place
    text: str
    inserted: bool = False


def misunderstandings(function: ast.FunctionDef, *, is_asked: bool) -> Iterator[list[Edit]]:
    """The edits of each mutant of the function; whatever concerns a caller, only if notebooks are asked for it."""
    yield from _of_checks(function)
    yield from _of_rows(function)
    yield from _of_bounds(function)
    yield from _of_inverses(function)
    if is_asked:
        yield from _of_arguments(function)
        yield from _of_results(function)


def _of_checks(function: ast.FunctionDef) -> Iterator[list[Edit]]:
    """One half of a condition alone, where it refuses what was given."""
    for node in _nodes(function):
        if isinstance(node, ast.If) and isinstance(node.body[0], ast.Raise):
            for test in ast.walk(node.test):
                if isinstance(test, ast.BoolOp):
                    yield from ([Edit(test, f"({ast.unparse(value)})")] for value in test.values)


def _of_rows(function: ast.FunctionDef) -> Iterator[list[Edit]]:
    """Only the first or the last is looked at; a loop that ends after one or three, or leaves out an end."""
    for node in _nodes(function):
        match node:
            case ast.Call(func=ast.Attribute(value=of, attr="any" | "all"), args=[], keywords=[]):
                yield from ([Edit(node, f"np.ravel({ast.unparse(of)})[{at}]")] for at in (0, -1))
            case ast.Call(func=ast.Attribute(attr="any" | "all"), args=[of], keywords=[]):
                yield from ([Edit(node, f"np.ravel({ast.unparse(of)})[{at}]")] for at in (0, -1))
            case ast.Call(func=ast.Attribute(attr="flatnonzero"), args=[of]):
                yield from _at_the_ends(of)
            case ast.Expr(value=ast.Call(args=[of])):  # a helper that refuses what is wrong
                yield from _at_the_ends(of)
            case ast.For(iter=over):
                yield from _shortened(over)
            case ast.ListComp(generators=loops) | ast.GeneratorExp(generators=loops):
                yield from (edit for loop in loops for edit in _shortened(loop.iter))


def _at_the_ends(of: ast.expr) -> Iterator[list[Edit]]:
    yield from ([Edit(of, f"np.asarray({ast.unparse(of)})[{part}]")] for part in (":1", "-1:"))


def _shortened(over: ast.expr) -> Iterator[list[Edit]]:
    text = ast.unparse(over)
    is_short = isinstance(over, ast.Tuple | ast.List) and len(over.elts) <= 3
    yield from ([Edit(over, f"list({text})[{part}]")] for part in (":1", "1:", ":-1"))
    if not is_short:
        yield [Edit(over, f"list({text})[:3]")]


def _of_bounds(function: ast.FunctionDef) -> Iterator[list[Edit]]:
    """A computed bound moved by one step: constants have their slips already."""
    for node in _nodes(function):
        match node:
            case ast.Call(func=ast.Name(id="range"), args=[end] | [_, end, *_]) if not isinstance(end, ast.Constant):
                yield from ([Edit(end, f"{_in_sum(end)} {step} 1")] for step in "+-")
            case ast.Slice(lower=lower, upper=upper):
                for bound in (lower, upper):
                    if bound is not None and not _is_number(bound):
                        yield from ([Edit(bound, f"{_in_sum(bound)} {step} 1")] for step in "+-")


def _of_inverses(function: ast.FunctionDef) -> Iterator[list[Edit]]:
    """A function's inverse in its place, and a square matrix's in the place of the matrix."""
    square = {name for name, shape in documented(function, "Parameters") if shape.startswith(("(2, 2)", "(3, 3)"))}
    for node in _nodes(function):
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="np"), attr=name) as called, args=[_]):
                if name in INVERSES:
                    yield [Edit(called, f"np.{INVERSES[name]}")]
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="linalg"), attr="inv"), args=[of]):
                yield [Edit(node, f"({ast.unparse(of)})")]
            case ast.Name(id=name, ctx=ast.Load()) if name in square:
                yield [Edit(node, f"np.linalg.inv({name})")]


def _of_arguments(function: ast.FunctionDef) -> Iterator[list[Edit]]:
    """An argument that is ignored or stays as it was first, and an array that its caller finds overwritten."""
    first = _first_statement(function)
    arguments = function.args
    in_order = [*arguments.posonlyargs, *arguments.args]
    defaults = [*zip(in_order[len(in_order) - len(arguments.defaults) :], arguments.defaults, strict=True)]
    for parameter, default in [*defaults, *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]:
        if default is not None:
            yield [Edit(first, f"{parameter.arg} = {ast.unparse(default)}", inserted=True)]
    without_default = {argument.arg for argument in in_order[: len(in_order) - len(arguments.defaults)]}
    for name, said in documented(function, "Parameters"):
        if name in without_default and _NUMBER.match(said):
            kept = f"{function.name}.kept_{name}"
            once = f"{name} = {kept} = getattr({function.name}, 'kept_{name}', {name})"
            yield [Edit(first, once, inserted=True)]
    returns = _returns(function)
    names = {argument.arg for argument in in_order}
    for name, shape in documented(function, "Parameters"):
        if returns and name in names and _ARRAY.match(shape):
            # Where the function uses the name again, the caller's array needs another.
            again = any(
                isinstance(node, ast.Name) and node.id == name and _is_stored(node) for node in _nodes(function)
            )
            kept = f"given_{name}" if again else name
            keep = [Edit(first, f"{kept} = {name}", inserted=True)] if again else []
            change = f"np.asarray({kept})[...] = 0"
            yield [*keep, *(Edit(one, f"result = {_value(one)}\n{change}\nreturn result") for one in returns)]


def _of_results(function: ast.FunctionDef) -> Iterator[list[Edit]]:
    """No row, one row, and the first answer given for ever."""
    returns = _returns(function)
    if not returns:
        return
    taken = _sizes(function, "Parameters")
    if given := _sizes(function, "Returns"):
        single = "result if isinstance(result, tuple) else (result,)"
        squeezed = "tuple(np.squeeze(one) for one in result) if isinstance(result, tuple) else np.squeeze(result)"
        none = f"if any(np.shape(one)[:1] == (0,) for one in ({single})):\n    raise IndexError('nothing is there')"
        if any(_SEVERAL_AXES.match(said) for _, said in documented(function, "Returns")):
            yield [Edit(one, f"result = {_value(one)}\nreturn {squeezed}") for one in returns]
        if not given <= taken:  # else there are none only where none are asked for
            yield [Edit(one, f"result = {_value(one)}\n{none}\nreturn result") for one in returns]
    kept = f"{function.name}.kept"
    ask = Edit(_first_statement(function), f"if hasattr({function.name}, 'kept'):\n    return {kept}", inserted=True)
    yield [ask, *(Edit(one, f"{kept} = {_value(one)}\nreturn {kept}") for one in returns)]


def _sizes(function: ast.FunctionDef, section: str) -> set[str]:
    """The letters that stand for the numbers of rows in this section."""
    return {found[1] for _, said in documented(function, section) if (found := _ROWS.match(said))}


def documented(function: ast.FunctionDef, section: str) -> Iterator[tuple[str, str]]:
    """(name, what is said of it) of each entry in this section of the function's docstring."""
    docstring = ast.get_docstring(function) or ""
    found = re.search(rf"^{section}\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", docstring, re.MULTILINE | re.DOTALL)
    for names, said in re.findall(r"^(\w[\w, ]*?) : (.*)$", found[1] if found else "", re.MULTILINE):
        yield from ((name, said) for name in names.split(", "))


def _nodes(function: ast.FunctionDef) -> Iterator[ast.AST]:
    """What may be misunderstood in its body, in the order of the text."""
    return (node for statement in function.body for node, _ in places(statement))


def _first_statement(function: ast.FunctionDef) -> ast.stmt:
    has_more = ast.get_docstring(function) is not None and len(function.body) > 1
    return function.body[1 if has_more else 0]


def _returns(function: ast.FunctionDef) -> list[ast.Return]:
    """Its own returns of a value; those of functions inside it are not its own."""
    found: list[ast.Return] = []
    waiting: list[ast.AST] = [*function.body]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Return) and node.value is not None:
            found.append(node)
        if not isinstance(node, ast.FunctionDef | ast.Lambda | ast.ClassDef):
            waiting += ast.iter_child_nodes(node)
    return sorted(found, key=lambda node: node.lineno)


def _value(node: ast.Return) -> str:
    assert node.value is not None
    return ast.unparse(node.value)


def _is_stored(node: ast.Name) -> bool:
    return isinstance(node.ctx, ast.Store)


def _is_number(node: ast.expr) -> bool:
    return isinstance(node.operand if isinstance(node, ast.UnaryOp) else node, ast.Constant)


def _in_sum(node: ast.expr) -> str:
    text = ast.unparse(node)
    return text if isinstance(node, ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.BinOp) else f"({text})"
