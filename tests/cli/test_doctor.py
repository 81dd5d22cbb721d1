"""doctor tries each thing for real; what notebooks import and is not here is told with what to install."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

from grader import pdf
from grader.cli import doctor
from grader.inside import colab_packages
from tests.browser import needs_browser
from tests.small_course import RIGHT, write_class


def test_packages_that_the_class_imports_and_that_are_missing_are_told_with_their_cure(
    course, tmp_path, call, monkeypatch
):
    monkeypatch.setattr(colab_packages, "COLAB", frozenset({"numpy", "a_package"}))
    folder = write_class(
        tmp_path / "class", ana=("import a_package", *RIGHT), bruno=("import numpy, a_package",), eva=RIGHT
    )
    call("--course", course, "collect", "hello", folder)
    told = " ".join(call("--course", course, "doctor").out.split())
    assert "broken packages missing here, imported by notebooks: a_package (by 2)" in told
    assert f"{sys.executable} -m pip install a-package, and grade again" in told
    monkeypatch.setattr(colab_packages, "COLAB", frozenset({"numpy"}))
    told = " ".join(call("--course", course, "doctor").out.split())
    assert "works packages all that 3 notebooks import" in told


def test_packages_that_the_course_states_are_told_with_their_versions_or_what_to_install(course, call):
    state(course, "numpy", "PIL.Image")
    told = " ".join(call("--course", course, "doctor").out.split())
    assert f"works environment numpy {version('numpy')}, PIL {version('pillow')}" in told
    state(course, "numpy", "no_such_package.part", "sklearn_of_ours")
    told = " ".join(call("--course", course, "doctor").out.split())
    assert "broken environment stated in course.toml, missing here: no_such_package, sklearn_of_ours" in told
    assert f"{sys.executable} -m pip install no-such-package sklearn-of-ours, and grade again" in told


def test_what_notebooks_import_beside_the_stated_packages_is_told(course, tmp_path, call):
    state(course, "PIL")
    folder = write_class(
        tmp_path / "class", ana=("import requests, PIL, numpy, os", *RIGHT), bruno=("import requests",)
    )
    call("--course", course, "collect", "hello", folder)
    told = " ".join(call("--course", course, "doctor").out.split())
    assert "works packages all that 2 notebooks import; not in [environment] of course.toml: requests (by 2)" in told


def state(course, *imports):
    (course / "course.toml").write_text(f'title = "A small course"\n[environment]\nimports = {json.dumps(imports)}\n')


def test_a_package_that_is_installed_and_broken_is_told_with_its_error(course, tmp_path, call, monkeypatch):
    (tmp_path / "imgaug.py").write_text("raise RuntimeError('built for another machine')")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    for where in ("stated", "imported"):
        state(course, *(["imgaug"] if where == "stated" else []))
        if where == "imported":
            call("--course", course, "collect", "hello", write_class(tmp_path / "class", ana=("import imgaug",)))
        told = " ".join(call("--course", course, "doctor").out.split())
        assert "broken imgaug installed, but cannot be imported: RuntimeError: built for another machine" in told, where
        assert "Install it anew, from the same index as what it builds on" in told


@needs_browser
def test_a_page_is_set_as_pdf_for_trial():
    (trial,) = doctor.try_pdf()
    assert (trial.works, trial.told) == (True, "Chromium sets pages as PDF")


def test_who_has_no_pdf_is_told_what_it_takes_and_is_not_warned(monkeypatch):
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    (trial,) = doctor.try_pdf()
    assert trial.works
    assert trial.told == (
        "none; for `grader report --pdf`: pip install 'dl4cv-grader[pdf]'; "
        "or print a page from your browser: it is made for paper, too."
    )
