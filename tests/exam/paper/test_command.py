"""`grader exam print`, `scan` and `resolve`, as they are typed."""

from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
import yaml

from grader.exam.scanning.print_store import PaperStore
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder
from tests.exam.making import exam_of, question, single

from .filling import fill
from .pens import Paper, Pen
from .printing import pictures_of
from .scanners import Scan, take

TOLD = exam_of(
    single("edge"),
    single("blob", right="a"),
    question("text", {"accept": ["homography"]}, "word"),
    question("practical", {"criteria": {"way": {"says": "The way.", "points": 2}}}, "work"),
    question("practical", {"criteria": {"end": {"says": "The end.", "points": 2}}}, "more"),
)


class Office:
    """A course with a printed exam, and a scanner."""

    def __init__(self, call, root):
        self.root, self.call = root, call
        folder = root / "course" / "assignments" / "midterm"
        folder.mkdir(parents=True)
        (root / "course" / "course.toml").write_text('title = "A course"\n')
        (folder / "exam.yaml").write_text(yaml.safe_dump(TOLD, sort_keys=False))
        (root / "class.csv").write_text("student,number\nana,17\nbruno,23\n")
        self.store = PaperStore(WorkFolder(root / "work"), "midterm")

    def exam(self, *arguments):
        return self.call("--course", self.root / "course", "--work", self.root / "work", "exam", *arguments)

    def print(self, *options):
        ended = self.exam("print", "midterm", "--class", self.root / "class.csv", "--out", self.root / "out", *options)
        (self.printed,) = self.store.prints().values()
        self.pictures = pictures_of(self.printed)
        return ended

    def sheet(self, copy, page):
        return f"{self.printed.id}-{copy}-{page}"

    def scan(self, copy, page, *marked, name=None, pen=None, cancelled=(), picture=None):
        """Put the sheet with these ticks into the folder of scans."""
        chosen = self.printed.copies[copy - 1].pages[page - 1]
        meanings = {box.id: "marked" if box.id in marked else "empty" for box in chosen.boxes}
        meanings |= dict.fromkeys(cancelled, "cancelled")
        chance = np.random.default_rng([1, *(name or "").encode()])
        filled = fill(self.pictures[self.sheet(copy, page)], chosen, meanings, pen or Pen(wobble_mm=0.1), chance)
        self.put(name or f"{copy}-{page}.png", take(filled, 200 / 25.4, Scan(quality=95), chance))

    def put(self, name, picture):
        (self.root / "scans").mkdir(exist_ok=True)
        cv2.imwrite(str(self.root / "scans" / name), picture)

    def read(self):
        return self.exam("scan", "midterm", self.root / "scans")

    def answers(self):
        responses = Gradebook(self.root / "work" / "gradebook.sqlite").responses("midterm")
        return {submission.student: run.answers for submission, run in responses}

    def page_with(self, item, copy=1):
        pages = self.printed.copies[copy - 1].pages
        return next(page.number for page in pages if item in {box.id for box in page.boxes})


@pytest.fixture
def office(call, tmp_path):
    return Office(call, tmp_path)


def test_printing_says_what_was_made_and_what_must_be_kept(office):
    ended = office.print("--blank", "1", "--digits", "2")
    out, pages = office.root / "out", len(office.printed.copies[0].pages)
    assert (ended.code, ended.out) == (
        0,
        f"3 copies of {pages} pages each: {out / 'copies.pdf'}\n"
        f"The key, for you alone: {out / 'key.pdf'}\n"
        f"The print {office.printed.id} is kept in {office.root / 'work'}: "
        "its sheets can be read as long as that is.\n",
    )
    assert (out / "copies.pdf").read_bytes().startswith(b"%PDF")
    assert office.store.prints()[office.printed.id].exam.title.say("en") == "A small exam"


def test_a_folder_that_cannot_be_written_to_is_told(office):
    (office.root / "file").write_text("")
    class_list = office.root / "class.csv"
    ended = office.exam("print", "midterm", "--class", class_list, "--out", office.root / "file" / "out")
    assert ended.code == 2
    assert "the PDF cannot be written: Not a directory\n  Choose another folder with --out DIR." in ended.err


def test_scans_without_a_print_are_refused_with_the_way_out(office):
    office.put("a.png", np.full((300, 200), 255, np.uint8))
    ended = office.read()
    assert ended.code == 2
    assert "no print of `midterm` is kept in this work folder" in ended.err
    assert "grader exam print midterm; or name the work folder of the print with --work." in ended.err


def test_every_page_ends_as_one_thing_and_the_counts_add_up(office):
    office.print()
    pages = len(office.printed.copies[0].pages)
    assert pages == 2
    for page in (1, 2):
        office.scan(1, page, "edge.b", "blob.a", "work.way.1", "more.end.2")
    office.scan(2, 1, "edge.c", "blob.a")
    office.put("3-blank.png", np.full((2339, 1654), 250, np.uint8))
    (office.root / "scans" / "4-broken.pdf").write_bytes(b"%PDF-1.4 broken")
    ended = office.read()
    assert ended.code == 1
    assert "1 blank side: 3-blank.png, page 1.\n" in ended.out
    assert "4-broken.pdf, page 1: rejected. It cannot be opened: " in ended.out
    assert "Copy 2 (bruno): page 2 of 2 did not come.\n" in ended.out
    assert "5 pages in 5 files = 3 read, 0 needs review, 1 blank, 1 rejected.\n" in ended.out
    assert "Responses: 2 new, 0 changed, 0 known already.\n" in ended.out
    assert office.answers()["ana"]["edge"].value == ["b"]
    assert office.answers()["ana"]["work"].value == {"way": 1.0}


def test_answers_from_paper_are_scored_as_those_from_a_file(office):
    office.print()
    for page in (1, 2):
        office.scan(1, page, "edge.b", "blob.c", "work.way.1", "more.end.2")
    office.read()
    told = json.loads(office.exam("score", "midterm", "--json").out)["students"][0]
    assert told["student"] == "ana"
    earned = {finding["criterion"]: finding["earned"] for finding in told["findings"]}
    assert earned == {"edge": 2.0, "blob": 0.0, "word": 0.0, "work-way": 1.0, "more-end": 2.0}


def test_what_is_unsure_waits_with_its_picture_until_a_person_says_what_it_is(office):
    office.print()
    faint = Pen(darkness=0.25, wobble_mm=0.1)
    page = office.page_with("edge.c")
    office.scan(1, page, "edge.c", pen=faint)
    ended = office.read()
    sheet = office.sheet(1, page)
    cut = office.store.root / "cuts" / sheet / "edge.png"
    assert ended.code == 1
    assert f"  {sheet} edge (edge.c): It is faint: a soft pencil, or what an eraser left.\n    {cut}\n" in ended.out
    assert f"Say what you see: grader exam resolve midterm {sheet} edge.c marked\n" in ended.out
    assert "1 page in 1 file = 0 read, 1 needs review, 0 rejected." in ended.out
    assert cv2.imread(str(cut)).shape[0] > 100
    assert office.answers()["ana"]["edge"].status == "unusable"
    assert "edge (edge.c): It is faint" in office.exam("resolve", "midterm").out

    settled = office.exam("resolve", "midterm", sheet, "edge.c", "marked", "--who", "dora")
    assert (settled.code, settled.out) == (0, "Nothing waits for a person.\n")
    assert office.answers()["ana"]["edge"].value == ["c"]


def test_what_a_person_said_is_never_read_again(office):
    office.print()
    page = office.page_with("edge.c")
    sheet = office.sheet(1, page)
    office.scan(1, page, "edge.c")
    office.read()
    assert office.answers()["ana"]["edge"].value == ["c"]
    office.exam("resolve", "midterm", sheet, "edge.c", "empty", "--who", "dora")
    office.exam("resolve", "midterm", sheet, "edge.a", "marked", "--who", "dora")
    office.scan(1, page, "edge.c", name="again.png")
    ended = office.read()
    assert "again.png, page 1: read. It is the same sheet as 1-1.png, page 1: they are read together.\n" in ended.out
    assert "2 pages in 2 files = 2 read, 0 needs review, 0 rejected.\n" in ended.out
    assert office.answers()["ana"]["edge"].value == ["a"]
    told = Gradebook(office.root / "work" / "gradebook.sqlite").log.read("mark", "midterm")
    assert [event.data["value"] for event in told] == ["empty", "marked"]


def test_a_sheet_that_comes_twice_counts_once(office):
    office.print()
    office.scan(1, 1, name="a.png")
    office.scan(1, 1, name="b.png")
    ended = office.read()
    assert "b.png, page 1: read. It is the same sheet as a.png, page 1: they are read together.\n" in ended.out
    assert "2 pages in 2 files = 2 read, 0 needs review, 0 rejected.\n" in ended.out


def test_where_two_scans_of_a_sheet_differ_a_person_decides(office):
    office.print()
    page = office.page_with("edge.c")
    office.scan(1, page, "edge.c", name="a.png")
    office.scan(1, page, "edge.b", name="b.png")
    ended = office.read()
    assert (
        "Scans of this sheet differ: it has a mark in b.png, page 1, and another or none in a.png, page 1.\n"
        in ended.out
    )
    assert office.answers()["ana"]["edge"].status == "unusable"


def test_a_photocopy_on_which_somebody_else_wrote_is_suspected(office):
    office.print()
    page = office.page_with("edge.c")
    office.scan(1, page, "edge.c", "edge.d", name="a.png")
    office.scan(1, page, "edge.a", "edge.b", name="b.png")
    told = (
        f"The scans of {office.sheet(1, page)} differ in 4 boxes. If one is a photocopy on which another student "
        "wrote, that student needs a copy of another number.\n"
    )
    assert told in office.read().out


def test_a_second_look_at_the_same_files_changes_nothing(office):
    office.print()
    for page in (1, 2):
        office.scan(1, page, "edge.b", "blob.a", "work.way.1", "more.end.2")
    office.read()
    again = office.read()
    assert again.code == 0
    assert "1-1.png, page 1: read. It was read before.\n" in again.out
    assert "Responses: 0 new, 0 changed, 1 known already.\n" in again.out


def test_a_copy_without_a_mark_is_named(office):
    office.print()
    for page in (1, 2):
        office.scan(2, page)
    assert "Copy 2 (bruno): all its pages came, and none has a mark.\n" in office.read().out


def test_a_number_that_is_ticked_names_the_student(office):
    office.print("--blank", "1", "--digits", "2")
    pages = len(office.printed.copies[2].pages)
    for page in range(1, pages + 1):
        office.scan(3, page, "STUDENT.0.1", "STUDENT.1.7", "edge.b")
    office.read()
    assert office.answers()["ana"]["edge"].value == ["b"]


def test_two_copies_of_one_student_count_for_nobody_until_a_person_says_which(office):
    office.print("--blank", "1", "--digits", "2")
    office.scan(1, office.page_with("edge.c"), "edge.c")
    for page in range(1, len(office.printed.copies[2].pages) + 1):
        office.scan(3, page, "STUDENT.0.1", "STUDENT.1.7", "edge.b")
    told = "`ana` has more than one copy, 1, 3: until a person says which one is nobody's, none counts."
    ended = office.read()
    assert f"Copy 1 (ana): {told}\n" in ended.out
    assert f"Copy 3 (ana): {told}\n" in ended.out
    assert {str(answer.because) for answer in office.answers()["ana"].values()} == {told}
    first = office.sheet(1, office.page_with("edge.c"))
    assert f"  {first} STUDENT: {told} Nobody's is written -.\n" in ended.out
    office.exam("resolve", "midterm", office.sheet(1, office.page_with("edge.c")), "STUDENT", "-", "--who", "dora")
    assert office.answers()["ana"]["edge"].value == ["b"]


def test_a_second_copy_that_comes_later_takes_back_what_the_first_one_brought(office):
    office.print("--blank", "1", "--digits", "2")
    for page in range(1, len(office.printed.copies[0].pages) + 1):
        office.scan(1, page, "edge.c")
    office.read()
    assert office.answers()["ana"]["edge"].value == ["c"]
    for page in range(1, len(office.printed.copies[2].pages) + 1):
        office.scan(3, page, "STUDENT.0.1", "STUDENT.1.7", "edge.b")
    office.read()
    assert {answer.status for answer in office.answers()["ana"].values()} == {"unusable"}


def test_a_copy_that_turns_out_to_be_anothers_counts_no_longer_for_the_first(office):
    office.print("--blank", "1", "--digits", "2")
    for page in range(1, len(office.printed.copies[2].pages) + 1):
        office.scan(3, page, "STUDENT.0.1", "STUDENT.1.7", "edge.b")
    office.read()
    office.exam("resolve", "midterm", office.sheet(3, 1), "STUDENT", "bruno", "--who", "dora")
    assert office.answers()["bruno"]["edge"].value == ["b"]
    told = "It was read from copy 3, of which a person has said that it is another's."
    assert {str(answer.because) for answer in office.answers()["ana"].values()} == {told}


def test_students_of_whose_copy_nothing_came_are_named(office):
    office.print()
    office.scan(1, 1)
    assert "Of 1 student with a printed copy no sheet has come yet: bruno.\n" in office.read().out


def test_words_are_read_by_a_person(office):
    office.print()
    copy = office.printed.copies[0]
    page = next(page for page in copy.pages if any(field.question == "word" for field in page.fields))
    field = next(field for field in page.fields if field.question == "word")
    paper = Paper(office.pictures[office.sheet(1, page.number)], 200 / 25.4)
    paper.write_words(field, "homography", Pen(), np.random.default_rng(1))
    office.put("a.png", take(paper.picture, 200 / 25.4, Scan(quality=95), np.random.default_rng(2)))
    sheet = office.sheet(1, page.number)
    ended = office.read()
    assert f"{sheet} word: It is written by hand: a person reads it.\n" in ended.out
    assert f'grader exam resolve midterm {sheet} word "ANSWER"\n' in ended.out
    assert office.exam("resolve", "midterm", sheet, "word", "homography", "--who", "dora").code == 0
    assert office.answers()["ana"]["word"].value == "homography"


@pytest.mark.parametrize(
    ("item", "value", "told"),
    [
        ("edge.c", "maybe", "`maybe` is nothing that a box can be\n  It is one of: marked, empty."),
        ("edge.z", "marked", "this page has no `edge.z`\n  There are `STUDENT`, and: edge, edge."),
        ("edge", "Option z", "this is no answer to `edge`: “option z” is none of the known options: a person decides."),
        ("STUDENT", " ", "a student needs a name\n  Or `-`, where the copy belongs to nobody."),
    ],
)
def test_what_cannot_be_said_of_an_item_is_refused(office, item, value, told):
    office.print()
    page = office.page_with("edge.c")
    office.scan(1, page)
    office.read()
    ended = office.exam("resolve", "midterm", office.sheet(1, page), item, value, "--who", "dora")
    assert ended.code == 2
    assert told in ended.err


def test_points_of_an_exercise_are_given_box_by_box(office):
    office.print()
    page = office.page_with("work.way.1")
    office.scan(1, page)
    office.read()
    ended = office.exam("resolve", "midterm", office.sheet(1, page), "work", "1", "--who", "dora")
    assert ended.code == 2
    assert "the points of `work` are given box by box\n  Say which box is marked, or empty." in ended.err


def test_a_sheet_that_has_not_come_and_half_a_sentence_are_refused(office):
    office.print()
    office.scan(1, 1)
    office.read()
    ended = office.exam("resolve", "midterm", "0a1b2c-9-9", "edge.c", "marked", "--who", "dora")
    assert ended.code == 2
    assert (
        "no sheet `0a1b2c-9-9` has been read\n"
        f"  Its name stands at its upper right. These were read: {office.sheet(1, 1)}." in ended.err
    )
    ended = office.exam("resolve", "midterm", office.sheet(1, 1))
    assert "say which item of the sheet, and what it is\n  For example: grader exam resolve midterm" in ended.err


def test_a_changed_file_of_a_print_is_told_and_not_guessed(office):
    office.print()
    path = office.store.root / "prints" / f"{office.printed.id}.json"
    path.write_text('{"id": "0"}')
    office.put("a.png", np.full((300, 200), 255, np.uint8))
    ended = office.read()
    assert ended.code == 2
    assert f"{path}: this file is damaged, or is of another version" in ended.err


def test_a_later_key_changes_no_mark_that_was_read(office):
    office.print()
    for page in (1, 2):
        office.scan(1, page, "edge.b", "blob.a", "work.way.1", "more.end.2")
    office.read()
    before = office.answers()
    told = {
        **TOLD,
        "sections": [{**TOLD["sections"][0], "questions": list(reversed(TOLD["sections"][0]["questions"]))}],
    }
    (office.root / "course" / "assignments" / "midterm" / "exam.yaml").write_text(yaml.safe_dump(told, sort_keys=False))
    assert "Responses: 0 new, 0 changed, 1 known already." in office.read().out
    assert office.answers() == before
