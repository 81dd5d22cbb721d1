"""A class hands in by mail, link and list: everything ends as submissions with their evidence, and nothing is lost."""

import hashlib
from datetime import timedelta

import pytest

from grader.collect.google_account import ENDPOINT
from grader.course.course import read_course
from grader.deadlines.due_dates import read_handed_in
from grader.deadlines.lateness import choose, find_step
from grader.deadlines.roster_status import stand
from grader.errors import UserError
from grader.store.checkup import check_folder
from grader.store.work_folder import WorkFolder
from grader.verbs.collection import collect
from tests.collect.conftest import DUE, HOUR, colab, identity, write_mail
from tests.collect.google_double import FOLDER, PROFESSOR
from tests.small_course import RIGHT, WRONG, notebook_of

DAY = timedelta(days=1)
CONTENT = notebook_of(*RIGHT).encode()
OTHER = notebook_of(*WRONG).encode()
NO_WORK = (
    "There is neither a notebook nor a link to one in your mail. In Colab: File, Save a copy in Drive; then Share, "
    "General access, Anyone with the link; Copy link, and send that link. "
    "Or send the notebook itself: File, Download, Download .ipynb."
)


class Class:
    """The small course with a deadline and a roster, collected from the double."""

    def __init__(self, root, work, google):
        self.google = google
        (root / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
        (root / "assignments/hello/assignment.toml").write_text(
            'title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n[late]\nrule = "per-day"\ncosts = 0.25\n'
        )
        (root / "roster.csv").write_text(
            "student,name,addresses\nana,Ana Paz,ana@example.org\nbruno,Bruno Gil,bruno@gmail.com\n"
        )
        self.root = root
        self.course, self.work = read_course(root), WorkFolder(work)

    def collect(self, *sources):
        return collect(self.course, self.work, self.course.assignment("hello"), sources or ("gmail:subject:hw2",))

    @property
    def submissions(self):
        return self.work.gradebook.submissions("hello")

    @property
    def counted(self):
        """student -> (the bytes that count, how their time is known)"""
        handed_in = read_handed_in(self.course, self.work.gradebook, self.course.assignment("hello"))
        found = {}
        for student, own in handed_in.submissions.items():
            terms = handed_in.terms[student]
            chosen = choose(own, terms)
            found[student] = (self.work.submission(chosen.sha256), find_step(chosen, terms.closes))
        return found

    @property
    def notes(self):
        """student -> (in, late or to contact; what is told)"""
        handed_in = read_handed_in(self.course, self.work.gradebook, self.course.assignment("hello"))
        rows = stand(handed_in, self.course.roster, self.work.gradebook.problems("hello"))
        return {row.student: (row.state, " ".join(map(str, row.notes))) for row in rows}

    def mail(self, address, text="", sent=-DAY, labels=(), **more):
        return self.google.add_mail(write_mail(address, text, **more), DUE + sent, *labels)

    def file(self, number, content=CONTENT, modified=-2 * DAY, owner="ana@example.org", **more):
        return self.google.add_file(identity(number), owner, content, DUE + modified, **more)


@pytest.fixture
def handing_in(course, google, config, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(config.parent))
    monkeypatch.setenv(ENDPOINT, google.url)
    return Class(course, tmp_path / "work", google)


def test_a_notebook_in_a_mail_and_a_link_in_another_are_both_in(handing_in):
    handing_in.mail("Ana <ana@example.org>", notebooks={"hw.ipynb": CONTENT})
    handing_in.file(1, OTHER)
    handing_in.mail("b.runo+uni@gmail.com", f"Here: {colab(1)}")
    handing_in.collect()
    assert handing_in.counted == {"ana": (CONTENT, "attachment"), "bruno": (OTHER, "snapshot")}
    ana, bruno = handing_in.submissions
    assert (ana.source, ana.received) == ("mail: hw.ipynb", DUE - DAY)
    assert (bruno.source, bruno.received) == ("mail: shared notebook hw.ipynb", DUE - DAY)
    assert (bruno.evidence.looked, bruno.evidence.modified) == (DUE - HOUR, DUE - 2 * DAY)
    assert handing_in.notes == {
        "ana": ("in", "2024-08-10 00:00:00 UTC−03:00 (came with a mail)."),
        "bruno": ("in", "2024-08-10 00:00:00 UTC−03:00 (copied in time)."),
    }


def test_collecting_again_changes_nothing_and_fetches_nothing_again(handing_in):
    handing_in.file(1)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.mail("bruno@gmail.com", notebooks={"hw.ipynb": OTHER})
    handing_in.collect()
    before = handing_in.submissions
    handing_in.google.requests.clear()
    handing_in.collect()
    assert handing_in.submissions == before
    asked = [path for method, path in handing_in.google.requests if method == "GET"]
    assert not any("alt=media" in path or "format=raw" in path for path in asked)


def test_a_mail_that_cannot_be_read_is_its_senders_problem_and_the_others_are_in(handing_in):
    handing_in.mail("bruno@gmail.com", notebooks={"hw.ipynb": OTHER})
    handing_in.mail("ana@example.org", notebooks={"hw.ipynb": CONTENT})
    broken = write_mail("ana@example.org", notebooks={"hw.ipynb": OTHER}).replace(b"-ID: <", b"-ID: <" + b"(" * 3000)
    handing_in.google.add_mail(broken, DUE - HOUR)
    handing_in.collect()
    assert handing_in.counted["bruno"] == (OTHER, "attachment")
    _, note = handing_in.notes["ana"]
    assert "Your mail is damaged: it cannot be read." in note


@pytest.mark.parametrize("damage", [lambda content: b"", lambda content: content.replace(b'"id"', b'"ID"', 1)])
def test_a_kept_mail_that_is_damaged_is_fetched_again(handing_in, damage):
    handing_in.mail("bruno@gmail.com", notebooks={"hw.ipynb": OTHER})
    handing_in.collect()
    before = handing_in.submissions
    (kept,) = (handing_in.work.root / "messages").iterdir()
    content = kept.read_bytes()
    kept.write_bytes(damage(content))
    assert [problem.where for problem in check_folder(handing_in.work).damaged] == [str(kept)]
    handing_in.collect()
    assert (handing_in.submissions, kept.read_bytes()) == (before, content)


def test_a_link_that_is_edited_before_the_deadline_counts_as_it_was_last_seen_in_time(handing_in):
    file = handing_in.file(1)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.collect()
    file.states.append((DUE - 30 * timedelta(minutes=1), OTHER))
    handing_in.google.clock = lambda: DUE
    handing_in.collect()
    file.states.append((DUE + HOUR, CONTENT + b" "))
    handing_in.google.clock = lambda: DUE + DAY
    handing_in.collect()
    assert handing_in.counted == {"ana": (OTHER, "snapshot")}
    assert len(handing_in.submissions) == 3


def test_a_link_first_seen_late_counts_if_it_says_that_it_was_not_changed(handing_in):
    handing_in.file(1)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.google.clock = lambda: DUE + DAY
    handing_in.collect()
    assert handing_in.counted == {"ana": (CONTENT, "unchanged")}


def test_a_link_first_seen_late_and_changed_is_for_a_person_to_decide(handing_in):
    handing_in.file(1, modified=HOUR)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.google.clock = lambda: DUE + DAY
    handing_in.collect()
    assert handing_in.counted == {"ana": (CONTENT, "changed")}
    assert handing_in.notes["ana"] == (
        "late",
        "2024-08-11 01:00:00 UTC−03:00, 1 h 0 min late (changed after the deadline, and no earlier copy: "
        "a person has to decide).",
    )


def test_where_the_history_may_be_seen_the_last_state_in_time_counts(handing_in):
    file = handing_in.file(1, writers=frozenset({PROFESSOR}))
    file.states += [(DUE - HOUR, OTHER), (DUE + HOUR, CONTENT + b" ")]
    handing_in.mail("ana@example.org", colab(1))
    handing_in.google.clock = lambda: DUE + DAY
    handing_in.collect()
    assert handing_in.counted == {"ana": (OTHER, "revision")}
    assert len(handing_in.submissions) == 2


def test_the_last_mail_in_time_counts_even_if_an_earlier_link_was_edited_after_it(handing_in):
    handing_in.file(1, modified=-2 * HOUR)
    handing_in.file(2, OTHER, modified=-2 * DAY)
    handing_in.mail("ana@example.org", colab(1), sent=-3 * DAY)
    handing_in.mail("ana@example.org", colab(2), sent=-DAY)
    handing_in.collect()
    assert handing_in.counted == {"ana": (OTHER, "snapshot")}
    assert len(handing_in.submissions) == 2


def test_a_mail_that_came_too_late_does_not_displace_one_in_time(handing_in):
    handing_in.file(1)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.mail("ana@example.org", notebooks={"hw.ipynb": OTHER}, sent=HOUR)
    handing_in.collect()
    assert handing_in.counted == {"ana": (CONTENT, "snapshot")}


def test_a_mail_that_came_too_late_does_not_make_an_earlier_link_look_unchanged(handing_in):
    handing_in.file(1, modified=HOUR)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.mail("ana@example.org", notebooks={"hw.ipynb": OTHER}, sent=2 * HOUR)
    handing_in.google.clock = lambda: DUE + DAY
    handing_in.collect()
    assert [one.received - DUE for one in handing_in.submissions] == [2 * HOUR, HOUR]
    assert handing_in.notes["ana"][0] == "late"


def test_a_link_mailed_again_after_the_deadline_stays_as_old_as_it_was(handing_in):
    handing_in.file(1)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.mail("ana@example.org", f"again {colab(1)}", sent=HOUR)
    handing_in.collect()
    assert [one.received for one in handing_in.submissions] == [DUE - DAY]


def test_what_is_sent_late_is_late(handing_in):
    handing_in.mail("ana@example.org", notebooks={"hw.ipynb": CONTENT}, sent=HOUR)
    handing_in.collect()
    assert handing_in.notes["ana"] == ("late", "2024-08-11 01:00:00 UTC−03:00, 1 h 0 min late (came with a mail).")


def test_everybody_who_is_not_in_is_to_chase_with_the_next_step(handing_in):
    handing_in.mail("ana@example.org", "Dear professor, here is my work.")
    handing_in.collect()
    assert handing_in.notes == {
        "ana": ("to contact", NO_WORK),
        "bruno": ("to contact", "Has sent nothing."),
    }


def test_a_link_that_does_not_open_is_a_named_failure_and_gone_when_it_opens(handing_in):
    file = handing_in.file(1, anyone=False)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.collect()
    assert handing_in.notes["ana"][1].startswith("The link does not open for us")
    file.anyone = True
    handing_in.collect()
    assert handing_in.notes["ana"][0] == "in"


def test_who_sent_a_link_that_opens_after_one_that_does_not_is_not_reproached(handing_in):
    handing_in.file(2)
    handing_in.mail("ana@example.org", colab(1), sent=-3 * DAY)
    handing_in.mail("ana@example.org", colab(2), sent=-2 * DAY)
    handing_in.mail("ana@example.org", "Did it arrive?")
    handing_in.collect()
    assert handing_in.notes["ana"] == ("in", "2024-08-09 00:00:00 UTC−03:00 (copied in time).")
    assert handing_in.work.gradebook.problems("hello") == []


def test_of_two_links_that_do_not_open_the_last_one_is_told(handing_in):
    for number in (1, 2):
        handing_in.mail("ana@example.org", colab(number), sent=-DAY + number * HOUR)
    handing_in.collect()
    assert len(handing_in.work.gradebook.problems("hello")) == 1


def test_a_stranger_is_told_with_a_guess_and_is_in_once_the_roster_knows_them(handing_in):
    handing_in.mail('"Paz, Ana" <a.paz@other.example>', notebooks={"hw.ipynb": CONTENT})
    handing_in.collect()
    assert handing_in.notes["? a.paz@other.example"] == (
        "to contact",
        "The sender is not in the roster. It may be ana. If you know whose it is, add the address to that row, "
        "and collect again.",
    )
    roster = handing_in.root / "roster.csv"
    roster.write_text(roster.read_text().replace("ana@example.org", "ana@example.org a.paz@other.example"))
    handing_in.collect()
    assert handing_in.counted == {"ana": (CONTENT, "attachment")}


def test_a_mail_that_gmail_does_not_believe_counts_and_is_flagged(handing_in):
    handing_in.mail("ana@example.org", notebooks={"hw.ipynb": CONTENT}, authentic=False, labels=("SPAM",))
    handing_in.collect()
    assert handing_in.notes["ana"] == (
        "in",
        "2024-08-10 00:00:00 UTC−03:00 (came with a mail). Gmail could not make sure that the mail comes from the "
        "address that it names. The mail lay in the folder for spam.",
    )


def test_two_students_with_the_same_shared_notebook_are_told_of_each_other(handing_in):
    handing_in.file(1)
    for address in ("ana@example.org", "bruno@gmail.com"):
        handing_in.mail(address, colab(1))
    handing_in.collect()
    assert handing_in.notes["ana"][1].endswith(
        "The same shared notebook was handed in by bruno. The same file, byte for byte, was handed in by bruno."
    )


def test_what_is_no_notebook_is_told(handing_in):
    handing_in.file(1, b"<!DOCTYPE html>")
    handing_in.mail("ana@example.org", colab(1))
    handing_in.collect()
    assert handing_in.notes["ana"] == (
        "to contact",
        "The link leads to no notebook. The file is a web page, not a notebook: in Colab use File, Download, "
        "Download .ipynb instead of saving the page. Send the notebook’s own link.",
    )


def test_a_notebook_in_its_owners_bin_is_in_and_flagged(handing_in):
    handing_in.file(1, trashed=True)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.collect()
    assert handing_in.notes["ana"][1].endswith(
        "The notebook is in its owner’s bin on Drive: if that was by mistake, it has to be restored."
    )


def test_a_mail_with_two_notebooks_says_which_counts(handing_in):
    handing_in.mail("ana@example.org", notebooks={"a.ipynb": CONTENT, "b.ipynb": OTHER})
    handing_in.collect()
    assert handing_in.counted == {"ana": (OTHER, "attachment")}
    assert "The mail brings more than one notebook: the last one in it counts." in handing_in.notes["ana"][1]


def test_mails_come_page_by_page_and_one_that_is_deleted_meanwhile_is_left(handing_in):
    handing_in.google.page_size = 1
    gone = handing_in.mail("ana@example.org", notebooks={"hw.ipynb": OTHER}, sent=-2 * DAY)
    handing_in.mail("ana@example.org", notebooks={"hw.ipynb": CONTENT})
    handing_in.google.before_answer = lambda path: (
        handing_in.google.messages.pop(gone, None) if "format=raw" in path else None
    )
    handing_in.collect()
    assert handing_in.counted == {"ana": (CONTENT, "attachment")}


def test_a_folder_on_drive_gives_each_file_to_its_owner(handing_in):
    handing_in.file(9, mime=FOLDER)
    handing_in.file(1, parents=(identity(9),))
    handing_in.file(2, OTHER, parents=(identity(9),), owner="x@example.org", name="bruno.ipynb")
    handing_in.file(3, OTHER, parents=(identity(9),), owner="y@example.org", name="\x1bwho.ipynb")
    handing_in.collect(f"drive:{identity(9)}")
    assert {student: content for student, (content, _) in handing_in.counted.items()} == {
        "ana": CONTENT,
        "bruno": OTHER,
    }
    assert handing_in.notes["? \\x1bwho.ipynb"][1] == (
        "Whose `\\x1bwho.ipynb` is, is not known. Add the owner’s address to the roster, and collect again."
    )
    handing_in.google.requests.clear()
    handing_in.collect(f"drive:{identity(9)}")
    assert sum("alt=media" in path for _, path in handing_in.google.requests) == 1  # only the one that is nobody's


def test_a_list_of_links_is_followed_and_a_form_tells_when(handing_in, tmp_path):
    handing_in.file(1)
    handing_in.file(2, OTHER)
    path = tmp_path / "answers.csv"
    path.write_text(
        "Timestamp,Email Address,Link\n"
        f"2024/08/10 11:30:00 PM GMT-3,Ana@example.org,{colab(1)}\n"
        f"2024/08/11 12:30:00 AM GMT-3,bruno@gmail.com,see {colab(2)}\n"
    )
    handing_in.google.clock = lambda: DUE + DAY
    handing_in.collect(str(path))
    assert handing_in.notes == {
        "bruno": ("late", "2024-08-11 00:30:00 UTC−03:00, 30 min 0 s late (copied later, last changed in time)."),
        "ana": ("in", "2024-08-10 23:30:00 UTC−03:00 (copied later, last changed in time)."),
    }


def test_gmail_without_a_roster_is_told(handing_in):
    (handing_in.root / "course.toml").write_text('title = "A small course"\n')
    handing_in.course = read_course(handing_in.root)
    with pytest.raises(UserError) as refused:
        handing_in.collect()
    assert str(refused.value) == (
        "mails are matched with students by the roster, and course.toml names none\n"
        '  Write roster = "roster.csv" there; the file: student,name,addresses'
    )


def test_the_bytes_are_kept_as_they_came(handing_in):
    content = CONTENT.replace(b"\n", b"\r\n") + b"\n\n"
    handing_in.file(1, content)
    handing_in.mail("ana@example.org", colab(1))
    handing_in.collect()
    (one,) = handing_in.submissions
    assert one.sha256 == hashlib.sha256(content).hexdigest()
    assert handing_in.work.submission(one.sha256) == content
