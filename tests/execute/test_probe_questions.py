"""Questions for a whole class."""

from pathlib import Path

from grader.execute.probe_questions import make_questions, make_questions_for_each
from grader.rubric import Rubric, read_rubric

RUBRIC = """
points: 2
reference: [numbers]
probes:
  same: {evaluate: number}
  own: {call: double, with: {x: {random: uniform, shape: [3], seed: student}}}
  truth: {evaluate: number, ask: reference}
criteria:
  - {id: one, says: It is the number., points: 1, probe: same, expect: {close: {to: {probe: truth}}}}
  - {id: two, says: It is doubled., points: 1, probe: own, expect: {close: {to: reference}}}
"""


def read(folder: Path) -> Rubric:
    path = folder / "rubric.yaml"
    path.write_text(RUBRIC)
    return read_rubric(path)


def test_a_class_is_asked_what_each_student_would_be_asked_alone(tmp_path):
    rubric = read(tmp_path)
    students = ["ana", "bruno"]
    alone = [[question.hash for question in make_questions(rubric, student)] for student in students]
    assert [[question.hash for question in asked] for asked in make_questions_for_each(rubric, students)] == alone
    assert alone[0][1] != alone[1][1]


def test_what_all_are_asked_alike_is_made_ready_once(tmp_path):
    first, second = make_questions_for_each(read(tmp_path), ["ana", "bruno"])
    assert first[0] is second[0]
    assert first[1] is not second[1]


def test_hidden_probes_are_asked_last_whatever_their_place_in_the_rubric(tmp_path):
    path = tmp_path / "rubric.yaml"
    path.write_text(RUBRIC.replace("{evaluate: number}", "{evaluate: number, hidden: true}"))
    rubric = read_rubric(path)
    orders = [make_questions(rubric, "ana"), next(make_questions_for_each(rubric, ["ana"]))]
    assert [[question.name for question in asked] for asked in orders] == [["own", "same"]] * 2
