"""What students get of a solved notebook, by each kind of mark, from each tool that writes notebooks."""

import json

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.authoring import make_reference, make_student_notebook
from grader.authoring.student_notebook import read_solved
from grader.errors import UserError

MARKED = "def area(r):\n    '''Of a disc.'''\n    ### BEGIN SOLUTION\n    return 3.14159 * r**2\n    ### END SOLUTION"


def notebook(*cells):
    made = new_notebook(cells=[new_code_cell(cell) if isinstance(cell, str) else cell for cell in cells])
    for place, cell in enumerate(made.cells):
        cell.id = f"c{place}"
    return nbformat.writes(made).encode()


def student_cells(*cells, functions=()):
    """The sources that students get."""
    made = make_student_notebook(notebook(*cells), "week-3.ipynb", functions)
    return ["".join(cell["source"]) for cell in json.loads(made.content)["cells"]]


@pytest.mark.parametrize(
    ("solved", "given"),
    [
        pytest.param(
            MARKED,
            "def area(r):\n    '''Of a disc.'''\n    # TODO: write your code here\n    raise NotImplementedError",
            id="nbgrader-block",
        ),
        pytest.param(
            "### BEGIN SOLUTION compute the mean\nmean = x.mean()\n### END SOLUTION\nprint(mean)",
            "# TODO: compute the mean\nprint(mean)",
            id="block-with-its-comment",
        ),
        pytest.param("mean = x.mean()  # SOLUTION", "mean = ...", id="otter-line"),
        pytest.param("mean: float = x.mean()  # SOLUTION", "mean: float = ...", id="otter-line-with-a-type"),
        pytest.param("plt.plot(x)  # SOLUTION\nplt.show()", "...\nplt.show()", id="otter-call"),
        pytest.param("n = len(\n    x\n)  # SOLUTION\nn", "n = ...\nn", id="otter-line-of-several"),
        pytest.param("secret = 3  # SOLUTION NO PROMPT\nx = 1", "x = 1", id="otter-no-prompt"),
        pytest.param(
            '# BEGIN SOLUTION NO PROMPT\nx = 3\n# END SOLUTION\n""" # BEGIN PROMPT\nx = ...\n"""; # END PROMPT',
            "x = ...",
            id="otter-prompt",
        ),
        pytest.param("# SOLUTION\nx = 3\nprint(x)", "# TODO: write your code here", id="otter-whole-cell"),
        pytest.param(
            "def f(x):\n    # TODO: one line\n    return x + 1\n\n\ndef given(x):\n    return x",
            "def f(x):\n    # TODO: one line\n    raise NotImplementedError\n\n\ndef given(x):\n    return x",
            id="todo-above-a-body",
        ),
        pytest.param(
            "def f(x):\n    # TODO\n    y = x\n    ### BEGIN SOLUTION\n    y += 1\n    ### END SOLUTION\n    return y",
            "def f(x):\n    # TODO\n    y = x\n    # TODO: write your code here\n    raise NotImplementedError\n"
            "    return y",
            id="a-mark-counts-more-than-todo",
        ),
        pytest.param(
            new_code_cell("# Fit the line.\nw = fit(x)\nprint(w)", metadata={"tags": ["solution"]}),
            "# Fit the line.",
            id="tag-solution",
        ),
        pytest.param(
            new_code_cell("w = fit(x)", metadata={"nbgrader": {"solution": True, "grade": False}}),
            "# TODO: write your code here",
            id="nbgrader-cell",
        ),
        pytest.param(
            new_code_cell(
                "assert area(1) > 3\n### BEGIN HIDDEN TESTS\nassert area(2) > 12\n### END HIDDEN TESTS",
                metadata={"nbgrader": {"solution": False, "grade": True}},
            ),
            "assert area(1) > 3",
            id="nbgrader-hidden-tests",
        ),
        pytest.param("### HASHED AUTOTEST area(2)\nprint(1)", "print(1)", id="nbgrader-autotest"),
        pytest.param(
            new_markdown_cell("Because of this.", metadata={"tags": ["solution"]}),
            "*TODO: write your answer here.*",
            id="text",
        ),
        pytest.param(
            new_code_cell(f"{MARKED}", metadata={"tags": ["given"]}),
            MARKED,
            id="given-stays-as-it-is",
        ),
    ],
)
def test_a_solution_becomes_a_prompt(solved, given):
    assert student_cells(solved, MARKED)[0] == given


def test_a_class_keeps_its_methods_without_their_bodies():
    net = (
        "class Net(nn.Module):\n    '''Two layers.'''\n\n    def __init__(self, n):\n        super().__init__()\n"
        "        self.a = nn.Linear(1, n)\n\n    def forward(self, x): return self.a(x)"
    )
    given = student_cells(net, functions=["Net"])[0]
    assert "self.a" not in given
    assert "super().__init__()" in given
    assert given.endswith("    def forward(self, x):\n        raise NotImplementedError")


def test_a_signature_of_several_lines_with_a_lambda_stays_whole():
    solved = "def f(\n    x,\n    key=lambda one: one,\n) -> dict[str, int]:  # as it is\n    return {key(x): 1}"
    assert student_cells(solved, functions=["f"])[0].startswith(solved[: solved.index("    return")])


def test_a_hidden_cell_and_otters_tests_are_left_out():
    hidden = new_code_cell("answer = 42", metadata={"tags": ["hidden"]})
    tests = (new_raw_cell("# BEGIN TESTS"), "assert area(1) > 3", new_raw_cell("# END TESTS"))
    question = new_raw_cell("# BEGIN QUESTION\nname: q1\npoints: 2")
    assert len(student_cells(hidden, question, MARKED, *tests)) == 1


def test_outputs_traces_of_people_and_other_graders_marks_stay_behind():
    cell = new_code_cell(MARKED, execution_count=7, metadata={"executionInfo": {"user": {"displayName": "Ana"}}})
    cell.outputs = [nbformat.v4.new_output("stream", text="42")]
    made = make_student_notebook(notebook(cell), "week-3.ipynb")
    assert b"Ana" not in made.content
    assert b"42" not in made.content
    assert json.loads(made.content)["cells"][0]["execution_count"] is None


@pytest.mark.parametrize(
    "where",
    [
        pytest.param(lambda cell, place: cell["metadata"].update(id=f"aB_{place}"), id="colab"),
        pytest.param(lambda cell, place: cell["metadata"].update(id=f"#VSC-{place}"), id="vs-code"),
        pytest.param(lambda cell, place: cell.update(id="same"), id="copied-cells"),
        pytest.param(lambda cell, place: None, id="kaggle-without-any"),
    ],
)
def test_each_cell_has_an_id_of_its_own_whatever_wrote_the_notebook(where):
    tree = json.loads(notebook("x = 1", MARKED))
    for place, cell in enumerate(tree["cells"]):
        cell.pop("id")
        where(cell, place)
    made = make_student_notebook(json.dumps(tree).encode(), "week-3.ipynb")
    ids = [cell["id"] for cell in json.loads(made.content)["cells"]]
    assert len(set(ids)) == 2
    assert made.cells == (ids[1],)


@pytest.mark.parametrize(
    ("cells", "functions", "told", "place"),
    [
        (["x = 1"], (), "nothing in this notebook says what students are to write", "week-3.ipynb"),
        (["x = 1", "### BEGIN SOLUTION\nx = 2"], (), "`BEGIN SOLUTION` has no end in its cell", "cell 2, line 1"),
        (["x = 1\n### END SOLUTION"], (), "`END SOLUTION` ends nothing that was begun", "cell 1, line 2"),
        (["### BEGIN SOLUTION\n### BEGIN SOLUTION\n### END SOLUTION"], (), "before the next begins", "cell 1, line 1"),
        ([MARKED], ("aera",), "the notebook defines no function `aera`", "week-3.ipynb"),
    ],
)
def test_a_mark_that_says_nothing_is_refused_with_its_place(cells, functions, told, place):
    with pytest.raises(UserError) as refused:
        make_student_notebook(notebook(*cells), "week-3.ipynb", functions)
    assert told in str(refused.value)
    assert place in str(refused.value)


def test_what_is_no_notebook_is_refused():
    with pytest.raises(UserError, match="this is not a notebook, or only a part of one"):
        make_student_notebook(b'{"cells": [', "week-3.ipynb")


def test_the_reference_has_what_functions_use_and_no_training():
    cells = [
        "import numpy as np\n!pip install tqdm\n%matplotlib inline\nSCALE = 3\nunused = np.ones(9).sum()",
        "try:\n    import cupy\nexcept ImportError:\n    cupy = None",
        "HALF = SCALE / 2\n\n\ndef scaled(x):\n    return HALF * x",
        "for step in range(1000):\n    train(step)",
    ]
    source = make_reference(read_solved(notebook(*cells), "week-3.ipynb"))
    made = {}
    exec(source, made)
    assert made["scaled"](2) == 3.0
    assert made["cupy"] is None or "cupy" in made
    assert "unused" not in source
    assert "train" not in source
    assert "pip" not in source
