"""Runs on disk: one folder each, named by the hash of everything that could change what is in it."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from nbformat import NotebookNode

from grader.course.materials import Materials
from grader.execute.answers import Question
from grader.execute.forks import PACKAGES
from grader.execute.gpu import GpuShare
from grader.execute.sandbox import ENVIRONMENT, INSIDE, Sandbox
from grader.inside import plain
from grader.model import Answer, Limits, Run


def describe_environment(gpu: GpuShare | None = None) -> dict[str, str]:
    """What a submission meets: Python, the machine, the packages that notebooks import. The sandbox has the same."""
    return _software() | ({"gpu": gpu.name} if gpu else {})


@functools.cache
def _software() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    return found | {package: importlib.metadata.version(package) for package in PACKAGES}


@functools.cache
def _code_hash() -> str:
    """The code that runs beside the notebook: a changed probe is a changed run."""
    digest = hashlib.sha256()
    for path in sorted(INSIDE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def make_key(
    sha256: str,
    questions: Sequence[Question],
    limits: Limits,
    sandbox: Sandbox,
    gpu: GpuShare | None = None,
    *,
    materials: Materials,
) -> str:
    """Hash of notebook + probes + limits + materials + environment.

    Equal work is never done twice, and changed work always again.
    """
    asked = sorted(question.hash for question in questions)
    own = [sha256, asked, limits.model_dump(), materials.hash]
    facts = [*own, describe_environment(gpu), ENVIRONMENT, _code_hash(), sandbox]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


class RunStore:
    """The folder `runs/` of a work folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_finished(self, key: str) -> bool:
        """Whether there is a finished run; one in which the grader itself failed is to be done again."""
        return self._end(key) not in (None, "failed")

    def exists(self, key: str) -> bool:
        """Whether there is a run that can be scored, however it ended."""
        return self._end(key) is not None

    def _end(self, key: str) -> str | None:
        """How the run ended; None where there is none, or a power cut left half of one."""
        try:
            return str(json.loads((self.folder / key / "run.json").read_text(encoding="utf-8"))["end"])
        except (OSError, ValueError, KeyError):
            return None

    def store(self, run: Run, fresh: NotebookNode | None) -> None:
        """Write the run's folder; it appears whole or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True)
        draft = Path(tempfile.mkdtemp(prefix=".draft-", dir=self.folder))
        (draft / "run.json").write_text(run.model_dump_json(exclude={"answers"}, indent=1), encoding="utf-8")
        (draft / "answers.safetensors").write_bytes(dump_answers(run.answers))
        if fresh is not None:
            (draft / "executed.ipynb").write_text(json.dumps(fresh, indent=1), encoding="utf-8")
        final = self.folder / run.key
        if final.exists():
            shutil.rmtree(final)
        os.rename(draft, final)

    def load(self, key: str) -> Run:
        folder = self.folder / key
        told = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        answers = load_answers((folder / "answers.safetensors").read_bytes())
        return Run.model_validate({**told, "answers": answers})

    def load_executed(self, key: str) -> bytes | None:
        """The notebook as executed, or None where nothing was run."""
        path = self.folder / key / "executed.ipynb"
        return path.read_bytes() if path.exists() else None

    def sweep(self) -> None:
        """Take away drafts that a killed grader left behind."""
        for draft in self.folder.glob(".draft-*"):
            shutil.rmtree(draft)


def dump_answers(answers: Mapping[str, Answer]) -> bytes:
    """Answers as one file of plain data."""
    tree = {name: answer.model_dump() for name, answer in answers.items()}
    return plain.dumps(tree, max_nodes=sys.maxsize, max_depth=plain.STORED_DEPTH)


def load_answers(content: bytes) -> dict[str, Answer]:
    tree, _ = plain.loads(content, max_depth=plain.STORED_DEPTH)
    return {name: Answer.model_validate(told) for name, told in tree.items()}
