"""Reads a test of otter, which is a doctest or a function, and rewrites it into one probe and one expectation."""

from __future__ import annotations

import ast
import doctest
from collections.abc import Sequence
from dataclasses import replace

from grader.files.python_source import parse
from grader.migrate.assertions import Parameters, RewrittenTest, rewrite_test, run_as_it_is


def rewrite_doctest(text: str, parameters: Parameters) -> RewrittenTest:
    """A test of lines `>>> code` with their output: one value that has a literal, or asserts; else it runs as it is."""
    try:
        examples = doctest.DocTestParser().get_examples(text)
    except ValueError:
        return _run_doctest(text)
    if all(not one.want and one.exc_msg is None for one in examples):
        found = rewrite_test("".join(one.source for one in examples), parameters)
        return _run_doctest(text) if found.is_run_as_it_is else found
    if len(examples) == 1 and examples[0].exc_msg is None:
        found = rewrite_test(_as_assert(examples[0]), parameters)
        return _run_doctest(text) if found.is_run_as_it_is else replace(found, was_text=True)
    return _run_doctest(text)


def write_doctest(source: str, output: str) -> str:
    """A cell and its output as a doctest, so that both forms of otter's tests are read alike."""
    try:
        body = parse(source).body
    except SyntaxError:
        body = []
    lines = source.split("\n")
    starts = {statement.lineno for statement in body} or {1}
    for statement in body:  # a decorator begins what it decorates
        decorators = getattr(statement, "decorator_list", [])
        starts |= {one.lineno for one in decorators[:1]}
        starts -= {statement.lineno} if decorators else set()
    told = [f"{'>>>' if place in starts else '...'} {line}" for place, line in enumerate(lines, 1) if line.strip()]
    if told and told[0].startswith("..."):
        told[0] = ">>>" + told[0][3:]
    return "\n".join([*told, output.rstrip("\n")] if output else told) + "\n"


def rewrite_function(node: ast.FunctionDef, parameters: Parameters) -> RewrittenTest:
    """A test that is a function: its parameters are names of the notebook, or `env`, which is all of them."""
    names = [one.arg for one in node.args.args]
    if "env" not in names:
        found = rewrite_test("\n".join(ast.unparse(one) for one in node.body), parameters)
        if not found.is_run_as_it_is:
            return found
    plain = ast.FunctionDef(node.name, node.args, node.body, [], None, None, lineno=1)
    given = ", ".join("globals()" if name == "env" else name for name in names)
    return run_as_it_is(f"{ast.unparse(ast.fix_missing_locations(plain))}\n\n{node.name}({given})")


def _as_assert(example: doctest.Example) -> str:
    """What a doctest of one value asserts; only a literal that Python writes just so is one."""
    want = example.want.strip()
    try:
        is_exact = repr(ast.literal_eval(want)) == want
    except (ValueError, SyntaxError):
        is_exact = False
    return f"assert ({example.source.strip().rstrip(';')}) == {want}" if is_exact else "%as it is"


def _run_doctest(text: str) -> RewrittenTest:
    code: Sequence[str] = (
        "import doctest",
        f"text = {text!r}",
        'names = vars(__import__("__main__"))',
        'test = doctest.DocTestParser().get_doctest(text, names, "test", None, 0)',
        "failed = doctest.DocTestRunner(verbose=False).run(test, out=lambda told: None).failed",
        '"failed" if failed else "passed"',
    )
    probe = {"evaluate": "\n".join(code) + "\n", "when": "end"}
    return RewrittenTest(probe, {"value": "passed"}, is_run_as_it_is=True)
