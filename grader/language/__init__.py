"""language: reasons and texts, in every language that a person may read.

The code says everything in English; the catalogs in locale/ hold the other languages.
"""

from grader.language.catalogs import Code, current_language, language, language_of, tongue_of, write_date, write_moment
from grader.language.reasons import (
    N_,
    NOTHING,
    Day,
    Digits,
    Formed,
    Reason,
    Tongue,
    Value,
    _,
    error,
    join,
    ngettext,
    pgettext,
    speaking,
    spoken,
    verbatim,
    write_decimals,
    write_number,
)

__all__ = [
    "NOTHING",
    "N_",
    "Code",
    "Day",
    "Digits",
    "Formed",
    "Reason",
    "Tongue",
    "Value",
    "_",
    "current_language",
    "error",
    "join",
    "language",
    "language_of",
    "ngettext",
    "pgettext",
    "speaking",
    "spoken",
    "tongue_of",
    "verbatim",
    "write_date",
    "write_decimals",
    "write_moment",
    "write_number",
]
