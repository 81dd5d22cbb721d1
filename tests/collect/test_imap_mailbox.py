"""A mailbox behind IMAP is read and never changed; what fails for a moment is asked again, and nothing is lost."""

from datetime import timedelta

import pytest

from grader.cli import doctor
from grader.cli.place import Place
from grader.collect.imap_mailbox import PASSWORD, ImapMailbox, ImapSearch, load_password
from grader.collect.source_names import ImapSource, parse_source
from grader.course.course import MailAccount
from grader.errors import UserError
from tests.collect.conftest import DUE, HOUR, QUICK, colab, write_mail
from tests.collect.imap_double import ImapDouble, make_certificate
from tests.small_course import RIGHT, WRONG, notebook_of, run_grader

CONTENT, OTHER = notebook_of(*RIGHT).encode(), notebook_of(*WRONG).encode()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def server(certificate, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.with_name("certificate.pem")))
    with ImapDouble().serve(certificate) as double:
        yield double


@pytest.fixture
def open_box(server, tmp_path):
    made = []

    def opened(password=server.password, host="localhost"):
        account = MailAccount(imap=host, user="prof@example.org", port=server.port)
        made.append(ImapMailbox(account, password, tmp_path / "messages", patience=QUICK, tell=lambda _: None))
        return made[-1]

    yield opened
    for box in made:
        box.close()


def find(box, folder="INBOX", criteria=""):
    return [*box.find_letters(ImapSearch(folder, criteria), lambda *_: None)]


def test_a_source_names_a_folder_and_a_search():
    assert parse_source("imap:Course/hw2?SUBJECT hw2") == ImapSource("Course/hw2", "SUBJECT hw2")
    assert parse_source("imap:") == ImapSource("INBOX", "")


def test_a_letter_comes_with_its_bytes_and_the_servers_time(server, open_box):
    server.add(write_mail("Ana Paz <ana@example.org>", notebooks={"hw.ipynb": CONTENT}), DUE - HOUR)
    (letter,) = find(open_box())
    assert (letter.address, letter.received, letter.notebooks) == (
        "ana@example.org",
        DUE - HOUR,
        (("hw.ipynb", CONTENT),),
    )


def test_a_search_finds_what_it_names_and_neither_drafts_nor_what_was_deleted(server, open_box):
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    server.add(write_mail("ana@example.org", colab(2), subject="hw3"), DUE)
    server.add(write_mail("ana@example.org", colab(3)), DUE, "\\Deleted")
    server.add(write_mail("ana@example.org", colab(4)), DUE, "\\Draft")
    assert [letter.links for letter in find(open_box(), criteria="SUBJECT hw2")] == [(colab(1),)]


def test_nothing_in_the_mailbox_is_changed(server, open_box):
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    find(open_box())
    assert {*server.asked} <= {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}


def test_a_mail_is_fetched_once(server, open_box):
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    first = find(open_box())
    server.asked.clear()
    assert find(open_box()) == first
    assert "UID FETCH" not in server.asked


def test_a_folder_that_was_made_anew_is_read_anew(server, open_box):
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    find(open_box())
    server.folders["INBOX"].clear()
    server.validity = 8
    server.add(write_mail("ana@example.org", colab(2)), DUE)
    assert [letter.links for letter in find(open_box())] == [(colab(2),)]


def test_a_mail_that_is_gone_between_search_and_fetch_is_left(server, open_box):
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    server.add(write_mail("ana@example.org", colab(2)), DUE)
    box = open_box()
    letters = box.find_letters(ImapSearch("INBOX", ""), lambda *_: None)
    assert next(letters).links == (colab(1),)
    del server.folders["INBOX"][2]
    assert [*letters] == []


@pytest.mark.parametrize("name", ["LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH"])
@pytest.mark.parametrize("fault", ["drop", "cut"])
def test_a_connection_that_breaks_off_is_made_again(server, open_box, name, fault):
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    server.add(write_mail("ana@example.org", colab(2)), DUE)
    server.faults[name] = [fault, fault]
    assert [letter.links for letter in find(open_box())] == [(colab(1),), (colab(2),)]
    assert server.faults[name] == []


def test_a_class_of_300_under_faults_ends_with_what_was_sent(server, open_box):
    sent = {f"s{number}@example.org": f'{{"n": {number}}}'.encode() for number in range(300)}
    for number, (address, content) in enumerate(sent.items()):
        server.add(write_mail(address, notebooks={"hw.ipynb": content}), DUE - timedelta(minutes=number))
    server.faults["UID FETCH"] = [["drop", "cut", *[""] * 24][number % 26] for number in range(600)]
    found = find(open_box())
    assert {letter.address: letter.notebooks[0][1] for letter in found} == sent
    assert len(found) == 300


@pytest.mark.parametrize(
    ("how", "told"),
    [
        ({"password": "wrong"}, "localhost does not accept the password of prof@example.org\n  Make an app password"),
        ({"host": "127.0.0.1"}, "127.0.0.1 does not prove who it is"),
    ],
)
def test_a_server_that_does_not_let_us_in_is_told_with_the_remedy(open_box, how, told):
    with pytest.raises(UserError) as caught:
        find(open_box(**how))
    assert told in str(caught.value)
    assert "wrong" not in str(caught.value).replace("wrong name", "")


def test_a_folder_that_is_not_there_is_told_with_those_that_are(server, open_box):
    server.folders["Course/hw2"] = {}
    with pytest.raises(UserError) as caught:
        find(open_box(), "hw2")
    assert (
        str(caught.value) == "the mailbox has no folder `hw2`\n  Write one of these behind `imap:`: INBOX, Course/hw2."
    )


def test_a_search_that_the_server_does_not_take_is_told(open_box):
    with pytest.raises(UserError, match="the mailbox does not take the search `NONSENSE`"):
        find(open_box(), criteria="NONSENSE")


def test_the_password_lies_in_a_file_that_nobody_else_can_read(tmp_path):
    with pytest.raises(UserError, match="there is no password for the mailbox"):
        load_password(tmp_path, {})
    assert load_password(tmp_path, {PASSWORD: "secret"}) == "secret"
    path = tmp_path / "imap-password"
    path.write_text("secret\n")
    path.chmod(0o644)
    with pytest.raises(UserError, match="others on this machine can read"):
        load_password(tmp_path, {})
    path.chmod(0o600)
    assert load_password(tmp_path, {}) == "secret"
    path.write_text("\n")
    with pytest.raises(UserError, match="the password is empty"):
        load_password(tmp_path, {})


def test_one_command_grades_what_lies_in_a_mailbox_and_no_log_has_the_password(server, course, tmp_path, certificate):
    (course / "roster.csv").write_text("student,addresses\nana,ana@example.org\nbruno,bruno@gmail.com\n")
    (course / "course.toml").write_text(
        'title = "A small course"\nroster = "roster.csv"\n'
        f'[mail]\nimap = "localhost"\nuser = "prof@example.org"\nport = {server.port}\n'
    )
    server.add(write_mail("ana@example.org", notebooks={"hw.ipynb": CONTENT}), DUE - HOUR)
    server.add(write_mail("bruno@gmail.com", notebooks={"hw.ipynb": OTHER}), DUE - HOUR)
    server.add(write_mail("news@shop.example", "Buy!", subject="Offers"), DUE - HOUR)
    command = ("grade", "hello", "imap:INBOX", "--json")
    nothing = {"XDG_CONFIG_HOME": str(tmp_path), "SSL_CERT_FILE": str(certificate.with_name("certificate.pem"))}
    refused = run_grader(course, tmp_path / "work", *command, **nothing)
    assert (refused.code, "there is no password for the mailbox" in refused.err) == (2, True)
    ended = run_grader(course, tmp_path / "work", *command, **nothing, **{PASSWORD: server.password})
    assert ended.students["ana"]["earned"] > ended.students["bruno"]["earned"]
    written = [path for path in (tmp_path / "work").rglob("*") if path.is_file()]
    assert not [path for path in written if server.password.encode() in path.read_bytes()]
    assert server.password not in ended.out + ended.err


def test_doctor_signs_in_and_says_what_is_missing(server, course, tmp_path, monkeypatch):
    (course / "course.toml").write_text(
        f'title = "A course"\n[mail]\nimap = "localhost"\nuser = "prof@example.org"\nport = {server.port}\n'
    )
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    (missing,) = doctor.try_mailbox(Place(course, None))
    assert (missing.works, "app password" in missing.cure) == (False, True)
    monkeypatch.setenv(PASSWORD, server.password)
    server.add(write_mail("ana@example.org", colab(1)), DUE)
    (found,) = doctor.try_mailbox(Place(course, None))
    assert (found.works, found.told) == (True, "1 mail in the inbox of prof@example.org")
    monkeypatch.setenv(PASSWORD, "other")
    (refused,) = doctor.try_mailbox(Place(course, None))
    assert refused.told == "localhost does not accept the password of prof@example.org"


def test_a_course_without_a_mailbox_is_told_what_to_write(course, tmp_path):
    (course / "roster.csv").write_text("student,addresses\nana,ana@example.org\n")
    (course / "course.toml").write_text('title = "A small course"\nroster = "roster.csv"\n')
    ended = run_grader(course, tmp_path / "work", "collect", "hello", "imap:INBOX")
    assert ended.code == 2
    assert "course.toml does not name the mailbox that `imap:` reads" in ended.err
