"""language: reasons and texts, in every language that a person may read.

The code says everything in English; the catalogs in locale/ hold the other languages.
"""

from grader.language.catalogs import (
    N_,
    Code,
    _,
    current_language,
    kept,
    language,
    ngettext,
    pgettext,
    retell,
    write_date,
    write_decimals,
    write_moment,
    write_number,
)

__all__ = [
    "N_",
    "Code",
    "_",
    "current_language",
    "kept",
    "language",
    "ngettext",
    "pgettext",
    "retell",
    "write_date",
    "write_decimals",
    "write_moment",
    "write_number",
]
