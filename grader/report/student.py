"""What the page of a student says, worked out before a template sets it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from markupsafe import Markup

from grader.language import Reason
from grader.model import CellComparison, CellRun, Finding, MistakeComment, OutputMatch, Override, Run, Status
from grader.report import comparison_plots, notebook_pictures
from grader.report.comparison_plots import Beside, beside
from grader.report.curve_plots import Figure, figures_of
from grader.report.notebook_pictures import ShownPicture, shown
from grader.report.pages import StudentPage
from grader.report.text import WORDS_LIMIT, words_as_html
from grader.rubric import Criterion, Reproduced, Rubric
from grader.score.grade import find_standing
from grader.score.reproduction import count_reproduced, match
from grader.score.waiting import say_cause

MOST_LINKS = 12
"""Cells that one criterion links to."""
MOST_ROWS = 200
"""Rows of a table; a notebook may have more cells than a page has room for."""


@dataclass(frozen=True)
class JudgedCriterion:
    """A criterion on the page: its finding, what persons said of it, and the words that a person judges."""

    finding: Finding
    override: Override | None
    comment: MistakeComment | None
    """What a person says to everybody with its mistake."""
    words: Markup | None
    words_clipped: bool
    beside: tuple[Beside, ...]
    """What was expected beside what came, in pictures."""
    cells: tuple[int, ...]
    """The code cells that it is about, of those that the page lists."""


@dataclass(frozen=True)
class OutputRow:
    """A code cell's stored output beside the fresh one."""

    comparison: CellComparison
    match: OutputMatch


@dataclass(frozen=True)
class Outputs:
    """How far the stored outputs came out again."""

    rows: tuple[OutputRow, ...]
    quiet: int
    """Cells with nothing to compare, which are not listed."""
    any_stored: bool
    compared: int
    """Cells that count, as they count for the criterion."""
    again: int
    """Of these, cells whose stored output came out again, or close to it."""


@dataclass(frozen=True)
class StudentView:
    """All that the template needs beside the page's own data."""

    judged: tuple[JudgedCriterion, ...]
    """What cost points first, then what waits."""
    met: tuple[JudgedCriterion, ...]
    orphans: tuple[Override, ...]
    """Decisions on criteria that the rubric no longer has."""
    counts: tuple[tuple[str, int], ...]
    """status -> criteria; what waits for a person is said in points."""
    earned: float
    possible: float
    waiting: float
    hidden: tuple[Criterion, ...]
    """Criteria that a self-check leaves out."""
    figures: tuple[Figure, ...]
    pictures: tuple[ShownPicture, ...]
    pictures_left: int
    outputs: Outputs
    troubled: tuple[CellRun, ...]
    troubled_left: int
    causes: Mapping[int, Reason]
    """Of a cell's number: what the grader lacked there."""
    well: tuple[CellRun, ...]
    """Cells that ended well."""


def view_of(page: StudentPage) -> StudentView:
    """The page, worked out: what is hidden from a self-check is gone from here on."""
    findings = [finding for finding in page.grade.findings if not (page.public_only and finding.hidden)]
    troubled = [cell for cell in page.run.cells if cell.end != "ok"]
    known = {finding.criterion for finding in page.grade.findings}
    standing = find_standing(page.grade.findings, page.grade.overrides)
    statuses = Counter(finding.status for finding in findings)
    judged = list(_judge(findings, standing, page))
    is_met = [one.finding.status == "met" and not one.override and not one.comment for one in judged]
    left = [one for one, met in zip(judged, is_met, strict=True) if not met]
    return StudentView(
        judged=tuple(sorted(left, key=lambda one: _ORDER.index(one.finding.status))),
        met=tuple(one for one, met in zip(judged, is_met, strict=True) if met),
        orphans=tuple(override for criterion, override in standing.items() if criterion not in known),
        counts=tuple(
            (status, statuses[status]) for status in get_args(Status) if statuses[status] and status != "unscored"
        ),
        earned=round(sum(finding.earned or 0.0 for finding in findings) - page.grade.penalty, 6),
        possible=sum(finding.possible for finding in findings),
        waiting=sum(finding.possible for finding in findings if finding.status == "unscored") + page.grade.disputed,
        hidden=tuple(c for c in page.rubric.criteria if page.public_only and page.rubric.is_hidden(c)),
        figures=figures_of(page),
        pictures=shown(page.pictures),
        pictures_left=max(0, len(page.pictures) - notebook_pictures.MOST),
        outputs=compare_outputs(page.run, page.rubric),
        troubled=tuple(troubled[:MOST_ROWS]),
        troubled_left=max(0, len(troubled) - MOST_ROWS),
        causes={
            cell.number: say_cause(cell.cause)
            for cell in page.run.cells
            if cell.cause is not None and cell.cause.is_ours
        },
        well=tuple(cell for cell in page.run.cells if cell.end == "ok")[:MOST_ROWS],
    )


_ORDER: tuple[Status, ...] = ("missed", "unanswered", "partly", "unscored", "met")


def compare_outputs(run: Run, rubric: Rubric) -> Outputs:
    """Each cell's comparison, judged by the tolerance that the rubric's own criterion has."""
    criteria = (criterion.expect.reproduced for criterion in rubric.criteria)
    tolerance = next((expectation for expectation in criteria if expectation), Reproduced())
    rows = [OutputRow(c, match(c, tolerance.within, tolerance.picture_within)) for c in run.facts.comparisons]
    compared = [row for row in rows if row.match != "nothing-stored"]
    again, counting = count_reproduced(tolerance, run)
    listed = [row for row in rows if row.match != "nothing-stored" or not row.comparison.in_order]
    return Outputs(
        rows=tuple(listed[:MOST_ROWS]),
        quiet=len(rows) - len(listed),
        any_stored=any(row.comparison.stored for row in compared),
        compared=counting,
        again=again,
    )


def _judge(
    findings: Sequence[Finding], standing: Mapping[str, Override], page: StudentPage
) -> Iterator[JudgedCriterion]:
    criteria = {criterion.id: criterion for criterion in page.rubric.criteria}
    of_end: dict[bool, list[int]] = {True: [], False: []}
    for cell in page.run.cells:
        of_end[cell.end == "ok"].append(cell.number)
    listed = {*of_end[True][:MOST_ROWS], *of_end[False][:MOST_ROWS]}
    room = comparison_plots.MOST
    for finding in findings:
        criterion = criteria.get(finding.criterion)
        is_alternative = criterion is not None and finding.status == "met" and finding.diagnosis in criterion.mistakes
        pictures = beside(criterion, page)[:room] if criterion is not None and not is_alternative else ()
        room -= len(pictures)
        words = page.run.facts.words.strip() if _shows_words(finding.criterion, page.rubric) else ""
        yield JudgedCriterion(
            finding=finding,
            override=standing.get(finding.criterion),
            comment=page.grade.comment_on(finding.criterion),
            words=words_as_html(words) if words else None,
            words_clipped=len(words) > WORDS_LIMIT,
            beside=pictures,
            cells=tuple(number for number in _cells_of(finding) if number in listed)[:MOST_LINKS],
        )


def _cells_of(finding: Finding) -> Iterator[int]:
    yield from finding.cells
    if finding.cause is not None and finding.cause.cell not in finding.cells:
        yield finding.cause.cell


def _shows_words(name: str, rubric: Rubric) -> bool:
    expectations = (criterion.expect for criterion in rubric.criteria if criterion.id == name)
    return any(expect.person is not None and expect.person.shows == "words" for expect in expectations)
