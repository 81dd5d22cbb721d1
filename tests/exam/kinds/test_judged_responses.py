"""What a response of each kind is worth, with the sentence that says why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam.numbers import read_number
from grader.model import Answer
from tests.exam.judged import MATCHING, NUMERIC, ORDERING, OUTPUT, PRACTICAL, TEXT, find, found
from tests.exam.making import multiple, option, question, rows, single

# ---- choices --------------------------------------------------------------------------------------------------------


def test_a_right_choice_names_itself_and_the_explanation():
    finding = found(single(), ["b"])
    assert (finding.status, finding.earned, str(finding.because)) == (
        "met",
        2,
        "You chose “Option b”, which is right. So it is.",
    )


def test_a_wrong_choice_names_the_right_one_and_what_is_behind_it():
    finding = found(single(), ["c"])
    assert (finding.status, finding.earned, finding.diagnosis) == ("missed", 0, "c")
    assert str(finding.because) == (
        "You chose “Option c”. Right is “Option b”. A common reason: What a student believes. So it is."
    )


def test_a_sentence_with_a_full_stop_gets_no_second_one():
    told = question("single", {"options": {"a": option("It is."), "b": option("It is not.", right=True)}})
    assert str(found(told, ["a"]).because).startswith("You chose “It is.” Right is “It is not.” A common reason")


def test_a_wrong_choice_costs_what_the_rule_says():
    assert found(single(), ["c"], rules={"single": "formula"}).earned == pytest.approx(-2 / 3)
    assert found(single(), ["c"], rules={"single": "formula"}).status == "missed"


def test_ticks_are_told_as_right_wrong_and_left_out():
    finding = found(multiple(), ["a", "b"])
    assert str(finding.because) == (
        "You ticked rightly: “Option a”. You ticked wrongly: “Option b”. Also right: “Option c”, “Option e”. "
        "A common reason: What a student believes. So it is."
    )
    assert (finding.earned, finding.diagnosis) == (0, "b")


def test_a_part_of_the_right_ticks_earns_its_share():
    finding = found(multiple(), ["a", "c"])
    assert (finding.status, finding.earned) == ("partly", pytest.approx(4 / 3))


def test_none_applies_is_a_response_and_a_blank_is_not():
    none, blank = found(multiple(right=""), []), found(multiple(right=""), Answer(status="missing"))
    assert (none.status, none.earned, str(none.because)) == (
        "met",
        2,
        "You ticked “None of these.”, which is right. So it is.",
    )
    assert (blank.status, blank.earned) == ("unanswered", 0)
    assert str(blank.because) == "There is no answer. Right is “None of these.” So it is."


def test_a_blank_earns_something_under_the_rule_of_omission_only():
    for name, earned in (("omission", 0.5), ("number-right", 0), ("formula", 0), ("negative", 0)):
        finding = found(single(), Answer(status="missing"), rules={"single": name})
        assert (finding.status, finding.earned) == ("unanswered", earned)


def test_an_option_that_was_accepted_later_is_right_in_a_single_choice():
    finding = found(single(), ["c"], accept=["c"], why=("The text allows both.",))
    assert (finding.status, finding.diagnosis) == ("met", None)
    assert str(finding.because).endswith("The key was revised after the exam: The text allows both.")


@pytest.mark.parametrize("ticked", ["ace", "aceb"])
def test_an_option_that_was_accepted_later_is_right_ticked_or_not_in_a_multiple_choice(ticked):
    finding = found(multiple(), list(ticked), accept=["b"])
    assert finding.status == "met"
    assert "wrongly" not in str(finding.because)


@given(st.sets(st.sampled_from("abcde"), min_size=1), st.sampled_from("abcde"))
def test_accepting_an_option_takes_points_from_nobody(ticked, more):
    before, after = (found(multiple(), sorted(ticked), accept=accept).earned for accept in ((), (more,)))
    assert after >= before


# ---- rows -----------------------------------------------------------------------------------------------------------


def test_rows_tell_what_is_wrong_and_what_is_blank():
    finding = found(rows(), {"a": True, "b": False, "c": None, "d": False})
    assert finding.earned == 1
    assert str(finding.because) == (
        "2 of 4 statements are answered rightly. “Statement b” is true. You called it false. "
        "“Statement c” is false. You left it blank. So it is."
    )


def test_a_row_that_was_accepted_later_is_right_either_way_but_not_blank():
    assert found(rows(), {"a": False, "b": True, "c": False, "d": False}, accept=["a"]).status == "met"
    assert found(rows(), {"a": None, "b": True, "c": False, "d": False}, accept=["a"]).earned == 1.5


# ---- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["520", "520 px", "520,4 px", "519.5", "520.5", "  5.2e2px", "= 520", "1040/2"])
def test_a_number_within_the_tolerance_is_right_however_it_is_written(written):
    finding = found(NUMERIC, written)
    assert (finding.status, finding.earned, str(finding.because)) == (
        "met",
        2,
        f"You wrote {written}, which is right. So it is.",
    )


@pytest.mark.parametrize("written", ["519.4", "520.6", "-520", "52"])
def test_a_number_outside_the_tolerance_is_not(written):
    finding = found(NUMERIC, written)
    assert (finding.status, finding.diagnosis) == ("missed", None)
    assert str(finding.because) == f"You wrote {written}. Right is 520 px, give or take 0.5. So it is."


def test_a_number_that_a_known_mistake_leads_to_is_recognised():
    finding = found(NUMERIC, "200 px")
    assert finding.diagnosis == "no-centre"
    assert "A common reason: Leaves out the centre." in str(finding.because)


@pytest.mark.parametrize("written", ["about half", "520 mm", "nan", "inf", "5 2 0", "520 px or 521"])
def test_what_is_no_number_waits_for_a_person(written):
    finding = found(NUMERIC, written)
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == f"“{written}” cannot be read as a number of px."


def test_a_number_that_can_be_read_in_two_ways_waits_for_a_person_where_it_matters():
    told = question("numeric", {"answer": 1050})
    assert str(found(told, "1,050").because) == "“1,050” can be read in two ways, of which one is right."
    assert found(told, "2,050").status == "missed"
    assert found(told, "1.050,0").status == "met"


def test_an_answer_may_be_arithmetic_without_parameters():
    mistakes = {"seven": {"value": "8 - 1", "misconception": "Takes one off."}}
    told = question("numeric", {"answer": "2 ** 3", "mistakes": mistakes})
    assert found(told, "8").status == "met"
    assert found(told, "7").diagnosis == "seven"


def test_a_unit_that_is_understood_is_converted():
    told = question("numeric", {"answer": 0.5, "unit": "m", "units": {"cm": 0.01, "mm": 0.001}})
    assert [found(told, written).status for written in ("50 cm", "500mm", "0,5 m", "50")] == ["met"] * 3 + ["missed"]


@given(st.floats(-1e6, 1e6).map(lambda value: round(value, 4)))
def test_a_number_is_read_as_python_writes_it_and_with_a_decimal_comma(value):
    written = f"{value:.4f}"
    assert read_number(written, "", {}) == [pytest.approx(value)]
    assert pytest.approx(value) in read_number(written.replace(".", ","), "", {})


@pytest.mark.parametrize(
    ("written", "values"),
    [("1,050,624", [1050624]), ("1.050.624", [1050624]), ("1'024", [1024]), ("1.5 · 10^3", [1500]), ("0,125", [0.125])],
)
def test_thousands_and_powers_are_read(written, values):
    assert read_number(written, "", {}) == values


# ---- words and output -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["Homography", " homografía. ", "projective map"])
def test_words_that_are_known_to_be_right_are(written):
    assert (found(TEXT, written).status, found(TEXT, written).earned) == ("met", 2)


def test_words_that_are_known_to_be_wrong_are_told_why():
    finding = found(TEXT, "Fundamental  Matrix")
    assert (finding.status, finding.diagnosis) == ("missed", "f")
    assert str(finding.because) == "You wrote “Fundamental  Matrix”. That maps to a line. So it is."


def test_words_that_are_not_known_wait_for_a_person():
    finding = found(TEXT, "collineation")
    assert finding.status == "unscored"
    assert (
        str(finding.because) == "“collineation” is neither known to be right nor known to be wrong: a person decides."
    )


def test_words_that_a_person_accepted_later_are_right():
    assert found(TEXT, "collineation", accept=["Collineation"]).status == "met"


def test_an_output_is_compared_without_its_spaces():
    assert (found(OUTPUT, " ( 8,16 )").status, found(OUTPUT, " ( 8,16 )").earned) == ("met", 2)


def test_an_output_with_other_numbers_is_wrong():
    wrong, known = found(OUTPUT, "(8, 32)"), found(OUTPUT, "(16,)")
    assert (wrong.status, wrong.earned, wrong.diagnosis) == ("missed", 0, None)
    assert str(wrong.because) == "You wrote `(8, 32)`. It prints `(8, 16)`. So it is."
    assert (known.status, known.earned, known.diagnosis) == ("missed", 0, "batch")


def test_an_output_in_another_notation_waits_for_a_person():
    finding = found(OUTPUT, "torch.Size([8, 16])")
    assert finding.status == "unscored"
    assert str(finding.because) == "`torch.Size([8, 16])` is written otherwise than `(8, 16)`: a person decides."


# ---- pairs and orders -----------------------------------------------------------------------------------------------


def test_pairs_that_are_wrong_or_blank_are_told():
    finding = found(MATCHING, {"a": "a", "b": "b", "c": "x", "d": None})
    assert finding.earned == 1
    assert str(finding.because) == "2 of 4 pairs are right. To “Lc” belongs “Rc”. To “Ld” belongs “Rd”. So it is."


def test_an_order_with_two_neighbours_exchanged_earns_most():
    finding = found(ORDERING, ["a", "c", "b", "d"])
    assert finding.earned == pytest.approx(2 * 4 / 6)
    assert str(finding.because) == (
        "You put them so: “Step a” → “Step c” → “Step b” → “Step d”. "
        "Right is “Step a” → “Step b” → “Step c” → “Step d”. So it is."
    )


def test_an_order_that_is_turned_round_earns_nothing_but_takes_nothing():
    assert found(ORDERING, ["d", "c", "b", "a"]).earned == 0


# ---- practical exercises --------------------------------------------------------------------------------------------


def test_a_practical_exercise_is_a_finding_for_each_criterion_and_waits_for_a_person():
    findings = find(PRACTICAL, None)
    assert [(f.criterion, f.status, f.possible, str(f.because)) for f in findings] == [
        ("q-way", "unscored", 3, "A person gives these points."),
        ("q-sum", "unscored", 1, "A person gives these points."),
    ]


def test_points_that_a_person_gave_on_paper_count():
    way, rest = find(PRACTICAL, {"way": 1.5})
    assert (way.status, way.earned, str(way.because)) == ("partly", 1.5, "A person gave 1.5 of 3 points. So it is.")
    assert rest.status == "unscored"


def test_a_notebook_gives_a_practical_exercise_its_share():
    told = question("practical", {"assignment": "camera"}, points=10)
    finding = found(told, None, shares={"camera": 0.85})
    assert (finding.earned, str(finding.because)) == (8.5, "Your notebook for `camera` earned 85 % of its points.")
    waiting = found(told, None, shares={"camera": None})
    assert waiting.status == "unscored"
    assert str(waiting.because) == "Its notebook has no grade yet, or one that waits for a person: grader grade camera"
