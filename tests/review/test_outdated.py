"""A decision is on the work that was judged: where something else is handed in, it waits again, the old one beside."""

import pytest

from grader.language import verbatim
from grader.model import Finding, Override
from grader.review.page import show_item
from grader.review.session import Given
from grader.score.grade import fold
from grader.verbs.notebooks import score_class
from tests.review.making import SAME_WORDS, add_student


@pytest.fixture
def decide(session):
    """Give points on a criterion of ana's, as on the page."""

    def give(criterion, earned, comment=""):
        item = next(
            item
            for item in session.items.values()
            if "ana" in item.students and [part.criterion for part in item.parts] == [criterion]
        )
        session.decide(item, ["ana"], [Given(criterion, earned, comment)])
        return item

    return give


@pytest.fixture
def hand_in(session):
    """Ana hands in something else; her findings after that."""

    def hand_in(**told):
        usual = {"words": SAME_WORDS, "bright": 3, "table": [1, 2], "code": "plot(0 * bright)"}
        add_student(session.course, session.work, "ana", **{**usual, **told})
        session.read()
        return findings(session)

    return hand_in


def findings(session):
    scored = score_class(session.course, session.work, session.course.assignment("noise"))
    (ana,) = [one.grade for one in scored if one.grade.student == "ana"]
    return {finding.criterion: finding for finding in ana.findings}


def test_praise_of_words_does_not_stay_on_other_words(session, decide, hand_in):
    decide("words", 4, "Very good reasoning.")
    assert str(findings(session)["words"].because) == "Very good reasoning."
    words = hand_in(words="I do not know.")["words"]
    assert (words.status, words.earned) == ("unscored", None)
    assert str(words.because) == (
        "A person decided on earlier work: 4 of 4 points. This work differs, so a person looks again."
    )
    (item,) = [item for item in session.walk if item.kind == "outdated"]
    assert item.waiting(session.standings()["noise"]) == ("ana",)
    (part,) = show_item(session, item, session.standings()).parts
    assert (part.decided, part.before.earned, part.before.comment) == (None, 4, "Very good reasoning.")


def test_deciding_again_settles_it_and_the_page_no_longer_waits(session, decide, hand_in):
    decide("words", 4)
    hand_in(words="I do not know.")
    item = decide("words", 1)
    assert item.kind == "outdated"
    assert findings(session)["words"].earned == 1
    assert item.waiting(session.standings()["noise"]) == ()


def test_what_was_judged_and_did_not_change_stays_decided(session, decide, hand_in):
    decide("words", 3)
    decide("table", 2)
    decide("plot", 1)
    after = hand_in()
    assert {name: after[name].earned for name in ("words", "table", "plot")} == {"words": 3, "table": 2, "plot": None}


def test_a_finding_that_a_person_changed_waits_also_where_no_person_was_asked(session, decide, hand_in):
    """The machine may be wrong of the new work in the same way."""
    decide("bright", 1)
    assert hand_in(bright=4)["bright"].status == "unscored"


def test_where_the_new_finding_says_the_same_nothing_waits(session, decide, hand_in):
    decide("bright", 0)
    assert hand_in(bright=4)["bright"].status == "missed"


def test_a_decision_taken_back_is_none_of_other_work_either(session, decide, hand_in):
    decide("bright", 1)
    session.undo()
    assert hand_in(bright=4)["bright"].status == "missed"


def test_the_same_work_run_again_keeps_its_decision(session, decide):
    decide("plot", 2)
    (submission,) = [one for one in session.work.gradebook.submissions("noise") if one.student == "ana"]
    run = session.work.runs.load(session.work.gradebook.run_keys("noise")["ana", submission.sha256])
    session.work.runs.store(run.model_copy(update={"key": "again"}), None)
    session.work.gradebook.add_run(submission, "again")
    assert findings(session)["plot"].earned == 2


def test_what_was_decided_on_an_open_page_is_on_what_it_showed(session, decide, hand_in):
    """Ana hands in something else while a person has the page open, and the class is scored by another process."""
    add_student(session.course, session.work, "ana", words="I do not know.", bright=3, table=[1, 2])
    decide("words", 4)
    assert findings(session)["words"].status == "unscored"


@pytest.mark.parametrize(
    ("decided", "now", "holds"),
    [
        (("a",), ("a",), True),
        (("a", "x"), ("b", "x"), True),
        (("a", "x"), ("b", "y"), False),
        ((), ("b",), True),
        (("a",), (), True),
    ],
)
def test_a_decision_holds_where_the_work_or_what_was_looked_at_is_the_same_or_not_known(decided, now, holds):
    finding = Finding(
        criterion="c", says="", status="missed", earned=0, possible=2, because=verbatim("No."), judged=now
    )
    told = {"student": "ana", "assignment": "a", "who": "prof", "when": "2024-08-01T00:00:00Z"}
    override = Override(criterion="c", earned=2, judged=decided, **told)
    (folded,) = fold([finding], [override])
    assert folded.earned == (2 if holds else None)
