"""What of a rubric students may have: criteria none of whose probes is hidden."""

from __future__ import annotations

from collections.abc import Callable

from grader.errors import UserError
from grader.execute.probe_questions import is_personal
from grader.rubric import Criterion, Expect, Rubric, probes_of


def cut_to_public(rubric: Rubric, keep: Callable[[Criterion], bool] = lambda _: True) -> Rubric:
    """The rubric without criteria that hidden probes have a part in, those probes, and guides to a person.

    A probe with inputs of each student's own is left out too: what is right there is not known before the student is.
    `keep` may leave out more.
    """

    def is_open(criterion: Criterion) -> bool:
        probes = [rubric.probes[name] for name in probes_of(criterion)]
        return not any(probe.hidden or is_personal(probe) for probe in probes)

    criteria = [_without_hidden_parts(one) for one in rubric.criteria if is_open(one) and keep(one)]
    if not criteria:
        raise UserError(
            "no criterion of this rubric is public, so there is nothing that students could check",
            remedy="Take `hidden: true` or `seed: student` from a probe.",
        )
    used = {name for one in criteria for name in probes_of(one)}
    return Rubric(
        points=sum(one.points for one in criteria),
        probes={name: probe for name, probe in rubric.probes.items() if name in used},
        criteria=criteria,
    )


def is_checked_in_cell(criterion: Criterion) -> bool:
    """Whether a cell beside the student's own can judge it: by answers to its probe, not by the notebook as a file."""
    return criterion.probe is not None and criterion.expect.kind not in ("person", "plot", "reproduced")


def _without_hidden_parts(criterion: Criterion) -> Criterion:
    """Neither what it says to the person who decides, nor helpers of the reference, which students do not get."""
    criterion = criterion.model_copy(update={"given": []})
    if criterion.expect.person is None:
        return criterion
    person = criterion.expect.person.model_copy(update={"guide": ""})
    return criterion.model_copy(update={"expect": Expect(person=person)})
