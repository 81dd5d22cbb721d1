"""What a careful colleague would notice in an exam before it is printed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from grader.exam.arithmetic import names_of
from grader.exam.exam import Exam, questions_in, texts_in
from grader.exam.formulas import why_no_formula
from grader.exam.kinds.question_kind import Remark
from grader.exam.option_search import fold_option
from grader.exam.questions import Question
from grader.exam.variants import make_variant
from grader.exam.wording import fold_words, names_in
from grader.files.config_files import Keys

SEEDS = 100
"""Variants of a parameterised question that are looked at."""
_HABIT = 0.05
"""A habit is named where chance alone would make it less often than this."""


def find_remarks(exam: Exam, folder: Path) -> list[Remark]:
    """Everything that is worth mending, in the order of the exam; `folder` holds its pictures."""
    remarks: list[Remark] = []
    for keys, question in questions_in(exam):
        remarks += [_placed(remark, question, keys) for remark in question.part.remarks(question.id, folder)]
        remarks += _of_variants(question, keys, exam.seed)
        remarks += _of_parameters(question, keys)
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


def _placed(remark: Remark, question: Question, keys: Keys) -> Remark:
    """A kind's remark, whose keys begin at the kind's form."""
    return replace(remark, keys=(*keys, question.kind, *remark.keys))


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
        own = ((sort, _placed(one, variant, keys)) for sort, one in variant.part.remarks_on_variant(question.id))
        for sort, remark in (*_of_equals(variant, keys), *own):
            if (remark.keys, sort) not in seen:
                seen.add((remark.keys, sort))
                yield Remark(remark.keys, f"{remark.what}{told}", remark.remedy)


def _first_line(error: ValueError) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1] if len(lines) > 1 else lines[0]


def _of_equals(question: Question, keys: Keys) -> Iterator[tuple[str, Remark]]:
    for where, texts in question.part.alternatives():
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
                            "Change one, so that students can distinguish them.",
                        ),
                    )


def _of_parameters(question: Question, keys: Keys) -> Iterator[Remark]:
    used = {name for _, text in texts_in(question) for words in text.all for name in names_in(words)}
    used |= names_in(question.code or "") | {name for value in question.values.values() for name in names_of(value)}
    used |= question.part.uses
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
                    f"`{other}` and `{question.id}` ask the same, so an imported file cannot distinguish them: {words}",
                    "Say in one of them what it is about.",
                )


def _of_formulas(exam: Exam) -> Iterator[Remark]:
    for keys, text in texts_in(exam):
        for words in text.all:
            problem = why_no_formula(words)
            if problem is not None:
                yield Remark(keys, f"a formula cannot be set: {problem}", "Correct the formula between the $ signs.")


def _of_the_longest(exam: Exam, language: str) -> Iterator[Remark]:
    chances: list[float] = []
    longest: list[str] = []
    for question in exam.questions:
        right = question.part.the_right_one
        if right is None:
            continue
        lengths = {name: len(says.say(language)) for name, says in question.part.options_to_tick.items()}
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
