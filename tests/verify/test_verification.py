"""verify says what is not as it must be, each in a sentence."""

import json
import subprocess
import sys

import pytest
import yaml

from grader.errors import UserError
from tests.verify.conftest import CELLS


def test_a_course_that_is_as_it_must_be_has_no_problems(bench):
    bench.write_mistake(
        "triples", "def double(x):\n    return 3 * x\n", double="is 12", any="Every value is 1.5 times", total="30, 18"
    )
    found = bench.verify()
    assert found.problems == ()
    assert (found.points, found.mistakes) == (3, 1)
    assert [tally.mutants for tally in found.tallies.values()] == [0, 0]


def test_a_mistake_reaches_the_functions_that_use_the_mistaken_one(bench):
    bench.write_mistake("triples", "def double(x):\n    return 3 * x\n", double="", any="")
    assert [problem.split(": ")[0] for problem in bench.verify().problems] == [
        "the mistake `triples` loses `total` too"
    ]


def test_a_reference_that_misses_a_criterion_is_told_and_no_mutant_is_tried(bench):
    bench.write_rubric(double={"value": 9})
    found = bench.verify(mutants=None)
    assert found.problems == (
        "the solved notebook does not meet `double`: The value of `double(4)` is 8, but 9 is expected.",
        "nothing else was tried: first the solved notebook has to get full marks",
    )
    assert (found.tallies, found.survivors) == ({}, ())


def test_a_cell_that_does_not_run_once_it_is_solved_is_told(bench):
    bench.write_notebook(["def double(x):\n    raise NotImplementedError", "print(double(1, 2, 3))"])
    assert (
        bench.verify()
        .problems[0]
        .startswith("the solved notebook does not run: code cell 3, `print(double(1, 2, 3))`: TypeError:")
    )


def test_points_for_an_untouched_notebook_are_told(bench):
    bench.write_notebook(
        ["def double(x):\n    return 8  # TODO", "def total(x, first=0):\n    raise NotImplementedError"]
    )
    assert bench.verify().problems == (
        "the untouched notebook gets 1 points for `double`: The value of `double(4)` is 8, as expected.",
    )


def test_what_the_notebook_gives_complete_stays_as_it_is_and_is_not_mutated(bench):
    assert {mutant.module for mutant in bench.mutants()} == {"doubling", "steps"}
    bench.write_notebook(["def step(x):\n    return 2 * x", *CELLS])
    assert {mutant.module for mutant in bench.mutants()} == {"doubling"}
    assert bench.verify().problems == ()


def test_a_mistake_that_costs_less_than_it_names_is_told(bench):
    bench.write_mistake("nothing", "def double(x):\n    return x + x\n", double="")
    assert bench.verify().problems == ("the mistake `nothing` does not lose `double`",)


def test_a_mistake_that_gets_another_sentence_is_told(bench):
    bench.write_mistake("triples", "def double(x):\n    return 3 * x\n", double="is 13", any="factor", total="")
    assert bench.verify().problems == (
        "the mistake `triples` loses `double` with another sentence: "
        "The value of `double(4)` is 12, but 8 is expected.",
    )


def test_a_share_that_no_mistake_earns_is_told_and_one_that_is_earned_is_not(bench):
    path = bench.root / "rubrics" / "doubling.yaml"
    rubric = yaml.safe_load(path.read_text())
    rubric["criteria"][1]["partly"] = {"sign": 0.5, "up-to-scale": 0.25}
    path.write_text(yaml.safe_dump(rubric))
    bench.write_mistake("triples", "def double(x):\n    return 3 * x\n", double="", any="1.5 times", total="")
    assert bench.verify().problems == (
        "no mistake in wrong/ gets the share of `any` for `sign`: add a case that does, or take the entry out of "
        "`partly`",
    )


def test_a_mistake_that_the_rubric_names_has_to_be_made_in_wrong_and_an_alternative_anywhere(bench):
    path = bench.root / "rubrics" / "doubling.yaml"
    rubric = yaml.safe_load(path.read_text())
    tripled = {"answer": 12, "says": "It is three times x.", "earns": 0.5}
    rubric["criteria"][0]["mistakes"] = {"tripled": tripled, "unclear": {**tripled, "answer": 16, "earns": "person"}}
    path.write_text(yaml.safe_dump(rubric))
    bench.write_mistake("triples", "def double(x):\n    return 3 * x\n", double="three times", any="", total="")
    assert bench.verify().problems == (
        "no mistake in wrong/ gets the share of `double` for `unclear`: add a case that does, or take the entry out of "
        "`mistakes`",
    )
    bench.write_mistake("squares", "def double(x):\n    return x * x\n", double="A person", any="", total="")
    assert bench.verify().problems == ()


def test_a_mistake_in_a_function_that_the_reference_has_not_is_the_courses_to_mend(bench):
    bench.write_mistake("misspelt", "def duoble(x):\n    return 3 * x\n", double="")
    with pytest.raises(UserError, match="it defines duoble, which is not of one module of the reference"):
        bench.verify()


@pytest.mark.parametrize(
    ("code", "because"),
    [
        ("def double(x:", "this is not Python"),
        ("x = 3", "there is neither a function nor a class in it, so nothing takes the reference's place"),
    ],
)
def test_a_mistake_that_is_no_function_names_its_file_and_line(bench, code, because):
    bench.write_mistake("broken", code, double="")
    with pytest.raises(UserError, match=rf"broken.yaml:\d+: `code`: {because}"):
        bench.verify()


def test_a_pattern_that_is_none_is_told(bench):
    bench.write_mistake("broken", "def double(x): ...", double="(")
    with pytest.raises(UserError, match="`loses`: `double`: this is not a regular expression"):
        bench.verify()


def test_mutants_that_are_not_noticed_are_shown_and_too_many_are_a_problem(bench):
    bench.write_rubric(any={"shape": [9]}, total={"count": {"at_least": 2}})
    found = bench.verify(mutants=None)
    shares = {kind: tally.share for kind, tally in found.tallies.items()}
    assert shares["syntactic"] < 0.95
    assert shares["semantic"] < 0.9
    assert found.problems == (
        f"the rubric notices {shares['syntactic']:.1%} of the syntactic mutants, and 95% are asked for",
        f"the rubric notices {shares['semantic']:.1%} of the semantic mutants, and 90% are asked for",
    )
    assert "--- doubling.py, line 14, in `total`\n" in "\n".join(mutant.diff for mutant in found.survivors)


def test_every_mutant_of_what_can_be_reached_is_tried_and_no_other(bench):
    found = bench.verify(mutants=None)
    assert found.problems == ()
    assert [tally.caught == tally.mutants > 5 for tally in found.tallies.values()] == [True, True]


def test_a_mutant_that_computes_the_same_is_named_with_a_reason_and_does_not_count(bench):
    line = "return sum(double(item) for item in x[first:])"
    (bench.root / "reference" / "steps.py").write_text("FACTOR = 2\n\n\ndef step(x):\n    return FACTOR * x + abs(0)\n")
    survivors = bench.verify(mutants=None).survivors
    assert [mutant.becomes.strip() for mutant in survivors] == ["return FACTOR * x - abs(0)", "return FACTOR * x + 0"]
    entry = {"function": "step", "was": "return FACTOR * x + abs(0)", "because": "adding nothing changes nothing"}
    bench.write_equivalents({**entry, "becomes": ["return FACTOR * x - abs(0)", "return FACTOR * x + 0"]})
    found = bench.verify(mutants=None)
    assert (found.problems, found.survivors, found.tallies["syntactic"].equivalent) == ((), (), 2)
    bench.write_equivalents({"function": "total", "was": line, "becomes": ["return 3"], "because": "it never was"})
    assert "equivalent.yaml names a mutant of `total` that there is not: return 3" in bench.verify().problems


def test_a_mutant_that_is_noticed_after_all_may_not_be_called_equivalent(bench):
    entry = {"function": "step", "was": "return FACTOR * x", "because": "a wrong belief"}
    bench.write_equivalents({**entry, "becomes": ["return FACTOR / x"]})
    assert bench.verify(mutants=None).problems[:1] == (
        "equivalent.yaml names a mutant that the rubric notices:\n"
        "--- steps.py, line 5, in `step`\n-    return FACTOR * x\n+    return FACTOR / x",
    )


def test_an_assignment_without_a_notebook_is_told(bench):
    (bench.folder / "assignment.toml").write_text('title = "Doubling"\n')
    with pytest.raises(UserError, match="gives no notebook, so there is nothing to fill in"):
        bench.verify()


def test_the_command_tells_programs_too_and_ends_with_1_where_something_is_wrong(bench):
    def run(*options):
        line = [sys.executable, "-m", "grader", "--course", str(bench.root), "verify", "doubling", *options]
        return subprocess.run(line, capture_output=True, text=True, check=False)

    good = run("--json", "--mutants", "3")
    assert good.returncode == 0, good.stderr
    (told,) = json.loads(good.stdout)["assignments"]
    assert told == {
        "assignment": "doubling",
        "problems": [],
        "points": 3.0,
        "mistakes": 0,
        "mutants": {
            "syntactic": {"mutants": 1, "caught": 1, "equivalent": 0, "share": 1.0},
            "semantic": {"mutants": 2, "caught": 2, "equivalent": 0, "share": 1.0},
        },
        "lost": {"points": 0, "elsewhere": 0, "share": 0.0},
        "presumed": 0,
        "survivors": [],
    }
    bench.write_rubric(double={"value": 9})
    bad = run("--mutants", "0")
    assert bad.returncode == 1
    assert "doubling: not as it must be\n" in bad.stdout


def test_a_slip_in_a_solved_cell_is_tried_too_where_an_answer_depends_on_it(bench):
    bench.write_notebook([*CELLS, "extra = None  # TODO"])
    (bench.folder / "solution.yaml").write_text("cell-3: |\n  extra = total([1, 2, 3])\n")
    without = bench.verify(mutants=None)
    path = bench.root / "rubrics" / "doubling.yaml"
    rubric = yaml.safe_load(path.read_text())
    rubric["probes"]["total"] = {"evaluate": "[total([1, 2, 3, 4]), extra + total([5, 6], first=1) - 12]"}
    path.write_text(yaml.safe_dump(rubric))
    found = bench.verify(mutants=None)
    assert (found.problems, found.survivors) == ((), ())
    tried, before = found.tallies["syntactic"], without.tallies["syntactic"]
    assert tried.caught == tried.mutants > before.mutants
    rubric["probes"]["total"] = {"evaluate": "[total([1, 2, 3, 4]), 12 + 0 * extra]"}
    path.write_text(yaml.safe_dump(rubric))
    assert {(slip.module, slip.function) for slip in bench.verify(mutants=None).survivors} >= {
        ("solution.yaml", "cell-3")
    }


def test_what_is_never_counted_notices_no_mutant(bench):
    path = bench.root / "rubrics" / "doubling.yaml"
    rubric = yaml.safe_load(path.read_text())
    for criterion in rubric["criteria"]:
        criterion["points"] = 0
    path.write_text(yaml.safe_dump({**rubric, "points": 0}))
    found = bench.verify(mutants=4)
    assert [(tally.mutants, tally.caught) for tally in found.tallies.values()] == [(2, 0), (2, 0)]


def test_points_that_a_mistake_takes_from_callers_are_summed(bench):
    bench.write_mistake("triples", "def double(x):\n    return 3 * x\n", double="", any="", total="")
    bench.write_mistake("adds-one", "def total(x, first=0):\n    return 1\n", total="")
    losses = bench.verify().losses
    assert (losses.points, losses.elsewhere, losses.share) == (4, 1, 0.25)


def test_what_a_mistake_in_an_inner_helper_takes_is_not_called_elsewhere(bench):
    bench.write_mistake("half", "def step(x):\n    return x / 2\n", double="", any="", total="")
    assert bench.verify().losses.points == 0


def test_cells_of_colab_are_known_by_the_ids_in_their_metadata(bench):
    notebook = json.loads((bench.folder / "doubling.ipynb").read_text())
    for cell in notebook["cells"]:
        cell["metadata"]["id"] = f"colab_{cell.pop('id')}"
    notebook["nbformat_minor"] = 0
    (bench.folder / "doubling.ipynb").write_text(json.dumps(notebook))
    (bench.folder / "solution.yaml").write_text("colab_cell-1: |\n  def total(x, first=0):\n      return 0\n")
    first = bench.verify().problems[0]
    assert first.startswith("the solved notebook does not meet `total`")


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("assignments/doubling/solution.yaml", "cell-0: x = 1\ncell-7: y = 2\n", ["solution.yaml:2", "cell-7"]),
        ("assignments/doubling/doubling.ipynb", '{"nbformat": 4, "cells": [', ["doubling.ipynb", "Save it again"]),
        ("reference/doubling.py", "x = 1\ndef double(x:\n", ["doubling.py:2", "this is not Python"]),
    ],
)
def test_a_broken_file_of_the_course_is_told_with_its_place(bench, file, content, says):
    (bench.root / file).write_text(content)
    with pytest.raises(UserError) as told:
        bench.verify()
    assert [part for part in says if part not in str(told.value)] == []


def test_a_mistake_may_change_cells_and_names_one_that_is_not_there(bench):
    path = bench.folder / "wrong" / "typed-in.yaml"
    mistake = {"about": "The answer is typed in.", "cells": {"cell-0": "def double(x):\n    return 8"}}
    path.write_text(yaml.safe_dump({**mistake, "loses": {"any": ""}}))
    assert bench.verify().problems == ()
    path.write_text(yaml.safe_dump({**mistake, "cells": {"cell-9": "x = 1"}, "loses": {"any": ""}}))
    with pytest.raises(UserError, match=r"typed-in.yaml:\d+: the notebook has no cell `cell-9`"):
        bench.verify()
    path.write_text(yaml.safe_dump({"about": "Nothing is changed.", "loses": {"any": ""}}))
    with pytest.raises(UserError, match="neither `code` nor `cells`"):
        bench.verify()


def test_what_the_quick_look_leaves_out_notices_no_mutant(bench):
    path = bench.root / "rubrics" / "doubling.yaml"
    rubric = yaml.safe_load(path.read_text())
    counted = {"says": "It draws.", "points": 1, "expect": {"count": {"of": "pictures", "at_least": 1}}}
    rubric["criteria"] = [rubric["criteria"][0], {"id": "plots", **counted}]
    rubric["probes"] = {"double": rubric["probes"]["double"]}
    path.write_text(yaml.safe_dump({**rubric, "points": 2}))
    bench.write_notebook([*CELLS, "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()"])
    found = bench.verify(mutants=None)
    assert found.problems[-1].startswith("the rubric notices") or found.survivors
    assert "total" in {mutant.function for mutant in found.survivors}
