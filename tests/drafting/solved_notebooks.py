"""Makes the solved notebook that a lecturer of this course would have: the given one, with the reference's code."""

import ast
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell

from grader.course.course import read_course
from grader.files.notebook_ids import read_with_ids
from grader.verify.bench import read_parts
from grader.verify.modules import definitions, home_of, reachable
from grader.verify.solved import functions_of

ROOT = Path(__file__).parents[2]


def write_solved(name, path):
    """Write it; returns the functions that students write."""
    course = read_course(ROOT)
    parts = read_parts(course, course.assignment(name))
    left, _ = functions_of(parts.given, except_in=parts.solution)
    notebook = read_with_ids(parts.given)
    needed = reachable(parts.modules, left)
    written = set()
    for cell in notebook.cells:
        if cell.id in parts.solution:
            marked = ["### BEGIN SOLUTION", parts.solution[cell.id].rstrip(), "### END SOLUTION"]
            cell.source = "\n".join(marked) if cell.cell_type == "code" else parts.solution[cell.id]
            cell.metadata["tags"] = [] if cell.cell_type == "code" else ["solution"]
        elif cell.cell_type == "code":
            cell.source = _filled(cell.source, left, parts.modules, needed, written)
    notebook.cells.insert(0, new_code_cell(_imports(parts.modules), id="imports"))
    Path(path).write_text(nbformat.writes(notebook), encoding="utf-8")
    return left


def _imports(modules):
    """What the modules import, but for one another, and their types."""
    found = {}
    for source in modules.values():
        for statement in ast.parse(source).body:
            is_import = isinstance(statement, ast.Import | ast.ImportFrom)
            if is_import and not (getattr(statement, "module", "") or "").startswith(("reference", "__future__")):
                found[ast.unparse(statement)] = None
    return "\n".join(found)


def _filled(source, left, modules, needed, written):
    """The cell with the reference's functions in the place of those that are left, below the helpers that they use."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return source
    lines = source.splitlines()
    for statement in reversed(body):
        if getattr(statement, "name", None) in left:
            home = home_of(modules, statement.name)
            code = [_source_of(modules, home, statement.name)]
            helpers = [one for one in _behind(modules, statement.name, needed) if one[1] not in {*left, *written}]
            written |= {name for _, name in helpers}
            if helpers:
                own = [_source_of(modules, *one) for one in helpers]
                code = ["### BEGIN SOLUTION", "\n\n\n".join(own), "### END SOLUTION", "", "", *code]
            lines[statement.lineno - 1 : statement.end_lineno] = "\n".join(code).splitlines()
    return "\n".join(lines)


def _behind(modules, name, needed):
    found = reachable(modules, [name]) & needed
    order = {
        (module, each): place for module, source in modules.items() for place, each in enumerate(definitions(source))
    }
    names = list(modules)
    return sorted((one for one in found if one[1] != name), key=lambda one: (names.index(one[0]), order[one]))


def _source_of(modules, module, name):
    statement = definitions(modules[module])[name]
    return ast.get_source_segment(modules[module], statement)
