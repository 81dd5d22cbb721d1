"""Whatever breaks for one student is that student's, is told, and waits; the class goes on."""

import pytest

from grader.course.course import read_course
from grader.errors import UserError
from grader.execute.pool import Resources
from grader.review.session import ReviewSession
from grader.store.work_folder import WorkFolder
from grader.verbs import notebook_report, notebooks
from grader.verbs.notebooks import Executions, score_class
from tests.review.making import make_class


@pytest.fixture
def course(tmp_path):
    return read_course(make_class(tmp_path / "course", exam=False))


@pytest.fixture
def work(course):
    work = WorkFolder(course.root / ".grader")
    score(course, work)
    return work


def score(course, work):
    return {one.grade.student: one for one in score_class(course, work, course.assignment("noise"))}


def write_pages(course, work):
    graded = [*score(course, work).values()]
    told = {"wall_s": 0.0, "watch": lambda *_: None}
    return notebook_report.report(course, work, course.assignment("noise"), graded, Executions(0, 0), **told)


def run_of(work, student):
    return next(key for (who, _), key in work.gradebook.run_keys("noise").items() if who == student)


def damage(path):
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"?")


def test_a_damaged_run_is_its_students_and_the_others_are_scored(course, work):
    before = score(course, work)
    damage(work.root / "runs" / run_of(work, "ana") / "run.json")
    after = score(course, work)
    ana = after["ana"]
    assert {finding.status for finding in ana.grade.findings} == {"unscored"}
    assert ana.trouble == (
        f"{work.root / 'runs' / run_of(work, 'ana')}: this run is damaged: its files do not match their hashes\n"
        "  `grader execute` runs the notebook again."
    )
    assert {student: one.grade.earned for student, one in after.items() if student != "ana"} == {
        student: one.grade.earned for student, one in before.items() if student != "ana"
    }


def test_what_broke_on_our_side_is_no_score_and_the_last_one_stays_on_record(course, work):
    before = work.gradebook.scores("noise")
    damage(work.root / "runs" / run_of(work, "ana") / "run.json")
    score(course, work)
    assert work.gradebook.scores("noise") == before


def test_an_error_of_ours_in_one_students_score_is_that_students(course, work, monkeypatch):
    scored = notebooks.score

    def fail(run, *arguments):
        if run.end == "finished" and run.key == run_of(work, "bruno"):
            raise ZeroDivisionError
        return scored(run, *arguments)

    monkeypatch.setattr(notebooks, "score", fail)
    after = score(course, work)
    assert [student for student, one in after.items() if one.trouble] == ["bruno"]
    assert after["bruno"].grade.needs_review


def test_pages_are_written_for_all_and_say_who_waits(course, work):
    damage(work.root / "runs" / run_of(work, "ana") / "executed.ipynb")
    for path in (work.root / "submissions").iterdir():
        damage(path)  # what the class page compares
    reported = write_pages(course, work)
    assert reported.without_page == ()
    assert "waits" in (reported.index.parent / "ana.html").read_text()


def test_a_page_that_cannot_be_written_is_named_and_an_old_one_is_taken_away(course, work, monkeypatch):
    folder = write_pages(course, work).index.parent
    rendered = notebook_report.render_student

    def fail(page):
        if page.submission.student == "ana":
            raise ZeroDivisionError
        return rendered(page)

    monkeypatch.setattr(notebook_report, "render_student", fail)
    assert write_pages(course, work).without_page == ("ana",)
    assert not (folder / "ana.html").exists()
    assert (folder / "bruno.html").exists()


def test_the_review_opens_beside_a_damaged_run(course, work):
    damage(work.root / "runs" / run_of(work, "ana") / "run.json")
    session = ReviewSession(course, work, "prof")
    session.read()
    assert [item.kind for item in session.items.values() if item.students == ("ana",)] == ["failed"]


def test_a_damaged_submission_is_not_run_and_waits_until_it_is_collected_again(course, work, monkeypatch):
    ana = next(one for one in work.gradebook.submissions("noise") if one.student == "ana")
    damage(work.root / "submissions" / f"{ana.sha256}.ipynb")
    ran = []

    def run_nothing(works, executor):
        ran.extend(works)
        return []

    monkeypatch.setattr(notebooks, "execute_all", run_nothing)
    notebooks.execute(course, work, course.assignment("noise"), Resources("none", 1), watch=lambda *_: None)
    assert len(ran) == 4
    assert ana.sha256 not in {one.sha256 for one in ran}
    scored = score(course, work)["ana"]
    assert scored.grade.needs_review
    assert "Collect it again from where it came" in scored.trouble


def test_a_class_of_which_the_first_three_fail_for_one_reason_of_ours_is_stopped(work):
    stop = notebooks._stop_where_nothing_works
    stop(3, ["No room.", "No room."], work)
    stop(3, ["No room.", "No room.", "No namespace."], work)
    stop(4, ["No room."] * 4, work)
    with pytest.raises(UserError, match=r"the first 3 notebooks failed for the same reason of ours: No room\."):
        stop(3, ["No room."] * 3, work)
