"""doctor tries each thing for real; what notebooks import and is not here is told with what to install."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version

from grader.cli import doctor
from grader.cli.doctor import DoctorCheck
from grader.cli.place import Place
from grader.inside import colab_packages
from grader.report import pdf
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
    assert tried(course) == {"packages": DoctorCheck("packages", True, "all that 3 notebooks import")}


def tried(course):
    """name -> trial, of what `doctor` tries of packages alone: beside it, it starts a kernel and a browser."""
    return {trial.name: trial for trial in doctor.try_packages(Place(course, None))}


def test_packages_that_the_course_states_are_told_with_their_versions_or_what_to_install(course):
    state(course, "numpy", "PIL.Image")
    told = f"numpy {version('numpy')}, PIL {version('pillow')}"
    assert tried(course) == {"environment": DoctorCheck("environment", True, told)}
    state(course, "numpy", "no_such_package.part", "sklearn_of_ours")
    assert tried(course)["environment"] == DoctorCheck(
        "environment",
        False,
        "stated in course.toml, missing here: no_such_package, sklearn_of_ours",
        f"{sys.executable} -m pip install no-such-package sklearn-of-ours, and grade again",
    )


def test_what_notebooks_import_beside_the_stated_packages_is_told(course, tmp_path, call):
    state(course, "PIL")
    folder = write_class(
        tmp_path / "class", ana=("import requests, PIL, numpy, os", *RIGHT), bruno=("import requests",)
    )
    call("--course", course, "collect", "hello", folder)
    told = "all that 2 notebooks import; not in [environment] of course.toml: requests (by 2)"
    assert tried(course)["packages"] == DoctorCheck("packages", True, told)


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
        broken = tried(course)["imgaug"]
        assert not broken.works
        assert broken.told == "installed, but cannot be imported: RuntimeError: built for another machine", where
        assert broken.cure == (
            f"Install it anew, from the same index as what it builds on: {sys.executable} -m pip install imgaug"
        )


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
