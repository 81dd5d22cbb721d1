"""What the grader keeps of an exam on paper, in the work folder below exams/<exam>/.

prints/<id>.json       a print: the exam as it was, every copy's seed, and where each box is
sheets/<sheet>.json    what was read on a sheet; the sheet's name is <print>-<copy>-<page>
sheets/<sheet>.jpg     the sheet, laid flat
cuts/<sheet>/<item>.png    pictures of what a person has to look at
decisions.jsonl        what people decided, one on each line, the last of an item counts
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from grader.errors import UserError
from grader.exam.paper.readings import MarkDecision, Sheet
from grader.exam.paper.sheet import Print
from grader.exam.scanning.sheet_reader import cut_out

Model = TypeVar("Model", bound=BaseModel)
_QUALITY = 70
"""Of the pictures of sheets: some 200 KB each."""


class PaperStore:
    """The folder of one exam."""

    def __init__(self, work: Path, exam: str) -> None:
        self.root = work / "exams" / exam

    def add_print(self, print_: Print) -> None:
        """Keep a print. The same print again is the same file."""
        _write(self.root / "prints" / f"{print_.id}.json", print_.model_dump_json().encode())

    def prints(self) -> Mapping[str, Print]:
        """All prints, by their ids."""
        return {path.stem: _read(path, Print) for path in sorted((self.root / "prints").glob("*.json"))}

    def add_sheet(self, sheet: Sheet) -> None:
        """Keep what was read on a sheet, in the place of what was kept of it before."""
        _write(self.root / "sheets" / f"{sheet.id}.json", sheet.model_dump_json().encode())

    def sheets(self) -> Mapping[str, Sheet]:
        """All sheets that were read, by their names."""
        return {path.stem: _read(path, Sheet) for path in sorted((self.root / "sheets").glob("*.json"))}

    def picture(self, sheet: str) -> Path:
        """Where the picture of a sheet is, laid flat."""
        return self.root / "sheets" / f"{sheet}.jpg"

    def add_picture(self, sheet: str, flat: NDArray[np.uint8]) -> None:
        """Keep the picture of a sheet."""
        _, encoded = cv2.imencode(".jpg", flat, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        _write(self.picture(sheet), encoded.tobytes())

    def cut(self, sheet: str, item: str, place_mm: tuple[float, float, float, float]) -> Path:
        """The picture of an item, cut out of its sheet's when it is first asked for."""
        path = self.root / "cuts" / sheet / f"{item}.png"
        if not path.exists():
            flat = cv2.imread(str(self.picture(sheet)), cv2.IMREAD_GRAYSCALE)
            if flat is None:
                raise UserError("the picture of this sheet is gone", where=str(self.picture(sheet)))
            _, encoded = cv2.imencode(".png", cut_out(np.asarray(flat, np.uint8), place_mm))
            _write(path, encoded.tobytes())
        return path

    def add_decision(self, decision: MarkDecision) -> None:
        """Append what a person decided."""
        self.root.mkdir(parents=True, exist_ok=True)
        with (self.root / "decisions.jsonl").open("a", encoding="utf-8") as file:
            file.write(decision.model_dump_json() + "\n")
            file.flush()
            os.fsync(file.fileno())

    def decisions(self) -> Mapping[tuple[str, str], MarkDecision]:
        """(sheet, item) -> what counts of it."""
        path = self.root / "decisions.jsonl"
        if not path.exists():
            return {}
        lines = path.read_text(encoding="utf-8").splitlines()
        made = [MarkDecision.model_validate_json(line) for line in lines if line.strip()]
        return {(decision.sheet, decision.item): decision for decision in made}


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, wherever the power goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".draft{os.getpid()}")
    draft.write_bytes(content)
    draft.rename(path)


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(path.read_bytes())
    except ValidationError as error:
        remedy = "Put your copy of it there; what was printed and read on paper cannot be made again from elsewhere."
        raise UserError(
            "this file has been changed, or is of another version", where=str(path), remedy=remedy
        ) from error
