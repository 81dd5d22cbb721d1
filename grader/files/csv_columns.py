"""What the columns of a table about students are called, in English and Spanish, and which column is meant."""

from __future__ import annotations

from dataclasses import dataclass

from grader.errors import UserError
from grader.files.csv_file import CsvTable
from grader.files.name_matching import fold_name


@dataclass(frozen=True)
class Heads:
    """The heads of a column that says one thing."""

    ours: str
    """The head that is always meant."""
    says: str
    """What the column says, as messages tell it."""
    others: tuple[tuple[str, ...], ...]
    """What else it is called, the surest first; heads of one group are as sure as each other."""

    @property
    def groups(self) -> tuple[tuple[str, ...], ...]:
        """Every head that there is, the surest first."""
        return ((self.ours,), *self.others)


USERNAME = ("username", "nombre de usuario")
ID = ("id number", "número de id")
NUMBERS = ("student number", "legajo", "matrícula")
STUDENT = Heads("student", "identifies the student", (("estudiante",), NUMBERS, ID, USERNAME))
ADDRESS = Heads(
    "addresses",
    "gives the addresses",
    (
        (
            *("email address", "email addresses", "email", "emails", "e-mail", "mail"),
            *("dirección de correo electrónico", "dirección de correo", "correo electrónico", "correo", "correos"),
        ),
    ),
)
NAME = Heads(
    "name",
    "gives the name",
    (("nombre", "full name", "nombre completo", "nombre y apellido", "nombres y apellidos"),),
)
FIRST_NAMES = ("first name", "given name", "nombre", "nombres")
LAST_NAMES = ("last name", "surname", "apellido", "apellidos", "apellido(s)")
NUMBER = Heads("number", "gives the student number", (("número",), NUMBERS))
TIME = Heads("timestamp", "gives the time", (("marca temporal",), ("sent", "submitted at", "fecha")))


def find_column(table: CsvTable, heads: Heads, remedy: str = "") -> int | None:
    """The column with the surest of these heads, None where there is none; a UserError where two are as sure."""
    for names in heads.groups:
        found = find_headed(table, names)
        if len(found) > 1:
            quoted = " and ".join(f"`{table.head.cell(place)}`" for place in found)
            raise UserError(
                f"more than one column {heads.says}: {quoted}",
                where=table.place(table.head),
                remedy=remedy or f"Name the right column `{heads.ours}`, and rename the other.",
            )
        if found:
            return found[0]
    return None


def require_column(table: CsvTable, *kinds: Heads, remedy: str = "") -> int:
    """The column of the first kind that there is one of; a UserError where there is none, or two are as sure."""
    for heads in kinds:
        place = find_column(table, heads, remedy)
        if place is not None:
            return place
    raise UserError(
        f"no column {kinds[0].says}",
        where=table.place(table.head),
        remedy=remedy or f"Name it `{kinds[0].ours}`. There are: {tell_heads(table)}.",
    )


def find_name(table: CsvTable) -> tuple[int, ...]:
    """The columns that make up a full name: one, or those of the first and the last name; none where none does."""
    if halves := find_halves_of_name(table):
        return halves
    whole = find_column(table, NAME)
    return (whole,) if whole is not None else ()


def find_halves_of_name(table: CsvTable) -> tuple[int, ...]:
    """The columns of the first and the last name, where a table has each once, and none for the whole."""
    first, last = find_headed(table, FIRST_NAMES), find_headed(table, LAST_NAMES)
    alone = len(first) == len(last) == 1 and not find_headed(table, (NAME.ours,))
    return (*first, *last) if alone else ()


def find_headed(table: CsvTable, names: tuple[str, ...]) -> list[int]:
    """Every column with one of these heads; case, accents and the order of a head's words make no difference."""
    known = {fold_name(name) for name in names}
    return [place for place, cell in enumerate(table.head.cells) if fold_name(cell) in known]


def tell_heads(table: CsvTable) -> str:
    """The heads that a table has."""
    return ", ".join(cell.strip() for cell in table.head.cells if cell.strip())
