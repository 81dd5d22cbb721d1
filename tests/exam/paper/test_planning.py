"""What is printed: whose copies, where their boxes are, and what is refused."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from grader.errors import UserError
from grader.exam.exam import ExamOnDisk
from grader.exam.paper.sheet import (
    BOTTOM_MM,
    BOX_MM,
    MARGIN_MM,
    SIZES_MM,
    STUDENT,
    TOP_MM,
    code_origins_mm,
    mark_corners_mm,
)
from grader.exam.printing.planning import Enrolled, plan_print, read_class
from tests.exam.making import make_exam, single

from .printing import every_kind, plan


def plan_for(enrolled, blank=0):
    on_disk = ExamOnDisk("quiz", make_exam(single()), Path("quiz/exam.yaml"))
    return plan_print(on_disk, enrolled, blank=blank, paper="a4", language="en", digits=4)


def boxes_of(copy):
    return [box for page in copy.pages for box in page.boxes]


def test_every_way_to_answer_has_one_box():
    copy = plan(every_kind(), "ana").copies[0]
    ids = [box.id for box in boxes_of(copy)]
    assert len(ids) == len(set(ids))
    wanted = {
        *(f"edge.{name}" for name in "abcd"),
        *(f"corner.{name}" for name in "abcde"),
        "corner.NONE",
        *(f"truths.{name}.{call}" for name in "abcd" for call in ("true", "false")),
        *(f"width.{place}.{digit}" for place in (3, 2, 1, 0, -1) for digit in range(10)),
        "width.sign.-",
        *(f"names.{left}.{right}" for left in "pqr" for right in "pqrs"),
        *(f"order.{step}.{place}" for step in ("first", "second", "third") for place in (1, 2, 3)),
        *(f"work.way.{points}" for points in ("0", "0.5", "1", "1.5", "2")),
        *(f"work.result.{points}" for points in ("0", "0.5", "1")),
    }
    assert set(ids) == wanted
    fields = [field.question for page in copy.pages for field in page.fields]
    assert sorted(fields) == ["shape", "word", "work"]


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_boxes_lie_inside_the_page_clear_of_marks_codes_and_each_other(paper):
    width, height = SIZES_MM[paper]
    for page in plan(every_kind(), "ana", blank=1, paper=paper).copies[1].pages:
        for box in page.boxes:
            assert MARGIN_MM <= box.x_mm <= width - MARGIN_MM - BOX_MM
            assert TOP_MM <= box.y_mm <= height - BOTTOM_MM - BOX_MM
        for one, other in combinations(page.boxes, 2):
            assert max(abs(one.x_mm - other.x_mm), abs(one.y_mm - other.y_mm)) >= BOX_MM + 2.0


def test_marks_and_codes_lie_in_the_margins():
    for paper, (width, height) in SIZES_MM.items():
        corners = mark_corners_mm(paper)
        assert corners.min() >= 5
        assert (corners.reshape(-1, 2) <= (width - 5, height - 5)).all()
        (_, top), (_, bottom) = code_origins_mm(paper)
        assert top > 5
        assert bottom < height - 5


def test_a_copy_without_a_name_has_a_number_to_tick():
    named, unnamed = plan(every_kind(), "ana", blank=1).copies
    assert not [box for box in boxes_of(named) if box.question == STUDENT]
    digits = [box.id for box in boxes_of(unnamed) if box.question == STUDENT]
    assert digits == [f"STUDENT.{place}.{digit}" for place in range(4) for digit in range(10)]
    assert (named.student, unnamed.student) == ("ana", None)


def test_the_same_print_is_the_same_and_another_is_another():
    exam = every_kind()
    assert plan(exam, "ana") == plan(exam, "ana")
    assert plan(exam, "ana").id != plan(exam, "ana", "bruno").id
    assert plan(exam, "ana").copies[0].seed == plan(exam, "ana", "bruno").copies[0].seed


def test_a_print_whose_boxes_lie_elsewhere_is_another_print(monkeypatch):
    """Sheets that an older version has printed are read by the layout that they have."""
    before = plan(every_kind(), "ana", blank=1)
    monkeypatch.setattr("grader.exam.printing.composing.QUESTION_GAP_MM", 5.0)
    after = plan(every_kind(), "ana", blank=1)
    assert after.id != before.id
    assert [copy.seed for copy in after.copies] == [copy.seed for copy in before.copies]


def test_a_language_that_the_exam_has_not_is_refused():
    with pytest.raises(UserError, match="the exam is not written in `es`") as told:
        plan(every_kind(), "ana", language="es")
    assert told.value.remedy == "Choose --language en."


def test_a_language_that_sheets_have_not_is_refused():
    with pytest.raises(UserError, match="sheets cannot be printed in `de` yet") as told:
        plan(make_exam(single(), languages=["de"]), "ana", language="de")
    assert told.value.remedy.startswith("Choose --language en or es, if the exam has it")


def test_a_number_that_cannot_be_ticked_on_a_copy_without_a_name_is_refused(tmp_path):
    for number, what, remedy in (
        ("12345", "`12345`, the number of `ana`, does not fit into 4 rows of digits", "Give them room: --digits 5."),
        (
            "12/34",
            "`12/34`, the number of `ana`, is not made of digits",
            "On copies without a name it is ticked digit by digit: write digits only.",
        ),
    ):
        ana = [Enrolled("ana", number=number)]
        assert plan_for(ana).copies[0].student == "ana"
        with pytest.raises(UserError) as told:
            plan_for(ana, blank=1)
        assert (told.value.what, told.value.remedy) == (what, remedy)


def test_no_copies_at_all_are_refused():
    with pytest.raises(UserError, match="no copy to print") as told:
        plan(every_kind())
    assert "--class" in told.value.remedy


def test_words_that_cannot_be_set_name_their_question():
    told = single("edge")
    told["asks"] = "What is $\\frac{x$?"
    with pytest.raises(UserError, match="`edge` cannot be set") as error:
        plan(make_exam(told), "ana")
    assert error.value.remedy == "Fix its words in exam.yaml."


def test_a_picture_that_is_not_there_is_named():
    told = single("edge", picture={"file": "none.png", "shows": "Nothing."})
    with pytest.raises(UserError, match="the picture of a question cannot be read") as error:
        plan(make_exam(told), "ana")
    assert error.value.where == "midterm/none.png"


def test_a_class_list_has_students_and_maybe_names_and_numbers(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text("\ufeffname;student;number\nAna Ejemplo;ana;0042\n;bruno;\n", encoding="utf-8")
    assert read_class(path) == [Enrolled("ana", "Ana Ejemplo", "0042"), Enrolled("bruno")]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("who\nana\n", "class.csv:1: no column identifies the student\n  Name it `student`. There are: who."),
        ("", "class.csv: the file is empty\n  Its first row names the columns."),
        ("student\n", "class.csv: the class list names no student"),
        ("student,name\n,Ana\n", "class.csv:2: this row names no student\n  Fill it in, or take it out."),
        (
            "student\nana\nana\n",
            "class.csv:3: the student `ana` occurs twice\n  `ana` is also in row 2: take one out.",
        ),
        (
            "student,number\nana,077\nbruno,77\n",
            "class.csv:3: the number `77` occurs twice\n  `77` is also in row 2: take one out.",
        ),
        (
            "student\n\xff\n",
            "class.csv:2: this is not UTF-8 text\n  Save it again in UTF-8; a spreadsheet calls that “CSV UTF-8”.",
        ),
        (
            "student,name\nana,Paz, Ana\n",
            "class.csv:2: this row has 3 cells, but the head has 2\n"
            "  Put quotation marks round a cell that has a comma in it.",
        ),
        (
            "legajo,student number\n1,2\n",
            "class.csv:1: more than one column identifies the student: `legajo` and `student number`\n"
            "  Name the right column `student`, and rename the other.",
        ),
    ],
)
def test_a_class_list_that_is_wrong_says_where_and_what_to_do(tmp_path, text, told):
    path = tmp_path / "class.csv"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UserError) as error:
        read_class(path)
    assert str(error.value).removeprefix(f"{tmp_path}/") == told


def test_a_class_list_of_a_platform_is_one(tmp_path):
    path = tmp_path / "class.csv"
    path.write_text("Nombre\tApellido(s)\tNombre de usuario\tLegajo\tGrupo\nAna\tPaz\tapaz\t77\tA\n", encoding="utf-16")
    assert read_class(path) == [Enrolled("77", "Ana Paz")]


def test_a_class_list_that_is_not_there_is_named(tmp_path):
    with pytest.raises(UserError, match=r"class\.csv: there is no such file\n  Check its name and its folder\."):
        read_class(tmp_path / "class.csv")
