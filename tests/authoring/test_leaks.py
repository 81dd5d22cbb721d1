"""A notebook that would give students a solution is refused, with the cell."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from grader.authoring.leaks import refuse_leaks
from grader.errors import UserError

REFERENCE = {"hello": "def double(x):\n    '''Twice.'''\n    return 2 * x\n\n\ndef helper(x):\n    return x\n"}


def refuse(*cells):
    made = new_notebook(cells=[new_code_cell("x = 1"), *cells])
    refuse_leaks(nbformat.writes(made).encode(), "hello.ipynb", REFERENCE, {"double"})


@pytest.mark.parametrize(
    ("cell", "told"),
    [
        (new_code_cell("### BEGIN SOLUTION\nx = 2\n### END SOLUTION"), "marked as a solution or a hidden test"),
        (new_code_cell("y = 3  # SOLUTION"), "y = 3  # SOLUTION"),
        (new_code_cell("### BEGIN HIDDEN TESTS\nassert x\n### END HIDDEN TESTS"), "marked as a solution"),
        (new_code_cell("x = 2", metadata={"tags": ["solution"]}), "Its tag says that it is not for students"),
        (new_code_cell("def double(x):\n    # other words\n    return 2*x"), "`double`, which students are asked for"),
    ],
)
def test_a_solution_in_it_is_told_with_its_cell(cell, told):
    with pytest.raises(UserError) as refused:
        refuse(cell)
    assert told in str(refused.value)
    assert "hello.ipynb, cell 2" in str(refused.value)


def test_helpers_that_are_given_and_stubs_go_out():
    refuse(
        new_code_cell("def helper(x):\n    return x"), new_code_cell("def double(x):\n    raise NotImplementedError")
    )
