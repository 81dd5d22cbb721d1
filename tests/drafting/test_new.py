"""`grader new`: a solved notebook becomes a proven, released and graded assignment, with nothing written by hand."""

import json
import shutil
import subprocess
import sys

import nbformat
import pytest
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.course.course import read_course
from grader.rubric import read_rubric
from tests.small_course import Ended

SMOOTH = '''\
def smooth(x, n=3):
    """The running mean of n numbers, where all n are there. Raises a ValueError where there are fewer than n."""
    # TODO: no loop
    if len(x) < n:
        raise ValueError("too few numbers")
    sums = np.cumsum(np.concatenate([[0.0], x]))
    return (sums[n:] - sums[:-n]) / n


def spread(x):
    """How far the running mean lies from the numbers, on average."""
    # TODO
    return float(np.abs(smooth(x) - x[1:-1]).mean())
'''


def run_grader(*arguments, folder):
    """The command, as it is typed in the folder."""
    command = [sys.executable, "-m", "grader", *map(str, arguments)]
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def solved():
    """As Colab writes it: ids in the metadata, outputs, who ran it."""
    cells = [
        new_markdown_cell("# Week 3: smoothing"),
        new_code_cell("import numpy as np\nimport matplotlib.pyplot as plt\n\nx = np.array([1.0, 5.0, 3.0, 2.0, 4.0])"),
        new_code_cell(SMOOTH),
        new_code_cell("print(smooth(x), smooth(x, 2))\nprint(spread(x))"),
        new_code_cell("steps = len(smooth(x))  # SOLUTION\nnoise = np.random.normal(size=5)"),
        new_code_cell(
            "plt.plot(smooth(x))\nplt.title('Smooth')\nplt.xlabel('n')\nplt.ylabel('mean')\nplt.show()",
            metadata={"tags": ["solution"]},
        ),
        new_markdown_cell("**Why is the result shorter?**"),
        new_markdown_cell("At the ends a neighbour is missing.", metadata={"tags": ["solution"]}),
    ]
    tree = json.loads(nbformat.writes(new_notebook(cells=cells)))
    for place, cell in enumerate(tree["cells"]):
        cell["metadata"]["id"] = f"aB3_{place}"
        del cell["id"]
    return tree


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An empty course with the assignment, and what the two commands said."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "week-3.ipynb").write_text(json.dumps(solved()))
    root = folder / "course"
    assert run_grader("init", "--bare", root, folder=folder).code == 0
    first = run_grader("new", "week-3", folder / "week-3.ipynb", folder=root)
    second = run_grader("new", "week-3", "--strengthen", folder=root) if first.code == 1 else first
    return root, first, second


def test_the_rubric_is_proven_and_all_that_nothing_tells_apart_is_marked(made):
    root, first, second = made
    assert "two files to look at" in first.out, first.err
    assert (second.code, second.err.count("Traceback")) == (0, 0), second.out
    assert "as it must be" in second.out
    assert (root / "assignments/week-3/proven.yaml").exists()
    path = root / "assignments/week-3/equivalent.yaml"
    for entry in yaml.safe_load(path.read_text()) if path.exists() else []:
        assert entry["presumed"]


def test_what_it_asks_comes_from_what_the_notebook_called(made):
    rubric = read_rubric(made[0] / "rubrics/week-3.yaml")
    asked = {one.id: one for one in rubric.criteria}
    assert rubric.probes["smooth"].call == "smooth"
    assert not rubric.probes["smooth"].hidden
    assert rubric.probes["smooth-any"].hidden
    assert "ValueError" in asked["smooth-refuses"].expect.value
    assert "smooth" in next(one for one in rubric.criteria if one.id.startswith("spread-any")).given
    assert asked["steps"].expect.close.to == 3
    assert asked["words"].expect.person.guide.endswith("At the ends a neighbour is missing.")
    assert asked["plot"].expect.plot.labels
    assert "noise" not in asked, "students are given that line"


def test_each_probe_says_why_it_is_there(made):
    lines = (made[0] / "rubrics/week-3.yaml").read_text().splitlines()
    probes = lines[lines.index("probes:") + 1 : lines.index("criteria:")]
    asked = [place for place, line in enumerate(probes) if line[:3].strip() and not line.strip().startswith("#")]
    assert asked
    assert all(probes[place - 1].startswith("  # - ") for place in asked)


def test_right_work_gets_all_points_and_the_released_notebook_none(made):
    root, _, _ = made
    told = run_grader("release", "week-3", "--out", root / "out", folder=root)
    assert told.code == 0, told.err
    assert "not proven" not in told.out
    shutil.rmtree(root / "class", ignore_errors=True)
    (root / "class").mkdir()
    (root / "class/ana.ipynb").write_text(json.dumps(solved()))
    shutil.copy(root / "out/week-3.ipynb", root / "class/bruno.ipynb")
    wrong = json.dumps(solved()).replace("- sums[:-n]) / n", "- sums[:-n]) / 3")
    (root / "class/carla.ipynb").write_text(wrong)
    students = run_grader("grade", "week-3", "class", "--json", folder=root).students
    by = {name: {one["criterion"]: one["status"] for one in told["findings"]} for name, told in students.items()}
    assert {status for name, status in by["ana"].items() if name != "words"} == {"met"}
    assert students["bruno"]["earned"] == 0
    assert by["carla"]["smooth"] != by["ana"]["smooth"] or "missed" in by["carla"].values()


def test_students_get_neither_solution_nor_outputs(made):
    content = (made[0] / "assignments/week-3/week-3.ipynb").read_text()
    assert "cumsum" not in content
    assert "neighbour is missing" not in content
    assert "# TODO: no loop" in content
    assert "Raises a ValueError" in content


def test_a_change_of_the_solved_notebook_makes_the_students_one_anew(made, tmp_path):
    root = shutil.copytree(made[0], tmp_path / "course", ignore=shutil.ignore_patterns(".grader", "out", "class"))
    folder = root / "assignments/week-3"
    tree = json.loads((folder / "solved.ipynb").read_text())
    tree["cells"][0]["source"] = "# Week 3: smoothing, again"
    (folder / "solved.ipynb").write_text(json.dumps(tree))
    told = run_grader("release", "week-3", "--out", tmp_path / "out", folder=root)
    assert told.code == 0, told.err
    assert "again" in (folder / "week-3.ipynb").read_text()
    assert "has changed since it was proven" in told.out


def test_what_was_changed_by_hand_is_not_overwritten_in_silence(made, tmp_path):
    root = shutil.copytree(made[0], tmp_path / "course", ignore=shutil.ignore_patterns(".grader", "out", "class"))
    path = root / "assignments/week-3/week-3.ipynb"
    path.write_text(path.read_text().replace("# Week 3: smoothing", "# Week 3: by hand"))
    told = run_grader("release", "week-3", "--out", tmp_path / "out", folder=root)
    assert told.code == 2
    assert "it was changed by hand, and is made from solved.ipynb" in told.err
    assert "grader new week-3 --again" in told.err
    assert "by hand" in path.read_text()


def test_no_code_stands_twice(made):
    """The reference is taken out of the solved notebook at each run."""
    root, _, _ = made
    assert [path.name for path in (root / "reference").iterdir() if path.suffix == ".py"] == ["__init__.py"]
    assert read_course(root).assignment("week-3").rubric.reference == ["week_3"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["week-3", "{solved}"], "there is an assignment `week-3` already"),
        (["week/4", "{solved}"], "`week/4` is no name for a folder"),
        (["week-4"], "the solved notebook is missing"),
        (["week-4", "nowhere.ipynb"], "the solved notebook cannot be read"),
        (["week-4", "{solved}", "--functions", "smoth"], "the notebook defines no function `smoth`"),
        (["week-3", "{solved}", "--strengthen"], "--strengthen takes no notebook"),
        (["week-4", "--again"], "there is no assignment `week-4` in this course"),
    ],
)
def test_a_mistake_of_the_author_writes_nothing(made, arguments, told):
    root, _, _ = made
    place = str(root.parent / "week-3.ipynb")
    ended = run_grader("new", *(one.format(solved=place) for one in arguments), folder=root)
    assert (ended.code, ended.out) == (2, "")
    assert told in ended.err
    assert not (root / "assignments/week-4").exists()


def test_a_solved_notebook_that_does_not_run_is_told_with_its_cell(made):
    root, _, _ = made
    tree = solved()
    tree["cells"][3]["source"] = "print(smoth(x))"
    broken = root.parent / "broken.ipynb"
    broken.write_text(json.dumps(tree))
    ended = run_grader("new", "week-5", broken, folder=root)
    assert ended.code == 2
    assert "the solved notebook does not run here" in ended.err
    assert "smoth" in ended.err
    assert "grader new week-5 --again" in ended.err


def test_init_names_the_command_for_a_second_assignment(made):
    ended = run_grader("init", made[0], folder=made[0].parent)
    assert ended.code == 2
    assert "grader new NAME SOLVED.ipynb" in ended.err
