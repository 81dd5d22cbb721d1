"""How often one notebook is run until its kernel lives to the end, and what is then said of the run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from grader.execute.answers import ProbeQuestion
from grader.execute.forked_kernel import Ending
from grader.execute.notebook_run import Progress
from grader.language import Reason, _, join
from grader.model import Answer, CellRun

KERNELS = 3
"""A kernel that dies in a cell is replaced, and the notebook run again without that cell, until so many have died."""

MOST_ASKED = 50
"""Things asked for in vain that a run keeps."""


@dataclass
class Attempts:
    """What the kernels of one notebook have shown so far."""

    deaths: dict[int, CellRun] = field(default_factory=dict)
    """cells that are left out from now on, since a kernel died in them"""
    doubted: dict[int, CellRun] = field(default_factory=dict)
    """cells in which a kernel died once, for no reason that is known"""
    killers: dict[str, Answer] = field(default_factory=dict)
    """questions that ended a kernel"""
    asked_to_death: int = 0
    """kernels that ended while they were asked"""
    has_doubted: bool = False
    """One of them did for no reason that is known, and all was run again."""
    may_record: bool = True
    endings: list[Ending] = field(default_factory=list)
    asked_in_vain: list[str] = field(default_factory=list)
    may_copy: bool = True

    @property
    def may_go_on(self) -> bool:
        return len(self.deaths) + self.asked_to_death < KERNELS

    def needs_another(self, progress: Progress) -> bool:
        """Learn from an attempt that has ended; whether the notebook has to be run once more."""
        if progress.died_in is None:
            if progress.killed_by is None:
                return False
            self._learn_of(progress.killed_by, progress)
            return True
        died = progress.cells[progress.died_in]
        if progress.had_copies and self.may_copy:
            self.may_copy = False  # our copies took memory and processes of its: it is run again without
            return True
        # What nobody can explain may be this machine's fault: a cell is blamed for it only where it happens twice.
        again = progress.is_unexplained and died.index not in self.doubted
        (self.doubted if again else self.deaths)[died.index] = died
        self.killers.clear()  # it may have been what this cell had left running that ended the kernel, and no question
        return True

    def _learn_of(self, killer: str, progress: Progress) -> None:
        """A question that ends the kernel is not asked again, and all others are, in a fresh one."""
        if progress.is_unexplained and not self.has_doubted:
            self.has_doubted = True
            return
        self.asked_to_death += 1
        if killer in progress.answers:
            self.killers[killer] = progress.answers[killer]
        else:
            # It was a question of our own, on what the cells changed or trained: the notebook is run without those.
            self.may_copy = self.may_record = False

    def say_end(self, progress: Progress) -> tuple[str, Reason]:
        """How the run ended, and why, by its last attempt and the deaths before it."""
        end, because = _say_end(progress, self.deaths)
        for cell in [cell for index, cell in self.doubted.items() if index not in self.deaths]:
            because = _(
                "{ended} Its kernel had died once in code cell {number} ({why}), and did not when all was run again.",
                ended=because,
                number=cell.number,
                why=cell.because,
            )
        if self.has_doubted and not self.asked_to_death:
            because = _(
                "{ended} Its kernel had died once while it was asked, and did not when all was run again.",
                ended=because,
            )
        if progress.no_copies:
            because = _(
                "{ended} Where cells used names again, only their last values were asked: {why}.",
                ended=because,
                why=progress.no_copies,
            )
        return end, because

    def as_fields(self, progress: Progress, questions: Sequence[ProbeQuestion]) -> dict[str, Any]:
        """What a run holds of the last attempt, and of all of them together."""
        answers = {question.name: question.unanswered(_("the kernel died")) for question in questions}
        answers |= progress.answers
        answers |= self.killers
        return {
            "cells": tuple(progress.cells[index] for index in sorted(progress.cells)),
            "answers": answers,
            "lost": progress.lost,
            "asked_in_vain": tuple(dict.fromkeys(self.asked_in_vain))[:MOST_ASKED],
            "watched": progress.watched,
            "trained": progress.trained,
            "wall_s": round(sum(cell.wall_s for cell in progress.cells.values()), 3),
            "cpu_s": round(sum(ending.cpu_s for ending in self.endings), 3),
            "memory_mib": round(max(ending.memory_mib for ending in self.endings), 1),
        }


def _say_end(progress: Progress, deaths: dict[int, CellRun]) -> tuple[str, Reason]:
    if deaths:
        return "died", _say_deaths(list(deaths.values()), ended=progress.died_in is not None)
    if progress.out_of_time:
        return "stopped", _("The notebook's time was used up; the cells after that were not run.")
    bad = [cell for cell in progress.cells.values() if cell.end != "ok"]
    if not progress.cells:
        return "finished", _("There was no code to run.")
    if not bad:
        return "finished", _("Every cell was run without an error.")
    numbers = ", ".join(str(cell.number) for cell in bad)
    if len(bad) == 1:
        return "finished", _("Every cell was run; not well ended: code cell {number}.", number=numbers)
    return "finished", _("Every cell was run; not well ended: code cells {numbers}.", numbers=numbers)


def _say_deaths(cells: Sequence[CellRun], *, ended: bool) -> Reason:
    told = (_("code cell {number}: {why}", number=cell.number, why=cell.because) for cell in cells)
    listed = join(told, "; ")
    if ended:
        return _("The kernel died in {cells}. It died again and again, so the rest was not run.", cells=listed)
    if len(cells) == 1:
        return _("The kernel died in {cells}. The other cells were run again without it.", cells=listed)
    return _("The kernel died in {cells}. The other cells were run again without them.", cells=listed)
