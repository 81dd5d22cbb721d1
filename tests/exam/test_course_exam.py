"""The course's own exam: sound, in both languages, and right by oracles that know nothing of its key."""

from __future__ import annotations

import ast
import contextlib
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from grader.exam.exam import read_exam
from grader.exam.lint import find_remarks
from grader.exam.variants import draw, make_variant

PATH = Path(__file__).parents[2] / "assignments" / "exam-2024" / "exam.yaml"
EXAM = read_exam(PATH)
BY_ID = {question.id: question for question in EXAM.questions}
SEEDS = range(12)


def test_the_lint_finds_nothing():
    assert find_remarks(EXAM, PATH.parent) == []


def test_it_has_enough_questions_of_every_kind_and_two_practical_exercises():
    kinds = [question.kind for question in EXAM.questions]
    assert len(kinds) - kinds.count("practical") >= 24
    assert kinds.count("practical") == 2
    assert set(kinds) == {
        *("single", "multiple", "rows", "numeric", "text", "output", "matching", "ordering", "practical")
    }


def test_every_sentence_stands_in_spanish_beside_its_english():
    for question in EXAM.questions:
        assert set(question.asks.root) == set(question.explanation.root) == {"en", "es"}
        assert question.asks.say("en") != question.asks.say("es")


@pytest.mark.parametrize("name", [question.id for question in EXAM.questions if question.output])
def test_the_code_of_a_question_prints_what_the_key_says(name):
    question = BY_ID[name]
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(question.code, {})
    assert printed.getvalue().strip() == question.output.prints
    for mistake in question.output.mistakes.values():
        ast.literal_eval(mistake.prints)
        assert mistake.prints != question.output.prints


@pytest.mark.parametrize("seed", SEEDS)
def test_the_pixel_is_where_opencv_projects_the_point(seed):
    question = BY_ID["pinhole-pixel"]
    drawn = draw(question, seed)
    matrix = np.array([[drawn["f"], 0, drawn["cx"]], [0, drawn["f"], 240], [0, 0, 1]])
    point = np.array([[drawn["x"], 0.0, drawn["z"]]])
    pixels, _ = cv2.projectPoints(point, np.zeros(3), np.zeros(3), matrix, None)
    assert make_variant(question, seed).numeric.value == pytest.approx(float(pixels[0, 0, 0]), abs=1e-6)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_gradient_step_is_the_one_that_torch_takes(seed):
    question = BY_ID["gradient-step"]
    drawn = draw(question, seed)
    weight = torch.tensor(drawn["w"], dtype=torch.float64, requires_grad=True)
    ((weight - drawn["a"]) ** 2).backward()
    torch.optim.SGD([weight], lr=drawn["rate"]).step()
    assert make_variant(question, seed).numeric.value == pytest.approx(weight.item(), abs=1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_forward_pass_is_the_one_of_torch(seed):
    question = BY_ID["forward-pass"]
    x = torch.tensor(draw(question, seed)["x"])
    y = 2 * torch.relu(2 * x - 1) + 5 * torch.relu(-x) + 1
    assert make_variant(question, seed).numeric.value == pytest.approx(y.item())


def separable(truth: list[int]) -> bool:
    """Whether some line does it: tried out on a grid that holds every threshold function of two bits."""
    points = [(0, 0), (0, 1), (1, 0), (1, 1)]
    weights = np.arange(-2, 2.5, 0.5)
    return any(
        [int(a * x + b * y + c > 0) for x, y in points] == truth for a in weights for b in weights for c in weights
    )


def test_what_a_perceptron_can_compute_is_what_some_weights_compute():
    truths = {"and": [0, 0, 0, 1], "or": [0, 1, 1, 1], "not-first": [1, 1, 0, 0], "xor": [0, 1, 1, 0]}
    truths["equal"] = [1, 0, 0, 1]
    for name, option in BY_ID["perceptron-power"].multiple.options.items():
        assert option.right == separable(truths[name])


def test_the_perceptron_answers_as_its_formula_does():
    assert int(np.dot([2, -1], [1, 2]) - 1 > 0) == 0
    assert BY_ID["perceptron-output"].single.options["zero"].right


def test_the_projection_of_the_practical_exercise_is_the_one_of_opencv():
    matrix = np.array([[800.0, 0, 320], [0, 800, 240], [0, 0, 1]])
    points = np.array([[0.5, -0.25, 2], [0.5, -0.25, 4], [1, 0, 1]])
    pixels, _ = cv2.projectPoints(points, np.zeros(3), np.zeros(3), matrix, None)
    assert np.allclose(pixels[:, 0], [[520, 140], [420, 190], [1120, 240]])
    told = " ".join(step.says.say("en") for step in BY_ID["projection"].practical.criteria.values())
    for words in ("(520, 140)", "(420, 190)", "u = 1120"):
        assert words in told
