"""A backup holds all that cannot be made again, is restored whole or not at all, and doctor finds what is damaged."""

import json
import shutil
import threading
import zipfile

import pytest

from grader.course.course import read_course
from grader.errors import UserError
from grader.review.session import ReviewSession
from grader.store.backup import restore_backup, write_backup
from grader.store.checkup import check_folder
from grader.store.work_folder import WorkFolder
from grader.verbs.notebooks import score_class
from tests.review.making import make_class

from .forked import start_grader
from .kept_class import POINTS, do, score_kept


@pytest.fixture
def course(tmp_path):
    return read_course(make_class(tmp_path / "course"))


@pytest.fixture
def work(course):
    work = WorkFolder(course.root / ".grader")
    ReviewSession(course, work, "prof").read()
    return work


def everything(root):
    return {
        path.relative_to(root): path.read_bytes()
        for folder in ("submissions", "runs", "exams")
        for path in (root / folder).rglob("*")
        if path.is_file()
    }


def scores(course, work):
    scored = score_class(course, work, course.assignment("noise"))
    return {one.grade.student: [finding.earned for finding in one.grade.findings] for one in scored}


def test_what_is_restored_elsewhere_is_the_same_and_scores_the_same(course, work, tmp_path):
    made = write_backup(work, tmp_path / "monday.zip")
    assert made.left_out == ()
    restored = restore_backup(tmp_path / "monday.zip", tmp_path / "elsewhere")
    assert (restored.files, restored.mib) == (made.files, made.mib)
    assert everything(tmp_path / "elsewhere") == everything(work.root)
    assert scores(course, WorkFolder(tmp_path / "elsewhere")) == scores(course, work)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "elsewhere" / "submissions").iterdir()}
    assert modes == {0o444}


def test_a_backup_while_others_write_holds_every_run_that_its_gradebook_names(course, work, tmp_path):
    submission, *_ = work.gradebook.submissions("noise")
    run = work.runs.load(work.gradebook.run_keys("noise")[submission.student, submission.sha256])
    ended = threading.Event()

    def write():
        for number in range(10_000):
            if ended.is_set():
                return
            new = run.model_copy(update={"key": f"{number:032}"})
            work.runs.store(new, None)
            work.runs.store(run, None)  # one that is stored again and again
            work.gradebook.add_run(submission, new.key)

    thread = threading.Thread(target=write)
    thread.start()
    try:
        for number in range(3):
            write_backup(WorkFolder(work.root), tmp_path / f"{number}.zip")
    finally:
        ended.set()
        thread.join()
    for number in range(3):
        restore_backup(tmp_path / f"{number}.zip", tmp_path / f"{number}")
        assert check_folder(WorkFolder(tmp_path / f"{number}")).damaged == ()


def test_a_backup_taken_while_a_class_is_graded_scores_the_same_elsewhere(kept, tmp_path):
    for name in ("course", "class"):
        (tmp_path / name).symlink_to(kept / name)
    shutil.copytree(kept / "work", tmp_path / "work")
    grading = start_grader(tmp_path / "grading", tmp_path, "grade", "hello", tmp_path / "class", "--again")
    taken = []
    while not grading.ended_within(0.3):
        taken.append(tmp_path / f"{len(taken)}.zip")
        do(tmp_path / "told", tmp_path, "backup", taken[-1])
    assert grading.wait().code == 0
    assert len(taken) > 1
    for backup in taken:
        elsewhere = tmp_path / backup.stem
        elsewhere.mkdir()
        (elsewhere / "course").symlink_to(kept / "course")
        do(tmp_path / "told", elsewhere, "restore", backup)
        assert score_kept(elsewhere, tmp_path / "told").points == POINTS


def test_a_backup_is_never_put_over_work_nor_over_another_backup(work, tmp_path):
    file = tmp_path / "monday.zip"
    write_backup(work, file)
    before = everything(work.root), file.read_bytes()
    with pytest.raises(UserError) as refused:
        restore_backup(file, work.root)
    assert str(refused.value) == (
        f"{work.root}: this work folder is not empty: there is submissions, runs, gradebook.sqlite\n"
        "  Move it away, or name an empty one: grader --work DIR restore FILE. Nothing was changed."
    )
    with pytest.raises(UserError, match="there is a file of this name"):
        write_backup(work, file)
    assert (everything(work.root), file.read_bytes()) == before


@pytest.mark.parametrize("damage", ["cut", "flip", "other", "evil", "newer"])
def test_a_backup_that_is_damaged_or_none_is_told_and_nothing_is_restored(work, tmp_path, damage):
    file = tmp_path / "monday.zip"
    write_backup(work, file)
    content = bytearray(file.read_bytes())
    match damage:
        case "cut":
            file.write_bytes(content[: len(content) // 2])
        case "flip":
            with zipfile.ZipFile(file) as archive:
                held = archive.getinfo("gradebook.sqlite")
            # Within what is held: nothing reads the times that stand in a zip beside it.
            content[held.header_offset + 30 + len(held.filename) + held.compress_size // 2] ^= 1
            file.write_bytes(content)
        case "other":
            file.write_text("student,points\n")
        case "evil" | "newer":
            told = {"format": 1 + (damage == "newer"), "files": {"../out": "0" * 64}}
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr("../out", "x")
                archive.writestr("backup.json", json.dumps(told))
    with pytest.raises(UserError, match=r"monday.zip: this"):
        restore_backup(file, tmp_path / "deep" / "elsewhere")
    assert list((tmp_path / "deep" / "elsewhere").iterdir()) == []
    assert not (tmp_path / "deep" / "out").exists()


def test_what_is_damaged_is_left_out_and_told(work, tmp_path):
    victim = next(iter((work.root / "submissions").iterdir()))
    victim.chmod(0o644)
    victim.write_bytes(b"")
    (damaged,) = write_backup(work, tmp_path / "monday.zip").left_out
    assert str(victim) in str(damaged)


@pytest.mark.parametrize("place", ["inside", "nowhere"])
def test_no_backup_is_written_into_the_work_folder_or_a_folder_that_is_not_there(work, tmp_path, place):
    target = (work.root / "backups" if place == "inside" else tmp_path / "nowhere") / "monday.zip"
    with pytest.raises(UserError) as refused:
        write_backup(work, target)
    assert refused.value.remedy
    assert not target.parent.exists()


# ---- the commands ---------------------------------------------------------------------------------------------------


@pytest.fixture
def grader(call):
    return call


def test_the_commands_need_no_course_and_say_what_they_did(grader, work, tmp_path):
    file, elsewhere = tmp_path / "monday.zip", tmp_path / "elsewhere"
    made = grader("--work", work.root, "backup", file)
    assert (made.code, made.out) == (0, f"{file}: {len(zipfile.ZipFile(file).namelist()) - 1} files, 0 MiB.\n")
    restored = grader("--work", elsewhere, "restore", file)
    assert restored.code == 0
    assert grader("--work", elsewhere, "restore", file).code == 2
    checked = grader("doctor", "--work", elsewhere)
    assert (checked.code, checked.out) == (0, "5 submissions, 6 runs, 0 other files: none damaged.\n")


def test_doctor_says_how_many_runs_of_earlier_versions_it_cannot_verify(grader, work):
    for key in work.runs.keys[:2]:
        (work.runs.folder / key / "manifest.json").unlink()
    checked = grader("doctor", "--work", work.root)
    assert checked.code == 0
    assert "2 runs have no hashes" in checked.out
    assert "grader execute ASSIGNMENT --again" in checked.out


def test_doctor_names_each_damaged_file_and_what_to_do(grader, work):
    submission = next(iter((work.root / "submissions").iterdir()))
    submission.unlink()
    run = work.root / "runs" / work.runs.keys[0] / "answers.safetensors"
    run.write_bytes(run.read_bytes()[:-1] + b"x")
    checked = grader("doctor", "--work", work.root)
    assert checked.code == 1
    assert f"damaged  {submission}: this submission cannot be read: No such file or directory\n" in checked.out
    assert f"damaged  {run.parent}: this run is damaged: its files do not match their hashes\n" in checked.out
    assert "  `grader execute` runs the notebook again.\n" in checked.out
    assert checked.out.endswith("2 damaged.\n")


def test_a_gradebook_that_is_lost_is_begun_anew_only_where_a_person_says_so(grader, course, work):
    for path in work.root.glob("gradebook.sqlite*"):
        path.unlink()
    lost = grader("--course", course.root, "score", "noise")
    assert lost.code == 2
    assert "the gradebook is missing, although submissions (5) and runs (6) are kept here" in lost.err
    assert grader("--course", course.root, "restore", "--rebuild").code == 0
    again = grader("--course", course.root, "restore", "--rebuild")
    assert (again.code, "this gradebook is not lost" in again.err) == (2, True)
    assert "nothing has been collected for `noise`" in grader("--course", course.root, "score", "noise").err
