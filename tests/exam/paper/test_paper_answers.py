"""From ticks to answers: the same form as from a file, and nothing that is unsure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from grader.exam.paper.readings import BoxReading, MarkDecision, Sheet
from grader.exam.responses import fits
from grader.exam.scanning.paper_answers import CopyRead, answers_of, student_of
from grader.language import NOTHING, Reason
from grader.model import Answer
from tests.exam.making import make_exam, make_question, question, single

from .printing import NUMBER, every_kind, plan

PRINT = plan(every_kind(), "ana", blank=1)
LIST = PRINT.model_copy(update={"numbers": {"42": "bruno"}})


def read(*marked, unsure=(), blank=("word", "shape", "work"), decisions=None, copy=0, print_=PRINT, without=()):
    """The copy with these boxes ticked."""
    chosen = print_.copies[copy]
    sheets = {
        page.number: Sheet(
            print_id=print_.id,
            copy_number=chosen.number,
            page=page.number,
            source="a.pdf, page 1",
            sha256="0",
            boxes=tuple(
                BoxReading(
                    box=box.id,
                    state="marked" if box.id in marked else "unsure" if box.id in unsure else "empty",
                    confidence=1.0,
                    cover=0.0,
                )
                for box in page.boxes
            ),
            blank_fields=tuple(field.question for field in page.fields if field.question in blank),
        )
        for page in chosen.pages
        if page.number not in without
    }
    return CopyRead(print_, chosen, sheets, decisions or {})


def decided(item, value, minute=0, page=1, copy=1):
    sheet = f"{PRINT.id}-{copy}-{page}"
    when = datetime(2024, 8, 3, 10, minute, tzinfo=UTC)
    return {(sheet, item): MarkDecision(sheet=sheet, item=item, value=value, who="tester", when=when)}


def page_of(question):
    return next(
        page.number
        for page in PRINT.copies[0].pages
        if question in {box.question for box in page.boxes} | {field.question for field in page.fields}
    )


RIGHT = [
    (["edge.b"], "edge", ["b"]),
    (["corner.e", "corner.a"], "corner", {"a", "e"}),
    (["corner.NONE"], "corner", []),
    (["truths.a.true", "truths.c.false"], "truths", {"a": True, "b": None, "c": False, "d": None}),
    (["width.1.1", "width.0.2", "width.-1.5"], "width", "12.5"),
    (["width.sign.-", "width.3.0", "width.0.7"], "width", None),
    (["width.sign.-", "width.0.7", "width.-1.0"], "width", "-7.0"),
    (["width.0.7"], "width", "7"),
    (["names.p.q", "names.r.s"], "names", {"p": "q", "q": None, "r": "s"}),
    (["order.first.2", "order.second.3", "order.third.1"], "order", ["third", "first", "second"]),
    (["work.way.1.5"], "work", {"way": 1.5}),
]


@pytest.mark.parametrize(("marked", "name", "value"), RIGHT)
def test_ticks_say_what_they_stand_for(marked, name, value):
    answer = answers_of(read(*marked))[name]
    if value is None:
        assert answer == Answer(status="unusable", because=Reason("A row in the middle of the number is empty."))
        return
    found = set(answer.value) if isinstance(value, set) else answer.value
    assert (answer.status, found) == ("answered", value)
    assert fits(next(one for one in PRINT.exam.questions if one.id == name), answer.value)


def test_what_was_left_empty_is_missing_and_points_wait():
    answers = answers_of(read())
    assert answers.pop("work") == Answer(status="answered", value={})
    assert {answer.status for answer in answers.values()} == {"missing"}
    assert len(answers) == 8


@pytest.mark.parametrize(
    ("marked", "name", "because"),
    [
        (["edge.a", "edge.b"], "edge", "2 boxes are ticked where one is asked for: "),
        (["corner.a", "corner.NONE"], "corner", "It says that none applies, and that some do."),
        (["truths.a.true", "truths.a.false"], "truths", "2 boxes are ticked in the row of `a`."),
        (["width.0.1", "width.0.2"], "width", "Two digits are ticked in one row."),
        (["width.2.1", "width.0.2"], "width", "A row in the middle of the number is empty."),
        (["width.sign.-"], "width", "A row in the middle of the number is empty."),
        (["names.p.q", "names.p.s"], "names", "2 boxes are ticked in the row of `p`."),
        (["order.first.1"], "order", "It is no order: each step needs one place, and each place one step."),
        (["order.first.1", "order.second.1", "order.third.2"], "order", "It is no order: "),
        (["work.way.1", "work.way.2"], "work", "2 boxes are ticked in the row of `way`."),
    ],
)
def test_what_contradicts_itself_is_no_answer(marked, name, because):
    answer = answers_of(read(*marked))[name]
    assert answer.status == "unusable"
    assert str(answer.because).startswith(because)


def test_what_is_written_by_hand_waits_unless_nothing_is_there():
    answers = answers_of(read(blank=("shape",)))
    assert answers["word"] == Answer(status="unusable", because=Reason("It is written by hand: a person reads it."))
    assert answers["shape"] == Answer(status="missing")


def test_what_is_unsure_never_becomes_an_answer():
    answer = answers_of(read("edge.b", unsure=("edge.c",)))["edge"]
    assert answer.status == "unusable"
    assert str(answer.because) == "What was ticked cannot be read for sure: a person looks at edge.c."


def test_a_persons_word_on_a_box_counts():
    page = page_of("edge")
    unsure = {"unsure": ("edge.c",), "decisions": decided("edge.c", "empty", page=page)}
    assert answers_of(read("edge.b", **unsure))["edge"].value == ["b"]
    instead = {**decided("edge.c", "marked", page=page), **decided("edge.b", "empty", page=page)}
    assert answers_of(read("edge.b", unsure=("edge.c",), decisions=instead))["edge"].value == ["c"]


def test_a_persons_word_on_a_question_counts_before_its_boxes():
    page = page_of("edge")
    assert answers_of(read("edge.a", "edge.b", decisions=decided("edge", "c", page=page)))["edge"].value == ["c"]
    word = answers_of(read(blank=(), decisions=decided("word", "homography", page=page_of("word"))))["word"]
    assert (word.status, word.value) == ("answered", "homography")
    empty = answers_of(read(blank=(), decisions=decided("word", "", page=page_of("word"))))["word"]
    assert empty.status == "missing"


def test_a_page_that_has_not_come_leaves_its_questions_without_an_answer():
    here = {box.question for box in PRINT.copies[0].pages[0].boxes}
    assert here
    answers = answers_of(read(without=(1,)))
    assert not here & set(answers)
    assert answers
    assert read(without=(1,)).missing == [1]


def test_a_copy_is_blank_when_all_of_it_came_and_nothing_is_on_it():
    assert read().is_blank
    assert not read("edge.a").is_blank
    assert not read(blank=("word",)).is_blank
    assert not read(without=(1,)).is_blank


NUMBER_TICKS = ("STUDENT.0.0", "STUDENT.1.0", "STUDENT.2.4", "STUDENT.3.2")


def test_whose_copy_it_is_stands_on_it_or_is_ticked():
    assert student_of(read()) == ("ana", NOTHING)
    assert student_of(read(*NUMBER_TICKS, copy=1)) == ("0042", NOTHING)
    assert student_of(read(*NUMBER_TICKS, copy=1, print_=LIST)) == ("bruno", NOTHING)


def on_a_poor_page(*marked, decisions=None):
    """The copy as a scan shows it that would show no pale tick; the pen of whoever ticked is hardly known."""
    copy = read(*marked, decisions=decisions)
    waits = Reason("A pale tick would not be seen.")
    sheets = {
        number: sheet.model_copy(
            update={"waits": waits, "faded": tuple({reading.box.split(".")[0] for reading in sheet.boxes})}
        )
        for number, sheet in copy.sheets.items()
    }
    return CopyRead(copy.print_, copy.copy, sheets, copy.decisions)


def test_points_on_a_page_that_shows_too_little_wait_until_a_person_has_said_the_tick():
    (tick,) = (box.id for page in PRINT.copies[0].pages for box in page.boxes if box.id.startswith("work.way.1.5"))
    assert answers_of(on_a_poor_page(tick))["work"].status == "unusable"
    said = decided(tick, "marked", page=page_of("work"))
    assert answers_of(on_a_poor_page(tick, decisions=said))["work"].value == {"way": 1.5}


def test_words_on_a_page_that_shows_too_little_are_read_by_a_person_and_a_blank_place_waits_for_the_page():
    answers = answers_of(on_a_poor_page())
    assert str(answers["word"].because) == "A pale tick would not be seen."
    copy = on_a_poor_page()
    written = {number: sheet.model_copy(update={"blank_fields": ()}) for number, sheet in copy.sheets.items()}
    answers = answers_of(CopyRead(copy.print_, copy.copy, written, {}))
    assert str(answers["word"].because) == "It is written by hand: a person reads it."


@pytest.mark.parametrize(
    ("options", "because"),
    [
        ({"unsure": ("STUDENT.3.1",)}, "Its student's number cannot be read for sure."),
        ({"marked": NUMBER_TICKS[:3]}, "Its student's number needs one digit in each row."),
        ({"marked": (*NUMBER_TICKS, "STUDENT.0.1")}, "Its student's number needs one digit in each row."),
        ({"without": (1,)}, "The page with its student's number has not come."),
        (
            {"marked": (*NUMBER_TICKS[:3], "STUDENT.3.3"), "print_": LIST},
            "Its student's number, 0043, is not in the class list.",
        ),
    ],
)
def test_a_copy_of_nobody_known_says_why(options, because):
    marked = options.pop("marked", NUMBER_TICKS)
    student, told = student_of(read(*marked, copy=1, **options))
    assert (student, str(told)) == (None, because)


def test_a_person_can_say_whose_it_is_or_that_it_is_nobodys():
    assert student_of(read(copy=1, decisions=decided("STUDENT", "carla", copy=2)))[0] == "carla"
    assert student_of(read(decisions=decided("STUDENT", "-"))) == (None, NOTHING)


def test_a_number_without_decimals_asked_for_or_too_long_is_written_by_hand():
    told = question("numeric", {**NUMBER, "decimals": None}, "width")
    assert make_question(told).numeric.digit_places() is None
    told = question("numeric", {"answer": 12345678, "decimals": 0}, "width")
    assert make_question(told).numeric.digit_places() is None
    assert make_question(question("numeric", {"answer": 5, "decimals": 0})).numeric.digit_places() == (3, 2, 1, 0)


def test_an_exercise_that_is_a_notebook_has_no_answer_on_paper():
    exam = make_exam(single("edge"), question("practical", {"assignment": "hello"}, "work"))
    print_ = plan(exam, "ana")
    assert set(answers_of(read(print_=print_))) == {"edge"}


# ---- a copy on which nobody wrote -----------------------------------------------------------------------------------


def written(read, **changed):
    """The copy with something else on its first sheet."""
    first = min(read.sheets)
    return replace(read, sheets={**read.sheets, first: read.sheets[first].model_copy(update=changed)})


def test_a_copy_is_blank_where_all_its_pages_came_and_nothing_is_on_any_of_them():
    blank = read()
    assert blank.is_blank
    assert not read("edge.a").is_blank
    assert not read(unsure=("edge.a",)).is_blank
    assert not read(blank=("word", "shape")).is_blank
    assert not read(without=(1,)).is_blank
    assert not written(blank, written_beside=("edge",)).is_blank
