"""The item analysis as CSV: a table of the questions, and one of their options. What is undefined is an empty cell."""

from __future__ import annotations

from grader.exam.analysis.items import ItemAnalysis, Statistic
from grader.files.spreadsheet import write_csv

_WITH_INTERVAL = ("difficulty", "corrected", "uncorrected", "upper_lower", "alpha_if_dropped")


def questions_as_csv(analysis: ItemAnalysis) -> str:
    """A row for each question."""
    head = [
        *(
            "question",
            "topic",
            "kind",
            "points",
            "students",
            "blank",
        ),
        *(f"{name}{edge}" for name in _WITH_INTERVAL for edge in ("", "_low", "_high")),
        *(f"group_{number}" for number in range(1, analysis.groups + 1)),
    ]
    rows = [
        [
            *(item.question, item.topic, item.kind, f"{item.possible:g}", analysis.students, item.blank),
            *(cell for name in _WITH_INTERVAL for cell in _three(getattr(item, name))),
            *(_one(share) for share in item.by_group),
        ]
        for item in analysis.items
    ]
    return write_csv([head, *rows])


def options_as_csv(analysis: ItemAnalysis) -> str:
    """A row for each option of each question."""
    groups = [f"group_{number}" for number in range(1, analysis.groups + 1)]
    head = [
        *("question", "option", "says", "right", "count", "share", "lower", "upper"),
        *("correlation", "correlation_low", "correlation_high", "against_key"),
        *groups,
    ]
    rows = [
        [
            *(item.question, option.name, option.says, int(option.right), option.count, _one(option.share)),
            *(_one(option.lower), _one(option.upper), *_three(option.correlation), _one(option.against_key)),
            *(_one(share) for share in option.by_group),
        ]
        for item in analysis.items
        for option in item.options
    ]
    return write_csv([head, *rows])


def _three(figure: Statistic) -> tuple[str, str, str]:
    return _one(figure.value), _one(figure.low), _one(figure.high)


def _one(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"
