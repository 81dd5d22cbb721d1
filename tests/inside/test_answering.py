"""Probes beside a notebook's names: what is found, called and evaluated, and how each way to fail is noted down."""

import random

import numpy as np
import pytest
import torch

from grader.inside import answering, plain


def ask(namespace, kind, arguments=None, **content):
    """The answer and its notes, as they leave the sandbox."""
    question = {"kind": kind, "arguments": arguments or {}, **content}
    return plain.loads(answering.answer_bytes(question, namespace))


def call(function, **arguments):
    return ask({"f": function}, "call", arguments, name="f")


def test_a_variable_is_the_first_of_its_names_that_is_there():
    assert ask({"b": 2, "c": 3}, "variable", names=["a", "b", "c"]) == (2, {"status": "answered"})


def test_a_variable_that_is_not_there_is_missing_under_all_its_names():
    assert ask({}, "variable", names=["a", "b"]) == (None, {"status": "missing", "detail": "a, b"})


def test_a_function_is_called_by_the_names_of_its_parameters():
    assert call(lambda b, a: a - b, a=5, b=3)[0] == 2


def test_a_function_whose_parameters_have_other_names_is_called_in_order():
    assert call(lambda first, second: first - second, a=5, b=3)[0] == 2


def test_a_builtin_without_a_signature_is_called_too():
    assert call(dict, a=5)[0] == {"a": 5}


def test_a_type_error_inside_a_function_is_its_own_and_it_is_not_called_twice():
    calls = []

    def broken(a):
        calls.append(a)
        return a + "x"

    _, notes = call(broken, a=5)
    assert (notes["status"], notes["error"]) == ("raised", "TypeError")
    assert calls == [5]


def test_an_argument_marked_as_a_tensor_is_one_of_its_own():
    given = np.ones(3, dtype=np.float32)

    def spoil(x):
        x += 1
        return [type(x).__name__, x]

    value, _ = call(spoil, x={"tensor": given})
    assert value[0] == "Tensor"
    assert np.array_equal(value[1], [2, 2, 2])
    assert np.array_equal(given, [1, 1, 1])


def test_code_is_evaluated_beside_the_notebooks_names_and_leaves_none_behind():
    namespace = {"x": 3}
    assert (
        ask(namespace, "evaluate", {"n": 2}, code="y = x * n\nfloat(np.sqrt(y + torch.ones(1).item() * 3))")[0] == 3.0
    )
    assert namespace == {"x": 3}


def test_code_that_needs_a_name_the_notebook_lacks_is_missing_it():
    assert ask({}, "evaluate", code="slope + 1") == (None, {"status": "missing", "detail": "slope"})


def test_a_name_error_inside_a_students_function_is_an_error_of_theirs():
    namespace = {"np_": 1}
    exec("def f():\n    return undefined_name", namespace)
    _, notes = ask(namespace, "call", name="f")
    assert (notes["status"], notes["error"]) == ("raised", "NameError")


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit(3), RecursionError("deep"), GeneratorExit()])
def test_whatever_a_function_raises_is_noted_by_its_name(error):
    def f():
        raise error

    _, notes = call(f)
    assert (notes["status"], notes["error"], notes["detail"]) == ("raised", type(error).__name__, str(error))


def test_an_interrupt_is_our_own_limit():
    def f():
        raise KeyboardInterrupt

    assert call(f) == (None, {"status": "stopped"})


def test_an_error_that_cannot_say_what_it_is_is_still_noted():
    class MuteError(Exception):
        def __str__(self):
            raise RuntimeError("never")

    def f():
        raise MuteError

    assert call(f)[1] == {"status": "raised", "error": "MuteError", "detail": "", "line": "", "function": ""}


def test_an_error_with_half_a_character_is_noted_with_a_question_mark():
    def f():
        raise ValueError("half: \ud83d")

    _, notes = call(f)
    assert (notes["status"], notes["detail"]) == ("raised", "half: ?")


def test_what_is_not_plain_is_unusable_with_its_reason():
    _, notes = call(lambda: len)
    assert notes["status"] == "unusable"
    assert notes["detail"].startswith("it is or holds something of type `builtin_function_or_method`")


def test_every_probe_starts_from_the_same_random_numbers():
    def draw():
        return [random.random(), float(np.random.rand()), float(torch.rand(1))]

    assert call(draw)[0] == call(draw)[0]


def own(function):
    """The function as a cell would have defined it."""
    function.__module__ = "__main__"
    return function


def test_a_function_of_the_notebook_in_other_capitals_is_asked_and_named():
    value, notes = ask({"Stretch": own(lambda x: 2 * x)}, "call", {"x": 2}, name="stretch")
    assert (value, notes["found"]) == (4, "Stretch")


def test_what_a_notebook_only_imported_stands_for_no_name_that_is_missing():
    from torch.utils.data import DataLoader

    assert ask({"DataLoader": DataLoader}, "evaluate", code="list(dataloader)")[1]["status"] == "missing"
    assert ask({"Random": random}, "evaluate", code="random")[1]["status"] == "missing"
    assert ask({"Sin": np.vectorize(float).__call__}, "call", {"x": 2}, name="sin")[1]["status"] == "missing"
