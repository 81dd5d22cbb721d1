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


def add_to(app: typer.Typer) -> None:
    app.command()(init)


def init(
    directory: Path = typer.Argument(metavar="DIR", help="A folder that is not there yet, or is empty."),
    language: Code = typer.Option("en", "--language", metavar="CODE", help="Of pages and letters: en or es."),
) -> None:
    """Start a new course. It has a small assignment with its notebook, solution and rubric, and two submissions."""
    if directory.exists() and (not directory.is_dir() or any(directory.iterdir())):
        raise UserError("the folder is not empty", where=str(directory), remedy="Name a new one.")
    try:
        with as_file(files("grader.cli") / "course") as template:
            shutil.copytree(template, directory, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
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
    out.print(f"A new course is in {directory}. Try it:", markup=False)
    out.print(f"  cd {directory}\n  grader grade hello submissions", markup=False)
