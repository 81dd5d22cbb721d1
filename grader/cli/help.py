"""How `grader --help` looks: as wide as the terminal, and its commands in the order in which a newcomer meets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperGroup

from grader.cli.command_list import COMMANDS

WIDEST = 160
"""Columns of help at most; wider lines are hard to follow with the eye."""

SETTINGS: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}


class ListedCommands(TyperGroup):
    """Lists commands, each with its first sentence whole."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, whose help names its arguments and options without the types that Python gives them."""
        command = super().get_command(ctx, cmd_name)
        for parameter in getattr(command, "params", ()):
            _hide_type(parameter)
        return command

    def sections(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """(command, sentence) under each heading."""
        shown = [(name, command) for name, command in self.commands.items() if not command.hidden]
        return {"Commands": [(name, command.get_short_help_str(limit=1000)) for name, command in shown]}

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        for title, rows in self.sections().items():
            with formatter.section(title):
                formatter.write_dl(rows)


class GroupedCommands(ListedCommands):
    """The command `grader` itself, which imports a command when that is called."""

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the groups, which completion and the guide follow as well."""
        return [name for group in COMMANDS.values() for name in group]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command; of a name that no command has, the nearest is suggested, for which all are imported."""
        modules = {name: one.module for group in COMMANDS.values() for name, one in group.items()}
        for module in {modules[cmd_name]} if cmd_name in modules else {*modules.values()}:
            self._import(module)
        return super().get_command(ctx, cmd_name)

    def _import(self, module: str) -> None:
        found = typer.Typer(rich_markup_mode=None)
        import_module(f"grader.cli.{module}").add_to(found)
        for name, command in typer.main.get_group(found).commands.items():
            self.commands.setdefault(name, command)

    def sections(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        return {title: [(name, one.says) for name, one in group.items()] for title, group in COMMANDS.items()}


def _hide_type(parameter: Any) -> None:
    """`ASSIGNMENT <str>` becomes `ASSIGNMENT`, and `--jobs <int range>` becomes `--jobs JOBS`."""
    if parameter.param_type_name == "argument":
        parameter.display_type_rich = lambda ctx: ""
    elif not parameter.is_flag and parameter.metavar is None:
        choices = getattr(getattr(parameter, "type_descriptor", None), "choices", None)
        parameter.metavar = "|".join(choices) if choices else parameter.name.rpartition("_")[2].upper()
