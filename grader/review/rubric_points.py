"""Changes the points of one criterion in a rubric's text: two numbers, and not a comment or a space beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from grader.errors import UserError
from grader.language import _


@dataclass(frozen=True)
class LineChange:
    """A line of the rubric, before and after."""

    number: int
    before: str
    after: str


def change_points(text: str, criterion: str, points: float, *, where: str) -> str:
    """The text with the criterion's points, and the total that they add up to, replaced where they stand.

    Where that would change anything else, as where the number is an alias of another one, it is refused.
    """
    tree, data = yaml.compose(text, Loader=yaml.SafeLoader), yaml.safe_load(text)
    criteria = data["criteria"] if isinstance(data, dict) else []
    place = next((place for place, one in enumerate(criteria) if one["id"] == criterion), None)
    if tree is None or place is None:
        raise UserError(
            _("the rubric has no criterion `{criterion}` any more", criterion=criterion),
            where=where,
            remedy=_("Load the page again."),
        )
    data["criteria"][place]["points"] = float(_write(points))
    data["points"] = float(_write(sum(one["points"] for one in criteria)))
    own, whole = _node(tree, "criteria", place, "points"), _node(tree, "points")
    changed = text
    for node, number in sorted(((own, points), (whole, data["points"])), key=lambda pair: -pair[0].start_mark.index):
        changed = changed[: node.start_mark.index] + _write(number) + changed[node.end_mark.index :]
    if _load(changed) != data:
        lines = own.start_mark.line + 1, whole.start_mark.line + 1
        numbers = _write(points), _write(data["points"])
        raise UserError(
            _(
                "the points of `{criterion}` cannot be changed without changing something else, such as an alias",
                criterion=criterion,
            ),
            where=f"{where}:{lines[0]}",
            remedy=_(
                "Write {points} there yourself, and {whole} as the whole on line {line}.",
                points=numbers[0],
                whole=numbers[1],
                line=lines[1],
            ),
        )
    return changed


def compare_lines(before: str, after: str) -> tuple[LineChange, ...]:
    """The lines that differ, of two texts with as many lines."""
    pairs = zip(before.splitlines(), after.splitlines(), strict=True)
    return tuple(LineChange(number, old, new) for number, (old, new) in enumerate(pairs, start=1) if old != new)


def _write(number: float) -> str:
    return f"{number:.12g}"


def _load(text: str) -> Any:
    try:
        return yaml.safe_load(text)
    except yaml.YAMLError:
        return None


def _node(tree: yaml.Node, *keys: str | int) -> yaml.Node:
    """The node that the keys lead to; a rubric that was read has them."""
    for key in keys:
        if isinstance(tree, yaml.MappingNode):
            tree = next(value for name, value in tree.value if name.value == key)
        else:
            tree = tree.value[key]
    return tree
