"""A mistake of a course's author is never an error of the grader's own: it is told with its file, line and remedy."""

import re
import shutil
from pathlib import Path

import pytest

TEMPLATE = Path(__file__).parents[2] / "grader" / "cli" / "course"

RUBRIC, SETTINGS, COURSE = "rubrics/hello.yaml", "assignments/hello/assignment.toml", "course.toml"
REFERENCE, NOTEBOOK = "reference/hello.py", "assignments/hello/hello.ipynb"
SOLUTION, EQUIVALENT = "assignments/hello/solution.yaml", "assignments/hello/equivalent.yaml"
WRONG, EXAM = "assignments/hello/wrong/forgets-the-darkest.yaml", "assignments/quiz/exam.yaml"

FLAT, BRIGHT, NOISE = "id: flat", "expect: {value: 3}", "{random: normal, shape: [16, 16], seed: student}"

MISTAKES = [
    # file, what stands there, what is written in its place ("" adds to the end), the line that is told, the sentence
    (RUBRIC, "{close: {to: reference}}", "{close: {to: referenc}}", 41, "`to: referenc` is no target"),
    (RUBRIC, "{variable: bright}", "{variable: len(bright)}", 22, "write: {evaluate: 'len(bright)'}"),
    (RUBRIC, FLAT, "id: ramp", 37, "the criterion `ramp` occurs twice"),
    (RUBRIC, FLAT, "id: Flat One", 37, "a name is made of small letters"),
    (RUBRIC, "  ramp:\n    call:", "  ramp:\n    calls:", 10, "unknown key `probes.ramp.calls`"),
    (RUBRIC, "points: 4", "points: -4", 33, "has to be at least 0, not `-4`"),
    (RUBRIC, "points: 4", "points: .nan", 33, "has to be at least 0, not `nan`"),
    (RUBRIC, "points: 4", "points: four", 33, "has to be a number, not `four`"),
    (RUBRIC, "points: 10 #", "points: 11 #", 3, "the criteria add up to 10 points, but the rubric says 11"),
    (RUBRIC, "rtol: 1.0e-4}}", "rtol: .nan}}", 29, "has to be at least 0, not `nan`"),
    (RUBRIC, "  ramp:\n    call", "  ramp:\n\tcall", 10, "a tab stands here"),
    (RUBRIC, "", "points: 4\n", 56, "the key `points` occurs twice"),
    (RUBRIC, BRIGHT, "expect: *three", 47, "found undefined alias 'three'"),
    (RUBRIC, "probe: flat", "probe: flatt", 37, "uses the probe `flatt`, which is not there"),
    (RUBRIC, "reference: [hello]", "reference: hello", 5, "`reference` has to be a list, not `hello`"),
    (RUBRIC, BRIGHT, "expect: {value: 3, type: int}", 47, "needs exactly one of"),
    (RUBRIC, BRIGHT, "expect: {}", 47, "needs exactly one of"),
    (RUBRIC, BRIGHT, "expect: {text: {matches: '('}}", 47, "this is not a regular expression"),
    (RUBRIC, "{variable: bright}", "{evaluate: 'bright +'}", 22, "`evaluate` is not Python"),
    (RUBRIC, "{variable: bright}", "{evaluate: 'x = 1'}", 22, "so it has to be an expression"),
    (RUBRIC, "shape: [16, 16]", "shape: [-16, 16]", 15, "a size in [-16, 16] is negative"),
    (RUBRIC, "shape: [16, 16]", "shape: [100000, 100000]", 15, "has 10000000000 numbers"),
    (RUBRIC, NOISE, "{random: uniform, shape: [4], between: [3, 1]}", 15, "exchange the two"),
    (RUBRIC, NOISE, "{scene: checkerbord}", 15, "Did you mean `checkerboard`?"),
    (RUBRIC, NOISE, "{scene: noise, size: [0, 4]}", 15, "`size` is rows and columns"),
    (SETTINGS, "title =", 'deadline = "tomorrow"\ntitle =', 1, "`tomorrow` is no day with a time"),
    (SETTINGS, "title =", "deadline = 2026-03-01\ntitle =", 1, "is a day, and the time is missing"),
    (SETTINGS, "title =", "deadline = 2026-03-01T10:00:00\ntitle =", 1, "the time needs its zone"),
    (SETTINGS, "title =", 'time_zone = "Europe/Madird"\ntitle =', 1, "there is no time zone `Europe/Madird`"),
    (SETTINGS, "cell_s = 60", "cell_s = -60", 9, "has to be greater than 0, not `-60`"),
    (SETTINGS, "cell_s = 60", 'cell_s = "a minute"', 9, "has to be a number, not `a minute`"),
    (SETTINGS, "title = ", "title = Hello, ", None, "this is not TOML"),
    (SETTINGS, "notebook = ", "notebok = ", 2, "unknown key `notebok`"),
    (SETTINGS, 'title = "Hello, contrast"', "", None, "the key `title` is missing"),
    (SETTINGS, "", '\n[late]\nrule = "perday"\n', 13, "`late.rule` is none of those that there are"),
    (SETTINGS, "", '\n[files]\n"data/a.csv" = "a.csv"\n', 13, "`a.csv` is not there"),
    (SETTINGS, "hello.ipynb", "helo.ipynb", None, "the notebook that assignment.toml names is not there"),
    (COURSE, "", 'langage = "es"\n', 3, "unknown key `langage`"),
    (COURSE, "", 'language = "fr"\n', 3, "there is no language `fr` yet"),
    (COURSE, '"My course"', '"My course', None, "this is not TOML"),
    (REFERENCE, "def stretch(image):", "def stretch(image:", 6, "this is not Python"),
    (REFERENCE, "import numpy", "import numpi", 3, "the reference imports `numpi`, which is not installed here"),
    (REFERENCE, "def stretch(image):", "def strech(image):", None, "it has no `stretch`"),
    (REFERENCE, "def stretch(image):", "def stretch(image, low, high):", None, "missing 2 required positional"),
    (REFERENCE, "", "\nraise SystemExit(3)\n", None, "the reference does not run"),
    (NOTEBOOK, None, "", None, "this is not a notebook, or only a part of one"),
    (NOTEBOOK, None, '{"nbformat": 4, "cells": [', None, "this is not a notebook, or only a part of one"),
    (NOTEBOOK, None, '{"nbformat": 4, "metadata": {}}', None, "this is not a notebook, or only a part of one"),
    (NOTEBOOK, None, "[1]", None, "this is not a notebook, or only a part of one"),
    (NOTEBOOK, None, '{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": ["x"]}', None, "not a notebook"),
    (SOLUTION, "count:", "cuont:", 2, "the notebook has no cell `cuont`"),
    (SOLUTION, None, "- a\n", 1, "holds things by their names"),
    (SOLUTION, None, "count: [\n", 2, "this is not YAML"),
    (WRONG, "  flat:", "  flatt:", 8, "the rubric has no criterion `flatt`"),
    (WRONG, '  flat: "."', '  flat: "("', 6, "this is not a regular expression"),
    (WRONG, "def stretch(image):", "def stretch(image:", 3, "`code`: this is not Python"),
    (WRONG, "def stretch(image):", "def strech(image):", None, "it defines strech, which is not of one module"),
    (WRONG, "about:", "abuot:", 2, "unknown key `abuot`"),
    (EQUIVALENT, None, "function: x\n", 1, "has to be a list"),
    (EXAM, "vanishes:\n", "vanishes:\n              right: true\n", 19, "exactly one option of a single choice"),
    (EXAM, "points: 2\n        asks: An", "points: two\n        asks: An", 17, "has to be a number, not `two`"),
    (EXAM, "points: 6", "points: 7", 9, "the questions add up to 6 points, but the exam says 7"),
    (EXAM, "answer: (low + high) / 2", "answer: (low + hihg) / 2", 35, "uses `hihg`, which is no parameter"),
    (EXAM, "id: halves", "id: stretched", 29, "occurs twice"),
    (EXAM, "2026-03-02 09:00", "tomorrow", 4, "this is not a day and a time of day: tomorrow"),
]  # fmt: skip


@pytest.mark.parametrize(("file", "was", "becomes", "line", "told"), MISTAKES, ids=lambda one: str(one)[:24])
def test_it_is_told_with_its_place_and_never_as_ours(call, tmp_path, file, was, becomes, line, told):
    course = shutil.copytree(TEMPLATE, tmp_path / "course", ignore=shutil.ignore_patterns("__pycache__"))
    path = course / file
    text = path.read_text() if path.exists() else ""
    if was is None:
        path.write_text(becomes)
    elif was:
        assert was in text, "the row says what stands there"
        path.write_text(text.replace(was, becomes, 1))
    else:
        path.write_text(text + becomes)
    arguments = ("exam", "lint", "quiz") if file == EXAM else ("verify", "hello", "--mutants", "0")
    ended = call("--course", course, "--work", tmp_path / "work", *arguments)
    said = " ".join(re.sub(r"^.*━.*$", "", ended.err, flags=re.MULTILINE).split())
    assert ended.code == 2, said
    assert told in said
    assert "Traceback" not in said
    place = f"{path}:{line}:" if line else str(path.parent.parent if file == REFERENCE else path.parent)
    assert place in said
