"""init: a new course to start from."""

from __future__ import annotations

import shutil
from importlib.resources import as_file, files
from pathlib import Path

import typer

from grader.cli import show
from grader.errors import UserError
from grader.exam.exam_schema import exam_schema
from grader.language import Code
from grader.rubric.schema import rubric_schema

_EXAMPLES = ("hello*", "quiz", "submissions")
"""What the template has besides an empty course."""


def add_to(app: typer.Typer) -> None:
    app.command()(init)


def init(
    directory: Path = typer.Argument(metavar="DIR", help="A folder that is not there yet, or is empty."),
    language: Code = typer.Option("en", "--language", metavar="CODE", help="Of pages and letters: en or es."),
    bare: bool = typer.Option(False, "--bare", help="Without the small assignment and exam, to begin with your own."),
) -> None:
    """Start a new course. It has a small assignment with its notebook, solution and rubric, and two submissions."""
    if (directory / "course.toml").exists():
        remedy = "Add an assignment to it: grader new NAME SOLVED.ipynb"
        raise UserError("there is a course already", where=str(directory), remedy=remedy)
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UserError("the folder is not empty", where=str(directory), remedy="Name a new one.")
    left_out = [*_EXAMPLES] if bare else []
    try:
        with as_file(files("grader.cli") / "course") as template:
            ignored = shutil.ignore_patterns("__pycache__", *left_out)
            shutil.copytree(template, directory, dirs_exist_ok=True, ignore=ignored)
        if language != "en":
            with (directory / "course.toml").open("a", encoding="utf-8") as file:
                file.write(f'language = "{language}"\n')
        # What the first line of each YAML file names, so that an editor completes and checks it.
        (directory / "rubrics" / "rubric.schema.json").write_text(rubric_schema(), encoding="utf-8")
        (directory / "assignments" / "exam.schema.json").write_text(exam_schema(), encoding="utf-8")
    except OSError as error:
        why = f": {error.strerror}" if error.strerror else ""  # where several files fail, their error has none
        raise UserError(
            f"the course cannot be written there{why}", where=str(directory), remedy="Choose another folder."
        ) from error
    out = show.console()
    then = "Add an assignment" if bare else "Try it"
    command = "grader new NAME SOLVED.ipynb" if bare else "grader grade hello submissions"
    out.print(f"A new course is in {directory}. {then}:", markup=False)
    out.print(f"  cd {directory}\n  {command}", markup=False)
