"""A folder of notebooks becomes submissions; what cannot be one is told, and nothing is lost without a word."""

import hashlib
import os
import unicodedata

import pytest

from grader.collect import collect_folder
from grader.course.roster import Roster
from grader.errors import UserError
from grader.files.name_matching import fold_name

REMEDY = "The student is the file's name without .ipynb: rename one, or move it away. Nothing was collected."


def write(folder, *names):
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return folder


def students(collected):
    return [submission.student for submission, _ in collected.submissions]


def refuse(source):
    with pytest.raises(UserError) as refused:
        collect_folder("hello", source)
    return str(refused.value)


def test_the_student_is_the_stem_wherever_below_the_folder_the_file_lies(tmp_path):
    collected = collect_folder("hello", write(tmp_path, "ana.ipynb", "group 2/bruno.IPYNB"))
    assert students(collected) == ["ana", "bruno"]
    submission, content = collected.submissions[1]
    assert content == b"group 2/bruno.IPYNB"
    assert submission.sha256 == hashlib.sha256(content).hexdigest()
    assert submission.source == "folder: group 2/bruno.IPYNB"
    assert submission.received is None


def test_a_single_file_is_a_class_of_one(tmp_path):
    assert students(collect_folder("hello", write(tmp_path, "ana.ipynb", "bruno.ipynb") / "ana.ipynb")) == ["ana"]


def test_hidden_files_are_nobodys_and_others_are_told_as_left_out(tmp_path):
    names = ("ana.ipynb", ".ipynb_checkpoints/ana-checkpoint.ipynb", "ana.ipynb.txt", "more/notes.pdf")
    collected = collect_folder("hello", write(tmp_path, *names))
    assert students(collected) == ["ana"]
    assert collected.left_out == ("ana.ipynb.txt", "more/notes.pdf")


def test_who_sent_another_type_of_file_is_named_with_it(tmp_path):
    names = {"ana": "Ana Paz", "bruno": "Bruno Sol", "carla": "Carla Luz"}
    roster = Roster(names, {fold_name(called): who for who, name in names.items() for called in (who, name)}, {})
    folder = write(tmp_path, "ana.ipynb", "ana.pdf", "Bruno Sol.docx", "carla/hw.ipynb.txt", "carla/notes.md", "x.pdf")
    collected = collect_folder("hello", folder, roster)
    assert students(collected) == ["ana"]
    assert collected.left_out == ("ana.pdf", "x.pdf")
    assert {problem.student: str(problem.what) for problem in collected.problems} == {
        "bruno": "You handed in `Bruno Sol.docx`, and no notebook (.ipynb).",
        "carla": "You handed in `hw.ipynb.txt`, `notes.md`, and no notebook (.ipynb).",
    }


def test_what_only_looks_like_a_notebook_is_told_as_left_out(tmp_path):
    folder = write(tmp_path / "class", "ana.ipynb", "deep.ipynb/bruno.ipynb")
    (folder / "carla.ipynb").symlink_to(tmp_path / "gone.ipynb")
    (folder / "elsewhere").symlink_to(write(tmp_path / "other", "diego.ipynb"))
    os.mkfifo(folder / "fifo.ipynb")
    collected = collect_folder("hello", folder)
    assert students(collected) == ["ana", "bruno"]
    assert collected.left_out == ("carla.ipynb", "elsewhere", "fifo.ipynb")


def test_a_link_to_a_notebook_is_that_notebook(tmp_path):
    folder = write(tmp_path / "class", "ana.ipynb")
    (folder / "bruno.ipynb").symlink_to(write(tmp_path, "handed-in.ipynb") / "handed-in.ipynb")
    assert students(collect_folder("hello", folder)) == ["ana", "bruno"]


def test_two_files_of_one_stem_are_refused_with_both_places(tmp_path):
    write(tmp_path, "a/ana.ipynb", "b/ana.ipynb", "bruno.ipynb")
    assert refuse(tmp_path) == (
        f"two files are handed in as `ana`: {tmp_path}/a/ana.ipynb and {tmp_path}/b/ana.ipynb\n  {REMEDY}"
    )


def test_a_name_with_its_accent_written_in_two_ways_is_one_student(tmp_path):
    composed, decomposed = (unicodedata.normalize(form, "josé") for form in ("NFC", "NFD"))
    assert students(collect_folder("hello", write(tmp_path / "one", f"{decomposed}.ipynb"))) == [composed]
    assert "two files are handed in as `josé`" in refuse(
        write(tmp_path / "two", f"a/{composed}.ipynb", f"b/{decomposed}.ipynb")
    )


@pytest.mark.parametrize(
    ("name", "shown"), [(b"ana\xff.ipynb", "ana\\udcff.ipynb"), (b"a\x1b[31m.ipynb", "a\\x1b[31m.ipynb")]
)
def test_a_name_that_cannot_be_shown_is_refused_with_its_place(tmp_path, name, shown):
    with open(os.path.join(os.fsencode(tmp_path), name), "w"):
        pass
    assert refuse(tmp_path) == (
        f"{tmp_path}/{shown}: the file's name has a character that cannot be shown, so its student is unknown\n"
        "  Rename it: the student is the file's name without .ipynb. Nothing was collected."
    )


def test_a_folder_without_notebooks_is_told_what_belongs_there(tmp_path):
    assert refuse(write(tmp_path, "notes.txt")) == (
        f"{tmp_path}: there is no .ipynb file in it\n  Put one notebook a student there: ana.ipynb, bruno.ipynb, …"
    )


def test_a_folder_that_is_not_there_is_told(tmp_path):
    assert refuse(tmp_path / "class") == (
        f"{tmp_path}/class: there is no such file or folder\n  Name the folder with the notebooks."
    )


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path):
    (write(tmp_path, "ana.ipynb") / "ana.ipynb").chmod(0)
    assert refuse(tmp_path) == (
        f"{tmp_path}/ana.ipynb: this file cannot be read: Permission denied\n"
        "  Give yourself the right to read it, or move it away. Nothing was collected."
    )


@pytest.mark.parametrize("closed", ["", "group 2"])
def test_a_folder_that_may_not_be_looked_into_is_told_and_not_taken_for_empty(tmp_path, monkeypatch, closed):
    """The right is taken away by hand: root, who may run the tests, has every right."""
    write(tmp_path, "ana.ipynb", "group 2/bruno.ipynb")
    access = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: path != tmp_path / closed and access(path, mode))
    assert refuse(tmp_path) == (
        f"{tmp_path / closed}: this folder may not be looked into\n"
        "  Give yourself the right to read it, or move it away. Nothing was collected."
    )
