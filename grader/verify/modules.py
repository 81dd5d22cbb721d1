"""The reference's modules as text: what a notebook needs of them, and what of that can be reached from it."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

from grader.course.reference_code import FOLDER, made_modules
from grader.errors import UserError
from grader.files.python_source import parse

Modules = Mapping[str, str]
"""module of reference/ -> its source; a module stands after those that it imports."""


def read_modules(course: Path, names: Sequence[str]) -> dict[str, str]:
    """These modules of the course's reference and all that they import from it."""
    found: dict[str, str] = {}
    made = made_modules(course, names)

    def read(name: str) -> None:
        if name in found:
            return
        if name in made:
            found[name] = made[name]
            return
        source, tree = _read_module(course / FOLDER / f"{name}.py")
        for module, _ in _imports(tree).values():
            read(module)
        found[name] = source

    for name in names:
        read(name)
    return found


def _read_module(path: Path) -> tuple[str, ast.Module]:
    try:
        source = path.read_text(encoding="utf-8")
        return source, parse(source)
    except SyntaxError as error:
        raise UserError(
            f"this is not Python: {error.msg}",
            where=f"{path}:{error.lineno}",
            remedy=f"Fix it, and try: python {path}",
        ) from error
    except FileNotFoundError as error:
        raise UserError(
            "the reference has no such module",
            where=str(path),
            remedy="Write it, or name another under `reference` in the rubric.",
        ) from error


def definitions(source: str) -> dict[str, ast.stmt]:
    """What a module defines at its top level: functions, classes and constants, by name."""
    found: dict[str, ast.stmt] = {}
    for statement in parse(source).body:
        match statement:
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found[name] = statement
            case ast.Assign(targets=targets):
                names = [name for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)]
                found |= {name.id: statement for name in names if isinstance(name.ctx, ast.Store)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                found[name] = statement
    return found


def cells_behind(names: Collection[str], cells: Mapping[str, str]) -> dict[str, str]:
    """Those of the code cells, by their ids, on which these names depend, directly or through others."""
    found: dict[str, str] = {}
    waiting = set(names)
    while waiting:
        new = {id_: source for id_, source in cells.items() if id_ not in found and waiting & set(definitions(source))}
        found |= new
        waiting = {name for source in new.values() for name in names_in(parse(source))}
    return {id_: source for id_, source in cells.items() if id_ in found}


def home_of(modules: Modules, name: str) -> str | None:
    """The module that defines the name, or None."""
    return next((module for module, source in modules.items() if name in definitions(source)), None)


def reachable(modules: Modules, names: Sequence[str], given: Collection[str] = ()) -> set[tuple[str, str]]:
    """(module, name) of these functions and all that they use, directly or through others, but for what is given."""
    trees = {module: parse(source) for module, source in modules.items()}
    known = {module: definitions(source) for module, source in modules.items()}
    imported = {module: _imports(tree) for module, tree in trees.items()}
    waiting = [(module, name) for name in names if (module := home_of(modules, name)) is not None]
    found: set[tuple[str, str]] = set()
    while waiting:
        module, name = waiting.pop()
        if name in imported[module]:
            waiting.append(imported[module][name])
        elif name in known[module] and name not in given and (module, name) not in found:
            found.add((module, name))
            waiting += [(module, used) for used in names_in(known[module][name])]
    return found


def _imports(tree: ast.Module) -> dict[str, tuple[str, str]]:
    """What the module takes from others of reference/: its name here -> (module, name there)."""
    return {
        alias.asname or alias.name: (statement.module.removeprefix("reference."), alias.name)
        for statement in tree.body
        if isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith("reference.")
        for alias in statement.names
        if statement.module
    }


def names_in(statement: ast.AST) -> Iterator[str]:
    """Every name that it uses or binds."""
    return (node.id for node in ast.walk(statement) if isinstance(node, ast.Name))
