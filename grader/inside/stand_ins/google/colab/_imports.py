"""A cell whose import fails for want of a package that Colab has goes on, with the names that could be imported."""

from __future__ import annotations

import ast

from grader.inside import brought
from grader.inside.colab_packages import COLAB, is_missing


class MissingImports(ast.NodeTransformer):
    """Takes imports of such packages out of the cell's own level, and says so; imports in functions fail as they do."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        return ast.Module([kept for statement in node.body for kept in _without_missing(statement)], node.type_ignores)


def _without_missing(statement: ast.stmt) -> list[ast.stmt]:
    if isinstance(statement, ast.ImportFrom) and statement.level == 0 and statement.module:
        return [] if _tell(statement.module) else [statement]
    if isinstance(statement, ast.Import):
        statement.names = [alias for alias in statement.names if not _tell(alias.name)]
        return [statement] if statement.names else []
    return [statement]


def _tell(name: str) -> bool:
    """Whether the package is missing; if so, one line says it."""
    package = name.partition(".")[0]
    if not is_missing(package, brought.read_table()["packages"]):
        return False
    who = "Colab has it" if package in COLAB else "the course says that it is"
    print(f"There is no {package} here, and {who}. The cell goes on without it; a person looks at what needs it.")
    return True


def find_broken_package(error: BaseException | None) -> str | None:
    """The package of Colab's, or of the course's, whose own code raised the error while it was imported."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>":
            package = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
            if package in COLAB or package in brought.read_table()["packages"]:
                return package
        trace = trace.tb_next
    return None
