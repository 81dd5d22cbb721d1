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
from safetensors import SafetensorError

from grader.errors import DamagedError
from grader.files.durable import DRAFT, hash_of, make_folder, sync_folder, write_through
from grader.inside import plain
from grader.language import Reason, _
from grader.language.old_prose import OLD
from grader.model import Answer, Run

MANIFEST = "manifest.json"
"""file -> its hash. Runs from before there were manifests have none: of them, only what cannot be read is noticed."""


class RunStore:
    """The folder `runs/` of a work folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def is_finished(self, key: str) -> bool:
        """Whether there is a finished run; a damaged one, and one in which the grader failed, is to be done again."""
        try:
            files = self.read(key) if self.exists(key) else {}
            if files and MANIFEST not in files:
                self.load(key)
            return bool(files) and json.loads(files["run.json"])["end"] != "failed"
        except DamagedError:
            return False

    def exists(self, key: str) -> bool:
        """Whether there is a run, be it damaged."""
        return bool(key) and (self.folder / key).is_dir()

    def is_without_hashes(self, key: str) -> bool:
        """Whether a run is there that nothing can be compared with."""
        return (self.folder / key / "run.json").exists() and not (self.folder / key / MANIFEST).exists()

    @property
    def keys(self) -> list[str]:
        """Of all runs."""
        return sorted(path.name for path in self.folder.iterdir() if path.is_dir() and not path.name.startswith(DRAFT))

    def store(self, run: Run, fresh: NotebookNode | None) -> None:
        """Write the run's folder; it appears whole or not at all, and is on the disk when this returns."""
        files = {
            "run.json": run.model_dump_json(exclude={"answers"}, indent=1).encode(),
            "answers.safetensors": dump_answers(run.answers),
        }
        if fresh is not None:
            files["executed.ipynb"] = json.dumps(fresh, indent=1).encode()
        files[MANIFEST] = _manifest({name: hash_of(content) for name, content in files.items()})
        make_folder(self.folder)
        draft = Path(tempfile.mkdtemp(prefix=DRAFT, dir=self.folder))
        for name, content in files.items():
            write_through(draft / name, content)
        sync_folder(draft)
        final, old = self.folder / run.key, draft.with_name(f"{draft.name}-old")
        if final.exists():
            os.rename(final, old)
        os.rename(draft, final)
        sync_folder(self.folder)
        shutil.rmtree(old, ignore_errors=True)

    def load(self, key: str) -> Run:
        """A run that was stored; DamagedError where it is not what was stored, or another version's."""
        files = self.read(key)
        try:
            told = json.loads(files["run.json"])
            run = Run.model_validate({**told, "answers": load_answers(files["answers.safetensors"])}, context=OLD)
        except (ValueError, KeyError, TypeError, SafetensorError, RecursionError) as error:
            raise self._damaged(key, _("it cannot be read, or is of another version")) from error
        if run.key != key:
            raise self._damaged(key, _("it is another run"))
        return run

    def load_executed(self, key: str) -> bytes | None:
        """The notebook as executed, or None where nothing was run."""
        return self.read(key).get("executed.ipynb")

    def read(self, key: str) -> Mapping[str, bytes]:
        """The files of a run, each as it was stored, and its manifest where it has one."""
        try:
            files = {path.name: path.read_bytes() for path in sorted((self.folder / key).iterdir())}
        except OSError as error:
            raise self._damaged(key, _("it cannot be read: {why}", why=error.strerror or "")) from error
        if MANIFEST in files:
            found = {name: hash_of(content) for name, content in files.items() if name != MANIFEST}
            # Compared as bytes: a manifest that says the same in other words is damaged, too.
            if files[MANIFEST] != _manifest(found):
                raise self._damaged(key, _("its files do not match their hashes"))
        return files

    def _damaged(self, key: str, why: Reason) -> DamagedError:
        return DamagedError(
            _("this run is damaged: {why}", why=why),
            where=str(self.folder / key),
            remedy=_("{command} runs the notebook again.", command="`grader execute`"),
        )

    def sweep(self) -> None:
        """Take away drafts that a killed grader left behind."""
        for draft in self.folder.glob(f"{DRAFT}*"):
            shutil.rmtree(draft)


def _manifest(hashes: Mapping[str, str]) -> bytes:
    return json.dumps(hashes, indent=1, sort_keys=True).encode()


def dump_answers(answers: Mapping[str, Answer]) -> bytes:
    """Answers as one file of plain data."""
    tree = {name: answer.model_dump() for name, answer in answers.items()}
    return plain.dumps(tree, max_nodes=sys.maxsize, max_depth=plain.STORED_DEPTH)


def load_answers(content: bytes) -> dict[str, Answer]:
    tree, _notes = plain.loads(content, max_nodes=sys.maxsize, max_depth=plain.STORED_DEPTH)
    return {name: Answer.model_validate(told, context=OLD) for name, told in tree.items()}
