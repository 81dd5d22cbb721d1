"""The codes with which programs colour their lines in a terminal: outputs and errors hold them."""

from __future__ import annotations

import re

# ECMA-48 begins a code with ESC [ and ends it with a letter; `?` marks what one kind of terminal added. The bound keeps
# the search linear on hostile text.
_CODE = re.compile(r"\x1b\[[0-9;?]{0,20}[A-Za-z]")


def without_codes(text: str) -> str:
    """The text as it reads.

    >>> without_codes("\\x1b[0;31mNameError\\x1b[0m: name 'x'")
    "NameError: name 'x'"
    """
    return _CODE.sub("", text)
