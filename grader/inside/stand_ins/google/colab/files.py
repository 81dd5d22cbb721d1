"""Files to and from the user's computer, which is not here."""

from __future__ import annotations

from pathlib import Path

from grader.inside import brought


def upload(target_dir: str = "") -> dict[str, bytes]:
    """Nobody is here to choose a file: FileNotFoundError says what is missing."""
    brought.note_missing("files.upload()")
    raise FileNotFoundError(
        "files.upload() waits for somebody to choose a file, and nobody does where notebooks are graded: "
        "the file is missing here. Make the data in the notebook, or hand the file in as your instructor says."
    )


def upload_file(filename: str) -> str:
    """As `upload`, for one file, whose name is known; what lies there already is good."""
    if Path(filename).exists():
        return filename
    brought.note_missing(f"files.upload_file({filename!r})")
    raise FileNotFoundError(
        f"files.upload_file() waits for somebody to choose `{filename}`, and nobody does where notebooks are graded: "
        "the file is missing here. Make the data in the notebook, or hand the file in as your instructor says."
    )


def download(filename: str) -> None:
    """Leave the file where it is, and say so; FileNotFoundError where there is none, as in Colab."""
    if not Path(filename).exists():
        raise FileNotFoundError(f"Cannot find file: {filename}")
    print(f"files.download: {filename} is there, and stays there; nothing is downloaded where notebooks are graded.")


def view(filepath: str) -> None:
    """There is no browser to show it in."""
    print(f"files.view: {filepath} is not shown where notebooks are graded.")
