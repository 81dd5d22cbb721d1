"""Mutants: one slip each, of the kinds that students make, and nothing else changed."""

import ast

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.verify.modules import cells_behind, reachable, read_modules
from grader.verify.mutants import make_cell_mutants, make_mutants
from grader.verify.solved import code_in


def lines(body):
    """What becomes of a function of one line, by a slip."""
    source = f"def f(x, y):\n    {body}\n"
    mutants = make_mutants({"m": source}, [("m", "f")])
    return [mutant.becomes.strip() for mutant in mutants if mutant.kind == "syntactic"]


def misunderstood(source, asked=None):
    """What becomes of a function by a misunderstanding: the lines that differ."""
    mutants = [one for one in make_mutants({"m": source}, [("m", "f")], asked) if one.kind == "semantic"]
    for mutant in mutants:
        ast.parse(mutant.source)
    return [mutant.becomes for mutant in mutants]


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
    mutants = make_mutants({"m": source}, [("m", "f"), ("m", "g")])
    ignoring = [mutant for mutant in mutants if mutant.kind == "semantic" and not mutant.was]
    assert [mutant.becomes for mutant in ignoring] == ["    n = ()\n", "    k = None\n"]
    assert ignoring[0].source.splitlines()[1:4] == ['    """Says."""', "    n = ()", "    return g(x, n, k, m)"]
    assert ignoring[0].diff == "--- m.py, line 3, in `f`\n+    n = ()"


DOCUMENTED = '''\
def f(points_xy, matrix, shape, within, share=0.5):
    """Says.

    Parameters
    ----------
    points_xy : (N, 2) float
    matrix : (3, 3) float
    shape : (rows, columns)
    within : float
    share : float

    Returns
    -------
    found : (K, 2) int
    """
    points_xy = np.asarray(points_xy)
    return g(points_xy, matrix, share)
'''


def test_a_function_that_is_asked_is_misunderstood_in_each_way_that_its_docstring_allows():
    inverse, ignored, once, *rest = misunderstood(DOCUMENTED)
    assert inverse == "    return g(points_xy, np.linalg.inv(matrix), share)\n"
    assert ignored == "    share = 0.5\n"
    assert once == "    within = f.kept_within = getattr(f, 'kept_within', within)\n"
    points, matrix, one, none, kept = rest
    assert points.splitlines() == [
        "    given_points_xy = points_xy",
        "    result = g(points_xy, matrix, share)",
        "    np.asarray(given_points_xy)[...] = 0",
        "    return result",
    ]
    assert "    np.asarray(matrix)[...] = 0\n" in matrix
    assert "np.squeeze(result)" in one
    assert "raise IndexError" in none
    assert kept.splitlines()[0] == "    if hasattr(f, 'kept'):"
    assert kept.splitlines()[-2:] == ["    f.kept = g(points_xy, matrix, share)", "    return f.kept"]


def test_what_no_notebook_is_asked_for_is_misunderstood_only_inside():
    assert misunderstood(DOCUMENTED, asked=["g"]) == ["    return g(points_xy, np.linalg.inv(matrix), share)\n"]


def test_as_many_rows_as_were_given_are_never_none_by_themselves():
    same = DOCUMENTED.replace("found : (K, 2)", "found : (N, 2)")
    assert not any("IndexError" in becomes for becomes in misunderstood(same))
    numbers = DOCUMENTED.replace("found : (K, 2)", "found : (K,)")
    assert not any("squeeze" in becomes for becomes in misunderstood(numbers))


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ("if x < 0 or y < 0: raise ValueError", ["if (x < 0): raise ValueError", "if (y < 0): raise ValueError"]),
        ("return (x > 0).all()", ["return np.ravel(x > 0)[0]", "return np.ravel(x > 0)[-1]"]),
        ("return np.any(x > 0)", ["return np.ravel(x > 0)[0]", "return np.ravel(x > 0)[-1]"]),
        ("check(x)", ["check(np.asarray(x)[:1])", "check(np.asarray(x)[-1:])"]),
        ("for z in (x, y): z()", [f"for z in list((x, y))[{part}]: z()" for part in (":1", "1:", ":-1")]),
        ("return [g(z) for z in x]", [f"return [g(z) for z in list(x)[{part}]]" for part in (":1", "1:", ":-1", ":3")]),
        ("return x[1:y]", ["return x[1:y + 1]", "return x[1:y - 1]"]),
        ("return x[:-2]", []),
        ("return np.exp(x)", ["return np.log(x)"]),
        ("return np.linalg.inv(x)", ["return (x)"]),
        ("raise ValueError(f'{x[:y]}')", []),
    ],
)
def test_a_line_becomes_what_a_misunderstanding_makes_of_it(line, becomes):
    assert [one.strip() for one in misunderstood(f"def f(x, y):\n    {line}\n", asked=[])] == becomes


def test_a_bound_moves_by_one_step():
    found = misunderstood("def f(x, y):\n    for z in range(y): g(z)\n", asked=[])
    assert "    for z in range(y + 1): g(z)\n" in found
    assert "    for z in range(y - 1): g(z)\n" in found


def test_columns_count_right_behind_greek_letters():
    assert lines("σ = 1; return σ * x")[-1] == "σ = 1; return σ / x"


def test_every_mutant_of_the_reference_is_python_and_differs_in_one_place():
    from pathlib import Path

    modules = read_modules(Path(__file__).parents[2], ["harris", "canny"])
    assert list(modules) == ["filters", "harris", "canny"]
    mutants = list(make_mutants(modules, reachable(modules, ["harris_response", "canny"])))
    assert len(mutants) > 100
    for mutant in mutants:
        ast.parse(mutant.source)
        original = modules[mutant.module]
        assert mutant.source != original
        before, after = original.splitlines(), mutant.source.splitlines()
        same = len(mutant.was.splitlines())
        assert before[: mutant.line - 1] == after[: mutant.line - 1]
        if mutant.kind == "syntactic":
            assert before[mutant.line - 1 + same :] == after[mutant.line - 1 + len(mutant.becomes.splitlines()) :]


def test_what_the_notebooks_functions_do_not_use_is_not_mutated(tmp_path):
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference/a.py").write_text(
        "from reference.b import g\nN = 2\nM = 3\ndef f(x): return g(x) + N\ndef h(): ...\n"
    )
    (tmp_path / "reference/b.py").write_text("def g(x): return k(x)\ndef k(x): return x\ndef other(x): return x + 1\n")
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
