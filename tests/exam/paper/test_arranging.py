"""Each copy has an order of its own."""

from __future__ import annotations

import pytest

from grader.errors import UserError
from grader.exam.printing.arranging import arrange, seed_of
from tests.exam.making import exam_of, make_exam, multiple, option, question, rows, single

from .printing import every_kind


def orders(exam, seed):
    return {one.question.id: one for section in arrange(exam, seed) for one in section.questions}


def test_a_copy_has_every_question_and_every_option_once():
    exam = every_kind()
    for seed in range(20):
        copy = orders(exam, seed)
        assert sorted(copy) == sorted(asked.id for asked in exam.questions)
        assert [one.number for one in copy.values()] == list(range(1, 10))
        assert sorted(copy["edge"].order) == list("abcd")
        assert sorted(copy["names"].partners) == list("pqrs")


def test_copies_differ_and_the_same_seed_is_the_same_copy():
    exam = every_kind()
    assert len({tuple(orders(exam, seed)) for seed in range(20)}) > 15
    assert len({orders(exam, seed)["corner"].order for seed in range(20)}) > 10
    assert orders(exam, 3) == orders(exam, 3)


def test_every_place_is_as_likely_as_another_for_every_option():
    exam = make_exam(single("edge"))
    first = [orders(exam, seed)["edge"].order[0] for seed in range(400)]
    assert all(70 < first.count(name) < 130 for name in "abcd")


def test_a_pinned_option_keeps_its_place():
    told = single("edge")
    told["single"]["options"]["c"] = option("Option c", pinned=True)
    exam = make_exam(told)
    shuffled = [orders(exam, seed)["edge"].order for seed in range(30)]
    assert {order[2] for order in shuffled} == {"c"}
    assert len(set(shuffled)) == 6


def test_what_is_not_to_be_shuffled_stays():
    told, statements = single("edge"), rows("truths")
    told["single"]["shuffle"] = statements["rows"]["shuffle"] = False
    exam = make_exam(told, statements)
    assert {orders(exam, seed)["edge"].order for seed in range(10)} == {tuple("abcd")}
    assert {orders(exam, seed)["truths"].order for seed in range(10)} == {tuple("abcd")}


def test_sections_stay_in_their_order():
    told = exam_of(single("edge"), multiple("corner"))
    told["sections"] = [
        {"id": "one", "title": "One", "questions": [single("edge")]},
        {"id": "two", "title": "Two", "questions": [multiple("corner")]},
    ]
    exam = make_exam(single("edge"), multiple("corner")).model_validate(told)
    assert {tuple(orders(exam, seed)) for seed in range(10)} == {("edge", "corner")}


def test_each_student_gets_numbers_of_their_own():
    told = question("numeric", {"answer": "n", "decimals": 0}, "width", parameters={"n": {"choose": [1, 2, 3]}})
    exam = make_exam(told)
    assert seed_of(exam, "ana") != seed_of(exam, "bruno")
    values = {orders(exam, seed)["width"].question.numeric.value for seed in range(30)}
    assert values == {1.0, 2.0, 3.0}


def test_a_question_without_a_value_for_a_copy_says_so():
    exam = make_exam(
        question("numeric", {"answer": "1 / n", "decimals": 0}, "width", parameters={"n": {"choose": [0]}})
    )
    with pytest.raises(UserError, match="`width` cannot be drawn for a copy: `1 / n` has no value") as told:
        arrange(exam, 5)
    assert "this one is 5" in told.value.remedy
