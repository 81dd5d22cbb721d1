"""The gradebook keeps everything that was handed in, scored and decided."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from grader.language import verbatim
from grader.model import Extension, Finding, HandInEvidence, Override, Submission
from grader.store.gradebook import Gradebook, Score


@pytest.fixture
def gradebook(tmp_path):
    return Gradebook(tmp_path / "gradebook.sqlite")


def submission(student="ana", sha256="a", assignment="hello"):
    return Submission(student=student, assignment=assignment, sha256=sha256, source="folder: x")


def finding(earned=2.0, possible=4.0):
    status = "unscored" if earned is None else "partly"
    return Finding(
        criterion="it", says="It is so.", status=status, earned=earned, possible=possible, because=verbatim("…")
    )


def override(earned, criterion="it"):
    return Override(
        student="ana",
        assignment="hello",
        criterion=criterion,
        earned=earned,
        who="x",
        when=datetime(2024, 8, 1, tzinfo=UTC),
    )


def hashes(gradebook):
    return {found.student: found.sha256 for found in gradebook.submissions("hello")}


def test_the_last_submission_of_a_student_counts(gradebook):
    assert gradebook.add_submissions([submission(sha256="a"), submission("bruno", "b")]) == 2
    assert gradebook.add_submissions([submission(sha256="c"), submission("bruno", "b")]) == 1
    assert hashes(gradebook) == {"ana": "c", "bruno": "b"}


def test_a_submission_that_was_handed_in_before_counts_again(gradebook):
    for sha256 in ("a", "b", "a"):
        gradebook.add_submissions([submission(sha256=sha256)])
    assert hashes(gradebook) == {"ana": "a"}


def test_what_has_a_time_is_added_once_and_every_state_of_it_is_kept(gradebook):
    evidence = HandInEvidence(
        kind="link", file="f", revision="1", looked=datetime(2024, 8, 2, tzinfo=UTC), flags=(verbatim("So."),)
    )
    first = submission().model_copy(update={"received": datetime(2024, 8, 1, tzinfo=UTC), "evidence": evidence})
    again = first.model_copy(update={"received": datetime(2024, 8, 3, tzinfo=UTC)})
    other = again.model_copy(update={"sha256": "b"})
    assert gradebook.add_submissions([first, other]) == 2
    assert gradebook.add_submissions([first, again, other, again]) == 1
    assert gradebook.submissions("hello") == [first, other, again]


def test_extensions_are_appended_and_come_back_oldest_first(gradebook):
    when = datetime(2024, 8, 1, tzinfo=UTC)
    given = [
        Extension(student="ana", assignment="hello", until=until, who="x", when=when, why="ill")
        for until in (when, None)
    ]
    for extension in given:
        gradebook.add_extension(extension)
    assert gradebook.extensions("hello") == given
    assert gradebook.extensions("other") == []


def test_assignments_do_not_see_each_other(gradebook):
    gradebook.add_submissions([submission(assignment="other")])
    assert gradebook.submissions("hello") == []


def test_when_it_came_is_kept_to_the_second_and_zone(gradebook):
    received = datetime(2024, 8, 10, 23, 59, 59, tzinfo=UTC)
    gradebook.add_submissions([submission().model_copy(update={"received": received})])
    assert gradebook.submissions("hello")[0].received == received


def test_the_last_run_noted_is_the_one_that_is_scored(gradebook):
    for key in ("one", "two", "one"):
        gradebook.add_run(submission(), key)
    assert gradebook.run_keys("hello") == {("ana", "a"): "one"}


def test_a_run_that_is_noted_again_and_again_is_one_event(gradebook):
    for key in ("one", "one", "two", "two"):
        gradebook.add_run(submission(), key)
        gradebook.add_run(submission(sha256="b"), "other")
    assert len(gradebook.log.read("run", "hello")) == 3


def test_a_score_is_added_only_where_it_differs_from_the_last(gradebook):
    for earned, rows in ((1.0, 1), (1.0, 1), (2.0, 2), (1.0, 3)):
        score = Score("ana", "run", (finding(earned),))
        gradebook.add_scores("hello", [(submission(), score)])
        assert len(gradebook.log.read("score", "hello")) == rows
        assert gradebook.scores("hello") == [score]


def test_overrides_are_appended_and_come_back_oldest_first(gradebook, tmp_path):
    for earned in (1.0, 3.0, 2.0):
        gradebook.add_override(override(earned))
    gradebook.add_overrides([override(None), override(4.0)])
    again = Gradebook(tmp_path / "gradebook.sqlite")
    assert [found.earned for found in again.overrides("hello")] == [1.0, 3.0, 2.0, None, 4.0]
    assert again.overrides("other") == []


def test_what_is_read_and_appended_in_one_piece_no_other_process_comes_between(gradebook, tmp_path):
    other = Gradebook(tmp_path / "gradebook.sqlite")
    arrived = []
    with ThreadPoolExecutor() as pool:
        with gradebook.log.writing():
            later = pool.submit(lambda: arrived.append(other.add_submissions([submission(sha256="b")])))
            assert not later.done()
            gradebook.add_submissions([submission(sha256="a")])
            assert not arrived
        later.result()
    assert [one.sha256 for one in gradebook.submissions("hello")] == ["a", "b"]


def test_decisions_that_belong_together_are_kept_all_or_none(gradebook):
    def decide():
        with gradebook.log.writing():
            gradebook.add_overrides([override(1.0)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        decide()
    assert gradebook.overrides("hello") == []


def test_an_event_says_when_who_and_whose(gradebook):
    gradebook.add_overrides([override(1.0)])
    (event,) = gradebook.log.read("decision", "hello")
    assert (event.at, event.who, event.student) == ("2024-08-01T00:00:00+00:00", "x", "ana")
