"""How `grader --help` looks: as wide as the terminal, and its commands in the order in which a newcomer meets them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from typer.core import TyperGroup

WIDEST = 160
"""Columns of help at most; wider lines are hard to follow with the eye."""

SETTINGS: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": WIDEST}

GROUPS: Mapping[str, Sequence[str]] = {
    "Begin": ("init", "new", "try", "demo", "doctor", "guide", "migrate"),
    "Grade notebooks": ("grade", "collect", "execute", "score", "report"),
    "Decide": ("home", "review", "decide", "comment", "extend"),
    "Exams": ("exam",),
    "For students": ("check", "release", "publish"),
    "Prove a rubric": ("verify", "calibrate"),
    "Hand over and keep": ("export", "backup", "restore", "prune", "erase"),
    "Set up": ("sign-in", "environment"),
}


class ListedCommands(TyperGroup):
    """Lists commands in groups, each with its first sentence whole."""

    groups: ClassVar[Mapping[str, Sequence[str]]] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """In the order of the groups, which completion and the guide follow as well."""
        grouped = [name for names in self.groups.values() for name in names if name in self.commands]
        return [*grouped, *(name for name in self.commands if name not in grouped)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command, whose help names its arguments and options without the types that Python gives them."""
        command = super().get_command(ctx, cmd_name)
        for parameter in getattr(command, "params", ()):
            _hide_type(parameter)
        return command

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        seen = {name: command for name, command in self.commands.items() if not command.hidden}
        grouped = {name for names in self.groups.values() for name in names}
        others = [name for name in seen if name not in grouped]
        for title, names in [*self.groups.items(), ("More" if self.groups else "Commands", others)]:
            rows = [(name, seen[name].get_short_help_str(limit=1000)) for name in names if name in seen]
            if rows:
                with formatter.section(title):
                    formatter.write_dl(rows)


class GroupedCommands(ListedCommands):
    """The command `grader` itself."""

    groups = GROUPS


def _hide_type(parameter: Any) -> None:
    """`ASSIGNMENT <str>` becomes `ASSIGNMENT`, and `--jobs <int range>` becomes `--jobs JOBS`."""
    if parameter.param_type_name == "argument":
        parameter.display_type_rich = lambda ctx: ""
    elif not parameter.is_flag and parameter.metavar is None:
        choices = getattr(getattr(parameter, "type_descriptor", None), "choices", None)
        parameter.metavar = "|".join(choices) if choices else parameter.name.rpartition("_")[2].upper()
