"""What the grader lacked for a class, equal causes together, each with what the instructor does about it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.course.packages_stated import distribution_of
from grader.language import Reason, Value, _
from grader.model import CauseKind, Grade
from grader.score.sentences import code


@dataclass(frozen=True)
class ClassLack:
    """One thing that was missing, and for whom a criterion waits for it."""

    kind: CauseKind
    what: str
    students: tuple[str, ...]

    @property
    def remedy(self) -> Reason:
        return _remedy(self.kind, self.what)


def lacks_of(grades: Sequence[Grade]) -> tuple[ClassLack, ...]:
    """Those that most students wait for come first."""
    found: dict[tuple[CauseKind, str], list[str]] = defaultdict(list)
    for grade in grades:
        for key in dict.fromkeys(_waits_for(grade)):
            found[key].append(grade.student)
    lacks = [ClassLack(kind, what, tuple(students)) for (kind, what), students in found.items()]
    return tuple(sorted(lacks, key=lambda lack: -len(lack.students)))


def _waits_for(grade: Grade) -> Iterable[tuple[CauseKind, str]]:
    for finding in grade.findings:
        if finding.status == "unscored" and finding.cause is not None and finding.cause.is_ours:
            # However a GPU is asked for, it is one lack.
            yield finding.cause.kind, "" if finding.cause.kind == "device" else finding.cause.what


def _remedy(kind: CauseKind, what: str) -> Reason:
    told: dict[str, Value] = {"what": code(what, 120)}
    match kind:
        # It becomes a command that somebody copies, and a notebook can choose what stands there.
        case "package" if re.fullmatch(r"[A-Za-z_]\w{0,60}", what):
            command = f"pip install {distribution_of(what)}"
            return _("Install it beside the grader: {command}", command=code(command, 120))
        case "package":
            return _("Install the package that has {what} beside the grader.", **told)
        case "file":
            return _("Bring {what}: name it in `[files]` of `assignment.toml`.", **told)
        case "network":
            return _("Bring what {what} gives: name it in `[downloads]` of `assignment.toml`.", **told)
        case "input":
            return _("Say what is typed there: name it in `inputs` of `assignment.toml`.")
        case "device":
            return _('Set `gpu = "auto"` in `assignment.toml`, and grade on a machine with a GPU.')
        case "interpreter":
            return _("Run the grader with a newer Python.")
        case "grader":
            return _("Run these students again on a machine that is less busy, with `--student` and `--again`.")
    return _("Decide on the page of `grader review`: this is not to be had here.")
