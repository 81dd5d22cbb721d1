"""Which expectation is judged by which function."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from grader.language import _
from grader.rubric import (
    Built,
    Close,
    Count,
    Distinct,
    Expect,
    Metric,
    Nonlinear,
    NumberBounds,
    Person,
    Plot,
    Reproduced,
    Split,
    Table,
    Text,
    Trained,
)
from grader.score import (
    bounds,
    closeness,
    metrics,
    models,
    plots,
    reproduction,
    table_checks,
    training_evidence,
    values,
)
from grader.score.verdict import Evidence, UnansweredError, UnscoredError, Verdict, unanswered, unscored, value_of


def judge(evidence: Evidence) -> Verdict:
    """How far the criterion's expectation is met."""
    match evidence.expect:
        case Expect(either=list() as options):
            return judge_either(options, evidence)
        case Expect(close=Close() as close):
            return closeness.judge_close(close, evidence)
        case Expect(number=NumberBounds() as number):
            return bounds.judge_number(number, evidence)
        case Expect(shape=list() as shape):
            return values.judge_shape(shape, evidence)
        case Expect(type=(str() | list()) as types):
            return values.judge_type(types, evidence)
        case Expect(text=Text() as text):
            return values.judge_text(text, evidence)
        case Expect(raises=str() as error):
            return values.judge_raises(error, evidence)
        case Expect(count=Count() as count):
            return values.judge_count(count, evidence)
        case Expect(metric=Metric() as metric):
            return metrics.judge_metric(metric, evidence)
        case Expect(distinct=Distinct() as distinct):
            return models.judge_distinct(distinct, evidence)
        case Expect(nonlinear=Nonlinear() as nonlinear):
            return models.judge_nonlinear(nonlinear, evidence)
        case Expect(trained=Trained() as trained):
            return models.judge_trained(trained, evidence)
        case Expect(built=Built() as built):
            return models.judge_built(built, evidence)
        case Expect(split=Split() as split):
            return training_evidence.judge_split(split, evidence)
        case Expect(table=Table() as table):
            return table_checks.judge_table(table, evidence)
        case Expect(reproduced=Reproduced() as reproduced):
            return reproduction.judge_reproduced(reproduced, evidence)
        case Expect(plot=Plot() as plot):
            return plots.judge_plot(plot, evidence)
        case Expect(person=Person() as person):
            return judge_person(person, evidence)
        case expect:
            return values.judge_value(expect.value, evidence)


def judge_either(options: Sequence[Expect], evidence: Evidence) -> Verdict:
    """The best verdict of several expectations of which one is enough; where none fits, what the first says."""
    verdicts = [_judge_option(replace(evidence, option=option)) for option in options]
    for verdict in verdicts:
        if verdict.fraction == 1.0:
            return verdict
    waiting = [verdict for verdict in verdicts if verdict.fraction is None]
    answered = [verdict for verdict in verdicts if verdict.status != "unanswered"]
    if waiting or not answered:
        raise UnscoredError(waiting[0].because) if waiting else UnansweredError(verdicts[0].because)
    partly = evidence.criterion.partly
    best = max(answered, key=lambda one: max(one.fraction or 0.0, partly.get(one.diagnosis or "", 0.0)))
    return replace(best, because=best.because + _("Other answers are right, too."))


def _judge_option(evidence: Evidence) -> Verdict:
    try:
        return judge(evidence)
    except UnscoredError as error:
        return unscored(error.reason)
    except UnansweredError as error:
        return unanswered(error.reason)


def judge_person(person: Person, evidence: Evidence) -> Verdict:
    """A person decides, where there is something to decide on."""
    if person.shows == "words" and not evidence.run.facts.words.strip():
        return unanswered(_("There is nothing to read: the text cells hold no words of yours."))
    if person.shows == "answer" and evidence.criterion.probe:
        value_of(evidence.answer())
    return unscored(_("A person reads this and decides."))
