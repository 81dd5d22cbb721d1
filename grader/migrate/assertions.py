"""Reads a test of another grader and rewrites it into one probe and one expectation of a rubric.

A test is all or nothing in the other graders, so it becomes one question: its asserts are asked for their values, which
are compared outside. What does not fit is run as it is, in the notebook's own names.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.files.python_source import parse

Parameters = Mapping[str, Sequence[str]]
"""function -> its parameters' names, as the solution defines them"""

_EQUAL = frozenset({"assert_equal", "assert_equals", "assertEqual", "assert_array_equal", "eq_"})
_NEAR = {"isclose": (1e-05, 1e-08), "allclose": (1e-05, 1e-08), "assert_allclose": (1e-07, 0.0)}
"""The functions of NumPy, with their relative and absolute tolerance where none is given."""
_RAISED = frozenset({"raises", "assertRaises", "assert_raises"})
_SIMPLE = (ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Import, ast.ImportFrom, ast.FunctionDef)
"""Statements between asserts that prepare them."""


@dataclass(frozen=True)
class RewrittenTest:
    """A probe and an expectation as a rubric holds them."""

    probe: Mapping[str, Any]
    expect: Mapping[str, Any]
    is_run_as_it_is: bool = False
    """Its verdict comes out of the sandbox, for it is no question for values."""
    needs_reference: bool = False
    """What is expected is what the reference answers."""
    was_text: bool = False
    """There, the text of the value was compared, in which 9 and 9.0 differ."""


@dataclass(frozen=True)
class _Wanted:
    """What one assert asks for, and how its value is compared; `tolerance` is relative and absolute."""

    asked: ast.expr
    value: Any
    tolerance: tuple[float, float] | None = None


def rewrite_test(source: str, parameters: Parameters) -> RewrittenTest:
    """The test as a question for values where its syntax allows, else as it is; the source may be any text."""
    try:
        body = _without_docstring(parse(source).body)
    except SyntaxError:
        return run_as_it_is(source)
    return _as_error(body, parameters) or _as_values(body, parameters) or run_as_it_is(source)


def run_as_it_is(source: str) -> RewrittenTest:
    """The test run in the notebook's own names, whose functions see what it changes; afterwards they are as before."""
    code = (
        f"test = {_literal_text(source)}\n"
        'names = vars(__import__("__main__"))\n'
        "before = dict(names)\n"
        "try:\n"
        "    exec(test, names)\n"
        "finally:\n"
        "    for name in names.keys() - before.keys():\n"
        "        del names[name]\n"
        "    names.update(before)\n"
        '"passed"\n'
    )
    return RewrittenTest({"evaluate": code, "when": "end"}, {"value": "passed"}, is_run_as_it_is=True)


def ask_reference_after(code: str) -> RewrittenTest:
    """What this code adds to `answers_`, as the reference has it; `shown_` is a value as plain data."""
    asked = f"answers_ = []\n{_SHOWN}{code}\nanswers_\n"
    return RewrittenTest({"evaluate": asked}, {}, needs_reference=True)


_SHOWN = (
    # nbgrader rounds what it compares to two decimals.
    "def shown_(value):\n"
    "    if isinstance(value, float):\n"
    "        return round(value, 2)\n"
    "    return value if isinstance(value, (bool, int, str)) else repr(value)\n"
)


def parameters_in(sources: Sequence[str]) -> dict[str, list[str]]:
    """The functions that these cells define, with the names of their plain parameters."""
    found = {}
    for source in sources:
        try:
            tree = parse(source)
        except SyntaxError:
            continue  # a cell of magics: it defines nothing that a test can be matched with
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.args.vararg and not node.args.posonlyargs:
                found[node.name] = [argument.arg for argument in node.args.args]
    return found


def _literal_text(source: str) -> str:
    """A text of Python that is readable over several lines where it can be."""
    if "'''" in source or "\\" in source or source.endswith("'"):
        return repr(source)
    return f"'''{source}'''"


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    def is_text(statement: ast.stmt) -> bool:
        value = statement.value if isinstance(statement, ast.Expr) else None
        return isinstance(value, ast.Constant) and isinstance(value.value, str)

    return [statement for statement in body if not is_text(statement) and not isinstance(statement, ast.Pass)]


# ---- errors ---------------------------------------------------------------------------------------------------------


def _as_error(body: list[ast.stmt], parameters: Parameters) -> RewrittenTest | None:
    """One call that has to raise one error."""
    if len(body) != 1:
        return None
    asked, error = _raising(body[0])
    if asked is None or not isinstance(error, ast.Name):
        return None
    return RewrittenTest(_probe_of(asked, parameters), {"raises": error.id})


def _raising(statement: ast.stmt) -> tuple[ast.expr | None, ast.expr | None]:
    match statement:
        case ast.Try(body=[ast.Expr(value=asked)], handlers=[handler], orelse=[otherwise], finalbody=[]):
            if all(isinstance(one, ast.Pass) for one in handler.body) and _fails(otherwise):
                return asked, handler.type
        case ast.With(items=[ast.withitem(context_expr=ast.Call(func=call, args=[error]))], body=[ast.Expr(asked)]):
            if _name_of(call) in _RAISED:
                return asked, error
        case ast.Expr(value=ast.Call(func=call, args=[error, function, *arguments], keywords=[])):
            if _name_of(call) in _RAISED:
                return ast.Call(func=function, args=arguments, keywords=[]), error
    return None, None


def _fails(statement: ast.stmt) -> bool:
    """Whether a statement always ends the test as failed."""
    if isinstance(statement, ast.Assert):
        return isinstance(statement.test, ast.Constant) and not statement.test.value
    return isinstance(statement, ast.Raise)


# ---- values ---------------------------------------------------------------------------------------------------------


def _as_values(body: list[ast.stmt], parameters: Parameters) -> RewrittenTest | None:
    """The values that all asserts ask for, in one question; they are compared in one way."""
    wanted: list[_Wanted] = []
    lines = []
    for statement in body:
        one = _wanted_by(statement)
        if one is not None:
            wanted.append(one)
            lines.append(f"answers_ += [{_shown(one)}]")
        elif isinstance(statement, _SIMPLE):
            lines.append(ast.unparse(statement))
        else:
            return None
    tolerances = {one.tolerance for one in wanted}
    if len(tolerances) != 1:
        return None
    expect = _expectation([one.value for one in wanted], tolerances.pop(), alone=len(wanted) == 1)
    listed = any(isinstance(one.value, list) and one.tolerance is None for one in wanted)
    if len(wanted) == len(body) == 1 and not listed:
        return RewrittenTest(_probe_of(wanted[0].asked, parameters), expect)
    head = [_AS_LIST] if listed else []
    if len(wanted) == len(body):
        asked = [f"    {_shown(one)}," for one in wanted]
        code = [*head, "[", *asked, "]"] if len(wanted) > 1 else [*head, _shown(wanted[0])]
    else:
        code = [*head, "answers_ = []", *lines, "answers_[0]" if len(wanted) == 1 else "answers_"]
    return RewrittenTest({"evaluate": "\n".join(code) + "\n"}, expect)


_AS_LIST = "as_list = lambda answer: answer if isinstance(answer, list) else repr(answer)"
"""An answer travels as plain data, in which a tuple and an array are lists; an assert tells them apart."""


def _shown(one: _Wanted) -> str:
    asked = ast.unparse(one.asked)
    return f"as_list({asked})" if isinstance(one.value, list) and one.tolerance is None else asked


def _expectation(values: list[Any], tolerance: tuple[float, float] | None, *, alone: bool) -> dict[str, Any]:
    value = values[0] if alone else values
    if tolerance is None:
        return {"value": value}
    return {"close": {"to": value, "rtol": tolerance[0], "atol": tolerance[1]}}


def _wanted_by(statement: ast.stmt) -> _Wanted | None:
    match statement:
        case ast.Assert(test=test):
            return _wanted_by_assert(test)
        case ast.Expr(value=ast.Call(func=call, args=[one, other, *_])) if _name_of(call) in _EQUAL:
            return _equal(one, other)
        case ast.Expr(value=ast.Call(func=func) as call) if _name_of(func) == "assert_allclose":
            return _near(call)
    return None


def _wanted_by_assert(test: ast.expr) -> _Wanted | None:
    match test:
        case ast.Compare(left=one, ops=[ast.Eq() | ast.Is()], comparators=[other]):
            return _equal(one, other)
        case ast.Compare(left=ast.Call() as distance, ops=[ast.Lt() | ast.LtE()], comparators=[bound]):
            return _within(distance, bound)
        case ast.Call(func=func) if _name_of(func) in _NEAR and not _is_of_math(func):
            return _near(test)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call(func=ast.Name()) as asked):
            return _Wanted(_truth(asked), False)
        case ast.Call(func=ast.Name()):
            return _Wanted(_truth(test), True)
    return None


def _truth(asked: ast.expr) -> ast.expr:
    """Whether a value counts as true: an assert takes any such value."""
    return ast.Call(func=ast.Name("bool"), args=[asked], keywords=[])


def _equal(one: ast.expr, other: ast.expr) -> _Wanted | None:
    for asked, target in ((one, other), (other, one)):
        if _is_plain(target) and not _is_plain(asked):
            return _Wanted(asked, ast.literal_eval(target))
    return None


def _within(distance: ast.Call, bound: ast.expr) -> _Wanted | None:
    """`abs(asked - number) < bound`."""
    match distance:
        case ast.Call(func=func, args=[ast.BinOp(left=one, op=ast.Sub(), right=other)], keywords=[]):
            wanted = _equal(one, other)
            if _name_of(func) == "abs" and wanted is not None and _is_plain(bound):
                return _Wanted(wanted.asked, wanted.value, (0.0, float(ast.literal_eval(bound))))
    return None


def _near(call: ast.Call) -> _Wanted | None:
    """`np.isclose(asked, number)` and its like; what is given by place beyond the two is left as it is."""
    given = {one.arg: one.value for one in call.keywords}
    if len(call.args) != 2 or given.keys() - {"rtol", "atol"} or not all(map(_is_plain, given.values())):
        return None
    wanted = _equal(*call.args)
    if wanted is None:
        return None
    rtol, atol = _NEAR[_name_of(call.func)]
    told = {str(name): float(ast.literal_eval(value)) for name, value in given.items()}
    return _Wanted(wanted.asked, wanted.value, (told.get("rtol", rtol), told.get("atol", atol)))


def _is_of_math(function: ast.expr) -> bool:
    """`math.isclose` measures by the larger of the two numbers: no expectation of a rubric does."""
    return not isinstance(function, ast.Attribute) or ast.unparse(function.value) not in ("np", "numpy")


def _name_of(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _is_plain(node: ast.expr) -> bool:
    """Whether it is a value that YAML holds as it is: a tuple, a set and bytes would be other values there."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return _is_yaml(value)


def _is_yaml(value: Any) -> bool:
    if isinstance(value, list):
        return all(map(_is_yaml, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_yaml(one) for key, one in value.items())
    return value is None or isinstance(value, bool | int | float | str)


def _probe_of(asked: ast.expr, parameters: Parameters) -> dict[str, Any]:
    """`call` and `variable` where a rubric has the form for it, so that pages can say what was asked."""
    if isinstance(asked, ast.Name):
        return {"variable": asked.id}
    if isinstance(asked, ast.Call) and isinstance(asked.func, ast.Name):
        names = parameters.get(asked.func.id, ())
        given = [*asked.args, *(one.value for one in asked.keywords)]
        named = [*names[: len(asked.args)], *(one.arg for one in asked.keywords if one.arg)]
        if len(set(named)) == len(given) and set(named) <= set(names) and all(map(_is_argument, given)):
            arguments = {name: ast.literal_eval(value) for name, value in zip(named, given, strict=True)}
            return {"call": asked.func.id, "with": arguments} if arguments else {"call": asked.func.id}
    return {"evaluate": ast.unparse(asked)}


def _is_argument(node: ast.expr) -> bool:
    """A table among a probe's arguments would be read as one of the forms of inputs."""
    return _is_plain(node) and not any(isinstance(part, ast.Dict) for part in ast.walk(node))
