"""A question is asked again with the reference's helpers: a mistake in a helper is charged once, and nothing leaks."""

import contextlib
from dataclasses import replace

import pytest

from grader.course.reference_code import ReferenceCode, read_reference
from grader.execute.oracles import Oracles
from grader.execute.pool import execute_one
from grader.execute.probe_questions import make_questions
from grader.rubric import Rubric
from grader.score import score
from tests.execute.conftest import LIMITS, make_work

REFERENCE = """
import numpy as np

def half(x):
    if x.sum() < 0:
        raise ValueError('below zero')
    return x / 2

def shift(values, by=1):
    values += by

def endless(x):
    while True:
        pass

def hoard(x):
    return len(bytearray(3 << 30))
"""
ORACLE = ReferenceCode(("reference_of_this_test",), {"reference_of_this_test.py": REFERENCE.encode()})
QUARTER = "def quarter(x):\n    return half(half(x))"


def rubric_of(code="quarter(np.array([8.0]))", value=2.0, given=("half",), **more):
    return Rubric.model_validate(
        {
            "points": 1,
            "reference": ["reference_of_this_test"],
            "probes": {"asked": {"evaluate": f"float({code}[0])", "hidden": True, **more}},
            "criteria": [
                {
                    "id": "asked",
                    "says": "It is as asked.",
                    "points": 1,
                    "probe": "asked",
                    "given": list(given),
                    "expect": {"value": value},
                }
            ],
        }
    )


@pytest.fixture
def graded(servers):
    def grade(*cells, rubric=None, oracle=ORACLE, **options):
        rubric = rubric or rubric_of()
        options.setdefault("limits", LIMITS.model_copy(update={"memory_mib": 2048}))  # torch with CUDA is larger
        work = make_work(*cells, questions=make_questions(rubric, "ana", oracle), **options)
        run = execute_one(replace(work, oracle=oracle), servers).run
        (finding,) = score(run, rubric, {})
        return run, finding

    return grade


HELPED = "With the right `half` in place of yours the answer is as expected, so nothing is lost here."


@pytest.mark.parametrize(
    "half",
    [
        "def half(x): return x * 2",
        "def half(x, factor=2): return x * factor",
        "def half(values): return values",
        "half = lambda v: v",
        "import functools\n@functools.lru_cache\ndef _cached(x): return x\nhalf = lambda x: _cached(float(x[0]))",
        "def wrapped(f):\n    return lambda *a: f(*a)\n@wrapped\ndef half(x): return x",
        "class Half:\n    def __call__(self, x): return x\nhalf = Half()",
        "import functools, operator\nhalf = functools.partial(operator.mul, 1)",
        "import numpy as np\nhalf = np.vectorize(lambda x: x)",
        "half = max",
        "pass",
        "def half(x): raise KeyError(x)",
        "def Half(x): return x",
    ],
)
def test_work_that_is_right_loses_nothing_to_a_helper_that_is_wrong(graded, half):
    _, finding = graded(half, QUARTER)
    assert (finding.status, str(finding.because)) == ("met", HELPED)


def test_other_names_for_a_helper_are_the_same_helper(graded):
    _, finding = graded("def half(x): return x", "mine = half\ndef quarter(x, f=half):\n    return mine(f(x))")
    assert (finding.status, str(finding.because)) == ("met", HELPED)


def test_work_that_is_wrong_by_itself_earns_nothing_by_a_right_helper(graded):
    _, finding = graded("def half(x): return x", "def quarter(x):\n    return half(x)")
    assert finding.status == "missed"
    assert "in place of yours" not in str(finding.because)


def test_work_that_is_right_alone_is_not_said_to_be_helped(graded):
    _, finding = graded("def half(x): return x / 2", QUARTER)
    assert (finding.status, "in place" in str(finding.because)) == ("met", False)


def test_what_the_reference_raises_and_changes_in_place_reaches_the_notebook(graded):
    refused = (
        "def quarter(x):\n    try:\n        half(-x)\n    except ValueError as error:\n        return [len(str(error))]"
    )
    _, finding = graded("half = abs", refused, rubric=rubric_of(value=10.0))
    assert (finding.status, str(finding.because)) == ("met", HELPED)
    shifts = "def quarter(x):\n    shift(x)\n    shift(x, by=2)\n    return x"
    _, finding = graded("def shift(v, by=0): pass", shifts, rubric=rubric_of(value=11.0, given=["shift"]))
    assert finding.status == "met"


def test_an_oracle_answers_only_helpers_that_the_question_names_and_only_so_often(graded, servers, monkeypatch):
    forged = (
        "def quarter(x):\n    import gc\n    from grader.inside.oracle_stubs import Asker\n"
        "    asker = [one for one in gc.get_objects() if type(one) is Asker]\n"
        "    return [asker[0].ask('shift', {'values': x}) or 2.0] if asker else [0.0]"
    )
    run, finding = graded("half = abs", forged)
    assert finding.status == "missed"
    assert run.answers["asked given half"].status == "stopped"
    often = "def quarter(x):\n    for _ in range(11): half(x)\n    return [2.0]"
    with contextlib.closing(Oracles(most_calls=11)) as oracles:
        monkeypatch.setattr(servers, "oracles", oracles)
        run, finding = graded("half = abs", often)
        assert run.answers["asked given half"].status == "answered"
    with contextlib.closing(Oracles(most_calls=10)) as oracles:
        monkeypatch.setattr(servers, "oracles", oracles)
        run, finding = graded("half = abs", often)
    assert str(run.answers["asked given half"].because) == (
        "`quarter` could not be asked: it called its helpers too often, or in a way that cannot be answered."
    )


@pytest.mark.parametrize(("helper", "ends"), [("endless", "stopped"), ("hoard", "raised")])
def test_arguments_that_use_up_the_reference_are_the_students_and_the_next_one_is_served(
    graded, helper, ends, servers, monkeypatch
):
    cells = (f"def {helper}(x): return x", f"def quarter(x):\n    return {helper}(x)")
    with contextlib.closing(Oracles(cpu_s=2)) as oracles:
        monkeypatch.setattr(servers, "oracles", oracles)
        run, finding = graded(*cells, rubric=rubric_of(given=[helper], value=-1.0))
        assert finding.status == "missed"
        assert run.answers[f"asked given {helper}"].status == ends
        _, finding = graded("def half(x): return x", QUARTER)
        assert finding.status == "met"


def test_what_a_copy_learns_from_an_oracle_is_gone_when_it_has_answered(graded):
    """The plain question comes first, and each copy is thrown away: nothing that the reference said is left."""
    keeps = "kept = []\ndef quarter(x):\n    kept.append(float(half(x)[0]))\n    return [kept[0]]"
    rubric = rubric_of(value=4.0)
    run, _ = graded("def half(x): return x", keeps, rubric=rubric)
    assert run.answers["asked"].value == 8.0
    assert run.answers["asked given half"].value == 4.0


def test_the_reference_stays_outside(graded):
    looks = (
        "def quarter(x):\n    import os, pathlib\n    found = half(x)\n"
        "    roots = map(pathlib.Path, ('/tmp', '/content', '/run', '/opt'))\n"
        "    paths = [path for root in roots for path in root.rglob('reference_of_this_test.py')]\n"
        "    return [float(len(paths))]"
    )
    run, _ = graded("half = abs", looks)
    assert run.answers["asked given half"].value == 0.0


def test_where_the_reference_cannot_be_asked_the_criterion_waits(graded):
    broken = ReferenceCode(("reference_of_this_test",), {"reference_of_this_test.py": b"raise SystemExit"})
    _, finding = graded("def half(x): return x", QUARTER, oracle=broken)
    assert (finding.status, finding.earned) == ("unscored", None)
    assert str(finding.because).endswith("It could not be tried with the right `half` in place of yours.")


def test_a_run_that_was_not_asked_so_waits_and_a_self_check_does_not(graded):
    rubric = rubric_of(hidden=False)
    run, _ = graded("def half(x): return x", QUARTER, rubric=rubric)
    old = run.model_copy(update={"answers": {"asked": run.answers["asked"]}})
    assert score(old, rubric, {})[0].status == "unscored"
    assert score(old, rubric, {}, public_only=True)[0].status == "missed"


def test_another_reference_is_another_question():
    changed = ReferenceCode(("reference_of_this_test",), {"reference_of_this_test.py": b"half = abs"})
    asked = {make_questions(rubric_of(), "ana", code)[-1].hash for code in (ORACLE, changed)}
    assert len(asked) == 2
    assert make_questions(rubric_of(), "ana")[-1].name == "asked"


def test_what_python_compiled_of_a_reference_changes_nothing(tmp_path):
    folder = tmp_path / "reference"
    (folder / "__pycache__").mkdir(parents=True)
    (folder / "reference_of_this_test.py").write_text(REFERENCE)
    before = read_reference(tmp_path, ["reference_of_this_test"])
    (folder / "__pycache__" / "reference_of_this_test.cpython-311.pyc").write_bytes(b"x")
    assert read_reference(tmp_path, ["reference_of_this_test"]).hash == before.hash == ORACLE.hash
