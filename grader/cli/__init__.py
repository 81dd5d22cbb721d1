"""The command `grader`: one thin file for each group of commands, and the place where it ends, well or badly."""

from __future__ import annotations

import errno
import io
import logging
import os
import signal
import sys
import tempfile
import traceback
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

import typer

from grader.cli.help import SETTINGS, GroupedCommands
from grader.errors import UserError

app = typer.Typer(
    cls=GroupedCommands,
    context_settings=dict(SETTINGS),
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Grades notebooks: runs them once in a sandbox, scores them by rubrics, writes a page for each student.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"grader {version('dl4cv-grader')}")
        raise typer.Exit


@app.callback()
def set_up(
    context: typer.Context,
    course_dir: Path | None = typer.Option(
        None, "--course", metavar="DIR", help="The course; by default the nearest folder upwards with a course.toml."
    ),
    work_dir: Path | None = typer.Option(
        None, "--work", metavar="DIR", help="Where the grader writes; by default .grader in the course."
    ),
    shown_version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_print_version, help="Print the version and exit."
    ),
) -> None:
    """What all commands share."""
    from grader.cli.place import Place  # the help needs nothing of a course

    context.obj = Place(course_dir, work_dir)


class Stopped(BaseException):
    """The user, or the machine, wants us to stop."""


def main() -> None:
    """Run a command: 0 done, 1 something needs a person, 2 the input is wrong, 3 our fault."""
    _open_closed_streams()
    # Without a handler, logging prints on standard error; where there is a work folder, its log takes what is told.
    logging.getLogger().addHandler(logging.NullHandler())
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # What a terminal has no letter for, as some of Windows have none for ●, is shown as ? and stops nothing.
            stream.reconfigure(errors="replace")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        app()
    except UserError as error:
        print(f"grader: {error}", file=sys.stderr)
        sys.exit(2)
    except Stopped:
        print("\ngrader: stopped. What is done stays done: the same command goes on from here.", file=sys.stderr)
        sys.exit(130)
    except PermissionError as error:
        print(f"grader: {error.filename or 'a file'}: {error.strerror}", file=sys.stderr)
        print("  Give yourself the right to it and to the folders above it, or name another one.", file=sys.stderr)
        sys.exit(2)
    except OSError as error:
        if error.errno is None:  # raised by a library, and not by the system
            _tell_our_fault(error)
        print(f"grader: {error.filename or 'the disk'}: {error.strerror}", file=sys.stderr)
        print(f"  {_REMEDIES.get(error.errno, _AGAIN)} What is done stays done.", file=sys.stderr)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001  (the last place: our fault, told as such)
        _tell_our_fault(error)


_AGAIN = "Correct that, and start the same command again."
_NO_ROOM = "Make room, and start the same command again."
_TOO_FEW = "Allow more open files, as with `ulimit -n 4096`, and start the same command again."
_REMEDIES = {
    errno.ENOSPC: _NO_ROOM,
    errno.EDQUOT: _NO_ROOM,
    errno.EMFILE: _TOO_FEW,
    errno.ENFILE: _TOO_FEW,
    errno.EROFS: "Name a folder that can be written to with --work DIR.",
    errno.EIO: "The disk fails: copy what is on it, as with `grader backup FILE` to another one.",
}


def _open_closed_streams() -> None:
    """Open the standard streams that were closed by who started us, as nothing.

    Otherwise the next file that is opened gets their number, and what some library prints is written into it.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        try:
            os.fstat(number)
        except OSError:
            mode = "r" if number == 0 else "w"
            opened = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one
            setattr(sys, name, open(opened, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def _stop(*_: object) -> None:
    raise Stopped


def _tell_our_fault(error: Exception) -> NoReturn:
    """Name the error in a line, and a file that keeps its traceback."""
    first = next(iter(str(error).splitlines()), "")
    print(f"grader: an error of the grader's own: {type(error).__name__}: {first}", file=sys.stderr)
    descriptor, path = tempfile.mkstemp(prefix="grader-", suffix=".log")
    with os.fdopen(descriptor, "w", encoding="utf-8", errors="replace") as file:
        file.write(f"$ {' '.join(sys.argv)}\n{traceback.format_exc()}\n")
    print(f"  The traceback is in {path}; please send it to us.", file=sys.stderr)
    sys.exit(3)
