"""What a decision is bound to: the submission, and what a person was shown of it."""

import numpy as np
import pytest

from grader.inside import plain
from grader.model import Answer, NotebookFacts
from grader.rubric import Rubric
from grader.score import score
from grader.score.judged import bind_to_work, hash_plain, look_of

from .making import answered, rubric_of, run_of

WORDS = {"person": {"shows": "words"}}
ANSWER = {"person": {"shows": "answer"}}


def look(expect, answer=None, words="", **fields):
    run = run_of({"asked": answer} if answer else {}, facts=NotebookFacts(words=words), **fields)
    return look_of(rubric_of(expect).criteria[0], run)


def test_other_words_are_another_look_and_other_spaces_are_not():
    assert look(WORDS, words="It fits  well.\n") == look(WORDS, words="It fits\nwell.")
    assert look(WORDS, words="It fits well.") != look(WORDS, words="It fits badly.")
    assert look(WORDS, words="It fits well.") != look(WORDS, words="Itfits well.")
    assert look(WORDS, words="It fits.") == look(WORDS, words="It fits.", answer=answered(1))


def test_another_answer_is_another_look():
    table = answered({"x": np.arange(3.0)})
    assert look(ANSWER, table) == look(ANSWER, answered({"x": np.arange(3.0)}), words="Other words.")
    assert look(ANSWER, table) != look(ANSWER, answered({"x": np.arange(3.0) + 1}))
    assert look(ANSWER, answered([[1] * 400] * 400)) is not None


def test_a_deep_answer_of_a_run_has_a_look_too():
    deep = 1
    for _ in range(plain.STORED_DEPTH - 1):
        deep = [deep]
    assert look(ANSWER, answered(deep)) != look(ANSWER, answered([deep]))


@pytest.mark.parametrize("answer", [None, Answer(status="missing")])
def test_without_an_answer_the_look_is_at_the_whole_notebook(answer):
    assert look(ANSWER, answer) is None


@pytest.mark.parametrize("end", ["failed", "unreadable"])
@pytest.mark.parametrize("expect", [WORDS, ANSWER])
def test_without_a_run_there_is_no_look(end, expect):
    assert look(expect, answered(1), words="It fits.", end=end) is None
    assert look(expect, answered(1), words="It fits.", end="died") is not None


def test_what_no_person_judges_is_bound_to_the_submission_alone():
    assert look({"value": 1}, answered(1), words="It fits.") is None
    assert look({"person": True}, answered(1), words="It fits.") is None


def test_each_finding_is_bound_to_the_submission_and_to_its_own_look():
    rubric = Rubric.model_validate(
        {
            "points": 3,
            "probes": {"asked": {"variable": "slope"}},
            "criteria": [
                {"id": "one", "says": "It is right.", "points": 1, "probe": "asked", "expect": {"value": 1}},
                {"id": "two", "says": "You say why.", "points": 1, "expect": WORDS},
                {"id": "three", "says": "It is clear.", "points": 1, "probe": "asked", "expect": ANSWER},
            ],
        }
    )
    run = run_of({"asked": answered(1)}, facts=NotebookFacts(words="It fits."))
    one, two, three = bind_to_work(score(run, rubric, {}), run, rubric)
    assert one.judged == ("s",)
    assert two.judged == ("s", look(WORDS, words="It fits."))
    assert three.judged == ("s", look(ANSWER, answered(1)))
    assert one.status == "met"
    other = bind_to_work((one.model_copy(update={"criterion": "gone"}),), run, rubric)
    assert other[0].judged == ("s",)


def test_the_order_of_names_changes_no_hash_and_a_value_does():
    assert hash_plain({"a": 1, "b": 2}) == hash_plain({"b": 2, "a": 1}) != hash_plain({"a": 1, "b": 3})
