"""What is said of answers: what was chosen, what would have been right, and what is often behind a wrong one."""

from __future__ import annotations

from collections.abc import Sequence

from grader.exam.questions import Numeric, Option, Output, Pair, Statement
from grader.exam.revisions import Asked
from grader.exam.wording import LocalizedText
from grader.language import _, write_decimals, write_number


def stop(sentence: str) -> str:
    """The sentence with its full stop, where a quotation has not brought one."""
    return sentence if sentence.endswith((".”", "?”", "!”")) else f"{sentence}."


def quote(options: Sequence[Option], language: str) -> str:
    """The options in quotation marks."""
    return ", ".join(f"“{option.says.say(language)}”" for option in options)


def say_misconception(option: Option, language: str) -> str:
    """What may have led to a wrong option, with a space before it; empty where the exam does not say."""
    return f" {say_behind(option.misconception, language)}" if option.misconception is not None else ""


def say_behind(misconception: LocalizedText, language: str) -> str:
    """A misconception, as it is told."""
    return _("Often behind that: {misconception}", misconception=misconception.say(language))


def say_holds(row: Statement, language: str) -> str:
    """Whether a statement is true."""
    says = row.says.say(language)
    return _("“{says}” is true.", says=says) if row.holds else _("“{says}” is false.", says=says)


def say_called(said: bool | None) -> str:
    """What a student called a statement."""
    if said is None:
        return _("You left it blank.")
    return _("You called it true.") if said else _("You called it false.")


def say_pair(pair: Pair, language: str) -> str:
    """What belongs together."""
    left, right = pair.left.say(language), pair.right.say(language)
    return stop(_("To “{left}” belongs “{right}”", left=left, right=right))


def write_right_number(numeric: Numeric) -> str:
    """The right number with its unit."""
    shape = f".{numeric.decimals}f" if numeric.decimals is not None else ".10g"
    return write_decimals(format(numeric.value, shape)) + (f" {numeric.unit}" if numeric.unit else "")


def say_right_number(numeric: Numeric) -> str:
    """The right number and its tolerance."""
    if not numeric.tolerance:
        return _("Right is {answer}.", answer=write_right_number(numeric))
    tolerance = write_number(numeric.tolerance)
    return _("Right is {answer}, give or take {tolerance}.", answer=write_right_number(numeric), tolerance=tolerance)


def say_no_number(value: str, numeric: Numeric) -> str:
    """That an answer is no number."""
    if numeric.unit:
        return _("“{value}” cannot be read as a number of {unit}.", value=value, unit=numeric.unit)
    return _("“{value}” cannot be read as a number.", value=value)


def say_prints(output: Output) -> str:
    """What the code of a question prints."""
    return _("It prints {output}.", output=f"`{output.prints}`")


def say_right_answer(asked: Asked, language: str) -> str:
    """What would have been right, in a sentence."""
    question = asked.question
    choice = question.single or question.multiple
    if choice is not None:
        right = [option for name, option in choice.options.items() if option.right or name in asked.accept]
        if right:
            return stop(_("Right is {answer}", answer=quote(right, language)))
        none = question.multiple.none if question.multiple is not None else None
        return stop(_("Right is {answer}", answer=f"“{none.say(language)}”")) if none is not None else ""
    if question.rows is not None:
        rows = question.rows.statements.values()
        return " ".join(say_holds(row, language) for row in rows)
    if question.numeric is not None:
        return _("Right is {answer}.", answer=write_right_number(question.numeric))
    if question.output is not None:
        return say_prints(question.output)
    if question.ordering is not None:
        steps = " → ".join(f"“{step.say(language)}”" for step in question.ordering.steps.values())
        return stop(_("Right is {answer}", answer=steps))
    if question.matching is not None:
        pairs = question.matching.pairs.values()
        return " ".join(say_pair(pair, language) for pair in pairs)
    if question.text is not None and question.text.accept:
        return _("Right is {answer}.", answer=f"“{question.text.accept[0]}”")
    return ""
