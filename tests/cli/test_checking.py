"""A student checks their own notebook: public criteria only, the same words, and nothing has to be written."""

import json

import pytest

from tests.small_course import RIGHT, RUBRIC, WRONG, notebook_of, run_grader, write_class

WITH_A_PERSON = RUBRIC.replace("points: 4", "points: 5") + (
    "  - {id: words, says: You say in words what double does., points: 1, expect: {person: {shows: notebook}}}\n"
)


@pytest.fixture
def work(evening, tmp_path):
    """Where what the reference answers is remembered."""
    root, _ = evening
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "expected").symlink_to(root / "work" / "expected")
    return folder


def check(course, work, notebook, *options, **environment):
    return run_grader(course, work, "check", "hello", notebook, *options, **environment)


def test_a_notebook_that_is_not_right_is_told_why_in_a_students_words(course, work, tmp_path):
    folder = write_class(tmp_path / "class", bruno=("1 / 0", *WRONG))
    ended = check(course, work, folder / "bruno.ipynb")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "Every cell was run; not well ended: code cell 1.\n"
        "  code cell 1, `1 / 0`: ZeroDivisionError: division by zero\n"
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
    assert sorted(path.name for path in work.iterdir() if path.is_file()) == [".gitignore", "lock"], "no gradebook"


def test_a_notebook_that_is_right_ends_well_though_a_person_is_still_to_decide(course, work, tmp_path):
    (course / "rubrics" / "hello.yaml").write_text(WITH_A_PERSON)
    folder = write_class(tmp_path / "class", ana=RIGHT)
    ended = check(course, work, folder / "ana.ipynb", "--json")
    assert (ended.code, ended.err) == (0, "")
    entry = ended.students["ana"]
    assert {key: value for key, value in entry.items() if key not in ("findings", "cells")} == {
        "student": "ana",
        "earned": 3.0,
        "possible": 4.0,
        "needs_review": True,
        "late_by_s": 0.0,
        "end": "finished",
        "not_checked": 1,
    }
    assert [finding["status"] for finding in entry["findings"]] == ["met", "met", "unscored"]
    assert {cell["end"] for cell in entry["cells"]} == {"ok"}
    assert (ended.told["assignment"], ended.told["executed"], ended.told["reused"]) == ("hello", 1, 0)


def test_what_is_no_notebook_is_told_once(course, work, tmp_path):
    folder = write_class(tmp_path / "class", rosa=b"<html></html>")
    ended = check(course, work, folder / "rosa.ipynb")
    assert (ended.code, ended.err) == (1, "")
    assert ended.out == (
        "The file is a web page, not a notebook: in Colab use File, Download, Download .ipynb instead of saving the "
        "page.\n"
    )


def test_a_notebook_of_another_language_is_named_and_waits_also_when_it_is_graded(course, work, tmp_path):
    tree = json.loads(notebook_of("double <- function(x) 2 * x"))
    tree["metadata"] = {"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}
    folder = write_class(tmp_path / "class", ana=json.dumps(tree))
    ended = check(course, work, folder / "ana.ipynb")
    assert (ended.code, ended.out) == (1, "The notebook is written in `R`, which does not run here.\n")
    ana = run_grader(course, tmp_path / "graded", "grade", "hello", folder, "--json").students["ana"]
    assert (ana["end"], ana["needs_review"]) == ("unreadable", True)
    assert {(one["status"], one["cause"]["kind"]) for one in ana["findings"]} == {("unscored", "kernel")}
    assert {one["because"] for one in ana["findings"]} == {
        "Part of the work is missing because the notebook is written in `R`, which does not run here. "
        "That is not your fault: a person looks at it."
    }


def test_no_folder_has_to_be_writable_and_a_check_without_a_sandbox_says_so(course, tmp_path):
    folder = write_class(tmp_path / "class", ana=RIGHT)
    ended = check(course, "/proc/nowhere", folder / "ana.ipynb", "--sandbox", "none")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith("Every cell was run without an error.\nIt ran without a sandbox.\n")


def test_what_handing_in_needs_is_told_of_a_real_notebook(course, work, tmp_path):
    notebook = json.loads(notebook_of(*RIGHT, "print(word)", "print(gone)"))
    for cell, count in zip(notebook["cells"], (5, 2, 3, 6), strict=True):
        cell["execution_count"] = count
    folder = write_class(tmp_path / "class", ana=json.dumps(notebook))
    ended = check(course, work, folder / "ana.ipynb")
    assert ended.out.partition("Before you hand it in:\n")[2] == (
        "  Code cells 2 and 3 were last run before a cell above. Here all ran from top to bottom, as when it is graded"
        ": in Colab, do so with Runtime, Restart session and run all.\n"
        "  `gone` is not there when all cells are run from top to bottom, and code cell 4 needs it: define it in a "
        "cell above.\n"
        "  The outputs of code cell 3 are not saved in the file: run all cells, and then save it.\n"
        "  Whether the notebook is shared cannot be seen from here: if you hand in a link, open it in a private window "
        "first.\n"
    )
