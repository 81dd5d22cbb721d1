"""What a careful colleague would notice in an exam before it is printed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from grader.exam.arithmetic import names_of
from grader.exam.exam import Exam, questions_in, texts_in
from grader.exam.formulas import why_no_formula
from grader.exam.matching import fold_option
from grader.exam.questions import Numeric, Option, Question
from grader.exam.variants import make_variant
from grader.exam.wording import LocalizedText, fold_words, names_in
from grader.files.config_files import Keys

SEEDS = 100
"""Variants of a parameterised question that are looked at."""
_HABIT = 0.05
"""A habit is named where chance alone would make it less often than this."""


@dataclass(frozen=True)
class Remark:
    """One thing to mend: where it stands, what it is, and what to do."""

    keys: Keys
    what: str
    remedy: str


def find_remarks(exam: Exam, folder: Path) -> list[Remark]:
    """Everything that is worth mending, in the order of the exam; `folder` holds its pictures."""
    remarks: list[Remark] = []
    for keys, question in questions_in(exam):
        remarks += _of_options(question, keys)
        remarks += _of_variants(question, keys, exam.seed)
        remarks += _of_parameters(question, keys)
        remarks += _of_truth(question, keys)
        remarks += _of_assignment(question, keys, folder)
        if question.picture is not None and not (folder / question.picture.file).is_file():
            remarks.append(
                Remark(
                    (*keys, "picture"), f"there is no file `{question.picture.file}`", f"Put the picture into {folder}."
                )
            )
    remarks += _of_equal_questions(exam)
    remarks += _of_formulas(exam)
    for language in exam.languages:
        remarks += _of_the_longest(exam, language)
    return remarks


# ---- one question as it stands --------------------------------------------------------------------------------------


def _options_of(question: Question) -> Mapping[str, Option]:
    choice = question.single or question.multiple
    return choice.options if choice is not None else {}


def _of_options(question: Question, keys: Keys) -> Iterator[Remark]:
    options = _options_of(question)
    place = (*keys, question.kind, "options")
    choice = question.single or question.multiple
    if choice is not None and choice.shuffle:
        yield from _of_pinning(options, place)
    for name, option in options.items():
        if not option.right and option.misconception is None:
            yield Remark(
                (*place, name),
                f"`{question.id}`: the wrong option `{name}` has no `misconception`",
                "Say what a student believes who ticks it; an option that nobody could believe is of no use.",
            )
    if question.multiple is not None and all(option.right for option in options.values()):
        yield Remark(
            place,
            f"`{question.id}`: every option is right, so ticking them all is a habit that pays",
            "Add a wrong one.",
        )


def _of_truth(question: Question, keys: Keys) -> Iterator[Remark]:
    statements = question.rows.statements.values() if question.rows is not None else ()
    if len({row.holds for row in statements}) == 1:
        told = "true" if next(iter(statements)).holds else "false"
        yield Remark(
            (*keys, "rows", "statements"),
            f"`{question.id}`: every statement is {told}, so one column of ticks is full marks",
            f"Turn one round, so that it is {'false' if told == 'true' else 'true'}.",
        )


def _of_assignment(question: Question, keys: Keys, folder: Path) -> Iterator[Remark]:
    name = question.practical.assignment if question.practical is not None else None
    if name is not None and not (folder.parent / name / "assignment.toml").is_file():
        yield Remark(
            (*keys, "practical", "assignment"),
            f"`{question.id}`: there is no assignment `{name}` whose points could count",
            f"Write one, {folder.parent / name / 'assignment.toml'}, or name another.",
        )


def _of_pinning(options: Mapping[str, Option], place: Keys) -> Iterator[Remark]:
    last = list(options)[-1]
    for name, option in options.items():
        if any(_REFERS.search(words) for words in option.says.all) and not (option.pinned and name == last):
            yield Remark(
                (*place, name),
                f"the option `{name}` speaks of the others, but may come to stand among them when they are shuffled",
                "Write it last, with `pinned: true`.",
            )


_REFERS = re.compile(
    r"\b(none|all|any|both|neither) of (these|them|the above|the others?)\b"
    r"|\b(ningun[ao]|tod[ao]s|amb[ao]s|cualquiera) (de )?(est[ao]s|ell[ao]s|l[ao]s (anteriores|otr[ao]s|demás))\b",
    re.IGNORECASE,
)


# ---- one question in its variants -----------------------------------------------------------------------------------


def _of_variants(question: Question, keys: Keys, first: int) -> Iterator[Remark]:
    """Each remark once, with the first seed that shows it."""
    seen: set[tuple[Keys, str]] = set()
    parameterised = bool(question.parameters)
    for seed in range(first, first + (SEEDS if parameterised else 1)):
        told = f" (with the seed {seed})" if parameterised else ""
        try:
            variant = make_variant(question, seed)
        except ValueError as error:
            what = _first_line(error)
            remedy = "Correct the name, or give it a value under `parameters` or `values`."
            if "names no parameter" not in what:
                remedy = "Choose `parameters` with which everything can be computed."
            yield Remark(keys, f"`{question.id}` has no variant{told}: {what}", remedy)
            return
        for kind, remark in (*_of_equals(variant, keys), *_of_numbers(variant, keys)):
            if (remark.keys, kind) not in seen:
                seen.add((remark.keys, kind))
                yield Remark(remark.keys, f"{remark.what}{told}", remark.remedy)


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if len(lines) > 1 else lines[0]


def _alternatives(question: Question) -> Iterator[tuple[str, dict[str, LocalizedText]]]:
    """The groups of texts of which no two may say the same."""
    if options := _options_of(question):
        yield "options", {name: option.says for name, option in options.items()}
    if question.rows is not None:
        yield "statements", {name: row.says for name, row in question.rows.statements.items()}
    if question.ordering is not None:
        yield "steps", dict(question.ordering.steps)
    if question.matching is not None:
        yield "pairs", {name: pair.left for name, pair in question.matching.pairs.items()}
        yield "pairs", question.matching.partners


def _of_equals(question: Question, keys: Keys) -> Iterator[tuple[str, Remark]]:
    for where, texts in _alternatives(question):
        seen: dict[str, str] = {}
        for name, text in texts.items():
            for words in text.all:
                other = seen.setdefault(fold_option(words), name)
                if other != name:
                    yield (
                        "equal",
                        Remark(
                            (*keys, question.kind, where, name),
                            f"`{question.id}`: `{other}` and `{name}` say the same: {words}",
                            "Change one, so that a student can tell them apart.",
                        ),
                    )


def _of_numbers(question: Question, keys: Keys) -> Iterator[tuple[str, Remark]]:
    numeric = question.numeric
    if numeric is None:
        return
    place = (*keys, "numeric")
    answer = numeric.value
    if not covers_rounding(numeric):
        yield (
            "rounding",
            Remark(
                (*place, "tolerance"),
                f"`{question.id}`: the tolerance {numeric.tolerance:g} does not cover rounding {answer:.10g}",
                "Ask for `decimals`, and allow at least half of the last one.",
            ),
        )
    for name, mistake in numeric.mistakes.items():
        distance = abs(mistake.number - answer)
        if distance <= 2 * numeric.tolerance or distance == 0:
            yield (
                "reach",
                Remark(
                    (*place, "mistakes", name),
                    f"`{question.id}`: the tolerance {numeric.tolerance:g} reaches half-way or further to the mistake "
                    f"`{name}`, {mistake.number:.6g}, from the answer {answer:.6g}",
                    "Choose other numbers, or a smaller tolerance.",
                ),
            )


def covers_rounding(numeric: Numeric) -> bool:
    """Whether a student who rounds the right answer as asked is within the tolerance."""
    answer = numeric.value
    decimals = numeric.decimals if numeric.decimals is not None else 3
    return abs(answer - round(answer, decimals)) <= 1e-9 * max(1.0, abs(answer)) or (
        numeric.decimals is not None and numeric.tolerance >= 0.5 * 10.0**-decimals - 1e-12
    )


def _of_parameters(question: Question, keys: Keys) -> Iterator[Remark]:
    used = {name for _, text in texts_in(question) for words in text.all for name in names_in(words)}
    used |= names_in(question.code or "") | {name for value in question.values.values() for name in names_of(value)}
    if question.output is not None:
        printed = [question.output.prints, *(mistake.prints for mistake in question.output.mistakes.values())]
        used |= {name for words in printed for name in names_in(words)}
    if question.numeric is not None:
        expressions = [question.numeric.answer, *(mistake.value for mistake in question.numeric.mistakes.values())]
        used |= {name for expression in expressions for name in names_of(expression)}
    for part in ("parameters", "values"):
        for name in getattr(question, part):
            if name not in used:
                yield Remark((*keys, part, name), f"`{question.id}` uses `{name}` nowhere", "Take it out.")


# ---- the exam as a whole --------------------------------------------------------------------------------------------


def _of_equal_questions(exam: Exam) -> Iterator[Remark]:
    seen: dict[str, str] = {}
    for keys, question in questions_in(exam):
        for words in question.asks.all:
            other = seen.setdefault(fold_words(words), question.id)
            if other != question.id:
                yield Remark(
                    (*keys, "asks"),
                    f"`{other}` and `{question.id}` ask the same, so an imported file cannot tell them apart: {words}",
                    "Say in one of them what it is about.",
                )


def _of_formulas(exam: Exam) -> Iterator[Remark]:
    for keys, text in texts_in(exam):
        for words in text.all:
            problem = why_no_formula(words)
            if problem is not None:
                yield Remark(keys, f"a formula cannot be set: {problem}", "Mend the formula between the $ signs.")


def _of_the_longest(exam: Exam, language: str) -> Iterator[Remark]:
    chances: list[float] = []
    longest: list[str] = []
    for question in exam.questions:
        if question.single is None:
            continue
        lengths = {name: len(option.says.say(language)) for name, option in question.single.options.items()}
        right = next(name for name, option in question.single.options.items() if option.right)
        others = [length for name, length in lengths.items() if name != right]
        if len(set(lengths.values())) > 1:
            chances.append(1 / len(lengths))
            if lengths[right] > max(others):
                longest.append(question.id)
    if longest and chance_of_at_least(len(longest), chances) < _HABIT:
        yield Remark(
            ("sections",),
            f"in `{language}` the longest option is the right one in {len(longest)} of {len(chances)} single choices: "
            f"{', '.join(longest)}",
            "Shorten some right options, or say more in some wrong ones: students learn this habit quickly.",
        )


def chance_of_at_least(times: int, chances: Sequence[float]) -> float:
    """The chance that at least `times` of independent events happen.

    >>> chance_of_at_least(2, [0.5, 0.5]), chance_of_at_least(0, [0.1])
    (0.25, 1.0)
    """
    exactly = [1.0]
    for chance in chances:
        shifted = [0.0, *(share * chance for share in exactly)]
        exactly = [share * (1 - chance) + more for share, more in zip([*exactly, 0.0], shifted, strict=True)]
    return sum(exactly[times:])
