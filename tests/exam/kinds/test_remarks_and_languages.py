"""Of each kind: where a remark stands and what it says to do, what is shown in which language, and what rules do."""

from __future__ import annotations

import itertools
import random
import re

import pytest

from grader.exam.kinds.cells import clip, read_each
from grader.exam.lint import find_remarks
from grader.model import Answer
from tests.exam.judged import found
from tests.exam.making import BELIEF, exam_of, make_exam, make_question, multiple, option, question, rows, single

MISSING = Answer(status="missing")


def both(name):
    return {"en": f"{name} in English", "es": f"{name} en castellano"}


def part_of(told):
    return make_question(told).part


def changed(told, kind, name, **more):
    told[kind]["options" if kind in ("single", "multiple") else "statements"][name] |= more
    return told


def numeric(**told):
    return question("numeric", told)


def pairs(*texts, **more):
    return question("matching", {"pairs": dict(zip("abc", texts, strict=False)), **more})


MISTAKE = {"slip": {"value": 6, "misconception": BELIEF}}
ODD = {
    "a wrong option nobody believes in": changed(single(), "single", "a", misconception=None),
    "such an option among several": changed(multiple(), "multiple", "b", misconception=None),
    "all options are right": multiple(right="abc", names="abc"),
    "an option about the others": changed(single(), "single", "a", says="None of these"),
    "one that is pinned but not the last": changed(single(), "single", "a", says="None of these", pinned=True),
    "one that is the last but not pinned": changed(single(), "single", "d", says="None of these"),
    "two options are equal": changed(single(), "single", "c", says="Option a"),
    "two statements are equal": changed(rows(), "rows", "c", says="Statement a"),
    "all statements are true": rows(true="abcd"),
    "two things on the left are equal": pairs({"left": "L", "right": "1"}, {"left": "L", "right": "2"}),
    "two things on the right are equal": pairs({"left": "L", "right": "1"}, {"left": "M", "right": "1"}),
    "two steps are equal": question("ordering", {"steps": {"a": "Look", "b": "Think", "c": "look"}}),
    "rounding costs points": numeric(answer=1 / 3, decimals=2, tolerance=0.0049),
    "a mistake is too near": numeric(answer=5, tolerance=0.5, mistakes=MISTAKE),
    "an assignment is not there": question("practical", {"assignment": "curves"}),
}


@pytest.mark.parametrize("what", ODD)
def test_a_remark_stands_at_what_has_to_be_changed_names_its_question_and_says_what_to_do(tmp_path, what):
    (remark,) = find_remarks(make_exam(ODD[what]), tmp_path)
    place = exam_of(ODD[what])
    for key in remark.keys:
        place = place[key]
    assert re.match(r"`q`|the option `", remark.what)
    assert re.fullmatch(r"[A-Z][^A-Z].*\.", remark.remedy)


def test_a_remark_on_variants_is_made_once_for_each_place_and_sort(tmp_path):
    told = numeric(answer="x / 3", decimals=1, tolerance=0.01, mistakes={"a": MISTAKE["slip"] | {"value": "x / 3"}})
    found_ = find_remarks(make_exam(told | {"parameters": {"x": {"choose": [1, 2]}}}), tmp_path)
    assert [remark.keys[-1] for remark in found_] == ["tolerance", "a"]


REFUSED = {
    "`numeric.answer` uses `y`, which is no parameter": numeric(answer="y + 1"),
    "`numeric.mistakes.slip` uses `y`": numeric(
        answer=1, mistakes={"slip": {"value": "2 * y", "misconception": BELIEF}}
    ),
    "needs the `code` that prints it": question("output", {"prints": "8"}),
    "its criteria add up to 2 points": question("practical", {"criteria": {"a": {"says": "A", "points": 2}}}, points=3),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_asked_is_refused_with_a_remedy(what):
    with pytest.raises(ValueError, match=re.escape(what)) as refused:
        make_exam(REFUSED[what])
    (error,) = refused.value.errors()
    assert re.fullmatch(r"[A-Z][^A-Z].*\.", error["ctx"]["error"].remedy)


# ---- languages ------------------------------------------------------------------------------------------------------

OPTIONS = {name: option(both(name), right=name in "ac", misconception=both(f"B{name}")) for name in "abc"}
BILINGUAL = {
    "single": (question("single", {"options": OPTIONS | {"c": option(both("c"))}}), ["b"], ["a"]),
    "multiple": (question("multiple", {"options": OPTIONS, "none": both("none")}), ["b"], ["a", "c"]),
    "rows": (
        question(
            "rows", {"statements": {n: {"says": both(n), "holds": n == "a", "misconception": both("B")} for n in "ab"}}
        ),
        {"a": False, "b": False},
        {"a": True, "b": False},
    ),
    "matching": (
        pairs({"left": both("La"), "right": both("Ra")}, {"left": both("Lb"), "right": both("Rb")}),
        {"a": "b", "b": "b"},
        {"a": "a", "b": "b"},
    ),
    "ordering": (question("ordering", {"steps": {n: both(n) for n in "abc"}}), ["b", "a", "c"], ["a", "b", "c"]),
}


@pytest.mark.parametrize("kind", BILINGUAL)
def test_whatever_is_shown_of_a_question_is_in_the_reader_s_language(kind):
    told, wrong, right = BILINGUAL[kind]
    part = part_of(told)
    order, partners = part.arrange(random.Random(1))
    shown = [
        str(part.judge(wrong, (), "es").because),
        str(part.say_right((), "es")),
        *(repr(printed) for printed in part.print_parts(order, partners, "es")),
        *(choice.says for choice in part.choices([wrong, right], [False, True], (), "es").values()),
    ]
    shown += [f"{one.says} {one.came} {one.expected}" for one in part.compare(wrong, (), "es")]
    assert all("en castellano" in words and "in English" not in words for words in shown)


def test_why_words_are_wrong_is_said_in_the_reader_s_language():
    wrong = {"f": {"says": ["line"], "misconception": both("Because")}}
    verdict = part_of(question("text", {"accept": ["point"], "wrong": wrong})).judge("line", (), "es")
    assert str(verdict.because).endswith("Because en castellano")


def test_the_rows_of_a_corrector_are_in_the_sheet_s_language():
    part = part_of(question("practical", {"criteria": {"way": {"says": both("way"), "points": 2}}}))
    *_, corrector = part.print_parts(("way",), (), "es")
    assert corrector.rows[0][1] == "way en castellano"


# ---- rules ----------------------------------------------------------------------------------------------------------


def ruled(told, kind, **rule):
    told[kind]["rule"] = rule
    return told


@pytest.mark.parametrize("wrong", [0.5, 1.0])
def test_a_wrong_choice_takes_off_what_the_rule_says_and_guessing_earns_what_is_left_on_average(wrong):
    told = ruled(single(), "single", name="negative", wrong=wrong)
    assert found(told, ["a"]).earned == pytest.approx(-2 * wrong)
    assert part_of(told).guess() == pytest.approx((1 - 3 * wrong) / 4)


SEVERAL = [
    {"name": "rexams-false2"},
    {"name": "all-or-nothing"},
    {"name": "right-minus-wrong", "floor": -1.0},
    {"name": "right-ticks", "cap": 0.5},
    {"name": "vds", "floor": -0.5},
]


@pytest.mark.parametrize("rule", SEVERAL)
@pytest.mark.parametrize("none", ["None of these.", None])
def test_a_coin_for_each_box_earns_the_mean_over_all_ways_to_tick(rule, none):
    part = part_of(ruled(multiple(right="ac", names="abcd", none=none), "multiple", **rule))
    ways = [[*ticked] for n in range(5) for ticked in itertools.combinations("abcd", n)]
    shares = [part.judge(way, (), "en").share if way or none else 0.0 for way in ways]
    assert part.guess() == pytest.approx(sum(shares) / len(shares))


@pytest.mark.parametrize("rule", [{"name": "each-answer", "cap": 0.5}, {"name": "right-minus-wrong", "floor": -1.0}])
def test_a_coin_for_each_statement_earns_the_mean_over_all_ways_to_call_them(rule):
    part = part_of(ruled(rows(), "rows", **rule))
    shares = [
        part.judge(dict(zip("abcd", calls, strict=True)), (), "en").share
        for calls in itertools.product((True, False), repeat=4)
    ]
    assert part.guess() == pytest.approx(sum(shares) / len(shares))


@pytest.mark.parametrize("name", ["each-answer", "all-or-nothing"])
def test_a_random_partner_for_each_earns_the_mean_over_all_ways_to_pair(name):
    told = pairs(*({"left": f"L{n}", "right": f"R{n}"} for n in range(3)), extra={"x": "Rx"}, rule={"name": name})
    part = part_of(told)
    shares = [
        part.judge(dict(zip("abc", partners, strict=True)), (), "en").share
        for partners in itertools.product("abcx", repeat=3)
    ]
    assert part.guess() == pytest.approx(sum(shares) / len(shares))


def test_a_random_order_under_a_cap_earns_the_mean_over_all_orders():
    part = part_of(question("ordering", {"steps": {name: name for name in "abc"}, "rule": {"cap": 0.5}}))
    shares = [part.judge([*order], (), "en").share for order in itertools.permutations("abc")]
    assert part.guess() == pytest.approx(sum(shares) / len(shares))


def test_a_statement_left_blank_takes_nothing_away_and_is_no_belief():
    told = ruled(rows(), "rows", name="right-minus-wrong")
    for name in "bc":
        told = changed(told, "rows", name, misconception=f"Belief {name}.")
    blank = found(told, {"a": True, "b": None, "c": False, "d": False})
    assert (blank.earned, blank.diagnosis, "Belief" in str(blank.because)) == (pytest.approx(1.5), None, False)
    wrong = found(told, {"a": True, "b": None, "c": True, "d": False})
    assert (wrong.earned, wrong.diagnosis) == (pytest.approx(0.5), "c")
    assert "A common reason: Belief c." in str(wrong.because)
    assert "Belief b" not in str(wrong.because)


# ---- numbers --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("decimals", "reach"), [(0, 0.5), (1, 0.05), (2, 0.005), (None, 0.0005)])
def test_a_known_mistake_may_be_rounded_as_the_answer_is(decimals, reach):
    told = numeric(answer=1, decimals=decimals, mistakes={"slip": {"value": 3, "misconception": BELIEF}})
    assert found(told, f"{3 + 0.98 * reach:.6f}").diagnosis == "slip"
    assert found(told, f"{3 + 1.02 * reach:.6f}").diagnosis is None


@pytest.mark.parametrize(("decimals", "written"), [(2, "0.50"), (0, "0"), (None, "0.5")])
def test_the_right_number_is_told_with_its_decimals(decimals, written):
    assert f"Right is {written}." in str(found(numeric(answer=0.5, decimals=decimals, tolerance=0), "7").because)


def test_a_number_that_was_accepted_later_is_read_as_a_student_s_in_any_of_its_units():
    told = numeric(answer=0.5, unit="m", units={"cm": 0.01})
    assert [found(told, "40 cm", accept=accept).status for accept in ((), ("0.4 m",), ("40 cm",), ("0,4",))] == [
        "missed", "met", "met", "met"
    ]  # fmt: skip
    assert found(numeric(answer=3), "4", accept=("4",)).status == "met"


def test_the_edge_of_the_tolerance_is_right_however_large_the_number_is():
    told = numeric(answer=300000.1, tolerance=0.2)
    assert [found(told, written).status for written in ("300000.3", "299999.9", "300000.302")] == [
        "met",
        "met",
        "missed",
    ]


@pytest.mark.parametrize(("answer", "covered"), [(0.125, True), (0.1234, False), (3e6 + 1e-4, True), (12, True)])
def test_without_a_number_of_decimals_three_are_enough_for_the_exact_answer(answer, covered):
    assert part_of(numeric(answer=answer)).covers_rounding() is covered


# ---- cells and typed answers ----------------------------------------------------------------------------------------


def test_a_cell_is_told_in_120_characters_at_most():
    assert clip("x" * 120) == "x" * 120
    assert clip(" x\n" * 121) == " ".join("x" * 60)[:119] + "…"
    assert len(clip("x" * 121)) == 120


def test_a_row_of_cells_is_a_blank_an_answer_or_waits_with_what_cannot_be_read():
    known = {"a": ["one"], "b": ["two"]}
    assert read_each({"x": " ", "y": ""}, known) == MISSING
    assert read_each({"x": "one", "y": ""}, known).value == {"x": "a", "y": None}
    waits = read_each({"x": "one", "y": "three"}, known)
    assert (waits.status, waits.value) == ("unusable", "three")
    assert str(waits.because) == "“three” is none of the known options: a person decides."


def test_statements_and_partners_are_read_from_cells_of_their_own():
    called = part_of(rows(names="ab")).read_parts({"a": "true", "b": "false"}, names=False)
    assert called.value == {"a": True, "b": False}
    partners = part_of(pairs({"left": "L", "right": "one"}, {"left": "M", "right": "two"}))
    assert partners.read_parts({"a": "b", "b": "a"}, names=True).value == {"a": "b", "b": "a"}
    assert partners.read_parts({"a": "b", "b": "a"}, names=False).status == "unusable"


def test_none_applies_may_be_named_in_a_file_of_names_and_other_words_wait():
    part = part_of(multiple(right=""))
    assert part.read_cell("none applies", names=True).value == []
    waits = part.read_cell("whatever", names=True)
    assert (waits.status, waits.value) == ("unusable", "whatever")


def test_what_a_person_is_shown_who_types_an_answer():
    assert part_of(multiple()).example() == "a; b"
    assert part_of(rows()).example() == "a = true; b = false; c = true; d = false"
    text = part_of(question("text", {"accept": ["one", "two"]}))
    assert (text.example(), str(text.guide())) == ("", "Accepted: “one”, “two”.")
    assert str(part_of(question("text", {"pattern": "on+e"})).guide()) == ""


def test_of_a_blank_the_right_options_are_told():
    assert "Right is “Option a”, “Option c”, “Option e”." in str(found(multiple(), MISSING).because)
    assert "Right is “Option a”, “Option b”, “Option c”" in str(found(multiple(), MISSING, accept=("b",)).because)


def test_an_output_with_spaces_that_a_mistake_prints_is_recognised():
    mistakes = {"steps": {"prints": "0 2 4", "misconception": BELIEF}}
    told = question("output", {"prints": "0 1 2", "mistakes": mistakes}, code="print(0, 1, 2)")
    assert found(told, "0 2  4").diagnosis == "steps"


def test_a_corrected_exercise_is_no_number_in_one_cell():
    told = question("practical", {"criteria": {"way": {"says": "The way.", "points": 2}}})
    read = part_of(told).read_cell("see the notebook", names=False)
    assert (read.status, read.value) == ("answered", {})
    assert str(read.because) == "A person gives these points. The answer: see the notebook"


def test_the_calls_of_statements_are_shown_side_by_side_and_short():
    shown = list(part_of(rows(true="a", names="abc")).compare({"a": False, "b": False, "c": None}, (), "en"))
    assert [(one.came, one.expected, one.right, one.short) for one in shown] == [
        ("false", "true", False, True), ("false", "false", True, True), ("–", "false", False, True)
    ]  # fmt: skip


def test_what_a_kind_does_not_do_is_no_answer():
    with pytest.raises(NotImplementedError, match="`single` has no parts"):
        part_of(single()).read_parts({}, names=True)
    practical = part_of(question("practical", {"assignment": "curves"}))
    with pytest.raises(NotImplementedError, match="gives the points of `practical`"):
        practical.judge({}, (), "en")
    assert list(part_of(single()).compare(["a"], (), "en")) == []
