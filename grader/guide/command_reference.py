"""Says of each command what may be typed, made from the tree of commands that typer builds."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any


def describe_commands(tree: Any, name: str = "grader") -> str:
    """A section for each command that is not hidden: usage, what it does, its arguments and options."""
    return "\n".join(_describe(command, called) for called, command in walk_commands(tree, name))


def walk_commands(tree: Any, name: str = "grader") -> Iterator[tuple[str, Any]]:
    """(what is typed, the command) of each command, those of a group after the group itself."""
    yield name, tree
    for called in tree.list_commands(None) if hasattr(tree, "list_commands") else ():
        command = tree.get_command(None, called)
        if not command.hidden:
            yield from walk_commands(command, f"{name} {called}")


def _in_cell(text: str) -> str:
    """In a table, a bar would begin the next column."""
    return " ".join(text.split()).replace("|", "\\|")


def _describe(command: Any, called: str) -> str:
    seen = [one for one in command.params if not getattr(one, "hidden", False)]
    arguments = [one for one in seen if one.param_type_name == "argument"]
    options = [one for one in seen if one.param_type_name == "option"]
    typed = " ".join([called, *map(_name_argument, arguments), *(["COMMAND"] if hasattr(command, "commands") else [])])
    lines = [f"## {called}", "", f"`{typed}`", "", inspect.cleandoc(command.help or ""), ""]
    rows = [(f"`{_name_argument(one).strip('[]…')}`", one.help) for one in arguments]
    rows += [(f"`{_name_option(one)}`", _say_option(one)) for one in options]
    if rows:
        cells = [f"| {_in_cell(name)} | {_in_cell(help_ or '')} |" for name, help_ in rows]
        lines += ["| | |", "|---|---|", *cells, ""]
    return "\n".join(lines)


def _name_argument(argument: Any) -> str:
    name = (argument.metavar or argument.name).upper() + ("…" if argument.nargs != 1 else "")
    return name if argument.required else f"[{name}]"


def _name_option(option: Any) -> str:
    names = ", ".join(sorted([*option.opts, *option.secondary_opts], key=lambda name: (name[:2] == "--", len(name))))
    if option.is_flag:
        return names
    return f"{names} {option.metavar or option.name.rpartition('_')[2].upper()}"


def _say_option(option: Any) -> str:
    if option.is_flag or option.default in (None, "", False) or not option.show_default or callable(option.default):
        return option.help or ""
    default = getattr(option.default, "value", option.default)
    return f"{option.help or ''} Default: {default}." if option.name not in MACHINE else option.help or ""


MACHINE = {"jobs"}
"""Options whose default is the machine's own, which is no news about the program."""
