"""Decides why a cell stopped, and follows the names that are not what the notebook makes of them.

Everything is decided outside the sandbox: an error is what the notebook claims, and a cause needs more than that, such
as the import of the package that is said to be missing. What the file as handed in shows is believed where it speaks
against its author: a cell that stopped there with the same error stopped for no cause of ours.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from grader.execute import newer_python
from grader.files.cell_names import CellCode, Imported, Statement
from grader.model import Cause, CauseKind

NETWORKS = "*networks"
"""Among lost names: networks that a statement would have made or trained, wherever it keeps them."""

ANY_NAME = "*"


@dataclass(frozen=True)
class CellError:
    """The error of a cell, as its kernel claims it."""

    name: str
    value: str
    line: int | None = None
    """of the cell's own text, from 1; None where the kernel does not tell"""


@dataclass(frozen=True)
class Stored:
    """What the file as handed in shows of a cell."""

    has_run: bool
    errors: tuple[tuple[str, str], ...] = ()
    """name and value of each error among its outputs"""
    told: str = ""
    """what it wrote to stderr, where IPython says that there is no such magic"""

    def failed_so(self, error: CellError) -> bool:
        if error.name == "UsageError":
            return error.value in self.told
        if error.name in ("NameError", "ModuleNotFoundError", "ImportError"):
            return (error.name, error.value) in self.errors
        return any(name == error.name for name, _ in self.errors)

    @property
    def went_well(self) -> bool:
        return self.has_run and not self.errors and "UsageError" not in self.told


def read_stored(cell: Any) -> Stored:
    """Of a code cell as it was handed in; nothing in it is trusted."""
    outputs = [output for output in cell.get("outputs") or [] if isinstance(output, dict)]
    errors = [(str(o.get("ename")), str(o.get("evalue"))) for o in outputs if o.get("output_type") == "error"]
    told = "".join(str(o.get("text")) for o in outputs if o.get("name") == "stderr")
    return Stored(cell.get("execution_count") is not None, tuple(errors), told[:10_000])


@dataclass(frozen=True)
class Around:
    """What the notebook is run in."""

    packages: Collection[str] = ()
    """that the course states or Colab has"""
    has_gpu: bool = False


class Losses:
    """The names of one notebook as its cells run: what each is bound by, and which are lost for a cause of ours."""

    def __init__(self, around: Around | None = None) -> None:
        self.around = around or Around()
        self.lost: dict[str, Cause] = {}
        self.absent: dict[str, Cause] = {}
        """Imported in a `try`: whatever needs such a name stops for want of the package, and nothing else does."""
        self._bound_by: dict[str, Statement] = {}
        self._cells: list[tuple[int, CellCode, Cause | None]] = []

    # ---- what ran, and what did not ----

    def ran(self, statement: Statement) -> Cause | None:
        """A statement has run; the cause for which what it makes is not what the notebook makes of it, if any."""
        found = self._reached_loss(statement)
        changed = statement.binds | (statement.touches - self._solid())
        if statement.is_definition:
            found, changed = None, statement.binds  # what it uses is followed when it is called
        for name in changed:
            if found is not None:
                self.lost.setdefault(name, found)
            elif name in statement.binds:
                self.lost.pop(name, None)
        for name in statement.deletes:
            self.lost.pop(name, None)
        self._bind(statement)
        return found

    def skipped(self, statement: Statement, cause: Cause) -> None:
        """A statement did not run, or not to its end: what it makes and changes is lost."""
        reached = list(self._reach(statement))
        touched = {name for one in (statement, *reached) for name in one.touches}
        for name in statement.binds | {f"%{magic}" for magic in _magics(statement)} | (touched - self._solid()):
            self.lost.setdefault(name, cause)
        for one in statement.imports:
            self.lost |= {name: cause for name in one.names if name not in self.lost}
        if not statement.imports and any(_makes_networks(one.text) for one in (statement, *reached)):
            self.lost.setdefault(NETWORKS, cause)
        for name in statement.binds:
            self._bound_by.pop(name, None)

    def end_cell(self, number: int, code: CellCode, cause: Cause | None) -> None:
        """A cell has ended: later ones may ask what it was to write."""
        self._cells.append((number, code, cause))

    def _bind(self, statement: Statement) -> None:
        for name in statement.binds:
            self._bound_by[name] = statement
        if statement.is_definition:
            return
        for one in statement.imports:
            if not is_importable(one.package) and not one.names & _bound_otherwise(statement, one.package):
                cause = Cause(kind="package", what=one.package)
                self.absent |= {name: cause for name in one.names}

    def all_lost(self) -> dict[str, Cause]:
        """What is lost when all cells have run, with every function and class that needs what is lost."""
        found = dict(self.lost)
        for name, statement in self._bound_by.items():
            if statement.is_definition and name not in found and (cause := self._reached_loss(statement)):
                found[name] = cause
        return found

    def _solid(self) -> set[str]:
        """Modules, functions and classes: a call that is handed one does not change it."""
        return {name for name, one in self._bound_by.items() if one.is_definition or one.imports}

    def _reach(self, statement: Statement) -> Iterator[Statement]:
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

    def _reached_loss(self, statement: Statement) -> Cause | None:
        used = {*statement.uses, *(name for one in self._reach(statement) for name in one.uses)} - statement.deletes
        return next((self.lost[name] for name in sorted(used) if name in self.lost), None)

    # ---- why it stopped ----

    def explain(
        self, number: int, code: CellCode, error: CellError, stored: Stored, asked: Sequence[str]
    ) -> tuple[Statement, Cause] | None:
        """The statement that stopped for a cause of ours, and the cause; None where it is the student's.

        `asked`: what the cell asked for in vain, by the sandbox's own record.
        """
        if stored.failed_so(error):
            return None
        if error.name in ("SyntaxError", "IndentationError", "TabError") and code.error is not None:
            return _explain_syntax(number, code, error, stored)
        for statement in _where(code, error):
            if cause := self._find_cause(number, statement, error, stored, asked):
                return statement, cause
        return None

    def explain_answer(self, names: Iterable[str], error: CellError) -> Cause | None:
        """Why a function of the notebook could not answer, where that is a cause of ours."""
        for name in names:
            statement = self._bound_by.get(name)
            if statement is not None and (
                cause := self._find_cause(0, statement, error, Stored(has_run=False), asked=())
            ):
                return cause
        return None

    def _find_cause(
        self, number: int, statement: Statement, error: CellError, stored: Stored, asked: Sequence[str]
    ) -> Cause | None:
        if (found := re.search(r"name '([^']+)' is not defined", error.value)) and error.name == "NameError":
            known = {**self.absent, **self.lost}
            return known.get(found[1]) or (None if found[1] in self._bound_by else known.get(ANY_NAME))
        reached = (statement, *self._reach(statement))
        kind_and_what = (
            self._missing_import(reached, error, stored)
            or _missing_device(reached, error, has_gpu=self.around.has_gpu)
            or _missing_person(reached, error, asked)
            or _missing_network(error, asked)
        )
        if kind_and_what is not None:
            return Cause(kind=kind_and_what[0], what=_short(kind_and_what[1]), cell=number)
        if path := self._missing_file(reached, error):
            return self._of_own_file(path) or Cause(kind="file", what=_short(path), cell=number)
        return self._reached_loss(statement)

    def _missing_import(
        self, reached: Sequence[Statement], error: CellError, stored: Stored
    ) -> tuple[CauseKind, str] | None:
        """By the import itself, which stands in the notebook: the error alone anybody can raise."""
        imports = [one for statement in reached for one in statement.imports]
        magic = re.fullmatch(r"(?:Line magic function|Cell magic) `(%%?\w+)` not found.*", error.value, re.DOTALL)
        if error.name == "UsageError" and magic:
            known = self.lost.get(f"%{magic[1].lstrip('%')}")
            return ("package", known.what if known else magic[1])
        missing = re.match(r"No module named '([\w.]+)'", error.value)
        if error.name == "ModuleNotFoundError" and missing:
            package = missing[1].partition(".")[0]
            # A package here that lacks what another one has is broken, and so is ours.
            if is_importable(package) and "." not in missing[1]:
                return None
            if any(one.package == package for one in imports):
                return self._name_package(package, imports)
            needs = next((one.package for one in imports if not _is_own(one)), None)
            return ("package", needs) if needs is not None and not _raises(reached, error.name) else None
        if error.name in ("ImportError", "AttributeError") and stored.went_well:
            found = re.search(r"from '([\w.]+)'|^module '([\w.]+)' has no attribute", error.value)
            package = (found[1] or found[2]).partition(".")[0] if found else ""
            used = {one.package for one in self._all_imports()} | {one.package for one in imports}
            return ("package", package) if package in used else None
        return None

    def _all_imports(self) -> Iterator[Imported]:
        for statement in self._bound_by.values():
            yield from statement.imports

    def _name_package(self, package: str, imports: Sequence[Imported]) -> tuple[CauseKind, str]:
        """A package that Colab or the course has, or that the notebook installs; else a module that did not come."""
        if package in self.around.packages or self._installs(package) or _is_magic(package, imports):
            return "package", package
        return "file", f"{package}.py"

    def _installs(self, package: str) -> bool:
        """Whether the notebook installs anything: the name of a distribution need not be its package's."""
        return any(_INSTALL.search(code.text) for _, code, _ in self._cells) or package in _KNOWN_PACKAGES

    def _missing_file(self, reached: Sequence[Statement], error: CellError) -> str:
        """The path that is not there; empty where that is not why the statement stopped."""
        if error.name in _OS_ERRORS and "Errno" in error.value and not re.search(r"Errno (?:2|20)\b", error.value):
            return ""
        if error.name in _OS_ERRORS or (error.name in _MAYBE_FILE and _NO_FILE.search(error.value)):
            if error.name in ("FileNotFoundError", "NotADirectoryError") or _NO_FILE.search(error.value):
                quoted = re.findall(r"'([^'\n]{1,300})'|\"([^\"\n]{1,300})\"|`([^`\n]{1,300})`", error.value)
                return next((part for parts in reversed(quoted) for part in parts if part), "") or _path_in(reached)
            return ""
        if error.name == "AssertionError" and any(
            re.search(r"\b(?:exists|isfile|isdir)\(", one.text) for one in reached
        ):
            return _path_in(reached)
        if error.name in _AFTER_NOTHING or "empty()" in error.value:
            # cv2.imread gives None where there is no file, and glob an empty list: the next line stops for it.
            names = {name for one in reached for name in one.uses}
            readers = [*reached, *(self._bound_by[name] for name in names if name in self._bound_by)]
            if found := [one for one in readers if _READS_FILES.search(one.text)]:
                return _path_in(found)
        return ""

    def _of_own_file(self, path: str) -> Cause | None:
        """The cause for which an earlier cell did not make this file."""
        name = path.rstrip("/").rpartition("/")[2]
        if len(name) < 3:
            return None
        for _, code, cause in reversed(self._cells):
            if name in code.text and cause is not None:
                return cause
        return None


def is_importable(package: str) -> bool:
    """Whether there is such a package here, as there is in the sandbox."""
    try:
        return importlib.util.find_spec(package) is not None
    except (ImportError, ValueError):
        return False


_INSTALL = re.compile(r"\b(?:pip3?|conda|mamba|uv pip)\W[^\n]{0,200}\binstall\b")
_KNOWN_PACKAGES = frozenset(
    {"torchinfo", "torchmetrics", "torchview", "nest_asyncio", "lightning", "pytorch_lightning"}
)
"""Not Colab's own, and common in notebooks that were written elsewhere."""

_OS_ERRORS = frozenset({"FileNotFoundError", "NotADirectoryError", "OSError", "IOError"})
_MAYBE_FILE = frozenset({"RuntimeError", "Exception", "error", "ValueError"})
_NO_FILE = re.compile(
    r"No such file or directory|File `[^`]*` not found|does not exist|can't open/read file|"
    r"[Uu]nable to (?:synchronously )?open file|Dataset not found|Found no valid file|Couldn't find any class folder|"
    r"waits for somebody to choose"
)
_AFTER_NOTHING = frozenset({"AttributeError", "TypeError", "IndexError", "ValueError", "ZeroDivisionError"})
_READS_FILES = re.compile(r"\b(?:imread|VideoCapture|glob|iglob|rglob|listdir|iterdir|scandir|walk)\(")


def _path_in(statements: Sequence[Statement]) -> str:
    """The first text in them that may be a path; else what reads it."""
    for one in statements:
        for found in re.findall(r"""["']([^"'\n]{1,300})["']""", one.text):
            if re.search(r"[/.*]", found) and not re.match(r"https?:", found):
                return str(found)
    for one in statements:
        if called := re.search(r"[\w.]*" + _READS_FILES.pattern + r"[^\n)]{0,80}\)?", one.text):
            return called[0]
    return statements[0].text.strip().partition("\n")[0] if statements else ""


def _missing_device(reached: Sequence[Statement], error: CellError, *, has_gpu: bool) -> tuple[CauseKind, str] | None:
    texts = "\n".join(_without_raise(one.text) for one in reached)
    named = r"mps|xla|tpu" if has_gpu else r"cuda|nvidia|gpu|mps|xla|tpu|hip"
    if not re.search(rf"(?i){named}", texts) and not re.search(r"\bdevice\b", texts):
        return None
    asserted = error.name == "AssertionError" and re.search(rf"(?i)assert[^\n]*\b(?:{named})", texts)
    told = re.search(rf"(?i)(?<![a-z])(?:{named})(?![a-z])", error.value)
    # torch lists all of them where it knows none of that name.
    if not (told or asserted) or "Expected one of" in error.value or error.name == "NameError":
        return None
    found = _DEVICE_USE.search(texts)
    return "device", found[0] if found else _first_device_line(texts)


_DEVICE_USE = re.compile(
    r"\.(?:cuda|mps)\([^()\n]{0,20}\)|\.to\(\s*['\"](?:cuda|mps|xla)[^()\n]{0,12}\)|"
    r"\bdevice\s*=\s*['\"](?:cuda|mps|xla)[^'\"\n]{0,8}['\"]|torch\.device\(\s*['\"](?:cuda|mps|xla)[^()\n]{0,10}\)|"
    r"torch\.(?:cuda|mps)\.\w+\([^()\n]{0,20}\)|\.to\(\s*\w{0,20}device\w{0,20}\s*\)"
)


def _first_device_line(texts: str) -> str:
    lines = (line.strip() for line in texts.splitlines())
    return next((line for line in lines if re.search(r"(?i)cuda|mps|gpu|tpu|xla|device", line)), "a GPU")


def _without_raise(text: str) -> str:
    return re.sub(r"^\s*raise\b.*$", "", text, flags=re.MULTILINE)


def _raises(reached: Sequence[Statement], error: str) -> bool:
    return any(re.search(rf"\braise\s+{re.escape(error)}\b", one.text) for one in reached)


def _missing_person(
    reached: Sequence[Statement], error: CellError, asked: Sequence[str]
) -> tuple[CauseKind, str] | None:
    """A secret, or what somebody would type."""
    if error.name in ("SecretNotFoundError", "NotebookAccessError") and any("userdata" in one.text for one in reached):
        key = re.search(r"`([^`]{1,100})`", error.value)
        return "secret", f"userdata.get('{key[1]}')" if key else "userdata.get"
    if error.name == "KeyError" and any("environ" in one.text for one in reached):
        return "secret", f"os.environ[{error.value}]"
    typed = [one for one in asked if re.match(r"(?:input|getpass)\(", one)]
    if error.name == "EOFError" and typed:
        return "input", typed[-1]
    return None


_NETWORK_ERRORS = re.compile(
    r"URLError|HTTPError|gaierror|Connect(?:ion)?\w{0,20}(?:Error|Timeout)|MaxRetryError|NameResolutionError|"
    r"LocalEntryNotFoundError|OfflineModeIsEnabled|DownloadError|FileURLRetrievalError"
)
_NO_NETWORK = re.compile(
    r"no network where notebooks are graded|Temporary failure in name resolution|Network is unreachable|"
    r"Name or service not known|[Cc]ouldn't connect to"
)


def _missing_network(error: CellError, asked: Sequence[str]) -> tuple[CauseKind, str] | None:
    if not (_NETWORK_ERRORS.fullmatch(error.name) or _NO_NETWORK.search(error.value)):
        return None
    address = re.search(r"https?://[^\s'\"<>)]{1,300}", error.value)
    fetched = [one for one in asked if "(" not in one]
    return "network", fetched[-1] if fetched else address[0].rstrip(".,") if address else error.name


def _explain_syntax(number: int, code: CellCode, error: CellError, stored: Stored) -> tuple[Statement, Cause] | None:
    line = error.line or (code.error.lineno if code.error else None) or 1
    at = [one for one in code.at(line) if one.node is None] or [one for one in code.statements if one.node is None]
    if not at:
        return None
    what = newer_python.find_newer_syntax(at[0].text)
    if not what and not stored.went_well:
        return None
    told = what or at[0].text.strip().partition("\n")[0]
    return at[0], Cause(kind="interpreter", what=_short(told), cell=number)


def _where(code: CellCode, error: CellError) -> Sequence[Statement]:
    if error.line is not None:
        return code.at(error.line)
    return [one for one in code.statements if f"'{_magic_in(error.value)}'" in one.text]


def _magic_in(told: str) -> str:
    found = re.search(r"`%+(\w+)`", told)
    return found[1] if found else "\0"


def _magics(statement: Statement) -> Iterator[str]:
    for one in statement.imports:
        yield from (name.lstrip("%") for name in one.names if name.startswith("%"))


def _is_magic(package: str, imports: Sequence[Imported]) -> bool:
    return any(one.package == package and any(name.startswith("%") for name in one.names) for one in imports)


def _is_own(one: Imported) -> bool:
    return one.package in ("os", "sys", "re", "math", "json", "random", "time", "pathlib")


def _makes_networks(text: str) -> bool:
    return bool(re.search(r"\b(?:torch|nn|optim|keras|tf|sklearn|Module|backward|fit|train)\b", text))


def _bound_otherwise(statement: Statement, package: str) -> frozenset[str]:
    """The names that a statement binds where it cannot import the package."""
    return statement.binds_without(package)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:119]}…"
