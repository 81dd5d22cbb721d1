"""A zip of a whole assignment, as Moodle, Canvas or a person makes it, becomes submissions; what cannot is told."""

import io
import zipfile

import pytest

from grader.collect.archive import TypedLink, collect_archive, find_layout
from grader.course.roster import Roster
from grader.errors import UserError
from tests.collect.conftest import colab

ROSTER = Roster(
    names={"ana": "Ana María Paz", "bruno": "Bruno Gil"},
    students={"ana maria paz": "ana", "bruno gil": "bruno", "ana": "ana", "bruno": "bruno"},
    addresses={"ana": "", "bruno": ""},
)


def write(folder, *names, **contents):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, name)
        for name, content in contents.items():
            archive.writestr(name, content)
    return path


def students(collected):
    return {submission.student: content.decode() for submission, content in collected.submissions}


def refuse(path):
    with pytest.raises(UserError) as refused:
        collect_archive("hello", path, None)
    return str(refused.value)


def test_in_a_plain_zip_the_student_is_the_files_name(tmp_path):
    path = write(tmp_path, "ana.ipynb", "group/bruno.IPYNB", "__MACOSX/._ana.ipynb", ".x/a.ipynb", "notes.pdf")
    collected, links = collect_archive("hello", path, ROSTER)
    assert students(collected) == {"ana": "ana.ipynb", "bruno": "group/bruno.IPYNB"}
    assert (collected.left_out, links) == (("notes.pdf",), [])
    one, _ = collected.submissions[0]
    assert (one.source, one.received, one.evidence) == ("zip: all.zip: ana.ipynb", None, None)


def test_moodles_zip_names_the_student_with_and_without_folders(tmp_path):
    names = (
        "Ana María Paz_123_assignsubmission_file_/my work.ipynb",
        "Bruno Gil_124_assignsubmission_file_hw_2.ipynb",
        "Bruno Gil_124_assignsubmission_file_notes.txt",
    )
    collected, _ = collect_archive("hello", write(tmp_path, *names), ROSTER)
    assert students(collected) == {"ana": names[0], "bruno": names[1]}
    assert collected.left_out == (names[2],)


def test_a_link_in_moodles_text_field_is_followed(tmp_path):
    name = "Ana María Paz_123_assignsubmission_onlinetext_/onlinetext.html"
    path = write(tmp_path, **{name: f'<p><a href="{colab(1)}">here</a></p>'})
    _, links = collect_archive("hello", path, ROSTER)
    assert links == [TypedLink("ana", "Ana María Paz", colab(1), f"all.zip: {name}")]


def test_canvas_zip_names_the_student_in_one_word_and_says_who_was_late(tmp_path):
    names = ("pazanamaria_1234_5678_hw-1.ipynb", "gilbruno_LATE_1235_5679_hw_2.ipynb")
    collected, _ = collect_archive("hello", write(tmp_path, *names), ROSTER)
    assert students(collected) == {"ana": names[0], "bruno": names[1]}
    flags = {one.student: [*map(str, one.evidence.flags)] if one.evidence else [] for one, _ in collected.submissions}
    assert flags == {"ana": [], "bruno": ["Canvas marks it as late."]}


def test_without_a_roster_the_platforms_name_is_the_students(tmp_path):
    path = write(tmp_path, "Ana Paz_123_assignsubmission_file_/a.ipynb")
    assert set(students(collect_archive("hello", path, None)[0])) == {"Ana Paz"}


def test_somebody_who_is_not_in_the_roster_is_told_by_name(tmp_path):
    names = ("Zoe Ruiz_9_assignsubmission_file_/a.ipynb", "Bruno Gil_1_assignsubmission_file_/a.ipynb")
    collected, _ = collect_archive("hello", write(tmp_path, *names), ROSTER)
    assert set(students(collected)) == {"bruno"}
    (problem,) = collected.problems
    assert (problem.student, problem.called, str(problem.what), str(problem.remedy), problem.ours) == (
        "",
        "Zoe Ruiz",
        "`Zoe Ruiz` is not in the roster.",
        "Add the name to the roster, and collect again.",
        True,
    )


def test_two_notebooks_of_one_student_are_that_students_problem_and_nobody_elses(tmp_path):
    names = ("Ana María Paz_1_assignsubmission_file_/a.ipynb", "Ana María Paz_1_assignsubmission_file_/b.ipynb")
    collected, _ = collect_archive(
        "hello", write(tmp_path, *names, "Bruno Gil_1_assignsubmission_file_/a.ipynb"), ROSTER
    )
    assert set(students(collected)) == {"bruno"}
    (problem,) = collected.problems
    assert (problem.student, str(problem.what), str(problem.remedy)) == (
        "ana",
        "There are 2 notebooks of yours, and which one is meant is not ours to guess: a.ipynb, b.ipynb.",
        "Hand in one notebook.",
    )


def test_a_name_that_changes_the_terminal_is_shown_harmless(tmp_path):
    collected, _ = collect_archive("hello", write(tmp_path, "ana.ipynb", "\x1b[31m.txt"), None)
    assert collected.left_out == ("\\x1b[31m.txt",)


def test_names_that_climb_out_of_the_zip_are_only_names(tmp_path):
    collected, _ = collect_archive("hello", write(tmp_path, "../../ana.ipynb"), None)
    assert set(students(collected)) == {"ana"}
    assert not (tmp_path.parents[1] / "ana.ipynb").exists()


def test_one_notebook_of_another_name_among_canvas_names_makes_a_plain_zip():
    assert find_layout(["pazana_1_2_hw.ipynb", "bruno.ipynb"]) == "plain"
    assert find_layout(["pazana_1_2_hw.ipynb", "readme.txt"]) == "canvas"
    assert find_layout([]) == "plain"


def test_a_file_that_claims_to_be_huge_is_read_no_further_than_the_limit(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.collect.archive.LARGEST_MIB", 1)
    collected, _ = collect_archive("hello", write(tmp_path, **{"ana.ipynb": bytes(3 << 20)}), None)
    assert len(collected.submissions[0][1]) == 1 << 20


def test_what_is_no_zip_is_told(tmp_path):
    path = tmp_path / "all.zip"
    path.write_text("<html>")
    assert refuse(path) == (
        f"{path}: this is not a zip that can be read: File is not a zip file\n"
        "  Download it again; it may have been cut off or damaged."
    )


def test_a_file_that_is_damaged_in_a_zip_is_one_students(tmp_path):
    path = write(tmp_path, **{"ana.ipynb": "x" * 1000})
    content = bytearray(path.read_bytes())
    content[45:50] = b"\xff" * 5
    path.write_bytes(content)
    collected, _ = collect_archive("hello", path, None)
    (problem,) = collected.problems
    assert (problem.student, problem.ours) == ("ana", True)
    assert str(problem.what).startswith("A file of yours is damaged in the zip (")


def test_a_zip_with_a_password_is_told(tmp_path):
    path = write(tmp_path, "ana.ipynb")
    content = bytearray(path.read_bytes())
    directory = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[directory + 8] |= 1
    path.write_bytes(content)
    assert refuse(path) == f"{path}: the zip has a password\n  Unpack it, and name the folder instead."


def test_an_empty_zip_is_told(tmp_path):
    path = tmp_path / "all.zip"
    buffer = io.BytesIO()
    zipfile.ZipFile(buffer, "w").close()
    path.write_bytes(buffer.getvalue())
    assert refuse(path) == f"{path}: there is no notebook in it\n  Download all submissions, and name that zip."
