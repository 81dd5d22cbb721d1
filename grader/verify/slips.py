"""The slips that a mutant may have: for one node of the syntax tree, what might stand there instead."""

from __future__ import annotations

import ast
import builtins
import copy
from collections.abc import Iterator

Place = ast.expr | ast.stmt
"""What has a place in the text."""

OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}
COMPARISONS: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt),
    ast.LtE: (ast.Lt, ast.GtE),
    ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
_PAIRS = [
    ("sin", "cos"),
    ("min", "max"),
    ("argmin", "argmax"),
    ("minimum", "maximum"),
    ("floor", "ceil"),
    ("any", "all"),
    ("sum", "mean"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("radians", "degrees"),
    ("vstack", "column_stack"),
]
NAMES = {name: other for pair in _PAIRS for name, other in (pair, pair[::-1])}
"""Functions and methods that are mixed up."""

PASSED_ON = {"abs", "sqrt", "exp", "log", "clip", "round", "rint", "floor", "sign", "radians", "degrees", "cumsum"}
PASSED_ON |= {"relu", "tanh", "sigmoid"}
"""Functions of NumPy and torch of which the call is forgotten; the course's own functions are forgotten too."""

SYMMETRIC = {"min", "max", "minimum", "maximum", "hypot", "convolve"}
"""Functions to which the order of their arguments is nothing."""

LEFT_IN = {"dtype", "strict", "kind", "out", "hermitian"}
"""Keywords without which the same comes out, or nothing that is the same twice."""

BORDERS = {"reflect": "edge", "edge": "reflect"}
SMALLEST = 1e-3
"""Below this a number is a tolerance: doubling it is no slip, leaving it away is one."""


def places(node: ast.AST, parent: ast.AST | None = None) -> Iterator[tuple[Place, ast.AST | None]]:
    """Every expression and statement that may hold a slip, with what is around it."""
    if isinstance(node, ast.expr | ast.stmt):
        yield node, parent
    for field, value in ast.iter_fields(node):
        if field in ("annotation", "returns", "decorator_list", "bases"):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST) and not _is_left_alone(child):
                yield from places(child, node)


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


def slips(node: ast.AST, parent: ast.AST | None) -> Iterator[ast.AST]:
    """What might stand in the place of this node by a slip."""
    match node:
        case ast.BinOp():
            yield from _of_operation(node)
        case ast.UnaryOp(op=ast.USub() | ast.Not() | ast.Invert()):
            yield node.operand
        case ast.Compare(ops=[operator]):
            yield from (_with(node, ops=[other()]) for other in COMPARISONS.get(type(operator), ()))
        case ast.BoolOp():
            yield _with(node, op=ast.Or() if isinstance(node.op, ast.And) else ast.And())
        case ast.Constant():
            yield from (ast.Constant(value) for value in _other_values(node.value, parent))
        case ast.Call():
            yield from _of_call(node)
        case ast.Attribute(attr="T"):
            yield node.value
        case ast.Tuple(elts=[first, second]) if ast.dump(first) != ast.dump(second) and not _is_axis(parent):
            yield _with(node, elts=[second, first])
        case ast.AugAssign() if type(node.op) in OPERATORS:
            yield _with(node, op=OPERATORS[type(node.op)]())


def _of_operation(node: ast.BinOp) -> Iterator[ast.AST]:
    if type(node.op) in OPERATORS:
        yield _with(node, op=OPERATORS[type(node.op)]())
    if isinstance(node.op, ast.Sub | ast.Div | ast.MatMult):
        yield _with(node, left=node.right, right=node.left)


def _other_values(value: object, parent: ast.AST | None) -> Iterator[bool | int | float | str]:
    match value:
        case bool():
            yield not value
        case int() if _is_axis(parent):
            yield 1 if value == 0 else 0
        case int():
            yield value + 1
            if value > 0:
                yield value - 1
        case float() if value == 0 or abs(value) < SMALLEST:
            yield 1.0
        case float():
            yield 2 * value
        case str() if value in BORDERS:
            yield BORDERS[value]


def _of_call(node: ast.Call) -> Iterator[ast.AST]:
    match node.args:
        case [first, second, *rest] if ast.dump(first) != ast.dump(second) and _name_of(node.func) not in SYMMETRIC:
            yield _with(node, args=[second, first, *rest])
    for keyword in node.keywords:
        if keyword.arg not in LEFT_IN:
            yield _with(node, keywords=[other for other in node.keywords if other is not keyword])
    match node.func:
        case ast.Attribute(attr=name) if name in NAMES:
            yield _with(node, func=_with(node.func, attr=NAMES[name]))
        case ast.Name(id=name) if name in NAMES:
            yield _with(node, func=ast.Name(NAMES[name]))
    if node.args and _may_be_forgotten(node.func):
        yield node.args[0]


def _may_be_forgotten(function: ast.expr) -> bool:
    match function:
        case ast.Attribute(value=ast.Name(id="np" | "math" | "torch"), attr=name):
            return name in PASSED_ON
        case ast.Name(id=name):
            return name == "abs" or not hasattr(builtins, name)
    return False


def _name_of(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _is_axis(parent: ast.AST | None) -> bool:
    return isinstance(parent, ast.keyword) and parent.arg == "axis"


def _with(node: ast.AST, **changes: object) -> ast.AST:
    """The node with other fields."""
    other = copy.copy(node)
    for field, value in changes.items():
        setattr(other, field, value)
    return other
