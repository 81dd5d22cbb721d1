"""Reads what a kernel recorded of its networks' training as hostile input: bounded, plain, and only a hint."""

from __future__ import annotations

import math
from typing import Any

from grader.execute.answers import ProbeQuestion
from grader.model import Answer, TrainedNetwork

QUESTION = ProbeQuestion(name="", content={"kind": "training", "arguments": {}}, names=(), hidden=False, limit_s=20.0)
_MOST, _MOST_LOSSES, _MOST_NAMES, _LONGEST = 64, 200, 16, 100


def read_trained(answer: Answer) -> tuple[bool, tuple[TrainedNetwork, ...]]:
    """Whether training was watched, and what was seen; nothing where the answer is in no proper form."""
    value = answer.value
    if not isinstance(value, dict) or value.get("watched") is not True or not isinstance(value.get("trained"), list):
        return False, ()
    return True, tuple(_read(entry) for entry in value["trained"][:_MOST] if isinstance(entry, dict))


def _read(entry: dict[str, Any]) -> TrainedNetwork:
    others = _texts(entry.get("others"))
    return TrainedNetwork(
        name=_text(entry.get("class")) or (others[0] if others else ""),
        places=_texts(entry.get("places")),
        keys=_texts(entry.get("keys")),
        function=_text(entry.get("function")),
        optimizer=_text(entry.get("optimizer")),
        rate=_number(entry.get("rate")),
        steps=_count(entry.get("steps")) or 0,
        moved=entry.get("moved") if isinstance(entry.get("moved"), bool) else None,
        strangers=bool(others) and not entry.get("class"),
        losses=_losses(entry.get("losses")),
        inputs=_sizes(entry.get("inputs")),
        targets=_sizes(entry.get("targets")),
        sample_hash=_text(entry.get("hash")),
        sample=tuple(map(_number, entry["sample"][:16])) if isinstance(entry.get("sample"), list) else (),
        parameters=_count(entry.get("parameters")),
    )


def _text(value: Any) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(filter(None, map(_text, value[:_MOST_NAMES]))) if isinstance(value, list) else ()


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if math.isfinite(value) else None


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53 else None


def _sizes(value: Any) -> tuple[int, ...] | None:
    sizes = [_count(size) for size in value[:8]] if isinstance(value, list) else [None]
    return tuple(size for size in sizes if size is not None) if None not in sizes else None


def _losses(value: Any) -> tuple[tuple[int, float | None], ...]:
    pairs = (
        [one for one in value[:_MOST_LOSSES] if isinstance(one, list) and len(one) == 2]
        if isinstance(value, list)
        else []
    )
    return tuple((step, _number(loss)) for one, loss in pairs if (step := _count(one)) is not None)
