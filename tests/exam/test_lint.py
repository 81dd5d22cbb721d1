"""The lint: each thing that it finds, and that it finds nothing else."""

from __future__ import annotations

import pytest

from grader.exam.lint import chance_of_at_least, find_remarks

from .making import exam_of, make_exam, multiple, question, rows, single


def remarks_on(tmp_path, *questions, **more) -> list[str]:
    return [remark.what for remark in find_remarks(make_exam(*questions, **more), tmp_path)]


def numeric(**told):
    return question("numeric", told)


def mistake(value):
    return {"slip": {"value": value, "misconception": "A slip."}}


def test_sound_questions_draw_no_remark(tmp_path):
    told = numeric(answer=1 / 3, decimals=2, tolerance=0.01, mistakes=mistake(0.5))
    assert remarks_on(tmp_path, single("s"), multiple("m"), rows("r"), told) == []


def test_two_options_that_say_the_same_are_found(tmp_path):
    told = single()
    told["single"]["options"]["c"]["says"] = "  option  A"
    assert remarks_on(tmp_path, told) == ["`q`: `a` and `c` say the same:   option  A"]


def test_options_that_say_the_same_in_one_language_are_found(tmp_path):
    told = single()
    for name, es in (("a", "uno"), ("b", "dos"), ("c", "dos"), ("d", "tres")):
        told["single"]["options"][name]["says"] = {"en": f"Option {name}", "es": es}
    assert remarks_on(tmp_path, told) == ["`q`: `b` and `c` say the same: dos"]


def test_options_that_differ_only_by_the_signs_of_a_formula_are_found(tmp_path):
    told = single()
    told["single"]["options"]["a"]["says"] = "$x$."
    told["single"]["options"]["c"]["says"] = "X"
    assert remarks_on(tmp_path, told) == ["`q`: `a` and `c` say the same: X"]


def test_computed_options_that_come_out_the_same_are_found_with_their_seed(tmp_path):
    told = single(parameters={"x": {"choose": [2, 3]}}, values={"double": "2 * x", "square": "x * x"})
    told["single"]["options"]["a"]["says"] = "{{double}}"
    told["single"]["options"]["b"]["says"] = "{{square}}"
    (remark,) = remarks_on(tmp_path, told)
    assert remark.startswith("`q`: `a` and `b` say the same: 4 (with the seed ")


@pytest.mark.parametrize("words", ["None of these", "All of the above.", "Ninguna de las anteriores", "Todas estas"])
def test_an_option_about_the_others_has_to_stay_last(tmp_path, words):
    told = single()
    told["single"]["options"]["b"]["says"] = words
    expected = "the option `b` speaks of the others, but may come to stand among them when they are shuffled"
    assert remarks_on(tmp_path, told) == [expected]


def test_an_option_about_the_others_that_stays_last_is_fine(tmp_path):
    told = single()
    told["single"]["options"]["d"] |= {"says": "None of these", "pinned": True}
    assert remarks_on(tmp_path, told) == []


def test_a_wrong_option_without_its_misconception_is_found(tmp_path):
    told = single()
    del told["single"]["options"]["c"]["misconception"]
    assert remarks_on(tmp_path, told) == ["`q`: the wrong option `c` has no `misconception`"]


def test_a_multiple_choice_in_which_all_is_right_is_found(tmp_path):
    expected = "`q`: every option is right, so ticking them all is a habit that pays"
    assert remarks_on(tmp_path, multiple(right="abc", names="abc")) == [expected]


@pytest.mark.parametrize(("tolerance", "found"), [(0.4, 0), (0.5, 1), (1.0, 1)])
def test_a_tolerance_that_reaches_half_way_to_a_mistake_is_found(tmp_path, tolerance, found):
    remarks = remarks_on(tmp_path, numeric(answer=5, tolerance=tolerance, mistakes=mistake(6)))
    assert len(remarks) == found
    for remark in remarks:
        assert remark == (
            f"`q`: the tolerance {tolerance:g} reaches half-way or further to the mistake `slip`, 6, from the answer 5"
        )


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ({"answer": 1 / 3, "decimals": 2, "tolerance": 0.005}, False),
        ({"answer": 1 / 3, "decimals": 2, "tolerance": 0.004}, True),
        ({"answer": 1 / 3, "tolerance": 0.01}, True),
        ({"answer": 0.25, "decimals": 2}, False),
        ({"answer": 54, "decimals": 0}, False),
    ],
)
def test_a_tolerance_that_does_not_cover_rounding_is_found(tmp_path, told, found):
    remarks = remarks_on(tmp_path, numeric(**told))
    assert any("does not cover rounding 0.3333333333" in remark for remark in remarks) == found
    assert bool(remarks) == found


def test_a_mistake_that_gives_the_right_answer_for_some_seed_is_found(tmp_path):
    told = numeric(answer="x * x", mistakes=mistake("2 * x")) | {"parameters": {"x": {"choose": [2, 3, 4, 5]}}}
    (remark,) = remarks_on(tmp_path, told)
    assert "reaches half-way or further to the mistake `slip`, 4, from the answer 4 (with the seed" in remark


def test_a_value_that_cannot_be_computed_is_found(tmp_path):
    told = numeric(answer="1 / (x - 2)", decimals=3, tolerance=0.001) | {"parameters": {"x": {"choose": [2]}}}
    assert remarks_on(tmp_path, told) == [
        "`q` has no variant (with the seed 7): `1 / (x - 2)` has no value: float division by zero"
    ]


def test_a_placeholder_that_names_nothing_is_found(tmp_path):
    told = single(parameters={"x": {"choose": [1]}}, asks="Where is {{w}} of {{x}}?")
    (remark,) = remarks_on(tmp_path, told)
    assert remark.endswith("`{{w}}` names no parameter or value; there are: x")


def test_a_parameter_that_nothing_uses_is_found(tmp_path):
    assert remarks_on(tmp_path, single(parameters={"x": {"choose": [1]}})) == ["`q` uses `x` nowhere"]


def test_a_picture_that_is_not_there_is_found(tmp_path):
    told = single(picture={"file": "house.png", "shows": "A house"})
    assert remarks_on(tmp_path, told) == ["there is no file `house.png`"]
    (tmp_path / "house.png").write_bytes(b"")
    assert remarks_on(tmp_path, told) == []


@pytest.mark.parametrize(
    ("words", "told"), [("$\\frac{1}{2$", "a formula cannot be set: `\\frac{1}{2`: "), ("costs $5", "never closed")]
)
def test_a_formula_that_cannot_be_set_is_found(tmp_path, words, told):
    (remark,) = remarks_on(tmp_path, single(asks=words))
    assert told in remark


def habit(times: int, of: int = 10):
    """Single choices, in the first of which the longest option is the right one."""
    questions = []
    for number in range(of):
        told = single(f"q{number}")
        told["single"]["options"]["b" if number < times else "c"]["says"] = "The longest of them all"
        questions.append(told)
    return questions


def test_a_habit_of_the_longest_option_being_right_is_found(tmp_path):
    assert remarks_on(tmp_path, *habit(6)) == [
        "in `en` the longest option is the right one in 6 of 10 single choices: q0, q1, q2, q3, q4, q5"
    ]


def test_a_right_option_that_shares_its_length_is_no_longest_one(tmp_path):
    questions = habit(10)
    for told in questions:
        told["single"]["options"]["c"]["says"] = "The longest of them too"
    assert len("The longest of them too") == len("The longest of them all")
    assert remarks_on(tmp_path, *questions) == []


def test_as_many_as_chance_makes_are_no_habit(tmp_path):
    assert remarks_on(tmp_path, *habit(5)) == []


def test_the_chance_of_a_habit_is_the_binomial_one():
    # 1 - the sum of C(10, i) .25^i .75^(10 - i) for i up to 5
    assert chance_of_at_least(6, [0.25] * 10) == pytest.approx(0.01972770690917969, rel=1e-12)


def test_two_questions_that_ask_the_same_are_found(tmp_path):
    assert remarks_on(tmp_path, single("one", asks="True?"), rows("two", asks=" true? ")) == [
        "`one` and `two` ask the same, so an imported file cannot distinguish them:  true? "
    ]


def test_statements_that_are_all_true_or_all_false_are_named(tmp_path):
    for true, told, other in (("abcd", "true", "false"), ("", "false", "true")):
        exam = make_exam(rows(true=true))
        (remark,) = find_remarks(exam, tmp_path)
        assert remark.what == f"`q`: every statement is {told}, so one column of ticks is full marks"
        assert remark.remedy == f"Turn one round, so that it is {other}."


def test_an_exercise_whose_assignment_is_not_in_the_course_is_named(tmp_path):
    told = question("practical", {"assignment": "camera"})
    folder = tmp_path / "assignments" / "exam"
    (remark,) = find_remarks(make_exam(told), folder)
    assert remark.what == "`q`: there is no assignment `camera` whose points could count"
    assert remark.remedy == f"Write one, {folder.parent / 'camera' / 'assignment.toml'}, or name another."
    (folder.parent / "camera").mkdir(parents=True)
    (folder.parent / "camera" / "assignment.toml").touch()
    assert find_remarks(make_exam(told), folder) == []


def test_a_remark_leads_to_its_place():
    told = single()
    told["single"]["options"]["c"]["says"] = "Option a"
    exam = exam_of(single("first"), told)
    (remark,) = find_remarks(make_exam(*exam["sections"][0]["questions"]), folder=None)  # type: ignore[arg-type]
    assert remark.keys == ("sections", 0, "questions", 1, "single", "options", "c")
