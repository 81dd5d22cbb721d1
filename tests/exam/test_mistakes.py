"""The mistakes that are made in an exam.yaml, each told with its line, what is wrong and what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import grader.cli
from grader.errors import UserError
from grader.exam.exam import read_exam

RIGHT = (Path(grader.cli.__file__).parent / "course/assignments/quiz/exam.yaml").read_text(encoding="utf-8")
MISTAKES = yaml.safe_load((Path(__file__).parent / "data" / "mistakes.yaml").read_text(encoding="utf-8"))


def make(told) -> str:
    """The exam with one mistake in it."""
    text = RIGHT + told.get("added", "")
    for right, wrong in told.get("changes", [(told["right"], told["wrong"])] if "right" in told else []):
        assert right in text
        text = text.replace(right, wrong, 1)
    return text


@pytest.mark.parametrize("told", MISTAKES, ids=[told["mistake"] for told in MISTAKES])
def test_a_mistake_in_an_exam_is_told_with_its_line_and_a_remedy(told, tmp_path):
    path = tmp_path / "exam.yaml"
    path.write_text(make(told), encoding="utf-8")
    with pytest.raises(UserError) as refused:
        read_exam(path)
    assert str(refused.value) == f"{path}:{told['line']}: {told['what']}\n  {told['remedy']}"


def test_the_exam_without_the_mistakes_is_read(tmp_path):
    path = tmp_path / "exam.yaml"
    path.write_text(RIGHT, encoding="utf-8")
    assert read_exam(path).points == 6


def test_formulas_keep_their_backslashes_in_single_quotes(tmp_path):
    path = tmp_path / "exam.yaml"
    path.write_text(
        RIGHT.replace("says: It vanishes.", r"says: '$\theta$, $\nabla f$ and $\frac{1}{2}$'"), encoding="utf-8"
    )
    (question, *_) = read_exam(path).questions
    assert question.single.options["vanishes"].says.say("en") == r"$\theta$, $\nabla f$ and $\frac{1}{2}$"
