"""Each bad input ends in exit code 2 and one message with its place and its remedy, before anything is run."""

import errno
import os
import re
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from grader.cli import app
from tests.small_course import RIGHT, RUBRIC, run_grader, write_class

ELSEWHERE = "Choose another one with --work DIR."


@pytest.fixture
def work(tmp_path):
    return tmp_path / "work"


@pytest.fixture
def refuse(call, course, work, tmp_path):
    """What `grade` says of a class of one, if it refuses it."""
    write_class(tmp_path / "class", ana=RIGHT)

    def refused(*arguments, work=work):
        ended = call("--course", course, "--work", work, *(arguments or ("grade", "hello", tmp_path / "class")))
        assert ended.code == 2, ended
        assert ended.out == ""
        assert "Traceback" not in ended.err
        assert not list(work.glob("runs/*")), "nothing was run"
        return re.sub(r"^asking the reference .*\n", "", ended.err)

    return refused


def test_an_unknown_key_in_the_rubric(refuse, course):
    path = course / "rubrics" / "hello.yaml"
    path.write_text(RUBRIC.replace("probe: word,", "prob: word,"))
    assert refuse() == (f"grader: {path}:10: unknown key `criteria.2.prob`\n  Did you mean `probe`?\n")


def test_points_that_do_not_add_up(refuse, course):
    path = course / "rubrics" / "hello.yaml"
    path.write_text(RUBRIC.replace("points: 4", "points: 10"))
    assert refuse() == (
        f"grader: {path}:1: the criteria add up to 4 points, but the rubric says 10\n"
        "  Write `points: 4`, or change those of a criterion.\n"
    )


def test_a_key_that_stands_twice(refuse, course):
    path = course / "rubrics" / "hello.yaml"
    path.write_text(RUBRIC + "points: 4\n")
    assert refuse() == f"grader: {path}:11: the key `points` occurs twice\n  It is also on line 1: rename one.\n"


def test_an_assignment_without_a_rubric(refuse, course):
    path = course / "rubrics" / "hello.yaml"
    path.unlink()
    assert refuse() == (
        f"grader: {path}: the assignment `hello` has no rubric\n"
        "  Write one there, probes and criteria: grader guide write-a-rubric\n"
    )


def test_an_unknown_assignment(refuse, course):
    assert refuse("grade", "helo", "class") == (
        f"grader: {course}: there is no assignment `helo` in this course\n  There are: hello.\n"
    )


def test_no_course_here(call, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = call("grade", "hello", "class")
    assert ended.code == 2
    assert ended.err == (
        f"grader: {tmp_path}: there is no course here: neither this folder nor one above it has a course.toml\n"
        "  Go to the course's folder, name it with --course DIR, or start one: grader init DIR\n"
    )


def test_a_folder_that_is_no_course(call, tmp_path):
    ended = call("--course", tmp_path, "grade", "hello")
    assert ended.code == 2
    assert ended.err == (
        f"grader: {tmp_path}: this folder is no course: it has no course.toml\n  Start one: grader init DIR\n"
    )


def test_a_course_that_is_not_there(call, tmp_path):
    ended = call("--course", tmp_path / "none", "grade", "hello")
    assert (ended.code, ended.err) == (
        2,
        f"grader: {tmp_path}/none: there is no such folder\n  Name the folder that has the course.toml.\n",
    )


def test_an_exam_where_an_assignment_is_wanted(refuse, course):
    (course / "assignments" / "quiz").mkdir()
    (course / "assignments" / "quiz" / "exam.yaml").write_text("title: Quiz\n")
    assert refuse("collect", "quiz", "class") == (
        f"grader: {course}: `quiz` is an exam, and this is done with assignments\n  Exams: grader exam --help\n"
    )


def test_a_course_file_that_is_not_toml(refuse, course):
    path = course / "course.toml"
    path.write_text("title = A small course\n")
    assert refuse() == (
        f"grader: {path}: this is not TOML: Invalid value (at line 1, column 9)\n"
        "  Check the quotes and brackets there.\n"
    )


def test_a_deadline_without_its_zone(refuse, course):
    path = course / "assignments" / "hello" / "assignment.toml"
    path.write_text('title = "Hello"\ndeadline = 2024-08-11T00:00:00\n')
    assert refuse() == (f"grader: {path}:2: `deadline`: the time needs its zone, as in 2024-08-11T00:00:00-03:00\n")


def test_a_given_notebook_that_is_not_there(refuse, course):
    path = course / "assignments" / "hello" / "assignment.toml"
    path.write_text('title = "Hello"\nnotebook = "hello.ipynb"\n')
    assert refuse() == (
        f"grader: {path.parent}/hello.ipynb: the notebook that assignment.toml names is not there\n"
        "  Put it there, or take the line `notebook` out of assignment.toml.\n"
    )


def test_a_given_notebook_that_is_none(refuse, course):
    path = course / "assignments" / "hello" / "assignment.toml"
    path.write_text('title = "Hello"\nnotebook = "hello.ipynb"\n')
    (path.parent / "hello.ipynb").write_text("{}")
    assert refuse() == (
        f"grader: {path.parent}/hello.ipynb: the notebook that students are given cannot be read. The file is JSON "
        "but has no cells, so it is not a notebook: download it again as .ipynb.\n"
    )


def test_a_reference_that_is_not_there(refuse, course):
    (course / "reference" / "hello.py").unlink()
    assert refuse() == (
        f"grader: {course}/reference: the reference does not run: "
        "ModuleNotFoundError: No module named 'reference.hello'\n"
        f"  Try: python -c 'import reference.hello' in {course}\n"
    )


def test_a_probe_that_imports_what_this_machine_lacks(refuse, course):
    path = course / "rubrics" / "hello.yaml"
    code = "{evaluate: 'import no_such_package_here as lacking; lacking.check(word)'}"
    path.write_text(RUBRIC.replace("{variable: word}", code))
    assert refuse() == (
        f"grader: {path}:6: the probe `word` imports `no_such_package_here`, which is not installed here\n"
        f"  Install it: {sys.executable} -m pip install no-such-package-here. Or do without it there.\n"
    )


def test_a_reference_that_imports_what_this_machine_lacks(refuse, course):
    path = course / "reference" / "hello.py"
    (course / "reference" / "steps.py").write_text("import math\nfrom no_such_package_here import step\n")
    path.write_text("from reference.steps import step\n" + path.read_text())
    assert refuse() == (
        f"grader: {course}/reference/steps.py:2: the reference imports `no_such_package_here`, which is not installed "
        f"here\n  Install it: {sys.executable} -m pip install no-such-package-here. Or do without it there.\n"
    )


def test_a_reference_that_raises_when_it_is_imported(refuse, course):
    (course / "reference" / "hello.py").write_text("1 / 0\n")
    assert refuse() == (
        f"grader: {course}/reference: the reference does not run: ZeroDivisionError: division by zero\n"
        f"  Try: python -c 'import reference.hello' in {course}\n"
    )


def test_a_reference_that_raises_when_it_is_asked(refuse, course):
    (course / "reference" / "hello.py").write_text("def double(x):\n    return x / 'two'\n")
    assert refuse().startswith(
        f"grader: {course}/reference: the reference does not answer the probe `doubled`: `double` raised "
    )


def test_a_reference_that_has_not_what_a_probe_asks_for(refuse, course):
    (course / "reference" / "hello.py").write_text("def twice(x):\n    return 2 * x\n")
    assert refuse() == (
        f"grader: {course}/reference: the reference does not answer the probe `doubled`: it has no `double`\n"
        "  Fix hello.py there, or the probe in the rubric.\n"
    )


def test_two_files_of_one_student(refuse, course, work, tmp_path):
    write_class(tmp_path / "class" / "again", ana=RIGHT)
    assert refuse() == (
        f"grader: two files are handed in as `ana`: {tmp_path}/class/again/ana.ipynb and {tmp_path}/class/ana.ipynb\n"
        "  The student is the file's name without .ipynb: rename one, or move it away. Nothing was collected.\n"
    )
    assert not list(work.glob("submissions/*"))


def test_one_student_in_two_sources(refuse, tmp_path, work):
    one, other = tmp_path / "class", write_class(tmp_path / "late", ana=("x = 1",))
    assert refuse("grade", "hello", one, other) == (
        "grader: `ana` is in two sources with different files: folder: ana.ipynb, folder: ana.ipynb\n"
        "  Collect the one that counts, or collect them one after the other: the last one counts.\n"
    )
    assert not list(work.glob("submissions/*"))


def test_a_folder_without_notebooks(refuse, tmp_path):
    (tmp_path / "empty").mkdir()
    assert refuse("grade", "hello", tmp_path / "empty") == (
        f"grader: {tmp_path}/empty: there is no .ipynb file in it\n"
        "  Put one notebook a student there: ana.ipynb, bruno.ipynb, …\n"
    )


@pytest.mark.parametrize("verb", ["grade", "execute", "score", "report"])
def test_nothing_collected_yet(refuse, verb):
    assert refuse(verb, "hello") == (
        "grader: nothing has been collected for `hello`\n  Collect it: grader collect hello FOLDER\n"
    )


def test_nothing_to_collect_from(refuse):
    assert refuse("collect", "hello") == (
        "grader: there is nothing to collect from\n  Name a folder: grader collect hello FOLDER\n"
    )


@pytest.mark.parametrize("verb", ["score", "report"])
def test_nothing_run_yet(refuse, call, course, work, tmp_path, verb):
    write_class(tmp_path / "class", bruno=RIGHT)
    told = call("--course", course, "--work", work, "collect", "hello", tmp_path / "class").out
    assert told.startswith("2 collected, 2 of them new.\n")
    assert refuse(verb, "hello") == (
        "grader: 2 of 2 submissions have no run yet: ana, bruno\n  Run them: grader execute hello\n"
    )


def test_an_unknown_sandbox(refuse, tmp_path):
    assert refuse("grade", "hello", tmp_path / "class", "--sandbox", "docker") == (
        "grader: there is no sandbox `docker`\n  Choose bubblewrap or none.\n"
    )


def test_a_file_where_the_work_folder_should_be(refuse, tmp_path):
    (tmp_path / "file").write_text("mine")
    assert refuse(work=tmp_path / "file") == (
        f"grader: {tmp_path}/file: the work folder cannot be written to: Not a directory\n  {ELSEWHERE}\n"
    )
    assert (tmp_path / "file").read_text() == "mine"


def test_a_work_folder_where_nobody_may_write(refuse):
    assert refuse(work=Path("/proc/grader")) == (
        f"grader: /proc/grader: the work folder cannot be written to: No such file or directory\n  {ELSEWHERE}\n"
    )


def test_a_gradebook_that_is_none(refuse, work):
    work.mkdir()
    (work / "gradebook.sqlite").write_text("ana,10\n" * 100)
    assert refuse() == (
        f"grader: {work}/gradebook.sqlite: the gradebook cannot be read: file is not a database\n"
        "  Restore a backup: grader restore FILE; or put your copy of the file there.\n"
    )
    assert (work / "gradebook.sqlite").read_text() == "ana,10\n" * 100


def test_a_notebook_to_check_that_is_not_there(refuse, tmp_path):
    assert refuse("check", "hello", tmp_path / "none.ipynb") == (
        f"grader: {tmp_path}/none.ipynb: there is no such notebook\n  Name your .ipynb file.\n"
    )


def test_a_demo_that_the_course_does_not_have(refuse, course):
    assert refuse("demo") == (
        f"grader: {course}/course.toml: this course has no [demo]\n"
        "  Name an assignment and a folder of submissions there.\n"
    )


@pytest.mark.parametrize("verb", ["grade", "execute"])
def test_a_machine_without_the_sandbox(course, work, tmp_path, verb):
    """In a process of its own, whose PATH leads to no bwrap."""
    write_class(tmp_path / "class", ana=RIGHT)
    source = [tmp_path / "class"] if verb == "grade" else []
    ended = run_grader(course, work, verb, "hello", *source, PATH="/nowhere")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "grader: there is no sandbox on this machine: `bwrap` was not found\n"
        "  Install bubblewrap (Debian, Ubuntu: sudo apt-get install bubblewrap) and try `grader doctor`; or, for code "
        "that you trust, ask for no sandbox: --sandbox none.\n"
    )


def test_an_error_of_our_own_is_told_in_a_line_with_the_file_that_keeps_its_traceback(call, course, work, monkeypatch):
    """Made by a fault that no user can make: a rubric read by a function that is broken."""
    monkeypatch.setattr("grader.course.course.read_rubric", lambda path: 1 / 0)
    ended = call("--course", course, "--work", work, "grade", "hello")
    assert ended.code == 3
    first, second = ended.err.splitlines()
    assert first == "grader: an error of the grader's own: ZeroDivisionError: division by zero"
    log = Path(second.removeprefix("  The traceback is in ").removesuffix("; please send it to us."))
    assert "Traceback (most recent call last)" in log.read_text()
    log.unlink()


def test_what_may_not_be_looked_at_is_the_users_to_mend(call, course, work, tmp_path, monkeypatch):
    """Made by hand, since a test may be run by root, who may look at everything."""

    def keep(*_):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), f"{tmp_path}/closed/ana.ipynb")

    monkeypatch.setattr("grader.store.work_folder.WorkFolder.keep", keep)
    ended = call("--course", course, "--work", work, "collect", "hello", write_class(tmp_path / "class", ana=RIGHT))
    assert ended.code == 2
    assert ended.err == (
        f"grader: {tmp_path}/closed/ana.ipynb: Permission denied\n"
        "  Give yourself the right to it and to the folders above it, or name another one.\n"
    )


def test_the_help_of_every_command_says_what_stands_where():
    """No bracket is told twice, and no sign stands for more of the same twice."""
    told = [CliRunner().invoke(app, [*names, "--help"]).output for names in find_commands(get_command(app))]
    assert len(told) > 20
    assert not [text for text in told if re.search(r"\[\[|…\}|\]\]", text)]


def find_commands(command, names=()):
    yield names
    for name in command.list_commands(None) if hasattr(command, "list_commands") else ():
        yield from find_commands(command.get_command(None, name), (*names, name))


def test_a_full_disk_is_the_users_to_mend(call, course, work, tmp_path, monkeypatch):
    """Made by hand: no test may fill a disk."""

    def keep(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), f"{work}/submissions/x.ipynb")

    monkeypatch.setattr("grader.store.work_folder.WorkFolder.keep", keep)
    ended = call("--course", course, "--work", work, "collect", "hello", write_class(tmp_path / "class", ana=RIGHT))
    assert ended.code == 2
    assert ended.err == (
        f"grader: {work}/submissions/x.ipynb: No space left on device\n"
        "  Make room, and start the same command again. What is done stays done.\n"
    )
