"""What a cell's source says of itself: the names that its statements bind, use and may change. Nothing is run."""

from __future__ import annotations

import ast
import contextlib
import functools
import re
import symtable
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from grader.files.python_source import parse

_PYTHON_MAGICS = frozenset({"time", "timeit", "prun", "capture", "python", "python3", "debug", "memit", "scalene"})
"""Cell magics whose cell is Python that runs among the notebook's names."""

_LOOKS = re.compile(
    r"(?:print|show|plot|display|draw|view|visuali[sz]e|summary|describe|info|log|watch|imshow|hist|scatter|figure|"
    r"add_(?:graph|image|scalar|text)|make_dot|len|type|isinstance|id|repr|str)(?:_\w*|s|\d*)?|"
    r"save\w*|(?:im)?write|\w+save|dumps?|to_(?:csv|json|numpy|list)|\w+plot|[hH]eatmap|DataFrame|Series|rearrange|fromarray|tqdm|trange|"
    r"array|asarray|tensor|as_tensor|from_numpy|"
    r"to|cuda|cpu|mps|numpy|detach|clone|copy|item|float|double|astype|reshape|view|mean|sum|min|max|std|tolist|"
    r"items|keys|values|parameters|state_dict|eval|get|size|dim|predict|head|int|list|tuple|dict|set|range|zip|enumerate"
)
"""Functions and methods whose name says that they show what they are given, or make something new of it."""

_CALLABLE = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)

MOST_LEVELS = 100
"""Of a statement's tree. Python's own limit of 1,000 calls is for all that walks it together, some calls a level."""

_ESCAPED = re.compile(r"^[ \t]*[%!?]|\?[ \t]*$|=[ \t]*[%!]", re.MULTILINE)
_TIMED = re.compile(r"^([ \t]*)%time[ \t]+(?=\S)", re.MULTILINE)
_OPENS = re.compile(r"[^\s)\]}#]")
"""What a top-level statement begins with; a closing bracket ends the one before."""
_CLAUSE = re.compile(r"(?:elif|else|except|finally)\b")


@dataclass(frozen=True)
class ImportedPackage:
    """One imported module: its top-level package, and the names that the import binds. `*` stands for any."""

    package: str
    names: frozenset[str]


@dataclass(frozen=True)
class CellStatement:
    """One statement of a cell's own level. What it binds and uses is worked out when it is asked for."""

    first: int
    """its lines in `CellCode.text`, from 1"""
    last: int
    text: str
    node: ast.stmt | None = None
    """None where it is no Python here, or nested too deep to be read"""

    @property
    def is_definition(self) -> bool:
        """A function or a class: what stands in it runs later."""
        return isinstance(self.node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)

    @functools.cached_property
    def binds(self) -> frozenset[str]:
        """Global names that it binds; `*` stands for names that nobody can read off it."""
        if self.node is None:
            return frozenset(_guess_binds(self.text))
        return self._scope[0]

    @functools.cached_property
    def uses(self) -> frozenset[str]:
        """Global names that it, or any code in it, reads."""
        return self._scope[1]

    @functools.cached_property
    def touches(self) -> frozenset[str]:
        """Global names that it may change in place: the object of a method, an argument, what an item is set of."""
        if self.node is None:
            return frozenset()
        return frozenset(_touches(self.node)) & (self.uses | self.binds)

    @functools.cached_property
    def deletes(self) -> frozenset[str]:
        nodes = ast.walk(self.node) if self.node is not None else ()
        return frozenset(
            target.id
            for each in nodes
            if isinstance(each, ast.Delete)
            for target in each.targets
            if isinstance(target, ast.Name)
        )

    @functools.cached_property
    def rebinds_when_called(self) -> frozenset[str]:
        """The names that a function, a class or a lambda in it declares global; `*` where it takes any."""
        nodes = list(ast.walk(self.node)) if self.node is not None else []
        called = {one.func.id for one in nodes if isinstance(one, ast.Call) and isinstance(one.func, ast.Name)}
        if called & {"globals", "exec"} and any(isinstance(one, _CALLABLE) for one in nodes):
            return frozenset("*")
        return frozenset(name for one in nodes if isinstance(one, ast.Global) for name in one.names)

    @functools.cached_property
    def imports(self) -> tuple[ImportedPackage, ...]:
        """What it imports, wherever in it."""
        return tuple(imports_in(self.node)) if self.node is not None else ()

    @property
    def is_import(self) -> bool:
        """Nothing but an import: where it ran, its module is there, if only because the notebook made it."""
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    def binds_without(self, package: str) -> frozenset[str]:
        """The names that it binds where this package cannot be imported: by another import, or in an `except`."""
        if self.node is None:
            return frozenset()
        return _read_scope(ast.unparse(_WithoutPackage(package).visit(parse(ast.unparse(self.node)))))[0]

    @property
    def single_imports(self) -> tuple[str, ...]:
        """`import a, b` as the two imports that it is, of which the second runs where the first cannot."""
        if not isinstance(self.node, ast.Import):
            return ()
        return tuple(ast.unparse(ast.Import([alias])) for alias in self.node.names)

    @functools.cached_property
    def _scope(self) -> tuple[frozenset[str], frozenset[str]]:
        return _read_scope(ast.unparse(self.node)) if self.node is not None else (frozenset(), frozenset())


@dataclass(frozen=True)
class CellCode:
    """A cell as Python: IPython's own syntax is replaced by the calls that IPython makes of it."""

    text: str
    statements: tuple[CellStatement, ...] = ()
    error: SyntaxError | None = field(default=None, compare=False)
    """why it is no Python here"""

    @functools.cached_property
    def binds(self) -> frozenset[str]:
        """The names that it makes."""
        if self.error is None:
            return _read_scope(self.text)[0]
        return frozenset(name for statement in self.statements for name in statement.binds)

    def at(self, line: int) -> tuple[CellStatement, ...]:
        """The statements that a line belongs to: more than one where they are separated by semicolons."""
        return tuple(one for one in self.statements if one.first <= line <= one.last)

    def rest_after(self, stopped: CellStatement, package: str = "") -> str:
        """What is left of the cell after a statement that stopped, each line where it was; empty where nothing is.

        Where the cell is no Python nothing of it has run, so all but that statement is left. Of `import a, b` that
        stopped at the package a, b is left.
        """
        lines = self.text.split("\n")
        if self.error is not None:
            kept = [*lines[: stopped.first - 1], *_blank(stopped.first - 1, stopped.last), *lines[stopped.last :]]
            return "\n".join(kept) if len(self.statements) > 1 else ""
        place = self.statements.index(stopped)
        left = self.statements[place + 1 :]
        beside = [one for one in left if one.first <= stopped.last]  # separated by a semicolon
        last = max([stopped.last, *(one.last for one in beside)])
        imports = stopped.single_imports
        failed = next((number for number, one in enumerate(imports) if one.split()[1].split(".")[0] == package), None)
        here = imports[failed + 1 :] if failed is not None else ()
        here = (*here, *(ast.unparse(one.node) for one in beside if one.node is not None))
        if not here and len(beside) == len(left):
            return ""
        # Not blank: IPython takes blank lines at the beginning away, and the numbers of all others change.
        return "\n".join(
            [*_blank(0, stopped.last - 1), "; ".join(here) or "#", *_blank(stopped.last, last), *lines[last:]]
        )


@functools.lru_cache(maxsize=512)
def read_code(source: str) -> CellCode:
    """A cell's statements; of a cell that is no Python here those around its error, and the error."""
    text = _as_python(source)
    try:
        return CellCode(text, tuple(_read_statements(text)))
    except SyntaxError as error:
        return CellCode(text, tuple(_read_what_can_be(text)), error)
    except (ValueError, RecursionError, MemoryError):  # a null byte; nested without end
        return CellCode(text, (), SyntaxError("not a program"))


def divide_source(source: str, lines: Sequence[int]) -> list[str]:
    """A cell in parts that begin at these lines, each with its lines where they were."""
    text = read_code(source).text.split("\n")
    if not lines:
        return [source]
    starts = [1, *lines]
    ends = [*lines, len(text) + 1]
    parts = []
    for first, end in zip(starts, ends, strict=True):
        # The first keeps a magic such as %%time. IPython shows the value of a last line, as it does not in the middle.
        own = source.split("\n")[: end - 1] if first == 1 else [*_blank(1, first), *text[first - 1 : end - 1]]
        parts.append("\n".join([*own, "pass"]) if end <= len(text) else "\n".join(own))
    return parts


def _blank(first: int, last: int) -> list[str]:
    return ["#"] * (last - first)


def without_capture(source: str) -> str | None:
    """A cell under `%%capture` without that line, where it keeps nothing under a name; None for any other."""
    head, _, body = source.lstrip().partition("\n")
    words = head.split()
    if words[:1] != ["%%capture"] or any(not word.startswith("--") for word in words[1:]):
        return None
    return f"#\n{body}"  # IPython takes a blank line at the beginning away


def _as_python(source: str) -> str:
    """The cell as IPython would compile it, the body of a magic such as %%time in place: the same line numbers."""
    body, shift = source, 0
    while (found := re.match(r"\s*%%(\w+)[^\n]*(?:\n|$)", body)) and found[1] in _PYTHON_MAGICS:
        shift += found[0].count("\n")
        body = body[found.end() :]
    body = _TIMED.sub(r"\1", body)
    if _ESCAPED.search(body):
        from IPython.core.inputtransformer2 import TransformerManager

        with contextlib.suppress(SyntaxError):  # what IPython itself cannot read; the parser says why
            body = TransformerManager().transform_cell(body)
    return "\n" * shift + body


# ---- statements -----------------------------------------------------------------------------------------------------


def _read_statements(text: str, shift: int = 0) -> Iterator[CellStatement]:
    lines = text.split("\n")
    for node in parse(text).body:
        decorators = getattr(node, "decorator_list", [])
        first = min([node.lineno, *(decorator.lineno for decorator in decorators)])
        last = node.end_lineno or first
        own = node if _is_shallow(node) else None
        yield CellStatement(first + shift, last + shift, "\n".join(lines[first - 1 : last]), own)


def _is_shallow(node: ast.AST) -> bool:
    """Whether it can be walked by functions that call themselves: a sum of a thousand terms cannot."""
    level = [node]
    for _depth in range(MOST_LEVELS):
        level = [child for each in level for child in ast.iter_child_nodes(each)]
        if not level:
            return True
    return False


def _read_scope(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Global names that a program binds, and those that it reads, by Python's own rules."""
    binds: set[str] = set()
    uses: set[str] = set()
    try:
        tables = [symtable.symtable(text, "<cell>", "exec")]
    except (SyntaxError, ValueError, RecursionError):  # such as `nonlocal` where there is nothing around it
        return frozenset(), frozenset()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_top = table.get_type() == "module"
        for symbol in table.get_symbols():
            if is_top or symbol.is_global():
                if symbol.is_assigned() or symbol.is_imported():
                    binds.add(symbol.get_name())
                if symbol.is_referenced():
                    uses.add(symbol.get_name())
    if re.search(r"\bimport\s*\*", text):
        binds.add("*")
    return frozenset(binds), frozenset(uses)


class _WithoutPackage(ast.NodeTransformer):
    def __init__(self, package: str) -> None:
        self.package = package

    def visit_Import(self, node: ast.Import) -> ast.stmt:
        kept = [alias for alias in node.names if alias.name.partition(".")[0] != self.package]
        return ast.Import(kept) if kept else ast.Pass()

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.stmt:
        return ast.Pass() if (node.module or "").partition(".")[0] == self.package else node


def imports_in(node: ast.stmt) -> Iterator[ImportedPackage]:
    """A magic that loads an extension imports, too."""
    for each in ast.walk(node):
        if isinstance(each, ast.Import):
            for alias in each.names:
                package = alias.name.partition(".")[0]
                yield ImportedPackage(package, frozenset({alias.asname or package}))
        elif isinstance(each, ast.ImportFrom) and each.level == 0 and each.module:
            package = each.module.partition(".")[0]
            yield ImportedPackage(package, frozenset(alias.asname or alias.name for alias in each.names))
        elif (magic := magic_of(each)) and magic[0] in ("load_ext", "reload_ext"):
            yield ImportedPackage(magic[1].partition(".")[0], frozenset({f"%{magic[1]}"}))


def magic_of(node: ast.AST) -> tuple[str, str] | None:
    """The magic that a call runs, and its line: of `%load_ext tensorboard`, `load_ext` and `tensorboard`."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    if node.func.attr not in ("run_line_magic", "run_cell_magic") or len(node.args) < 2:
        return None
    name, line = node.args[0], node.args[1]
    if not all(isinstance(one, ast.Constant) and isinstance(one.value, str) for one in (name, line)):
        return None
    return str(ast.literal_eval(name)), str(ast.literal_eval(line)).strip()


def _touches(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store | ast.Del):
        yield from _root(node)
    elif isinstance(node, ast.Call):
        called = node.func.attr if isinstance(node.func, ast.Attribute) else next(_root(node.func), "")
        if _LOOKS.fullmatch(called):
            return
        if isinstance(node.func, ast.Attribute):
            yield from _root(node.func)
        for argument in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _root(argument)
    for child in ast.iter_child_nodes(node):
        yield from _touches(child)


def _root(node: ast.expr) -> Iterator[str]:
    """The name that an expression such as `model.layers[0].cpu()` begins with."""
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred | ast.Call):
        if not isinstance(node, ast.Call):
            node = node.value
        elif isinstance(node.func, ast.Attribute):
            node = node.func.value
        else:
            return
    if isinstance(node, ast.Name):
        yield node.id


# ---- what is no Python here -----------------------------------------------------------------------------------------


def _read_what_can_be(text: str) -> Iterator[CellStatement]:
    """The cell's statements, each parsed by itself: one that is no Python is told by what its first lines bind."""
    lines = text.split("\n")
    for first, last in _chunks(lines):
        own = "\n".join(lines[first:last])
        try:
            yield from _read_statements(own, shift=first)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            yield CellStatement(first + 1, last, own)


def _chunks(lines: list[str]) -> Iterator[tuple[int, int]]:
    """Runs of lines that begin where a line is not indented."""
    starts = [
        place
        for place, line in enumerate(lines)
        if _OPENS.match(line) and not _CLAUSE.match(line) and not (place and lines[place - 1].startswith("@"))
    ]
    yield from zip(starts, [*starts[1:], len(lines)], strict=True)


def _guess_binds(text: str) -> Iterator[str]:
    for found in re.finditer(
        r"^(?:async\s+)?(?:def|class|type)\s+(\w+)|^(\w+)\s*(?::[^=\n]+)?=(?!=)", text, re.MULTILINE
    ):
        yield found[1] or found[2]
    for found in re.finditer(r"^((?:\w+\s*,\s*)+\w+)\s*=(?!=)", text, re.MULTILINE):
        yield from (name.strip() for name in found[1].split(","))
