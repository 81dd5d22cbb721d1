"""File names of students' pages. A student's name may be anything at all; a file name may not."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_PLAIN = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,58}[a-z0-9_@-])?")
_HASHED = re.compile(r"(?:.*-)?[0-9a-f]{16}")
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?")
"""Names that Windows keeps for devices, whatever their suffix."""
_TAKEN = {"index", "similar"}
"""The class's own pages lie in the same folder."""


def page_name(student: str) -> str:
    """The file name of a student's page: safe on every file system, and another one for every student.

    A plain lower-case name stays as it is. Any other is cleaned and gets a hash of what it was, so that two names that
    clean to the same, or differ only in case, stay apart.

    >>> page_name("ana")
    'ana.html'
    >>> page_name("Ana Paz")
    'ana-paz-1c732e5416fb6012.html'
    >>> page_name("../../etc/passwd")
    'etc-passwd-3754d6cb3a38e118.html'
    """
    reserved = student in _TAKEN or _DEVICE.fullmatch(student) or _HASHED.fullmatch(student)
    if _PLAIN.fullmatch(student) and not reserved:
        return f"{student}.html"
    letters = unicodedata.normalize("NFKD", student[:200]).encode("ascii", "ignore").decode().lower()
    cleaned = re.sub(r"[^a-z0-9]+", "-", letters)[:40].strip("-")
    hashed = hashlib.sha256(student.encode("utf-8", "surrogatepass")).hexdigest()[:16]
    return f"{cleaned}-{hashed}.html" if cleaned else f"{hashed}.html"
