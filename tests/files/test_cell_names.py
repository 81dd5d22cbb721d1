"""A cell's source says which names it binds, uses and may change; nothing of it is run."""

from __future__ import annotations

import pytest

from grader.files.cell_names import read_code, without_capture


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("import numpy as np, torch.nn", {"np", "torch"}),
        ("from math import pi, tau as turn", {"pi", "turn"}),
        ("def f(x):\n    y = x\n    global g\n    g = y", {"f", "g"}),
        ("class Net:\n    width = 3", {"Net"}),
        ("for a, (b, *c) in rows:\n    d = a", {"a", "b", "c", "d"}),
        ("with open(p) as file: pass", {"file"}),
        ("[(last := y) for y in rows]", {"last"}),
        ("if (n := len(rows)) > 2: pass", {"n"}),
        ("try:\n    import pandas as pd\nexcept ImportError as error:\n    pd = None", {"pd", "error"}),
        ("x[0] = 1\ny.z = 2\nw += 1", {"w"}),
        ("%%time\nx = 1", {"x"}),
        ("files = !ls\n%matplotlib inline", {"files"}),
        ("from helpers import *", {"*"}),
        ("async def f(): pass\nvalue = await f()", {"f", "value"}),
        ("%%bash\nx=1", set()),
        ("\0", set()),
    ],
)
def test_the_names_that_a_cell_makes(source, names):
    assert read_code(source).binds == names


def test_a_function_uses_global_names_and_not_its_own():
    (function,) = read_code(
        "def f(image, n=SIZE):\n    rows = [image[i] for i in range(n)]\n    return scale(rows)"
    ).statements
    assert function.uses >= {"SIZE", "scale"}
    assert not function.uses & {"image", "rows", "i", "n"}
    assert function.is_definition


@pytest.mark.parametrize(
    ("source", "touched"),
    [
        ("train(model, data)", {"model", "data"}),
        ("model.fit(x)", {"model", "x"}),
        ("losses[0] = 1", {"losses"}),
        ("for x in data:\n    optimizer.step()", {"optimizer"}),
        ("print(model)\nplt.plot(x)\nsummary(model)\nlib.show(stretch(image))", set()),
        ("y = x + 1", set()),
        ("np.save('a.npy', x)\nsns.heatmap(x)\nx.to_csv('a.csv')\nt = torch.tensor(x)\nfor y in tqdm(x): pass", set()),
        ("to_device(model)\nrewrite(x)", {"model", "x"}),
    ],
)
def test_what_a_statement_may_change_in_place(source, touched):
    assert {name for one in read_code(source).statements for name in one.touches} == touched


def test_what_is_left_after_a_statement_keeps_the_numbers_of_its_lines():
    code = read_code("a = 1\nb = (\n    2)\nc = 3")
    assert code.rest_after(code.statements[1]) == "#\n#\n#\nc = 3"
    assert code.rest_after(code.statements[2]) == ""


def test_after_one_of_several_imports_and_statements_on_a_line_the_others_are_left():
    code = read_code("x = 1\nimport numpy, pandas as pd, torch; y = 2\nz = 3")
    assert code.rest_after(code.statements[1], "pandas") == "#\nimport torch; y = 2\nz = 3"


def test_of_a_cell_that_is_no_python_here_all_but_what_is_none_is_left():
    code = read_code("a = 1\ntype Row = list\ndef f():\n    return a")
    assert code.error is not None
    assert code.binds == {"a", "Row", "f"}
    (unread,) = [one for one in code.statements if one.node is None]
    assert code.rest_after(unread) == "a = 1\n#\ndef f():\n    return a"


def test_a_captured_cell_is_run_in_the_open_unless_it_keeps_what_it_captures():
    assert without_capture("%%capture --no-stderr\nx = 1") == "#\nx = 1"
    assert without_capture("%%capture out\nx = 1") is None
    assert without_capture("x = 1") is None


@pytest.mark.parametrize("terms", [90, 400, 900, 20_000])
def test_a_statement_nested_too_deep_to_be_walked_still_tells_what_it_binds(terms):
    code = read_code(f"x = {' + '.join(['1'] * terms)}\ny = x")
    assert code.binds == {"x", "y"} if terms < 20_000 else code.error
    assert all(statement.uses | statement.touches | {"x"} == {"x"} for statement in code.statements)
