"""A class of quick notebooks, some of them no notebooks at all, through the whole of `grader grade`."""

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from grader.model import Override
from grader.store.gradebook import Gradebook
from tests.cli.odd_class import ALL, POINTS, UNREADABLE
from tests.small_course import RIGHT, RUBRIC, WRONG, command, notebook_of, run_grader, write_class, write_course
from tests.waiting import PATIENCE_S, wait_until


@pytest.fixture
def graded(evening, tmp_path):
    """A copy of that course and its work folder, to go on from."""
    root, _ = evening
    for name in ("course", "work"):
        shutil.copytree(root / name, tmp_path / name, symlinks=True)
    return tmp_path / "course", tmp_path / "work"


@pytest.fixture
def fresh(evening, tmp_path):
    """A work folder in which nothing was run; what the reference answered is there already."""
    root, _ = evening
    shutil.copytree(root / "work" / "expected", tmp_path / "work" / "expected")
    return root / "course", tmp_path / "work"


def test_every_notebook_gets_its_points_and_standard_error_only_progress(evening):
    _, ended = evening
    assert ended.code == 0, ended.err
    assert ended.points == POINTS
    assert (ended.told["executed"], ended.told["reused"]) == (ALL, 0)
    assert (
        re.sub(r"(asking the reference|running notebooks|writing pages|\d+ notebooks to run,) .*\n", "", ended.err)
        == ""
    )


def test_a_script_reads_of_each_student_what_the_design_promises(evening):
    _, ended = evening
    assert ended.students["bruno"] == {
        "student": "bruno",
        "earned": 1.0,
        "possible": 4.0,
        "needs_review": False,
        "late_by_s": 0.0,
        "end": "finished",
        "findings": ended.students["bruno"]["findings"],
        "cells": [
            {"number": 1, "end": "ok", "cause": None, "made": ["double"], "because": ""},
            {"number": 2, "end": "ok", "cause": None, "made": ["word"], "because": ""},
        ],
    }
    assert ended.students["bruno"]["findings"][2] == {
        "criterion": "word",
        "status": "met",
        "earned": 1.0,
        "possible": 1.0,
        "because": '`word` is "hola", as expected.',
        "diagnosis": None,
        "cause": None,
        "cells": [2],
    }


def test_a_script_reads_how_the_class_did_on_each_criterion(evening):
    _, ended = evening
    told = {entry["criterion"]: entry for entry in ended.told["criteria"]}
    assert list(told) == ["double", "unseen", "word"]
    found = {name: finding for name, entry in ended.students.items() for finding in entry["findings"][:1]}
    double = told["double"]
    statuses = ("met", "partly", "missed", "unanswered", "unscored")
    assert {status: double[status] for status in statuses} == {
        status: sum(finding["status"] == status for finding in found.values()) for status in statuses
    }
    assert double["judged"] == ALL
    assert double["possible"] == 2.0
    assert double["mistakes"] == [], "three numbers are too few to name one"
    assert 0 < double["discrimination"] <= 1


@pytest.mark.parametrize("student", UNREADABLE)
def test_what_is_no_notebook_is_told_its_student_in_a_sentence_and_costs_nobody_else_anything(evening, student):
    root, ended = evening
    entry, (content, sentence) = ended.students[student], UNREADABLE[student]
    assert entry["end"] == "unreadable"
    assert {finding["because"] for finding in entry["findings"]} == {sentence}
    assert {finding["status"] for finding in entry["findings"]} == {"unanswered"}
    kept = [path for path in (root / "work" / "submissions").iterdir() if path.read_bytes() == content]
    assert len(kept) == 1, "what was handed in is kept as it came"


def test_each_student_has_a_page_and_the_class_one(evening):
    root, _ = evening
    pages = {path.name for path in (root / "work" / "reports" / "hello").iterdir()}
    assert pages == {"index.html"} | {f"{student}.html" for student in POINTS}


def test_the_same_class_gets_the_same_findings_with_four_jobs(evening, fresh):
    root, once = evening
    course, work = fresh
    again = run_grader(course, work, "grade", "hello", root / "class", "--jobs", 4, "--json")
    assert again.code == 0, again.err
    assert again.told == once.told


def test_a_class_that_is_graded_again_runs_nothing(graded):
    course, work = graded
    again = run_grader(course, work, "grade", "hello", "--json")
    assert (again.told["executed"], again.told["reused"]) == (0, ALL)
    assert again.points == POINTS


def test_what_is_not_run_again_is_not_even_read(graded):
    """So that a class of any size starts at once, and need not fit into memory."""
    course, work = graded
    for path in (work / "submissions").iterdir():
        path.unlink()
    again = run_grader(course, work, "execute", "hello")
    assert (again.code, again.out) == (0, f"0 run now, {ALL} not run again.\n"), again.err


def finished(work):
    """The runs that are whole; drafts begin with a dot."""
    return [path for path in work.glob("runs/*/run.json") if not path.parent.name.startswith(".")]


def processes():
    """pid -> parent, of every process there is."""
    found = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            found[int(path.parent.name)] = int(path.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    return found


def descendants(pid):
    parents = processes()
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


def test_a_killed_grader_goes_on_where_it_was_and_meanwhile_no_other_one_may_start(evening, fresh, tmp_path):
    root, undisturbed = evening
    course, work = fresh
    line = command(course, work, "grade", "hello", root / "class", "--jobs", 1)
    first = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: len(finished(work)) >= 3 or first.poll() is not None, "three runs are stored")
        assert first.poll() is None, "it ended before it could be killed"
        first.send_signal(signal.SIGSTOP)
        stored = len(finished(work))
        second = run_grader(course, work, "grade", "hello")
        kernels = descendants(first.pid)
    finally:
        first.kill()
        first.wait()
    assert (second.code, second.out) == (2, "")
    assert second.err == (
        f"grader: {work}: another grader is at work in this folder (process {first.pid})\n"
        "  Wait until it has ended, or choose another folder with --work DIR.\n"
    )
    assert 3 <= stored < ALL, "it was killed in the middle of the class"
    assert kernels
    wait_until(lambda: not kernels & processes().keys(), "the kernels end with the grader that started them")

    again = run_grader(course, work, "grade", "hello", root / "class", "--jobs", 1, "--json")
    assert (again.told["executed"], again.told["reused"]) == (ALL - stored, stored)
    assert again.told["students"] == undisturbed.told["students"]
    one, other = (Gradebook(path / "gradebook.sqlite").scores("hello") for path in (work, root / "work"))
    assert one == other


def test_a_stopped_grader_says_so_in_a_line_and_goes_on_later(evening, fresh):
    root, _ = evening
    course, work = fresh
    line = command(course, work, "grade", "hello", root / "class", "--jobs", 2)
    first = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    wait_until(lambda: finished(work) or first.poll() is not None, "a run is stored")
    first.send_signal(signal.SIGINT)
    out, err = first.communicate(timeout=PATIENCE_S)
    assert first.returncode == 130
    assert out == ""
    assert err.endswith("\ngrader: stopped. What is done stays done: the same command goes on from here.\n")
    assert "Traceback" not in err


AUDITED = """
import os, sys
def refuse(event, arguments):
    if event in ("subprocess.Popen", "os.fork", "os.forkpty", "os.posix_spawn", "os.exec", "os.system"):
        os.write(2, f"it started something: {event}".encode())
        os._exit(99)
sys.addaudithook(refuse)
sys.argv = ["grader", *sys.argv[1:]]
from grader.cli import main
main()
"""


def run_alone(course, work, *arguments):
    """The command in a process that ends at once where it starts another one, of whatever kind."""
    line = [sys.executable, "-c", AUDITED, "--course", course, "--work", work, *arguments]
    return subprocess.run([*map(str, line)], capture_output=True, text=True, check=False)


def test_a_process_that_may_start_no_other_cannot_run_a_notebook(graded):
    """So that the next test proves something."""
    course, work = graded
    assert run_alone(course, work, "execute", "hello", "--again").returncode == 99


def test_a_change_of_points_starts_no_process_at_all_and_tells_before_and_after(graded):
    course, work = graded
    text = RUBRIC.replace("points: 4", "points: 7").replace("points: 2, probe: doubled", "points: 5, probe: doubled")
    (course / "rubrics" / "hello.yaml").write_text(text)
    ended = run_alone(course, work, "score", "hello")
    assert ended.returncode == 0, ended.stderr
    assert "The points of 5 of 13 students changed:\n  ana: 4 → 7\n" in ended.stdout
    assert "  malformed: 3 → 6\n" in ended.stdout
    again = json.loads(run_alone(course, work, "score", "hello", "--json").stdout)
    assert {entry["student"]: entry["earned"] for entry in again["students"]}["ana"] == 7.0
    assert "changed" not in run_alone(course, work, "score", "hello").stdout, "it is told once"


def scores_in(work):
    """Every row that was ever noted of a score."""
    with sqlite3.connect(work / "gradebook.sqlite") as book:
        return list(book.iterdump())


def test_a_dry_run_says_whose_points_would_change_where_and_why_and_notes_nothing(graded):
    course, work = graded
    changed = RUBRIC.replace("points: 4", "points: 7").replace("points: 2, probe: doubled", "points: 5, probe: doubled")
    (course / "rubrics" / "hello.yaml").write_text(changed.replace("expect: {value: hola}", "expect: {value: chau}"))
    before = scores_in(work)
    ended = run_alone(course, work, "score", "hello", "--dry-run", "--json")
    assert (ended.returncode, scores_in(work)) == (0, before)
    told = json.loads(ended.stdout)
    assert (told["assignment"], told["scored"], told["new"]) == ("hello", 13, [])
    students = {entry["student"]: entry for entry in told["students"]}
    double, word = students["ana"]["changes"]
    assert (students["ana"]["was"], students["ana"]["now"]) == (4.0, 6.0)
    assert (double["criterion"], double["was"]["earned"], double["now"]["earned"]) == ("double", 2.0, 5.0)
    assert double["why"] == "It was worth 2 points, and is worth 5."
    assert (word["was"]["status"], word["now"]["status"]) == ("met", "missed")
    assert word["why"] == word["now"]["because"] == '`word` is "hola", but "chau" is expected.'
    assert [one["now"]["earned"] for one in students["carla"]["changes"]] == [0.0, 1.0]
    assert "The points of 7 of 13 students changed:" in run_alone(course, work, "score", "hello").stdout
    assert scores_in(work) != before


def test_a_dry_run_prints_a_row_for_each_criterion_that_would_change(graded):
    course, work = graded
    changed = RUBRIC.replace(
        "id: unseen, says: double is right on other numbers too., points: 1, probe: unseen",
        "id: same, says: A new one., points: 1, probe: unseen",
    )
    (course / "rubrics" / "hello.yaml").write_text(changed)
    ended = run_alone(course, work, "score", "hello", "--dry-run")
    assert ended.returncode == 0, ended.stderr
    lines = [" ".join(line.split()) for line in ended.stdout.splitlines()]
    start = lines.index("bruno 1 of 4 1 of 4")
    assert lines[start + 1 : start + 3] == [
        "same missed, 0 of 1 The rubric had no such criterion.",
        "unseen missed, 0 of 1 The rubric no longer has this criterion.",
    ]
    assert lines[-2:] == [
        "13 of 13 students would be scored differently. Nothing was noted.",
        "To score them so: grader score hello",
    ]


def test_a_dry_run_of_a_rubric_that_did_not_change_changes_nobody_and_one_that_asks_anew_waits(graded):
    course, work = graded
    ended = run_alone(course, work, "score", "hello", "--dry-run")
    assert (ended.returncode, ended.stdout) == (
        0,
        "0 of 13 students would be scored differently. Nothing was noted.\n",
    )
    (course / "rubrics" / "hello.yaml").write_text(RUBRIC.replace("word: {variable: word}", "word: {evaluate: word}"))
    ended = run_alone(course, work, "score", "hello", "--dry-run", "--json")
    assert ended.returncode == 1, "somebody would wait"
    (word,) = json.loads(ended.stdout)["students"][0]["changes"]
    assert word["why"] == "This run was not asked the probe `word`; it waits until it is run again."


def test_a_dry_run_names_who_has_not_been_scored_before(graded):
    course, work = graded
    write_class(course / "more", zoe=RIGHT)
    assert run_grader(course, work, "collect", "hello", course / "more").code == 0
    assert run_grader(course, work, "execute", "hello").code == 0
    ended = run_alone(course, work, "score", "hello", "--dry-run")
    assert ended.stdout.splitlines()[-1] == "Not scored before: zoe."
    assert json.loads(run_alone(course, work, "score", "hello", "--dry-run", "--json").stdout)["new"] == ["zoe"]


def test_a_changed_probe_waits_until_it_is_asked_again_and_decisions_outlive_both(graded):
    course, work = graded
    decided = Override(
        student="bruno",
        assignment="hello",
        criterion="double",
        earned=1.5,
        comment="Nearly: three times is not twice.",
        who="eva",
        when=datetime(2024, 8, 12, tzinfo=UTC),
    )
    Gradebook(work / "gradebook.sqlite").add_override(decided)
    (course / "rubrics" / "hello.yaml").write_text(RUBRIC.replace("word: {variable: word}", "word: {evaluate: word}"))

    scored = run_grader(course, work, "score", "hello", "--json")
    assert scored.code == 1, "somebody waits"
    double, _, word = scored.students["bruno"]["findings"]
    assert (double["status"], double["earned"], double["because"]) == ("partly", 1.5, decided.comment)
    assert (word["status"], word["earned"]) == ("unscored", None)
    assert word["because"] == "This run was not asked the probe `word`; it waits until it is run again."
    assert scored.students["bruno"]["needs_review"]

    again = run_grader(course, work, "grade", "hello", "--json")
    assert again.code == 0, again.err
    assert (again.told["executed"], again.told["reused"]) == (ALL, 0)
    assert again.points == {**POINTS, "bruno": 2.5}
    assert again.students["bruno"]["findings"][0]["because"] == decided.comment


def test_a_run_that_was_lost_from_the_work_folder_is_told_and_made_again(graded):
    course, work = graded
    shutil.rmtree(work / "runs")
    ended = run_grader(course, work, "score", "hello")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out.count("run is damaged: it cannot be read") == 13
    assert ended.out.count("`grader execute` runs the notebook again.") == 13
    again = run_grader(course, work, "grade", "hello", "--json")
    assert (again.told["executed"], again.told["reused"]) == (13, 0)


def test_what_people_read_is_a_table_of_the_class_and_the_page_to_open(graded):
    course, work = graded
    (course / "class").mkdir()
    ended = run_grader(course, work, "grade", "hello", "--sandbox", "bubblewrap", COLUMNS="80")
    lines = ended.out.splitlines()
    assert lines[0].split() == ["student", "points", "run", "findings"]
    assert lines[1].split() == ["ana", "4", "of", "4", "finished", "●●●"]
    assert lines[-1] == f"The class page: {work}/reports/hello/index.html"
    assert re.fullmatch(r"0 run now, 13 not run again, in \d+ s\.", lines[-2])
    assert os.path.exists(lines[-1].removeprefix("The class page: "))


@pytest.fixture
def path_without_bwrap(tmp_path):
    """All commands of this machine but one."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for directory in ("/usr/bin", "/bin"):
        for path in Path(directory).iterdir():
            if path.name != "bwrap" and not (folder / path.name).exists():
                (folder / path.name).symlink_to(path)
    return str(folder)


def test_without_a_sandbox_a_class_is_graded_where_it_is_asked_for_and_every_page_says_so(
    evening, tmp_path, path_without_bwrap
):
    root, _ = evening
    course, work = root / "course", tmp_path / "work"
    shutil.copytree(root / "work" / "expected", work / "expected")
    folder = write_class(tmp_path / "class", ana=RIGHT)
    ended = run_grader(course, work, "grade", "hello", folder, "--sandbox", "none", "--json", PATH=path_without_bwrap)
    assert ended.code == 0, ended.err
    assert ended.points == {"ana": 4.0}
    for page in ("ana.html", "index.html"):
        assert "without a sandbox" in (work / "reports" / "hello" / page).read_text()


def test_grade_names_what_could_not_be_collected(course, tmp_path):
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("Ana_1_assignsubmission_file_/a.ipynb", notebook_of(*RIGHT))
        for name in ("a", "b"):
            archive.writestr(f"Bruno_2_assignsubmission_file_/{name}.ipynb", notebook_of(*RIGHT))
    ended = run_grader(course, tmp_path / "work", "grade", "hello", tmp_path / "all.zip")
    assert "1 submission could not be taken in: Bruno\n" in ended.out
    assert "Why, and what to do: grader collect hello SOURCE\n" in ended.out


def test_what_colab_noted_is_a_hint_on_the_class_page_and_leaves_the_machine_nowhere(course, tmp_path):
    """Of five, two were run by one account; no account is told, and neither pages, runs nor tables name one."""
    folder = tmp_path / "class"
    for number, student in enumerate(("ana", "bruno", "carla", "diego", "elena")):
        told = json.loads(notebook_of(*RIGHT, f"mine = {number}"))
        account = f"account-{max(number, 1)}"
        user = {"displayName": f"Name-{number}", "userId": account}
        told["cells"][0]["metadata"]["executionInfo"] = {"timestamp": 1722608125960, "user": user}
        write_class(folder, **{student: json.dumps(told)})
    run_grader(course, tmp_path / "work", "grade", "hello", folder)
    page = (tmp_path / "work/reports/hello/index.html").read_text()
    assert "Cells of these notebooks were run by the same Google account." in page
    assert (
        run_grader(course, tmp_path / "work", "export", "hello", "--to", "csv", "--out", tmp_path / "marks.csv").code
        == 0
    )
    written = [
        tmp_path / "marks.csv",
        *(tmp_path / "work/reports").rglob("*.html"),
        *(tmp_path / "work/runs").rglob("*.*"),
    ]
    assert len(written) > 10
    for path in written:
        content = path.read_bytes() if path.is_file() else b""
        assert b"account-" not in content, path
        assert b"Name-" not in content, path


def test_one_student_is_run_again_and_nobody_else(tmp_path):
    course, work = write_course(tmp_path / "course"), tmp_path / "work"
    folder = write_class(tmp_path / "class", ana=RIGHT, bruno=WRONG)
    assert run_grader(course, work, "grade", "hello", folder).code == 0
    ended = run_grader(course, work, "grade", "hello", "--student", "ana", "--again", "--json")
    assert (ended.told["executed"], ended.told["reused"], ended.points) == (1, 1, {"ana": 4.0, "bruno": 1.0})


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("--student", "nobody", "--again"), "`nobody` has handed in nothing for `hello`"),
        (("--student", "ana"), "--student goes with --again"),
    ],
)
def test_a_student_who_cannot_be_run_again_is_told(tmp_path, given, told):
    course, work = write_course(tmp_path / "course"), tmp_path / "work"
    folder = write_class(tmp_path / "class", ana=RIGHT)
    ended = run_grader(course, work, "grade", "hello", folder, *given)
    assert ended.code == 2
    assert told in ended.err
