"""A notebook's networks, read from the answer to a probe of `models`. Nothing in it is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.language import _
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers
from grader.score.sentences import clean, code, listed_or
from grader.score.verdict import UnansweredError, UnscoredError

_MOST_NETWORKS = 50
_MOST_LAYERS = 500
_LONGEST_REASON = 200


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of the notebook's own, flattened, and what the network answers there."""

    inputs: FloatArray | None
    targets: FloatArray
    predictions: FloatArray


@dataclass(frozen=True, eq=False)
class Network:
    """One network; `predictions` are flat, and None where it could not be asked."""

    name: str
    by_name: bool
    class_name: str
    layers: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    parameters: int | None
    predictions: FloatArray | None
    untrained: FloatArray | None
    held_out: Samples | None
    trained_on: Samples | None
    answers_flat: bool
    error: str

    @property
    def finite_predictions(self) -> FloatArray | None:
        if self.predictions is None or self.predictions.size == 0 or not np.isfinite(self.predictions).all():
            return None
        return self.predictions

    def say_silence(self, *, tells: bool) -> str:
        """Why there is nothing to compare, in a sentence; an error's text may hold the inputs."""
        if self.predictions is None:
            if tells and self.error:
                return _("{network} gave no answers: {error}.", network=code(self.name), error=self.error)
            return _("{network} gave no answers.", network=code(self.name))
        if self.predictions.size and not np.isfinite(self.predictions).all():
            return _("{network} answers NaN or infinity.", network=code(self.name))
        return _("{network} does not answer with one number for each input.", network=code(self.name))


@dataclass(frozen=True, eq=False)
class Networks:
    """The networks that a notebook has, of those that were asked for."""

    asked: tuple[str, ...]
    networks: tuple[Network, ...]

    @property
    def note(self) -> str:
        """Which were taken by type, as a sentence after others; empty where all were found by name."""
        by_type = [code(network.name) for network in self.networks if not network.by_name]
        if not by_type:
            return ""
        named = {network.name for network in self.networks if network.by_name}
        lacking = [code(name) for name in self.asked if name not in named]
        taken = ", ".join(by_type[:6]) + (", …" if len(by_type) > 6 else "")
        if not lacking:
            return " " + _("Taken by type: {networks}.", networks=taken)
        return " " + _("There is no {names}; taken by type: {networks}.", names=listed_or(lacking), networks=taken)


def read_networks(value: Any) -> Networks:
    """The networks in an answer; without one the criterion is unanswered, and in another form it waits."""
    if not isinstance(value, dict) or not isinstance(value.get("models"), list):
        raise _not_in_form()
    asked = value.get("asked")
    names = tuple(name for name in asked if isinstance(name, str)) if isinstance(asked, list) else ()
    networks = tuple(_read_network(entry) for entry in value["models"][:_MOST_NETWORKS])
    if not networks:
        if not names:
            raise UnansweredError(_("There is no network among the notebook's variables: none is of the right type."))
        told = _(
            "There is no network among the notebook's variables: none is named {names}, and none is of the right type.",
            names=listed_or([code(name) for name in names]),
        )
        raise UnansweredError(told)
    return Networks(names, networks)


def _not_in_form() -> UnscoredError:
    return UnscoredError(_("The answer about the networks is not in its proper form; a person looks at it."))


def _read_network(entry: Any) -> Network:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _not_in_form()
    layers, shapes, parameters = entry.get("layers"), entry.get("shapes"), entry.get("parameters")
    class_name, error = entry.get("class"), entry.get("error")
    return Network(
        name=entry["name"],
        by_name=entry.get("found") != "by type",
        class_name=class_name[:200] if isinstance(class_name, str) else "",
        layers=_read_layers(layers),
        shapes=tuple(_read_shape(shape) for shape in shapes[:_MOST_LAYERS]) if isinstance(shapes, list) else (),
        parameters=parameters if isinstance(parameters, int) and not isinstance(parameters, bool) else None,
        predictions=_read_numbers(entry.get("predictions")),
        untrained=_read_numbers(entry.get("untrained")),
        held_out=_read_samples(entry.get("held_out")),
        trained_on=_read_samples(entry.get("trained_on")),
        answers_flat=entry.get("answers_flat") is True,
        error=clean(error, _LONGEST_REASON).rstrip(".") if isinstance(error, str) else "",
    )


def _read_layers(layers: Any) -> tuple[str, ...]:
    if not isinstance(layers, list) or not all(isinstance(layer, str) for layer in layers):
        raise _not_in_form()
    return tuple(layer[:80] for layer in layers[:_MOST_LAYERS])


def _read_shape(sizes: Any) -> tuple[int, ...]:
    if isinstance(sizes, list) and all(isinstance(size, int) and 0 <= size < 2**63 for size in sizes):
        return tuple(int(size) for size in sizes)
    raise _not_in_form()


def _read_numbers(value: Any) -> FloatArray | None:
    if value is None:
        return None
    try:
        return as_numbers(value).ravel()
    except NotNumbersError:
        return None


def _read_samples(value: Any) -> Samples | None:
    if not isinstance(value, dict):
        return None
    targets, predictions = _read_numbers(value.get("y")), _read_numbers(value.get("predictions"))
    if targets is None or predictions is None or targets.size != predictions.size or targets.size == 0:
        return None
    return Samples(_read_numbers(value.get("x")), targets, predictions)
