"""Runs on disk: one folder each, named by the hash of everything that could change what is in it."""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from nbformat import NotebookNode

from grader.inside import plain
from grader.model import Answer, Run


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
    tree, _ = plain.loads(content, max_nodes=sys.maxsize, max_depth=plain.STORED_DEPTH)
    return {name: Answer.model_validate(told) for name, told in tree.items()}
