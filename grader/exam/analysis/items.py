"""Item analysis: what a class's responses say of the questions, and which of these a person should look at first."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from grader.exam.analysis.choices import Choices, choices_of
from grader.exam.analysis.key_doubt import chance_of
from grader.exam.analysis.resampling import Resampled, resample
from grader.exam.analysis.statistics import (
    CONFIDENCE,
    Floats,
    alpha,
    alpha_interval,
    correlate,
    correlation_interval,
    group_size,
    group_weights,
    kr20,
    mean_interval,
    standard_error,
    upper_lower,
)
from grader.exam.kinds.question_kind import Choice
from grader.exam.questions import Question
from grader.exam.revisions import Asked
from grader.language import NOTHING, Reason, _
from grader.model import Answer, Finding

THIRDS, FIFTHS = 3, 5
MANY = 60
"""From so many students on there are five score groups, below it three."""
FEWEST_FOR_GROUPS = 4
SAME_POINTS = _("all have the same points")
SAME_REST = _("all have the same points in the other questions together")
MOST_WAITING = 0.1
"""A question on which more than this share of the students waits for a person is left out of the analysis."""


@dataclass(frozen=True)
class Statistic:
    """A statistic with its interval; None is undefined, and `why` says so."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: Reason = NOTHING


@dataclass(frozen=True)
class OptionUse:
    """How the class used one option."""

    name: str
    says: str
    right: bool
    count: int
    share: float
    by_group: tuple[float, ...]
    """Share of each score group, the lowest first."""
    upper: float | None
    """Share of the upper 27 %."""
    lower: float | None
    correlation: Statistic
    """With the points of all other questions."""
    against_key: float | None = None
    """The chance that it speaks so strongly against a right key; None where it was not tested."""


@dataclass(frozen=True)
class Item:
    """One question, as its responses show it."""

    question: str
    topic: str
    kind: str
    says: str
    possible: float
    blank: int
    difficulty: Statistic
    """The mean share of its points."""
    uncorrected: Statistic
    corrected: Statistic
    upper_lower: Statistic
    alpha_if_dropped: Statistic
    by_group: tuple[float, ...]
    options: tuple[OptionUse, ...]
    one_of_many: bool = False
    """Whether each student gave one answer out of many."""
    offered: bool = False
    """Whether the options stood on the exam, so that one that nobody took is of no use."""


@dataclass(frozen=True)
class Reliability:
    """The exam as a whole, over the questions and students that were analysed."""

    mean: Statistic
    deviation: Statistic
    alpha: Statistic
    kr20: Statistic
    standard_error: Statistic
    """In points."""


@dataclass(frozen=True)
class ItemAnalysis:
    """Everything that the page and the tables show."""

    students: int
    possible: float
    items: tuple[Item, ...]
    reliability: Reliability
    percents: tuple[float, ...]
    """Each student's total, in percent of the points that were analysed."""
    group_size: int
    """Students in the upper and in the lower group."""
    groups: int
    """Score groups of equal size."""
    left_out: tuple[tuple[str, Reason], ...]
    """(question or student, why)"""
    confidence: float = CONFIDENCE


@dataclass(frozen=True)
class Response:
    """One student's findings and answers: what the analysis is made from."""

    student: str
    findings: tuple[Finding, ...]
    answers: Mapping[str, Answer]
    variants: Mapping[str, Question]
    """The questions as this student was asked them."""


def analyse(asked: Sequence[Asked], responses: Sequence[Response], language: str) -> ItemAnalysis:
    """The analysis of a class's exam.

    Left out, and named, are questions that count for nobody or wait for too many, then students with points that wait.
    """
    points = np.array([[_points_of(one.question, response) for one in asked] for response in responses])
    points = points.reshape(len(responses), len(asked))
    kept, students, left_out = _select(asked, responses, points)
    who = [responses[place] for place in students]
    questions = [asked[place] for place in kept]
    possible = np.array([one.question.points for one in questions], dtype=np.float64)
    table = PointsTable(points[np.ix_(students, kept)], possible)
    items = [_item(one, table, place, who, language) for place, one in enumerate(questions)]
    return ItemAnalysis(
        students=table.students,
        possible=float(possible.sum()),
        items=tuple(items),
        reliability=_reliability(table, possible),
        percents=tuple(float(total) for total in 100 * table.totals / max(float(possible.sum()), 1e-12)),
        group_size=table.group_size,
        groups=table.groups,
        left_out=tuple(left_out),
    )


@dataclass(frozen=True)
class PointsTable:
    """The points of the students and questions that are analysed: (students, questions), and (questions,) at most."""

    scores: Floats
    possible: Floats

    @property
    def students(self) -> int:
        return int(self.scores.shape[0])

    @cached_property
    def totals(self) -> Floats:
        return np.asarray(self.scores.sum(axis=1), dtype=np.float64)

    @property
    def groups(self) -> int:
        return FIFTHS if self.students >= MANY else THIRDS

    @property
    def group_size(self) -> int:
        return group_size(self.students) if self.students >= FEWEST_FOR_GROUPS else 0

    @cached_property
    def weights(self) -> Floats:
        """How much each student counts in each score group, the lowest first; each row adds up to 1."""
        size = self.students / self.groups
        edges = tuple(size * group for group in range(self.groups + 1))
        return np.asarray(group_weights(self.totals, edges) / max(size, 1e-12), dtype=np.float64)

    @cached_property
    def extreme_weights(self) -> Floats | None:
        """The same for the lower and the upper group alone; None where there are too few students."""
        n, size = self.students, self.group_size
        return group_weights(self.totals, (0, size, n - size, n))[[0, 2]] / size if size else None

    @cached_property
    def resampled(self) -> Resampled:
        """Intervals of the figures that have no formula for one."""
        return resample(self.scores)

    def mean_by_group(self, values: Floats) -> tuple[float, ...]:
        """The mean of the students' values in each score group."""
        return tuple(float(mean) for mean in self.weights @ values)

    def extremes(self, values: Floats) -> tuple[float | None, float | None]:
        """The mean of the students' values in the lower and in the upper group."""
        if self.extreme_weights is None:
            return None, None
        lower, upper = self.extreme_weights @ values
        return float(lower), float(upper)


def _item(asked: Asked, table: PointsTable, place: int, who: Sequence[Response], language: str) -> Item:
    question, n = asked.question, table.students
    points = table.scores[:, place]
    shares, rest = points / table.possible[place], table.totals - points
    return Item(
        question=question.id,
        topic=question.topic,
        kind=question.kind,
        says=(who[0].variants[question.id] if who else question).asks.say(language),
        possible=question.points,
        blank=sum(_is_blank(response, question) for response in who),
        difficulty=_figure(float(shares.mean()) if n else math.nan, mean_interval(shares), _("there are no students")),
        uncorrected=_correlation(correlate(points, table.totals), n),
        corrected=_correlation(correlate(points, rest), n, _why_alike(points)),
        upper_lower=_figure(upper_lower(shares, table.totals), table.resampled.upper_lower[place], _why_no_groups(n)),
        alpha_if_dropped=_figure(
            alpha(np.delete(table.scores, place, axis=1)),
            table.resampled.alpha_if_dropped[place],
            _("it takes two other questions, and totals that differ"),
        ),
        by_group=table.mean_by_group(shares),
        options=tuple(_options(choices_of(asked, who, language), question.part.one_of_many, rest, table)),
        one_of_many=question.part.one_of_many,
        offered=bool(question.part.options_to_tick),
    )


def _options(choices: Choices, one_of_many: bool, rest: Floats, table: PointsTable) -> Iterator[OptionUse]:
    key = np.zeros(table.students)
    for choice in choices.values():
        if one_of_many and choice.right:
            key = np.maximum(key, np.array(choice.chosen, dtype=np.float64))
    for name, choice in choices.items():
        chosen = np.array(choice.chosen, dtype=np.float64)
        yield _option(
            name, choice, chosen, _against_key(chosen, choice.right, key if one_of_many else None, rest), rest, table
        )


def _against_key(chosen: Floats, right: bool, key: Floats | None, rest: Floats) -> float | None:
    """The chance of `key_doubt`, where the counts make it worth a test; `key` says who chose the key of an option."""
    if key is None:
        against = (chosen > 0) != right
        return chance_of(against, rest) if 2 * against.sum() >= chosen.size > 0 else None
    either = (chosen > 0) | (key > 0)
    return chance_of(chosen[either] > 0, rest[either]) if not right and chosen.sum() >= max(key.sum(), 1) else None


def _option(
    name: str, choice: Choice, chosen: Floats, against: float | None, rest: Floats, table: PointsTable
) -> OptionUse:
    lower, upper = table.extremes(chosen)
    return OptionUse(
        name=name,
        says=choice.says,
        right=choice.right,
        count=int(chosen.sum()),
        share=float(chosen.mean()) if chosen.size else 0.0,
        by_group=table.mean_by_group(chosen),
        upper=upper,
        lower=lower,
        correlation=_correlation(correlate(chosen, rest), table.students),
        against_key=against,
    )


# ---- who and what is analysed ---------------------------------------------------------------------------------------


def _points_of(question: Question, response: Response) -> float:
    """The points that a student has for a question, NaN where some wait for a person."""
    criteria = question.criteria
    earned = [finding.earned for finding in response.findings if finding.criterion in criteria]
    return math.nan if not earned or None in earned else sum(points or 0.0 for points in earned)


def _is_blank(response: Response, question: Question) -> bool:
    answer = response.answers.get(question.id)
    return answer is not None and answer.status == "missing"


def _select(
    asked: Sequence[Asked], responses: Sequence[Response], points: Floats
) -> tuple[list[int], list[int], list[tuple[str, Reason]]]:
    """The questions, then the students, that are analysed; and what is left out, with the reason."""
    left_out: list[tuple[str, Reason]] = []
    kept: list[int] = []
    for place, one in enumerate(asked):
        waiting = int(np.isnan(points[:, place]).sum())
        if one.void is not None:
            told = _("everybody gets its points") if one.void == "full" else _("it counts for nobody")
            left_out.append((one.question.id, told))
        elif waiting > MOST_WAITING * len(responses):
            told = _("{waiting} of {total} students wait for a person", waiting=waiting, total=len(responses))
            left_out.append((one.question.id, told))
        else:
            kept.append(place)
    students: list[int] = []
    for place, response in enumerate(responses):
        waits = [asked[one].question.id for one in kept if math.isnan(points[place, one])]
        if waits:
            left_out.append((response.student, _("waits for a person: {questions}", questions=", ".join(waits))))
        else:
            students.append(place)
    return kept, students, left_out


# ---- figures --------------------------------------------------------------------------------------------------------


def _figure(value: float, interval: tuple[float, float] | None, why: Reason) -> Statistic:
    if math.isnan(value):
        return Statistic(None, why=why)
    low, high = interval or (math.nan, math.nan)
    return Statistic(value, None if math.isnan(low) else low, None if math.isnan(high) else high)


def _correlation(value: float, students: int, why: Reason = SAME_POINTS) -> Statistic:
    return _figure(value, correlation_interval(value, students), why)


def _why_alike(points: Floats) -> Reason:
    """Why a question's points go with nothing."""
    return SAME_POINTS if points.size < 2 or np.ptp(points) < 1e-12 else SAME_REST


def _why_no_groups(students: int) -> Reason:
    return _("it takes four students") if students < FEWEST_FOR_GROUPS else _("all have the same total")


def _reliability(table: PointsTable, possible: Floats) -> Reliability:
    scores, totals, resampled = table.scores, table.totals, table.resampled
    n, k = scores.shape
    shares = scores / possible if k else scores
    whole = alpha(scores)
    why = _("it takes two students and two questions") if n < 2 or k < 2 else _("all have the same total")
    if np.isin(shares, (0.0, 1.0)).all() and len(set(possible.tolist())) <= 1:
        formula = _figure(kr20(shares), alpha_interval(kr20(shares), n, k), why)
    else:
        mixed = _("some questions have parts of their points, or weigh more than others: see alpha")
        formula = Statistic(None, why=mixed)
    return Reliability(
        mean=_figure(float(totals.mean()) if n else math.nan, resampled.mean, _("there are no students")),
        deviation=_figure(
            float(totals.std(ddof=1)) if n > 1 else math.nan, resampled.deviation, _("it takes two students")
        ),
        alpha=_figure(whole, alpha_interval(whole, n, k), why),
        kr20=formula,
        standard_error=_figure(standard_error(scores), resampled.standard_error, why),
    )
