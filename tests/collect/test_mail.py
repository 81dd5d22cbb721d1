"""A mail is read as it is: who sent it and whether that is sure, the notebooks in it, and the links that they wrote."""

import base64
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.collect.gmail import read_letter
from tests.collect.conftest import DUE, colab, write_mail

UNSURE = "Gmail could not make sure that the mail comes from the address that it names."
NOTICE = '"Ana (via Google Drive)" <drive-shares-dm-noreply@google.com>'


def read(raw, *labels, received=DUE):
    return read_letter(
        {
            "id": "m1",
            "threadId": "t1",
            "labelIds": labels,
            "internalDate": str(int(received.timestamp() * 1000)),
            "raw": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        }
    )


def flags_of(letter):
    return [str(flag) for flag in letter.flags]


def test_a_letter_has_its_sender_its_links_and_gmails_own_time():
    letter = read(write_mail("Ana Paz <ana@example.org>", f"Here: {colab(1)}", Date="Mon, 1 Jan 2001 00:00:00 +0000"))
    assert (letter.address, letter.name, letter.subject) == ("ana@example.org", "Ana Paz", "hw2")
    assert (letter.links, letter.notebooks, letter.flags) == ((colab(1),), (), ())
    assert letter.received == DUE


def test_of_a_mail_that_breaks_the_parser_the_sender_is_known():
    broken = write_mail("ana@example.org", "Hi").replace(b"-ID: <", b"-ID: <" + b"(" * 3000)
    assert not read(write_mail("ana@example.org", "Hi")).damaged
    letter = read(broken)
    assert (letter.damaged, letter.address, letter.notebooks, letter.links) == (True, "ana@example.org", (), ())


def test_a_notebook_comes_with_its_bytes():
    letter = read(write_mail("ana@example.org", notebooks={"hw.ipynb": b'{"cells": []}\r\n', "notes.pdf": b"x"}))
    assert letter.notebooks[0] == ("hw.ipynb", b'{"cells": []}\r\n')


def test_the_links_of_the_html_count_before_those_of_the_text():
    html = f'<p>Here <a href="{colab(1)}&amp;x=1">my work</a> <img src="x"></p>'
    assert read(write_mail("ana@example.org", f"see {colab(2)}", html=html)).links == (f"{colab(1)}&x=1",)


def test_a_link_in_a_quoted_part_is_an_older_one():
    quote = f'<div class="gmail_quote">wrote: <br><a href="{colab(1)}">it</a></div>'
    html = f'<p><a href="{colab(2)}">new</a></p>{quote}<p>Bye {colab(3)}</p>'
    assert read(write_mail("ana@example.org", html=html)).links == (colab(2), colab(3))
    assert read(write_mail("ana@example.org", f"> {colab(1)}\nnow {colab(2)}")).links == (colab(2),)


def test_a_link_that_is_only_quoted_is_taken_and_said():
    letter = read(write_mail("ana@example.org", f"> {colab(1)}\nplease look"))
    assert letter.links == (colab(1),)
    assert flags_of(letter) == ["The link stands only in a quoted part of the mail."]


def test_a_long_link_survives_the_mails_encoding():
    long = f"{colab(1)}#scrollTo={'x' * 200}"
    assert read(write_mail("ana@example.org", f"ñ {long} end")).links == (long,)


@pytest.mark.parametrize(
    ("header", "sure"),
    [
        ("mx.google.com; dkim=pass header.i=@example.org; spf=pass", True),
        ("mx.google.com; spf=pass smtp.mailfrom=x; dmarc=pass (p=NONE) header.from=example.org", True),
        ("mx.google.com; dkim=pass header.i=@mail.example.org", True),
        ("mx.google.com; dkim=pass header.i=@evil.example; dmarc=fail header.from=example.org", False),
        ("mx.google.com; dkim=pass header.i=@notexample.org", False),
        ("mx.google.com; spf=pass smtp.mailfrom=ana@example.org", False),
        ("mx.evil.example; dmarc=pass header.from=example.org", False),
        ("", False),
    ],
)
def test_a_mail_is_believed_as_far_as_gmail_believes_it_and_flagged_otherwise(header, sure):
    mine = f"Authentication-Results: {header}\r\n".encode() if header else b""
    raw = mine + b"From: ana@example.org\r\nSubject: hw2\r\n\r\nHello"
    assert flags_of(read(raw)) == ([] if sure else [UNSURE])


def test_a_header_below_gmails_own_is_the_senders_and_proves_nothing():
    first = b"Authentication-Results: mx.google.com; dmarc=fail header.from=example.org\r\n"
    forged = b"Authentication-Results: mx.google.com; dmarc=pass header.from=example.org\r\n"
    assert flags_of(read(first + forged + b"From: ana@example.org\r\n\r\nHello")) == [UNSURE]


@pytest.mark.parametrize(
    ("label", "flag"),
    [("SPAM", "The mail lay in the folder for spam."), ("TRASH", "The mail lay in the bin.")],
)
def test_a_mail_among_spam_or_in_the_bin_is_read_and_said(label, flag):
    assert flags_of(read(write_mail("ana@example.org", colab(1)), label)) == [flag]


@pytest.mark.parametrize("label", ["SENT", "DRAFT", "CHAT"])
def test_what_we_wrote_ourselves_is_nobodys_work(label):
    assert read(write_mail("prof@gmail.com", colab(1)), label) is None


def test_a_share_notice_is_from_the_student_who_shared_and_brings_what_they_shared():
    button = f"https://drive.google.com/file/d/{'2' * 33}/edit?usp=sharing_eil&ts=65a"
    html = f'<p>Ana wrote: see also {colab(1)}</p><a href="{button}">Open</a>'
    letter = read(write_mail(NOTICE, html=html, Reply_To="Ana Paz <ana@example.org>"))
    assert (letter.address, letter.links, letter.flags) == ("ana@example.org", (button,), ())
    forged = read(write_mail(NOTICE, html=html, Reply_To="Ana Paz <ana@example.org>", authentic=False))
    assert flags_of(forged) == [UNSURE]


def test_a_broken_charset_is_read_as_well_as_it_goes():
    raw = f"From: a@example.org\r\nContent-Type: text/plain; charset=no-such\r\n\r\n{colab(1)}".encode()
    assert read(raw).links == (colab(1),)


@given(st.binary(max_size=300))
def test_no_bytes_make_reading_fail(raw):
    assert read(raw, received=datetime(2024, 1, 1, tzinfo=UTC)).id == "m1"


@given(st.text(max_size=200))
def test_no_html_makes_reading_fail(html):
    assert read(write_mail("ana@example.org", html=html.replace("\r", " ") or "x")).address == "ana@example.org"
