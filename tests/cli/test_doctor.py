"""doctor tries each thing for real; what notebooks import and is not here is told with what to install."""

from __future__ import annotations

import sys

from grader.inside import colab_packages
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
