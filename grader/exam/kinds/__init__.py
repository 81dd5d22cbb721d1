"""The kinds of questions, one file each. A new kind is one more file, and its line here.

`question_kind` says what a kind can do; `options`, `written` and `cells` hold what several share, and `paper_parts`
what a kind can have on a sheet.
"""

from grader.exam.kinds.code_output import Output
from grader.exam.kinds.matching import Matching
from grader.exam.kinds.multiple import Multiple
from grader.exam.kinds.numeric import Numeric
from grader.exam.kinds.ordering import Ordering
from grader.exam.kinds.practical import Practical
from grader.exam.kinds.question_kind import QuestionKind
from grader.exam.kinds.short_text import ShortText
from grader.exam.kinds.single import Single
from grader.exam.kinds.true_false import Rows

EVERY_KIND: tuple[type[QuestionKind], ...] = (
    Single,
    Multiple,
    Rows,
    Numeric,
    ShortText,
    Output,
    Matching,
    Ordering,
    Practical,
)
"""In the order in which an exam's sheet explains their rules."""

__all__ = ["EVERY_KIND", "QuestionKind"]
