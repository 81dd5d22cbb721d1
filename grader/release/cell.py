"""The last cell of a released notebook: the public checks, by the grader's own modules, with what Colab has."""

from __future__ import annotations

import ast
import base64
import importlib
import inspect
import json
import lzma
import re
import textwrap
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import nbformat
from pydantic import BaseModel

from grader.execute.probe_questions import make_question
from grader.inside import plain
from grader.language import _, spoken
from grader.model import Answer
from grader.rubric import Rubric

LAST_LINE = "del _check, _packed"
"""By which the cell is known, whatever language it speaks."""

_STAND_INS = {
    "safetensors": "grader.release.carried.safetensors",
    "safetensors.numpy": "grader.release.carried.safetensors",
    "grader.language": "grader.language.reasons",
    "grader.language.stand_in_words": "grader.release.carried.no_stand_ins",
    "grader.model": "grader.release.carried.model",
    "grader.rubric": "grader.release.carried.rubric",
    "grader.score.reproduction": "grader.release.carried.reproduction",
}
_AS_THEY_ARE = (
    "grader.inside.channel",
    "grader.inside.plain_forms",
    "grader.inside.plain",
    "grader.inside.training",
    "grader.inside.network_places",
    "grader.inside.other_networks",
    "grader.inside.found_networks",
    "grader.inside.recording",
    "grader.inside.drawn_figures",
    "grader.inside.name_marks",
    "grader.inside.kept_arguments",
    "grader.inside.answering",
    "grader.language.recognising",
    "grader.execute.answers",
    "grader.score.sentences",
    "grader.score.arrays",
    "grader.score.verdict",
    "grader.score.network_answers",
    "grader.score.error_pattern",
    "grader.score.misplaced_values",
    "grader.score.diagnosis",
    "grader.score.common_failures",
    "grader.score.other_answers",
    "grader.score.free_choices",
    "grader.score.closeness",
    "grader.score.values",
    "grader.score.bounds",
    "grader.score.plots",
    "grader.score.training_evidence",
    "grader.score.metrics",
    "grader.score.models",
    "grader.score.table_checks",
    "grader.score.judge",
    "grader.score.own_mistakes",
    "grader.score.waiting",
    "grader.score.findings",
)
_DRIVER = "grader.release.carried.checks"
_NEVER_NEEDED = ("grader.inside.drawn_figures", "grader.inside.name_marks", "grader.score.plots")
"""What they judge, plots and changed names, is left out of the cell."""
_FOR_METRICS = ("grader.score.training_evidence", "grader.score.metrics")
_FOR_NETWORKS = (
    "grader.inside.training",
    "grader.inside.network_places",
    "grader.inside.other_networks",
    "grader.inside.found_networks",
    "grader.inside.recording",
    "grader.score.models",
    "grader.score.table_checks",
)
_NOT_NEEDED = "grader.release.carried.not_needed"
_PACKAGES = (
    "",
    "grader",
    "grader.inside",
    "grader.execute",
    "grader.score",
    "grader.release",
    "grader.release.carried",
)
_PREFIX = "_public_checks"
_WIDTH = 118

_CELL = '''\
#@title {title} {{display-mode: "form"}}
{remark}
def _check(packed, names):
    import base64, json, lzma, sys, types

    told = json.loads(lzma.decompress(base64.b64decode(packed)))
    for name in [*told["packages"], *told["modules"]]:
        module = types.ModuleType(name)
        module.__path__ = []
        sys.modules[name] = module
        above, _, own = name.rpartition(".")
        if above:
            setattr(sys.modules[above], own, module)
        exec(compile(told["modules"].get(name, ""), name, "exec", dont_inherit=True), vars(module))
    plain, rubric, checks = (sys.modules[name] for name in told["used"])
    answers, _ = plain.loads(base64.b64decode(told["plain"]))
    print(checks.run_checks(answers, rubric.rebuild(told["rubric"]), told["left_out"], names, told["tongue"]))

_packed = """
{packed}
"""
_check(_packed, globals())
{last_line}
'''


def add_checks(given: bytes, rubric: Rubric, expected: Mapping[str, Answer], left_out: int) -> bytes:
    """The notebook with a last cell that checks criteria which are public and need no more than answers."""
    notebook = nbformat.reads(given.decode("utf-8-sig"), as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(make_cell(rubric, expected, left_out), id="public-checks"))
    # Cells have ids from 4.5 on.
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    text: str = nbformat.writes(notebook)
    return text.encode()


def make_cell(rubric: Rubric, expected: Mapping[str, Answer], left_out: int) -> str:
    """The source of the cell."""
    questions = [make_question(name, probe, "") for name, probe in rubric.probes.items() if probe.ask == "student"]
    asked = {one.name: {"content": one.content, "names": one.names, "limit_s": one.limit_s} for one in questions}
    values = {name: expected[name].value for name in rubric.expected_probes()}
    sources = _sources(_left_out_for(rubric))
    told = {
        "packages": [f"{_PREFIX}.{name}".rstrip(".") for name in _PACKAGES],
        "modules": {f"{_PREFIX}.{name}": source for name, source in sources.items()},
        "used": [f"{_PREFIX}.{name}" for name in ("grader.inside.plain", "grader.rubric", _DRIVER)],
        "rubric": tell(rubric),
        "left_out": left_out,
        "tongue": _tongue_for(sources.values()),
        "plain": base64.b64encode(plain.dumps({"questions": asked, "expected": values})).decode(),
    }
    packed = base64.b64encode(lzma.compress(json.dumps(told).encode(), lzma.FORMAT_ALONE, preset=9)).decode()
    remark = _(
        "Run all cells above, then this one: it says what the public checks find, in the words of the grading. It "
        "sends nothing anywhere and changes nothing. The function unpacks what is below it: the grader's own code for "
        "asking and judging, and what these criteria expect."
    )
    listed = [f"{number}. {one.says}" for number, one in enumerate(rubric.criteria, start=1)]
    return _CELL.format(
        # Colab shows the title and a button, and folds the code away.
        title=_("Check your notebook"),
        remark="\n".join(
            textwrap.fill(line, _WIDTH, initial_indent="# ", subsequent_indent="# ") for line in [str(remark), *listed]
        ),
        packed="\n".join(textwrap.wrap(packed, _WIDTH)),
        last_line=LAST_LINE,
    )


def _tongue_for(sources: Iterable[str]) -> dict[str, Any]:
    """The language that is spoken here, with those texts that the modules may say."""
    trees = [ast.parse(source) for source in sources]
    said = {node.value for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Constant)}
    tongue = spoken()
    texts = [[context, text, forms] for (context, text), forms in tongue.texts.items() if text in said]
    return {"code": tongue.code, "decimal_mark": tongue.decimal_mark, "plural": tongue.plural, "texts": texts}


def _left_out_for(rubric: Rubric) -> set[str]:
    """The modules that none of these criteria needs."""
    left_out = {*_NEVER_NEEDED}
    if all(probe.kind != "models" for probe in rubric.probes.values()):
        left_out |= {*_FOR_NETWORKS}
        if all(one.expect.metric is None for one in rubric.criteria):
            left_out |= {*_FOR_METRICS}
    return left_out


def _sources(left_out: Collection[str] = ()) -> dict[str, str]:
    """name -> the module's source, in an order in which they can be loaded, under a name that no notebook uses."""
    own = {name: _NOT_NEEDED if name in left_out else name for name in _AS_THEY_ARE}
    named = {**_STAND_INS, **own, _DRIVER: _DRIVER}
    sources = {
        name: _without_words(inspect.getsource(importlib.import_module(module))) for name, module in named.items()
    }
    return {
        name: re.sub(r"^([ \t]*)from (grader|safetensors)\b", rf"\1from {_PREFIX}.\2", source, flags=re.MULTILINE)
        for name, source in sources.items()
    }


def _without_words(source: str) -> str:
    """The source without comments and docstrings: they take more room than the code."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            told = [one for one in node.body if not _is_words(one)]
            node.body = told or [ast.Pass()]
    return ast.unparse(tree)


def _is_words(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def tell(value: Any) -> Any:
    """A rubric's parts as JSON: each with the name of its class, and all of its fields."""
    if isinstance(value, BaseModel):
        return {"part": type(value).__name__, "fields": {name: tell(getattr(value, name)) for name in _fields(value)}}
    if isinstance(value, dict):
        return {"part": "", "fields": {name: tell(item) for name, item in value.items()}}
    return [tell(item) for item in value] if isinstance(value, list | tuple) else value


def _fields(part: BaseModel) -> list[str]:
    return list(type(part).model_fields)
