"""Keeps copies of a kernel from before cells that use asked names again, and asks them what the names were then.

A copy costs some milliseconds and MiB, so there is one only where a cell's source says that it may change an asked name
that exists already, and it is dropped after the cell where no mark of such a name has changed.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import dataclasses
import socket
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from grader.execute import answers
from grader.execute.answers import ProbeQuestion
from grader.execute.cell_client import GRACE_S, CellClient
from grader.files.cell_names import CellCode, CellStatement, divide_source, magic_of, read_code
from grader.inside import channel, plain
from grader.language import NOTHING, Reason, _
from grader.model import Answer, Limits

MOST_COPIES = 4
"""The last ones: what a name was three uses ago is no longer its use."""
MOST_PARTS = 3
"""Into which one cell is divided."""
MOST_NAMES = 200
ROOM = 4
"""No copy is kept where the notebook uses more than this part of its memory: it would count once more."""

NO_USES: Mapping[str, frozenset[str]] = {}
WATCH_FIGURES = ProbeQuestion(
    name="", content={"kind": "figures", "arguments": {}}, names=(), hidden=False, limit_s=20.0
)
"""Asked before the first cell: from then on the kernel notes what its figures draw."""
CHANGED = ProbeQuestion(name="", content={"kind": "changed", "arguments": {}}, names=(), hidden=False, limit_s=20.0)


@dataclass(frozen=True)
class KeptCopy:
    """The kernel as it was before a code cell, and the asked names that this cell changed."""

    number: int
    line: int
    """of that cell, where the copy was made within it; 0: before its first"""
    connection: socket.socket
    changed: frozenset[str]


class EarlierStates:
    """The copies of one kernel, from its first cell to its last question."""

    def __init__(self, client: CellClient, questions: Sequence[ProbeQuestion], words: frozenset[str]) -> None:
        self.client = client
        self.asked = frozenset(name for one in questions if not one.only_at_end for name in one.names)
        # Whoever waits for any child of theirs would get ours.
        self.waits_for_children = {"fork", "wait"} <= words
        self.refused: Reason = NOTHING
        """why a copy that was wanted was not made"""
        self.kept: list[KeptCopy] = []
        self.end: KeptCopy | None = None
        """the kernel after its last cell, where a question may change it"""
        self._stateful: set[str] = set()
        self._uses: dict[str, frozenset[str]] = {}
        self._changed_by: dict[str, frozenset[str]] = {}
        """names of the notebook that a function or a class changes when it is called; `*`: any"""
        self._there: set[str] = set()
        self._imports: set[str] = set()
        self._modules: set[str] = set()

    def at_risk(self, code: CellCode) -> list[str]:
        """Names that are there, are asked for or used by what is, and that the cell may change."""
        if not self.asked or self.refused:
            return []
        watched = self.followed(self.asked) & self._there
        changes = {name for one in code.statements for name in self._changes(one)}
        hit = watched if "*" in changes else watched & changes
        if hit and self.waits_for_children:
            self.give_up(_("the notebook waits for processes of its own"))
            return []
        return sorted(watched)[:MOST_NAMES] if hit else []

    def divide(self, source: str) -> list[tuple[int, str]]:
        """The cell, divided before statements that use an asked name again which it has made itself.

        With the line at which each part begins, which is 0 for the first.
        Only what is clearly another use: `x = 0` and then a loop that adds to it are how a value is made.
        """
        code = read_code(source)
        has_other_lines = len(code.text.splitlines()) != len(source.splitlines())  # as IPython makes them of a magic
        if not self.asked or self.refused or code.error is not None or has_other_lines:
            return [(0, source)]
        own = {name: one.uses for one in code.statements if one.is_definition for name in one.binds}
        watched = self.followed(self.asked, own)
        made: dict[str, CellStatement] = {}
        places: list[int] = []
        last = 0
        for one in code.statements:
            again = [name for name in watched & made.keys() if _is_other_use(made[name], one, name)]
            if again and one.first > last:
                places.append(one.first)
            for name in again:
                del made[name]
            made |= dict.fromkeys(one.binds, one)
            last = one.last
        places = places[: MOST_PARTS - 1]
        return list(zip([0, *places], divide_source(source, places), strict=True))

    def _changes(self, statement: CellStatement) -> Iterable[str]:
        if isinstance(statement.node, ast.Import | ast.ImportFrom) and statement.text in self._imports:
            return ()  # the same import once more
        if statement.node is not None and any(map(_may_change_anything, ast.walk(statement.node))):
            return ("*",)
        # What it calls may change names, too: `def finish(): global image; image = None`, and then `finish()`.
        called = () if statement.is_definition else self.followed(statement.uses)
        reached = {name for one in called for name in self._changed_by.get(one, ())}
        if "*" in reached:
            return ("*",)
        # A function or module that is passed on, or asked for a part of it, stays what it is.
        touched = frozenset() if statement.is_definition else statement.touches - self._modules - self._uses.keys()
        return {*statement.binds, *statement.deletes, *touched, *reached}

    def note(self, code: CellCode) -> None:
        """The cell has run: its names are there, and its functions use theirs."""
        self._there |= code.binds
        for statement in code.statements:
            if isinstance(statement.node, ast.Import | ast.ImportFrom):
                self._imports.add(statement.text)
                self._modules |= statement.binds
            changed = statement.rebinds_when_called
            if not statement.is_definition:  # an object of a class, or a function by another name
                changed = changed.union(*(self._changed_by.get(name, ()) for name in statement.uses))
            if changed:
                self._changed_by |= dict.fromkeys(statement.binds, changed)
            if statement.is_definition:
                if changes_state(statement):
                    self._stateful |= statement.binds
                self._uses |= dict.fromkeys(statement.binds, statement.uses)

    def followed(self, names: Iterable[str], own: Mapping[str, frozenset[str]] = NO_USES) -> frozenset[str]:
        """These names, and all that their functions and classes use; `own`: by those that are not noted yet."""
        found: set[str] = set()
        left = list(names)
        while left:
            name = left.pop()
            if name not in found:
                found.add(name)
                left += (*self._uses.get(name, ()), *own.get(name, ()))
        return frozenset(found)

    async def keep(self, number: int, line: int, names: list[str], dead: asyncio.Future[None]) -> bool:
        """Have a copy forked, as the kernel is before this line of this code cell; False where there is none."""
        connection = self.client.connection
        connection.settimeout(2 * GRACE_S)
        received = asyncio.ensure_future(asyncio.to_thread(_receive_copy, connection))
        await self.client.request(
            f"__import__('grader.inside.copies', fromlist=['keep']).keep({names!r})", GRACE_S, dead
        )
        done, _pending = await asyncio.wait({received}, timeout=GRACE_S)
        if not done:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        told, copy = await received
        if copy is None:
            self.give_up(_REFUSED.get(told) or _("the kernel could not be copied"))
            return False
        if len(self.kept) == MOST_COPIES:
            self.kept.pop(0).connection.close()
        self.kept.append(KeptCopy(number, line, copy, frozenset()))
        return True

    def settle(self, changed: Answer) -> None:
        """After the cell: the last copy stays with the names that have changed, or goes where none has."""
        last = self.kept.pop()
        names = changed.value if changed.status == "answered" and isinstance(changed.value, list) else []
        known = frozenset(name for name in names if isinstance(name, str))
        if known:
            self.kept.append(dataclasses.replace(last, changed=known))
        else:
            last.connection.close()

    def is_stateful(self, question: ProbeQuestion) -> bool:
        """Whether asking may change what a later question finds: then it is asked in a fork that is thrown away."""
        if question.content["kind"] not in ("call", "evaluate"):
            return False
        code = question.content.get("code")
        read = read_code(code) if isinstance(code, str) else CellCode("")
        own = any(changes_state(one, read.binds) for one in read.statements)
        return own or bool(self.followed(question.names) & self._stateful)

    async def keep_end(self, memory_mib: float, limits: Limits, dead: asyncio.Future[None]) -> None:
        """A copy of the kernel after its last cell."""
        if memory_mib * ROOM <= limits.memory_mib and await self.keep(0, 0, [], dead):
            self.end = self.kept.pop()

    def give_up(self, why: Reason) -> None:
        """From now on there are no copies."""
        self.refused = why
        self.drop()

    def drop(self) -> None:
        """Let all copies end."""
        if self.end is not None:
            self.end.connection.close()
        for one in self.kept:
            one.connection.close()
        self.kept.clear()

    async def ask(self, question: ProbeQuestion, explain: answers.Explain | None) -> tuple[Answer, ...]:
        """What the kernel answered before its names were used again, the last such state first."""
        names = self.followed(question.names)
        found = []
        for one in reversed(self.kept):
            changed = names & one.changed
            if changed and not question.only_at_end:
                answer = await self._ask_copy(one, question, explain)
                if answer.status in ("answered", "raised"):
                    moment = {"after": one.number - 1, "line": one.line, "changed": tuple(sorted(changed))}
                    found.append(answer.model_copy(update=moment))
        return tuple(found)

    async def ask_end(self, question: ProbeQuestion, explain: answers.Explain | None) -> Answer:
        """Ask the kernel as it was after its last cell; what the question changes is gone."""
        assert self.end is not None
        return await self._ask_copy(self.end, question, explain)

    async def _ask_copy(self, one: KeptCopy, question: ProbeQuestion, explain: answers.Explain | None) -> Answer:
        one.connection.settimeout(question.limit_s + 3 * GRACE_S)
        return await asyncio.to_thread(answers.exchange, one.connection, question, explain)


_REFUSED = {
    "cuda": _("a kernel that uses the GPU cannot be copied"),
    "no fork": _("kernels cannot be copied on this system"),
}
_MAGICS = frozenset({"run", "reset", "reset_selective", "xdel", "load", "store", "pylab", "autoreload"})
_REACHING = frozenset({"exec", "globals", "locals", "vars", "setattr", "delattr", "run_cell", "push", "reset"})
"""Functions and methods that reach a notebook's names by other ways than their names in its source."""


def _is_other_use(made: CellStatement, statement: CellStatement, name: str) -> bool:
    """Whether a statement uses a name for something else than the one that made it in the same cell."""
    if name in statement.deletes:
        return True
    if name not in statement.binds:
        return False
    if made.is_definition:
        return type(made.node) is not type(statement.node)
    return name in _passing_names(statement)


def _passing_names(statement: CellStatement) -> frozenset[str]:
    """Names that it binds on its way: of a loop, a `with` or an `except`."""
    found: set[str] = set()
    for node in ast.walk(statement.node) if statement.node is not None else ():
        if isinstance(node, ast.ExceptHandler) and node.name:
            found.add(node.name)
        target = node.target if isinstance(node, ast.For | ast.AsyncFor) else getattr(node, "optional_vars", None)
        found |= {one.id for one in ast.walk(target) if isinstance(one, ast.Name)} if target is not None else set()
    return frozenset(found)


def _may_change_anything(node: ast.AST) -> bool:
    magic = magic_of(node)
    if magic is not None:
        return magic[0] in _MAGICS
    if not isinstance(node, ast.Call):
        return False
    name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
    return name in _REACHING


_CHANGERS = frozenset(
    {"append", "extend", "insert", "pop", "remove", "clear", "update", "add", "discard", "setdefault", "sort", "fill"}
)
"""Methods of lists, dicts, sets and arrays that change them."""


def changes_state(statement: CellStatement, own: frozenset[str] = frozenset()) -> bool:
    """Whether code in it changes values that stay when it ends: globals, parts of globals, defaults that are lists.

    Names in `own` are those of the code itself.
    """
    for node in ast.walk(statement.node) if statement.node is not None else ():
        if isinstance(node, ast.Global | ast.Nonlocal):
            return True
        if isinstance(node, ast.arguments) and any(
            isinstance(default, ast.List | ast.Dict | ast.Set | ast.Call)
            for default in (*node.defaults, *node.kw_defaults)
        ):
            return True
        changed: ast.expr | None = None
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
            changed = node.value
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGERS:
            changed = node.func.value
        while isinstance(changed, ast.Subscript | ast.Attribute):
            changed = changed.value
        if isinstance(changed, ast.Name) and changed.id in statement.uses - own:
            return True
    return False


def _receive_copy(connection: socket.socket) -> tuple[str, socket.socket | None]:
    """The copy's connection; or why there is none, in a word."""
    try:
        told, descriptors, *_rest = socket.recv_fds(connection, channel.HEAD_BYTES, 1)
    except OSError:
        return "lost", None
    if not descriptors:
        return told.decode(errors="replace").strip() or "lost", None
    return "", socket.socket(fileno=descriptors[0])


def is_alike(one: Answer, other: Answer) -> bool:
    """Whether two answers are the same, so that the earlier one adds nothing."""
    if one.status != other.status:
        return False
    return plain.dumps(one.value) == plain.dumps(other.value)
