"""A disk whose power can be cut: ext4 in a file, of which a cut leaves what had reached the file."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_MIB = 512
"""The grader asks for 300 to be free before it runs a class."""
OPTIONS = {
    # Names come to the disk each second, and what the files hold does not: a name without its bytes.
    "names-first": "commit=1,noauto_da_alloc,data=ordered",
    # Nothing comes to the disk by itself.
    "late": "commit=300,noauto_da_alloc,data=ordered",
    # Bytes and names come in any order: old blocks appear in new files.
    "unordered": "commit=1,noauto_da_alloc,data=writeback",
}


def why_not() -> str:
    """Why no disk can be mounted here; empty where one can."""
    if os.geteuid() != 0:
        return "a disk whose power is cut has to be mounted, which only root may do"
    if shutil.which("mkfs.ext4") is None:
        return "there is no mkfs.ext4 to make a disk whose power is cut"
    trial = subprocess.run(["losetup", "--find"], capture_output=True, text=True, check=False)
    return "" if trial.returncode == 0 else f"there is no loop device for a disk: {trial.stderr.strip()}"


def make_disk(image: Path) -> None:
    """An empty disk."""
    with image.open("wb") as file:
        file.truncate(_MIB << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", image], check=True)


@contextmanager
def mounted(image: Path, at: Path, options: str) -> Iterator[Path]:
    """The disk's folder, while it is mounted."""
    at.mkdir(parents=True, exist_ok=True)
    subprocess.run(["mount", "-o", f"loop,{options}", image, at], check=True)
    try:
        yield at
    finally:
        # Lazily: what was killed a moment ago may still hold a file.
        subprocess.run(["umount", "--lazy", at], check=True)


def copy_disk(image: Path, to: Path) -> None:
    """A disk with the same content."""
    _write(to, _read(image))


def cut_power(image: Path, left: Path) -> None:
    """Copy what had reached the disk, as it was at one moment: nothing is synced before."""
    before, now = None, _read(image)
    while now != before:  # something was written while it was read
        before, now = now, _read(image)
    _write(left, now)


def _read(image: Path) -> dict[int, bytes]:
    """What a disk holds, by its place; most of it was never written."""
    held: dict[int, bytes] = {}
    with image.open("rb") as file:
        end, place = _MIB << 20, 0
        while place < end:
            try:
                begin = os.lseek(file.fileno(), place, os.SEEK_DATA)
            except OSError:  # nothing but a hole
                break
            place = os.lseek(file.fileno(), begin, os.SEEK_HOLE)
            held[begin] = os.pread(file.fileno(), place - begin, begin)
    return held


def _write(image: Path, held: dict[int, bytes]) -> None:
    with image.open("wb") as file:
        file.truncate(_MIB << 20)
        for place, content in held.items():
            os.pwrite(file.fileno(), content, place)
