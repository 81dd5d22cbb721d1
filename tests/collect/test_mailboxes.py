"""Mails in files are handed in as mails are: by whom, when and with what, and what is left out has a name."""

import email
import email.policy
import io
import mailbox
import os
import zipfile
from datetime import UTC, datetime

import pytest

from grader.collect.mailboxes import NO_TIME, OWN_TIME, UNSURE, is_mailbox, read_mailbox
from grader.collect.source_names import MailboxSource, parse_source
from tests.collect.conftest import DUE, HOUR, colab, write_mail
from tests.collect.test_collecting import CONTENT, OTHER, handing_in
from tests.small_course import run_grader

__all__ = ["handing_in"]

ANA, BRUNO = "Ana Paz <ana@example.org>", "bruno@gmail.com"
NOBODY = "news@shop.example"


def take_in(raw, moment=DUE - HOUR, host="mx.uni.example", vouch=True):
    """The mail as it lies in a mailbox of the host: with the lines that the host wrote on top."""
    own = raw.split(b"\n", 1)[1] if raw.startswith(b"Authentication-Results") else raw
    domain = raw.partition(b"From: ")[2].splitlines()[0].rpartition(b"@")[2].rstrip(b">").decode()
    vouched = f"Authentication-Results: {host}; dkim=pass header.d={domain}\n" if vouch else ""
    came = f"{moment:%a, %d %b %Y %H:%M:%S} +0000"
    return f"Received: from mail.example by {host} (Postfix) id 4X;\n\t{came}\n{vouched}".encode() + own


def write_mbox(path, *mails):
    box = mailbox.mbox(path)
    for mail in mails:
        box.add(mail)
    box.close()
    return path


def letters_of(path):
    return [found for found in read_mailbox(path) if not isinstance(found, str)]


def flags_of(letter):
    return [str(flag) for flag in letter.flags]


def read_one(tmp_path, raw):
    (tmp_path / "one.eml").write_bytes(raw)
    (letter,) = letters_of(tmp_path / "one.eml")
    return letter


# ---- one mail -------------------------------------------------------------------------------------------------------


def test_a_mail_came_when_the_last_server_took_it_in(tmp_path):
    raw = write_mail(
        ANA, Date="Mon, 1 Jan 2001 00:00:00 +0000", Received="by a.example; Tue, 2 Jan 2001 00:00:00 +0000"
    )
    letter = read_one(tmp_path, take_in(raw))
    assert (letter.address, letter.received, letter.flags) == ("ana@example.org", DUE - HOUR, ())


@pytest.mark.parametrize(
    ("date", "moment", "flag"),
    [
        ("Sat, 10 Aug 2024 22:00:00 -0300", datetime(2024, 8, 11, 1, tzinfo=UTC), OWN_TIME),
        ("Sat, 10 Aug 2024 22:00:00 -0000", datetime(2024, 8, 10, 22, tzinfo=UTC), OWN_TIME),
        ("yesterday", datetime(2020, 1, 1, tzinfo=UTC), NO_TIME),
        (None, datetime(2020, 1, 1, tzinfo=UTC), NO_TIME),
    ],
)
def test_a_mail_that_no_server_took_in_says_whose_its_time_is(tmp_path, date, moment, flag):
    path = tmp_path / "one.eml"
    path.write_bytes(write_mail(ANA, **({"Date": date} if date else {})))
    os.utime(path, (datetime(2020, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    (letter,) = letters_of(path)
    assert letter.received == moment
    assert str(flag) in flags_of(letter)


TAKEN = "Received: by mx.uni.example; x\n"
OVER_GMAIL = "Received: by 2002:a05:7300:1 with SMTP id k1csp2; x\n"


@pytest.mark.parametrize(
    ("head", "vouched", "sure"),
    [
        (TAKEN, "mx.uni.example; dkim=pass header.d=example.org", True),
        (TAKEN, "uni.example 1; dmarc=pass header.from=example.org", True),
        (TAKEN, "mx.evil.example; dkim=pass header.d=example.org", False),
        (TAKEN, "mx.uni.example; dkim=pass header.d=evil.example", False),
        (TAKEN, "", False),
        ("", "mx.uni.example; dkim=pass header.d=example.org", False),
        (OVER_GMAIL, "mx.google.com; dkim=pass header.d=example.org", True),
        ("X-GM-THRID: 17\nReceived: by mx9.example; x\n", "mx.google.com; dkim=pass header.d=example.org", True),
        (TAKEN, "mx.google.com; dkim=pass header.d=example.org", False),
    ],
)
def test_the_sender_is_believed_where_the_server_that_took_the_mail_in_vouches(tmp_path, head, vouched, sure):
    head += f"Authentication-Results: {vouched}\n" if vouched else ""
    letter = read_one(tmp_path, f"{head}From: ana@example.org\nSubject: hw2\n\nHello".encode())
    assert (str(UNSURE) in flags_of(letter)) is not sure


def attach(raw, name, content):
    message = email.message_from_bytes(raw, policy=email.policy.default)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return bytes(message)


def pack(**files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name.replace("_", "."), content)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "notebooks"),
    [
        ("hw.zip", pack(notes_txt=b"x", hw_ipynb=CONTENT), [CONTENT]),
        ("hw.zip", pack(a_ipynb=b"{}", b_ipynb=OTHER, c_ipynb=CONTENT), [OTHER, CONTENT]),
        ("hw.ipynb.txt", CONTENT, [CONTENT]),
        ("notes.txt", b"Hello", []),
        ("hw.zip", b"PK\x03\x04 cut off", []),
        ("hw.pdf", b"%PDF", []),
    ],
)
def test_a_notebook_in_an_attached_zip_or_saved_as_text_counts(tmp_path, name, content, notebooks):
    letter = read_one(tmp_path, attach(take_in(write_mail(ANA, "Here it is.")), name, content))
    assert [found for _name, found in letter.notebooks] == notebooks
    assert letter.others == (name,)


def test_a_notebook_in_a_forwarded_mail_says_of_whom_the_mail_is(tmp_path):
    def forward(inner):
        outer = email.message_from_bytes(take_in(write_mail(ANA, "See below.")), policy=email.policy.default)
        outer.add_attachment(email.message_from_bytes(inner, policy=email.policy.default))
        return read_one(tmp_path, bytes(outer))

    of_bruno = forward(write_mail(BRUNO, notebooks={"hw.ipynb": CONTENT}))
    assert of_bruno.notebooks == (("hw.ipynb", CONTENT),)
    assert flags_of(of_bruno) == ["The notebook is in a forwarded mail of bruno@gmail.com."]
    assert flags_of(forward(write_mail(ANA, notebooks={"hw.ipynb": CONTENT}))) == []


OUTLOOK = '<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">From: bruno</div><div>{}</div>'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("{own}\n\n-----Original Message-----\nFrom: Bruno\n\n{other}", ""),
        ("{own}\n\n________________________________\nFrom: Bruno\nSent: Monday\n\n{other}", ""),
        ("{own}\n\n---------- Forwarded message ---------\nFrom: Bruno\n\n{other}", ""),
        ("x", "<p>{own}</p>" + OUTLOOK.format("{other}")),
        ("x", '<p>{own}</p><div class="moz-forward-container"><p>{other}</p></div>'),
        ("x", '<p>{own}</p><div id="x" class="yahoo_quoted"><p>{other}</p></div>'),
    ],
)
def test_a_link_in_what_a_mail_program_quotes_is_not_the_senders(tmp_path, text, html):
    links = {"own": colab(1), "other": colab(2)}
    letter = read_one(tmp_path, take_in(write_mail(ANA, text.format(**links), html=html.format(**links))))
    assert letter.links == (colab(1),)
    links["own"] = "See below."
    letter = read_one(tmp_path, take_in(write_mail(ANA, text.format(**links), html=html.format(**links))))
    assert (letter.links, flags_of(letter)) == ((colab(2),), ["The link stands only in a quoted part of the mail."])


# ---- mailboxes ------------------------------------------------------------------------------------------------------


def test_of_a_mailbox_each_mail_is_read_once(tmp_path):
    first, second = take_in(write_mail(ANA, colab(1))), take_in(write_mail(BRUNO, colab(2)))
    assert [one.links for one in letters_of(write_mbox(tmp_path / "hw.mbox", first, second, first))] == [
        (colab(1),),
        (colab(2),),
    ]


def test_a_line_that_begins_with_from_does_not_end_a_mail(tmp_path):
    raw = take_in(write_mail(ANA, f"Dear all\nFrom now on: {colab(1)}"))
    (letter,) = letters_of(write_mbox(tmp_path / "hw.mbox", raw))
    assert letter.links == (colab(1),)


def test_what_was_deleted_or_sent_by_us_is_no_work(tmp_path):
    deleted = take_in(write_mail(ANA, colab(1), **{"X-Mozilla-Status": "0009"}))
    kept = take_in(write_mail(ANA, colab(2), **{"X-Mozilla-Status": "0001"}))
    sent = take_in(write_mail(BRUNO, colab(3), **{"X-Gmail-Labels": "Sent,Opened"}))
    path = write_mbox(tmp_path / "hw.mbox", deleted, kept, sent)
    assert [letter.links for letter in letters_of(path)] == [(colab(2),)]


def test_a_mailbox_is_known_by_what_it_is(tmp_path):
    raw = take_in(write_mail(ANA, colab(1)))
    for place in ("apple.mbox", "mails/inner", "mixed", "empty"):
        (tmp_path / place).mkdir(parents=True)
    write_mbox(tmp_path / "Inbox", raw)  # Thunderbird's own
    write_mbox(tmp_path / "apple.mbox" / "mbox", raw)
    for place in ("mails/inner/1.eml", "mixed/1.eml", "mixed/ana.ipynb", "1.EML"):
        (tmp_path / place).write_bytes(raw)
    for place in ("Inbox", "apple.mbox", "mails", "1.EML"):
        assert parse_source(str(tmp_path / place)) == MailboxSource(tmp_path / place)
        assert [letter.links for letter in letters_of(tmp_path / place)] == [(colab(1),)]
    assert not is_mailbox(tmp_path / "mixed")
    assert not is_mailbox(tmp_path / "empty")


def test_a_mail_that_is_too_large_is_left_out_by_its_place(tmp_path, monkeypatch):
    monkeypatch.setattr("grader.collect.mailboxes.MOST_BYTES", 1 << 20)
    large = take_in(write_mail(ANA, notebooks={"hw.ipynb": b"x" * (1 << 20)}))
    path = write_mbox(tmp_path / "hw.mbox", large, take_in(write_mail(BRUNO, colab(2))))
    assert [found for found in read_mailbox(path) if isinstance(found, str)] == ["mail 1 of hw.mbox (more than 1 MiB)"]
    assert len(letters_of(path)) == 1


# ---- a class --------------------------------------------------------------------------------------------------------


def test_a_mailbox_is_collected_as_gmail_is(handing_in, tmp_path):
    handing_in.file(1)
    path = write_mbox(
        tmp_path / "hw.mbox",
        take_in(write_mail(ANA, f"Here: {colab(1)}"), DUE - 2 * HOUR),
        take_in(write_mail(BRUNO, notebooks={"first.ipynb": OTHER}), DUE - 3 * HOUR),
        take_in(write_mail(BRUNO, "Sorry, the right one is attached.", notebooks={"hw.ipynb": CONTENT}), DUE - HOUR),
        take_in(write_mail(BRUNO, "Too late?", notebooks={"late.ipynb": OTHER}), DUE + HOUR),
        take_in(write_mail(NOBODY, "Buy now!", subject="Our offers")),
    )
    found = handing_in.collect(str(path))
    assert {student: content for student, (content, _) in handing_in.counted.items()} == {
        "ana": CONTENT,
        "bruno": CONTENT,
    }
    assert [name for piece in found for name in piece.left_out] == ["“Our offers” of news@shop.example"]
    before = len(handing_in.submissions)
    handing_in.collect(str(path))
    assert len(handing_in.submissions) == before


def test_who_is_not_in_the_roster_and_sends_work_is_told(handing_in, tmp_path):
    path = write_mbox(tmp_path / "hw.mbox", take_in(write_mail(NOBODY, notebooks={"hw.ipynb": CONTENT})))
    (problem,) = [problem for piece in handing_in.collect(str(path)) for problem in piece.problems]
    assert (problem.called, str(problem.what)) == (NOBODY, "The sender is not in the roster.")


def test_who_sends_another_file_is_told_which_and_what_to_send(handing_in, tmp_path):
    path = write_mbox(tmp_path / "hw.mbox", attach(take_in(write_mail(ANA, "My work")), "hw.pdf", b"%PDF"))
    (problem,) = [problem for piece in handing_in.collect(str(path)) for problem in piece.problems]
    assert (problem.student, str(problem.what)) == ("ana", "You handed in `hw.pdf`, and no notebook (.ipynb).")
    assert "Download .ipynb" in str(problem.remedy)


def test_one_command_makes_graded_pages_of_a_mailbox_and_needs_no_account(course, tmp_path):
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    (course / "roster.csv").write_text("student,addresses\nana,ana@example.org\nbruno,bruno@gmail.com\n")
    path = write_mbox(
        tmp_path / "hw.mbox",
        take_in(write_mail(ANA, notebooks={"hw.ipynb": CONTENT})),
        take_in(write_mail(BRUNO, notebooks={"hw.ipynb": OTHER})),
    )
    nothing = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    ended = run_grader(course, tmp_path / "work", "grade", "hello", path, "--json", **nothing)
    assert ended.students["ana"]["earned"] > ended.students["bruno"]["earned"]
    assert len([*(tmp_path / "work").rglob("ana.html")]) == 1


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"MZ\x90\x00", "this is no mailbox: its first line does not begin with `From `"),
        (b"{\\rtf1}", "this is no mailbox: its first line does not begin with `From `"),
    ],
)
def test_a_file_that_is_no_mailbox_is_named_with_the_remedy(course, tmp_path, content, told):
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    (course / "roster.csv").write_text("student,name,addresses\nana,Ana Paz,ana@example.org\n")
    (tmp_path / "hw.mbox").write_bytes(content)
    ended = run_grader(course, tmp_path / "work", "collect", "hello", tmp_path / "hw.mbox")
    assert ended.code == 2
    assert told in ended.err
    assert "save each mail as an .eml file" in ended.err


def test_a_time_that_lies_far_away_breaks_nothing(tmp_path):
    raw = write_mail(ANA, Received="by mx.uni.example; Fri, 31 Dec 9999 23:59:59 -2359")
    assert read_one(tmp_path, raw).received.tzinfo is not None
