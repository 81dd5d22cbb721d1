"""Before a class is run, the grader says how long it will take, as far as anything is known of such notebooks."""

import json

import pytest

from grader.course.course import read_course
from grader.model import Run
from grader.store.work_folder import WorkFolder
from grader.verbs.collection import collect
from grader.verbs.forecast import Forecast, foresee
from tests.small_course import RIGHT, notebook_of, run_grader, write_class, write_course


@pytest.fixture
def assignment(tmp_path):
    return read_course(write_course(tmp_path / "course")).assignment("hello")


@pytest.fixture
def handed_in(tmp_path, assignment):
    """Collects notebooks, each given as the milliseconds that Colab noted for its cells, and returns them."""

    def hand_in(**elapsed):
        contents = {who: noted_by_colab(who, each) for who, each in elapsed.items()}
        work = WorkFolder(tmp_path / "work")
        course = read_course(tmp_path / "course")
        collect(course, work, assignment, [str(write_class(tmp_path / "in", **contents))])
        return work, work.gradebook.submissions("hello")

    return hand_in


def noted_by_colab(who, elapsed):
    tree = json.loads(notebook_of(*RIGHT, f"# {who}"))
    for cell, each in zip(tree["cells"], elapsed, strict=False):
        cell["metadata"]["executionInfo"] = {"elapsed": each, "status": "ok"}
    return json.dumps(tree)


def test_of_notebooks_of_which_nothing_is_known_it_says_so(assignment, handed_in):
    work, submissions = handed_in(ana=[], bruno=[])
    assert str(foresee(work, assignment, submissions, 2)) == (
        "2 notebooks to run, 2 at once. How long they take is not known before the first has ended."
    )


def test_the_times_that_colab_noted_are_taken_where_there_are_no_earlier_runs(assignment, handed_in):
    work, submissions = handed_in(ana=[20_000, 10_000], bruno=[40_000], carla=[50_000])
    assert str(foresee(work, assignment, submissions, 2)) == (
        "3 notebooks to run, 2 at once: about 80 s, by the times that Colab noted in them."
    )


@pytest.mark.parametrize("elapsed", [["soon"], [None], [float("nan")], [-5], [float("inf")], [{}], [1e308, 1e308]])
def test_what_a_student_wrote_in_place_of_a_time_is_no_time(assignment, handed_in, elapsed):
    work, submissions = handed_in(ana=elapsed, bruno=[4000])
    assert foresee(work, assignment, submissions, 1).seconds == 4.0


def test_a_time_beyond_the_limit_of_a_notebook_counts_as_the_limit(assignment, handed_in):
    work, submissions = handed_in(ana=[10**12])
    assert foresee(work, assignment, submissions, 1).seconds == assignment.file.limits.notebook_s


def test_earlier_runs_of_the_assignment_go_before_and_those_that_failed_tell_nothing(assignment, handed_in):
    work, submissions = handed_in(ana=[1000], bruno=[1000], carla=[1000])
    for submission, end, took_s in zip(submissions, ("finished", "failed", "finished"), (30, 900, 50), strict=True):
        run = Run(key=submission.student, sha256=submission.sha256, end=end, because="", took_s=took_s)
        work.runs.store(run, None)
        work.gradebook.add_run(submission, run.key)
    told = foresee(work, assignment, submissions, 1)
    assert (told.seconds, told.by) == (40, "2 earlier runs")
    assert str(told) == "3 notebooks to run, 1 at once: about 2 minutes and 1 MiB of the disk, by 2 earlier runs."


@pytest.mark.parametrize(
    ("notebooks", "seconds", "mib", "says"),
    [
        (1, 0.2, 0.1, "1 notebook to run, 2 at once: about 1 s and 1 MiB of the disk, by it."),
        (2, 89.4, None, "2 notebooks to run, 2 at once: about 89 s, by it."),
        (3, 45, None, "3 notebooks to run, 2 at once: about 2 minutes, by it."),
        (40, 300, 60, "40 notebooks to run, 2 at once: about 1.7 hours and 2.3 GiB of the disk, by it."),
    ],
)
def test_time_and_room_are_told_in_round_numbers(notebooks, seconds, mib, says):
    assert str(Forecast(notebooks, 2, seconds, mib, "it")) == says


def test_grade_says_the_forecast_before_it_runs_a_class_and_nothing_where_nothing_is_run(tmp_path):
    course, work = write_course(tmp_path / "course"), tmp_path / "work"
    folder = write_class(tmp_path / "in", ana=noted_by_colab("ana", [3000]))
    first = run_grader(course, work, "grade", "hello", folder, "--json")
    assert "1 notebook to run, 2 at once: about 3 s, by the times that Colab noted in them.\n" in first.err
    again = run_grader(course, work, "grade", "hello", folder, "--json", "--again")
    assert "by 1 earlier run.\n" in again.err
    assert "to run" not in run_grader(course, work, "grade", "hello", "--json").err
