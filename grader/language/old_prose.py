"""Reads what earlier versions stored as English prose: the one place that looks for a reason in a text.

    Run.model_validate_json(text, context=OLD)

Until version 0.9 runs, answers and the evidence of when something was handed in held sentences. Each is recognised by
the text that made it, and becomes the reason that is made in its place today. What is not recognised, such as a
student's error or a person's words, stays as it is.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from functools import cache

from grader.language.reasons import N_, Reason, error, verbatim
from grader.language.stand_in_words import recognise_in

_ERROR = re.compile(r"((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: (.*))?", re.DOTALL)
"""An error of the student's code, as a cell held it: `NameError: name 'x' is not defined`."""

_SAME = (
    "Canvas marks it as late.",
    "Read from {source}.",
    "The mail brings more than one notebook: the last one in it counts.",
    "Gmail could not make sure that the mail comes from the address that it names.",
    "The mail lay in the folder for spam.",
    "The mail lay in the bin.",
    "The link stands only in a quoted part of the mail.",
    "The notebook",
    "{subject} could not be asked: {why}.",
    "{subject} gave an answer that cannot be used: {why}.",
    "it took longer than {limit} s, or the kernel was gone",
    "{subject} gave an answer that is not plain data.",
    "The notebook has no {names}.",
    "it took longer than {limit} s",
    "{subject} gave something other than plain data: {detail}.",
    "{subject} gave something other than plain data.",
    "an error of its own kind",
    "{subject} cannot be used as the text asks: {error}, on something that you do not see.",
    "{subject} raised {error} when it was asked about something that you do not see.",
    "{subject} cannot be used as the text asks: {error}: {detail}.",
    "{subject} raised {error} in the line `{line}`: {detail}.",
    "{subject} raised {error} in the line `{line}`.",
    "{subject} raised {error}: {detail}.",
    "{subject} raised {error}.",
    "{error} It was given {arguments}.",
    "{one}; {more}",
    "a tensor of shape {shape}",
    "an array of shape {shape}, {dtype}",
    "the notebook's {limit} s were used up before this cell",
    "it printed more than the {limit} MiB that a notebook may, and was interrupted",
    "it ran longer than the {limit} s that a cell may take, and was interrupted",
    "it ran longer than the {limit} s that a notebook may take, and was interrupted",
    "it ran longer than {limit} s and did not stop when it was interrupted, so its kernel was ended",
    "all its processes together used more memory than the limit of {limit} MiB",
    "it started more processes than the limit of {limit}",
    "it ended its own kernel (exit status {status})",
    "it used more processor time than a notebook may",
    "it sent more than the {limit} messages that a notebook may",
    "its kernel was killed by signal {signal} (usually: out of memory)",
    "its kernel was killed by signal {signal}",
    "the kernel died before it was asked",
    "the notebook has broken the connection over which it is asked",
    "it asked for more GPU memory than the limit of {limit} MiB",
    "it asked for more memory than the limit of {limit} MiB",
    "it wrote more to files than the limit of {limit} MiB ({error})",
    "it had more files open than the limit of {limit} ({error})",
    "it started more processes and threads than the limit of {limit} ({error})",
    "The grader failed on this notebook ({error}); this is not the student's fault.",
    "The worker that ran this notebook was lost again and again, also while it ran nothing else, so that it is not "
    "tried any more; this need not be the student's fault.",
    "the kernel died",
    "The notebook's time was used up; the cells after that were not run.",
    "There was no code to run.",
    "Every cell was run without an error.",
    "Every cell was run; not well ended: code cell {number}.",
    "Every cell was run; not well ended: code cells {numbers}.",
    "{ended} Its kernel had died once in code cell {number} ({why}), and did not when all was run again.",
    "code cell {number}: {why}",
    "The kernel died in {cells}. It died again and again, so the rest was not run.",
    "The kernel died in {cells}. The other cells were run again without it.",
    "The kernel died in {cells}. The other cells were run again without them.",
    "The file has {size} MiB, more than the limit of {limit} MiB: clear the largest outputs and hand it in again.",
    "The file is JSON but has no cells, so it is not a notebook: download it again as .ipynb.",
    "The file is empty: download the notebook again (File, Download, .ipynb).",
    "The file is not text, so it is not a notebook: download it as .ipynb.",
    "The file is a web page, not a notebook: in Colab use File, Download, Download .ipynb instead of saving the page.",
    "The file is JSON that is nested too deep to be a notebook: download it again as .ipynb.",
    "The file is not a notebook: it is not even JSON. Download it again as .ipynb.",
    "A person gives these points. The answer: {answer}",
    "“{answer}” can be read in two ways, since options contain each other: a person decides.",
    "“{answer}” is more than one answer: a person decides.",
    "“{answer}” is none of the known options: a person decides.",
    "“{answer}” says that none applies, and that some do: a person decides.",
    "“{answer}” orders {have} of the {total} steps: a person decides.",
    "“{answer}” is no number of points from 0 to {most} for `{name}`.",
    "What was ticked cannot be read for sure: a person looks at {boxes}.",
    "No box of it is ticked, but something is written beside them: was it meant?",
    "It is written by hand: a person reads it.",
    "{n} boxes are ticked where one is asked for: {boxes}.",
    "It says that none applies, and that some do.",
    "{n} boxes are ticked in the row of `{row}`.",
    "It is no order: each step needs one place, and each place one step.",
    "Two digits are ticked in one row.",
    "A row in the middle of the number is empty.",
    "`{student}` has more than one copy, {numbers}: until a person says which one is nobody's, none counts.",
    "It was read from copy {number}, of which a person has said that it is another's.",
    "It is empty, but there is ink beside it: was it meant?",
    "Its outline was not found.",
    "It is almost empty: a pencil that hardly wrote, or what an eraser left.",
    "It is faint: a soft pencil, or what an eraser left.",
    "There is little ink in it: a small tick, or dirt.",
    "The ink is at its edge: it may belong to the box beside it.",
    "A stroke joins it with {box}, which has more ink: it may only pass through.",
)
_NO_LONGER = (
    N_("It has more ink than a tick, but is not filled."),
    N_("It is faint, and runs on beside the box: a soft pencil, or a stain."),
    N_("Two scans differ: {one} in {first}, {other} in {second}."),
)
"""What is said of no scan today, and stays true of those that it was said of."""
_NOW: Mapping[str, str] = {
    **{text: text for text in (*_SAME, *_NO_LONGER)},
    "It is filled, and no other box of its question is ticked: was it cancelled, or is it the answer?": (
        "It is filled, and no other box of its row is ticked: was it cancelled, or is it the answer?"
    ),
    "{items} or {last}": "{items} or {last}",
    "{one}; {more}": "{one}; {more}",
    "It lies outside the picture.": "It is outside the picture.",
    "The notebook lies in its owner’s bin on Drive: if that was by mistake, it has to be restored.": (
        "The notebook is in its owner’s bin on Drive: if that was by mistake, it has to be restored."
    ),
}
"""The text as it was -> the text of the reason that is made today."""


def read_prose(text: str) -> Reason:
    """The reason that a stored sentence tells, and so what it holds; any other text as it is.

    >>> reason = read_prose("`f` could not be asked: the kernel died.")
    >>> reason.text, str(reason.values["why"])
    ('{subject} could not be asked: {why}.', 'the kernel died')
    """
    for pattern, now in _forms():
        found = pattern.fullmatch(text)
        if found:
            return Reason(now, {name: _value(value) for name, value in found.groupdict().items()})
    found = _ERROR.fullmatch(text)
    return error(found[1], found[2] or "") if found else verbatim(text)


OLD = {"prose": read_prose, "reason": recognise_in}
"""The context in which pydantic reads a model that may hold prose, or an error that holds a sentence of a stand-in."""


def _value(text: str) -> str | Reason:
    reason = read_prose(text)
    return text if reason.text == "{text}" else reason


@cache
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    """How each text is recognised, the wordiest first."""
    return tuple((_pattern(text), now) for text, now in sorted(_NOW.items(), key=lambda pair: -_count_words(pair[0])))


def _count_words(text: str) -> int:
    return sum(len(words) for words, *_rest in string.Formatter().parse(text))


def _pattern(text: str) -> re.Pattern[str]:
    parts = string.Formatter().parse(text)
    pattern = "".join(re.escape(words) + (f"(?P<{place}>.+?)" if place else "") for words, place, *_rest in parts)
    return re.compile(pattern, re.DOTALL)
