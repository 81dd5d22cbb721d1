"""Sets the pages: templates with autoescape, and every text made visible on its way in."""

from __future__ import annotations

import base64
import hashlib
import math
from functools import cache, partial
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from grader.language import Value, _, current_language, ngettext, pgettext
from grader.language.stand_in_words import reword
from grader.report import class_overview, formula_html, item_pages, quantities, status_words, student, text
from grader.report.names import page_name
from grader.report.pages import ClassPage, SimilarPage, StudentPage


def render_student(page: StudentPage) -> str:
    """The page of one student, in one self-contained HTML file without a script."""
    return make_environment().get_template("student.html").render(page=page, view=student.view_of(page))


def render_class(page: ClassPage) -> str:
    """The page of a class, in one self-contained HTML file; its only script sorts the table."""
    environment = make_environment()
    script = environment.get_template("sort.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    view = class_overview.view_of(page)
    return environment.get_template("class.html").render(page=page, view=view, script_hash=digest)


def render_similar(page: SimilarPage) -> str:
    """The page of similar code, side by side, in one self-contained HTML file without a script."""
    pages = {student: page_name(student) for pair in page.pairs for student in (pair.left, pair.right)}
    return make_environment().get_template("similar.html").render(page=page, pages=pages)


def render_items(page: item_pages.ItemsPage) -> str:
    """The page of an exam's item analysis, in one self-contained HTML file without a script."""
    return make_environment().get_template("items.html").render(page=page, view=item_pages.view_of(page))


def _say(message: str, /, **values: Value) -> str:
    return str(_(message, **values))


def _say_number(one: str, many: str, n: float, /, **values: Value) -> str:
    return str(ngettext(one, many, n, **values))


def _say_in_context(context: str, message: str, /, **values: Value) -> str:
    return str(pgettext(context, message, **values))


@cache
def make_environment(*packages: str) -> Environment:
    """The templates of the reports, and before them those of other packages, compiled once for all languages."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "grader.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=text.finish,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    environment.globals |= {"words": status_words, "current_language": current_language}
    # Plain text, as every other: what it holds is escaped where it is put, so no markup comes in with a value.
    environment.globals |= {"_": _say, "ngettext": _say_number, "pgettext": _say_in_context}
    environment.filters |= {
        "clip": text.clip,
        "sentence": text.sentence,
        "whole": text.whole,
        "reword": reword,
        "exam_words": formula_html.exam_words,
        "number": quantities.number,
        "decimal": quantities.decimal,
        "points": quantities.points,
        "duration": quantities.duration,
        "share": quantities.share,
        "significant": quantities.significant,
        "product": math.prod,
        "moment": quantities.moment,
        "address": partial(quote, safe="@"),
    }
    return environment
