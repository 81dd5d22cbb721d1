"""What every part of a rubric is made of."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]


class Part(BaseModel):
    """A piece of a rubric: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def exactly_one(part: Part, kinds: tuple[str, ...]) -> str:
    """The one of these fields that is set; a ValueError where it is none or several."""
    given = [kind for kind in kinds if getattr(part, kind) is not None]
    if len(given) != 1:
        named = ", ".join(kinds)
        raise ValueError(f"needs exactly one of {named}; it has {' and '.join(given) or 'none'}")
    return given[0]
