"""What a person should look at first: keys that are probably wrong, and questions and options that say little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from grader.exam.analysis.items import SAME_REST, Item, ItemAnalysis, OptionUse, Statistic
from grader.exam.analysis.key_doubt import ALLOWANCE, doubted
from grader.exam.answer_text import stop
from grader.language import NOTHING, Digits, Reason, _, join

POOR = 0.2
"""Below this, both the corrected correlation and the upper-lower index are poor (Ebel's rule of thumb)."""
DEAD_SHARE = 0.05
FEWEST = 20
"""Below so many students no distractor is called dead: one student more would change it."""
RARE, FAVOURITE = 0.1, 0.25
"""A key that fewer students choose than one in ten, beside an option that one in four or more choose, is worth a look.
Guessing alone would bring the key of five options 20 %."""
MOST = 0.5
"""Of the upper group: more than this is most of it."""


@dataclass(frozen=True)
class Flag:
    """One thing to look at: the question, the option (the first of several) where there is one, and why."""

    question: str
    option: str | None
    because: Reason


@dataclass(frozen=True)
class Flags:
    """The three lists, the most urgent first."""

    doubtful_keys: tuple[Flag, ...]
    weak: tuple[Flag, ...]
    dead: tuple[Flag, ...]
    allowance: float = ALLOWANCE
    """Of exams whose keys are all right, the share that gets a doubtful key at most."""


def flag(analysis: ItemAnalysis) -> Flags:
    """What to look at in an exam."""
    tested = [(item, option) for item in analysis.items for option in item.options]
    against = doubted([option.against_key for _, option in tested])
    doubts = [
        (option.against_key or 0.0, -abs(option.correlation.value or 0.0), Flag(item.question, option.name, because))
        for (item, option), speaks in zip(tested, against, strict=True)
        if speaks and (because := _doubt(item, option))
    ]
    doubts.sort(key=lambda one: one[:2])
    found = {one.question for *_, one in doubts}
    weak = [(item, _why_weak(item)) for item in analysis.items if item.question not in found]
    weak.sort(
        key=lambda pair: (
            not _rare_key(pair[0]),
            pair[0].corrected.value if pair[0].corrected.value is not None else -2.0,
        )
    )
    return Flags(
        doubtful_keys=tuple(one for *_, one in doubts),
        weak=tuple(Flag(item.question, None, why) for item, why in weak if why),
        dead=tuple(found for item in analysis.items for found in _dead(item, analysis.students)),
    )


def _doubt(item: Item, option: OptionUse) -> Reason:
    """What the good students say against the key; empty where they do not, though the better ones among all do."""
    upper, lower = option.upper, option.lower
    if upper is None or lower is None:
        return NOTHING
    if item.one_of_many:
        best = max((one.upper or 0.0 for one in item.options if one.right), default=0.0)
        if upper <= best:
            return NOTHING
        because = _(
            "The good students prefer “{option}”: {upper} % of the upper group chose it, and {key} % the key.",
            option=option.says,
            upper=_percent(upper),
            key=_percent(best),
        )
    elif not option.right:
        if upper <= MOST:
            return NOTHING
        because = _(
            "Most good students tick “{option}”, which the key calls wrong: {upper} % of the upper group, {lower} % of "
            "the lower one.",
            option=option.says,
            upper=_percent(upper),
            lower=_percent(lower),
        )
    else:
        if upper >= MOST:
            return NOTHING
        because = _(
            "Most good students answer “{option}” against the key: {upper} % of the upper group are with it, {lower} % "
            "of the lower one.",
            option=option.says,
            upper=_percent(upper),
            lower=_percent(lower),
        )
    correlation = _with_interval(option.correlation)
    return because + _("Its correlation with the other questions is {correlation}.", correlation=correlation)


def _why_weak(item: Item) -> Reason:
    corrected, index = item.corrected, item.upper_lower
    if rare := _rare_key(item):
        return rare
    if corrected.value is None:
        if corrected.why == SAME_REST:
            return _("Everybody has the same points in the other questions together, so it is compared with nothing.")
        return _("Everybody has the same points, so it discriminates nothing.")
    if corrected.value >= POOR or (index.value is not None and index.value >= POOR):
        return NOTHING
    told = [_("Corrected correlation {correlation}", correlation=_with_interval(corrected))]
    if index.value is not None:
        told.append(_("upper-lower index {index}", index=_with_interval(index)))
    return stop(join(told, ", "))


def _rare_key(item: Item) -> Reason:
    """That hardly anybody chose the key, and who they are says too little to doubt it; empty where enough did."""
    if not (item.one_of_many and item.options):
        return NOTHING
    key = sum(option.count for option in item.options if option.right)
    first = max(item.options, key=lambda option: option.count)
    share = sum(option.share for option in item.options if option.right)
    if first.right or share >= RARE or first.share < FAVOURITE:
        return NOTHING
    return _(
        "Only {key} chose the key, and {count} chose “{option}”: is the key right?",
        key=key,
        count=first.count,
        option=first.says,
    )


def _with_interval(figure: Statistic) -> Reason:
    """A figure with its interval, where it has one.

    >>> str(_with_interval(Statistic(0.25, -0.1, 0.5))), str(_with_interval(Statistic(0.25)))
    ('0.25 (−0.10 to 0.50)', '0.25')
    """
    if figure.value is None:
        return _("undefined")
    if figure.low is None or figure.high is None:
        return join([_signed(figure.value)])
    return _(
        "{value} ({low} to {high})",
        value=_signed(figure.value),
        low=_signed(figure.low),
        high=_signed(figure.high),
    )


def _dead(item: Item, students: int) -> Iterator[Flag]:
    if not item.offered or students < FEWEST:
        return
    dead = [option for option in item.options if not option.right and option.share < DEAD_SHARE]
    if dead:
        named = ", ".join(f"“{option.says}” ({option.count})" for option in dead)
        told = _(
            "Chosen by fewer than {share} % of {students} students: {named}.",
            share=_percent(DEAD_SHARE),
            students=students,
            named=named,
        )
        yield Flag(item.question, dead[0].name, told)


def _signed(value: float) -> Digits:
    return Digits(f"{value:.2f}".replace("-", "−"))


def _percent(share: float) -> Digits:
    return Digits(f"{100 * share:.0f}")
