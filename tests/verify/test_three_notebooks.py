"""`grader try`: while an author writes, each saved change is answered on three notebooks."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import PATIENCE_S, wait_until

TEMPLATE = Path(__file__).parents[2] / "grader" / "cli" / "course"
COMMAND = [sys.executable, "-m", "grader", "try", "hello"]


@pytest.fixture
def course(tmp_path):
    return shutil.copytree(TEMPLATE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))


def test_once_shows_each_criterion_on_three_notebooks(course):
    ended = subprocess.run([*COMMAND, "--once"], cwd=course, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    rows = [line.split() for line in ended.stdout.splitlines()]
    assert rows[0] == ["criterion", "solved", "untouched", "forgets-the-darkest"]
    assert ["bright", "met", "unanswered", "missed"] in rows
    assert "forgets-the-darkest, bright: `bright` is 5, but 3 is expected." in ended.stdout


def test_of_one_probe_only_its_criteria_are_shown_and_an_unknown_one_is_told(course):
    ended = subprocess.run([*COMMAND, "flat", "--once"], cwd=course, capture_output=True, text=True, check=False)
    assert [line.split()[0] for line in ended.stdout.splitlines()[:2]] == ["criterion", "flat"]
    assert "bright" not in ended.stdout
    ended = subprocess.run([*COMMAND, "flut", "--once"], cwd=course, capture_output=True, text=True, check=False)
    assert ended.returncode == 2
    assert "the rubric has no probe `flut`" in ended.stderr


def test_a_saved_change_is_answered_a_slip_is_told_and_ctrl_c_ends_it(course, tmp_path):
    out, err = tmp_path / "out", tmp_path / "err"
    rubric = course / "rubrics/hello.yaml"
    text = rubric.read_text()
    with out.open("w") as told, err.open("w") as wrong:
        running = subprocess.Popen(COMMAND, cwd=course, stdout=told, stderr=wrong)
        try:
            wait_until(lambda: "but 3 is expected" in out.read_text(), "the first table")
            rubric.write_text(text.replace("value: 3", "value: 5"))
            wait_until(lambda: "but 5 is expected" in out.read_text(), "the table after a change")
            rubric.write_text(text.replace("value: 3", "valu: 5"))
            wait_until(lambda: "unknown key" in err.read_text(), "what is wrong with the rubric")
            rubric.write_text(text.replace("value: 3", "value: 7"))
            wait_until(lambda: "but 7 is expected" in out.read_text(), "the table once it is mended")
        finally:
            running.send_signal(signal.SIGINT)
            ended = running.wait(timeout=PATIENCE_S)
    assert ended == 130
    assert "Traceback" not in err.read_text()
