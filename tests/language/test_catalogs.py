"""The languages: every text has its translation, with the same places in it, and no translation is left over."""

import re
import string
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po

from grader.course.course import read_course
from grader.errors import UserError
from grader.language import N_, _, current_language, language, ngettext, write_date

ROOT = Path(__file__).parents[2]
CATALOGS = sorted((ROOT / "grader" / "language" / "locale").glob("*.po"))


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """All texts that code and templates mark, gathered as `make catalog` does."""
    path = tmp_path_factory.mktemp("catalog") / "grader.pot"
    mapping = ROOT / "pyproject.toml"
    command = [
        "pybabel",
        "--quiet",
        "extract",
        "--mapping",
        mapping,
        "--output",
        path,
        ROOT / "grader",
    ]
    CommandLineInterface().run([str(part) for part in command])
    with path.open("rb") as lines:
        return read_po(lines)


@pytest.fixture(params=CATALOGS, ids=lambda path: path.stem)
def catalog(request: pytest.FixtureRequest) -> Catalog:
    with request.param.open("rb") as lines:
        return read_po(lines, locale=request.param.stem, abort_invalid=True)


def keys_of(catalog):
    return {(message.context, message.id) for message in catalog if message.id}


def places_in(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def forms_of(text):
    return text if isinstance(text, tuple) else (text,)


def test_there_is_a_catalog_for_every_language_but_english():
    assert [path.stem for path in CATALOGS] == ["es"]


def test_every_text_is_in_the_catalog(template, catalog):
    lacking = keys_of(template) - keys_of(catalog)
    assert not lacking, "`make catalog` puts them into grader/language/locale, where they are to be translated"


def test_every_text_is_translated(catalog):
    open_ones = [message.id for message in catalog if message.id and not all(forms_of(message.string))]
    assert not open_ones, "translate them in grader/language/locale"


def test_no_translation_is_left_over(template, catalog):
    assert not keys_of(catalog) - keys_of(template), "`make catalog` takes them out"
    assert not catalog.obsolete


def test_no_translation_is_only_guessed(catalog):
    assert not [message.id for message in catalog if message.fuzzy and message.id]


def test_a_translation_has_the_places_of_its_text(catalog):
    for message in catalog:
        if message.id:
            for text, told in zip(forms_of(message.id), forms_of(message.string), strict=True):
                # The form of one may leave its number out: "the only cell".
                free = {"n"} if isinstance(message.id, tuple) and text == message.id[0] else set()
                assert places_in(told) - free == places_in(text) - free, text


def test_a_translation_begins_and_ends_as_its_text(catalog):
    """Spaces and stops at the edges join sentences; capitals tell a beginning."""
    for message in catalog:
        for text, told in zip(forms_of(message.id), forms_of(message.string), strict=False):
            if message.id and message.context != "a greeting":  # a comma in English, a colon in Spanish
                ends = [re.search(r"[\s:.,;?]*$", one)[0] for one in (text, told)]
                starts = [re.match(r"\s*", one)[0] for one in (text, told)]
                assert ends[0] == ends[1], text
                assert starts[0] == starts[1], text


def test_code_in_backticks_is_not_translated(catalog):
    for message in catalog:
        for text, told in zip(forms_of(message.id), forms_of(message.string), strict=False):
            if message.id:
                assert sorted(re.findall(r"`[^`]*`", text)) == sorted(re.findall(r"`[^`]*`", told)), text


def test_nobody_is_addressed_in_spanish():
    """Neither vos, tú nor usted: the catalog tells what is, and what can be done."""
    with (ROOT / "grader" / "language" / "locale" / "es.po").open("rb") as lines:
        texts = [form for message in read_po(lines) if message.id for form in forms_of(message.string)]
    addressing = r"(?i)\b(vos|tú|tu|tus|usted|ustedes|tenés|podés|querés|hacé|mirá|escribí|puedes|tienes|quieres)\b"
    assert not [text for text in texts if re.search(addressing, text)]


def test_a_text_is_told_in_the_language_that_is_spoken_and_only_there():
    with language("es"):
        assert (str(_("Students")), current_language()) == ("Estudiantes", "es")
        with language("en"):
            assert str(_("Students")) == "Students"
        assert str(_("Students")) == "Estudiantes"
    assert (str(_("Students")), current_language()) == ("Students", "en")


def test_a_language_ends_with_an_error_too():
    with pytest.raises(ZeroDivisionError), language("es"):
        raise ZeroDivisionError
    assert current_language() == "en"


def test_another_thread_speaks_its_own_language():
    with language("es"), ThreadPoolExecutor(1) as other:
        assert other.submit(current_language).result() == "en"


@pytest.mark.parametrize(
    ("n", "told"), [(0, "0 puntos"), (1, "1 punto"), (1.0, "1 punto"), (0.5, "0,5 puntos"), (2, "2 puntos")]
)
def test_a_number_chooses_the_form_of_its_text(n, told):
    with language("es"):
        assert str(ngettext("{points} point", "{points} points", n, points=n)) == told


def test_what_is_put_into_a_text_is_not_read_as_a_text():
    with language("es"):
        assert str(_("Exam: {title}", title="{points} Students")) == "Examen: {points} Students"


def test_what_is_marked_for_later_is_told_later():
    later = N_("Students")
    with language("es"):
        assert str(_(later)) == "Estudiantes"


def test_a_date_is_written_as_its_language_writes_it():
    day = date(2024, 8, 11)
    assert write_date(day) == "2024-08-11"
    with language("es"):
        assert write_date(day) == "11 de agosto de 2024"


def test_a_course_names_its_language(tmp_path):
    (tmp_path / "course.toml").write_text('title = "Visión"\nlanguage = "es"\n', encoding="utf-8")
    assert read_course(tmp_path).file.language == "es"


def test_a_course_in_another_language_is_told_which_there_are(tmp_path):
    (tmp_path / "course.toml").write_text('title = "Vision"\nlanguage = "de"\n', encoding="utf-8")
    with pytest.raises(UserError) as error:
        read_course(tmp_path)
    assert error.value.where == f"{tmp_path / 'course.toml'}:2"
    assert error.value.what == "there is no language `de` yet: write `en` or `es`"
    assert error.value.remedy == ""
