"""Expected values: the course's reference answers the same probes, in a process of its own, and is remembered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO

from grader.course.reference_code import made_modules, read_reference
from grader.errors import DamagedError, UserError
from grader.execute import answers
from grader.execute.answers import ProbeQuestion
from grader.execute.run_key import describe_environment
from grader.execute.sandbox import ENVIRONMENT, INSIDE
from grader.files.durable import read_sealed, seal, write_file
from grader.inside import plain
from grader.model import Answer
from grader.store.runs import dump_answers, load_answers

TIMEOUT_S = 600.0
"""How long the reference may take over one answer; it may have to train."""

END_S = 10.0
"""How long a reference may take to leave, and one that broke off to say why."""


def ask_reference(
    course: Path, modules: Sequence[str], groups: Sequence[Sequence[ProbeQuestion]], remembered: Path
) -> list[Mapping[str, Answer]]:
    """The reference's answers to each group of questions: asked once for each state of reference/, and all that is not
    known yet in one process. Each group is kept in `remembered` by itself."""
    paths = [remembered / f"{_key(course, modules, questions)}.answers" for questions in groups]
    known = {path: _recall(path) for path, questions in zip(paths, groups, strict=True) if questions}
    unknown = {path: asked for path, asked in zip(paths, groups, strict=True) if asked and known[path] is None}
    if unknown:
        for path, found in zip(unknown, _ask(course, modules, list(unknown.values())), strict=True):
            for question in unknown[path]:
                _require_answer(course, modules, question, found[question.name])
            write_file(path, seal(dump_answers(found), path.stem))
            known[path] = found
    return [known.get(path) or {} for path in paths]


def try_reference(course: Path, modules: Sequence[str], questions: Sequence[ProbeQuestion]) -> Mapping[str, Answer]:
    """The reference's answers, also where it has none; nothing is remembered."""
    return _ask(course, modules, [questions])[0]


def _recall(path: Path) -> Mapping[str, Answer] | None:
    """What the reference answered before; None where it was not asked, or what is kept is damaged."""
    try:
        return load_answers(read_sealed(path, path.stem))
    except (OSError, DamagedError):
        return None


def _key(course: Path, modules: Sequence[str], questions: Sequence[ProbeQuestion]) -> str:
    digest = hashlib.sha256(json.dumps([list(modules), describe_environment()]).encode())
    for file in sorted((course / "reference").rglob("*.py")):
        digest.update(file.read_bytes())
    for source in made_modules(course, modules).values():
        digest.update(source.encode())
    for question in questions:
        digest.update(question.name.encode() + plain.dumps(dict(question.content)))
    return digest.hexdigest()[:32]


def start_reference(
    program: str, course: Path, modules: Sequence[str], theirs: socket.socket, *options: str, output: IO[bytes] | int
) -> subprocess.Popen[bytes]:
    """A process that imports the reference of the course in this folder and holds this end of a connection."""
    # -P: a reference/ in the folder where the command was given is not this course's.
    line = [sys.executable, "-P", "-m", program, str(theirs.fileno()), *options, str(course), *modules]
    return subprocess.Popen(
        line,
        env=_environment(course),
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=output,
    )


def _environment(course: Path) -> dict[str, str]:
    path = os.pathsep.join([str(course), str(INSIDE.parent.parent)])
    own = {"HOME": os.environ.get("HOME", "/tmp"), "PYTHONPATH": path, "MPLBACKEND": "agg"}
    return {**os.environ, **ENVIRONMENT, **own}


def _ask(course: Path, modules: Sequence[str], groups: Sequence[Sequence[ProbeQuestion]]) -> list[dict[str, Answer]]:
    ours, theirs = socket.socketpair()
    with _as_files(course, modules) as home, tempfile.TemporaryFile() as log, ours, theirs:
        process = start_reference("grader.execute.answer_reference", home, modules, theirs, output=log)
        theirs.close()
        ours.settimeout(TIMEOUT_S)
        found = [
            {question.name: answers.exchange(ours, replace(question, hidden=False)) for question in questions}
            for questions in groups
        ]
        ours.close()
        status = _end(process)
        if all(answer.status != "stopped" for answers_of in found for answer in answers_of.values()):
            status = 0  # all was said: how it leaves, and how long it takes to, decides nothing
        log.seek(0)
        last = (log.read().decode(errors="replace").strip().splitlines() or ["it ended without a word"])[-1]
    if status != 0:
        raise UserError(
            f"the reference does not run: {last}",
            where=str(course / "reference"),
            remedy=f"Try: python -c 'import {', '.join(f'reference.{module}' for module in modules)}' in {course}",
        )
    return found


@contextlib.contextmanager
def _as_files(course: Path, modules: Sequence[str]) -> Iterator[Path]:
    """A folder whose reference/ has all the modules: the course, or a copy with what its solved notebooks hold."""
    if not made_modules(course, modules):
        yield course
        return
    with tempfile.TemporaryDirectory() as home:
        read_reference(course, modules).write(Path(home))
        yield Path(home)


def _require_answer(course: Path, modules: Sequence[str], question: ProbeQuestion, answer: Answer) -> None:
    if answer.status != "answered":
        raise UserError(
            f"the reference does not answer the probe `{question.name}`: {_why(question, answer)}",
            where=str(course / "reference"),
            remedy=f"Fix {' or '.join(f'{module}.py' for module in modules)} there, or the probe in the rubric.",
        )


def _end(process: subprocess.Popen[bytes]) -> int:
    """The exit status of a process that has nothing left to do."""
    try:
        return process.wait(timeout=END_S)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _why(question: ProbeQuestion, answer: Answer) -> str:
    """The reason, told of the reference where the answer tells it of a notebook."""
    return f"it has no {question.subject}" if answer.status == "missing" else str(answer.because).rstrip(".")
