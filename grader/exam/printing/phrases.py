"""What the sheets themselves say, in each language in which they can be printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from grader.errors import UserError


@dataclass(frozen=True)
class Phrases:
    """The sheet's own words; braces stand for what is filled in."""

    decimal: str
    """What parts the decimals of a number."""
    copy: str
    page: str
    point: str
    points: str
    minutes: str
    name: str
    number: str
    number_how: str
    how: str
    ticked: str
    cancelled: str
    open: str
    how_more: str
    scored: str
    guessing: str
    guessing_exam: str
    no_less: str
    takes_off: str
    no_more: str
    exam_least: str
    exam_most: str
    rounded: str
    answer: str
    key: str
    by_a_person: str

    def write(self, value: float | str) -> str:
        """A number, its decimals parted as in the sheet's language.

        >>> SPANISH.write(2.5), ENGLISH.write("0.50")
        ('2,5', '0.50')
        """
        return (value if isinstance(value, str) else f"{value:g}").replace(".", self.decimal)

    def write_points(self, points: float) -> str:
        """So many points, in words.

        >>> ENGLISH.write_points(1), SPANISH.write_points(0.5)
        ('1 point', '0,5 puntos')
        """
        return (self.point if points == 1 else self.points).format(self.write(points))


ENGLISH = Phrases(
    decimal=".",
    copy="copy {}",
    page="page {} of {}",
    point="{} point",
    points="{} points",
    minutes="{} minutes",
    name="Name and signature",
    number="Student number",
    number_how="Write your number into the cells from above to below, and tick one digit in each row.",
    how="How to answer",
    ticked="ticked",
    cancelled="cancelled: filled completely",
    open="not ticked",
    how_more=(
        "Tick a box with a cross, in dark ink or a soft pencil. To take a tick back, fill its box completely, and tick "
        "another one. Do not write on the black squares at the corners and the codes between them."
    ),
    scored="How it is scored",
    guessing="Pure guessing earns {:.0f} %.",
    guessing_exam="Who guesses everything earns {} of {} on average.",
    no_less="No question earns less than zero.",
    takes_off="No question takes off more than {} % of its points.",
    no_more="No question earns more than {} % of its points.",
    exam_least="The whole exam earns no less than {}.",
    exam_most="The whole exam earns no more than {}.",
    rounded="The total is rounded to a multiple of {}, once, at the end.",
    answer="Answer",
    key="Key",
    by_a_person="a person reads it",
)

SPANISH = Phrases(
    decimal=",",
    copy="ejemplar {}",
    page="página {} de {}",
    point="{} punto",
    points="{} puntos",
    minutes="{} minutos",
    name="Nombre y firma",
    number="Número de estudiante",
    number_how="Escriba su número en las celdas de arriba hacia abajo y marque un dígito en cada fila.",
    how="Cómo responder",
    ticked="marcada",
    cancelled="anulada: rellena por completo",
    open="sin marcar",
    how_more=(
        "Marque una casilla con una cruz, con tinta oscura o lápiz blando. Para anular una marca, rellene su casilla "
        "por completo y marque otra. No escriba sobre los cuadrados negros de las esquinas ni sobre los códigos entre "
        "ellos."
    ),
    scored="Cómo se puntúa",
    guessing="Responder al azar obtiene {:.0f} %.",
    guessing_exam="Quien responde todo al azar obtiene en promedio {} de {}.",
    no_less="Ninguna pregunta suma menos de cero.",
    takes_off="Ninguna pregunta resta más de {} % de sus puntos.",
    no_more="Ninguna pregunta suma más de {} % de sus puntos.",
    exam_least="El examen completo no suma menos de {}.",
    exam_most="El examen completo no suma más de {}.",
    rounded="El total se redondea a un múltiplo de {}, una sola vez, al final.",
    answer="Respuesta",
    key="Clave",
    by_a_person="lo lee una persona",
)

PHRASES: Mapping[str, Phrases] = {"en": ENGLISH, "es": SPANISH}


def phrases_in(language: str) -> Phrases:
    """The sheet's words in a language, or a UserError that says which languages there are."""
    if language not in PHRASES:
        raise UserError(
            f"sheets cannot be printed in `{language}` yet",
            remedy=f"Choose --language {' or '.join(PHRASES)}, if the exam has it; "
            "another language is one more table in grader/exam/printing/phrases.py.",
        )
    return PHRASES[language]
