"""What comes back from a kernel, as a sentence for the student: asked and answered over a real connection."""

import linecache
import socket
import threading

import numpy as np
import pytest

from grader.execute.answers import exchange
from grader.execute.probe_questions import make_question
from grader.inside import answering, plain
from grader.rubric import Probe
from grader.store.runs import dump_answers, load_answers

CELL = "<ipython-input-1-cell>"


def ask(cell, **probe):
    """The answer of a notebook with this cell."""
    linecache.cache[CELL] = (len(cell), None, cell.splitlines(keepends=True), CELL)
    namespace = {"np": np}
    exec(compile(cell, CELL, "exec"), namespace)
    ours, theirs = socket.socketpair()
    with ours, theirs:
        thread = threading.Thread(target=answering.answer_over, args=(theirs, namespace))
        thread.start()
        answer = exchange(ours, make_question("it", Probe.model_validate(probe), "ana"))
        thread.join()
    return answer


STRETCH = """\
def stretch(image, low=0):
    width = image.max() - low
    return image.shape[2] / width
"""


def test_an_error_is_told_with_the_students_own_line_and_what_it_was_given():
    answer = ask(STRETCH, call="stretch", **{"with": {"image": {"array": [[0, 64], [128, 255]]}, "low": 3}})
    assert (answer.status, answer.value) == ("raised", "IndexError")
    assert str(answer.because) == (
        "`stretch` raised IndexError in the line `return image.shape[2] / width`: tuple index out of range. "
        "It was given `image` = [[0.0, 64.0], [128.0, 255.0]]; `low` = 3."
    )


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ({"random": "normal", "shape": [16, 8]}, "an array of shape (16, 8), float64"),
        ({"scene": "ramp", "dtype": "uint8"}, "an array of shape (48, 64), uint8"),
        ({"random": "normal", "shape": [5, 1], "as": "tensor"}, "a tensor of shape (5, 1)"),
        ("a word", "'a word'"),
        ([1, None], "[1, None]"),
    ],
)
def test_what_it_was_given_is_told_in_a_few_words(argument, told):
    answer = ask("def f(x):\n    raise KeyError('no')", call="f", **{"with": {"x": argument}})
    assert str(answer.because).endswith(f": 'no'. It was given `x` = {told}.")


def test_many_arguments_are_cut():
    answer = ask("def f(**all):\n    raise KeyError", call="f", **{"with": {name: 1 for name in "abcdefg"}})
    assert str(answer.because).endswith(" It was given `a` = 1; `b` = 1; `c` = 1; `d` = 1; `e` = 1; ….")


def test_without_arguments_nothing_was_given():
    answer = ask("def f():\n    return unknown", call="f")
    assert str(answer.because) == "`f` raised NameError in the line `return unknown`: name 'unknown' is not defined."


def test_of_a_hidden_question_neither_the_line_nor_what_was_given_is_told():
    answer = ask(STRETCH, call="stretch", hidden=True, **{"with": {"image": {"array": [[7, 64]]}}})
    assert str(answer.because) == "`stretch` raised IndexError when it was asked about something that you do not see."


SIGMOID_AND_RELU = "def sigmoid(x):\n    return 1 / (1 + np.exp(-x))\n\ndef relu(x):\n    return max(0, x)\n"
BOTH = "numbers = np.array([-1.0, 2.0])\n[sigmoid(numbers), relu(numbers)]"
TRIED = "def answer(z):\n    return f(z)\n[answer(1), answer(2)]"


@pytest.mark.parametrize("hidden", [True, False])
def test_of_several_functions_the_one_that_raised_the_error_is_named(hidden):
    answer = ask(SIGMOID_AND_RELU, evaluate=BOTH, hidden=hidden)
    assert str(answer.because).startswith("`relu` raised ValueError")


def test_no_function_of_the_probes_own_is_named_as_the_students():
    answer = ask("def f(z):\n    assert z < 2", evaluate=TRIED)
    assert str(answer.because) == "`f` raised AssertionError in the line `assert z < 2`."
    assert str(ask("", evaluate=TRIED).because) == "The notebook has no `f`."


def test_a_name_that_a_students_function_lacks_is_an_error_of_that_function():
    answer = ask("def f(z):\n    return z + K", evaluate=TRIED)
    assert str(answer.because) == "`f` raised NameError in the line `return z + K`: name 'K' is not defined."


def test_a_name_that_only_code_inside_the_asked_code_needs_is_missing_and_no_error_of_ours():
    answer = ask("", evaluate="exec('f(3)', globals())\n1")
    assert answer.status == "missing"
    assert str(answer.because) == "What is asked uses a name that the notebook has not."


@pytest.mark.parametrize(
    ("cell", "detail"),
    [
        ("def f(z):\n    return z", "TypeError: cannot unpack non-iterable int object"),
        ("def f():\n    return 1, 2", "TypeError: f() takes 0 positional arguments but 1 was given"),
    ],
)
def test_what_the_probe_cannot_use_is_not_told_as_an_error_that_the_function_raised(cell, detail):
    code = "weights, mistakes = f(3)\nweights"
    assert str(ask(cell, evaluate=code).because) == f"`f` cannot be used as the text asks: {detail}."
    assert str(ask(cell, evaluate=code, hidden=True).because) == (
        "`f` cannot be used as the text asks: TypeError, on something that you do not see."
    )


def test_the_deepest_answer_that_is_read_can_be_kept_and_read_again():
    nested = "0"
    for _ in range(plain.MAX_DEPTH):
        nested = f"[{nested}]"
    answer = ask(f"deep = {nested}", variable="deep")
    assert answer.status == "answered"
    assert load_answers(dump_answers({"it": answer})) == {"it": answer}
