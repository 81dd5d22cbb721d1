"""What a rubric is made of, in place of `grader.rubric`: it was checked where it was written."""

from __future__ import annotations

from typing import Any

Mistake = str


class Part:
    """Fields by name, all of them told."""

    def __init__(self, **told: Any) -> None:
        vars(self).update(told)


class Expect(Part):
    """Exactly one of its fields is set."""

    @property
    def kind(self) -> str:
        return next((name for name, value in vars(self).items() if value is not None), "value")


class Rubric(Part):
    """Probes and criteria, all of them public."""

    def is_hidden(self, _: Any) -> bool:
        return False


class Metric(Part):
    """Its thresholds are numbers, if they were measured."""

    @property
    def speaks_of_reference(self) -> bool:
        return isinstance(vars(self)["full"], OfReference) or isinstance(vars(self)["none"], OfReference)


class OfReference(Part):
    """A threshold that nobody has measured."""


class ArrayLiteral(Part): ...


class Built(Part): ...


class Split(Part): ...


class Close(Part): ...


class Count(Part): ...


class Criterion(Part): ...


class Distinct(Part): ...


class Grid(Part): ...


class ModelSelection(Part): ...


class Nonlinear(Part): ...


class NumberBounds(Part): ...


class Plot(Part): ...


class OwnMistake(Part): ...


class Person(Part): ...


class Probe(Part):
    """Exactly one of call, evaluate, variable and models is set."""

    @property
    def kind(self) -> str:
        return next(name for name in ("call", "evaluate", "variable", "models") if vars(self)[name] is not None)

    @property
    def asks_for(self) -> tuple[str, ...]:
        """Nothing is missing where the notebook is written."""
        return ()


class Random(Part): ...


class Reproduced(Part): ...


class Scene(Part): ...


class Table(Part): ...


class Text(Part): ...


class Trained(Part): ...


def rebuild(told: Any) -> Any:
    """What `tell` of grader/release/cell.py told: parts by the names of their classes."""
    if isinstance(told, dict):
        kinds = {name: kind for name, kind in globals().items() if isinstance(kind, type)}
        fields = {name: rebuild(value) for name, value in told["fields"].items()}
        return kinds[told["part"]](**fields) if told["part"] else fields
    return [rebuild(value) for value in told] if isinstance(told, list) else told
