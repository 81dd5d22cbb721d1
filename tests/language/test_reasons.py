"""Reasons are data: stored and compared without a language, worded where they are read; old prose has one reader."""

import pytest
from pydantic import TypeAdapter, ValidationError

from grader.language import Day, Digits, Formed, Reason, _, error, join, language, ngettext, verbatim
from grader.language.old_prose import _NOW, OLD, read_prose
from grader.language.reasons import has_words
from grader.model import CellRun

STORED = TypeAdapter(Reason)


@pytest.mark.parametrize(
    "reason",
    [
        _("The notebook has no {names}.", names=join(["`f`", "`g`"], ", ")),
        ngettext("{n} student", "{n} students", 3),
        _("Right is {answer}.", answer=Digits("0.50")),
        _("{date} {time}", date=Day("2024-08-11"), time="23:59"),
        _("It is the same as {other}, and should not be.", other=Formed(_("Your answer"), "inside")),
        error("KeyError", "'x'"),
    ],
)
def test_a_reason_comes_back_from_where_it_was_stored(reason):
    again = STORED.validate_json(STORED.dump_json(reason))
    assert (again, hash(again), str(again)) == (reason, hash(reason), str(reason))


def test_a_reason_is_worded_by_its_reader_with_all_that_is_in_it():
    reason = _("Right is {answer}, give or take {tolerance}.", answer=Digits("2.50"), tolerance=0.5)
    with language("es"):
        assert str(reason) == "Lo correcto es 2,50, con una tolerancia de 0,5."
    assert str(reason) == "Right is 2.50, give or take 0.5."


def test_prose_is_no_reason():
    with pytest.raises(ValidationError, match="this is prose"):
        CellRun.model_validate({"index": 0, "number": 1, "title": "x", "end": "error", "because": "It is wrong."})


def test_a_text_that_no_catalog_knows_is_an_error_where_tests_ask_for_it():
    with language("es", is_strict=True):
        assert str(verbatim("so it is")) == "so it is"
        with pytest.raises(LookupError, match="no catalog knows"):
            str(Reason("nobody marked this"))


def test_what_an_earlier_version_stored_as_prose_is_read_as_a_reason():
    told = {"index": 0, "number": 1, "title": "x", "end": "error", "because": "NameError: name 'x' is not defined"}
    assert CellRun.model_validate(told, context=OLD).error == ("NameError", "name 'x' is not defined")
    died = read_prose("The kernel died in code cell 3: its kernel was killed by signal 11. The other cells were run "
                      "again without it.")  # fmt: skip
    with language("es", is_strict=True):
        assert "celda de código 3" in str(died)


def test_every_text_of_the_adapter_leads_to_one_of_today():
    with language("es", is_strict=True):
        for text in _NOW.values():
            if has_words(text):
                assert str(Reason(text, {name: "1" for name in _places(text)}))


def _places(text):
    import string

    return [name for _words, name, *_rest in string.Formatter().parse(text) if name]
