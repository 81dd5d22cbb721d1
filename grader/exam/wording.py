"""The words of an exam, in each of its languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ConfigDict, RootModel, model_validator

from grader.files.config_files import PlacedError

ANY = "*"
"""The language of words that are the same in all: numbers, code, names."""

_PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_]\w*)\s*(?::([^{}]*))?\}\}")


_EATEN = re.compile(
    r"[\a\x08\f\v\x1b]"  # alpha, beta, frac, varphi, epsilon
    r"|(?<=\$)\t(?=[a-z])|\t(?=(heta|au|imes|ext|ilde|o)\b)"
    r"|\r(?=(ho|ight|angle)\b)|\n(?=(abla|eq|eg|u|otin)\b)"
)
"""What YAML makes, in double quotes, of a backslash and the first letter behind it."""


class LocalizedText(RootModel[dict[str, str]]):
    """Words in each language, {en: …, es: …}, or the same words for all of them.

    >>> LocalizedText.model_validate({"en": "edge", "es": "borde"}).say("es")
    'borde'
    >>> LocalizedText.model_validate("112").say("es")
    '112'
    """

    model_config = ConfigDict(frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _the_same_for_all(cls, data: Any) -> Any:
        if isinstance(data, bool | float):
            told = str(data).lower()
            remedy = "Put it in quotes, so that it stands on the exam as you write it."
            raise PlacedError(f"YAML takes this for the value {told}, not for words", remedy=remedy)
        return {ANY: str(data)} if isinstance(data, str | int) else data

    @model_validator(mode="after")
    def _says_something(self) -> LocalizedText:
        if not self.root or any(not words.strip() for words in self.root.values()):
            raise PlacedError("there are no words here", remedy="Write some, or take the key out.")
        for words in self.root.values():
            if eaten := _EATEN.search(words):
                raise PlacedError(
                    f"the backslash of a formula became an invisible character before `{words[eaten.end() :][:12]}`",
                    remedy=r"Use single quotes for formulas, as in '$\theta$': in double quotes \t is a tab.",
                )
        return self

    def say(self, language: str) -> str:
        """The words in a language."""
        return self.root.get(language) or self.root[ANY]

    def missing(self, languages: Collection[str]) -> list[str]:
        """The languages that the words are not given in."""
        return [] if ANY in self.root else [language for language in languages if language not in self.root]

    @property
    def all(self) -> tuple[str, ...]:
        """The words in every language that there is, each once."""
        return tuple(dict.fromkeys(self.root.values()))


def fold_words(text: str) -> str:
    """The words as they are compared: case, spaces, typographic quotes and signs make no difference; accents do.

    >>> fold_words("  Smooth “the”\\u00a0image ") == fold_words('smooth "the" image')
    True
    """
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS)
    return " ".join(plain.casefold().split())


_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "“": '"', "”": '"', "„": '"', "’": "'", "‘": "'", "\u200b": "", "\ufeff": ""}
)


def fill(text: str, values: Mapping[str, float]) -> str:
    """The text with each {{name}} or {{name:format}} replaced by its value.

    >>> fill("$f = {{f}}$ px, {{share:.2f}}", {"f": 800.0, "share": 0.3333})
    '$f = 800$ px, 0.33'
    """

    def put(found: re.Match[str]) -> str:
        name, shape = found[1], found[2] or ".10g"
        if name not in values:
            raise ValueError(f"`{found[0]}` names no parameter or value; there are: {', '.join(values) or 'none'}")
        return format(values[name], shape)

    return _PLACEHOLDER.sub(put, text)


def names_in(text: str) -> set[str]:
    """The names that the text's placeholders use."""
    return {found[1] for found in _PLACEHOLDER.finditer(text)}
