"""Who shares much of their own code is found, however it is disguised; who solved the same exercise honestly is not."""

import ast
import builtins
import itertools
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.release import LAST_LINE
from grader.similarity import LEAST_SHARE, LEAST_TOKENS, GivenCode, find_pairs, read_code, read_given

HONEST = {path.stem: path.read_text().split("# %%\n") for path in sorted((Path(__file__).parent / "honest").iterdir())}
"""The same exercise (a data set, a line that learns it, its slope), solved in four ways."""
GIVEN = ["import random\nimport torch\nfrom torch import nn\nfrom torch.utils.data import DataLoader, Dataset"]
KEPT = {"random", "torch", "nn", "DataLoader", "Dataset", "np", "plt", "self", *dir(builtins)}


class Renaming(ast.NodeTransformer):
    """Gives every name another one that no library has given."""

    def visit_Name(self, node):
        node.id = rename(node.id)
        return node

    def visit_arg(self, node):
        node.arg = rename(node.arg)
        return node

    def visit_FunctionDef(self, node):
        node.name = rename(node.name)
        return self.generic_visit(node)

    def visit_ClassDef(self, node):
        node.name = rename(node.name)
        return self.generic_visit(node)

    def visit_Attribute(self, node):
        if isinstance(node.value, ast.Name) and node.value.id == "self":
            node.attr = rename(node.attr)
        return self.generic_visit(node)

    def visit_Constant(self, node):
        if isinstance(node.value, int | float) and not isinstance(node.value, bool):
            node.value = node.value + 7
        return node


def rename(name):
    return name if name in KEPT or name.startswith("__") else f"my_{name[::-1]}"


def disguise(cells):
    """Other names, numbers, spaces, quotes and brackets, no comments, and the cells the other way round."""
    return [ast.unparse(Renaming().visit(ast.parse(cell))) for cell in reversed(cells)]


def codes_of(**students):
    return [read_code(student, cells, read_given(GIVEN)) for student, cells in students.items()]


@pytest.mark.parametrize("student", HONEST)
def test_a_copy_with_other_names_numbers_comments_spaces_and_order_is_found(student):
    (pair,) = find_pairs(codes_of(**{student: HONEST[student], "copy": disguise(HONEST[student])}))
    assert {pair.left, pair.right} == {student, "copy"}
    assert pair.share > 0.85, "most of it, and not just enough to be shown"


@pytest.mark.parametrize(("one", "other"), itertools.combinations(HONEST, 2))
def test_two_honest_solutions_of_the_same_exercise_are_not_a_pair_even_in_a_class_of_two(one, other):
    assert find_pairs(codes_of(**{one: HONEST[one], other: HONEST[other]})) == []


def test_half_a_notebook_taken_over_is_told_of_the_one_whose_code_it_mostly_is():
    (pair,) = find_pairs(codes_of(carla=HONEST["carla"], bruno=[*HONEST["bruno"], *disguise(HONEST["carla"])]))
    assert (pair.left, pair.right) == ("carla", "bruno")
    assert pair.own[0] < pair.own[1]
    assert 0.85 < pair.share == pair.shared / pair.own[0]


def test_the_parts_stand_side_by_side_as_each_wrote_them():
    (pair,) = find_pairs(codes_of(ana=HONEST["ana"], zoe=disguise(HONEST["ana"])))
    both = [(left.text, right.text) for part in pair.parts for left, right in zip(part.left, part.right, strict=True)]
    texts = [text for two in both for text in two]
    assert any("self.layer(x)" in text for text in texts)
    assert any("self.my_reyal(my_x)" in text for text in texts)
    for part in pair.parts:
        assert {lines.cell for lines in (*part.left, *part.right)} <= {1, 2, 3}


def test_what_was_given_is_nobodys_own():
    cells = HONEST["bruno"]
    codes = [read_code(name, cells, read_given(cells)) for name in ("ana", "bruno")]
    assert [code.tokens for code in codes] == [(), ()]
    assert find_pairs(codes) == []


def test_the_released_check_and_imports_and_comments_and_docstrings_are_nobodys_own():
    cells = [f"run(1, 2)\n{LAST_LINE}\n", "# a comment\nimport numpy as np\n'''Words\nof it.'''", "%pip install x\n!ls"]
    assert read_code("ana", cells, read_given([], LAST_LINE)).tokens == ()
    assert read_code("ana", cells[:1], GivenCode()).tokens


def test_what_many_of_a_class_have_in_common_makes_no_pair_of_two():
    """An idiom of the lecture, such as the steps of a training loop."""
    many = {f"s{number}": HONEST["ana"] for number in range(7)}
    assert find_pairs(codes_of(**many)) == []
    assert len(find_pairs(codes_of(**dict(list(many.items())[:5])))) == 10


def test_lists_of_numbers_are_not_alike_for_being_lists():
    def numbers(seed):
        draw = random.Random(seed)
        return ["x = [" + ", ".join(f"{draw.uniform(-3, 3):.3f}" for _ in range(500)) + "]"]

    codes = codes_of(ana=numbers(1), bruno=numbers(2))
    assert all(len(code.tokens) < 10 for code in codes)


def test_little_code_makes_no_pair_however_alike_it_is():
    assert (
        find_pairs(codes_of(ana=["def double(x):\n    return 2 * x"], bruno=["def double(y):\n    return 2 * y"])) == []
    )


def test_an_import_under_another_name_hides_nothing():
    cells = HONEST["diego"]
    other = ["import numpy as qq\n", *(cell.replace("np.", "qq.") for cell in cells)]
    (pair,) = find_pairs(codes_of(diego=["import numpy as np\n", *cells], copy=other))
    assert pair.share == 1.0


@pytest.mark.parametrize(
    "cell",
    ["def f(:\n  (((", "'''never closed", "x = " + "(" * 5000, "\x00\ud800" * 10, "é = '\u202e'", "f'{a!r:>{w}}'"],
)
def test_code_that_is_no_python_is_read_all_the_same(cell):
    read_code("ana", [cell, cell], GivenCode())


NAMES = st.lists(st.from_regex(r"[a-z]{2,8}_[0-9]", fullmatch=True), min_size=3, max_size=3, unique=True)


@given(NAMES)
@settings(max_examples=30)
def test_no_choice_of_names_changes_what_is_found(names):
    text = "def {0}({1}):\n    {2} = {1} * 2\n    for i in range(len({2})):\n        {2}[i] += {1}[i]\n    return {2}\n"
    cell = text.format("stretch", "image", "result") * 4
    codes = codes_of(ana=[cell], bruno=[text.format(*names) * 4])
    (pair,) = find_pairs(codes)
    assert pair.share == 1.0


@given(st.permutations(list(HONEST)), st.integers(0, 3))
@settings(max_examples=20, deadline=None)
def test_neither_the_order_of_the_class_nor_of_the_cells_matters_and_shares_are_bounded(order, copied):
    students = {name: HONEST[name] for name in order} | {"copy": list(reversed(HONEST[order[copied]]))}
    pairs = find_pairs(codes_of(**students))
    assert [{pair.left, pair.right} for pair in pairs] == [{order[copied], "copy"}]
    for pair in pairs:
        assert LEAST_SHARE <= pair.share <= 1
        assert LEAST_TOKENS <= pair.shared <= pair.own[0]
