"""A command that is called wrongly says what to do."""

import tomllib

import pytest
from typer.testing import CliRunner

from grader.cli import app
from grader.cli.exporting import _grade
from grader.course.course import read_course
from grader.errors import UserError
from grader.store.work_folder import WorkFolder
from tests.review.making import make_class


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = make_class(tmp_path_factory.mktemp("class") / "course")
    ended = CliRunner().invoke(app, ["--course", str(root), "score", "noise"])
    assert ended.exception is None or isinstance(ended.exception, SystemExit), ended.exception
    return root


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["export", "noise"], "Name one: --to csv"),
        (["export", "noise", "--to", "csv", "--out", "/nonexistent/x.csv"], "in a folder that exists, with --out FILE"),
        (["exam", "print", "finals"], "grader exam print finals --out DIR"),
        (["decide", "noise", "ana", "bright", "-1"], "Give a number from 0 to 2."),
    ],
    ids=["no format", "no folder", "no place", "less than nothing"],
)
def test_the_remedy_is_told(root, arguments, remedy):
    ended = CliRunner().invoke(app, ["--course", str(root), *arguments])
    assert isinstance(ended.exception, UserError)
    assert remedy in str(ended.exception)


@pytest.mark.parametrize(
    ("old", "new", "remedy"),
    [
        ("points: 10 ", "points: 11 ", "Write `points: 10`"),
        ("probe: bright", "probe: brigth", "add it to `probes`"),
        ("  table: {variable: table}", "  table: {variable: table}\n  more: {variable: more}", "Delete it, or name it"),
    ],
)
def test_a_rubric_that_does_not_hang_together_is_told_with_a_remedy(tmp_path, old, new, remedy):
    root = make_class(tmp_path / "course", {}, exam=False)
    rubric = root / "rubrics" / "noise.yaml"
    rubric.write_text(rubric.read_text().replace(old, new))
    with pytest.raises(UserError) as refused:
        _ = read_course(root).assignment("noise").rubric
    assert remedy in refused.value.remedy


def test_a_course_begins_in_the_language_that_is_asked_for(tmp_path):
    assert CliRunner().invoke(app, ["init", "--language", "es", str(tmp_path / "curso")]).exit_code == 0
    assert read_course(tmp_path / "curso").file.language == "es"
    assert CliRunner().invoke(app, ["init", str(tmp_path / "course")]).exit_code == 0
    assert "language" not in tomllib.loads((tmp_path / "course" / "course.toml").read_text())


def test_a_comment_for_another_system_is_plain_text(root):
    graded, _titles = _grade(read_course(root), WorkFolder(root / ".grader"), "noise")
    assert any("`" in str(finding.because) for row in graded for finding in row.grade.findings)
    assert not any("`" in row.comment for row in graded)
