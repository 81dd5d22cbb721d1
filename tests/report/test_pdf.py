"""Pages as PDF: real ones, set by the system's Chromium and opened again."""

from __future__ import annotations

import builtins
import importlib.util
from pathlib import Path
from typing import Any

import pypdfium2
import pytest

from grader.errors import UserError
from grader.report import StudentPage, pdf, render_student
from tests.browser import needs_browser
from tests.report import conftest

student_page, rubric, changed = conftest.student_page, conftest.rubric, conftest.changed


def text_of(path: Path) -> list[str]:
    """What can be read on each page."""
    document = pypdfium2.PdfDocument(path)
    texts = [" ".join(page.get_textpage().get_text_range().split()) for page in document]
    document.close()
    return texts


@needs_browser
def test_a_page_becomes_a_pdf_beside_it_with_all_its_text(student_page: StudentPage, tmp_path: Path) -> None:
    page = tmp_path / "ana.html"
    page.write_text(render_student(student_page), encoding="utf-8")
    (written,) = pdf.write_pdfs([page])
    assert written == tmp_path / "ana.pdf"
    whole = " ".join(text_of(written))
    for words in ("Lines and networks", "It is (3,).", "The error of model_1 is 0.05.", "Do you see it differently?"):
        assert words in whole
    assert "torch" in whole, "what is folded away on the screen is open on paper"
    assert "ana · Lines and networks" in text_of(written)[0], "each sheet of paper says whose it is"
    assert f"1 / {len(text_of(written))}" in text_of(written)[0]
    assert list(tmp_path.glob("*.draft")) == []


@needs_browser
def test_no_row_of_a_long_table_is_cut_or_lost(changed: Any, tmp_path: Path) -> None:
    from grader.model import CellComparison, NotebookFacts

    rows = tuple(
        CellComparison(number=n, title=f"cell_{n:03}()", stored=True, executed=True, text_alike=n % 3 > 0)
        for n in range(1, 121)
    )
    page = tmp_path / "long.html"
    page.write_text(render_student(changed(run={"facts": NotebookFacts(comparisons=rows)})), encoding="utf-8")
    (written,) = pdf.write_pdfs([page])
    texts = text_of(written)
    assert len(texts) > 2
    for n in range(1, 121):
        assert sum(f"cell_{n:03}()" in text for text in texts) == 1, n
    document = pypdfium2.PdfDocument(written)
    for sheet in document:
        width, height = sheet.get_size()
        for piece in sheet.get_objects():
            left, bottom, right, top = piece.get_bounds()
            if piece.type == pypdfium2.raw.FPDF_PAGEOBJ_TEXT:
                assert left >= 0
                assert bottom >= 0
                assert right <= width
                assert top <= height
    document.close()


@needs_browser
def test_nothing_of_a_page_runs_or_is_fetched_when_it_is_set(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text("<title>x</title><p>calm<script>document.body.textContent='owned'</script>", encoding="utf-8")
    (written,) = pdf.write_pdfs([page])
    assert "calm" in text_of(written)[0]
    assert "owned" not in text_of(written)[0]


def test_without_playwright_a_sentence_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.raises(UserError) as refused:
        pdf.require_pdf()
    assert str(refused.value) == (
        "PDFs are set by Chromium, through Playwright, which is not installed\n"
        "  pip install 'dl4cv-grader[pdf]'; or print a page from your browser: it is made for paper, too."
    )


def test_without_chromium_a_sentence_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    with pytest.raises(UserError) as refused:
        pdf.require_pdf()
    assert refused.value.what.startswith("Chromium does not start: ")
    assert refused.value.where == "no Chromium on the path, and none of Playwright's own"
    assert refused.value.remedy == (
        "sudo apt-get install chromium; or: python -m playwright install --with-deps chromium"
    )


def test_the_commands_need_no_playwright_until_a_pdf_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def refuse(name: str, *rest: Any, **more: Any) -> Any:
        if name.startswith("playwright"):
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", refuse)
    spec = importlib.util.find_spec("grader.report.pdf")
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
