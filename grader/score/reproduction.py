"""Whether a notebook's stored outputs come out again: measured once, judged by the rubric's tolerance."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode

from grader.language import NOTHING, Reason, _, join, ngettext
from grader.model import Cause, CellComparison, CellRun, NotebookFacts, OutputMatch, Run
from grader.rubric import Reproduced
from grader.score.identifier_match import find_words
from grader.score.outputs import CellOutputs, as_text, differ_by, picture_difference, read_outputs, split_numbers
from grader.score.sentences import clean, listed
from grader.score.verdict import Evidence, Verdict, unanswered
from grader.score.waiting import wait_for

_LONGEST_EXCERPT = 300
_LONGEST_TITLE = 80
_MOST_CELLS = 2_000
_LONGEST_SOURCE = 20_000


# ---- measure --------------------------------------------------------------------------------------------------------


def measure(
    stored: NotebookNode, fresh: NotebookNode | None, given: NotebookNode | None, cells: tuple[CellRun, ...]
) -> NotebookFacts:
    """What a notebook as handed in (`stored`) shows beside our run of it (`fresh`), and what its author wrote.

    `given` is the notebook that students were given: its text is not theirs. Nothing in a notebook is trusted.
    """
    fresh_cells = _cells(fresh)
    runs = {run.index: run for run in cells}
    comparisons: list[CellComparison] = []
    number, highest = 0, 0
    for index, cell in enumerate(_cells(stored)):
        if not _is_code(cell):
            continue
        # Blank cells have no number, as in the run.
        number += bool(as_text(cell.get("source")).strip())
        count = _execution_count(cell)
        in_order = count is None or count > highest
        highest = max(highest, count or 0)
        fresh_cell = fresh_cells[index] if index < len(fresh_cells) else None
        compared = _compare(cell, fresh_cell, runs.get(index), number, in_order=in_order)
        if _has_code(cell) or compared.stored:
            comparisons.append(compared)
    pictures = sum(len(read_outputs(cell).pictures) for cell in fresh_cells if _is_code(cell))
    return NotebookFacts(comparisons=tuple(comparisons), words=find_words(stored, given), pictures=pictures)


def _cells(notebook: Any) -> list[Any]:
    cells = notebook.get("cells") if isinstance(notebook, dict) else None
    return cells[:_MOST_CELLS] if isinstance(cells, list) else []


def _is_code(cell: Any) -> bool:
    return isinstance(cell, dict) and cell.get("cell_type") == "code"


def _has_code(cell: Any) -> bool:
    return _first_line(cell) != ""


def _first_line(cell: Any) -> str:
    lines = (line.strip() for line in as_text(cell.get("source")).split("\n"))
    return next((line for line in lines if line and not line.startswith("#")), "")


_ENVIRONMENT = re.compile(
    r"""
      ! .*                                                       # a shell's command
    | % (?:pip|conda|cd|pwd|ls|env|matplotlib|config|load_ext|reload_ext|autoreload|mkdir|cat)\b .*
    | (?:import|from) [ ] .*
    | (?:google\.colab\.)? drive\.(?:mount|flush_and_unmount) \( .*
    | [^=]* (?:__version__ | sys\.(?:version|path|executable) | platform\.\w+\( | os\.(?:getcwd|listdir|uname)\(
        | torch\.cuda\.\w+ | (?:date)?time\.(?:now|today|time|ctime|strftime)\( ) .*
    """,
    re.VERBOSE,
)
"""A line that asks about the machine, or changes it: what it prints says nothing about the work."""


def is_environment(source: str) -> bool:
    """Whether a cell is about the machine alone: packages, versions, paths, times."""
    lines = [line.strip() for line in source[:_LONGEST_SOURCE].split("\n")]
    lines = [line for line in lines if line and not line.startswith("#")]
    if lines and re.match(r"%%(?:bash|sh|shell|capture)\b", lines[0]):
        return not lines[0].startswith("%%capture") or is_environment("\n".join(lines[1:]))
    return bool(lines) and all(_ENVIRONMENT.fullmatch(line) for line in lines)


def _execution_count(cell: Any) -> int | None:
    count = cell.get("execution_count")
    return count if isinstance(count, int) and not isinstance(count, bool) else None


def _compare(cell: Any, fresh_cell: Any, run: CellRun | None, number: int, *, in_order: bool) -> CellComparison:
    stored = read_outputs(cell)
    run_here = run is not None and run.end in ("ok", "error") and _is_code(fresh_cell)
    fresh = read_outputs(fresh_cell) if run_here else stored
    mine, theirs = "\n".join(stored.lines), "\n".join(fresh.lines)
    (words, numbers), (fresh_words, fresh_numbers) = split_numbers(mine), split_numbers(theirs)
    text_alike = words.split() == fresh_words.split()
    pairs = zip(numbers, fresh_numbers, strict=True) if text_alike else ()
    excerpts = _excerpts(stored, fresh) if mine != theirs else ("", "")
    return CellComparison(
        number=run.number if run else number,
        title=run.title if run else clean(_first_line(cell), _LONGEST_TITLE),
        stored=not stored.is_empty,
        is_environment=is_environment(as_text(cell.get("source"))),
        executed=_execution_count(cell) is not None,
        in_order=in_order,
        run_here=run_here,
        text_alike=text_alike,
        number_difference=max((differ_by(one, other) for one, other in pairs), default=0.0),
        picture_difference=_pictures_differ_by(stored, fresh) if run_here else 0.0,
        stored_excerpt=excerpts[0],
        fresh_excerpt=excerpts[1],
    )


def _pictures_differ_by(stored: CellOutputs, fresh: CellOutputs) -> float:
    if len(stored.pictures) != len(fresh.pictures):
        return 1.0
    pairs = zip(stored.pictures, fresh.pictures, strict=True)
    return max((picture_difference(one, other) for one, other in pairs), default=0.0)


def _excerpts(stored: CellOutputs, fresh: CellOutputs) -> tuple[str, str]:
    """The first lines with different words or, where the words agree, those with the numbers furthest apart."""
    furthest, excerpts = 0.0, ("", "")
    for index in range(max(len(stored.lines), len(fresh.lines))):
        one = stored.lines[index] if index < len(stored.lines) else ""
        other = fresh.lines[index] if index < len(fresh.lines) else ""
        (words, numbers), (fresh_words, fresh_numbers) = split_numbers(one), split_numbers(other)
        if words != fresh_words:
            return clean(one, _LONGEST_EXCERPT), clean(other, _LONGEST_EXCERPT)
        difference = max(map(differ_by, numbers, fresh_numbers), default=0.0)
        if difference > furthest:
            furthest, excerpts = difference, (clean(one, _LONGEST_EXCERPT), clean(other, _LONGEST_EXCERPT))
    return excerpts


# ---- match and judge ------------------------------------------------------------------------------------------------


def match(comparison: CellComparison, within: float, picture_within: float) -> OutputMatch:
    """How a cell's stored output stands beside its fresh one, at these tolerances."""
    if comparison.is_environment:
        return "nothing-stored"  # nothing to compare: another machine rightly says something else
    if not comparison.stored and not comparison.executed:
        return "never-run"
    if not comparison.run_here:
        return "not-run-here" if comparison.stored else "nothing-stored"
    numbers, pictures = comparison.number_difference, comparison.picture_difference
    # Written so that a NaN counts as different.
    if not (comparison.text_alike and numbers <= within and pictures <= picture_within):
        return "different"
    if not comparison.stored:
        return "nothing-stored"
    return "same" if numbers == 0 and pictures == 0 else "close"


_Match = tuple[CellComparison, OutputMatch]


def judge_reproduced(reproduced: Reproduced, evidence: Evidence) -> Verdict:
    """The share of the cells whose stored output came out again, among those that should have one.

    A cell that did not do its work here for a cause of ours says nothing about the student: it is left out.
    """
    matches, could = _match_all(reproduced, evidence.run)
    lacked = _lacked(evidence.run)
    counting = [pair for pair in could if _counts(*pair)]
    if not any(comparison.stored for comparison, _ in counting):
        if waiting := [one.number for one, _ in matches if one.stored and one.number in lacked]:
            return wait_for(lacked[waiting[0]])
        return unanswered(
            _("Your notebook holds no outputs to compare: run all its cells, then save it and hand it in.")
        )
    good = sum(how in ("same", "close") for _, how in counting)
    share = good / len(counting)
    fraction = _fraction(reproduced, share)
    again = ngettext(
        "The output of {good} of {n} cell was reproduced.",
        "The outputs of {good} of {n} cells were reproduced.",
        len(counting),
        good=good,
    )
    left_out = [one.number for one, how in matches if one.stored and (one, how) not in could]
    wanting = [str(number) for number in left_out if number in lacked]
    too_late = [str(number) for number in left_out if number not in lacked]
    return Verdict(fraction, join([again, *_say_others(counting), _say_left_out(wanting), _say_unseen(too_late)]))


def count_reproduced(reproduced: Reproduced, run: Run) -> tuple[int, int]:
    """How many stored outputs came out again, and of how many that count: as the criterion says it."""
    counting = [how for one, how in _match_all(reproduced, run)[1] if _counts(one, how)]
    return sum(how in ("same", "close") for how in counting), len(counting)


def _match_all(reproduced: Reproduced, run: Run) -> tuple[list[_Match], list[_Match]]:
    """How each cell matches; and of those only the cells that could match, for all that the grader lacked."""
    matches = [(one, match(one, reproduced.within, reproduced.picture_within)) for one in run.facts.comparisons]
    flooded = min((cell.number for cell in run.cells if _is_flood(cell)), default=None)
    # What is printed after the limit of output is thrown away by the grader: it was perhaps as it should be.
    unseen = {one.number for one, _how in matches if flooded is not None and one.number > flooded}
    ours = _lacked(run).keys() | unseen
    return matches, [pair for pair in matches if pair[1] in ("same", "close") or pair[0].number not in ours]


def _lacked(run: Run) -> dict[int, Cause]:
    return {cell.number: cell.cause for cell in run.cells if cell.cause is not None and cell.cause.is_ours}


def _is_flood(cell: CellRun) -> bool:
    return cell.cause is not None and (cell.cause.kind, cell.cause.what) == ("limit", "output")


def _counts(comparison: CellComparison, how: OutputMatch) -> bool:
    """Cells that have no output and would have none are left out: there is nothing to come out again."""
    prints_here = not comparison.text_alike or comparison.picture_difference > 0
    return how != "nothing-stored" and (how != "never-run" or prints_here)


def _say_others(matches: list[tuple[CellComparison, OutputMatch]]) -> Iterator[Reason]:
    """A sentence for each way in which an output did not come out again, with the numbers of the cells."""
    for how in ("different", "never-run", "not-run-here"):
        if cells := [str(comparison.number) for comparison, found in matches if found == how]:
            yield _say_cells(how, len(cells), listed(cells))


def _say_cells(how: str, n: int, cells: Reason) -> Reason:
    match how:
        case "different":
            return ngettext(
                "The output differs in cell {cells}.", "The output differs in cells {cells}.", n, cells=cells
            )
        case "never-run":
            return ngettext(
                "Not run before it was handed in: cell {cells}.",
                "Not run before it was handed in: cells {cells}.",
                n,
                cells=cells,
            )
    return ngettext(
        "Not run by the grader, because a limit or a crash came first: cell {cells}.",
        "Not run by the grader, because a limit or a crash came first: cells {cells}.",
        n,
        cells=cells,
    )


def _say_left_out(cells: list[str]) -> Reason:
    if not cells:
        return NOTHING
    return ngettext(
        "Left out, for want of what the grader lacks: cell {cells}.",
        "Left out, for want of what the grader lacks: cells {cells}.",
        len(cells),
        cells=listed(cells),
    )


def _say_unseen(cells: list[str]) -> Reason:
    if not cells:
        return NOTHING
    return ngettext(
        "Not compared, because the notebook had printed more than it may: cell {cells}.",
        "Not compared, because the notebook had printed more than it may: cells {cells}.",
        len(cells),
        cells=listed(cells),
    )


def _fraction(reproduced: Reproduced, share: float) -> float:
    if reproduced.full <= reproduced.none:
        return 1.0 if share >= reproduced.full else 0.0
    return min(1.0, max(0.0, (share - reproduced.none) / (reproduced.full - reproduced.none)))
