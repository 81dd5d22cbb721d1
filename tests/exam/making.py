"""Small exams, which each test changes where it looks."""

from __future__ import annotations

from typing import Any

from grader.exam.exam import Exam
from grader.exam.questions import Question

BELIEF = "What a student believes."


def option(says: str, *, right: bool = False, **more: Any) -> dict[str, Any]:
    return {"says": says, "right": right, **({} if right else {"misconception": BELIEF}), **more}


def question(kind: str, data: Any, id: str = "q", points: float = 2, **more: Any) -> dict[str, Any]:
    told = {"id": id, "topic": "edges", "points": points, "asks": f"What of {id}?", "explanation": "So it is."}
    return {**told, kind: data, **more}


def single(id: str = "q", right: str = "b", names: str = "abcd", **more: Any) -> dict[str, Any]:
    options = {name: option(f"Option {name}", right=name == right) for name in names}
    return question("single", {"options": options}, id, **more)


def multiple(
    id: str = "q", right: str = "ace", names: str = "abcde", none: str | None = "None of these.", **more: Any
) -> dict[str, Any]:
    options = {name: option(f"Option {name}", right=name in right) for name in names}
    return question("multiple", {"options": options, "none": none}, id, **more)


def rows(id: str = "q", true: str = "ab", names: str = "abcd", **more: Any) -> dict[str, Any]:
    statements = {name: {"says": f"Statement {name}", "holds": name in true} for name in names}
    return question("rows", {"statements": statements}, id, **more)


def exam_of(*questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "title": "A small exam",
        "starts": "2024-08-02 09:00",
        "minutes": 60,
        "time_zone": "America/Argentina/Buenos_Aires",
        "languages": ["en"],
        "seed": 7,
        "points": sum(asked["points"] for asked in questions),
        "sections": [{"id": "all", "title": "All", "questions": list(questions)}],
        **more,
    }


def make_exam(*questions: dict[str, Any], **more: Any) -> Exam:
    return Exam.model_validate(exam_of(*questions, **more))


def make_question(told: dict[str, Any]) -> Question:
    return Question.model_validate(told)
