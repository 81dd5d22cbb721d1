"""The reference is asked what is not known yet: once, in one process, and each group of questions for itself."""

from __future__ import annotations

from pathlib import Path

from grader.execute.answers import ProbeQuestion
from grader.execute.probe_questions import make_question
from grader.execute.reference import ask_reference
from grader.rubric import Probe


def question(name: str, value: int) -> ProbeQuestion:
    return make_question(name, Probe.model_validate({"call": "double", "with": {"x": value}}), "ana")


def test_what_is_not_known_yet_is_asked_in_one_process_and_nothing_is_asked_twice(course: Path, tmp_path: Path):
    log, remembered = tmp_path / "log", tmp_path / "expected"
    (course / "reference/hello.py").write_text(
        f"log = open({str(log)!r}, 'a', buffering=1)\nlog.write('start ')\n"
        "def double(x):\n    log.write(f'{x} ')\n    return 2 * x\n"
    )
    first, same_name = [question("doubled", 3), question("other", 4)], [question("doubled", 5)]
    told = ask_reference(course, ["hello"], [first, [], same_name], remembered)
    assert [{name: answer.value for name, answer in group.items()} for group in told] == [
        {"doubled": 6, "other": 8},
        {},
        {"doubled": 10},
    ]
    assert log.read_text() == "start 3 4 5 "
    again = ask_reference(course, ["hello"], [[question("doubled", 6)], same_name, first], remembered)
    assert [group["doubled"].value for group in again] == [12, 10, 6]
    assert log.read_text() == "start 3 4 5 start 6 "


def test_a_reference_that_takes_long_to_leave_has_answered_all_the_same(course: Path, tmp_path: Path):
    path = course / "reference/hello.py"
    path.write_text(f"import atexit, time\natexit.register(time.sleep, 600)\n{path.read_text()}")
    (found,) = ask_reference(course, ["hello"], [[question("doubled", 3)]], tmp_path / "expected")
    assert found["doubled"].value == 6
