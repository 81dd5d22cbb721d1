"""What the benchmark stands on; none of it is a time."""

import hashlib
import subprocess
import sys

from tests.bench.commands import ROOT
from tests.bench.notebooks import write_regression_class
from tests.bench.table import Figure, write_table


def run(*arguments):
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_two_notebooks_of_the_class_are_equal(tmp_path):
    paths = write_regression_class(tmp_path, 40)
    assert len({hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}) == 40
    assert "torch.manual_seed(10)" in paths[1].read_text(encoding="utf-8")


def test_a_command_that_starts_a_process_does_not_pass_for_one_that_starts_none():
    ended = run("-m", "tests.bench.no_process", "doctor")
    assert (ended.returncode, ended.stderr) == (70, "a process was started (subprocess.Popen)\n")


def test_a_command_starts_without_the_libraries_that_only_notebooks_need():
    heavy = {"torch", "cv2", "scipy.stats", "matplotlib.pyplot"}
    ended = run("-c", "import sys, grader.cli; print(*sys.modules)")
    assert ended.returncode == 0, ended.stderr
    assert not heavy & set(ended.stdout.split())


def test_a_figure_beside_its_target_says_whether_it_is_reached():
    figures = [
        Figure("memory", 61, "{:.0f}", at_most=60),
        Figure("pages", 20, "{:.0f}", at_least=20),
        Figure("floor", 1),
    ]
    assert write_table(figures, "About.") == (
        "About.\n"
        "\n"
        "| what   | target      | reached | met    |\n"
        "|--------|-------------|---------|--------|\n"
        "| memory | at most 60  | 61      | **no** |\n"
        "| pages  | at least 20 | 20      | yes    |\n"
        "| floor  |             | 1.00    |        |\n"
    )
