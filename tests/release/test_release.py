"""What students get: a notebook that checks itself, and a bundle for `grader check`, with nothing hidden in them."""

import base64
import json
import lzma
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient

from grader.course.course import read_course
from grader.errors import UserError
from grader.release import LAST_LINE, cut_to_public, is_checked_in_cell
from grader.release.carried import safetensors
from grader.rubric import Rubric, read_rubric
from tests.small_course import notebook_of, run_grader, write_class, write_course

RUBRIC = """\
points: 9
reference: [hello]
probes:
  doubled: {call: double, with: {x: {array: [1.0, 2.0, 3.0]}}}
  unseen: {call: double, with: {x: {array: [1234.5625, 77.34375]}}, hidden: true}
  shown: {call: double, with: {x: {array: [9876.5625]}}, hidden: true, reveal: true}
  eight: {call: double, with: {x: 4}}
  own: {call: double, with: {x: {random: uniform, shape: [3], seed: student}}}
  word: {variable: word}
  refused: {evaluate: "double(None)"}
  lines: {models: {names: [line]}, predict: {grid: [0.0, 1.0, 5]}}
criteria:
  - {id: double, says: double(x) is twice x., points: 2, probe: doubled, expect: {close: {}}}
  - {id: unseen, says: double is right on other numbers too., points: 1, probe: unseen, expect: {close: {}}}
  - {id: beside, says: double(4) is what it is., points: 1, probe: eight, expect: {close: {to: {probe: shown}}}}
  - {id: own, says: double is right on numbers of your own., points: 1, probe: own, expect: {close: {}}}
  - {id: word, says: The variable word is hola., points: 1, probe: word, expect: {value: hola}}
  - {id: refuses, says: double refuses None., points: 1, probe: refused, expect: {raises: TypeError}}
  - {id: line, says: There is a network line., points: 1, probe: lines, expect: {count: {of: models, at_least: 1}}}
  - {id: words, says: You say what double does., points: 1, expect: {person: {guide: "Full: names the secret guide."}}}
"""
HIDDEN = (1234.5625, 77.34375, 9876.5625, 2 * 1234.5625, 2 * 77.34375, 2 * 9876.5625)
PUBLIC = (1.0, 2.0, 3.0, 4.0, 6.0)

LINE = "import torch\nline = torch.nn.Linear(1, 1)"
RIGHT = ("def double(x):\n    return 2 * x", "word = 'hola'", LINE)
WRONG = ("def double(x):\n    return [3 * x][0] if x is not None else 0", "word = 'adios'", "number = shape = 1")
WITHOUT_ANYTHING = (
    "import sys\n"
    "for name in ('grader', 'pydantic', 'safetensors', 'yaml', 'nbformat', 'scipy', 'cv2'):\n"
    "    sys.modules[name] = None  # importing it raises an error"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A course, and beside it what `release` made of its assignment."""
    root = tmp_path_factory.mktemp("release")
    course = write_course(root / "course", RUBRIC)
    (course / "assignments/hello/assignment.toml").write_text(
        'title = "Say \\"hello\\""\nnotebook = "hello.ipynb"\ndeadline = 2024-08-11T00:00:00Z\n[limits]\ncell_s = 7\n'
    )
    (course / "assignments/hello/hello.ipynb").write_text(notebook_of("# Write double and word."))
    ended = run_grader(course, root / "work", "release", "hello", "--out", root / "out")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out == (
        f"5 of 8 criteria are public. What students get is in {root / 'out'}: hello.ipynb, which checks itself in its "
        "last cell, and the folder check, in which `grader check hello NOTEBOOK` works.\n"
        "The rubric of `hello` is not proven: grader verify hello\n"
    )
    return root


@pytest.fixture(scope="module")
def checked(folder):
    """student -> what `grader check` finds in the course and in the bundle, and what it prints there."""
    write_class(folder / "class", ana=RIGHT, bruno=WRONG)
    found = {}
    for student in ("ana", "bruno"):
        notebook = folder / "class" / f"{student}.ipynb"
        here = run_grader(folder / "course", folder / "work", "check", "hello", notebook, "--json")
        there = run_grader(folder / "out" / "check", folder / "other", "check", "hello", notebook, "--json")
        assert (here.err, there.err) == ("", "")
        found[student] = here.students[student], there.students[student]
    return found


def released(folder):
    return nbformat.read(folder / "out" / "hello.ipynb", as_version=4)


def run_released(folder, cells):
    """What the last cell prints on a plain kernel that has none of what the grader needs, below these cells."""
    notebook = released(folder)
    code = [nbformat.v4.new_code_cell(cell) for cell in (WITHOUT_ANYTHING, *cells)]
    after = nbformat.v4.new_code_cell(
        "print(sorted(name for name in globals() if 'check' in name), sys.modules['grader'])"
    )
    notebook.cells = [*code, notebook.cells[-1], after]
    NotebookClient(notebook, kernel_name="python3", timeout=600, startup_timeout=180).execute()
    printed = ["".join(output.text for output in cell.outputs) for cell in notebook.cells[-2:]]
    assert printed[1] == "[] None\n", "nothing is left among the notebook's names"
    return printed[0]


def find_values(folder, values):
    """Those of the values that stand in any file of the folder, as text or as bytes, also in what is packed."""
    contents = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    packed = re.search(r'_packed = """(.*?)"""', released(folder.parent).cells[-1].source, re.DOTALL)[1]
    unpacked = lzma.decompress(base64.b64decode(packed))
    contents += [unpacked, base64.b64decode(json.loads(unpacked)["plain"])]
    return {
        value
        for value in values
        for content in contents
        if repr(value).encode() in content or np.float64(value).tobytes() in content
    }


@pytest.mark.parametrize("student", ["ana", "bruno"])
def test_a_check_in_the_bundle_finds_what_it_finds_in_the_course(checked, student):
    here, there = checked[student]
    # In the course, what is open but of each student's own, or beside a hidden probe, is checked as well.
    kept = [one for one in here["findings"] if one["criterion"] not in ("own", "beside")]
    assert there["findings"] == kept
    assert (here["not_checked"], there["not_checked"]) == (1, 3)


def test_a_right_and_a_wrong_notebook_are_told_apart(checked):
    right, wrong = ([one["status"] for one in checked[student][1]["findings"]] for student in ("ana", "bruno"))
    assert right == ["met", "met", "met", "met", "unscored"]
    assert wrong == ["missed", "missed", "missed", "unanswered", "unscored"]


@pytest.mark.parametrize(("student", "cells"), [("ana", RIGHT), ("bruno", WRONG)])
def test_the_last_cell_says_on_a_plain_kernel_what_a_check_says(folder, checked, student, cells):
    printed = run_released(folder, cells).splitlines()
    found = [one for one in checked[student][1]["findings"] if one["criterion"] != "words"]
    told = [line.strip() for line in printed]
    for one in found:
        assert any(one["status"] in line and f" of {one['possible']:g} " in line for line in told)
        assert (one["because"] in told) == (one["status"] != "met"), printed
    earned = sum(one["earned"] for one in found)
    assert printed[-2:] == [
        f"{earned:g} of the 5 points that can be checked here.",
        "4 criteria are not checked here: for inputs that you do not see, the whole notebook, or a person.",
    ]


def test_the_last_cell_speaks_the_language_of_the_course(folder, tmp_path):
    course = tmp_path / "course"
    shutil.copytree(folder / "course", course)
    (course / "course.toml").write_text('title = "Un curso"\nlanguage = "es"\n', encoding="utf-8")
    assert run_grader(course, tmp_path / "work", "release", "hello", "--out", tmp_path / "out").code == 0
    notebook = write_class(tmp_path / "class", bruno=WRONG) / "bruno.ipynb"
    checked = run_grader(course, tmp_path / "work", "check", "hello", notebook, "--json").students["bruno"]
    begin = '#@title Comprobar el notebook {display-mode: "form"}\n# Primero hay que '
    assert released(tmp_path).cells[-1].source.startswith(begin)
    printed = run_released(tmp_path, WRONG)
    for one in checked["findings"]:
        if one["criterion"] in ("double", "word", "refuses", "line"):
            assert one["because"] in printed
    assert "○ no cumplido      0 de 2 " in printed
    assert printed.splitlines()[-2:] == [
        "0 de los 5 puntos que se pueden comprobar aquí.",
        "4 criterios no se comprueban aquí: necesitan entradas que no se muestran, el notebook entero o una persona.",
    ]


def test_the_released_notebook_is_the_given_one_with_one_cell_more(folder):
    cells = released(folder).cells
    title = '#@title Check your notebook {display-mode: "form"}'
    assert [cell.source.splitlines()[0] for cell in cells] == ["# Write double and word.", title]
    assert cells[-1].source.rstrip().endswith(LAST_LINE)
    given = folder / "course/assignments/hello/hello.ipynb"
    assert (folder / "out/check/assignments/hello/hello.ipynb").read_bytes() == given.read_bytes()


@pytest.fixture(scope="module")
def plain_cell(tmp_path_factory):
    """The last cell of an assignment that is about numbers and text, and not about networks."""
    folder = tmp_path_factory.mktemp("plain")
    course = write_course(folder / "course")
    notebook = notebook_of("def double(x):\n    raise NotImplementedError", "word = ...")
    (course / "assignments/hello/hello.ipynb").write_text(notebook)
    (course / "assignments/hello/assignment.toml").write_text('title = "Hello"\nnotebook = "hello.ipynb"\n')
    assert run_grader(course, folder / "work", "release", "hello", "--out", folder / "out").code == 0
    return released(folder).cells[-1].source


def test_the_last_cell_works_where_there_is_numpy_and_nothing_else(plain_cell, tmp_path):
    """As in a plain Jupyter: an interpreter without site-packages, beside which lies NumPy alone."""
    place = Path(np.__file__).parents[1]
    for name in ("numpy", "numpy.libs"):
        if (place / name).exists():
            (tmp_path / name).symlink_to(place / name)
    cells = ("def double(x):\n    return 2 * x", "word = 'hola'")
    code = "\n".join([*cells, plain_cell, "print('torch' in sys.modules)"])
    started = f"import sys; sys.path.append({str(tmp_path)!r})\n{code}"
    ended = subprocess.run([sys.executable, "-I", "-S", "-c", started], capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    lines = ended.stdout.splitlines()
    assert [line.split()[1] for line in lines[:2]] == ["met", "met"]
    assert lines[-1] == "False"


def test_the_last_cell_is_a_short_script_with_its_data_below(plain_cell):
    """A student can read what is checked, and what is done with the data."""
    script, data = plain_cell.split('_packed = """')
    assert len(script.splitlines()) <= 40
    assert "# 1. double(x) is twice x." in script
    assert len(data) < 50_000


def test_nothing_hidden_is_in_what_students_get(folder):
    assert find_values(folder / "out", PUBLIC) == set(PUBLIC), "the search finds what is there"
    assert find_values(folder / "out", HIDDEN) == set()
    text = (folder / "out/check/rubrics/hello.yaml").read_text()
    assert "guide" not in text
    assert not list((folder / "out").rglob("*.py"))


def test_the_bundle_keeps_the_limits_and_no_deadline(folder):
    told = (folder / "out/check/assignments/hello/assignment.toml").read_text()
    assert "cell_s = 7.0\n" in told
    assert 'title = "Say \\"hello\\""\n' in told
    assert "deadline" not in told


def test_the_bundle_brings_what_the_assignment_brings(tmp_path):
    course = write_course(tmp_path / "course")
    home = course / "assignments/hello"
    (home / "data").mkdir()
    (home / "data/a.csv").write_text("1")
    table = '"https://example.org/nets.git" = "data"\n"https://example.org/a" = "data/a.csv"'
    inputs = '{"your name" = "ana \\"a\\"", many = ["1", "2"]}'
    (home / "assignment.toml").write_text(
        f'title = "Hello"\ninputs = {inputs}\n[files]\n"sub/data" = "data"\n[downloads]\n{table}\n'
    )
    assert run_grader(course, tmp_path / "work", "release", "hello", "--out", tmp_path / "out").code == 0
    brought = read_course(tmp_path / "out/check").assignment("hello").materials
    assert brought == read_course(course).assignment("hello").materials
    assert brought.inputs == {"your name": 'ana "a"', "many": ["1", "2"]}


def test_the_names_of_those_who_made_the_notebook_are_not_released(tmp_path):
    course = write_course(tmp_path / "course")
    told = json.loads(notebook_of("def double(x):\n    raise NotImplementedError", "word = ..."))
    told["metadata"]["colab"] = {
        "authorship_tag": "ABX9TyMark",
        "provenance": [{"file_id": "1FileOfLastYear"}],
        "name": "x",
    }
    told["cells"][0]["metadata"]["executionInfo"] = {"user": {"displayName": "Lola Lehrer", "userId": "1213601"}}
    (course / "assignments/hello/hello.ipynb").write_text(json.dumps(told))
    (course / "assignments/hello/assignment.toml").write_text('title = "Hello"\nnotebook = "hello.ipynb"\n')
    assert run_grader(course, tmp_path / "work", "release", "hello", "--out", tmp_path / "out").code == 0
    for path in (tmp_path / "out/hello.ipynb", tmp_path / "out/check/assignments/hello/hello.ipynb"):
        released = json.loads(path.read_text())
        assert released["metadata"]["colab"] == {"name": "x"}
        assert released["cells"][0]["source"] == told["cells"][0]["source"]
        assert not [word for word in ("Lola", "1213601", "ABX9TyMark", "1FileOfLastYear") if word in path.read_text()]


def test_the_bundle_states_the_courses_packages(tmp_path):
    course = write_course(tmp_path / "course")
    (course / "course.toml").write_text('title = "A"\n[environment]\nimports = ["PIL.Image", "json"]\n')
    assert run_grader(course, tmp_path / "work", "release", "hello", "--out", tmp_path / "out").code == 0
    assert read_course(tmp_path / "out/check").file.environment.imports == ("PIL.Image", "json")


def test_a_bundle_whose_values_are_broken_says_so(folder, tmp_path):
    bundle = write_course(tmp_path / "bundle", RUBRIC)
    (bundle / "released").mkdir()
    (bundle / "released/hello.safetensors").write_bytes(b"half")
    ended = run_grader(bundle, tmp_path / "work", "check", "hello", write_class(tmp_path, ana=RIGHT) / "ana.ipynb")
    assert (ended.code, ended.err) == (
        2,
        f"grader: {bundle}/released/hello.safetensors: the expected values that came with this assignment cannot be "
        "read\n  Download the bundle again.\n",
    )


def test_a_folder_that_cannot_be_written_is_named(folder):
    ended = run_grader(folder / "course", folder / "work", "release", "hello", "--out", "/proc/nowhere")
    assert (ended.code, ended.err) == (
        2,
        "grader: /proc/nowhere: this cannot be written: No such file or directory\n  Choose another folder.\n",
    )


def test_a_rubric_without_a_public_criterion_has_nothing_to_release():
    probe = {"variable": "word", "hidden": True}
    criterion = {"id": "word", "says": "The word is right.", "points": 1, "probe": "word", "expect": {"value": 1}}
    rubric = Rubric.model_validate({"points": 1, "probes": {"word": probe}, "criteria": [criterion]})
    with pytest.raises(UserError) as caught:
        cut_to_public(rubric)
    assert str(caught.value) == (
        "no criterion of this rubric is public, so there is nothing that students could check\n"
        "  Take `hidden: true` or `seed: student` from a probe."
    )


@pytest.mark.parametrize("name", ["camera", "detection", "features", "matching", "networks", "regression", "sift"])
def test_a_cut_rubric_is_the_same_after_it_was_written(name, request, tmp_path):
    import yaml

    rubric = cut_to_public(read_rubric(request.config.rootpath / "rubrics" / f"{name}.yaml"))
    data = rubric.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    (tmp_path / "cut.yaml").write_text(yaml.safe_dump(data, sort_keys=False))
    assert read_rubric(tmp_path / "cut.yaml") == rubric
    assert all(
        is_checked_in_cell(one) or one.expect.kind in ("person", "reproduced", "count") for one in rubric.criteria
    )


@pytest.mark.parametrize("dtype", ["?", "u1", "i8", "f4", "f8"])
def test_the_carried_file_format_is_that_of_safetensors(dtype):
    from safetensors.numpy import load, save

    arrays = {"a": np.arange(6).reshape(2, 3).astype(dtype), "b": np.array(1).astype(dtype)}
    for one in (load(safetensors.save(arrays, {"tree": "1"})), safetensors.load(save(arrays))):
        assert one.keys() == arrays.keys()
        assert all(np.array_equal(one[name], arrays[name]) and one[name].dtype == dtype for name in arrays)
