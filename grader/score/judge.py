"""Which expectation is judged by which function."""

from __future__ import annotations

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
    Reproduced,
    Split,
    Table,
    Text,
    Trained,
)
from grader.score import bounds, closeness, metrics, models, reproduction, table_checks, training_evidence, values
from grader.score.verdict import Evidence, Verdict, unanswered, unscored, value_of


def judge(evidence: Evidence) -> Verdict:
    """How far the criterion's expectation is met."""
    match evidence.criterion.expect:
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
        case Expect(person=Person() as person):
            return judge_person(person, evidence)
        case expect:
            return values.judge_value(expect.value, evidence)


def judge_person(person: Person, evidence: Evidence) -> Verdict:
    """A person decides, where there is something to decide on."""
    if person.shows == "words" and not evidence.run.facts.words.strip():
        return unanswered(_("There is nothing to read: the text cells hold no words of yours."))
    if person.shows == "answer" and evidence.criterion.probe:
        value_of(evidence.answer())
    return unscored(_("A person reads this and decides."))
