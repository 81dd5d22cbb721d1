"""What every question has in common once it is judged: what waits, what is void, in whose language, and the edges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.exam.judging import not_judged
from grader.exam.revisions import Asked
from grader.language import verbatim
from grader.model import Answer

from .judged import MATCHING, NUMERIC, ORDERING, OUTPUT, PRACTICAL, TEXT, find, found
from .making import make_question, multiple, question, rows, single

# ---- what is no response --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("told", [single(), multiple(), rows(), NUMERIC, TEXT, OUTPUT, MATCHING, ORDERING])
def test_a_question_whose_response_was_never_read_is_not_a_zero(told):
    finding = found(told, None)
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because) == "No response to this question has been read yet."


@pytest.mark.parametrize(
    ("told", "right"),
    [
        (single(), "Right is “Option b”."),
        (multiple(), "Right is “Option a”, “Option c”, “Option e”."),
        (
            rows(),
            "“Statement a” is true. “Statement b” is true. “Statement c” is false. “Statement d” is false.",
        ),
        (NUMERIC, "Right is 520 px."),
        (TEXT, "Right is “homography”."),
        (OUTPUT, "It prints `(8, 16)`."),
        (
            MATCHING,
            "To “La” belongs “Ra”. To “Lb” belongs “Rb”. To “Lc” belongs “Rc”. To “Ld” belongs “Rd”.",
        ),
        (ORDERING, "Right is “Step a” → “Step b” → “Step c” → “Step d”."),
    ],
)
def test_a_blank_is_told_what_was_right(told, right):
    finding = found(told, Answer(status="missing"))
    assert (finding.status, finding.earned) == ("unanswered", 0)
    assert str(finding.because) == f"There is no answer. {right} So it is."


@pytest.mark.parametrize(
    ("told", "value"),
    [
        (single(), ["z"]),
        (single(), ["a", "b"]),
        (multiple(), ["a", "z"]),
        (rows(), {"z": True}),
        (NUMERIC, ["520"]),
        (MATCHING, {"a": "z"}),
        (ORDERING, ["a", "b"]),
    ],
)
def test_a_response_to_another_version_of_the_question_waits(told, value):
    finding = found(told, value)
    assert finding.status == "unscored"
    assert str(finding.because) == "The response was read for another version of this question: import it again."


def test_what_could_not_be_read_waits_with_its_reason():
    finding = found(single(), Answer(status="unusable", because=verbatim("Two boxes are ticked.")))
    assert (finding.status, str(finding.because)) == ("unscored", "Two boxes are ticked.")


# ---- void questions -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("void", "earned", "because"),
    [
        ("full", 2, "Everybody gets its points: Misprinted."),
        ("remove", 0, "The question counts for nobody: Misprinted."),
    ],
)
def test_a_void_question_treats_all_alike(void, earned, because):
    for value in (["b"], ["c"], Answer(status="missing"), None):
        finding = found(single(), value, void=void, why=("Misprinted.",))
        assert (finding.status, finding.earned, finding.possible, str(finding.because)) == (
            "met",
            earned,
            earned,
            because,
        )


def test_the_reasons_of_several_revisions_follow_each_other():
    finding = found(single(), ["b"], void="full", why=("Misprinted.", "Still unclear."))
    assert str(finding.because) == "Everybody gets its points: Misprinted. Still unclear."


# ---- who reads it ---------------------------------------------------------------------------------------------------


IN_TWO = single(
    asks={"en": "Which one?", "es": "¿Cuál?"},
    explanation={"en": "So it is.", "es": "Así es."},
)
IN_TWO["single"]["options"]["b"]["says"] = {"en": "The edge", "es": "El borde"}
STEPS_IN_TWO = question(
    "practical", {"criteria": {"way": {"says": {"en": "The way.", "es": "El camino."}, "points": 2}}}
)


@pytest.mark.parametrize(
    ("language", "says", "right"), [("en", "Which one?", "The edge"), ("es", "¿Cuál?", "El borde")]
)
def test_a_finding_is_in_the_language_that_is_asked_for(language, says, right):
    judged = found(IN_TWO, ["b"], language=language)
    blank = found(IN_TWO, Answer(status="missing"), language=language)
    waiting = found(IN_TWO, None, language=language)
    void = found(IN_TWO, ["b"], language=language, void="full", why=("Misprinted.",))
    assert {finding.says for finding in (judged, blank, waiting, void)} == {says}
    assert right in str(judged.because)
    assert right in str(blank.because)
    assert str(judged.because).endswith("So it is." if language == "en" else "Así es.")


@pytest.mark.parametrize(("language", "says"), [("en", "The way."), ("es", "El camino.")])
def test_a_step_of_a_practical_exercise_is_in_the_language_that_is_asked_for(language, says):
    waiting, judged = (found(STEPS_IN_TWO, value, language=language) for value in (None, {"way": 2}))
    assert waiting.says == judged.says == says


# ---- the edges of a share -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "status"),
    [(0, "missed"), (1e-9, "missed"), (2e-9, "partly"), (1 - 2e-9, "partly"), (1 - 1e-9, "met"), (1, "met")],
)
def test_a_share_is_all_or_nothing_to_a_billionth_since_sums_of_thirds_are_not_exact(share, status):
    told = question("practical", {"assignment": "camera"}, points=10)
    finding = found(told, None, shares={"camera": share})
    assert (finding.status, finding.earned) == (status, share * 10)


# ---- what cannot be judged ------------------------------------------------------------------------------------------


def test_where_judging_fails_the_question_waits_for_a_person():
    asked = Asked(make_question(IN_TWO))
    (finding,) = not_judged(asked, "es", KeyError("b"))
    assert (finding.criterion, finding.says, finding.status, finding.earned, finding.possible) == (
        "q",
        "¿Cuál?",
        "unscored",
        None,
        2,
    )
    assert str(finding.because) == "The grader failed on this criterion (KeyError); a person looks at it."


def test_where_judging_fails_each_step_of_a_practical_exercise_waits():
    findings = not_judged(Asked(make_question(PRACTICAL)), "en", ValueError())
    assert [(finding.criterion, finding.possible, finding.status) for finding in findings] == [
        ("q-way", 3, "unscored"),
        ("q-sum", 1, "unscored"),
    ]


# ---- what holds for every response ----------------------------------------------------------------------------------


@given(st.one_of(st.none(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text()), st.integers()))
def test_whatever_a_response_holds_every_question_has_a_finding_in_its_bounds(value):
    for told in (single(), multiple(), rows(), NUMERIC, TEXT, OUTPUT, MATCHING, ORDERING, PRACTICAL):
        for finding in find(told, Answer(status="answered", value=value)):
            assert str(finding.because)
            assert (finding.earned is None) == (finding.status == "unscored")
            assert finding.earned is None or 0 <= finding.earned <= finding.possible
