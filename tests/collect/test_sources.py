"""What stands after `grader collect ASSIGNMENT` is told apart, and what is none says which there are."""

import pytest

from grader.collect.links import DriveFile
from grader.collect.source_names import ArchiveSource, DriveSource, FolderSource, GmailSource, ListSource, parse_source
from grader.errors import UserError
from tests.collect.conftest import colab, identity

ONE = DriveSource(DriveFile(identity(1)))


@pytest.fixture
def here(tmp_path, monkeypatch):
    for name in ("class.zip", "links.txt", "answers.CSV", "ana.ipynb", "notes.pdf", "gmail:odd.zip"):
        (tmp_path / name).write_text("x")
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("folder", FolderSource),
        ("ana.ipynb", FolderSource),
        ("not-there", FolderSource),
        ("class.zip", ArchiveSource),
        ("links.txt", ListSource),
        ("answers.CSV", ListSource),
        ("gmail:odd.zip", ArchiveSource),
        ("gmail:subject:hw2 has:attachment", GmailSource),
    ],
)
def test_each_kind_of_source_is_known_by_its_name(here, text, kind):
    assert isinstance(parse_source(text), kind)


@pytest.mark.parametrize(
    "text",
    [
        f"drive:{identity(1)}",
        f"drive:{colab(1)}",
        colab(1),
        f"https://drive.google.com/drive/folders/{identity(1)}?usp=sharing",
        f"drive:https://drive.google.com/drive/u/0/folders/{identity(1)}",
    ],
)
def test_a_place_on_drive_is_an_id_or_any_link_to_it(here, text):
    assert parse_source(text) == ONE


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "pop:inbox",
            "there is no kind of source `pop:`\n"
            "  There are drive:ID, gmail:SEARCH, imap:FOLDER?SEARCH, canvas:COURSE/ID and moodle:COURSE/ID; "
            "and files and folders: a folder, a zip, a list of links, a mailbox.",
        ),
        ("gmail: ", "the search after `gmail:` is empty\n  As in Gmail: gmail:'subject:hw2'"),
        (
            "notes.pdf",
            "notes.pdf: this is no source of submissions\n"
            "  Name a folder, a notebook (.ipynb), a .zip, a list of links (.txt, .csv), or mails (.mbox, .eml).",
        ),
        (
            "https://github.com/course/hw",
            "https://github.com/course/hw: The link leads to a page of GitHub, not to a notebook.\n"
            "  Give the id: the long word in the link of a file or a folder.",
        ),
    ],
)
def test_what_is_no_source_is_told_with_those_that_there_are(here, text, message):
    with pytest.raises(UserError) as refused:
        parse_source(text)
    assert str(refused.value) == message
