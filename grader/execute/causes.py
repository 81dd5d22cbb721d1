"""Tells from an error, and the code that raised it, what the notebook lacked.

Everything is decided outside the sandbox: an error is what the notebook claims, and a cause needs more than that, such
as a word of a GPU in the code that is said to want one.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.files.cell_names import CellCode, CellStatement
from grader.files.importable import is_importable
from grader.files.python_source import parse
from grader.files.terminal_codes import without_codes
from grader.model import CauseKind

Lack = tuple[CauseKind, str]
"""What kind of thing was missing, and which one."""


@dataclass(frozen=True)
class CellError:
    """The error of a cell, as its kernel claims it."""

    name: str
    value: str
    line: int | None = None
    """of the cell's own text, from 1; None where the kernel does not tell"""
    is_of_library: bool = False
    """It was raised in a file of a library, and not by the notebook's own code."""


def _is_about_cuda(told: str) -> bool:
    return "CUDA" in told or "NVIDIA" in told


@dataclass(frozen=True)
class StoredOutcome:
    """What the file as handed in shows of how a cell ended there."""

    has_run: bool = False
    errors: tuple[tuple[str, str], ...] = ()
    """name and value of each error among its outputs"""
    told: str = ""
    """what it wrote to stderr, where IPython says that there is no such magic"""

    def failed_so(self, error: CellError) -> bool:
        """Whether it stopped there with the same error."""
        if error.name == "UsageError":
            return error.value in self.told
        if error.name in ("NameError", "ModuleNotFoundError", "ImportError"):
            return (error.name, error.value) in self.errors
        if _is_about_cuda(error.value):  # builds of torch with CUDA and without it raise different errors
            return any(name == error.name or _is_about_cuda(value) for name, value in self.errors)
        return any(name == error.name for name, _ in self.errors)

    @property
    def went_well(self) -> bool:
        return self.has_run and not self.errors and "UsageError" not in self.told


@dataclass(frozen=True)
class RunSetting:
    """What the notebook is run in."""

    packages: Collection[str] = ()
    """that Colab has or the course states"""
    files: Collection[str] = ()
    """that the assignment brings"""
    has_gpu: bool = False
    stored: Mapping[int, StoredOutcome] = field(default_factory=dict)
    """by the cell's place in the notebook"""


def read_error(reply: Mapping[str, Any]) -> CellError:
    """The error in a kernel's reply; the line is that of the cell itself, whatever function it went through."""
    lines = reply.get("traceback")
    trace = without_codes("\n".join(str(line)[:20_000] for line in lines[:200]) if isinstance(lines, list) else "")
    own = re.findall(rf"Cell In\[{reply.get('execution_count')}\], line (\d{{1,6}})", trace)
    timed = re.findall(r"<timed (?:exec|eval)>:(\d{1,6})", trace)
    found = own or timed or re.findall(r"Cell In\[\d{1,6}\], line (\d{1,6})", trace)
    value = without_codes(str(reply.get("evalue") or "")[:2000])
    places = re.findall(r"^(?:Cell In\[|File ).*", trace, re.MULTILINE)
    # IPython counts the lines below `%%time` from 1.
    line = int(found[0]) if found else None
    line = int(timed[0]) + 1 if timed and "run_line_magic" not in trace else line
    return CellError(str(reply.get("ename"))[:200], value, line, is_of_library="lib/python" in "".join(places[-1:]))


def read_stored(cell: Any) -> StoredOutcome:
    """Of a code cell as it was handed in; nothing in it is trusted."""
    outputs = [output for output in cell.get("outputs") or [] if isinstance(output, dict)]
    errors = [(str(o.get("ename")), str(o.get("evalue"))) for o in outputs if o.get("output_type") == "error"]
    told = "".join(str(o.get("text")) for o in outputs if o.get("name") == "stderr")
    return StoredOutcome(cell.get("execution_count") is not None, tuple(errors), told[:10_000])


# ---- a package, or a newer Python -----------------------------------------------------------------------------------

_IMPORTS_BY_NAME = {
    "PackageNotFoundError": re.compile(r"version\(\s*['\"]([\w.-]{1,60})['\"]"),
    "AssertionError": re.compile(r"find_spec\(\s*['\"]([\w.]{1,60})['\"]"),
}
"""By the error that ends it."""
_WANTED = re.compile(r"(?:optional dependency,? |pip install |requires? )['\"`]?(\w{2,60})")


def wanted_packages(reached: Sequence[CellStatement], error: CellError) -> list[str]:
    """What may be packages that a library says it lacks; none where the notebook may say so itself."""
    if error.name not in ("ImportError", "ModuleNotFoundError") or any(map(_raises, reached)):
        return []
    return [name for name in _WANTED.findall(error.value) if not is_importable(name)]


def _raises(statement: CellStatement) -> bool:
    """Whether it may raise an error of its own words."""
    return statement.node is None or any(isinstance(one, ast.Raise) for one in ast.walk(statement.node))


_INSTALLS = re.compile(r"['\"]pip3?['\"],\s*['\"]install['\"](?:,\s*['\"]-[\w-]+['\"])*,\s*['\"]([\w.-]{1,60})")


_IMPORTS_ANY = re.compile(r"(?:import_module|__import__|run_module)\(")


def missing_package(reached: Sequence[CellStatement], readers: Sequence[CellStatement], error: CellError) -> str:
    """A package that is asked for by other ways than an import, or in a `try` that raises an error of its own.

    `readers`: the statements that bound what it uses, such as a list of names.
    """
    missing = re.match(r"No module named '(\w+)", error.value) if error.name == "ModuleNotFoundError" else None
    if missing and any(_IMPORTS_ANY.search(one.text) for one in reached) and not is_importable(missing[1]):
        stands = re.compile(rf"['\"]{missing[1]}\b")
        if any(stands.search(one.text) for one in (*reached, *readers)):
            return missing[1]
    for one in reached:
        by_name = _IMPORTS_BY_NAME.get(error.name)
        named = by_name.search(one.text) if by_name else None
        if named and not is_importable(named[1].partition(".")[0]):
            return named[1].partition(".")[0]
        if error.name == "CalledProcessError" and (installed := _INSTALLS.search(one.text)):
            return installed[1]
        if isinstance(one.node, ast.Try) and re.search(r"\braise\b|\b(?:exit|quit)\(", one.text):
            lacking = [each.package for each in one.imports if not is_importable(each.package)]
            if lacking and error.name != "ModuleNotFoundError":
                return lacking[0]
    return ""


_NEWER = {
    "itertools": {"batched"},
    "typing": {"override", "TypeAliasType", "ReadOnly", "TypeIs", "NoDefault", "get_protocol_members"},
    "math": {"sumprod", "fma"},
    "collections.abc": {"Buffer"},
    "copy": {"replace"},
    "random": {"binomialvariate"},
    "statistics": {"kde", "kde_random"},
    "warnings": {"deprecated"},
}
"""What the standard library of Python 3.12 and 3.13 has more: their pages "What's New"."""


def newer_library(reached: Sequence[CellStatement], error: CellError) -> str:
    """What an import or a use of a module wants that Python has only since 3.12 or 3.13."""
    found = re.search(r"cannot import name '(\w+)' from '([\w.]+)'", error.value)
    used = re.search(r"module '([\w.]+)' has no attribute '(\w+)'", error.value)
    name, module = (found[1], found[2]) if found else (used[2], used[1]) if used else ("", "")
    stands = any(re.search(rf"\b{name}\b", one.text) for one in reached)
    is_newer = error.name in ("ImportError", "AttributeError") and name in _NEWER.get(module, ())
    return f"{module}.{name}" if is_newer and stands else ""


# ---- a GPU ----------------------------------------------------------------------------------------------------------

DEVICE_USE = re.compile(
    r"\.(?:cuda|mps)\([^()\n]{0,20}\)|\.to\(\s*['\"](?:cuda|mps|xla)[^()\n]{0,12}\)|"
    r"\bdevice\s*=\s*['\"](?:cuda|mps|xla)[^'\"\n]{0,8}['\"]|torch\.device\(\s*['\"](?:cuda|mps|xla)[^()\n]{0,10}\)|"
    r"torch\.(?:cuda|mps)\.\w+\([^()\n]{0,20}\)|\.to\(\s*\w{0,20}device\w{0,20}\s*\)"
)


def missing_device(
    reached: Sequence[CellStatement], readers: Sequence[CellStatement], error: CellError, *, has_gpu: bool
) -> Lack | None:
    """A GPU or another accelerator that the code wants and its error names.

    `readers`: the statements that bound what it uses, such as `dev = "cuda"`.
    """
    named = r"mps|xla|tpu" if has_gpu else r"cuda|nvidia|gpu|mps|xla|tpu|hip"
    doing = "\n".join(ast.unparse(doing_of(one)) for one in (*reached, *readers))
    if not re.search(rf"(?i){named}|\bdevice\b", doing):
        return None
    if error.name == "AttributeError" and not re.search(r"torch\._C|cv2", error.value):
        return None  # `.gpu()`: a slip of the pen
    looks = re.search(rf"(?i)\b(?:{named})\b[\w.]*\.(?:is_available|device_count)\(|nvidia-smi", doing)
    if error.name == "IndexError" and not has_gpu and "cuda.device_count(" in doing:
        return "device", "torch.cuda.device_count()"
    if error.value and not looks and any(error.value in one.text for one in reached):
        return None  # it raises that error itself
    asserted = error.name == "AssertionError" and re.search(rf"(?i)assert[^\n]*(?:{named})", doing)
    left = error.name == "SystemExit" and looks
    told = left or re.search(rf"(?i)(?<![a-z])(?:{named})(?![a-z])|dummy base class", error.value)
    # torch lists all of them where it knows none of that name: a slip of the pen.
    if not (told or asserted) or "Expected one of" in error.value or error.name == "NameError":
        return None
    found = DEVICE_USE.search(doing)
    return "device", found[0] if found else first_line(doing, rf"(?i){named}|device")


def doing_of(statement: CellStatement) -> ast.AST:
    """Its code without comments, plain texts, `raise` and what `assert` says: all of it can be whatever one likes."""
    if statement.node is None:
        return ast.Name(statement.text)
    tree: ast.Module = _WithoutTalk().visit(parse(ast.unparse(statement.node)))
    return tree


class _WithoutTalk(ast.NodeTransformer):
    def visit_Raise(self, node: ast.Raise) -> ast.Pass:
        return ast.Pass()

    def visit_Assert(self, node: ast.Assert) -> ast.Assert:
        return ast.Assert(node.test)

    def visit_Expr(self, node: ast.Expr) -> ast.stmt:
        return ast.Pass() if isinstance(node.value, ast.Constant) else node


def first_line(texts: str, pattern: str) -> str:
    return next((line.strip() for line in texts.splitlines() if re.search(pattern, line)), "")


# ---- what only the student has, or the network ----------------------------------------------------------------------


_TYPED = re.compile(r"(?:input|getpass)\(")
_ASKED_OF_A_PERSON = re.compile(r"(?:input|getpass|files\.upload|files\.upload_file)\(")
"""As the stand-ins note what somebody would have to type or choose; an address may have brackets, too."""


def kind_of_asked(asked: str) -> CauseKind:
    """What kind of thing a notebook asked for in vain, by the sandbox's own record."""
    return "input" if _ASKED_OF_A_PERSON.match(asked) else "network"


_SECRET = re.compile(r"(?:userdata\.get|os\.getenv|os\.environ\.get|(?<!\.)getenv)\(\s*['\"]([^'\"\n]{1,100})['\"]")


def missing_person(
    reached: Sequence[CellStatement], readers: Sequence[CellStatement], error: CellError, asked: Sequence[str]
) -> Lack | None:
    """A secret, or what somebody would type. `readers`: the statements that bound what it uses."""
    # A secret that is not there is None, and the next step stops at that, or the notebook says so itself.
    is_wanted = "NoneType" in error.value or any(map(_is_raising_if, reached))
    for one in (*reached, *readers) if is_wanted else ():
        if found := _SECRET.search(one.text):
            return "secret", found[0] + ")"
    if error.name in ("SecretNotFoundError", "NotebookAccessError") and any("userdata" in one.text for one in reached):
        key = re.search(r"`([^`]{1,100})`", error.value)
        return "secret", f"userdata.get('{key[1]}')" if key else "userdata.get"
    if error.name in ("DefaultCredentialsError", "RefreshError"):
        return "secret", first_line(reached[0].text, r"\S")
    if error.name == "KeyError" and any("environ" in one.text for one in reached):
        return "secret", f"os.environ[{error.value}]"
    typed = [one for one in asked if _TYPED.match(one)]
    return ("input", typed[-1]) if error.name == "EOFError" and typed else None


def _is_raising_if(statement: CellStatement) -> bool:
    """Whether it is an `if` that raises: what its test asks for decides."""
    return isinstance(statement.node, ast.If) and _raises(statement)


_NETWORK_ERRORS = re.compile(
    r"URLError|HTTPError|gaierror|Connect(?:ion)?\w{0,20}(?:Error|Timeout)|MaxRetryError|NameResolutionError|"
    r"LocalEntryNotFoundError|OfflineModeIsEnabled|DownloadError|FileURLRetrievalError"
)
_NO_NETWORK = re.compile(
    r"no network where notebooks are graded|Temporary failure in name resolution|Network is unreachable|"
    r"Name or service not known|[Cc]ouldn't connect to|no internet connection"
)


_FETCHES = re.compile(
    r"\b(?:git clone|wget|curl|pip3? install|apt(?:-get)? install|gdown|conda install|kaggle \w+ download|"
    r"huggingface-cli download)\b[^\\\n|;&]{0,200}"
)


def missing_network(reached: Sequence[CellStatement], error: CellError, asked: Sequence[str]) -> Lack | None:
    """What the cell fetches."""
    if error.name == "CalledProcessError":  # of a shell cell, or of subprocess with a list of words
        texts = (re.sub(r"[\"',\[\] ]+", " ", one.text) for one in reached)
        return next((("network", found[0].strip()) for text in texts if (found := _FETCHES.search(text))), None)
    if not (_NETWORK_ERRORS.fullmatch(error.name) or _NO_NETWORK.search(error.value)):
        return None
    address = re.search(r"https?://[^\s'\"<>)]{1,300}", error.value)
    fetched = [one for one in asked if kind_of_asked(one) == "network"]
    return "network", fetched[-1] if fetched else address[0].rstrip(".,") if address else error.name


def short(text: str) -> str:
    """On one line, of bounded length."""
    line = " ".join(text.split())
    return line if len(line) <= 120 else f"{line[:119]}…"


def statements_at(code: CellCode, error: CellError) -> Sequence[CellStatement]:
    """Where a cell stopped; an error of IPython's own has no line, but the name of a magic."""
    if error.line is not None:
        return code.at(error.line)
    if error.name == "SystemExit":  # IPython shows no traceback of it
        return [one for one in code.statements if re.search(r"\b(?:exit|quit)\(|\bSystemExit\b", one.text)][:1]
    magic = re.search(r"`%+(\w+)`", error.value)
    return [one for one in code.statements if magic is not None and f"'{magic[1]}'" in one.text]
