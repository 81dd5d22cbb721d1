"""Cells that use an asked name again: the answer of the moment before counts as well, and nothing else changes."""

import pytest

from grader.execute.earlier_states import EarlierStates
from grader.execute.probe_questions import make_questions
from grader.files.cell_names import read_code
from grader.rubric import Rubric
from grader.score import score
from tests.execute.conftest import LIMITS


def rubric_of(probes, expect, **more):
    return Rubric.model_validate(
        {
            "points": len(probes),
            "probes": {name: {**probe, **more} for name, probe in probes.items()},
            "criteria": [
                {"id": name, "says": "It is as asked.", "points": 1, "probe": name, "expect": {"value": expect[name]}}
                for name in probes
            ],
        }
    )


RUBRIC = rubric_of(
    {
        "bright": {"variable": "bright"},
        "double": {"call": "double", "with": {"x": 4}},
        "hidden": {"call": "double", "with": {"x": 5}, "hidden": True},
        "both": {"evaluate": "double(bright)"},
    },
    {"bright": 3, "double": 8, "hidden": 10, "both": 6},
)
MADE = ("def helper(x): return 2 * x", "def double(x): return helper(x)", "bright = 3")
"""Code cells 1 to 3 of a notebook that gets everything."""


@pytest.fixture
def graded(execute):
    def grade(*cells, rubric=RUBRIC, **options):
        options.setdefault("limits", LIMITS.model_copy(update={"memory_mib": 2048}))  # torch with CUDA is larger
        run = execute(*cells, questions=make_questions(rubric, "ana"), **options).run
        return run, {finding.criterion: finding for finding in score(run, rubric, {})}

    return grade


def lost(findings):
    return {name: str(finding.because) for name, finding in findings.items() if finding.status != "met"}


@pytest.mark.parametrize(
    "cell",
    [
        "double = double(4)",
        "for bright in range(5): pass",
        "def helper(x): return -x",
        "def double(a, b): return a",
        "del double",
        "del bright, helper",
        "%reset -f",
        "globals().clear()",
        "exec('bright = 0')",
        "from math import *\nhelper = cos",
        "with open('f', 'w') as bright: pass",
        "try: 1 / 0\nexcept ZeroDivisionError as bright: pass",
        "[bright := n for n in range(3)]",
        "class double: pass",
        "import math as helper",
        "double, bright = 1, 2",
        "bright += 1",
        "double = bright = helper = None",
        "def finish():\n    global double, bright\n    del double, bright\n---finish()",
        "def play():\n    global helper\n    helper = None\ndef play_twice():\n    play()\n    play()\n---play_twice()",
        "wipe = lambda: globals().pop('bright')\n---wipe()",
        "class Demo:\n    def run(self):\n        globals()['double'] = None\n---demo = Demo()---demo.run()",
    ],
)
def test_what_a_name_was_before_a_cell_used_it_again_counts(graded, cell):
    _, findings = graded(*MADE, *cell.split("---"))
    assert lost(findings) == {}


@pytest.mark.parametrize(
    "lines",
    [
        "double = double(4)",
        "for bright in range(5): pass",
        "del double",
        "del bright, helper",
        "helper = helper(2)\nbright",
        "with open('f', 'w') as bright: pass",
        "try: 1 / 0\nexcept ZeroDivisionError as bright: pass",
        "class double: pass",
        "for double in [1]:\n    bright = 5\ndel bright",
        "double = double(4)\nfor bright in range(2):\n    print(bright)\n1 / 0",
        "!true\nfiles = !ls\ndel double",
    ],
)
@pytest.mark.parametrize("head", ["", "%%time\n", "# all in one\n"])
def test_what_a_name_was_before_the_cell_that_made_it_used_it_again_counts(graded, head, lines):
    _, findings = graded(head + "\n".join([*MADE, lines]))
    assert lost(findings) == {}


def test_the_sentence_says_which_line_used_the_name_again(graded):
    run, findings = graded("a = 1", "\n".join([*MADE, "", "for bright in range(5): pass"]))
    assert str(findings["bright"].because) == (
        "`bright` is 3, as expected. So it was before line 5 of code cell 2, which used `bright` again."
    )
    (earlier,) = run.answers["bright"].earlier
    assert (earlier.value, earlier.after, earlier.line) == (3, 1, 5)


def test_a_cell_in_parts_shows_what_it_would_show_whole(execute):
    lines = ["print('a')", "4", *MADE, "5", "del double", "print('b')", "6"]
    source = "\n".join(lines)
    questions = make_questions(RUBRIC, "ana")
    in_parts = execute(source, "1 + 1", questions=questions)
    whole = execute(source, "1 + 1")
    assert in_parts.run.answers["double"].earlier
    assert in_parts.fresh.cells[0].source == source
    assert [cell.outputs for cell in in_parts.fresh.cells] == [cell.outputs for cell in whole.fresh.cells]


def test_how_a_value_is_made_step_by_step_divides_no_cell():
    states = EarlierStates(None, make_questions(RUBRIC, "ana"), frozenset())
    made = "bright = 0\nbright = bright + 1\nfor n in range(2):\n    bright += n\nif bright:\n    bright = 3"
    twice = "def double(x): return x\nimport math\ndef double(x): return 2 * x"
    one_line = "bright = 3; del bright"
    written = "%%writefile helpers.py\ndef double(x):\n    return 2 * x\ndel double"
    no_python = "def double(x: return"
    for source in (made, twice, one_line, written, no_python, "double = 1\nother = 2\ndel other"):
        assert states.divide(source) == [(0, source)]


def test_the_sentence_says_which_cell_used_the_name_again(graded):
    run, findings = graded(*MADE, "a = 1", "for bright in range(5): pass", "b = 2")
    assert str(findings["bright"].because) == (
        "`bright` is 3, as expected. So it was before code cell 5, which used `bright` again."
    )
    assert run.answers["bright"].value == 4
    (earlier,) = run.answers["bright"].earlier
    assert (earlier.value, earlier.after) == (3, 4)


def test_of_several_states_the_last_that_fits_is_taken_and_the_one_at_the_end_first(graded):
    _, findings = graded(*MADE, "bright = 'a'", "bright = 3", "bright = 2")
    assert "before code cell 6" in str(findings["bright"].because)
    _, findings = graded(*MADE, "bright = 1", "bright = 3")
    assert str(findings["bright"].because) == "`bright` is 3, as expected."


def test_a_name_that_had_several_other_values_of_the_kind_may_be_guessed_and_a_person_decides(graded):
    _, findings = graded(*MADE, "bright = 1", "bright = 2")
    assert findings["bright"].status == "unscored"
    assert str(findings["bright"].because) == (
        "It was as expected before code cell 4, which used `bright` again. At other moments there were 2 other answers "
        "of this form: a person decides which one counts."
    )
    _, findings = graded(*MADE, "bright = 1", "bright = 1.0", "bright = [2]", "bright = 1")
    assert findings["bright"].status == "met"


def test_a_wrong_state_is_not_made_right_by_a_later_one_that_is_gone(graded):
    _, findings = graded("def double(x): return 3 * x", "bright = 1", "for bright in range(5): pass")
    assert set(lost(findings)) == {"bright", "double", "hidden", "both"}
    assert str(findings["bright"].because) == "`bright` is 4, but 3 is expected."


def test_where_the_rubric_asks_for_the_end_only_that_counts(graded):
    rubric = rubric_of({"bright": {"variable": "bright"}}, {"bright": 3}, when="end")
    _, findings = graded(*MADE, "for bright in range(5): pass", rubric=rubric)
    assert str(findings["bright"].because) == "`bright` is 4, but 3 is expected."


def test_an_array_that_is_changed_in_place_is_asked_as_it_was(graded):
    rubric = rubric_of({"total": {"evaluate": "int(squares.sum())"}}, {"total": 30})
    _, findings = graded("import numpy as np", "squares = np.arange(5) ** 2", "squares[2:] = 0", rubric=rubric)
    assert lost(findings) == {}


def test_a_list_that_a_function_adds_to_is_asked_as_it_was(graded):
    rubric = rubric_of({"length": {"evaluate": "len(seen)"}}, {"length": 2})
    _, findings = graded("seen = [1, 2]", "seen.append(3)", rubric=rubric)
    assert lost(findings) == {}


STATEFUL = rubric_of(
    {**{key: {"call": "count"} for key in ("first", "second", "last")}, "third": {"evaluate": "count() + count()"}},
    {"first": 1, "second": 1, "third": 3, "last": 1},
)  # fmt: skip


@pytest.mark.parametrize(
    "cell",
    [
        "n = 0\ndef count():\n    global n\n    n += 1\n    return n",
        "calls = []\ndef count():\n    calls.append(0)\n    return len(calls)",
        "state = {'n': 0}\ndef count():\n    state['n'] += 1\n    return state['n']",
        "def count(seen=[]):\n    seen.append(0)\n    return len(seen)",
        "class Box: n = 0\ndef count():\n    Box.n += 1\n    return Box.n",
    ],
)
def test_no_question_changes_what_the_next_one_finds(graded, cell):
    _, findings = graded(cell, rubric=STATEFUL)
    assert lost(findings) == {}


def test_a_question_that_ends_its_process_costs_that_question_alone(graded):
    rubric = rubric_of(
        {"one": {"call": "f", "with": {"x": 1}}, "two": {"call": "f", "with": {"x": 2}}, "word": {"variable": "word"}},
        {"one": 1, "two": 2, "word": "hola"},
    )
    cell = "import os\nn = [0]\ndef f(x):\n    n[0] += x\n    if x == 1: os._exit(3)\n    return n[0]"
    run, findings = graded(cell, "word = 'hola'", rubric=rubric)
    assert set(lost(findings)) == {"one"}
    assert run.end == "finished"


def test_a_notebook_that_uses_no_asked_name_again_keeps_no_copy(graded, monkeypatch):
    kept = []
    monkeypatch.setattr(EarlierStates, "keep", lambda self, *told: kept.append(told))
    _, findings = graded(
        *MADE, "for i in range(3): pass", "i = 5", "print(double(bright))", "import math", "import math",
        "def show(x): print(x)", "show(bright)",
    )  # fmt: skip
    assert (lost(findings), kept) == ({}, [])


def test_a_copy_in_which_nothing_changed_is_dropped(graded):
    run, findings = graded(*MADE, "if False: bright = 0")
    assert lost(findings) == {}
    assert run.answers["bright"].earlier == ()


def at_risk(*cells, asked=RUBRIC):
    states = EarlierStates(None, make_questions(asked, "ana"), frozenset())
    for cell in cells[:-1]:
        states.note(read_code(cell))
    return bool(states.at_risk(read_code(cells[-1])))


@pytest.mark.parametrize(
    ("cell", "is_at_risk"),
    [
        ("x = 1", False),
        ("other = double", False),
        ("def more(): return helper(1)", False),
        ("print(bright)", False),
        ("%matplotlib inline", False),
        ("!ls", False),
        ("helper = 1", True),
        ("def helper(x): pass", True),
        ("%run other.py", True),
        ("def g():\n    global bright\n    bright = 1", True),
    ],
)
def test_a_cells_source_tells_whether_a_copy_is_needed(cell, is_at_risk):
    assert at_risk(*MADE, cell) is is_at_risk


def test_threads_that_hold_numpys_lock_do_not_stop_a_copy(graded):
    draws = (
        "import threading, numpy as np\ndef draw():\n    while True: np.random.rand(2000)\n"
        "for _ in range(3): threading.Thread(target=draw, daemon=True).start()"
    )
    rubric = rubric_of({"bright": {"evaluate": "bright + int(np.random.rand() < 2) - 1"}}, {"bright": 3})
    _, findings = graded(*MADE, draws, "for bright in range(5): pass", rubric=rubric)
    assert lost(findings) == {}


def test_a_fork_that_the_system_refuses_never_fails_the_run_and_is_said(graded):
    block = "import resource\nresource.setrlimit(resource.RLIMIT_NPROC, (1, 1))"
    run, findings = graded(*MADE, block, "for bright in range(5): pass")
    assert set(lost(findings)) == {"bright", "both"}
    assert run.end == "finished"
    assert "only their last values were asked" in str(run.because)


def test_a_notebook_that_waits_for_children_of_its_own_gets_none_of_ours_and_that_is_said(graded):
    fork = (
        "import os\nfor n in range(2):\n    if os.fork() == 0: os._exit(0)\n"
        "ended = [os.wait()[1] for n in range(2)]\ntry: os.wait()\nexcept ChildProcessError: ended.append('none left')"
    )
    run, findings = graded(*MADE, "for bright in range(5): pass", fork)
    assert run.cells[-1].end == "ok"
    assert set(lost(findings)) == {"bright", "both"}
    assert "the notebook waits for processes of its own" in str(run.because)


def test_copies_do_not_bring_a_notebook_over_its_memory(graded):
    limits = LIMITS.model_copy(update={"memory_mib": 400})
    grow = "import numpy as np\nkept = np.ones(5_000_000)"  # 38 MiB
    cells = [f"kept = kept + {n}\nbright = {n}" for n in range(8)]
    run, _ = graded(*MADE, grow, *cells, "bright = 9", limits=limits)
    assert run.end == "finished", run.because
    assert all(cell.end == "ok" for cell in run.cells)
