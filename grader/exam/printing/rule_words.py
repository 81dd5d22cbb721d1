"""The scoring rules in words, as they stand on the sheet; k is the number of right options."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias

from grader.exam.analysis.guessing import guess, guess_exam
from grader.exam.exam import Exam
from grader.exam.printing.phrases import Phrases, phrases_in
from grader.exam.questions import Question

Kind: TypeAlias = Literal["single", "multiple", "rows", "matching", "ordering"]
RULED: tuple[Kind, ...] = ("single", "multiple", "rows", "matching", "ordering")
_Sentences: TypeAlias = Mapping[str, str]

_EN: Mapping[Kind, _Sentences] = {
    "single": {
        "number-right": "the right option earns the points, another one nothing.",
        "formula": "the right option earns the points; a wrong one takes off the points divided by the number of wrong "
        "options; no tick takes off nothing.",
        "negative": "the right option earns the points; a wrong one takes off {wrong} of them; no tick takes off "
        "nothing.",
        "omission": "the right option earns the points, a wrong one nothing, and no tick what a guess would earn.",
    },
    "multiple": {
        "all-or-nothing": "all points where every box is right, else nothing.",
        "each-answer": "every box that is right, ticked or open, earns its part of the points.",
        "half-point": "all points where every box is right, half where more than half of them are.",
        "kprim": "all points where every box is right, half with one mistake, else nothing.",
        "right-minus-wrong": "every box that is right earns its part of the points, every other takes as much away.",
        "net-correct": "every right tick earns 1/k of the points, every wrong tick takes 1/k away.",
        "coverage": "the share of the right options that are ticked, times the share of the ticks that are right.",
        "right-ticks": "every right tick earns 1/k of the points; wrong ticks take nothing away.",
        "half-ticks": "all points where all right options are ticked, half where half of them are.",
        "ripkey": "every right tick earns 1/k of the points; more than k ticks earn nothing.",
        "ou-multiresponse": "every right tick earns 1/k of the points, but k minus the wrong ticks at most.",
        "rexams-false": "every right tick earns 1/k of the points, every wrong tick takes its part away: all of them "
        "together take off everything.",
        "rexams-false2": "every right tick earns 1/k of the points; every wrong tick takes its part away: all of them "
        "together take off everything, and one takes half at most.",
        "rexams-all": "every right tick earns 1/k of the points, any wrong tick takes all of them away.",
        "mumie-1": "every right tick earns 1/k of the points, a wrong tick takes a smaller part away.",
        "mumie-6": "every right tick earns 1/k of the points, but only where no tick is wrong.",
        "vds": "every right tick earns 1/k of the points, every mistake takes 1/k away.",
    },
    "rows": {
        "each-answer": "every right row earns its part of the points; wrong and empty rows earn nothing.",
        "all-or-nothing": "all points where every row is right, else nothing.",
        "half-point": "all points where every row is right, half where more than half of them are.",
        "kprim": "all points where every row is right, half with one mistake, else nothing.",
        "right-minus-wrong": "every right row earns its part of the points, every wrong one takes as much away.",
    },
    "matching": {
        "each-answer": "every right pair earns its part of the points.",
        "all-or-nothing": "all points where every pair is right, else nothing.",
    },
    "ordering": {
        "pairs": "of any two steps, the right order earns and the wrong one takes off the same part of the points.",
        "places": "every step in its right place earns its part of the points.",
        "all-or-nothing": "all points where the whole order is right, else nothing.",
    },
}

_ES: Mapping[Kind, _Sentences] = {
    "single": {
        "number-right": "la opción correcta suma los puntos; otra, nada.",
        "formula": "la opción correcta suma los puntos; una incorrecta resta los puntos divididos por la cantidad de "
        "opciones incorrectas; sin marca no se resta nada.",
        "negative": "la opción correcta suma los puntos; una incorrecta resta {wrong} de ellos; sin marca no se "
        "resta nada.",
        "omission": "la opción correcta suma los puntos, una incorrecta nada, y sin marca lo que daría el azar.",
    },
    "multiple": {
        "all-or-nothing": "todos los puntos si cada casilla es correcta; si no, nada.",
        "each-answer": "cada casilla correcta, marcada o no, suma su parte de los puntos.",
        "half-point": "todos los puntos si cada casilla es correcta, la mitad si lo es más de la mitad.",
        "kprim": "todos los puntos si cada casilla es correcta, la mitad con un error; si no, nada.",
        "right-minus-wrong": "cada casilla correcta suma su parte de los puntos; cada una de las otras resta lo mismo.",
        "net-correct": "cada marca correcta suma 1/k de los puntos, cada incorrecta resta 1/k.",
        "coverage": "la fracción de opciones correctas marcadas por la fracción de marcas correctas.",
        "right-ticks": "cada marca correcta suma 1/k de los puntos; las incorrectas no restan.",
        "half-ticks": "todos los puntos si están marcadas todas las correctas, la mitad si lo está la mitad.",
        "ripkey": "cada marca correcta suma 1/k de los puntos; más de k marcas no suman nada.",
        "ou-multiresponse": "cada marca correcta suma 1/k de los puntos, pero como máximo k menos las incorrectas.",
        "rexams-false": "cada marca correcta suma 1/k de los puntos; cada incorrecta resta su parte: todas juntas "
        "quitan todo.",
        "rexams-false2": "cada marca correcta suma 1/k de los puntos; cada incorrecta resta su parte: todas juntas "
        "quitan todo y una quita a lo sumo la mitad.",
        "rexams-all": "cada marca correcta suma 1/k de los puntos; cualquier incorrecta los quita todos.",
        "mumie-1": "cada marca correcta suma 1/k de los puntos; una incorrecta resta una parte menor.",
        "mumie-6": "cada marca correcta suma 1/k de los puntos, pero solo si ninguna es incorrecta.",
        "vds": "cada marca correcta suma 1/k de los puntos; cada error resta 1/k.",
    },
    "rows": {
        "each-answer": "cada fila correcta suma su parte de los puntos; las incorrectas y las vacías no suman.",
        "all-or-nothing": "todos los puntos si cada fila es correcta; si no, nada.",
        "half-point": "todos los puntos si cada fila es correcta, la mitad si lo es más de la mitad.",
        "kprim": "todos los puntos si cada fila es correcta, la mitad con un error; si no, nada.",
        "right-minus-wrong": "cada fila correcta suma su parte de los puntos; cada incorrecta resta lo mismo.",
    },
    "matching": {
        "each-answer": "cada par correcto suma su parte de los puntos.",
        "all-or-nothing": "todos los puntos si cada par es correcto; si no, nada.",
    },
    "ordering": {
        "pairs": "de cada dos pasos, el orden correcto suma y el incorrecto resta la misma parte de los puntos.",
        "places": "cada paso en su lugar correcto suma su parte de los puntos.",
        "all-or-nothing": "todos los puntos si todo el orden es correcto; si no, nada.",
    },
}

SENTENCES: Mapping[str, Mapping[Kind, _Sentences]] = {"en": _EN, "es": _ES}


def tell_rules(exam: Exam, language: str) -> Iterator[str]:
    """The exam's rules, a sentence for each kind of question that it has, and what guessing earns under them."""
    phrases = phrases_in(language)
    for kind in RULED:
        asked = [question for question in exam.questions if question.kind == kind and _own_rule(question) is None]
        if asked:
            share = sum(guess(question, exam.rules) * question.points for question in asked)
            share /= sum(question.points for question in asked)
            told = _sentence(kind, getattr(exam.rules, kind), language)
            yield f"{getattr(phrases, kind)}: {told} {phrases.guessing.format(100 * share)}"
    guessed = phrases.write(f"{guess_exam(exam):.1f}")
    yield phrases.guessing_exam.format(guessed, phrases.write_points(exam.points))
    if whole := " ".join(_tell_whole(exam, phrases)):
        yield whole


def _tell_whole(exam: Exam, phrases: Phrases) -> Iterator[str]:
    """What is done with the total, where that is not to be expected."""
    rules = exam.rules
    if rules.floor != 0 or any(_takes_off(question, exam) for question in exam.questions):
        yield phrases.exam_least.format(phrases.write_points(rules.floor))
    if rules.cap is not None:
        yield phrases.exam_most.format(phrases.write_points(rules.cap))
    if rules.step > _FINEST:
        yield phrases.rounded.format(phrases.write(rules.step))


def _takes_off(question: Question, exam: Exam) -> bool:
    """Whether a question can earn less than nothing."""
    if question.kind not in RULED:
        return False
    rule = _own_rule(question) or getattr(exam.rules, question.kind)
    return getattr(rule, "name", "") in ("formula", "negative") or getattr(rule, "floor", 0.0) < 0


def tell_own_rule(question: Question, exam: Exam, language: str) -> str | None:
    """The rule of a question that has one of its own, and what guessing earns under it."""
    rule, phrases = _own_rule(question), phrases_in(language)
    if rule is None:
        return None
    told = _sentence(_kind(question), rule, language)
    return f"{told[0].upper()}{told[1:]} {phrases.guessing.format(100 * guess(question, exam.rules))}"


def _kind(question: Question) -> Kind:
    return next(kind for kind in RULED if kind == question.kind)


def _own_rule(question: Question) -> object | None:
    return getattr(getattr(question, question.kind), "rule", None)


def _sentence(kind: Kind, rule: object, language: str) -> str:
    phrases, name = phrases_in(language), str(getattr(rule, "name"))  # noqa: B009
    told = [SENTENCES[language][kind][name].format(wrong=phrases.write(getattr(rule, "wrong", 0.0)))]
    floor, cap = getattr(rule, "floor", 0.0), getattr(rule, "cap", 1.0)
    if kind in ("multiple", "rows", "ordering") and name in _TAKING:
        told.append(phrases.no_less if floor == 0 else phrases.takes_off.format(phrases.write(-100 * floor)))
    if cap < 1:
        told.append(phrases.no_more.format(phrases.write(100 * cap)))
    return " ".join(told)


_TAKING: set[str] = {
    *("right-minus-wrong", "net-correct", "rexams-false", "rexams-false2", "rexams-all", "mumie-1", "vds", "pairs"),
}
"""Rules under which something is taken off."""
_FINEST = 0.01
"""A total that is rounded no coarser says nothing of it."""
