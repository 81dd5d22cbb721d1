"""What a response is worth, and the sentence that says why. Pure: no file, no clock."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.exam import rules
from grader.exam.answer_text import (
    quote,
    say_behind,
    say_called,
    say_holds,
    say_misconception,
    say_no_number,
    say_pair,
    say_prints,
    say_right_answer,
    say_right_number,
    stop,
)
from grader.exam.exam import Rules
from grader.exam.numbers import read_number
from grader.exam.questions import (
    Matching,
    Multiple,
    Numeric,
    Ordering,
    Output,
    Practical,
    Rows,
    ShortText,
    Single,
)
from grader.exam.responses import fits
from grader.exam.revisions import Asked
from grader.exam.wording import fold_words
from grader.language import _, write_decimals, write_number
from grader.model import Answer, Finding, Status


@dataclass(frozen=True)
class ResponseVerdict:
    """The share of the points, None where a person has to look; why; and a misconception that was recognised."""

    share: float | None
    because: str
    diagnosis: str | None = None


def judge(
    asked: Asked, answer: Answer | None, default: Rules, language: str, shares: Mapping[str, float | None]
) -> tuple[Finding, ...]:
    """The findings on one question: one, or one for each criterion of a practical exercise.

    `answer` is None where no response to it was ever read; `shares` holds what notebook assignments earned.
    """
    question = asked.question
    if asked.void is not None:
        return _void(asked, language)
    if question.practical is not None:
        return _practical(asked, question.practical, answer, language, shares)
    says = question.asks.say(language)
    if answer is None:
        return (_unscored(question.id, says, question.points, _("No response to this question has been read yet.")),)
    if answer.status == "missing":
        return (_blank(asked, default, language),)
    if answer.status != "answered":
        return (_unscored(question.id, says, question.points, answer.because),)
    if not fits(question, answer.value):
        because = _("The response was read for another version of this question: import it again.")
        return (_unscored(question.id, says, question.points, because),)
    verdict = _verdict(asked, answer.value, default, language)
    if verdict.share is None:
        return (_unscored(question.id, says, question.points, verdict.because),)
    because = " ".join([verdict.because, question.explanation.say(language), *_revised(asked)])
    return (_scored(question.id, says, verdict.share, question.points, because, verdict.diagnosis),)


def _revised(asked: Asked) -> list[str]:
    return [_("The key was revised after the exam: {why}", why=" ".join(asked.why))] if asked.why else []


def _scored(
    criterion: str, says: str, share: float, possible: float, because: str, diagnosis: str | None = None
) -> Finding:
    status: Status = "met" if share >= 1 - 1e-9 else "missed" if share <= 1e-9 else "partly"
    return Finding(
        criterion=criterion,
        says=says,
        status=status,
        earned=share * possible,
        possible=possible,
        because=because,
        diagnosis=diagnosis,
    )


def _unscored(criterion: str, says: str, possible: float, because: str) -> Finding:
    return Finding(criterion=criterion, says=says, status="unscored", earned=None, possible=possible, because=because)


def _void(asked: Asked, language: str) -> tuple[Finding, ...]:
    why = " ".join(asked.why)
    if asked.void == "full":
        because = _("Everybody gets its points: {why}", why=why)
    else:
        because = _("The question counts for nobody: {why}", why=why)
    findings = []
    for criterion, points in asked.question.criteria.items():
        possible = points if asked.void == "full" else 0.0
        findings.append(_scored(criterion, asked.question.asks.say(language), 1.0, possible, because))
    return tuple(findings)


def _blank(asked: Asked, default: Rules, language: str) -> Finding:
    question = asked.question
    share = 0.0
    if question.single is not None:
        rule = question.single.rule or default.single
        share = rules.single(rule.name, "blank", len(question.single.options), rule.wrong)
    told = [_("There is no answer."), say_right_answer(asked, language), question.explanation.say(language)]
    because = " ".join([*told, *_revised(asked)])
    return _scored(question.id, question.asks.say(language), share, question.points, because).model_copy(
        update={"status": "unanswered"}
    )


# ---- each kind ------------------------------------------------------------------------------------------------------


def _verdict(asked: Asked, value: Any, default: Rules, language: str) -> ResponseVerdict:
    question = asked.question
    if question.single is not None:
        return _single(asked, question.single, value, default, language)
    if question.multiple is not None:
        return _multiple(asked, question.multiple, value, default, language)
    if question.rows is not None:
        return _rows(asked, question.rows, value, default, language)
    if question.numeric is not None:
        return _numeric(question.numeric, asked.accept, value, language)
    if question.text is not None:
        return _text(question.text, asked.accept, value, language)
    if question.output is not None:
        return _output(question.output, asked.accept, value, language)
    if question.matching is not None:
        return _matching(asked, question.matching, value, default, language)
    if question.ordering is not None:
        return _ordering(asked, question.ordering, value, default, language)
    raise ValueError(f"a response to a question of kind {question.kind} is not judged here")


def _single(asked: Asked, single: Single, value: Sequence[str], default: Rules, language: str) -> ResponseVerdict:
    rule, options = single.rule or default.single, single.options
    (chosen,) = value
    said = quote([options[chosen]], language)
    if options[chosen].right or chosen in asked.accept:
        return ResponseVerdict(
            rules.single(rule.name, "right", len(options), rule.wrong),
            _("You chose {said}, which is right.", said=said),
        )
    share = rules.single(rule.name, "wrong", len(options), rule.wrong)
    told = [stop(_("You chose {said}", said=said)), say_right_answer(asked, language)]
    return ResponseVerdict(share, " ".join(told) + say_misconception(options[chosen], language), chosen)


def _multiple(asked: Asked, multiple: Multiple, value: Sequence[str], default: Rules, language: str) -> ResponseVerdict:
    rule, options, ticked = multiple.rule or default.multiple, multiple.options, frozenset(value)
    key = frozenset(name for name, option in options.items() if option.right)
    either = [name for name in asked.accept if name not in key]
    # An option that was accepted later is right both ways: the best of the keys with it and without it counts.
    keys = [key | set(more) for size in range(len(either) + 1) for more in itertools.combinations(either, size)]
    share = max(rules.multiple(rule.name, rules.count(list(options), one, ticked)) for one in keys)
    wrong = [name for name in options if name in ticked and name not in key and name not in either]
    parts = [
        (_("You ticked rightly"), [option for name, option in options.items() if name in ticked and name not in wrong]),
        (_("You ticked wrongly"), [options[name] for name in wrong]),
        (_("Also right"), [option for name, option in options.items() if name in key - ticked]),
    ]
    because = " ".join(stop(f"{told}: {quote(said, language)}") for told, said in parts if said)
    if not ticked:
        none = multiple.none.say(language) if multiple.none is not None else _("none applies")
        ticked_none = stop(_("You ticked “{none}”", none=none))
        because = f"{ticked_none} {because}" if key else _("You ticked “{none}”, which is right.", none=none)
    behind = say_misconception(options[wrong[0]], language) if wrong else ""
    return ResponseVerdict(rules.bound(share, rule.floor, rule.cap), because + behind, wrong[0] if wrong else None)


def _rows(asked: Asked, rows: Rows, value: Mapping[str, bool | None], default: Rules, language: str) -> ResponseVerdict:
    rule, statements = rows.rule or default.rows, rows.statements
    said = {name: value.get(name) for name in statements}
    right = [name for name, row in statements.items() if said[name] == row.holds or _accepted(name, said, asked)]
    wrong = [name for name in statements if said[name] is not None and name not in right]
    share = rules.rows(rule.name, len(right), len(wrong), len(statements))
    because = _("{right} of {n} statements are answered rightly.", right=len(right), n=len(statements))
    for name, row in statements.items():
        if name not in right:
            because += f" {say_holds(row, language)} {say_called(said[name])}"
    first = next((row for name, row in statements.items() if name in wrong and row.misconception is not None), None)
    if first is not None and first.misconception is not None:
        because += " " + say_behind(first.misconception, language)
    return ResponseVerdict(rules.bound(share, rule.floor, rule.cap), because, wrong[0] if wrong else None)


def _accepted(name: str, said: Mapping[str, bool | None], asked: Asked) -> bool:
    return said[name] is not None and name in asked.accept


def _numeric(numeric: Numeric, accept: Sequence[str], value: str, language: str) -> ResponseVerdict:
    readings = read_number(value, numeric.unit, numeric.units)
    right = [numeric.value, *(number for text in accept for number in read_number(text, numeric.unit, numeric.units))]
    if not readings:
        return ResponseVerdict(None, say_no_number(value, numeric))
    hits = [any(_within(number, one, numeric.tolerance) for one in right) for number in readings]
    if any(hits) != all(hits):
        return ResponseVerdict(None, _("“{value}” can be read in two ways, of which one is right.", value=value))
    if all(hits):
        return ResponseVerdict(1.0, _("You wrote {value}, which is right.", value=value))
    because = _("You wrote {value}.", value=value) + f" {say_right_number(numeric)}"
    reach = max(numeric.tolerance, 0.5 * 10.0 ** -(numeric.decimals if numeric.decimals is not None else 3))
    for name, mistake in numeric.mistakes.items():
        if any(_within(number, mistake.number, reach) for number in readings):
            return ResponseVerdict(0.0, f"{because} {say_behind(mistake.misconception, language)}", name)
    return ResponseVerdict(0.0, because)


def _within(number: float, right: float, tolerance: float) -> bool:
    """The edge of the tolerance counts as right, and binary fractions must not move it."""
    return abs(number - right) <= tolerance + 1e-9 * max(1.0, abs(right))


def _text(text: ShortText, accept: Sequence[str], value: str, language: str) -> ResponseVerdict:
    said = _fold_answer(value)
    right = {_fold_answer(words) for words in (*text.accept, *accept)}
    if said in right or (text.pattern is not None and re.fullmatch(text.pattern, value.strip())):
        return ResponseVerdict(1.0, _("You wrote “{value}”, which is right.", value=value))
    for name, wrong in text.wrong.items():
        if said in {_fold_answer(words) for words in wrong.says}:
            told = _("You wrote “{value}”.", value=value)
            return ResponseVerdict(0.0, f"{told} {wrong.misconception.say(language)}", name)
    told = _("“{value}” is neither known to be right nor known to be wrong: a person decides.", value=value)
    return ResponseVerdict(None, told)


def _fold_answer(words: str) -> str:
    return fold_words(words).strip(" .;:!\"'")


def _output(output: Output, accept: Sequence[str], value: str, language: str) -> ResponseVerdict:
    said = "".join(value.split())
    if said in {"".join(text.split()) for text in (output.prints, *accept)}:
        return ResponseVerdict(1.0, _("You wrote {value}, which is right.", value=f"`{value}`"))
    because = _("You wrote {value}.", value=f"`{value}`") + f" {say_prints(output)}"
    for name, mistake in output.mistakes.items():
        if said == "".join(mistake.prints.split()):
            return ResponseVerdict(0.0, f"{because} {say_behind(mistake.misconception, language)}", name)
    if _NUMBERS.findall(value) == _NUMBERS.findall(output.prints):
        one, other = f"`{value}`", f"`{output.prints}`"
        return ResponseVerdict(
            None, _("{value} is written otherwise than {right}: a person decides.", value=one, right=other)
        )
    return ResponseVerdict(0.0, because)


_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def _matching(
    asked: Asked, matching: Matching, value: Mapping[str, str | None], default: Rules, language: str
) -> ResponseVerdict:
    rule = matching.rule or default.matching
    wrong = [name for name in matching.pairs if value.get(name) != name]
    right = len(matching.pairs) - len(wrong)
    because = _("{right} of {n} pairs are right.", right=right, n=len(matching.pairs))
    for name in wrong:
        because += f" {say_pair(matching.pairs[name], language)}"
    return ResponseVerdict(rules.pairs(rule.name, right, len(matching.pairs)), because)


def _ordering(asked: Asked, ordering: Ordering, value: Sequence[str], default: Rules, language: str) -> ResponseVerdict:
    rule, right = ordering.rule or default.ordering, list(ordering.steps)
    share = rules.bound(rules.order(rule.name, [right.index(name) for name in value]), rule.floor, rule.cap)
    if list(value) == right:
        return ResponseVerdict(share, _("All steps are in their order."))
    said = " → ".join(f"“{ordering.steps[name].say(language)}”" for name in value)
    told = stop(_("You put them so: {said}", said=said))
    return ResponseVerdict(share, f"{told} {say_right_answer(asked, language)}")


# ---- practical exercises --------------------------------------------------------------------------------------------


def _practical(
    asked: Asked, practical: Practical, answer: Answer | None, language: str, shares: Mapping[str, float | None]
) -> tuple[Finding, ...]:
    question = asked.question
    if practical.assignment is not None:
        says, share = question.asks.say(language), shares.get(practical.assignment)
        if share is None:
            because = _(
                "Its notebook has no grade yet, or one that waits for a person: {command}",
                command=f"grader grade {practical.assignment}",
            )
            return (_unscored(question.id, says, question.points, because),)
        because = _(
            "Your notebook for {assignment} earned {percent} % of its points.",
            assignment=f"`{practical.assignment}`",
            percent=write_decimals(f"{100 * share:.4g}"),
        )
        return (_scored(question.id, says, share, question.points, because),)
    given = answer.value if answer is not None and fits(question, answer.value) else {}
    findings = []
    for name, step in practical.criteria.items():
        criterion, says = f"{question.id}-{name}", step.says.say(language)
        if name in given:
            earned, possible = write_number(given[name]), write_number(step.points)
            because = _("A person gave {earned} of {possible} points.", earned=earned, possible=possible)
            because += f" {question.explanation.say(language)}"
            findings.append(_scored(criterion, says, given[name] / step.points, step.points, because))
        elif answer is not None and answer.status == "missing":
            blank = _scored(criterion, says, 0.0, step.points, _("There is no answer."))
            findings.append(blank.model_copy(update={"status": "unanswered"}))
        else:
            told = answer.because if answer is not None and answer.because else _("A person gives these points.")
            findings.append(_unscored(criterion, says, step.points, told))
    return tuple(findings)
