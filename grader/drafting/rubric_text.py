"""A draft as the text of a rubric: each line says why it is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from grader.drafting.drafted import DraftedCriterion

_HEAD = """\
# yaml-language-server: $schema=rubric.schema.json
# {title}
#
# Drafted from assignments/{name}/solved.ipynb by `grader new`. Everything here is yours to change: the points, what
# students read under `says`, and what is asked. `grader verify {name}` proves it again.
#
# Hidden probes are asked after the notebook has ended, most of them with numbers of each student's own.
"""
_WIDTH = 10_000
"""Lines are broken by who edits them."""


def write_rubric(name: str, title: str, criteria: Sequence[DraftedCriterion], *, modules: Sequence[str]) -> str:
    """The whole rubric."""
    total = sum(one.points for one in criteria)
    lines = [_HEAD.format(name=name, title=title).rstrip("\n"), f"points: {total:g}", ""]
    if modules:
        lines += ["# The reference is taken out of solved.ipynb at each run.", f"reference: {_flow(list(modules))}", ""]
    lines += ["probes:", *_probe_lines(criteria), "", "criteria:", *_criterion_lines(criteria)]
    return "\n".join(lines) + "\n"


def add_to_rubric(text: str, criteria: Sequence[DraftedCriterion], total: float) -> str:
    """A rubric with more criteria; all that stands in it stays as it is, but for its sum of points."""
    lines = text.rstrip("\n").split("\n")
    end = next(place for place, line in enumerate(lines) if line.startswith("criteria:"))
    while not lines[end - 1].strip():
        end -= 1
    changed = [*lines[:end], *_probe_lines(criteria), *lines[end:], *_criterion_lines(criteria)]
    place = next(number for number, line in enumerate(changed) if line.startswith("points:"))
    changed[place] = f"points: {total:g}"
    return "\n".join(changed) + "\n"


def line_for(criterion: DraftedCriterion) -> str:
    """The two lines of a rubric that would notice something."""
    assert criterion.probe is not None
    return "\n".join([*_probe_text(criterion), f"  - {_flow(criterion.as_criterion())}"])


def _probe_lines(criteria: Sequence[DraftedCriterion]) -> Iterator[str]:
    of = ""
    for one in criteria:
        if one.probe is None:
            continue
        if one.of != of:
            of = one.of
            yield f"  # {of}"
        yield f"  # - {one.why}"
        yield from _probe_text(one)


def _probe_text(one: DraftedCriterion) -> Iterator[str]:
    """A probe in one line, or with its code below it."""
    assert one.probe is not None
    code = one.probe.get("evaluate", "")
    if "\n" not in code:
        yield f"  {one.probe_name}: {_flow(one.probe)}"
        return
    yield f"  {one.probe_name}:"
    yield "    evaluate: |"
    yield from (f"      {line}" for line in code.splitlines())
    yield from (f"    {key}: {_flow(value)}" for key, value in one.probe.items() if key != "evaluate")


def _criterion_lines(criteria: Sequence[DraftedCriterion]) -> Iterator[str]:
    for one in criteria:
        if one.probe is None:
            yield f"  # {one.why}"
        told = one.as_criterion()
        yield f"  - id: {told.pop('id')}"
        for key, value in told.items():
            yield f"    {key}: {_flow(value)}"
        yield ""


def _flow(value: Any) -> str:
    """In one line."""
    if isinstance(value, float | int) and not isinstance(value, bool):
        return f"{value:g}"
    text = yaml.dump(
        _as_lists(value), Dumper=_Dumper, default_flow_style=True, sort_keys=False, width=_WIDTH, allow_unicode=True
    )
    return str(text).removesuffix("...\n").strip()


class _Dumper(yaml.SafeDumper):
    """Without the anchors that YAML sets where one list stands twice."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _as_lists(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _as_lists(one) for key, one in value.items()}
    return [_as_lists(one) for one in value] if isinstance(value, list | tuple) else value
