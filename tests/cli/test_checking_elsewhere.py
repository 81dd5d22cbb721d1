"""A student checks a notebook where there is no sandbox: on Windows (imitated), and without bwrap."""

import os
from pathlib import Path

import pytest

from tests.small_course import RIGHT, WRONG, run_grader, write_class, write_course

ROOT = Path(__file__).parents[2]
WINDOWS = {
    "PYTHONPATH": os.pathsep.join([str(ROOT / "tests" / "other_system"), str(ROOT)]),
    "PYTHONWARNDEFAULTENCODING": "1",
}
"""An environment in which every Python process is one on Windows to the grader's code: tests/other_system."""

TOLD = (
    "The notebook runs as you do, with your files and your network, since {}. "
    "If it is not your own, stop here with Ctrl-C.\n"
)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """What `grader release` made of the small course: without a reference."""
    root = tmp_path_factory.mktemp("elsewhere")
    course = write_course(root / "course")
    settings = 'title = "Hello"\n[limits]\ncell_s = 2\n'
    (course / "assignments/hello/assignment.toml").write_text(settings)
    ended = run_grader(course, root / "work", "release", "hello", "--out", root / "out")
    assert (ended.code, ended.err) == (0, "")
    return root / "out" / "check"


def check(bundle, tmp_path, cells, *options, **environment):
    folder = write_class(tmp_path / "class", bruno=cells)
    (tmp_path / "tmp").mkdir(parents=True)
    environment["TMPDIR"] = str(tmp_path / "tmp")
    ended = run_grader(bundle, tmp_path / "work", "check", "hello", folder / "bruno.ipynb", *options, **environment)
    assert not list((tmp_path / "tmp").glob("*grader*")), "nothing is left behind"
    return ended


def test_a_student_on_windows_is_told_that_there_is_no_sandbox_and_then_what_everybody_is_told(bundle, tmp_path):
    ended = check(bundle, tmp_path, WRONG, **WINDOWS)
    assert (ended.code, ended.err) == (1, TOLD.format("the sandbox needs Linux"))
    assert ended.out == (
        "Every cell was run without an error.\n"
        "It ran without a sandbox.\n"
        "\n"
        "○ missed         0 of 2    double(x) is twice x.\n"
        "                           The value of `double` is not as expected in 3 of 3 values, most of all at [2]: "
        "there it is 9, but 6 is expected.\n"
        "● met            1 of 1    The variable word is hola.\n"
        "\n"
        "1 of the 3 points that can be checked here.\n"
        "1 criterion is not checked here, because it uses inputs that you do not see.\n"
        "\n"
        "Before you hand it in:\n"
        "  Whether the notebook is shared cannot be seen from here: if you hand in a link, open it in a private window "
        "first.\n"
    )


def test_on_windows_too_a_cell_that_hangs_or_ends_its_kernel_costs_only_itself(bundle, tmp_path):
    cells = (*RIGHT, "while True: pass", "import os\nos._exit(3)")
    ended = check(bundle, tmp_path, cells, **WINDOWS)
    assert ended.code == 0
    assert "3 of the 3 points that can be checked here." in ended.out
    assert ended.out.partition("\n\n")[0] == (
        "The kernel died in code cell 4: it ended its own kernel (exit status 3). "
        "The other cells were run again without it.\n"
        "It ran without a sandbox.\n"
        "  code cell 3, `while True: pass`: it ran longer than the 2 s that a cell may take, and was interrupted\n"
        "  code cell 4, `os._exit(3)`: it ended its own kernel (exit status 3)"
    )


def test_letters_that_a_windows_terminal_lacks_stop_nothing(bundle, tmp_path):
    ended = check(bundle, tmp_path, RIGHT, **WINDOWS, PYTHONIOENCODING="cp1252")
    assert ended.code == 0
    assert "? met            2 of 2    double(x) is twice x.\n" in ended.out


def test_where_the_sandbox_is_asked_for_and_is_not_there_a_check_refuses(bundle, tmp_path):
    ended = check(bundle, tmp_path, RIGHT, "--sandbox", "bubblewrap", **WINDOWS)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err == (
        "grader: the sandbox needs Linux\n  For code that you trust, ask for no sandbox: --sandbox none.\n"
    )


def test_on_linux_without_bubblewrap_a_student_is_told_so_too(bundle, tmp_path):
    ended = check(bundle, tmp_path, RIGHT, PATH=str(tmp_path))
    told = TOLD.format("there is no sandbox on this machine: `bwrap` was not found")
    assert (ended.code, ended.err) == (0, told)
    assert "It ran without a sandbox.\n" in ended.out
