"""The key as it stands after the exam: revisions applied, and what has changed between two versions of an exam."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from grader.exam.exam import Exam, Revision
from grader.exam.questions import Question


@dataclass(frozen=True)
class Asked:
    """A question as it counts now."""

    question: Question
    accept: tuple[str, ...] = ()
    """Also right, beside what the question itself says."""
    void: Literal["full", "remove"] | None = None
    why: tuple[str, ...] = ()
    """The reasons of its revisions, as students may read them."""
    languages: tuple[str, ...] = ()
    """Those that the exam is written in: in which of them a student answered is not known."""


def revise(exam: Exam) -> list[Asked]:
    """Every question with its revisions, in the order of the exam."""
    asked = {question.id: Asked(question, languages=tuple(exam.languages)) for question in exam.questions}
    for revision in exam.revisions:
        asked[revision.question] = _revised(asked[revision.question], revision)
    return list(asked.values())


def _revised(asked: Asked, revision: Revision) -> Asked:
    question = asked.question
    if revision.points is not None:
        question = question.model_copy(update={"points": revision.points})
    return replace(
        asked,
        question=question,
        accept=(*asked.accept, *(revision.accept or ())),
        void=revision.void or asked.void,
        why=(*asked.why, revision.why),
    )


def tell_changes(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What differs between two versions of an exam, each written as data: one line for each thing."""
    changes: list[str] = []
    old, new = _questions_of(before), _questions_of(after)
    changes += [f"the question `{name}` is gone" for name in old if name not in new]
    changes += [f"the question `{name}` is new" for name in new if name not in old]
    for name in (name for name in new if name in old and old[name] != new[name]):
        parts = sorted(key for key in new[name].keys() | old[name].keys() if new[name].get(key) != old[name].get(key))
        changes.append(f"the question `{name}`: {', '.join(parts)}")
    known = before.get("revisions", [])
    changes += [_tell_revision(told) for told in after.get("revisions", []) if told not in known]
    changes += [
        f"a revision of `{told['question']}` was taken back" for told in known if told not in after.get("revisions", [])
    ]
    changes += [f"the {key} of the exam" for key in ("rules", "bands") if before.get(key) != after.get(key)]
    return changes


def _questions_of(exam: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {asked["id"]: asked for section in exam["sections"] for asked in section["questions"]}


def _tell_revision(told: dict[str, Any]) -> str:
    if told.get("accept"):
        change = f"{', '.join(f'`{name}`' for name in told['accept'])} counts as right, too"
    elif told.get("void"):
        change = "everybody gets its points" if told["void"] == "full" else "it counts for nobody"
    else:
        change = f"it is worth {told['points']:g} points"
    return f"`{told['question']}`: {change} ({told['why']})"
