"""What a sheet offers for each kind, which ticks make which answer, and what the key and the student's page say."""

from __future__ import annotations

import itertools
import random

import pytest

from grader.exam.kinds.numeric import read_digits, tell_place
from grader.exam.kinds.paper_parts import (
    CorrectorRows,
    DigitRows,
    LetteredList,
    LetteredOptions,
    TickGrid,
    WritingPlace,
)
from grader.exam.kinds.practical import points_offered
from grader.exam.kinds.written import choices_written
from grader.model import Answer
from tests.exam.making import make_exam, make_question, multiple, option, question, rows, single

MISSING = Answer(status="missing")
PAIRS = {name: {"left": {"en": f"L{name}", "es": f"I{name}"}, "right": {"en": f"R{name}", "es": f"D{name}"}}
         for name in "abc"}  # fmt: skip
STEPS = {name: {"en": f"Step {name}", "es": f"Paso {name}"} for name in "abcd"}
CRITERIA = {"way": {"says": "The way.", "points": 2}, "end": {"says": "The end.", "points": 1}}


def part_of(told):
    return make_question(told).part


def matching(**more):
    return part_of(question("matching", {"pairs": PAIRS, "extra": {"x": {"en": "Rx", "es": "Dx"}}, **more}))


def ordering(**more):
    return part_of(question("ordering", {"steps": STEPS, **more}))


def numeric(answer, **more):
    return part_of(question("numeric", {"answer": answer, **more}))


def practical():
    return part_of(question("practical", {"criteria": CRITERIA}, points=3))


def printed(part, language="en", order=None, partners=()):
    return list(part.print_parts(order or part.arrange(random.Random(1))[0], partners, language))


# ---- ticks ----------------------------------------------------------------------------------------------------------

TICKS = [
    (part_of(single()), {"": ["b"]}, ["b"]),
    (part_of(single()), {"": []}, MISSING),
    (part_of(single()), {}, MISSING),
    (part_of(single()), {"": ["a", "b"]}, "2 boxes are ticked where one is asked for: a, b."),
    (part_of(multiple()), {"": ["a", "c"]}, ["a", "c"]),
    (part_of(multiple()), {}, MISSING),
    (part_of(multiple()), {"": ["none applies"]}, []),
    (part_of(multiple()), {"": ["none applies", "a"]}, "It says that none applies, and that some do."),
    (part_of(rows()), {"a": ["true"], "b": [], "c": ["false"], "d": []}, {"a": True, "b": None, "c": False, "d": None}),
    (part_of(rows()), {"a": [], "b": []}, MISSING),
    (part_of(rows()), {"a": ["true", "false"], "b": []}, "2 boxes are ticked in the row of `a`."),
    (matching(), {"a": ["b"], "b": []}, {"a": "b", "b": None}),
    (matching(), {"a": [], "b": []}, MISSING),
    (matching(), {"a": ["b", "c"], "b": []}, "2 boxes are ticked in the row of `a`."),
    (ordering(), {"a": ["2"], "b": ["1"], "c": ["4"], "d": ["3"]}, ["b", "a", "d", "c"]),
    (ordering(), {"a": [], "b": [], "c": [], "d": []}, MISSING),
    (ordering(), {"a": ["1"], "b": ["1"], "c": ["2"], "d": ["3"]}, "It is no order"),
    (ordering(), {"a": ["1"], "b": ["2"], "c": ["3"], "d": []}, "It is no order"),
    (ordering(), {"a": ["1", "2"], "b": ["3"], "c": ["4"], "d": []}, "It is no order"),
    (numeric(12.5, decimals=1), {"sign": [], "1": ["1"], "0": ["2"], "-1": ["5"]}, "=12.5"),
    (numeric(12.5, decimals=1), {"sign": ["minus"], "1": ["1"], "0": ["2"], "-1": ["5"]}, "=-12.5"),
    (numeric(12.5, decimals=1), {"sign": [], "1": [], "0": [], "-1": []}, MISSING),
    (numeric(12.5, decimals=1), {"sign": ["minus"], "1": [], "0": [], "-1": []}, "A row in the middle of the number"),
    (numeric(12.5, decimals=1), {"sign": [], "1": ["1", "2"], "0": ["2"], "-1": []}, "Two digits are ticked in one"),
    (numeric(12.5, decimals=1), {"sign": [], "1": ["1"], "0": [], "-1": ["5"]}, "A row in the middle of the number"),
    (practical(), {"way": ["2"], "end": []}, {"way": 2.0}),
    (practical(), {"way": [], "end": []}, {}),
    (practical(), {"way": ["1", "2"], "end": []}, "2 boxes are ticked in the row of `way`."),
]  # fmt: skip


@pytest.mark.parametrize(("part", "ticks", "means"), TICKS)
def test_ticks_are_an_answer_a_blank_or_a_reason_why_a_person_decides(part, ticks, means):
    read = part.read_ticks(ticks)
    if isinstance(means, str) and not means.startswith("="):
        assert read.status == "unusable"
        assert str(read.because).startswith(means)
    elif means is MISSING:
        assert read == MISSING
    else:
        assert read == Answer(status="answered", value=means.lstrip("=") if isinstance(means, str) else means)


@pytest.mark.parametrize(
    ("digits", "negative", "number"),
    [
        ({1: "4", 0: "2"}, False, "42"),
        ({2: "0", 1: "4", 0: "0"}, False, "40"),
        ({1: "0", 0: "0"}, False, "0"),
        ({0: None, -1: "5"}, False, "0.5"),
        ({0: "1", -1: "5", -2: None}, False, "1.5"),
        ({0: "1", -1: None, -2: "5"}, False, None),
        ({1: "1", 0: None, -1: None}, False, None),
        ({0: "1", -1: "5", -2: "0"}, True, "-1.50"),
        ({1: None, 0: None}, False, None),
    ],
)
def test_digits_make_a_number_where_none_in_its_middle_is_missing(digits, negative, number):
    assert read_digits(digits, negative=negative) == number


# ---- sheets ---------------------------------------------------------------------------------------------------------


def test_each_place_of_a_number_has_its_name():
    assert [tell_place(place) for place in (3, 1, 0, -1, -3)] == ["1000", "10", "1", ".1", ".001"]


@pytest.mark.parametrize(
    ("answer", "decimals", "places"),
    [
        (5, 0, (3, 2, 1, 0)),
        (12.5, 2, (3, 2, 1, 0, -1, -2)),
        (-99999, 0, (4, 3, 2, 1, 0)),
        (1234567, 1, (6, 5, 4, 3, 2, 1, 0, -1)),
        (12345678, 0, None),
        (5, None, None),
        (0, 0, (3, 2, 1, 0)),
    ],
)
def test_a_number_has_a_row_for_each_digit_that_it_may_need(answer, decimals, places):
    part = numeric(answer, decimals=decimals)
    assert part.digit_places() == places
    (shown,) = printed(part, order=("x",))
    if places is None:
        assert shown == WritingPlace("line")
    else:
        assert isinstance(shown, DigitRows)
        assert (shown.rows, shown.sign) == (tuple((str(place), tell_place(place)) for place in places), True)
        assert str(shown.how) == "Tick one digit in each row; rows in front of the number may stay empty."


def test_a_mistake_that_is_larger_than_the_answer_makes_room_for_itself():
    part = numeric(5, decimals=0, mistakes={"far": {"value": 54321, "misconception": "So."}})
    assert part.digit_places() == (4, 3, 2, 1, 0)
    assert part.digit_places()[0] > numeric(5, decimals=0).digit_places()[0]


def test_options_stand_in_the_order_of_the_copy_and_a_pinned_one_stays():
    told = single(names="abcd")
    told["single"]["options"]["d"]["pinned"] = True
    orders = {part_of(told).arrange(random.Random(seed))[0] for seed in range(30)}
    assert all(order[-1] == "d" and sorted(order) == [*"abcd"] for order in orders)
    assert len(orders) == 6
    told["single"]["shuffle"] = False
    assert part_of(told).arrange(random.Random(1)) == (("a", "b", "c", "d"), ())
    assert printed(part_of(told)) == [LetteredOptions(tuple((name, f"Option {name}") for name in "abcd"))]


def test_the_box_that_says_that_none_applies_is_the_last():
    (shown,) = printed(part_of(multiple()), order=("b", "a", "c", "d", "e"))
    assert [name for name, _words in shown.options] == ["b", "a", "c", "d", "e", "none applies"]
    assert shown.options[-1] == ("none applies", "None of these.")
    (shown,) = printed(part_of(multiple(none=None)), order=("b", "a", "c", "d", "e"))
    assert len(shown.options) == 5


def test_rows_pairs_and_steps_are_grids_in_the_language_of_the_copy():
    (grid,) = printed(part_of(rows(names="ab")), order=("b", "a"))
    assert isinstance(grid, TickGrid)
    assert [value for value, _name in grid.columns] == ["true", "false"]
    assert (grid.rows, grid.named_by) == ((("b", "Statement b"), ("a", "Statement a")), "words")
    letters, grid = printed(matching(), "es", ("c", "a", "b"), ("x", "b", "a", "c"))
    assert letters == LetteredList(("Dx", "Db", "Da", "Dc"))
    assert grid.columns == (("x", "A"), ("b", "B"), ("a", "C"), ("c", "D"))
    assert grid.rows == (("c", "Ic"), ("a", "Ia"), ("b", "Ib"))
    (grid,) = printed(ordering(), "es", ("c", "a", "d", "b"))
    assert grid.columns == tuple((str(n), str(n)) for n in (1, 2, 3, 4))
    assert grid.rows == (("c", "Paso c"), ("a", "Paso a"), ("d", "Paso d"), ("b", "Paso b"))


def test_words_are_written_on_a_line_and_an_exercise_has_room_and_boxes_for_its_corrector():
    text = part_of(question("text", {"accept": ["homography"]}))
    output = part_of(question("output", {"prints": "(8, 16)"}, code="print((8, 16))"))
    assert printed(text, order=("x",)) == printed(output, order=("x",)) == [WritingPlace("line")]
    room, corrector = printed(practical())
    assert room == WritingPlace("exercise")
    assert isinstance(corrector, CorrectorRows)
    assert corrector.rows == (
        ("way", "The way.", ("0", "0.5", "1", "1.5", "2")),
        ("end", "The end.", ("0", "0.5", "1")),
    )


@pytest.mark.parametrize(
    ("most", "offered"),
    [
        (5, tuple(f"{n / 2:g}" for n in range(11))),
        (5.5, tuple(f"{0.55 * n:g}" for n in range(11))),
        (6, tuple("0123456")),
        (10, tuple(map(str, range(11)))),
        (11, tuple(f"{1.1 * n:g}" for n in range(11))),
        (0.25, tuple(f"{0.025 * n:g}" for n in range(11))),
    ],
)
def test_no_more_than_eleven_points_are_offered_and_the_most_is_among_them(most, offered):
    assert points_offered(most) == offered
    assert (float(offered[0]), float(offered[-1])) == (0, most)


KEYS = [
    (part_of(single()), ("d", "b", "a", "c"), (), "B"),
    (part_of(multiple()), ("e", "b", "a", "c", "d"), (), "A C D"),
    (part_of(multiple(right="")), ("a", "b", "c", "d", "e"), (), "F"),
    (part_of(rows(names="abc", true="ab")), ("c", "a", "b"), (), "F T T"),
    (matching(), ("c", "a", "b"), ("x", "b", "a", "c"), "D C B"),
    (ordering(), ("c", "a", "d", "b"), (), "3 1 4 2"),
    (numeric(12.5, decimals=2, unit="px"), (), (), "12.50 px"),
    (numeric(12.5), (), (), "12.5"),
    (part_of(question("text", {"accept": ["one", "two"]})), (), (), "one"),
    (part_of(question("text", {"pattern": "on+e"})), (), (), "/on+e/"),
]


@pytest.mark.parametrize(("part", "order", "partners", "key"), KEYS)
def test_the_key_is_what_had_to_be_ticked_or_written_on_this_copy(part, order, partners, key):
    assert part.key(order, partners, "en") == key


# ---- the student's page, the review page, the analysis --------------------------------------------------------------


def test_a_box_is_right_where_it_belongs_to_a_right_answer():
    assert [part_of(single()).is_right("", name, ("c",)) for name in "abcx"] == [False, True, True, False]
    several = part_of(multiple(right="a"))
    assert [several.is_right("", name, ()) for name in ("a", "b", "none applies")] == [True, False, False]
    assert part_of(multiple(right="")).is_right("", "none applies", ())
    assert [matching().is_right("a", value, ()) for value in ("a", "b")] == [True, False]
    assert [ordering().is_right("b", value, ()) for value in ("1", "2", "3")] == [False, True, False]
    assert ordering().is_right("", "1", ()) is None
    row = part_of(rows(true="a", names="ab"))
    assert [row.is_right(name, value, ("b",)) for name in "ab" for value in ("true", "false")] == [
        True,
        False,
        True,
        True,
    ]


def test_an_answer_is_shown_beside_what_is_right_part_by_part():
    shown = list(matching().compare({"a": "a", "b": "x", "c": None}, (), "es"))
    assert [(one.says, one.came, one.expected, one.right) for one in shown] == [
        ("Ia", "Da", "Da", True), ("Ib", "Dx", "Db", False), ("Ic", "–", "Dc", False)
    ]  # fmt: skip
    assert [one.came for one in matching().compare(None, (), "en")] == ["–", "–", "–"]
    shown = list(part_of(rows(true="a", names="ab")).compare({"a": True, "b": True}, (), "en"))
    assert [(one.says, one.right) for one in shown] == [("Statement a", True), ("Statement b", False)]


def test_an_example_of_a_typed_answer_can_be_read():
    for part in (matching(), ordering(), part_of(rows()), part_of(multiple())):
        assert part.read_cell(part.example(), names=True).status == "answered"


@pytest.mark.parametrize(("part", "guess"), [
    (part_of(single()), 0.25), (part_of(rows()), 0.5), (matching(), 0.25),
    (part_of(single(names="abc")), 1 / 3), (part_of(question("text", {"accept": ["a"]})), 0),
])  # fmt: skip
def test_blind_guessing_earns_what_chance_gives(part, guess):
    assert part.guess() == pytest.approx(guess)


def test_blind_ordering_earns_the_mean_over_all_orders():
    part = ordering()
    shares = [part.judge(list(order), (), "en").share for order in itertools.permutations(STEPS)]
    assert part.guess() == pytest.approx(sum(shares) / len(shares))


def test_written_answers_are_counted_where_two_students_gave_them_and_the_most_frequent_first():
    values = ["Yes", " yes ", "no", None, "no", "NO", "once", "x" * 81, "x" * 81, "y" * 80, "y" * 80]
    full = [True, True, False, False, False, False, True, True, False, True, True]
    counted = choices_written(values, full)
    assert list(counted) == ["no", "yes", "x" * 81, "y" * 80]
    assert [counted[name].says for name in counted] == ["no", "yes", "x" * 79 + "…", "y" * 80]
    assert [counted[name].right for name in counted] == [False, True, False, True]
    assert counted["no"].chosen == tuple(n in (2, 4, 5) for n in range(11))
    assert len(choices_written([f"w{n}" for n in range(9)] * 2, [True] * 18)) == 8


def test_choices_are_named_in_the_language_of_the_reader():
    options = {name: option({"en": f"Option {name}", "es": f"Opción {name}"}, right=name == "a") for name in "ab"}
    part = part_of(question("single", {"options": options}))
    counted = part.choices([["a"], None, ["b"]], [True, False, False], (), "es")
    assert [(one.says, one.right, one.chosen) for one in counted.values()] == [
        ("Opción a", True, (True, False, False)), ("Opción b", False, (False, False, True))
    ]  # fmt: skip
    assert str(part.judge(["b"], (), "es").because).startswith("You chose “Opción b”. Right is “Opción a”.")


# ---- cells and points -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ["a > b > c > d", "a -> b → c > d", "Step a; Step b; Step c; Step d"])
def test_an_order_is_read_whatever_is_between_its_steps(cell):
    assert ordering().read_cell(cell, names=True) == Answer(status="answered", value=["a", "b", "c", "d"])


def test_an_order_of_some_steps_or_none_waits_with_its_cell():
    some, none = (ordering().read_cell(cell, names=True) for cell in ("a > b", "whatever"))
    assert (some.status, some.value) == ("unusable", "a > b")
    assert str(some.because) == "“a > b” orders 2 of the 4 steps: a person decides."
    assert (none.status, none.value) == ("unusable", "whatever")
    assert str(none.because) == "“whatever” is none of the known options: a person decides."


@pytest.mark.parametrize(
    ("cell", "given"), [("2", 2), ("0", 0), ("0,5", 0.5), (" 1.5 ", 1.5), ("2.1", None), ("-0.1", None), ("x", None)]
)
def test_a_correctors_points_are_between_nothing_and_what_the_criterion_is_worth(cell, given):
    read = practical().read_parts({"end": "", "way": cell}, names=True)
    if given is None:
        assert (read.status, read.value) == ("unusable", cell)
        assert str(read.because) == f"“{cell}” is no number of points from 0 to 2 for `way`."
    else:
        assert read == Answer(status="answered", value={"way": given})
    assert practical().fits({"way": 2, "end": 0})
    assert not practical().fits({"way": 2.1})
    assert not practical().fits({"way": -0.1})


def test_points_that_do_not_add_up_and_an_output_without_code_are_refused_with_a_remedy():
    with pytest.raises(Exception, match="its criteria add up to 3 points, but it says 4"):
        make_exam(question("practical", {"criteria": CRITERIA}, points=4))
    with pytest.raises(Exception, match="needs the `code` that prints it"):
        make_exam(question("output", {"prints": "8"}))
    make_exam(question("practical", {"criteria": CRITERIA}, points=3))
