"""Who waits for a person, because the grader lacked what the work needs: by following names, never the whole run."""

from __future__ import annotations

from collections.abc import Mapping

from grader.language import N_, Reason, Value, _
from grader.model import ANY_NAME, NETWORKS, Cause
from grader.score.sentences import code, listed
from grader.score.verdict import Evidence, Verdict

_LONGEST_WHAT = 120
_LONGEST_LINE = 60


def find_wait(evidence: Evidence) -> Verdict | None:
    """Left to a person, where what the criterion asks for is missing, or not what it would be, for a cause of ours."""
    probe = evidence.probe
    if probe is None:
        return None
    lost = evidence.run.lost
    answer = evidence.run.answers.get(evidence.criterion.probe or "")
    is_missing = answer is not None and answer.status == "missing"
    for name in probe.asks_for:
        if name in lost:
            return _wait(name, lost[name], is_missing=is_missing)
    if answer is not None and answer.cause is not None:
        return _wait(probe.asks_for[0] if probe.asks_for else "", answer.cause)
    if probe.kind == "models" and NETWORKS in lost:
        return _wait("", lost[NETWORKS])
    if probe.kind == "figures" and (causes := [cell.cause for cell in evidence.run.cells if cell.cause is not None]):
        # Which figures a cell would have shown nobody can read from its names.
        ours = next((cause for cause in (*causes, *lost.values()) if cause.is_ours), None)
        return _wait("", ours) if ours is not None else None
    if is_missing and ANY_NAME in lost:
        return _wait(probe.asks_for[0], lost[ANY_NAME], is_missing=True)
    return None


def wait_for(cause: Cause) -> Verdict:
    """Left to a person, for a cause of ours."""
    return _wait("", cause)


def _wait(name: str, cause: Cause, *, is_missing: bool = False) -> Verdict:
    told: dict[str, Value] = {"name": code(name), "cause": say_cause(cause)}
    if not name:
        chain = _("Part of the work is missing because {cause}.", **told)
    elif is_missing:
        chain = _("{name} is missing because {cause}.", **told)
    else:
        chain = _("{name} depends on what is missing here: {cause}.", **told)
    return Verdict(None, chain + _("That is not your fault: a person looks at it."), cause=cause)


def find_cells(evidence: Evidence) -> tuple[int, ...]:
    """The numbers of the code cells that make what a criterion asks for."""
    names = set(evidence.probe.asks_for) if evidence.probe is not None else set()
    return tuple(cell.number for cell in evidence.run.cells if names & set(cell.made))


def why_missing(evidence: Evidence) -> Reason | None:
    """Why an asked name is not there, though the source of the notebook can make it; None where it cannot."""
    answer = evidence.run.answers.get(evidence.criterion.probe or "")
    if answer is None or answer.status != "missing" or evidence.probe is None:
        return None
    numbers = find_cells(evidence)
    makers = [cell for cell in evidence.run.cells if cell.number in numbers]
    if not makers:
        return None
    maker = makers[-1]
    names = [name for name in evidence.probe.asks_for if any(name in cell.made for cell in makers)]
    told: dict[str, Value] = {"name": listed([code(name) for name in names], most=3), "cell": maker.number}
    if any(cell.end == "ok" for cell in makers):
        return _(
            "{name} is missing after the last cell, though code cell {cell} can make it: it may be in a branch that "
            "is not taken, or be deleted later.",
            **told,
        )
    if maker.cause is not None and maker.cause.is_ours:  # and then another error, of which only the first is kept
        return _("{name} is missing: code cell {cell}, which makes it, stopped before that.", **told)
    if maker.end == "error":
        error, line = code(maker.error[0]), code(maker.line, _LONGEST_LINE)
        if not maker.line:
            return _("{name} is missing: code cell {cell}, which makes it, stopped with {error}.", **told, error=error)
        told |= {"error": error, "line": line}
        return _("{name} is missing: code cell {cell}, which makes it, stopped with {error} at {line}.", **told)
    return _("{name} is missing: code cell {cell} makes it, but {because}.", **told, because=maker.because)


def say_cause(cause: Cause) -> Reason:
    """What stopped, at what, and why, as a part of a sentence."""
    if not cause.what and not cause.cell:  # of a hidden question
        text = _UNNAMED.get(cause.kind, N_("something is not here"))
        return _(text)
    what: Value = code(cause.what, _LONGEST_WHAT) if cause.what else _("something")
    if cause.cell:
        text = _STOPPED.get(cause.kind, N_("cell {cell} stopped with {what}"))
        return _(text, cell=cause.cell, what=what)
    text = _LACKED.get(cause.kind, N_("{what} is not here"))
    return _(text, what=what)


_STOPPED: Mapping[str, str] = {
    "device": N_("cell {cell} stopped at {what}: there is no GPU here"),
    "package": N_("cell {cell} stopped for want of the package {what}, which is not installed here"),
    "file": N_("cell {cell} stopped for want of {what}: that file is not here"),
    "secret": N_("cell {cell} stopped at {what}: nobody's secrets are here"),
    "input": N_("cell {cell} calls {what}: nobody types or chooses a file here"),
    "network": N_("cell {cell} fetches {what}: there is no network here"),
    "interpreter": N_("cell {cell} has {what}, which only a newer Python than the one here knows"),
    "version": N_("cell {cell} stopped in a library at {what}, and by its stored output it once ended well"),
    "grader": N_("the machine was too busy for cell {cell}"),
    "memory": N_("cell {cell} used more memory than it may"),
    "limit": N_("cell {cell} passed a limit"),
}
"""Why a cell stopped."""
_LACKED: Mapping[str, str] = {
    "device": N_("{what} needs a GPU, and there is none here"),
    "package": N_("the package {what} is not installed here"),
    "file": N_("the file {what} is not here"),
    "secret": N_("{what} asks for a secret, and nobody's secrets are here"),
    "input": N_("{what} waits for a person, and nobody types or chooses a file here"),
    "kernel": N_("the notebook is written in {what}, which does not run here"),
    "network": N_("{what} is fetched, and there is no network here"),
    "grader": N_("the machine was too busy"),
}
"""What was missing when a function was called, or everywhere."""
_UNNAMED: Mapping[str, str] = {
    "device": N_("it needs a GPU, and there is none here"),
    "package": N_("it needs a package that is not installed here"),
    "file": N_("it reads a file that is not here"),
    "secret": N_("it asks for a secret, and nobody's secrets are here"),
    "input": N_("it waits for a person, and nobody types or chooses a file here"),
    "network": N_("it fetches something, and there is no network here"),
    "grader": N_("the machine was too busy"),
}
"""The same, where naming it could tell what a hidden question held."""
