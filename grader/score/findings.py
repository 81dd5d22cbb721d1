"""One finding for each criterion of a rubric."""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from grader.language import Reason, _, join
from grader.model import ANY_NAME, Answer, Finding, Run, Status
from grader.rubric import Criterion, Rubric
from grader.score.judge import judge
from grader.score.own_mistakes import find_own_mistake
from grader.score.sentences import clean, code, listed
from grader.score.verdict import Evidence, UnansweredError, UnscoredError, Verdict, unanswered, unscored
from grader.score.waiting import find_cells, find_wait, wait_for, why_missing

_LONGEST_ERROR = 160
_LONGEST_ADDRESS = 120
MOST_RIVALS = 1
"""Other answers of the same form that a name may have had, where an earlier one counts: a counter that is used again
has one, and who has more may have guessed."""


def score(
    run: Run, rubric: Rubric, expected: Mapping[str, Answer], *, public_only: bool = False
) -> tuple[Finding, ...]:
    """One finding for each criterion, in the rubric's order; `expected` holds the reference's answers by probe."""
    return tuple(
        _find(Evidence(criterion, run, rubric, expected, public_only))
        for criterion in rubric.criteria
        if not (public_only and rubric.is_hidden(criterion))
    )


def _find(evidence: Evidence) -> Finding:
    if evidence.run.end == "failed":
        verdict = unscored(_("The grader failed on this notebook. That is not your fault: a person looks at it."))
    elif evidence.run.end == "unreadable":
        cause = evidence.run.lost.get(ANY_NAME)
        verdict = (
            wait_for(cause)
            if cause is not None
            else unanswered(evidence.run.because or _("What was handed in is not a notebook."))
        )
    else:
        verdict = _judge_or_leave(evidence)
    return _finding(evidence, verdict)


def _judge_or_leave(evidence: Evidence) -> Verdict:
    """The verdict on what the notebook answers at the end or, where cells used a name again, on what it was before."""
    verdict = _judge_given(evidence, _judge_state(evidence))
    answer = evidence.run.answers.get(evidence.criterion.probe or "")
    states = (answer, *answer.earlier) if answer is not None else ()
    for earlier in states[1:] if verdict.fraction != 1 else ():
        before = _judge_state(_answered_by(evidence, earlier))
        if _is_better(before, verdict):
            names = listed([code(name) for name in earlier.changed], most=3)
            moment = _say_moment(earlier)
            told = _("So it was before {moment}, which used {names} again.", moment=moment, names=names)
            verdict = replace(before, because=before.because + told)
            if (count := _count_rivals(states, earlier)) > MOST_RIVALS:
                verdict = _leave_guesses(names, moment, count)
    if answer is not None and answer.found:
        names = listed([code(name) for name in answer.found], most=3)
        told = _("The name is not as the text asks: there is {names}, which was asked in its place.", names=names)
        verdict = replace(verdict, because=verdict.because + told)
    return verdict


def _count_rivals(answers: Sequence[Answer], right: Answer) -> int:
    """How many other answers of the same form there were: an image in a function's place is another use, no guess."""
    alike = [one for one in answers if one.status == "answered" and _form(one) == _form(right)]
    return len({_imprint(one) for one in alike} - {_imprint(right)})


def _form(answer: Answer) -> object:
    value = answer.value
    is_array = isinstance(value, np.ndarray)
    if isinstance(value, bool | int | float) or (is_array and value.ndim == 0 and value.dtype.kind in "biuf"):
        return "number"  # 3, 3.0 and array(3) in turn are three tries
    return value.shape if is_array else type(value)


def _imprint(answer: Answer) -> Hashable:
    value = answer.value
    if _form(answer) == "number":
        number = value.item() if isinstance(value, np.ndarray) else value
        return number if number == number else "NaN"
    return value.tobytes() if isinstance(value, np.ndarray) else repr(value)


def _say_moment(earlier: Answer) -> Reason:
    """What used a name again after this answer."""
    cell = (earlier.after or 0) + 1
    if earlier.line:
        return _("line {line} of code cell {cell}", line=earlier.line, cell=cell)
    return _("code cell {cell}", cell=cell)


def _leave_guesses(names: Reason, moment: Reason, count: int) -> Verdict:
    told = _(
        "It was as expected before {moment}, which used {names} again. At other moments there were {count} "
        "other answers of this form: a person decides which one counts.",
        moment=moment,
        names=names,
        count=count,
    )
    return unscored(told)


def _judge_given(evidence: Evidence, alone: Verdict) -> Verdict:
    """The verdict where the helpers that the work calls are the reference's: a mistake in one is charged once."""
    criterion = evidence.criterion
    if evidence.public_only or not criterion.given_probe or alone.fraction == 1:
        return alone
    answer = evidence.answer_to_given()
    names = listed([code(name) for name in criterion.given], most=3)
    if answer is None or (answer.cause is not None and answer.cause.is_ours):
        told = _(
            "{because} It could not be tried with the right {names} in place of yours.",
            because=alone.because,
            names=names,
        )
        return alone if alone.fraction is None else unscored(told)
    helped = _judge_state(_answered_by(evidence, answer))
    if not _is_better(helped, alone):
        return alone
    if helped.fraction == 1:
        told = _(
            "With the right {names} in place of yours the answer is as expected, so nothing is lost here.", names=names
        )
    else:
        told = _("With the right {names} in place of yours: {because}", names=names, because=helped.because)
    return replace(helped, because=told)


def _is_better(other: Verdict, verdict: Verdict) -> bool:
    """Whether the other one counts in its place: what waits for a person gives way to nothing less than full points."""
    return other.fraction is not None and other.fraction > (0.99 if verdict.fraction is None else verdict.fraction)


def _answered_by(evidence: Evidence, answer: Answer) -> Evidence:
    """The evidence with another answer to the criterion's probe."""
    answers = {**evidence.run.answers, evidence.criterion.probe or "": answer}
    return replace(evidence, run=evidence.run.model_copy(update={"answers": answers}))


def _judge_state(evidence: Evidence) -> Verdict:
    """The verdict; whatever goes wrong on our side leaves the criterion to a person."""
    try:
        with np.errstate(all="ignore"):
            verdict = find_own_mistake(evidence, judge(evidence))
        if verdict.fraction is not None and not 0.0 <= verdict.fraction <= 1.0:
            raise ValueError(f"a fraction of {verdict.fraction}")
    except UnscoredError as error:
        return unscored(error.reason)
    except UnansweredError as error:
        return find_wait(evidence) or _missing_in_old_run(evidence) or unanswered(why_missing(evidence) or error.reason)
    except Exception as error:  # noqa: BLE001  (a criterion that cannot be judged is unscored, never a zero)
        # The text of an error may hold expected values, so a hidden criterion names its type only.
        text = f": {clean(str(error), _LONGEST_ERROR)}" if evidence.tells and str(error) else ""
        told = f"{type(error).__name__}{text}"
        return unscored(_("The grader failed on this criterion ({error}); a person looks at it.", error=told))
    if verdict.fraction not in (None, 1.0) and (waits := find_wait(evidence)):
        return waits
    if verdict.status == "unanswered" or (evidence.criterion.expect.reproduced and verdict.fraction != 1.0):
        return _missing_in_old_run(evidence) or verdict
    return _with_share(_with_overwritten(verdict, evidence), evidence.criterion)


def _with_overwritten(verdict: Verdict, evidence: Evidence) -> Verdict:
    """A right answer that has cost its caller an argument; only a rubric that names it in `partly` charges it."""
    probe = evidence.criterion.probe or ""
    answer, expected = evidence.run.answers.get(probe), evidence.expected.get(probe)
    if verdict.fraction != 1 or answer is None:
        return verdict
    names = [name for name in answer.overwritten if expected is None or name not in expected.overwritten]
    if not names:
        return verdict
    if evidence.tells:
        listing = listed([code(name) for name in names], most=3)
        told = _(
            "But the call changes {names} in place: work on a copy, as whoever calls still needs it.", names=listing
        )
    else:
        told = _("But the call changes an argument in place: work on a copy, as whoever calls still needs it.")
    if "changed-argument" not in evidence.criterion.partly:
        return replace(verdict, because=verdict.because + told)
    return replace(verdict, fraction=0.0, because=verdict.because + told, diagnosis="changed-argument")


def _missing_in_old_run(evidence: Evidence) -> Verdict | None:
    """Left to a person, where all that is known of a run is what it lacked: those of before have no causes."""
    packages = [code(name) for name in evidence.run.missing_packages]
    files = [code(name, _LONGEST_ADDRESS) for name in evidence.run.missing_files]
    lacks: list[Reason] = []
    if packages:
        told = _(
            "Your notebook imports {packages}, which Colab has and the machine that grades lacks.",
            packages=listed(packages),
        )
        lacks.append(told)
    if files:
        told = _(
            "Your notebook asks for what is not to be had where notebooks are graded: {files}.",
            files=listed(files, most=3),
        )
        lacks.append(told)
    if not lacks:
        return None
    return unscored(join([*lacks, _("That is not your fault: a person looks at it.")]))


def _with_share(verdict: Verdict, criterion: Criterion) -> Verdict:
    """The share of the points that the rubric gives for a known way to be wrong."""
    share = criterion.partly.get(verdict.diagnosis or "", 0.0)
    if verdict.fraction is None or share <= verdict.fraction:
        return verdict
    return Verdict(share, verdict.because, verdict.diagnosis)


def _finding(evidence: Evidence, verdict: Verdict) -> Finding:
    criterion = evidence.criterion
    earned = None if verdict.fraction is None else _points(verdict.fraction, criterion.points)
    return Finding(
        criterion=criterion.id,
        says=criterion.says,
        status=verdict.status or _status(verdict.fraction, earned, criterion.points),
        earned=earned,
        possible=criterion.points,
        because=verdict.because,
        diagnosis=verdict.diagnosis,
        hidden=evidence.rubric.is_hidden(criterion),
        cause=verdict.cause,
        cells=find_cells(evidence),
    )


def _points(fraction: float, points: float) -> float:
    return min(round(fraction * points, 6), points)


def _status(fraction: float | None, earned: float | None, points: float) -> Status:
    if fraction is None or earned is None:
        return "unscored"
    if points == 0:
        earned, points = fraction, 1.0
    if math.isclose(earned, points, abs_tol=1e-6):
        return "met"
    return "partly" if earned > 0 else "missed"
