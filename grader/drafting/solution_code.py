"""What students write of a solved notebook: its functions and variables, without what they are given beside them."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from grader.files.cell_names import CellStatement, read_code


@dataclass(frozen=True)
class SolutionCode:
    """The functions that students write, and the names that their other lines bind, in order."""

    functions: Mapping[str, ast.FunctionDef]
    variables: tuple[str, ...]


def read_solution_code(cells: Mapping[str, str], given: Mapping[str, str]) -> SolutionCode:
    """What stands in these cells as solved, by their ids, and not in what students are given."""
    own = [statement for id_, source in cells.items() for statement in _own_statements(source, given[id_])]
    nodes = [one.node for one in own if isinstance(one.node, ast.FunctionDef)]
    bound = [name for one in own if not one.is_definition and not one.imports for name in sorted(one.binds)]
    variables = (name for name in dict.fromkeys(bound) if not name.startswith("_") and name != "*")
    return SolutionCode({node.name: node for node in nodes}, tuple(variables))


def _own_statements(source: str, given: str) -> list[CellStatement]:
    theirs = {ast.dump(one.node) for one in read_code(given).statements if one.node is not None}
    return [one for one in read_code(source).statements if one.node is not None and ast.dump(one.node) not in theirs]


def helpers_of(solution: SolutionCode, name: str) -> list[str]:
    """The other functions of the solution that one calls, directly or through others."""
    waiting, found = [name], dict[str, None]()
    while waiting:
        used = {node.id for node in ast.walk(solution.functions[waiting.pop()]) if isinstance(node, ast.Name)}
        new = [one for one in solution.functions if one in used and one not in found and one != name]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)
