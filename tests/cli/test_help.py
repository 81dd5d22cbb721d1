"""Help, version and completion: what a newcomer types first."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from grader.cli import app
from grader.cli.command_list import COMMANDS as LISTED
from grader.guide.command_reference import walk_commands

COMMANDS = dict(walk_commands(typer.main.get_command(app)))
TOP = [name.partition(" ")[2] for name in COMMANDS if name.count(" ") == 1]


def grader(*arguments):
    return CliRunner().invoke(app, arguments, prog_name="grader").stdout


def typed(*arguments, **environment):
    """What the command itself prints: within pytest, typer sets the width."""
    command = [Path(sys.executable).parent / "grader", *arguments]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    return ended.stdout


def test_version_prints_the_version():
    assert re.fullmatch(r"grader \d+\.\d+\.\d+\n", grader("--version"))


@pytest.mark.parametrize("before", [(), ("grade",), ("exam",), ("exam", "scan")])
def test_h_is_as_good_as_help(before):
    assert grader(*before, "-h") == grader(*before, "--help") != ""


@pytest.mark.parametrize("columns", [80, 120])
def test_help_is_as_wide_as_the_terminal(columns):
    told = typed("grade", "--help", COLUMNS=str(columns))
    longest = max(map(len, told.splitlines()))
    assert columns - 20 < longest <= columns


def test_every_command_is_listed_under_a_group_with_its_whole_sentence():
    told = grader("--help")
    assert "..." not in told.partition("Options:")[2]
    assert "More:" not in told
    for title in LISTED:
        assert f"\n{title}:\n" in told


def test_the_list_says_of_each_command_what_it_says_itself():
    said = {name: COMMANDS[f"grader {name}"].get_short_help_str(limit=1000) for name in TOP}
    assert said == {name: one.says for group in LISTED.values() for name, one in group.items()}


def test_help_and_version_import_no_command():
    show = "import sys; sys.argv = ['grader', '--help']; from grader.cli import app; app(standalone_mode=False); "
    show += (
        "print(*(name for name in sys.modules if name.startswith(('grader.', 'numpy', 'pydantic'))), file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True, check=True)
    loaded = {name for name in ended.stderr.split() if not name.startswith(("grader.cli", "grader.language"))}
    assert loaded == {"grader.errors"}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_in_a_sentence_what_it_does_and_each_option_what_it_means(name):
    command = COMMANDS[name]
    assert re.match(r"[A-Z`].*\.", command.help or "", re.DOTALL)
    assert [one.name for one in command.params if not one.help] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_no_help_shows_a_type_of_pythons(name):
    assert re.findall(r"<\w[\w \[\]]*>", grader(*name.split()[1:], "--help")) == []


def test_the_shell_can_complete_commands():
    assert typed(_GRADER_COMPLETE="complete_bash", COMP_WORDS="grader gu", COMP_CWORD="1").split() == ["guide"]
