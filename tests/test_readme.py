"""The README is true: its commands do what it shows, its example is a rubric, and no field goes unmentioned."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import get_args

import pytest
import yaml

from grader.cli import app
from grader.cli.exporting import FORMATS
from grader.course.course_grade import GradeRule
from grader.exam import rules
from grader.exam.exam import Revision
from grader.exam.questions import KINDS, Question
from grader.model import End, Limits, Status
from grader.rubric import MISTAKES, Expect, Probe, Rubric
from grader.rubric.scenes import SCENES

RULES = (rules.SingleName, rules.MultipleName, rules.RowsName, rules.PairsName, rules.OrderName)

REPOSITORY = Path(__file__).parents[1]
README = (REPOSITORY / "README.md").read_text(encoding="utf-8")


def blocks(language):
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def section(title):
    return README.split(f"\n## {title}\n")[1].split("\n## ")[0]


def examples():
    """(command, lines that it is said to print) of every console block, in order."""
    found = []
    for block in blocks("console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def run_as_typed(commands, folder):
    """(exit code, output) of each command, typed one after the other into one shell."""
    script = "".join(f"{command}\necho '@@@' $?\n" for command in commands)
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    shell = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env={**os.environ, "PATH": path, "COLUMNS": "200"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    parts = re.split(r"^@@@ (\d+)\n", shell.stdout, flags=re.MULTILINE)
    return [(int(code), output) for output, code in zip(parts[::2], parts[1::2], strict=False)]


def shows(output, lines):
    """Whether these lines are the output; `…` stands for anything."""
    told = "\n".join(line.rstrip() for line in output.splitlines())
    pattern = "\n".join(re.escape(line.rstrip()).replace("…", ".*") for line in lines)
    return re.fullmatch(pattern, told, re.DOTALL) is not None


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("readme")


@pytest.fixture(scope="module")
def tried(folder):
    """What every command of the README does when it is typed in an empty folder."""
    commands = [command for command, _ in examples()]
    return dict(zip(commands, run_as_typed(commands, folder), strict=True))


@pytest.mark.parametrize(("command", "lines"), examples())
def test_a_command_of_the_readme_prints_what_stands_below_it(tried, command, lines):
    code, output = tried[command]
    assert code == (1 if re.search(r"grader (grade|score|check|exam scan)", command) else 0), output
    assert not lines or shows(output, lines), output


def test_the_rubric_of_the_readme_is_one():
    (example,) = blocks("yaml")
    assert Rubric.model_validate(yaml.safe_load(example)).points == 6


def test_the_json_of_the_readme_has_the_keys_that_grade_prints(tried, folder):
    def keys(tree):
        if isinstance(tree, dict):
            return {key: keys(value) for key, value in tree.items()}
        return [keys(tree[0])] if isinstance(tree, list) else None

    (example,) = blocks("json")
    printed = (folder / "my-course" / "marks.json").read_text(encoding="utf-8")
    assert keys(json.loads(example)) == keys(json.loads(printed))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_question_is_in_the_table_with_an_example_and_its_rules(kind):
    (row,) = re.findall(rf"^\| .*? \| `({kind}: .*?)` \| (.*) \|$", section("Exams, on paper and online"), re.MULTILINE)
    around = {"id": "one", "topic": "all", "points": 2, "asks": "Why?", "explanation": "So.", "code": "print(1 + 2)"}
    drawn = {"parameters": {"width": {"choose": [6, 8]}}} if kind == "numeric" else {}
    assert getattr(Question.model_validate(around | drawn | yaml.safe_load(row[0])), kind) is not None
    named = set(re.findall(r"`([\w-]+)`", row[1])) - {"tolerance", "pattern", "code"}
    assert named <= {rule for names in RULES for rule in get_args(names)}


def test_the_revision_of_the_readme_is_one():
    (example,) = re.findall(r"`({when: .*?})`", section("Exams, on paper and online"))
    assert Revision.model_validate(yaml.safe_load(example)).accept == ["65"]


@pytest.mark.parametrize("name", [*Expect.model_fields])
def test_every_expectation_is_in_the_table(name):
    assert re.search(rf"^\| `{name}: ", section("Writing a rubric"), re.MULTILINE)


@pytest.mark.parametrize("name", ["call", "evaluate", "variable", "models"])
def test_every_kind_of_probe_is_in_the_table(name):
    assert re.search(rf"^\| `{name}: ", section("Writing a rubric"), re.MULTILINE)


@pytest.mark.parametrize("name", [field.alias or name for name, field in Probe.model_fields.items()])
def test_every_other_key_of_a_probe_is_named(name):
    assert re.search(rf"`({name}\b|.*\b{name}: )", section("Writing a rubric"))


@pytest.mark.parametrize("name", SCENES)
def test_every_scene_is_named(name):
    assert f"`{name}`" in section("Writing a rubric")


@pytest.mark.parametrize("name", [*get_args(Status), *get_args(End)])
def test_every_status_and_every_end_of_a_run_is_explained(name):
    assert f"| `{name}` |" in section("What the results mean")


@pytest.mark.parametrize(("name", "field"), Limits.model_fields.items())
def test_every_limit_is_there_with_its_default(name, field):
    assert f"| `{name}` | {field.default:g} |" in section("Limits")


def test_the_mistakes_that_partly_may_name_are_those_that_the_grader_knows():
    text = section("Writing a rubric").split("`partly` gives")[1]
    assert set(re.findall(r"`([a-z0-9-]+)`", text)) == set(MISTAKES)


def test_every_command_is_named():
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    for name in [*names, *(group.name for group in app.registered_groups)]:
        assert re.search(rf"`[^`]*\b{name}\b[^`]*`|^\$ grader {name}\b|\bmake {name}\b", README, re.MULTILINE), name


def test_what_the_readme_links_to_is_there():
    for link in re.findall(r"\]\(([^)#]+)\)", README):
        assert (REPOSITORY / link).is_file(), link
    assert (REPOSITORY / "page.png").stat().st_size < 200_000


def test_every_file_on_the_map_is_there():
    walk = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8").split("### Where to add")[0]
    rows = [line for line in walk.splitlines() if line.startswith("| `")]
    assert len(rows) > 15
    for row in rows:
        folder = ""
        for name in re.findall(r"`([^`]+)`", row.split("|")[1]):
            folder = name.rpartition("/")[0] or folder
            assert (REPOSITORY / "grader" / folder / name.rpartition("/")[2]).exists(), name


def test_the_rule_of_a_courses_grade_in_the_readme_is_one():
    (example,) = (block for block in blocks("toml") if "[grade]" in block)
    rule = GradeRule.model_validate(tomllib.loads(example)["grade"])
    assert {*GradeRule.model_fields} <= {*re.findall(r"\w+", example)}
    assert rule.bonus is not None


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_of_an_export_is_in_the_table(name):
    assert f"| `{name}` |" in section("Handing grades over")
