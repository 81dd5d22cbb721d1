"""What the grader keeps of an exam on paper, in the work folder below exams/<exam>/.

prints/<id>.json       a print: the exam as it was, every copy's seed, and where each box is
scans/<sheet>.<hash>.json  what was measured in one scan of a sheet; the sheet's name is <print>-<copy>-<page>
sheets/<sheet>.jpg     the sheet, laid flat, from its best scan
sheets/<sheet>.json    what an older version of this program read on a sheet
cuts/<sheet>/<item>.png    pictures of what a person has to look at

Each file ends with its own hash. What people decided of marks is in the gradebook.
"""

from __future__ import annotations

import glob
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from grader.errors import DamagedError, UserError
from grader.exam.paper.readings import MarkDecision, Sheet, SheetScan
from grader.exam.paper.sheet import Print
from grader.exam.scanning.paper_answers import CopyRead, copies_read
from grader.exam.scanning.sheet_reader import cut_out
from grader.files.durable import read_sealed, seal, write_file
from grader.language import _
from grader.language.old_prose import OLD
from grader.store.event_log import Event
from grader.store.work_folder import WorkFolder

Model = TypeVar("Model", Print, Sheet, SheetScan)
_REMEDIES = {
    "Print": _("Restore a backup: grader restore FILE. Without the print, none of its sheets can be read."),
    "SheetScan": _("Restore a backup: grader restore FILE. Or delete this file, and scan the sheet again."),
    "Sheet": _("Restore a backup: grader restore FILE. Or delete this file, and scan the sheet again."),
}
_QUALITY = 70
"""Of the pictures of sheets: some 200 KB each."""


class PaperStore:
    """The folder of one exam."""

    def __init__(self, work: WorkFolder, exam: str) -> None:
        self.root = work.root / "exams" / exam
        self._work = work
        self._exam = exam

    def add_print(self, print_: Print) -> None:
        """Keep a print. The same print again is the same file."""
        write_file(self.root / "prints" / f"{print_.id}.json", seal(print_.model_dump_json().encode()))

    def prints(self) -> Mapping[str, Print]:
        """All prints, by their ids."""
        return {path.stem: _read(path, Print) for path in sorted((self.root / "prints").glob("*.json"))}

    def add_scan(self, scan: SheetScan) -> None:
        """Keep what was measured in a scan of a sheet, beside what was kept of it before."""
        path = self.root / "scans" / f"{scan.id}.json"
        write_file(path, seal(scan.model_dump_json().encode()))

    def scans(self, copy: str = "") -> Sequence[SheetScan]:
        """All scans of sheets, by their sheets' names; those of one copy where its print and number are given."""
        return [_read(path, SheetScan) for path in self._files("scans", copy)]

    def sheets_before(self, copy: str = "") -> Mapping[str, Sheet]:
        """The sheets that an older version has read, by their names: as it read them they count."""
        return {path.stem: _read(path, Sheet) for path in self._files("sheets", copy)}

    def copies(self, copy: str = "") -> Sequence[CopyRead]:
        """Every copy of which a sheet has come, as it is read from all its scans and with what people decided.

        Of a large class that takes seconds: whoever needs one copy names it, as in `0a1b2c-3`.
        """
        return copies_read(self.prints(), self.scans(copy), self.decisions(), self.sheets_before(copy))

    def _files(self, folder: str, copy: str) -> list[Path]:
        begins = f"{glob.escape(copy)}-" if copy else ""
        return sorted((self.root / folder).glob(f"{begins}*.json"))

    def has_scans(self) -> bool:
        """Whether any sheet has come."""
        return any((self.root / folder).is_dir() for folder in ("scans", "sheets"))

    def picture(self, sheet: str) -> Path:
        """Where the picture of a sheet is, laid flat."""
        return self.root / "sheets" / f"{sheet}.jpg"

    def add_picture(self, sheet: str, flat: NDArray[np.uint8]) -> None:
        """Keep the picture of a sheet, grey or red, green and blue, in the place of the one from a worse scan."""
        shown = flat if flat.ndim == 2 else flat[:, :, ::-1]
        _is_ok, encoded = cv2.imencode(".jpg", shown, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
        shutil.rmtree(self.root / "cuts" / sheet, ignore_errors=True)
        write_file(self.picture(sheet), seal(encoded.tobytes()))

    def cut(self, sheet: str, item: str, place_mm: tuple[float, float, float, float]) -> Path:
        """The picture of an item, cut out of its sheet's when it is first asked for."""
        path = self.root / "cuts" / sheet / f"{item}.png"
        if not path.exists():
            flat = cv2.imread(str(self.picture(sheet)), cv2.IMREAD_UNCHANGED)
            if flat is None:
                raise UserError(
                    _("the picture of this sheet is gone"),
                    where=str(self.picture(sheet)),
                    remedy=_("Scan the sheet again, or restore a backup: grader restore FILE."),
                )
            _is_ok, encoded = cv2.imencode(".png", cut_out(np.asarray(flat, np.uint8), place_mm))
            write_file(path, encoded.tobytes())
        return path

    def add_decisions(self, *decisions: MarkDecision) -> None:
        """Append what a person decided, all at once."""
        self._work.gradebook.log.append(
            [
                Event("mark", self._exam, "", one.model_dump(mode="json"), one.who, one.when.isoformat())
                for one in decisions
            ]
        )

    def decisions(self) -> Mapping[tuple[str, str], MarkDecision]:
        """(sheet, item) -> what counts of it: the last one."""
        made = [MarkDecision.model_validate(event.data) for event in self._work.gradebook.log.read("mark", self._exam)]
        return {(decision.sheet, decision.item): decision for decision in made}


def _read(path: Path, model: type[Model]) -> Model:
    try:
        kept = model.model_validate_json(read_sealed(path, older=True), context=OLD)
        if kept.id != path.stem:
            raise DamagedError(_("this file has the name of another"))
        return kept
    except (DamagedError, ValidationError) as error:
        what = error.what if isinstance(error, DamagedError) else _("this file is damaged, or is of another version")
        raise DamagedError(what, where=str(path), remedy=_REMEDIES[model.__name__]) from error
