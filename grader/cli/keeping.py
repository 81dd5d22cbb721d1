"""backup, restore: a work folder in one file, and back."""

from __future__ import annotations

from pathlib import Path

import typer

from grader.cli import show
from grader.cli.place import Place
from grader.errors import UserError
from grader.store.backup import Backup, begin_anew, restore_backup, write_backup
from grader.store.work_folder import WorkFolder

DAMAGED = 1


def add_to(app: typer.Typer) -> None:
    for command in (backup, restore):
        app.command()(command)


def backup(
    context: typer.Context,
    file: Path = typer.Argument(metavar="FILE", help="The file to write; its name must be new."),
) -> None:
    """Write all that cannot be made again into one file. Another command may run at the same time."""
    place: Place = context.obj
    root = place.find_work_root()
    if not root.is_dir():
        raise UserError(
            "there is no work folder here", where=str(root), remedy="Name it: grader --work DIR backup FILE"
        )
    made = write_backup(WorkFolder(root), file)
    out = show.console()
    out.print(f"{file}: {_say(made)}.", markup=False)
    for damage in made.left_out:
        out.print(f"Left out: {damage}", markup=False)
    if made.left_out:
        raise typer.Exit(DAMAGED)


def restore(
    context: typer.Context,
    file: Path | None = typer.Argument(None, metavar="FILE", help="What `grader backup` wrote."),
    rebuild: bool = typer.Option(
        False, "--rebuild", help="Without a backup: begin a new gradebook beside work whose gradebook is lost."
    ),
) -> None:
    """Put a backup into an empty work folder. What was there is never overwritten."""
    from grader.review.decisions import find_user

    place: Place = context.obj
    root = place.find_work_root()
    if rebuild == (file is not None):
        raise UserError("name a FILE, or give --rebuild", remedy="A backup is made by: grader backup FILE")
    out = show.console()
    if file is None:
        begin_anew(root, find_user())
        out.print("A new gradebook is begun. Collect again: runs that are kept here are not run again.")
        return
    out.print(f"{root}: {_say(restore_backup(file, root))}. Write the pages again: grader report NAME", markup=False)


def _say(made: Backup) -> str:
    return f"{show.counted(made.files, 'file')}, {made.mib:.0f} MiB"
