"""Mutants: one slip each, of the kinds that students make, and nothing else changed."""

import ast

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.verify.modules import cells_behind, reachable, read_modules
from grader.verify.mutants import make_cell_mutants, make_mutants
from grader.verify.solved import code_in


def lines(body):
    """What becomes of a function of one line, by its mutants."""
    source = f"def f(x, y):\n    {body}\n"
    return [mutant.becomes.strip() for mutant in make_mutants({"m": source}, [("m", "f")])]


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("return x + y", ["return x - y"]),
        ("return x - y", ["return x + y", "return y - x"]),
        ("return x / y", ["return x * y", "return y / x"]),
        ("return x @ y", ["return y @ x"]),
        ("return -x", ["return x"]),
        ("return not x", ["return x"]),
        ("return x < y", ["return x <= y", "return x > y"]),
        ("return x and y", ["return x or y"]),
        ("return x.T", ["return x"]),
        ("return x[0]", ["return x[1]"]),
        ("return x[2]", ["return x[3]", "return x[1]"]),
        ("return x.max(axis=0)", ["return x.max()", "return x.min(axis=0)", "return x.max(axis=1)"]),
        ("return np.arctan2(x, y)", ["return np.arctan2(y, x)"]),
        ("return np.hypot(x, y)", []),
        (
            "return x.std(axis=(1, 2))",
            ["return x.std()", *[f"return x.std(axis=({a}))" for a in ("2, 2", "0, 2", "1, 3", "1, 1")]],
        ),
        ("return np.sqrt(x)", ["return x"]),
        ("return relu(x)", ["return x"]),
        ("return np.asarray(x)", []),
        ("return (x, y)", ["return (y, x)"]),
        ("return x[y, :]", ["return x[:, y]"]),
        ("x += y", ["x -= y"]),
        ("return np.pad(x, mode='edge')", ["return np.pad(x)", "return np.pad(x, mode='reflect')"]),
        ("return 0.25", ["return 0.5"]),
        ("return 1e-9", ["return 1.0"]),
        ("return True", ["return False"]),
        ("return 2 * (x + 1)", ["return 2 * (x - 1)", "return 2 / (x + 1)", *[None] * 4]),
        ("return np.zeros(3, dtype=float)", ["return np.ones(3, dtype=float)", None, None]),
    ],
)
def test_a_line_becomes_what_a_slip_makes_of_it(line, becomes):
    found = lines(line)
    assert len(found) == len(becomes)
    assert {one for one in becomes if one} <= set(found)


@pytest.mark.parametrize(
    "line",
    [
        '"""Says 3 > 2."""',
        'raise ValueError(f"{x:g} is not {y + 1}")',
        "z: tuple[int, int]",
        "with np.errstate(divide=0): ...",
    ],
)
def test_words_annotations_and_errors_are_left_alone(line):
    assert lines(line) == []


def test_a_slip_stays_in_its_place_where_operators_bind_otherwise():
    assert "return (x * 2) * y" in lines("return x**2 * y")
    assert "return x * (y - 1) ** 2" in lines("return x * (y + 1) ** 2")


def test_each_argument_that_may_be_left_out_is_ignored_once():
    source = 'def f(x, n=(), *, k=None, m):\n    """Says."""\n    return g(x, n, k, m)\n\n\ndef g(x, y=z): return x\n'
    ignoring = [mutant for mutant in make_mutants({"m": source}, [("m", "f"), ("m", "g")]) if not mutant.was]
    assert [mutant.becomes for mutant in ignoring] == ["    n = ()\n", "    k = None\n"]
    assert ignoring[0].source.splitlines()[1:4] == ['    """Says."""', "    n = ()", "    return g(x, n, k, m)"]
    assert ignoring[0].diff == "--- m.py, line 3, in `f`\n+    n = ()"


def test_columns_count_right_behind_greek_letters():
    assert lines("σ = 1; return σ * x")[-1] == "σ = 1; return σ / x"


def test_every_mutant_of_the_reference_is_python_and_differs_in_one_place():
    from pathlib import Path

    folder = Path(__file__).parents[2] / "reference"
    modules = read_modules(folder, ["harris", "canny"])
    assert list(modules) == ["filters", "harris", "canny"]
    mutants = list(make_mutants(modules, reachable(modules, ["harris_response", "canny"])))
    assert len(mutants) > 100
    for mutant in mutants:
        ast.parse(mutant.source)
        original = modules[mutant.module]
        assert original.replace(mutant.was, mutant.becomes, original.count(mutant.was)) != original
        before, after = original.splitlines(), mutant.source.splitlines()
        same = len(mutant.was.splitlines())
        assert before[: mutant.line - 1] == after[: mutant.line - 1]
        assert before[mutant.line - 1 + same :] == after[mutant.line - 1 + len(mutant.becomes.splitlines()) :]


def test_what_the_notebooks_functions_do_not_use_is_not_mutated(tmp_path):
    (tmp_path / "a.py").write_text("from reference.b import g\nN = 2\nM = 3\ndef f(x): return g(x) + N\ndef h(): ...\n")
    (tmp_path / "b.py").write_text("def g(x): return k(x)\ndef k(x): return x\ndef other(x): return x + 1\n")
    modules = read_modules(tmp_path, ["a"])
    assert reachable(modules, ["f"]) == {("a", "f"), ("a", "N"), ("b", "g"), ("b", "k")}


def test_the_code_cells_of_a_solution_are_mutated_too_and_its_text_is_not():
    given = new_notebook(
        cells=[new_code_cell("", id="sum"), new_markdown_cell("", id="words"), new_code_cell("", id="no")]
    )
    cells = code_in(nbformat.writes(given).encode(), {"sum": "x = 1\ny = x + 2\n", "words": "a + b", "gone": "z = 1"})
    assert list(cells) == ["sum"]
    mutants = list(make_cell_mutants(cells))
    assert [mutant.becomes.strip() for mutant in mutants] == ["x = 2", "x = 0", "y = x - 2", "y = x + 3", "y = x + 1"]
    assert mutants[2].source == "x = 1\ny = x - 2\n"
    assert mutants[2].diff == "--- solution.yaml, line 2, in `sum`\n-y = x + 2\n+y = x - 2"


def test_of_a_solution_only_the_cells_are_mutated_on_which_an_answer_depends():
    cells = {
        "data": "x, held = load()\n",
        "train": "def train(model):\n    return model + x\n",
        "model": "model = train(1)\n",
        "picture": "grid = 3\nfor model in [model]:\n    print(grid + model)\n",
    }
    assert list(cells_behind({"model"}, cells)) == ["data", "train", "model"]
    assert list(cells_behind({"held"}, cells)) == ["data"]
    assert cells_behind({"nothing"}, cells) == {}
