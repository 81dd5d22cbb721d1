"""What assignment.toml brings for notebooks: read, refused where it would give away what is right, and hashed."""

from __future__ import annotations

import os
from importlib.metadata import version

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.course.course import Assignment, AssignmentFile, read_course
from grader.course.materials import Download, Materials
from grader.errors import UserError
from grader.execute.run_key import make_key
from grader.files.config_files import read_toml
from grader.inside.brought import key_of
from grader.model import Limits
from tests.small_course import write_course


@pytest.fixture
def folder(tmp_path):
    """An assignment's folder with some files."""
    for path, text in {
        "brought/a.csv": "1,2\n",
        "brought/sub/b.csv": "3\n",
        "wrong/x.py": "",
        "solution.yaml": "",
    }.items():
        (tmp_path / "faces" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "faces" / path).write_text(text)
    return tmp_path / "faces"


def read(folder, text):
    (folder / "assignment.toml").write_text(f'title = "Faces"\n{text}\n')
    file = read_toml(folder / "assignment.toml", AssignmentFile)
    return Assignment("faces", file, folder, folder / "none.yaml").materials


def refusal(folder, text):
    with pytest.raises(UserError) as refused:
        read(folder, text)
    return str(refused.value).replace(str(folder), "faces")


def test_files_and_folders_are_read_with_the_places_that_they_get(folder):
    found = read(
        folder,
        'inputs = ["ana"]\n[files]\n"data" = "brought"\n"/content/c.csv" = "brought/a.csv"\n'
        '[downloads]\n"https://example.org/a.csv" = "brought/a.csv"\n"https://example.org/nets.git" = "brought"',
    )
    assert found.files == {"data/a.csv": b"1,2\n", "data/sub/b.csv": b"3\n", "c.csv": b"1,2\n"}
    assert found.downloads == {
        "https://example.org/a.csv": Download("a.csv", {"": b"1,2\n"}),
        "https://example.org/nets.git": Download("brought", {"a.csv": b"1,2\n", "sub/b.csv": b"3\n"}),
    }
    assert found.inputs == ["ana"]


def test_answers_for_input_may_hang_on_the_prompt(folder):
    assert read(folder, '[inputs]\nname = "ana"\nmany = ["1", "2"]').inputs == {"name": "ana", "many": ["1", "2"]}


def test_a_file_that_is_not_there_is_told_with_its_line(folder):
    assert refusal(folder, '[files]\n"data.csv" = "none.csv"') == (
        "faces/assignment.toml:3: `none.csv` is not there\n  It is a file or a folder beside assignment.toml."
    )


@pytest.mark.parametrize("name", ["solution.yaml", "wrong", "wrong/x.py", "."])
def test_what_says_what_is_right_is_never_brought(folder, name):
    told = refusal(folder, f'[downloads]\n"https://example.org/x" = "{name}"')
    assert told.startswith("faces/assignment.toml:3: `")
    assert told.endswith(
        "` is not for students, and their code can read what is brought\n  Bring another file, or a folder without it."
    )


@pytest.mark.parametrize("name", ["../other/a.csv", "{outside}", "link.csv"])
def test_what_lies_outside_the_assignment_is_never_brought(folder, name):
    outside = folder.parent / "other" / "a.csv"
    outside.parent.mkdir()
    outside.write_text("key")
    os.symlink(outside, folder / "link.csv")
    name = name.format(outside=outside)
    assert refusal(folder, f'[files]\n"a.csv" = "{name}"') == (
        f"faces/assignment.toml:3: `{name}` leads out of the assignment's folder\n  Copy what is needed into it."
    )


@pytest.mark.parametrize("place", ["../a.csv", "/etc/a.csv", "a/../../b"])
def test_a_file_gets_a_place_in_content_only(folder, place):
    assert refusal(folder, f'[files]\n"{place}" = "brought/a.csv"') == (
        f"faces/assignment.toml:3: `{place}` is not a place in /content\n  Write its path there: data/faces.csv"
    )


def test_more_than_a_notebook_may_write_is_refused(folder):
    (folder / "large").write_bytes(bytes(3 << 20))
    told = '[files]\na = "large"\n[downloads]\n"example.org/a" = "large"\n[limits]\ndisk_mib = '
    assert refusal(folder, f"{told}5") == (
        "faces/assignment.toml: the assignment's files have 6 MiB, and a notebook may write 5 MiB\n"
        "  Use smaller files, or raise `disk_mib` in [limits]."
    )
    read(folder, f"{told}6")


@pytest.mark.parametrize(
    "changed",
    [
        Materials(files={"a": b"2"}),
        Materials(files={"b": b"1"}),
        Materials(downloads={"https://example.org/a": Download("a", {"": b"1"})}),
        Materials(files={"a": b"1"}, inputs=["x"]),
        Materials(files={"a": b"1"}, packages={"numpy": "2.0"}),
    ],
)
def test_a_run_with_other_materials_has_another_key(changed):
    def key(materials):
        return make_key("sha", (), Limits(), "none", materials=materials)

    assert key(Materials(files={"a": b"1"})) == key(Materials(files={"a": b"1"}))
    assert key(changed) != key(Materials(files={"a": b"1"}))


def test_contents_are_not_told_apart_by_where_one_ends_only():
    """What two files hold, moved from one to the other, is something else."""
    one = Materials(files={"a": b"12", "b": b"3"})
    assert one.hash != Materials(files={"a": b"1", "b": b"23"}).hash


@pytest.mark.parametrize(
    "spellings",
    [
        ["https://example.org/a.zip", "http://EXAMPLE.org/a.zip", "example.org/a.zip", " https://example.org/a.zip/ "],
        ["https://github.com/u/nets", "https://github.com/u/nets.git", "git@github.com:u/nets.git"],
        [
            f"https://{host}"
            for host in (
                "drive.google.com/file/d/1AbCdEfGhIjKlMnOpQrStUvWxYz012345/view?usp=sharing",
                "drive.google.com/uc?export=download&id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345",
                "drive.google.com/open?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345",
                "drive.google.com/drive/folders/1AbCdEfGhIjKlMnOpQrStUvWxYz012345",
                "drive.usercontent.google.com/download?id=1AbCdEfGhIjKlMnOpQrStUvWxYz012345",
                "colab.research.google.com/drive/1AbCdEfGhIjKlMnOpQrStUvWxYz012345?usp=sharing",
            )
        ]
        + ["1AbCdEfGhIjKlMnOpQrStUvWxYz012345"],
    ],
)
def test_the_spellings_of_one_address_are_one(spellings):
    assert len({key_of(address) for address in spellings}) == 1


def test_addresses_that_differ_stay_apart():
    addresses = [
        "example.org/a",
        "example.org/A",
        "example.org/a?b=1",
        "example.org:8080/a",
        "evil-drive.google.com.org/a",
    ]
    assert len({key_of(address) for address in addresses}) == len(addresses)


@given(st.text(max_size=60))
def test_any_text_at_all_is_some_address(text):
    assert isinstance(key_of(text), str)


def test_a_courses_packages_are_told_with_their_versions_and_a_slip_with_its_line(tmp_path):
    course = write_course(tmp_path / "course")
    (course / "course.toml").write_text('title = "A"\n[environment]\nimports = ["numpy.linalg", "no_such_package"]\n')
    assert read_course(course).assignment("hello").materials.packages == {
        "numpy": version("numpy"),
        "no_such_package": "missing",
    }
    (course / "course.toml").write_text('title = "A"\n[environment]\nimports = ["numpy", "scikit-learn"]\n')
    with pytest.raises(UserError) as refused:
        read_course(course)
    assert str(refused.value) == (
        f"{course}/course.toml:3: `environment.imports`: `scikit-learn` is not the name of a module, as written "
        "after `import`: sklearn"
    )
