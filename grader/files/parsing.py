"""A guard round each parser: what it stumbles over is the file's fault, and is told with its place and a remedy."""

from __future__ import annotations

import errno
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml
from safetensors import SafetensorError

from grader.errors import UserError

UNREADABLE = (
    *(ValueError, TypeError, LookupError, AttributeError, ArithmeticError, EOFError, MemoryError),
    RuntimeError,  # a zip with a password; and its subclass RecursionError: brackets within brackets within brackets
    *(struct.error, zlib.error, lzma.LZMAError, zipfile.BadZipFile, yaml.YAMLError, SafetensorError),
)
"""What parsers raise of bytes that they do not expect. No OSError: a disk that fails is not the file's fault."""


@contextmanager
def parsing(path: Path | str, what: str, remedy: str) -> Iterator[None]:
    """Whatever a parser raises within, a UserError says of this file; what is one already passes."""
    try:
        yield
    except UserError:
        raise
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        # A zip's own table led before the beginning of its file.
        raise UserError(f"{what}: it is damaged", where=str(path), remedy=remedy) from error
    except RecursionError as error:
        raise UserError(f"{what}: it is nested too deep", where=str(path), remedy=remedy) from error
    except UNREADABLE as error:
        first = next(iter(str(error).splitlines()), "") or type(error).__name__
        raise UserError(f"{what}: {first}", where=str(path), remedy=remedy) from error
