"""Criteria, and the rubric that they make with their probes."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from grader.files.config_files import PlacedError, read_yaml
from grader.files.suggestions import suggest
from grader.rubric.expectations import Expect, Metric, Target
from grader.rubric.mistakes import MISTAKES
from grader.rubric.noise import Band, read_noise
from grader.rubric.parts import Name, Part
from grader.rubric.probes import Probe

PROBELESS = {"person", "reproduced", "count"}
"""Expectations that may look at the notebook as a whole instead of at a probe's answer."""
COMPARING = {"close", "value"}
"""Expectations that compare the answer with another one, which may be that of a mistake, too."""


class OwnMistake(Part):
    """A mistake that the author of the rubric knows, or an alternative that is as right: what it leads to."""

    answer: Any = Field(description="what it leads to: a value, or {probe: name}, the reference's answer to that probe")
    says: str = Field(min_length=5, description="the sentence that the student reads in place of the comparison")
    earns: Annotated[float, Field(ge=0, le=1)] | Literal["person"] = Field(
        description="its share of the points, from 0 to 1; `person`: a person decides"
    )


class Criterion(Part):
    """One line of the rubric: what the student reads, what it is worth, and what is expected."""

    id: Name = Field(description="its name in the gradebook: do not change it later")
    says: str = Field(min_length=5, description="the sentence the student reads")
    points: float = Field(ge=0, description="the most that it earns; with 0 it is shown and never counted")
    probe: Name | None = Field(None, description="the probe whose answer is judged")
    expect: Expect
    given: list[str] = Field(
        default_factory=list,
        description="the student's functions that the asked code may call: the probe is asked again with the "
        "reference's functions in their place, so that a mistake in one costs only its own points",
        json_schema_extra={"items": {"type": "string", "pattern": r"^[A-Za-z_]\w*$"}},
    )
    partly: dict[str, float] = Field(
        default_factory=dict,
        description="share of the points for a known mistake",
        json_schema_extra={"propertyNames": {"enum": list(MISTAKES)}},
    )
    mistakes: dict[Name, OwnMistake] = Field(
        default_factory=dict, description="mistakes of this exercise, and alternatives, by names of your own"
    )

    @model_validator(mode="after")
    def _has_a_probe(self) -> Criterion:
        if self.probe is None and self.expect.kind not in PROBELESS:
            raise ValueError(f"a criterion with `{self.expect.kind}` needs a `probe`")
        for helper in self.given:
            if not helper.isidentifier():
                remedy = "Write the function's name alone."
                raise PlacedError(f"`{helper}` is no name of a function", "given", remedy=remedy)
        for name, share in self.partly.items():
            if name not in MISTAKES:
                remedy = suggest(name, MISTAKES)
                raise PlacedError(f"no known mistake is called `{name}`", "partly", name, remedy=remedy)
            if not 0 < share < 1:
                raise ValueError(f"the share for `{name}` must be between 0 and 1, not {share}")
        return self

    @model_validator(mode="after")
    def _knows_its_mistakes(self) -> Criterion:
        for name in self.mistakes:
            if name in MISTAKES:
                remedy = "Give its share in `partly`, or give yours another name."
                raise PlacedError(f"the grader knows a mistake called `{name}`", "mistakes", name, remedy=remedy)
        if self.mistakes and not COMPARING & {option.kind for option in self.expect.options}:
            what = f"`mistakes` need one of {', '.join(sorted(COMPARING))}, which compare an answer"
            raise PlacedError(what, "mistakes", remedy=f"Take them out: `{self.expect.kind}` compares with no answer.")
        return self

    @property
    def shares(self) -> dict[str, float | Literal["person"]]:
        """What each known mistake and each of its own earns."""
        return {**self.partly, **{name: mistake.earns for name, mistake in self.mistakes.items()}}

    @property
    def given_probe(self) -> str:
        """Under which name the answer with the reference's helpers is kept; empty where there is none."""
        return f"{self.probe} given {', '.join(self.given)}" if self.probe and self.given else ""


class Rubric(Part):
    """Probes and criteria of one assignment."""

    points: float = Field(description="what the criteria add up to: said twice, so that a slip shows")
    reference: list[str] = Field(default_factory=list, description="modules of reference/ that answer the probes")
    probes: dict[Name, Probe] = Field(default_factory=dict)
    criteria: list[Criterion] = Field(min_length=1)

    @model_validator(mode="after")
    def _hangs_together(self) -> Rubric:
        total = sum(criterion.points for criterion in self.criteria)
        if abs(total - self.points) > 1e-9:
            what = f"the criteria add up to {total:g} points, but the rubric says {self.points:g}"
            raise PlacedError(what, "points", remedy=f"Write `points: {total:g}`, or change those of a criterion.")
        ids: set[str] = set()
        for place, criterion in enumerate(self.criteria):
            if criterion.id in ids:
                raise PlacedError(f"the criterion `{criterion.id}` occurs twice", "criteria", place)
            ids.add(criterion.id)
            for name in probes_of(criterion):
                if name not in self.probes:
                    known = ", ".join(self.probes) or "none"
                    what = f"the criterion `{criterion.id}` uses the probe `{name}`, which is not there"
                    remedy = "Name one of them, or add it to `probes`."
                    raise PlacedError(f"{what} (there are: {known})", "criteria", place, remedy=remedy)
            self._require_oracles(criterion, place)
            self._keep_counts_secret(criterion, place)
            self._require_figures(criterion, place)
        used = {name for criterion in self.criteria for name in probes_of(criterion)}
        unused = [name for name in self.probes if name not in used]
        if unused:
            remedy = "Delete it, or name it in a criterion."
            raise PlacedError(f"no criterion uses the probe `{unused[0]}`", "probes", unused[0], remedy=remedy)
        return self

    def _keep_counts_secret(self, criterion: Criterion, place: int) -> None:
        """Whose answer to a hidden question earns by its length may say with its length what it was asked."""
        count, probe = criterion.expect.count, self.probes[criterion.probe] if criterion.probe else None
        if count is None or not count.in_proportion or count.of not in ("items", "words") or probe is None:
            return
        if probe.hidden and not probe.reveal:
            what = f"the criterion `{criterion.id}`: points in proportion could tell what a hidden probe asks"
            keys = ("criteria", place, "expect", "count", "in_proportion")
            raise PlacedError(what, *keys, remedy="Take `in_proportion` out, or make the probe public.")

    def _require_figures(self, criterion: Criterion, place: int) -> None:
        kind = self.probes[criterion.probe].kind if criterion.probe else ""
        if (criterion.expect.kind == "plot") != (kind == "figures"):
            what = f"the criterion `{criterion.id}`: `plot` and a probe of `figures` belong together"
            raise PlacedError(what, "criteria", place, remedy="Write a probe `{figures: {}}`, and name it here.")

    def _require_oracles(self, criterion: Criterion, place: int) -> None:
        if not criterion.given:
            return
        probe = self.probes[criterion.probe] if criterion.probe else None
        if probe is None or probe.kind not in ("call", "evaluate") or probe.ask != "student":
            what = "`given` needs a probe with `call` or `evaluate`"
            remedy = "Take it out: only functions call helpers."
        elif not self.reference:
            what = "`given` needs a reference that has these functions"
            remedy = "Name its modules in `reference`, or take `given` out."
        elif asked := sorted(set(criterion.given) & set(probe.asks_for)):
            what = f"`given` names `{asked[0]}`, which its own probe asks for"
            remedy = "Name only functions that it calls."
        else:
            return
        raise PlacedError(f"the criterion `{criterion.id}`: {what}", "criteria", place, "given", remedy=remedy)

    def expected_probes(self, *, public_only: bool = False) -> list[str]:
        """The probes whose right answer some criterion needs: what the reference is asked."""
        needed: dict[str, None] = {}
        for criterion in self.criteria:
            if public_only and self.is_hidden(criterion):
                continue
            for target in _targets_of(criterion):
                match target:
                    case "reference" if criterion.probe:
                        needed[criterion.probe] = None
                    case {"probe": str(name)}:
                        needed[name] = None
        return list(needed)

    def is_hidden(self, criterion: Criterion) -> bool:
        """Whether a self-check leaves this criterion out."""
        return criterion.probe is not None and self.probes[criterion.probe].hidden


def probes_of(criterion: Criterion) -> list[str]:
    """The probes that have a part in a criterion: whose answer is judged, and which it is compared with."""
    names = [criterion.probe] if criterion.probe else []
    names += [
        target["probe"] for target in _targets_of(criterion) if isinstance(target, dict) and [*target] == ["probe"]
    ]
    if criterion.expect.table is not None:
        names.append(criterion.expect.table.of)
    return names


def _targets_of(criterion: Criterion) -> list[Target]:
    """What answers are compared with."""
    targets = [getattr(getattr(option, option.kind), "to", None) for option in criterion.expect.options]
    # Of a mistake, `reference` is a text: what the reference answers is right.
    return targets + [mistake.answer for mistake in criterion.mistakes.values() if mistake.answer != "reference"]


def read_rubric(path: Path, *, calibrated: bool = True) -> Rubric:
    """The rubric in a YAML file, or a UserError with file, line and remedy.

    Thresholds that speak of the reference become numbers, as far as the noise band beside the rubric has them; not so
    if it is not to be `calibrated`.
    """
    rubric = read_yaml(path, Rubric)
    metrics = [one.expect.metric for one in rubric.criteria if one.expect.metric]
    if not calibrated or not any(metric.speaks_of_reference for metric in metrics):
        return rubric
    noise = read_noise(path)
    return with_thresholds(rubric, noise.criteria) if noise else rubric


def with_thresholds(rubric: Rubric, bands: Mapping[str, Band]) -> Rubric:
    """The rubric with numbers in place of the thresholds that speak of the reference, where the bands have them."""
    criteria = [
        one.model_copy(update={"expect": one.expect.model_copy(update={"metric": _in_numbers(metric, bands[one.id])})})
        if (metric := one.expect.metric) and one.id in bands
        else one
        for one in rubric.criteria
    ]
    return rubric.model_copy(update={"criteria": criteria})


def _in_numbers(metric: Metric, band: Band) -> Metric:
    return metric.model_copy(
        update={"full": band.resolve(metric.name, metric.full), "none": band.resolve(metric.name, metric.none)}
    )
