"""Notebooks that are shared with anyone are fetched without an account, and nothing inside a network is reached."""

from __future__ import annotations

import json
import socket

import pytest

from grader.collect.links import BadLink, DriveFile, WebFile, read_link
from grader.collect.shared_copy import NOT_SHARED
from grader.collect.shared_links import UNSAVED
from grader.collect.web import ENDPOINT, Web
from grader.store.work_folder import WorkFolder
from tests.collect.conftest import DUE, HOUR, QUICK, colab, identity
from tests.collect.web_double import Hosts
from tests.small_course import RIGHT, notebook_of, run_grader, write_course

CONTENT = notebook_of(*RIGHT).encode()
GIST = "0123456789abcdef0123"
DRIVE = f"drive.usercontent.google.com/download?id={identity(1)}&export=download"
SIGN_IN = b'<html><form action="https://accounts.google.com/ServiceLogin">Sign in</form></html>'


@pytest.fixture
def hosts():
    with Hosts().serve() as served:
        yield served


@pytest.fixture
def web(hosts):
    return Web(limit_mib=1.0, patience=QUICK, tell=lambda _: None, environment={ENDPOINT: hosts.url})


RAW = "raw.githubusercontent.com/ana/hw/main"
PULL = "www.kaggle.com/api/v1/kernels/pull?user_name=ana&kernel_slug=my-hw"


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("https://github.com/ana/hw/blob/main/week%202/hw.ipynb", f"{RAW}/week%202/hw.ipynb"),
        ("https://github.com/ana/hw/raw/refs/heads/main/hw.ipynb", f"{RAW}/hw.ipynb"),
        ("https://raw.githubusercontent.com/ana/hw/main/hw.ipynb", f"{RAW}/hw.ipynb"),
        ("https://colab.research.google.com/github/ana/hw/blob/main/hw.ipynb", f"{RAW}/hw.ipynb"),
        (f"https://gist.github.com/ana/{GIST}", f"gist.githubusercontent.com/ana/{GIST}/raw"),
        (f"https://gist.github.com/{GIST}", f"gist.github.com/{GIST}/raw"),
        (f"https://colab.research.google.com/gist/ana/{GIST}/hw.ipynb",
         f"gist.githubusercontent.com/ana/{GIST}/raw/hw.ipynb"),
        ("https://nbviewer.org/github/ana/hw/blob/main/hw.ipynb", f"{RAW}/hw.ipynb"),
        ("https://nbviewer.org/urls/example.org/~ana/hw.ipynb", "example.org/~ana/hw.ipynb"),
        ("https://www.kaggle.com/code/ana/my-hw", PULL),
        ("https://huggingface.co/datasets/ana/hw/blob/main/hw.ipynb",
         "huggingface.co/datasets/ana/hw/resolve/main/hw.ipynb"),
        ("https://example.org/~ana/hw.ipynb?v=2#top", "example.org/~ana/hw.ipynb?v=2"),
    ],
)  # fmt: skip
def test_each_shape_of_a_link_leads_to_the_notebooks_own_address_and_gives_its_bytes(web, hosts, link, address):
    assert read_link(link) == WebFile(f"https://{address}")
    hosts.give(address, CONTENT)
    copy = web.look(read_link(link))
    assert (copy.content, copy.modified, copy.looked) == (CONTENT, None, DUE - HOUR)
    assert hosts.asked == [address]


@pytest.mark.parametrize(
    ("link", "what"),
    [
        ("https://github.com/ana/hw", "The link leads to a page of GitHub, not to a notebook."),
        ("https://gist.github.com/ana", "The link leads to no gist."),
        ("https://nbviewer.org/", "The link leads to a page of nbviewer, not to a notebook."),
        ("https://www.kaggle.com/datasets/ana/digits", "The link leads to a page of Kaggle, not to a notebook."),
        ("https://huggingface.co/ana/hw", "The link leads to a page of Hugging Face, not to a notebook."),
        ("http://example.org/hw.ipynb", "The link leads to example.org, not to a shared notebook."),
    ],
)
def test_a_page_beside_the_notebook_is_named_for_what_it_is(link, what):
    assert str(read_link(link).what) == what


def test_a_shared_notebook_on_drive_is_fetched_and_named_as_its_owner_named_it(web, hosts):
    hosts.give(
        DRIVE, CONTENT, content_disposition="attachment; filename=\"hw.ipynb\"; filename*=UTF-8''tarea%202.ipynb"
    )
    copy = web.look(DriveFile(identity(1)))
    assert (copy.content, copy.name) == (CONTENT, "tarea 2.ipynb")
    assert web.look(DriveFile(identity(1)), {copy.revision}).content is None


def test_what_google_asks_before_it_gives_out_a_large_file_is_answered(web, hosts):
    form = b'<form><input name="confirm" value="t"><input type="hidden" name="uuid" value="0a-1b"></form>'
    hosts.give(DRIVE, b"<html>cannot scan this file for viruses" + form)
    hosts.give(f"{DRIVE}&uuid=0a-1b&confirm=t", CONTENT)
    assert web.look(DriveFile(identity(1))).content == CONTENT


@pytest.mark.parametrize(
    ("answer", "what"),
    [
        ((404, {}, b"<html>Not Found"), str(NOT_SHARED.what)),
        ((403, {}, b"<html>"), str(NOT_SHARED.what)),
        ((200, {}, SIGN_IN), str(NOT_SHARED.what)),
        ((302, {"location": "https://accounts.google.com/ServiceLogin?x"}, b""), str(NOT_SHARED.what)),
        ((200, {}, b"<html>Too many users have viewed or downloaded this file recently"),
         "Google says that the file was downloaded too often today."),
        ((200, {}, b"<html>Something else"),
         "The link leads to a page of drive.usercontent.google.com, not to a notebook's file."),
        ((200, {}, b"{" + b" " * (1 << 20)), "The notebook has more than the limit of 1 MiB."),
        ((302, {"location": "https://evil.example/x"}, b""),
         "drive.usercontent.google.com sends us on to evil.example, which is not followed."),
        ((302, {"location": f"https://{DRIVE}"}, b""), "drive.usercontent.google.com sends us on and on."),
    ],
)  # fmt: skip
def test_what_stands_in_place_of_a_notebook_is_named_with_the_next_step(web, hosts, answer, what):
    status, headers, content = answer
    hosts.give(DRIVE, content, status, **headers)
    refused = web.look(DriveFile(identity(1)))
    assert isinstance(refused, BadLink)
    assert str(refused.what) == what
    assert refused.remedy


def test_a_notebook_of_kaggle_is_taken_out_of_what_surrounds_it(web, hosts):
    address = PULL
    hosts.give(address, json.dumps({"metadata": {}, "blob": {"source": CONTENT.decode()}}).encode())
    assert web.look(WebFile(f"https://{address}")).content == CONTENT


@pytest.mark.parametrize(
    "faults", [["429"], ["500", "503"], ["drop"], ["truncate"], ["slow"], ["drop", "429", "truncate"]]
)
def test_what_passes_is_waited_for_and_the_bytes_are_whole(web, hosts, faults):
    hosts.give(DRIVE, CONTENT)
    hosts.faults[DRIVE] = [*faults]
    assert web.look(DriveFile(identity(1))).content == CONTENT


def test_a_host_that_fails_again_and_again_costs_one_link_and_not_the_class(web, hosts):
    hosts.give(DRIVE, CONTENT)
    hosts.faults[DRIVE] = ["500"] * 20
    refused = web.look(DriveFile(identity(1)))
    assert str(refused.what) == "drive.usercontent.google.com failed on this file again and again (500)."


@pytest.mark.parametrize(
    "address",
    [
        *("https://127.0.0.1/hw.ipynb", "https://[::1]/hw.ipynb", "https://[::ffff:10.0.0.1]/hw.ipynb"),
        *("https://169.254.169.254/hw.ipynb", "https://10.0.0.7/hw.ipynb", "https://192.168.1.1/hw.ipynb"),
        *("https://localhost/hw.ipynb", "https://0.0.0.0/hw.ipynb", "https://printer.local/hw.ipynb"),
        *("http://example.org/hw.ipynb", "file:///etc/hw.ipynb", "https://ana@example.org/hw.ipynb"),
        *("https://example.org:8443/hw.ipynb", "https://localhost./hw.ipynb", "https://224.0.0.1/hw.ipynb"),
        *("https://[64:ff9b::a00:7]/hw.ipynb", "https://[2002:7f00:1::]/hw.ipynb", "https://[::127.0.0.1]/hw.ipynb"),
    ],
)
def test_an_address_inside_a_network_is_never_asked(web, hosts, address):
    assert isinstance(web.look(WebFile(address)), BadLink)
    assert hosts.asked == []


def test_a_name_that_stands_for_a_private_address_is_never_asked(monkeypatch):
    """The same address that was looked at is connected to, so that the name cannot change in between."""
    private = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.168.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: private)
    web = Web(limit_mib=1.0, patience=QUICK, tell=lambda _: None, environment={})
    refused = web.look(WebFile("https://rebound.example/hw.ipynb"))
    assert str(refused.what) == "The link leads into a private network, where nobody else can open it."


@pytest.mark.parametrize("link", ["https://example.org:99999/hw.ipynb", "https://example.org:x/hw.ipynb"])
def test_a_link_with_a_damaged_port_is_told(link):
    assert str(read_link(link).what) == "The link is damaged: it is not an address that a browser opens."


@pytest.mark.parametrize("location", ["https://[x/hw.ipynb", "https://example.org:99999/", "file:///etc/passwd"])
def test_a_redirect_to_no_address_costs_one_link_and_not_the_class(web, hosts, location):
    hosts.give("example.org/hw.ipynb", b"", 302, location=location)
    refused = web.look(WebFile("https://example.org/hw.ipynb"))
    assert str(refused.what).startswith("example.org sends us on to")
    assert hosts.asked == ["example.org/hw.ipynb"]


@pytest.mark.parametrize("raised", [socket.gaierror(socket.EAI_NONAME, "no name"), UnicodeError("label too long")])
def test_a_host_that_is_not_there_costs_one_link_and_not_the_class(monkeypatch, raised):
    def find_nothing(*_, **__):
        raise raised

    monkeypatch.setattr(socket, "getaddrinfo", find_nothing)
    web = Web(limit_mib=1.0, patience=QUICK, tell=lambda _: None, environment={})
    refused = web.look(WebFile("https://exmaple.org/hw.ipynb"))
    assert str(refused.what) == "exmaple.org does not answer, or there is no such host."


def test_a_host_that_does_not_answer_costs_one_link_and_of_drive_all_wait(web, hosts):
    address = "example.org/hw.ipynb"
    hosts.give(address, CONTENT)
    hosts.faults[address] = ["drop"] * 2
    assert web.look(WebFile(f"https://{address}")).content == CONTENT
    hosts.faults[address] = ["drop"] * 100
    refused = web.look(WebFile(f"https://{address}"))
    assert str(refused.what) == "example.org does not answer, or there is no such host."
    hosts.give(DRIVE, CONTENT)
    hosts.faults[DRIVE] = ["drop"] * 20
    assert web.look(DriveFile(identity(1))).content == CONTENT


def test_a_redirect_into_a_network_is_not_followed(web, hosts):
    hosts.give("example.org/hw.ipynb", b"", 302, location="https://169.254.169.254/latest/hw.ipynb")
    refused = web.look(WebFile("https://example.org/hw.ipynb"))
    assert str(refused.what).startswith("example.org sends us on to 169.254")
    assert hosts.asked == ["example.org/hw.ipynb"]


def test_forty_links_become_graded_pages_with_one_command_and_no_account(hosts, tmp_path):
    """One link is not shared, one opens the assignment itself, and some answers go wrong on the way."""
    course, work = write_course(tmp_path / "course"), tmp_path / "work"
    (course / "assignments/hello/assignment.toml").write_text('title = "Hello"\nnotebook = "given.ipynb"\n')
    (course / "assignments/hello/given.ipynb").write_text(notebook_of("# Write `double` here."))
    lines = []
    for number in range(40):
        address = f"drive.usercontent.google.com/download?id={identity(number)}&export=download"
        hosts.give(address, notebook_of(*RIGHT, f"number = {number}").encode())
        hosts.faults[address] = [["429"], ["drop"], ["truncate"], []][number % 4]
        lines.append(f"s{number:02} {colab(number)}")
    hosts.give(f"drive.usercontent.google.com/download?id={identity(7)}&export=download", SIGN_IN)
    unsaved = f"drive.usercontent.google.com/download?id={identity(8)}&export=download"
    hosts.give(unsaved, notebook_of("# Write `double` here.\n", "").encode())
    (tmp_path / "links.txt").write_text("\n".join(lines))
    environment = {ENDPOINT: hosts.url, "XDG_CONFIG_HOME": str(tmp_path / "nothing")}
    ended = run_grader(course, work, "grade", "hello", tmp_path / "links.txt", "--json", **environment)
    assert ended.points == {f"s{number:02}": 4.0 for number in range(40) if number not in (7, 8)}, ended.err
    assert hosts.busiest == 1
    problems = {problem.student: str(problem.what) for problem in WorkFolder(work).gradebook.problems("hello")}
    assert problems == {"s07": str(NOT_SHARED.what), "s08": str(UNSAVED.what)}
