"""No text of a page, and no sentence of scoring, is outside the catalogs: none can be written and stay English."""

import ast
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from grader.language import _, current_language, language
from grader.language.old_prose import read_prose
from grader.model import HandInEvidence
from grader.report import ClassPage, StudentPage, render_class, render_student

ROOT = Path(__file__).parents[2]
TEMPLATES = [
    path for room in ("report", "review") for path in sorted((ROOT / "grader" / room / "templates").glob("*.html"))
]
SAYING = [path for path in sorted((ROOT / "grader" / "score").glob("*.py")) if path.stem != "outputs"]
"""Modules that tell students something; `outputs` only reads."""
SAYING += sorted((ROOT / "grader" / "exam" / "analysis").glob("*.py"))
MARKS = {"_", "N_", "ngettext", "pgettext", "kept"}
TOLD_ATTRIBUTES = {"title", "alt", "aria-label", "placeholder"}


class Words(HTMLParser):
    """The words that stand in a template itself, where a reader sees or hears them."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.inside = ""

    def handle_starttag(self, tag, attrs):
        self.inside = tag
        self.found += [value for name, value in attrs if name in TOLD_ATTRIBUTES and value]

    def handle_endtag(self, tag):
        self.inside = ""

    def handle_data(self, data):
        if self.inside not in ("style", "script"):
            self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_no_words_stand_in_a_template_itself(path):
    parser = Words()
    # What a template puts in stands for itself as a sign that is no word.
    parser.feed("".join(part.data if isinstance(part, nodes.TemplateData) else "·" for part in parts_of(path)))
    assert not [words for words in parser.found if re.search(r"[^\W\d_]{2}", words)]


def parts_of(path):
    """The template's own text and its expressions, in the order in which they stand, but for what browsers are told."""
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(path.read_text(encoding="utf-8"))
    tree.body = [node for node in tree.body if not (isinstance(node, nodes.Block) and node.name == "script_source")]
    for output in tree.find_all(nodes.Output):
        yield from output.nodes


def marked(call):
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in MARKS


def sentences_of(tree):
    """Texts of words that are neither marked for the catalogs, nor documentation, nor an error that nobody is told."""
    documents = isinstance(tree, ast.Expr) and isinstance(tree.value, ast.Constant)
    if marked(tree) or documents or (isinstance(tree, ast.Raise) and "ValueError" in ast.dump(tree)):
        return
    if is_sentence(tree):
        yield tree.value
    for child in ast.iter_child_nodes(tree):
        yield from sentences_of(child)


def is_sentence(node):
    text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
    return bool(re.search(r"[a-z]{2} [a-z]{2,} [a-z]{2}", text))


@pytest.mark.parametrize("path", SAYING, ids=lambda path: path.name)
def test_no_sentence_of_scoring_is_unmarked(path):
    assert not list(sentences_of(ast.parse(path.read_text(encoding="utf-8"))))


def words_of(page):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"<(style|script)>.*?</\1>", " ", page, flags=re.DOTALL)))


def test_a_students_page_is_in_spanish_with_its_numbers_and_dates(student_page: StudentPage):
    with language("es"):
        page = render_student(student_page)
    text = words_of(page)
    assert '<html lang="es">' in page
    for told in (
        "3 de 6 puntos",
        "1,5 puntos pendientes de revisión",
        "1 cumplido ",
        "11 de agosto de 2024 a las 23:58 UTC",
        "Se reconoció como un factor constante",
        "Las 2 celdas de código se ejecutaron sin errores.",
        "error cuadrático medio 0,00347",
    ):
        assert told in text
    assert current_language() == "en"
    assert '<html lang="en">' in render_student(student_page)


def test_a_class_page_is_in_spanish(class_page: ClassPage):
    with language("es"):
        text = words_of(render_class(class_page))
    for told in (
        "2 estudiantes",
        "Lo pendiente de revisión todavía no se cuenta.",
        "2 pendientes de revisión",
        "Criterio por criterio",
    ):
        assert told in text


def test_how_a_run_ended_is_told_in_spanish_though_it_is_kept_in_english(student_page: StudentPage):
    because = read_prose(
        "The kernel died in code cell 3: it ended its own kernel (exit status 1). "
        "The other cells were run again without it."
    )
    died = student_page.run.model_copy(update={"end": "died", "because": because})
    with language("es"):
        text = words_of(render_student(replace(student_page, run=died)))
    assert (
        "El kernel dejó de funcionar en: celda de código 3: cerró su propio kernel (estado de salida 1). "
        "Las otras celdas se ejecutaron de nuevo sin ella."
    ) in text


def test_what_a_person_should_know_of_a_submission_is_told_in_spanish(class_page: ClassPage):
    first, *others = class_page.students
    evidence = HandInEvidence(kind="attachment", flags=(_("The mail lay in the bin."),))
    flagged = replace(first, submission=first.submission.model_copy(update={"evidence": evidence}))
    with language("es"):
        text = words_of(render_class(replace(class_page, students=(flagged, *others))))
    assert "El correo estaba en la papelera." in text
