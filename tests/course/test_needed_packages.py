"""A package that the course's code imports, and this machine lacks, is named; what may be there is not."""

from __future__ import annotations

import pytest

from grader.course.course import read_course
from grader.course.needed_packages import require_packages
from grader.errors import UserError
from tests.small_course import RUBRIC, notebook_of, write_course


@pytest.fixture
def require(tmp_path):
    """Looks at the small course, with this code in its probe and its reference."""
    root = write_course(tmp_path / "course")

    def look(evaluate="word", reference="", **options):
        code = "\n".join(f"      {line}" for line in evaluate.splitlines())
        (root / "rubrics/hello.yaml").write_text(RUBRIC.replace("{variable: word}", f"\n    evaluate: |\n{code}"))
        (root / "reference/hello.py").write_text(f"{reference}\ndef double(x):\n    return 2 * x\n")
        require_packages(root, read_course(root).assignment("hello"), **options)

    look.root = root
    return look


@pytest.mark.parametrize(
    "code", ["import lacking_one\nword", "import numpy, lacking_one.deep as d\nword", "from lacking_one import x\nx"]
)
def test_each_form_of_an_import_is_looked_at(require, code):
    with pytest.raises(UserError, match=r"hello.yaml:\d+: the probe `word` imports `lacking_one`"):
        require(code)
    with pytest.raises(UserError, match=r"reference/hello.py:1: the reference imports `lacking_one`"):
        require(reference=code.removesuffix("word"))


@pytest.mark.parametrize(
    "code",
    [
        "import sys, os.path, numpy.linalg\nword",
        "try:\n    import lacking_one\nexcept ImportError:\n    lacking_one = None\nword",
        "import google.colab, gdown\nword",
        "def f():\n    import lacking_one\nword",
    ],
)
def test_what_is_here_and_what_may_never_be_imported_is_not_refused(require, code):
    require(code)


def test_the_reference_may_import_its_own_modules_and_those_of_the_course(require):
    (require.root / "reference/steps.py").write_text("from reference.hello import double\n")
    (require.root / "shared_by_all.py").write_text("x = 1\n")
    require(reference="from reference import steps\nfrom reference.steps import double\nfrom . import hello\n"
            "import shared_by_all\n")  # fmt: skip
    (require.root / "reference/steps.py").write_text("import lacking_one\n")
    with pytest.raises(UserError, match=r"steps.py:1: the reference imports `lacking_one`"):
        require(reference="import reference.steps\n")


def test_a_module_that_the_notebook_writes_and_one_that_students_get_are_theirs(require):
    folder = require.root / "assignments/hello"
    (folder / "hello.ipynb").write_text(notebook_of("%%writefile own_module.py\nx = 1"))
    (folder / "helper.py").write_text("x = 1\n")
    (folder / "assignment.toml").write_text(
        'title = "Hello"\nnotebook = "hello.ipynb"\n[files]\n"helper.py" = "helper.py"\n'
    )
    require("import own_module\nword")
    require("import helper\nword")


def test_notebooks_that_run_elsewhere_import_what_is_there(require):
    require("import lacking_one\nword", runs_here=False)
    with pytest.raises(UserError, match="the reference imports"):
        require(reference="import lacking_one", runs_here=False)
