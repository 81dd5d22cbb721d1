"""What kinds share that are answered in words of the student's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from grader.exam.kinds.question_kind import Choice
from grader.exam.option_search import fold_option

MOST_WRITTEN = 8
"""Different written answers that are looked at one by one, the most frequent first."""
LONGEST = 80
"""Characters of a written answer that are shown."""
LEAST_WRITTEN = 2
"""Students who must have written an answer for it to be looked at."""


def choices_written(values: Sequence[str | None], full: Sequence[bool]) -> Mapping[str, Choice]:
    """Written answers, alike but for case and spaces; each is right where all who gave it have all points."""
    written = [fold_option(value) if value is not None else None for value in values]
    counts = Counter(text for text in written if text is not None)
    return {
        text: Choice(
            text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…",
            all(right for right, one in zip(full, written, strict=True) if one == text),
            tuple(one == text for one in written),
        )
        for text, count in counts.most_common(MOST_WRITTEN)
        if count >= LEAST_WRITTEN
    }
