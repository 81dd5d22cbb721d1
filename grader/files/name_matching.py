"""Names and addresses of persons in the one form in which they are compared."""

from __future__ import annotations

import re
import unicodedata


def fold_address(address: str) -> str:
    """The one form of an address: gmail.com ignores dots and what follows a plus, other hosts do not."""
    local, _, host = address.strip().casefold().rpartition("@")
    if host in ("gmail.com", "googlemail.com"):
        local, host = local.partition("+")[0].replace(".", ""), "gmail.com"
    return f"{local}@{host}" if local else host


def fold_name(name: str) -> str:
    """A name without case, accents and what is between its letters; words in any order are the same name.

    >>> fold_name("Pérez, Ana María") == fold_name("ana maria perez")
    True
    """
    return " ".join(sorted(split_name(name)))


def split_name(name: str) -> list[str]:
    """The words of a name, small and without accents.

    >>> split_name("Pérez-Gil, Ana")
    ['perez', 'gil', 'ana']
    """
    letters = unicodedata.normalize("NFKD", name.casefold())
    return re.findall(r"[^\W_]+", "".join(letter for letter in letters if not unicodedata.combining(letter)))
