"""Arithmetic that an exam's author writes: answers of parameterised questions, computed without running any code."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema

from grader.files.config_files import PlacedError
from grader.files.python_source import parse

_BINARY: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "atan": math.atan,
    "ceil": math.ceil,
    "cos": math.cos,
    "exp": math.exp,
    "floor": math.floor,
    "log": math.log,
    "max": max,
    "min": min,
    "round": round,
    "sin": math.sin,
    "sqrt": math.sqrt,
    "tan": math.tan,
    "tanh": math.tanh,
}
_CONSTANTS: Mapping[str, float] = {"pi": math.pi, "e": math.e}
_LONGEST = 200


def names_of(expression: str) -> set[str]:
    """The names that an expression uses, without functions and constants; a ValueError where it is no arithmetic.

    >>> sorted(names_of("f * x / z + 2"))
    ['f', 'x', 'z']
    """
    tree = _parse(expression)
    _check(tree)
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)} - called - set(_CONSTANTS)


def evaluate(expression: str, values: Mapping[str, float]) -> float:
    """The value of an expression, finite, or a ValueError that says why there is none.

    >>> evaluate("f * x / z + 320", {"f": 800, "x": 0.5, "z": 2})
    520.0
    """
    tree = _parse(expression)
    _check(tree)
    try:
        value = float(_value(tree.body, values))
    except (ArithmeticError, TypeError) as error:
        raise ValueError(f"`{expression}` has no value: {error}") from error
    if not math.isfinite(value):
        raise ValueError(f"`{expression}` has no finite value")
    return value


def _parse(expression: str) -> ast.Expression:
    if len(expression) > _LONGEST:
        raise ValueError(f"an expression has at most {_LONGEST} characters; this one has {len(expression)}")
    try:
        return parse(expression.strip(), mode="eval")
    except SyntaxError as error:
        raise ValueError(f"`{expression}` is not arithmetic: {error.msg}") from error


def _check(tree: ast.Expression) -> None:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), keywords=[]) if name in _FUNCTIONS:
                pass
            case ast.Call():
                known = ", ".join(_FUNCTIONS)
                raise ValueError(f"`{ast.unparse(node)}` calls what is not known; there are {known}")
            case ast.Constant(value=bool()):
                raise ValueError(f"`{ast.unparse(node)}` is not a number")
            case ast.Constant(value=int() | float()):
                pass
            case ast.operator() if type(node) in _BINARY:
                pass
            case ast.Expression() | ast.Name() | ast.Load() | ast.BinOp() | ast.UnaryOp() | ast.USub() | ast.UAdd():
                pass
            case _:
                raise ValueError(
                    f"`{ast.unparse(tree)}` is not arithmetic: numbers, names, + - * / // % ** and functions"
                )


def _value(node: ast.expr, values: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number):
            return float(number)
        case ast.Name(id=name):
            known = {**_CONSTANTS, **values}
            if name not in known:
                raise ValueError(f"`{name}` is not known; there are: {', '.join(values) or 'none'}")
            return known[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, values)
        case ast.UnaryOp(operand=operand):
            return _value(operand, values)
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_value(left, values), _value(right, values))
        case ast.Call(func=ast.Name(id=name), args=arguments):
            given = [_value(argument, values) for argument in arguments]
            try:
                return _FUNCTIONS[name](*given)
            except ValueError as error:  # math's own word for a logarithm of a negative number
                raise ArithmeticError(str(error)) from error
    raise ValueError(f"`{ast.unparse(node)}` is not arithmetic")


# ---- in a form ------------------------------------------------------------------------------------------------------


def _as_written(value: Any) -> Any:
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


def _arithmetic(expression: str) -> str:
    try:
        names_of(expression)
    except ValueError as error:
        remedy = "Write arithmetic over parameters and values, as in (low + high) / 2."
        if "^" in expression:
            remedy = "Write ** for a power."
        elif re.fullmatch(r"\s*-?\d+,\d+\s*", expression):
            remedy = f"Write a decimal point: {expression.strip().replace(',', '.')}."
        raise PlacedError(str(error), remedy=remedy) from error
    return expression


Expression = Annotated[
    str,
    BeforeValidator(_as_written),
    AfterValidator(_arithmetic),
    WithJsonSchema({"type": ["string", "number"]}),
]
"""A number, or arithmetic over the question's parameters and values."""


def refuse_unknown(expression: str, known: Collection[str], *keys: str) -> None:
    """Refuse arithmetic over names that have no value."""
    unknown = names_of(expression) - set(known)
    if unknown:
        raise PlacedError(
            f"`{'.'.join(keys)}` uses `{min(unknown)}`, which is no parameter and no value above it "
            f"(there are: {', '.join(sorted(known)) or 'none'})",
            *keys,
            remedy="Correct the name, or give it a value under `parameters` or `values`.",
        )
