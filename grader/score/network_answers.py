"""A notebook's networks, read from the answer to a probe of `models`. Nothing in it is trusted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from grader.language import NOTHING, Reason, _, join
from grader.score.arrays import FloatArray, NotNumbersError, as_numbers
from grader.score.sentences import clean, code, listed, listed_or
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
    by_training: bool
    """no variable leads to it: it was seen while it was trained"""
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
    place: str = ""
    """where it lies, such as `trainers[0].net`"""
    left_in_training: bool = False
    """it was left in train mode, and has layers that answer otherwise then"""
    seen: FloatArray | None = None
    """inputs on which it was seen to be trained, flattened"""
    activates: bool | None = None
    """whether `forward` calls anything that is no linear map; None where that was not seen"""

    @property
    def finite_predictions(self) -> FloatArray | None:
        if self.predictions is None or self.predictions.size == 0 or not np.isfinite(self.predictions).all():
            return None
        return self.predictions

    def say_silence(self, *, tells: bool) -> Reason:
        """Why there is nothing to compare, in a sentence; an error's text may hold the inputs."""
        if self.predictions is None:
            if tells and self.error:
                return _("{network} gave no answers: {error}.", network=code(self.name), error=self.error)
            return _("{network} gave no answers.", network=code(self.name))
        if self.predictions.size and not np.isfinite(self.predictions).all():
            return _("{network} answers NaN or infinity.", network=code(self.name))
        return _("{network} does not answer with one number for each input.", network=code(self.name))


@dataclass(frozen=True, eq=False)
class OtherNetwork:
    """What stands in a network's place and is none of torch's; `may_be` one all the same, of another library."""

    name: str
    class_name: str
    library: str
    may_be: bool
    predictions: FloatArray | None


@dataclass(frozen=True, eq=False)
class Networks:
    """The networks that a notebook has, of those that were asked for."""

    asked: tuple[str, ...]
    networks: tuple[Network, ...]
    others: tuple[OtherNetwork, ...] = ()

    @property
    def answering(self) -> tuple[Network, ...]:
        """Those that count as networks for this task: one that gives no answers to its inputs does not."""
        return tuple(network for network in self.networks if network.predictions is not None)

    @property
    def undecided(self) -> tuple[OtherNetwork, ...]:
        """What only a person can judge."""
        return tuple(other for other in self.others if other.may_be)

    @property
    def note(self) -> Reason:
        """Which were found elsewhere than under their names, as sentences after others; empty where none was."""
        told = [
            _("{network} was found as {place}.", network=code(network.name), place=code(network.place))
            for network in self.networks
            if network.by_name and network.place not in ("", network.name)
        ]
        gone = [network for network in self.networks if network.by_training]
        if gone:
            told.append(_say_gone(gone))
        by_type = [code(one.name) for one in self.networks if not one.by_name and not one.by_training]
        there = {network.name for network in self.networks if network.by_name} | {other.name for other in self.others}
        lacking = [code(name) for name in self.asked if name not in there]
        if by_type:
            taken = ", ".join(by_type[:6]) + (", …" if len(by_type) > 6 else "")
            if lacking:
                names = listed_or(lacking)
                told.append(_("There is no {names}; taken by type: {networks}.", names=names, networks=taken))
            else:
                told.append(_("Taken by type: {networks}.", networks=taken))
        told += [_say_no_network(other) for other in self.others if not other.may_be]
        return join(told)

    def leave_others_to_a_person(self, numbers: Reason = NOTHING) -> None:
        """Raise UnscoredError where something may be a network that the grader cannot ask."""
        if self.undecided:
            raise UnscoredError(_say_undecided(self.undecided) + numbers)


def _say_no_network(other: OtherNetwork) -> Reason:
    return _("{name} is of type {type}, which is no network.", name=code(other.name), type=code(other.class_name))


def _say_gone(networks: list[Network]) -> Reason:
    names = listed([code(network.name) for network in networks])
    functions = {network.place for network in networks}
    if len(functions) == 1 and "" not in functions:
        function = code(functions.pop())
        return _(
            "In no variable, but seen while {function} trained them: {networks}.", function=function, networks=names
        )
    return _("In no variable, but seen while they were trained: {networks}.", networks=names)


def _say_undecided(others: tuple[OtherNetwork, ...]) -> Reason:
    told = listed(
        [
            _(
                "{name} (a {type} of {library})",
                name=code(other.name),
                type=code(other.class_name),
                library=other.library,
            )
            if other.library not in ("", "__main__", "builtins")
            else _("{name} (a {type})", name=code(other.name), type=code(other.class_name))
            for other in others
        ]
    )
    return _("The grader asks networks of torch only, and not {networks}: a person decides.", networks=told)


def read_networks(value: Any) -> Networks:
    """The networks in an answer; without one the criterion is unanswered, and in another form it waits."""
    if not isinstance(value, dict) or not isinstance(value.get("models"), list):
        raise _not_in_form()
    asked, others = value.get("asked"), value.get("others")
    found = Networks(
        tuple(name for name in asked if isinstance(name, str)) if isinstance(asked, list) else (),
        tuple(_read_network(entry) for entry in value["models"][:_MOST_NETWORKS]),
        tuple(_read_other(entry) for entry in others[:_MOST_NETWORKS]) if isinstance(others, list) else (),
    )
    if not found.networks:
        found.leave_others_to_a_person()
        raise UnansweredError(_say_none(found))
    return found


def _say_none(found: Networks) -> Reason:
    if found.others:
        told = _("There is no network among the notebook's variables.")
        return join([told, *(_say_no_network(other) for other in found.others)])
    if not found.asked:
        return _("There is no network among the notebook's variables: none is of the right type.")
    return _(
        "There is no network among the notebook's variables: none is named {names}, and none is of the right type.",
        names=listed_or([code(name) for name in found.asked]),
    )


def _not_in_form() -> UnscoredError:
    return UnscoredError(_("The answer about the networks is not in its proper form; a person looks at it."))


def _read_network(entry: Any) -> Network:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _not_in_form()
    layers, shapes, parameters = entry.get("layers"), entry.get("shapes"), entry.get("parameters")
    class_name, error = entry.get("class"), entry.get("error")
    return Network(
        name=entry["name"],
        by_name=entry.get("found") == "by name",
        by_training=entry.get("found") == "by training",
        class_name=class_name[:200] if isinstance(class_name, str) else "",
        layers=_read_layers(layers),
        shapes=tuple(_read_shape(shape) for shape in shapes[:_MOST_LAYERS]) if isinstance(shapes, list) else (),
        parameters=parameters if isinstance(parameters, int) and not isinstance(parameters, bool) else None,
        predictions=_read_numbers(entry.get("predictions")),
        untrained=_read_numbers(entry.get("untrained")),
        held_out=_read_samples(entry.get("held_out")),
        trained_on=_read_samples(entry.get("trained_on")),
        answers_flat=entry.get("answers_flat") is True,
        left_in_training=entry.get("left_in_training") is True,
        seen=_read_numbers(entry.get("seen")),
        place=entry["place"][:100] if isinstance(entry.get("place"), str) else "",
        activates=entry.get("activates") if isinstance(entry.get("activates"), bool) else None,
        error=clean(error, _LONGEST_REASON).rstrip(".") if isinstance(error, str) else "",
    )


def _read_other(entry: Any) -> OtherNetwork:
    if not isinstance(entry, dict) or not isinstance(entry.get("name"), str):
        raise _not_in_form()
    class_name, library = (clean(str(entry.get(key, ""))) for key in ("class", "library"))
    predictions = _read_numbers(entry.get("predictions"))
    return OtherNetwork(entry["name"], class_name, library, entry.get("may_be") is True, predictions)


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
