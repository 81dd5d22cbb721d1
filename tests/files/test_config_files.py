"""Files that cannot be read at all are told with their name and a remedy; more of the messages stand in test_rubric."""

from datetime import UTC, datetime

import pytest

from grader.course.course import AssignmentFile, CourseFile
from grader.errors import UserError
from grader.files.config_files import line_in, read_toml, read_yaml
from grader.rubric import Rubric


def refuse(read, path, model):
    with pytest.raises(UserError) as refused:
        read(path, model)
    return str(refused.value).removeprefix(f"{path}")


def refuse_yaml(folder, content):
    path = folder / "hello.yaml"
    path.write_bytes(content)
    return refuse(read_yaml, path, Rubric)


def refuse_toml(folder, text, model=AssignmentFile):
    path = folder / "assignment.toml"
    path.write_text(text, encoding="utf-8")
    return refuse(read_toml, path, model)


def test_an_empty_rubric_is_told_as_such(tmp_path):
    assert refuse_yaml(tmp_path, b"# nothing yet\n") == (": the file is empty\n  See an example: grader guide")


def test_a_character_that_yaml_forbids_is_told(tmp_path):
    assert refuse_yaml(tmp_path, b"points: \x00") == (
        ": this is not YAML: unacceptable character #x0000: special characters are not allowed\n"
        "  Put quotes around it, or correct it."
    )


def test_a_day_that_no_calendar_has_is_told(tmp_path):
    assert refuse_yaml(tmp_path, b"points: 2024-13-45") == (
        ":1: this is not YAML: month must be in 1..12\n  Put quotes around it, or correct it."
    )


def test_text_in_another_encoding_is_told(tmp_path):
    assert refuse_yaml(tmp_path, "says: qué".encode("latin-1")) == ": this is not UTF-8 text\n  Save it again as UTF-8."


def test_a_file_that_is_not_there_and_a_folder_in_its_place_are_told(tmp_path):
    assert refuse(read_yaml, tmp_path / "none.yaml", Rubric) == ": there is no such file"
    assert refuse(read_yaml, tmp_path, Rubric) == ": this cannot be read: Is a directory"


def test_the_line_of_a_key_is_found_as_far_as_the_keys_lead(tmp_path):
    path = tmp_path / "exam.yaml"
    path.write_text("title: x\nquestions:\n  - id: one\n  - id: two\n    text: y\n")
    assert [
        line_in(path, keys) for keys in ((), ("questions",), ("questions", 1, "text"), ("questions", 0, "none"))
    ] == [
        1,
        2,
        5,
        3,
    ]


def test_a_file_that_is_not_toml_is_told_with_line_and_column(tmp_path):
    assert refuse_toml(tmp_path, "title = Regression\n") == (
        ": this is not TOML: Invalid value (at line 1, column 9)\n  Check the quotes and brackets there."
    )


def test_a_deadline_without_its_zone_is_told_how_to_write_one(tmp_path):
    assert refuse_toml(tmp_path, 'title = "Hello"\n\ndeadline = 2024-08-11T00:00:00\n') == (
        ":3: `deadline`: the time needs its zone, as in 2024-08-11T00:00:00-03:00"
    )


def test_a_deadline_with_its_zone_is_that_moment(tmp_path):
    path = tmp_path / "assignment.toml"
    path.write_text('title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n')
    assert read_toml(path, AssignmentFile).deadline == datetime(2024, 8, 11, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('title = "H"\n[limits]\ncell = 3\n', ":3: unknown key `limits.cell`\n  Did you mean `cell_s`?"),
        (
            'title = "H"\n[limits]\ncell_s = 0\n',
            ":3: `limits.cell_s` has to be greater than 0, not `0`\n  Write a number that is greater than 0.",
        ),
        ('titel = "H"\n', ":1: unknown key `titel`\n  Did you mean `title`?\n  This file has 1 more such."),
        ("", ": the key `title` is missing\n  Add it."),
    ],
)
def test_what_is_wrong_in_an_assignment_is_told_with_its_line(text, told, tmp_path):
    assert refuse_toml(tmp_path, text) == told


def test_a_limit_of_the_demo_that_is_none_is_told(tmp_path):
    text = 'title = "C"\n[demo]\nassignment = "a"\nsubmissions = "s"\n[demo.limits]\ncells_s = 3\n'
    assert refuse_toml(tmp_path, text, CourseFile) == (
        ":6: unknown key `demo.limits.cells_s`\n  Did you mean `cell_s`?"
    )
