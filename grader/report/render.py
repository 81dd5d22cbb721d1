"""Sets the pages: templates with autoescape, and every text made visible on its way in."""

from __future__ import annotations

import base64
import hashlib
from functools import cache, partial
from urllib.parse import quote

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from grader.report import class_overview, formulas, items, quantities, student, text
from grader.report.pages import ClassPage, StudentPage
from grader.report.texts import ENGLISH, Texts


def render_student(page: StudentPage) -> str:
    """The page of one student, in one self-contained HTML file without a script."""
    return make_environment(ENGLISH).get_template("student.html").render(page=page, view=student.view_of(page))


def render_class(page: ClassPage) -> str:
    """The page of a class, in one self-contained HTML file; its only script sorts the table."""
    environment = make_environment(ENGLISH)
    script = environment.get_template("sort.js").render()
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    view = class_overview.view_of(page)
    return environment.get_template("class.html").render(page=page, view=view, script_hash=digest)


def render_items(page: items.ItemsPage) -> str:
    """The page of an exam's item analysis, in one self-contained HTML file without a script."""
    return make_environment(ENGLISH).get_template("items.html").render(page=page, view=items.view_of(page))


@cache
def make_environment(t: Texts, *packages: str) -> Environment:
    """The templates of the reports, and before them those of other packages, compiled once for each language."""
    environment = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "grader.report")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=text.finish,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["t"] = t
    environment.filters |= {
        "clip": text.clip,
        "sentence": text.sentence,
        "exam_words": formulas.exam_words,
        "number": quantities.number,
        "decimal": quantities.decimal,
        "points": partial(quantities.points, t=t),
        "duration": partial(quantities.duration, t=t),
        "share": quantities.share,
        "significant": quantities.significant,
        "moment": quantities.moment,
        "address": partial(quote, safe="@"),
    }
    return environment
