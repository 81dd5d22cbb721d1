"""Every sentence of the pages, in one place, by key: another language is another mapping of the same keys.

A message is a text, or a pair (for one, for any other number) of which `n` chooses. Messages are plain text: the
templates add the markup, and escape what is put into the {places}. Texts that students wrote never go into a message.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Message = str | tuple[str, str]


@dataclass(frozen=True, eq=False)
class Texts:
    """The messages of one language."""

    language: str
    messages: Mapping[str, Message]

    def __call__(self, key: str, /, **values: object) -> str:
        """The message, with the values in their places.

        >>> ENGLISH("students", n=1), ENGLISH("students", n=3)
        ('1 student', '3 students')
        """
        message = self.messages[key]
        if isinstance(message, tuple):
            message = message[0 if values["n"] == 1 else 1]
        return message.format(**values)


ENGLISH = Texts(
    "en",
    {
        # Quantities
        "points": "{points} points",
        "point": "{points} point",
        "students": ("{n} student", "{n} students"),
        "duration.ms": "{ms} ms",
        "duration.s": "{s} s",
        "duration.min": "{min} min {s} s",
        "duration.h": "{h} h {min} min",
        "duration.d": "{d} d {h} h",
        "memory.mib": "{mib} MiB",
        # Statuses
        "status.met": "met",
        "status.partly": "partly met",
        "status.missed": "not met",
        "status.unanswered": "no answer",
        "status.unscored": "waits for a person",
        # How a run ends
        "end.finished": "finished",
        "end.stopped": "stopped at a limit",
        "end.died": "the kernel died",
        "end.unreadable": "not a notebook",
        "end.failed": "the grader failed",
        "end.failed.note": "This is our fault, not the student’s: nobody loses points for it.",
        "cell.ok": "ok",
        "cell.error": "error",
        "cell.interrupted": "interrupted",
        "cell.died": "died",
        "cell.skipped": "not run",
        "cell": "Cell {number}",
        # The student's page: head
        "skip": "Skip to the criteria",
        "grade": "Grade",
        "grade.of": "of {possible}",
        "grade.points": "points",
        "grade.waiting": ("{points} point waits for a person", "{points} points wait for a person"),
        "selfcheck": "Self-check",
        "selfcheck.note": "These are the public criteria only.",
        "selfcheck.hidden": (
            "One more criterion, worth {points}, is judged after you hand in.",
            "{n} more criteria, together worth {points}, are judged after you hand in.",
        ),
        "received": "Handed in",
        "received.unknown": "not known",
        "received.evidence": "How we know when it was handed in:",
        "late": "{duration} late",
        "late.penalty": "costs {points}",
        "late.penalty.disputed": "{points} wait for a person",
        "on-time": "on time",
        "run.end": "Run",
        # The student's page: criteria
        "criteria": "Criteria",
        "criterion.read": "{earned} of {possible} points",
        "criterion.waiting.read": "up to {possible} points, not given yet",
        "hidden": "Judged on inputs that are not published.",
        "diagnosis": "Recognised as",
        "words": "What you wrote",
        "words.clipped": "The rest of the text is in the notebook.",
        "override": "Changed by a person",
        "override.why": "Reason",
        "override.gone": "Decisions on criteria that the rubric no longer has",
        # The student's page: fits
        "fits": "Your networks beside the function",
        "fits.lead": (
            "What each network predicts on evenly spaced inputs, beside what was expected where that may be told."
        ),
        "fits.truth": "expected",
        "fits.network": "your network",
        "fits.network.short": "yours",
        "fits.mse": "mean squared error {mse}",
        "fits.parameters": ("{n} parameter", "{n} parameters"),
        "fits.not-numbers": (
            "{n} prediction is not a number (NaN or infinite): the line has a gap there.",
            "{n} predictions are not numbers (NaN or infinite): the line has gaps there.",
        ),
        "fits.outside": (
            "{n} prediction lies outside the picture.",
            "{n} predictions lie outside the picture.",
        ),
        "fits.nothing": "There are no predictions to draw.",
        "fits.left-out": ("{n} more network is not drawn.", "{n} more networks are not drawn."),
        "fits.alt": "Line plot: the predictions of this network over the inputs from {low} to {high}",
        "fits.alt.truth": ", beside the expected function",
        # The student's page: plots
        "plots": "What your notebook drew",
        "plots.lead": "Drawn when we ran the notebook from top to bottom.",
        "plots.alt": "Picture drawn by cell {number}",
        "plots.unreadable": "A picture is left out: its bytes are not a PNG that can be read.",
        "plots.too-large": "A picture is left out: it is too large to show here.",
        "plots.page-full": "A picture is left out: the pictures above fill the room that a page has.",
        "plots.more": (
            "{n} more picture is not shown; it is in the notebook.",
            "{n} more pictures are not shown; they are in the notebook.",
        ),
        # The student's page: reproducibility
        "outputs": "Do the outputs come out again?",
        "outputs.some": (
            "The stored output of the one cell that has one did not come out again when we ran it.",
            "The stored output came out again in {again} of {n} cells when we ran them.",
        ),
        "outputs.all": (
            "The stored output came out again when we ran the one cell that has one.",
            "The stored output came out again in all {n} cells when we ran them.",
        ),
        "outputs.none": "The notebook was handed in without stored outputs, so there is nothing to compare.",
        "outputs.cell": "Cell",
        "outputs.result": "Our run beside the stored output",
        "outputs.quiet": (
            "{n} cell has no output to compare, and is not listed.",
            "{n} cells have no output to compare, and are not listed.",
        ),
        "match.same": "same",
        "match.close": "close",
        "match.different": "different",
        "match.not-run-here": "not run here",
        "match.never-run": "never run",
        "match.nothing-stored": "nothing stored",
        "match.close.numbers": "numbers differ by at most {share}",
        "match.close.pictures": "pictures differ by {share}",
        "match.not-run-here.note": "Our run did not get through this cell.",
        "match.never-run.note": "The notebook was handed in with this cell not run.",
        "match.out-of-order": "run out of order",
        "match.out-of-order.note": "It was run before a cell above it: its output may come from another state.",
        "match.stored": "stored",
        "match.fresh": "our run",
        "match.empty": "(nothing)",
        # The student's page: the run
        "run": "How the run went",
        "run.troubled": ("{n} cell did not end well", "{n} cells did not end well"),
        "run.cells": "Cells that did not end well",
        "run.cells.ok": ("The code cell ran without an error.", "All {n} code cells ran without an error."),
        "run.cells.none": "No code cell was run.",
        "run.cells.more": ("{n} more cell did not end well.", "{n} more cells did not end well."),
        "run.wall": "Time",
        "run.cpu": "Processor time",
        "run.memory": "Most memory",
        "run.sandbox": "Sandbox",
        "run.environment.lead": "What the notebook ran on",
        "sandbox.bubblewrap": "bubblewrap",
        "sandbox.none": "none",
        "sandbox.none.title": "This notebook ran without a sandbox.",
        "sandbox.none.note": (
            "Its code could reach the files and the network of the machine that graded it. "
            "Results of such a run are worth as much as the trust in the code."
        ),
        # The student's page: second look
        "second": "Do you see it differently?",
        "second.note": (
            "Ask for a second look: write to your instructor, name the criterion, and say in a sentence or two what "
            "the grader has missed. A person then decides, and the decision and its reason appear on this page."
        ),
        "second.selfcheck": (
            "A criterion that you do not understand, or that you think is wrong? Write to your instructor before the "
            "deadline, and name the criterion."
        ),
        "footer": "Assignment {assignment} · submission {sha} · run {key}",
        # The class page
        "class.tile.review": ("needs a person", "need a person"),
        "class.tile.ended": ("run ended badly", "runs ended badly"),
        "class.tile.alike": ("file handed in more than once", "files handed in more than once"),
        "class.tile.late": ("late submission", "late submissions"),
        "class.review": "Needs a person first",
        "class.review.criteria": "{n} criteria",
        "class.review.none": "Nothing waits for a person.",
        "class.ended": "Runs that ended badly",
        "class.alike": "The same file, from more than one student",
        "class.alike.lead": "Byte for byte the same file:",
        "class.flagged": "How it was handed in: worth a look",
        "class.students": "Students",
        "class.students.none": "No student has handed in anything yet.",
        "class.students.caption": "A row for each student; those who need a person first",
        "class.column.student": "Student",
        "class.column.points": "Points",
        "class.column.waiting": "Waiting",
        "class.column.late": "Late",
        "class.column.end": "Run",
        "class.column.criteria": "Criteria",
        "class.strip": "{criterion}: {status}",
        "class.criteria": "Criterion by criterion",
        "class.diagnoses": "Recognised",
        "class.histogram": "Distribution of the points",
        "class.histogram.bar": ("{n} student with {low} to {high} points", "{n} students with {low} to {high} points"),
        "class.histogram.lead": "Median {median} of {possible} points. What waits for a person is not counted yet.",
        "class.histogram.axis": "points",
        "class.histogram.waiting": "some points wait for a person",
        "class.histogram.settled": "all points given",
        "class.run": "How the class was run",
        "class.run.counts": "Run for this page: {executed}. Taken from earlier runs: {reused}. It took {duration}.",
        "class.run.sandbox": "Sandbox",
        "class.run.no-sandbox": (
            "{n} notebook ran without a sandbox.",
            "{n} notebooks ran without a sandbox.",
        ),
        "class.run.environments": (
            "All runs had the same environment.",
            "The runs had {n} different environments; the most frequent one is shown.",
        ),
        # The pages of the course's grade
        "course.grade": "Course grade",
        "course.percent": "{percent} %",
        "course.none": "No grade yet",
        "course.so-far": "{percent} % so far, from what is settled",
        "course.so-far.none": "nothing of the exam is settled yet",
        "course.waits": "Why there is no grade yet",
        "course.made": "What it is made of",
        "course.part": "Part",
        "course.points": "Points",
        "course.share": "Share",
        "course.adds": "Adds",
        "course.exam": "Exam: {title}",
        "course.exam.none": "no response",
        "course.exercise.none": "not handed in",
        "course.exercise.ungraded": "not graded yet",
        "course.bonus": "Bonus of the exercises, at most {percent} %",
        "course.total": "Rounded to {step}, at most {most} %",
        "course.band": "{grade}: from {at_least} %",
        "course.rule": "How the grade is made",
        "course.rule.exam": "The exam is the base: the percent of its points.",
        "course.rule.bonus": (
            "The practical exercises are a bonus: all of them, done perfectly, add {percent} percent points. "
            "One that is not handed in adds nothing, and takes nothing away."
        ),
        "course.rule.from": "The bonus counts for who reaches {percent} % in the exam alone.",
        "course.changed": "This grade has changed",
        "course.change": "{before} → {after}",
        "course.since": "Since the report of {when}",
        "course.waiting.tile": ("grade waits", "grades wait"),
        "course.settled.tile": ("grade is settled", "grades are settled"),
        "course.changed.tile": ("grade changed", "grades changed"),
        "course.class.waits": "Grades that wait",
        "course.class.none": "No grade waits.",
        "course.class.changes": "Grades that changed",
        "course.class.bands": "How many have which grade",
        "course.second": (
            "Write to your instructor, and name the exam question or the criterion: its own page says what was found."
        ),
        "course.column.exam": "Exam",
        "course.column.bonus": "Bonus",
        "course.column.percent": "Percent",
        "course.column.grade": "Grade",
        # The page of an item analysis
        "items": "Item analysis",
        "items.tile.keys": ("key is probably wrong", "keys are probably wrong"),
        "items.tile.weak": ("question hardly tells students apart", "questions hardly tell students apart"),
        "items.tile.dead": ("question has options that distract nobody", "questions have options that distract nobody"),
        "items.tile.left-out": ("question or student left out", "questions or students left out"),
        "items.first": "Look at these first",
        "items.first.keys": "The key is probably wrong",
        "items.first.weak": "Hardly tells students apart",
        "items.first.dead": "Distracts nobody",
        "items.first.none": "No key looks wrong, every question tells students apart, no option is idle.",
        "items.whole": "The exam as a whole",
        "items.alpha": "Cronbach’s alpha",
        "items.kuder-richardson": "KR-20",
        "items.standard-error": "Standard error of a total, in points",
        "items.mean": "Mean",
        "items.deviation": "Standard deviation",
        "items.of": "of {possible}",
        "items.undefined": "undefined: {why}",
        "items.undefined.short": "undefined",
        "items.interval": "{low} to {high}",
        "items.distribution": "Totals of the students who were analysed; the lines above show where each grade begins.",
        "items.distribution.axis": "percent of the points that were analysed",
        "items.distribution.bar": (
            "{n} student with {low} to {high} percent",
            "{n} students with {low} to {high} percent",
        ),
        "items.questions": "Questions",
        "items.column.question": "Question",
        "items.column.points": "Points",
        "items.column.difficulty": "Mean share of points",
        "items.column.corrected": "Corrected correlation",
        "items.column.uncorrected": "Uncorrected",
        "items.column.upper-lower": "Upper − lower",
        "items.column.dropped": "Alpha without it",
        "items.column.count": "Students",
        "items.column.correlation": "Correlation",
        "items.conventions": (
            "Small print beside a value is its interval, {confidence} %. The corrected correlation is that of a "
            "question’s points with the total of all other questions, the uncorrected one with the whole total. "
            "Upper − lower is the mean share of points in the 27 % of students with the highest totals minus that in "
            "the 27 % with the lowest: {size} students each; those tied at a group’s edge share its last places. An "
            "option’s correlation is that of choosing it with the total of all other questions."
        ),
        "items.each": "Question by question",
        "items.each.lead": (
            "Students in {groups} groups of equal size, from the lowest totals to the highest. A good key rises from "
            "left to right, and every wrong option falls."
        ),
        "items.curve.options": "Percent of each group who chose an option; the key is drawn thick.",
        "items.curve.mean": "Mean percent of the points in each group.",
        "items.low": "low",
        "items.high": "high",
        "items.options": "Options",
        "items.right": "right",
        "items.blank": "left blank",
        "items.left-out": "Left out of the analysis",
    },
)
