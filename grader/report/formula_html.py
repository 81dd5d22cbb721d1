"""An exam's words as HTML: formulas between dollar signs are drawn, names in backticks are code."""

from __future__ import annotations

from markupsafe import Markup

from grader.exam.formulas import EM, outline, split_formulas
from grader.language import Reason
from grader.report import text

_DRAWN = Markup(
    '<svg class="formula" role="img" aria-label="{label}" viewBox="0 {top:.4g} {width:.4g} {height:.4g}" '
    'width="{width_em:.3f}em" height="{height_em:.3f}em" style="vertical-align:{drop_em:.3f}em">'
    '<path d="{path}"/></svg>'
)
"""Its size stands in attributes: where a page may not bring styles, only the baseline is lost."""


def exam_words(words: str | Reason) -> Markup:
    """The words with their formulas drawn; a formula that cannot be set stands as it was written.

    >>> exam_words("Call `f` at <1>")
    Markup('Call <code>f</code> at &lt;1&gt;')
    >>> "<svg" in exam_words("at $x^2$"), exam_words("for $5")
    (True, Markup('for $5'))
    """
    words = str(words)
    try:
        pieces = split_formulas(words)
    except ValueError:
        return text.sentence(words)
    return Markup("").join(_draw(piece) if place % 2 else text.sentence(piece) for place, piece in enumerate(pieces))


def _draw(formula: str) -> Markup:
    try:
        shape = outline(formula)
    except ValueError:
        return text.sentence(f"${formula}$")
    height = shape.ascent + shape.descent
    return _DRAWN.format(
        label=text.visible(formula),
        path=shape.path,
        top=-shape.ascent,
        width=shape.width,
        height=height,
        width_em=shape.width / EM,
        height_em=height / EM,
        drop_em=-shape.descent / EM,
    )
