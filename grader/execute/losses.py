"""Follows a notebook's names as its cells run: which are not there, or not as it makes them, for a cause of ours.

What the file as handed in shows is believed where it speaks against its author: a cell that stopped there with the same
error stopped for no cause of ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from grader.execute import causes, missing_files
from grader.execute.branches import find_left_out
from grader.execute.causes import CellError, Lack, RunSetting, StoredOutcome, short
from grader.execute.newer_python import find_newer_syntax
from grader.files.cell_names import CellCode, CellStatement, ImportedPackage, read_code
from grader.files.importable import is_importable
from grader.model import ANY_NAME, NETWORKS, Cause


@dataclass(frozen=True)
class Outcome:
    """How a request to run a cell, or a part of it, ended."""

    is_ok: bool
    error: CellError | None = None
    """None where it ended well, and where a limit ended it"""
    stored: StoredOutcome = field(default_factory=StoredOutcome)
    asked: Sequence[str] = ()
    """what it asked for in vain, by the sandbox's own record"""
    limit: Cause | None = None
    """the limit that the error stems from, where that is known"""


@dataclass(frozen=True)
class Followed:
    """What an outcome means."""

    cause: Cause | None = None
    line: int = 0
    """of the cell, at which it stopped; 0 where it did not, or nobody knows"""
    rest: str = ""
    """what is still to be run of the cell, where it stopped for a cause of ours"""


class Losses:
    """The names of one notebook: what each is bound by, and which are lost for a cause of ours."""

    def __init__(self, around: RunSetting | None = None) -> None:
        self.around = around or RunSetting()
        self.lost: dict[str, Cause] = {}
        self.absent: dict[str, Cause] = {}
        """ImportedPackage in a `try`: what needs such a name stops for want of the package, and nothing else does."""
        self._bound_by: dict[str, CellStatement] = {}
        self._cells: list[tuple[CellCode, Cause | None]] = []
        self._texts: list[str] = []
        self._done: list[str] = []
        """statements that have run"""
        self._asked: list[tuple[int, str]] = []
        """what was asked for in vain, with the cell's number"""
        self._failed_there: set[str] = set()
        """names used by a statement that stopped with the same error where the student worked"""
        self._devices: list[CellStatement] = []
        """statements that set the device of whatever comes after them"""

    # ---- cells ----

    def follow(self, number: int, code: CellCode, outcome: Outcome) -> Followed:
        """A cell, or the rest of one, was run and ended so."""
        self._asked += [(number, one) for one in outcome.asked]
        self._texts.append(code.text)
        if outcome.is_ok:
            found = [self._ran(statement) for statement in code.statements]
            unfetched = [self._went_on_without(number, statement, outcome.asked) for statement in code.statements]
            return Followed(next((cause for cause in (*found, *unfetched) if cause is not None), None))
        if outcome.error is None:
            return Followed()
        at = _where(code, outcome.error)
        for statement in _before(code, at[:1]):
            self._ran(statement)
        stopped, cause = self._explain(number, code, outcome, at)
        line = outcome.error.line or (stopped.first if stopped is not None else 0)
        if code.error is not None and outcome.error.name in _SYNTAX_ERRORS:
            line = code.error.lineno or line  # under %%time IPython counts from somewhere else
        if cause is None or stopped is None:
            own = Cause(kind="student", what=short(outcome.error.name), cell=number)
            return Followed(outcome.limit or own, line)
        for statement in at[: at.index(stopped)] if code.error is None else ():
            self._ran(statement)
        self._skipped(stopped, cause)
        return Followed(cause, line, code.rest_after(stopped, cause.what))

    def not_run(self, code: CellCode, cause: Cause | None) -> None:
        """A cell was not run, or not to its end, because we were too slow: what it makes is lost."""
        if cause is not None and cause.is_ours:
            for statement in code.statements:
                self._skipped(statement, cause)

    def end_cell(self, source: str, cause: Cause | None) -> None:
        """A cell has ended: later ones may want the files that it was to write."""
        self._cells.append((read_code(source), cause))

    def all_lost(self) -> dict[str, Cause]:
        """What is lost when all cells have run, with every function and class that needs what is lost."""
        found = {**self.absent, **self.lost}
        for name, statement in self._bound_by.items():
            if statement.is_definition and name not in found and (cause := self._reached_loss(statement)):
                found[name] = cause
        return found

    # ---- names ----

    def _ran(self, statement: CellStatement) -> Cause | None:
        """A statement has run; the cause for which what it makes is not what the notebook makes of it, if any."""
        # What a function uses is followed where it is called.
        found = None if statement.is_definition else self._reached_loss(statement)
        if found is not None:
            lost = self._bound_there(statement) | (statement.touches - self._solid())
            if _makes_networks(statement):
                lost |= {NETWORKS}
            self.lost |= {name: found for name in lost if name not in self.lost}
        else:
            for name in statement.binds | statement.deletes:
                self.lost.pop(name, None)
                self.absent.pop(name, None)
        self._leave_out(statement)
        self._done.append(statement.text)
        self._bind(statement)
        return found

    def _leave_out(self, statement: CellStatement) -> None:
        """What a branch would have made that is not taken here, of names that nothing else has made."""
        left = find_left_out(statement, self._bound_by.get, has_gpu=self.around.has_gpu)
        if left is not None and not (left.kind == "file" and self._is_own(left.what)):
            cause = Cause(kind=left.kind, what=short(left.what))
            self.absent |= dict.fromkeys(left.names - self._bound_by.keys(), cause)
            self.lost |= dict.fromkeys(
                (left.definitions - self._bound_by.keys()) | (left.altered - self._solid()), cause
            )

    def _skipped(self, statement: CellStatement, cause: Cause) -> None:
        """A statement did not run, or not to its end: what it makes and changes is lost."""
        reached = (statement, *self._reach(statement))
        touched = {name for one in reached for name in one.touches} - self._solid()
        imported = {name for one in statement.imports for name in one.names}
        lost = self._bound_there(statement) | touched | imported
        if not statement.imports and any(_makes_networks(one) for one in reached):
            lost |= {NETWORKS}
        if cause.kind == "file" and missing_files.RUNS_FILES.search(statement.text):
            lost |= {ANY_NAME}
        self.lost |= {name: cause for name in lost if name not in self.lost}
        for name in statement.binds:
            self._bound_by.pop(name, None)

    def _went_on_without(self, number: int, statement: CellStatement, asked: Sequence[str]) -> Cause | None:
        """The cell went on, though this statement got nothing of what it fetches: what it makes is lost."""
        found = next((one for one in asked if one in statement.text), None)
        if found is None or not statement.binds:
            return None
        cause = Cause(kind=causes.kind_of_asked(found), what=short(found), cell=number)
        self.lost |= {name: cause for name in statement.binds}
        return cause

    def _bind(self, statement: CellStatement) -> None:
        for name in statement.binds:
            self._bound_by[name] = statement
        if statement.is_definition:
            return
        if re.search(r"\bset_default_(?:device|tensor_type)\(", statement.text):
            self._devices.append(statement)
        for one in () if statement.is_import else statement.imports:  # an import that ran has found its module
            if not is_importable(one.package) and not one.names & statement.binds_without(one.package):
                self.absent |= dict.fromkeys(one.names, Cause(kind="package", what=one.package))

    def _bound_there(self, statement: CellStatement) -> frozenset[str]:
        """What it binds, by what it calls, too: `def main(): global bright`, and then `main()`."""
        called = () if statement.is_definition else self._reach(statement)
        return statement.binds.union(*(one.rebinds_when_called for one in called)) - {"*"}

    def _solid(self) -> set[str]:
        """Modules, functions and classes: a call that is handed one does not change it."""
        return {name for name, one in self._bound_by.items() if one.is_definition or one.imports}

    def _reach(self, statement: CellStatement) -> Iterator[CellStatement]:
        """The functions and classes of the notebook that a statement calls, and those that these call."""
        seen: set[str] = set()
        names = list(statement.uses)
        while names:
            name = names.pop()
            one = self._bound_by.get(name)
            if name not in seen and one is not None and one.is_definition and one is not statement:
                yield one
                names += one.uses
            seen.add(name)

    def _made_by(self, names: Iterable[str], most: int = 3) -> Iterator[CellStatement]:
        """The statements that bound these names, and those that bound what they use, so many steps back."""
        seen: set[str] = set()
        for _step in range(most):
            known = sorted(name for name in set(names) - seen if name in self._bound_by)
            seen |= set(known)
            yield from (self._bound_by[name] for name in known)
            names = [used for name in known for used in self._bound_by[name].uses]

    def _reached_loss(self, statement: CellStatement) -> Cause | None:
        used = {*statement.uses, *(name for one in self._reach(statement) for name in one.uses)} - statement.deletes
        return next((self.lost[name] for name in sorted(used) if name in self.lost), None)

    # ---- why it stopped ----

    def explain_answer(self, names: Iterable[str], error: CellError) -> Cause | None:
        """Why a function of the notebook raised this when it was asked, where that is a cause of ours.

        What failed where the student worked, too, has failed for no cause of ours.
        """
        if self._failed_there & set(names := list(names)):
            return None
        asked = [statement for name in names if (statement := self._bound_by.get(name)) is not None]
        found = (self._find_cause(0, statement, Outcome(is_ok=False, error=error), error) for statement in asked)
        return next((cause for cause in found if cause is not None), None)

    def _explain(
        self, number: int, code: CellCode, outcome: Outcome, at: Sequence[CellStatement]
    ) -> tuple[CellStatement | None, Cause | None]:
        """The statement at which a cell stopped, and the cause, where it is one of ours."""
        assert outcome.error is not None
        error, first = outcome.error, at[0] if at else None
        if outcome.stored.failed_so(error):
            self._failed_there |= {name for one in at for name in one.uses}
            return first, None
        if outcome.limit is not None:
            return first, None
        if code.error is not None and first is not None and error.name in _SYNTAX_ERRORS:
            what = find_newer_syntax(first.text)
            is_slip = error.name != "SyntaxError" or _SLIP.search(error.value)
            if not what and (is_slip or not outcome.stored.went_well):
                return first, None
            what = what or first.text.strip().partition("\n")[0]
            return first, Cause(kind="interpreter", what=short(what), cell=number)
        for statement in at:
            if cause := self._find_cause(number, statement, outcome, error):
                return statement, cause
        return first, None

    def _find_cause(self, number: int, statement: CellStatement, outcome: Outcome, error: CellError) -> Cause | None:
        if (found := re.search(r"name '([^']+)' is not defined", error.value)) and error.name == "NameError":
            known = {**self.absent, **self.lost}
            return known.get(found[1]) or (None if found[1] in self._bound_by else known.get(ANY_NAME))
        reached = (statement, *self._reach(statement))
        used = {name for one in reached for name in one.uses}
        readers = list(self._made_by(used))
        lack = (
            self._missing_import(reached, readers, error, outcome)
            or causes.missing_device(reached, [*readers, *self._devices], error, has_gpu=self.around.has_gpu)
            or causes.missing_person(reached, readers, error, outcome.asked)
            or causes.missing_network(reached, error, outcome.asked)
        )
        if lack is not None:
            return Cause(kind=lack[0], what=short(lack[1]), cell=number)
        if "running event loop" in error.value and "nest_asyncio" in self.lost:
            return self.lost["nest_asyncio"]
        path = missing_files.missing_file(reached, readers, error)
        if error.name != "FileNotFoundError" and self._is_own(path):
            path = ""
        if path and path.removeprefix("/content/").removeprefix("./") not in self.around.files:
            made = self._of_own_file(path)
            if made is None or made.is_ours:
                return made or Cause(kind="file", what=short(path), cell=number)
        return self._reached_loss(statement) or _other_version(number, statement, outcome, error)

    def _missing_import(
        self, reached: Sequence[CellStatement], readers: Sequence[CellStatement], error: CellError, outcome: Outcome
    ) -> Lack | None:
        """By the import itself, which stands in the notebook: the error alone anybody can raise."""
        stored = outcome.stored
        imports = [one for statement in reached for one in statement.imports]
        magic = re.match(r"(?:Line magic function|Cell magic) `(%%?(\w+))` not found", error.value)
        if error.name == "UsageError" and magic:
            known = self.lost.get(f"%{magic[2]}")
            return (known.kind, known.what) if known else ("package", magic[1])
        if named := causes.missing_package(reached, readers, error):
            return "package", named
        if newer := causes.newer_library(reached, error):
            return "interpreter", newer
        missing = re.match(r"No module named '([\w.]+)'", error.value)
        if error.name == "ModuleNotFoundError" and missing:
            package = missing[1].partition(".")[0]
            if any(one.package == package for one in imports):
                # A module of a package that is here: it is another version, or a slip of the pen.
                if is_importable(package) and not stored.went_well:
                    return None
                return self._name_package(package, imports)
            # What is imported is here, and needs in turn what is not.
            return next((("package", one.package) for one in imports if one.package in self.around.packages), None)
        if wanted := [one for one in causes.wanted_packages(reached, error) if one in self.around.packages]:
            return "package", wanted[0]
        if broken := [one.removeprefix("import ") for one in outcome.asked if one.startswith("import ")]:
            return "package", broken[0]
        if error.name in ("ImportError", "AttributeError") and stored.went_well:
            found = re.search(r"from '([\w.]+)'|^module '([\w.]+)' has no attribute", error.value)
            package = (found[1] or found[2]).partition(".")[0] if found else ""
            known_ones = {one.package for each in self._bound_by.values() for one in each.imports}
            is_imported = package in known_ones | {one.package for one in imports}
            return ("version", (found[1] or found[2])) if found and is_imported else None
        return None

    def _name_package(self, package: str, imports: Sequence[ImportedPackage]) -> Lack:
        """A package that Colab or the course has, or that the notebook installs; else a module that did not come."""
        is_extension = any(name.startswith("%") for one in imports if one.package == package for name in one.names)
        installs = re.compile(rf"\b(?:pip3?|conda|mamba)\b.*\binstall\b.*\b{package.replace('_', '[-_]')}\b")
        is_installed = any(installs.search(text) for text in self._texts)
        if package in self.around.packages or package in _COMMON or is_extension or is_installed:
            return "package", package
        return "file", f"{package}.py"

    def _is_own(self, path: str) -> bool:
        """Whether the assignment brings a file or folder, or an earlier statement may have made it."""
        parts = [part for part in path.split("/") if part and not re.search(r"[*?\[]", part)]
        name = parts[-1] if parts else path.strip("*?")
        return name in self.around.files or any(name in text and _WRITES_FILES.search(text) for text in self._done)

    def _of_own_file(self, path: str) -> Cause | None:
        """The cause, the student's own too, for which an earlier cell did not fetch or make this file."""
        name = path.rstrip("/").rpartition("/")[2]
        if len(name) < 3:
            return None
        for number, asked in reversed(self._asked):
            if name in asked:
                return Cause(kind=causes.kind_of_asked(asked), what=short(asked), cell=number)
        of = [(code, cause) for code, cause in reversed(self._cells) if cause is not None and name in code.text]
        return next((cause for code, cause in of if cause.is_ours or _WRITES_FILES.search(code.text)), None)


def _other_version(number: int, statement: CellStatement, outcome: Outcome, error: CellError) -> Cause | None:
    """A library raised an error here in a cell that ended well where it was written: it is another version."""
    # A name that is not there, or is something else, comes of cells that were run in another order.
    if not outcome.stored.went_well or not error.is_of_library or error.name == "NameError":
        return None
    return Cause(kind="version", what=short(statement.text.strip().partition("\n")[0]), cell=number)


_WRITES_FILES = re.compile(r"save|write|dump|\bto_\w+\(|['\"][wax]b?\+?['\"]|mkdir|makedirs|copy|extract|touch")


_COMMON = frozenset({"torchinfo", "torchmetrics", "torchview", "nest_asyncio", "lightning", "pytorch_lightning"})
"""Packages that Colab lacks, in notebooks that were written elsewhere: no module of the student's own."""


_SYNTAX_ERRORS = frozenset({"SyntaxError", "IndentationError", "TabError"})


_SLIP = re.compile(r"expected|never closed|unmatched|unterminated|forgot|does not match|must be|outside")
"""Of a message that names a mistake in any version of Python; a newer one's own syntax is "invalid syntax"."""


def _where(code: CellCode, error: CellError) -> Sequence[CellStatement]:
    """The statements at which a cell may have stopped."""
    if code.error is None or error.name not in _SYNTAX_ERRORS:
        return causes.statements_at(code, error)
    unread = [one for one in code.statements if one.node is None]
    return [one for one in unread if error.line is not None and one.first <= error.line <= one.last] or unread


def _before(code: CellCode, at: Sequence[CellStatement]) -> Sequence[CellStatement]:
    """The statements that have run when one stopped; none where the cell is no Python here, or nobody knows where."""
    return code.statements[: code.statements.index(at[0])] if at and code.error is None else ()


def _makes_networks(statement: CellStatement) -> bool:
    return bool(re.search(r"\b(?:torch|nn|optim|keras|tf|sklearn|backward|fit|train)\b", statement.text))
