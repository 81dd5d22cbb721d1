"""Outcomes beside those that are on disk: the differences as a table, and as lines for the changelog."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.frozen.corpus import HERE, TOTAL, Outcome, Outcomes, Part, Place

TABLES = HERE / "outcomes"
_HEAD = ("class", "student", "item", "status", "earned", "possible")


@dataclass(frozen=True)
class Difference:
    """One outcome that is another one than it was; None where there was or is none."""

    place: Place
    was: Outcome | None
    now: Outcome | None


def read_table(table: str, folder: Path = TABLES) -> dict[Place, Outcome]:
    """The outcomes on disk: scored, read or run."""
    path = folder / f"{table}.csv"
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))[1:]
    return {(row[0], row[1], row[2]): Outcome(*row[3:]) for row in rows}


def write_table(table: str, outcomes: Outcomes, folder: Path = TABLES) -> None:
    """Write the outcomes, in an order that does not change."""
    folder.mkdir(exist_ok=True)
    with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(_HEAD)
        writer.writerows([*place, one.status, one.earned, one.possible] for place, one in sorted(outcomes.items()))


def compare(part: Part, now: Outcomes, folder: Path = TABLES) -> list[Difference]:
    """What is different in one class or exam."""
    was = {place: one for place, one in read_table(part.table, folder).items() if place[0] == part.name}
    places = sorted({*was, *now})
    return [Difference(place, was.get(place), now.get(place)) for place in places if was.get(place) != now.get(place)]


def accept(part: Part, now: Outcomes, folder: Path = TABLES) -> None:
    """Put the outcomes of one class or exam in the place of those that are on disk."""
    kept = {place: one for place, one in read_table(part.table, folder).items() if place[0] != part.name}
    write_table(part.table, {**kept, **now}, folder)


def as_table(differences: Iterable[Difference]) -> str:
    """A line for each difference: class, student, criterion, was, is."""
    rows = [("class", "student", "criterion", "was", "is")]
    rows += [(*one.place, str(one.was or "nothing"), str(one.now or "nothing")) for one in differences]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def as_changelog(differences: Sequence[Difference]) -> list[str]:
    """A line for each class: which criteria changed, for how many students; the author adds the reason."""
    by_class: dict[str, dict[str, list[Difference]]] = defaultdict(lambda: defaultdict(list))
    for one in differences:
        name, _, item = one.place
        if item != TOTAL:
            by_class[name][item].append(one)
    return [
        f"- **marks may change** in `{name}`: " + "; ".join(map(_say_item, items.items())) + ". REASON"
        for name, items in by_class.items()
    ]


def _say_item(item: tuple[str, list[Difference]]) -> str:
    name, found = item
    students = "1 student" if len(found) == 1 else f"{len(found)} students"
    ways = dict.fromkeys(f"{one.was or 'nothing'} → {one.now or 'nothing'}" for one in found)
    shown = ", ".join([*ways][:3]) + (", …" if len(ways) > 3 else "")
    return f"`{name}` of {students} ({shown})"
