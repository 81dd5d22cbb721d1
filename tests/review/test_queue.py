"""The queue holds all that needs a person, and the same answer once."""

from __future__ import annotations

from grader.review.session import Given, ReviewSession
from tests.review.conftest import Find
from tests.review.making import add_student

WAITING = [
    ("unreadable", ["bright", "words", "table", "plot"], ("eva",)),
    ("failed", ["bright", "words", "table", "plot"], ("fede",)),
    ("words", ["words"], ("ana", "bruno")),
    ("words", ["words"], ("carla",)),
    ("answer", ["table"], ("ana", "bruno", "dora")),
    ("answer", ["table"], ("carla",)),
    ("notebook", ["plot"], ("ana",)),
    ("notebook", ["plot"], ("bruno",)),
    ("notebook", ["plot"], ("carla",)),
    ("notebook", ["plot"], ("dora",)),
    ("response", ["operator"], ("bruno", "carla")),
    ("response", ["operator"], ("ana",)),
    ("response", ["kernel"], ("carla",)),
]


def test_everything_that_waits_is_in_the_queue_and_equal_answers_once(session: ReviewSession) -> None:
    found = [(item.kind, [part.criterion for part in item.parts], item.students) for item in session.walk]
    assert found == WAITING


def test_no_finding_is_out_of_reach(session: ReviewSession) -> None:
    reached = {
        (item.assignment, student, part.criterion)
        for item in session.items.values()
        for student in item.students
        for part in item.parts
    }
    scored = {
        (name, student, finding.criterion)
        for name, standings in session.standings().items()
        for student, standing in standings.items()
        for finding in standing.findings
    }
    assert reached == scored


def test_the_guide_of_the_rubric_stands_beside_the_item(session: ReviewSession, find: Find) -> None:
    assert str(find("words", "ana").parts[0].guide) == "Full: it grows with the picture. Half: it gets stronger."
    assert str(find("operator", "ana").parts[0].guide) == "Accepted: “Laplacian”. So it is."


def test_an_item_waits_until_all_of_its_students_are_decided(session: ReviewSession, find: Find) -> None:
    item = find("words", "ana")
    session.decide(item, ["ana"], [Given("words", 2.0)])
    assert item.waiting(session.standings()["noise"]) == ("bruno",)
    session.decide(item, ["bruno"], [Given("words", 2.0)])
    assert item.waiting(session.standings()["noise"]) == ()


def test_a_file_that_is_no_notebook_waits_until_a_person_has_said_so(session: ReviewSession, find: Find) -> None:
    item = find("words", "eva")
    criteria = [part.criterion for part in item.parts]
    session.decide(item, item.students, [Given(criterion, 0.0) for criterion in criteria[:3]])
    assert item.waiting(session.standings()["noise"]) == ("eva",)
    session.decide(item, item.students, [Given("plot", 0.0)])
    assert item.waiting(session.standings()["noise"]) == ()


def test_walking_goes_from_one_that_waits_to_the_next_and_begins_again(session: ReviewSession, find: Find) -> None:
    standings = session.standings()
    walk = session.walk
    assert session.next_waiting("", standings) == walk[0]
    assert session.next_waiting(walk[0].key, standings) == walk[1]
    assert session.next_waiting(walk[-1].key, standings) == walk[0]
    item = walk[1]
    session.decide(item, item.students, [Given(part.criterion, 0.0) for part in item.parts])
    assert session.next_waiting(walk[0].key, session.standings()) == walk[2]


def test_where_nothing_waits_the_walk_ends(session: ReviewSession) -> None:
    for item in session.walk:
        session.decide(item, item.students, [Given(part.criterion, 0.0) for part in item.parts])
    assert session.next_waiting("", session.standings()) is None


def test_reading_again_finds_who_came_since_and_keeps_what_was_decided(session: ReviewSession, find: Find) -> None:
    session.decide(find("words", "ana"), ["ana", "bruno"], [Given("words", 2.0)])
    add_student(session.course, session.work, "gil", words="It gets stronger.", bright=3, table=[3])
    session.read()
    assert find("words", "gil").students == ("carla", "gil")
    assert find("words", "ana").waiting(session.standings()["noise"]) == ()


def test_a_class_that_cannot_be_scored_anew_is_shown_as_it_was_with_the_reason(session: ReviewSession) -> None:
    path = session.course.root / "rubrics/noise.yaml"
    path.write_text(path.read_text().replace("variable: table", "call: table"))
    add_student(session.course, session.work, "gil", words="x")
    for folder in (session.work.root / "runs").iterdir():
        if "gil" in folder.name:
            folder.rename(folder.with_name("gone"))
    with session.work.locked():
        session.read()
    (note, exam) = session.notes
    assert str(note).startswith("noise is shown as it was scored last. ")
    assert "another grader is at work in this folder" in str(note)
    assert str(exam).startswith("finals is shown as it was scored last. ")
    assert len(session.walk) == len(WAITING)
