"""What holds for every kind of question: each has a sample here, and a kind without one fails."""

from __future__ import annotations

import random
from typing import Any

import pytest

from grader.exam.exam import Rules
from grader.exam.judging import judge
from grader.exam.kinds import EVERY_KIND
from grader.exam.printing.sheet_language import LANGUAGES, sheet_language
from grader.exam.questions import KINDS
from grader.exam.revisions import Asked
from grader.model import Answer
from tests.exam.making import make_question, multiple, option, question, rows, single

SAMPLES: dict[str, tuple[Any, Any, str, dict[str, list[str]]]] = {
    # kind: (the question, its right answer, the same in a cell by names, and in ticks)
    "single": (single(), ["b"], "b", {"": ["b"]}),
    "multiple": (multiple(), ["a", "c", "e"], "a; c; e", {"": ["a", "c", "e"]}),
    "rows": (
        rows(true="ab", names="abc"),
        {"a": True, "b": True, "c": False},
        "a = true; b = true; c = false",
        {"a": ["true"], "b": ["true"], "c": ["false"]},
    ),
    "numeric": (
        question("numeric", {"answer": 12.5, "decimals": 1, "tolerance": 0.05}),
        "12.5",
        "12.5",
        {"sign": [], "3": [], "2": [], "1": ["1"], "0": ["2"], "-1": ["5"]},
    ),
    "text": (question("text", {"accept": ["homography"]}), "homography", "homography", {}),
    "output": (question("output", {"prints": "(8, 16)"}, code="print((8, 16))"), "(8, 16)", "(8, 16)", {}),
    "matching": (
        question("matching", {"pairs": {name: {"left": f"L{name}", "right": f"R{name}"} for name in "ab"}}),
        {"a": "a", "b": "b"},
        "a = a; b = b",
        {"a": ["a"], "b": ["b"]},
    ),
    "ordering": (
        question("ordering", {"steps": {name: f"Step {name}" for name in "abc"}}),
        ["a", "b", "c"],
        "a > b > c",
        {"b": ["2"], "a": ["1"], "c": ["3"]},
    ),
    "practical": (
        question("practical", {"criteria": {"way": {"says": "The way.", "points": 2}}}),
        {"way": 2.0},
        "",
        {"way": ["2"]},
    ),
}


def test_every_kind_has_a_sample():
    assert set(SAMPLES) == set(KINDS)
    assert len({kind.__module__ for kind in EVERY_KIND}) == len(EVERY_KIND), "a file holds two kinds"


@pytest.fixture(params=KINDS)
def sample(request):
    told, value, cell, ticks = SAMPLES[request.param]
    return make_question(told), value, cell, ticks


def test_the_right_answer_earns_everything(sample):
    asked, value, _cell, _ticks = sample
    findings = judge(Asked(asked), Answer(status="answered", value=value), Rules(), "en", {})
    assert [finding.status for finding in findings] == ["met"] * len(findings)
    assert sum(finding.earned for finding in findings) == asked.points


def test_a_blank_is_unanswered_and_earns_nothing_by_default(sample):
    asked, _value, _cell, _ticks = sample
    (finding,) = judge(Asked(asked), Answer(status="missing"), Rules(), "en", {})
    assert (finding.status, finding.earned) == ("unanswered", 0)


def test_the_same_answer_comes_from_a_file_and_from_a_sheet(sample):
    asked, value, cell, ticks = sample
    if cell:
        assert asked.part.read_cell(cell, names=True) == Answer(status="answered", value=value)
    read = asked.part.read_ticks(ticks)
    assert read is None if not ticks else read == Answer(status="answered", value=value)


def test_what_is_read_fits_and_what_belongs_elsewhere_does_not(sample):
    asked, value, _cell, _ticks = sample
    assert asked.part.fits(value)
    for other in (None, 7, ["not-there"], {"not-there": "not-there"}, [["b"]], [{}]):
        assert not asked.part.fits(other)


def test_a_sheet_has_something_to_answer_in_in_every_language(sample):
    asked, _value, _cell, _ticks = sample
    order, partners = asked.part.arrange(random.Random(3))
    for language in LANGUAGES:
        with sheet_language(language):
            assert list(asked.part.print_parts(order, partners, language))
            key = asked.part.key(order, partners, language)
        assert key is None if asked.part.by_corrector else key


def test_a_choice_that_a_class_made_is_counted(sample):
    asked, value, _cell, _ticks = sample
    choices = asked.part.choices([value, value, None], [True, True, False], (), "en")
    for choice in choices.values():
        assert choice.chosen in ((True, True, False), (False, False, False))
        assert choice.right == choice.chosen[0]


def test_every_kind_survives_writing_and_reading_its_form(sample):
    asked, _value, _cell, _ticks = sample
    assert type(asked).model_validate(asked.model_dump(mode="json")) == asked


def test_a_default_rule_counts_only_where_the_question_has_none():
    own = make_question(single(names="abc"))
    default = Rules.model_validate({"single": "formula"}).of("single")
    assert own.part.ruled_by(default).guess() == 0
    ruled = make_question(question("single", {"options": {"a": option("A", right=True), "b": option("B")},
                                              "rule": "number-right"}))  # fmt: skip
    assert ruled.part.ruled_by(default).guess() == 0.5
