"""A class of 300 mails in one file, under faults, ends with exactly what was sent; each failure has its next step."""

from datetime import timedelta

import pytest

from grader.collect.web import ENDPOINT
from grader.store.work_folder import WorkFolder
from tests.collect.conftest import DUE, colab, identity, write_mail
from tests.collect.test_mailboxes import attach, pack, take_in, write_mbox
from tests.collect.web_double import Hosts
from tests.small_course import run_grader

STUDENTS = 300
HOSTILE = (
    "https://169.254.169.254/latest/hw.ipynb",
    "https://127.0.0.1/hw.ipynb",
    "https://nbviewer.org/urls/10.0.0.7/hw.ipynb",
    "https://www.google.com/url?q=https%3A%2F%2F192.168.1.1%2Fhw.ipynb",
    "https://example.org:99999/hw.ipynb",
    "https://sends-on.example/hw.ipynb",
)
FAULTS = (["429"], ["503"], ["500", "503"], ["truncate"], [], [], [], [], [], [], [])


@pytest.fixture
def hosts():
    with Hosts().serve() as served:
        yield served


def content_of(number, version=1):
    return f'{{"cells": [], "nbformat": 4, "nbformat_minor": 5, "metadata": {{"of": [{number}, {version}]}}}}'.encode()


def share(hosts, number, version=1):
    """A link to a notebook on Drive, which answers wrongly first."""
    file = 1000 * version + number
    address = f"drive.usercontent.google.com/download?id={identity(file)}&export=download"
    hosts.give(address, content_of(number, version))
    hosts.faults[address] = [*FAULTS[number % len(FAULTS)]]
    return colab(file)


def send(hosts, number):
    """(mails, what counts in the end; None where nothing can)."""
    address, when = f"s{number:03}@example.org", DUE - timedelta(minutes=number + 1)
    earlier = DUE - timedelta(minutes=1000)
    match number % 10:
        case 0 | 1 | 2:
            mail = write_mail(address, notebooks={"hw.ipynb": content_of(number)})
            return [take_in(mail, when)], content_of(number)
        case 3:
            mail = attach(write_mail(address, "Zipped."), "hw.zip", pack(hw_ipynb=content_of(number)))
            return [take_in(mail, when)], content_of(number)
        case 4:  # and once more, which counts
            first = take_in(write_mail(address, share(hosts, number)), earlier)
            again = f"Sorry, the right one is {share(hosts, number, 2)}\n\n> {share(hosts, number)}"
            return [take_in(write_mail(address, again), when), first], content_of(number, 2)
        case 5:  # too late, after one in time
            first = take_in(write_mail(address, notebooks={"hw.ipynb": content_of(number)}), when)
            late = take_in(write_mail(address, notebooks={"hw.ipynb": content_of(number, 2)}), DUE + timedelta(hours=2))
            return [first, late], content_of(number)
        case 6:
            return [take_in(attach(write_mail(address, "My work."), "hw.pdf", b"%PDF"), when)], None
        case 7:
            return [take_in(write_mail(address, HOSTILE[number // 10 % len(HOSTILE)]), when)], None
        case _:
            html = f'<p><a href="{share(hosts, number)}&amp;x=1">it</a></p>'
            return [take_in(write_mail(address, html=html), when)], content_of(number)


def test_300_mails_of_a_mailbox_end_with_what_was_sent_and_hostile_links_reach_nothing(hosts, course, tmp_path):
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    (course / "assignments/hello/assignment.toml").write_text('title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n')
    rows = "".join(f"s{number:03},s{number:03}@example.org\n" for number in range(STUDENTS))
    (course / "roster.csv").write_text("student,addresses\n" + rows)
    hosts.give("sends-on.example/hw.ipynb", b"", 302, location="https://10.0.0.1/hw.ipynb")
    sent = {f"s{number:03}": send(hosts, number) for number in range(STUDENTS)}
    box = write_mbox(tmp_path / "hw.mbox", *(mail for mails, _content in sent.values() for mail in mails))
    environment = {ENDPOINT: hosts.url, "XDG_CONFIG_HOME": str(tmp_path / "nothing")}
    ended = run_grader(course, tmp_path / "work", "collect", "hello", box, **environment)
    assert ended.code == 1, ended.err

    work = WorkFolder(tmp_path / "work")
    expected = {student: content for student, (_mails, content) in sent.items() if content}
    in_time = {}
    for one in work.gradebook.submissions("hello"):
        if one.received and one.received <= DUE:
            in_time.setdefault(one.student, []).append((one.received, work.submission(one.sha256)))
    assert {student: max(copies)[1] for student, copies in in_time.items()} == expected
    problems = work.gradebook.problems("hello")
    assert {problem.student for problem in problems} == sent.keys() - expected.keys()
    assert all(str(problem.remedy) for problem in problems)
    assert {address.partition("/")[0] for address in hosts.asked} == {
        "drive.usercontent.google.com",
        "sends-on.example",
    }
