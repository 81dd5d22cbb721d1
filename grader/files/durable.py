"""Writing that survives a power cut, and reading that notices damage."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from pathlib import Path

from grader.errors import DamagedError
from grader.language import _

DRAFT = ".draft-"
"""What the name of a file or folder begins with until it is whole; what a killed process left may be deleted."""

_SEAL = b"\nsha256:"


def write_file(path: Path, content: bytes | str, *, mode: int | None = None) -> None:
    """Put a whole file in its place, on the disk when this returns; what was there before stays until then."""
    make_folder(path.parent)
    draft = path.with_name(f"{DRAFT}{secrets.token_hex(8)}")
    try:
        write_through(draft, content, mode=0o666 if mode is None else mode)
        if mode is not None:
            draft.chmod(mode)  # whatever the umask is
        draft.replace(path)
    except BaseException:
        draft.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_through(path: Path, content: bytes | str, *, mode: int = 0o666) -> None:
    """Write a new file to the disk, past every cache; its name is there only after `sync_folder`."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(content.encode("utf-8") if isinstance(content, str) else content)
        file.flush()
        # A journal may note a new name before the bytes: without this, a power cut leaves an empty file under it.
        os.fsync(file.fileno())


def sync_file(path: Path) -> None:
    """Bring what a library wrote into a file to the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def make_folder(folder: Path) -> None:
    """Make a folder and those above it, each of them on the disk when this returns."""
    if not folder.is_dir():
        if folder.exists():
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(folder))
        make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    if os.name == "nt":
        return  # Windows opens no folder, and keeps names by itself
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def seal(content: bytes, name: str = "") -> bytes:
    """The content with its own hash in a last line, which JSON files, pictures and the like carry along.

    `name` is what the content does not say of itself: under another name, it is damaged.
    """
    return content + _SEAL + hash_of(name.encode() + content).encode() + b"\n"


def read_sealed(path: Path, name: str = "", *, older: bool = False) -> bytes:
    """The content of a sealed file; DamagedError where the hash differs, and where there is none.

    `older` lets files without a seal pass, which were written before there were seals.
    """
    content = path.read_bytes()
    body, mark, told = content.rpartition(_SEAL)
    if not mark and older and content:
        return content
    if not mark or told != f"{hash_of(name.encode() + body)}\n".encode():
        raise DamagedError(_("this file is damaged: its content does not match its hash"), where=str(path))
    return body


def hash_of(content: bytes) -> str:
    """The SHA-256 of some bytes, as text."""
    return hashlib.sha256(content).hexdigest()
