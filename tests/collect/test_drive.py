"""Google Drive, through the real client and the double: what opens, what does not and why, and patience."""

from datetime import timedelta

import pytest

from grader.collect.drive import CHUNK, NOT_SHARED
from grader.collect.google_account import ENDPOINT, load_account
from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE, BadLink, DriveFile
from grader.errors import PassingError, UserError
from tests.collect.conftest import DUE, HOUR, identity
from tests.collect.google_double import (
    BROKEN,
    DROP,
    EXPIRED,
    FOLDER,
    HTML,
    PROFESSOR,
    RATE,
    SHORTCUT,
    TOO_MANY,
    TRUNCATE,
    Fault,
)

ONE = DriveFile(identity(1))


def bad_link(what, remedy):
    return str(what), str(remedy)


def words_of(bad):
    assert isinstance(bad, BadLink)
    return bad_link(bad.what, bad.remedy)


def add(google, content=b'{"cells": []}', number=1, **more):
    return google.add_file(identity(number), "ana@example.org", content, DUE - 2 * HOUR, **more)


def test_a_shared_notebook_comes_with_its_bytes_and_all_that_is_known_of_when(google, drive):
    file = add(google, name="hw 2.ipynb")
    copy = drive.look(ONE)
    assert (copy.content, copy.name, copy.owners) == (file.head, "hw 2.ipynb", ("ana@example.org",))
    assert (copy.modified, copy.looked) == (DUE - 2 * HOUR, DUE - HOUR)
    assert (copy.revision, copy.shows_revisions, copy.trashed) == (file.revision(), False, False)


def test_the_client_asks_only_the_double_and_only_reads(google, drive):
    add(google)
    drive.look(ONE)
    assert {method for method, path in google.requests if path != "/token"} == {"GET"}
    assert all(path.startswith(("/drive/v3/files/", "/token")) for _, path in google.requests)


def test_a_state_that_is_known_is_not_fetched_again(google, drive):
    file = add(google)
    assert drive.look(ONE, {file.revision()}).content is None
    assert not any("alt=media" in path for _, path in google.requests)


def test_a_file_on_a_shared_drive_opens_and_an_owner_may_be_hidden(google, drive):
    add(google, on_shared_drive=True, shows_owner=False)
    assert drive.look(ONE).owners == ()


def test_an_old_link_opens_with_its_resource_key_only(google, drive):
    add(google, resource_key="0-key")
    assert drive.look(ONE) == NOT_SHARED
    assert drive.look(DriveFile(ONE.id, "0-key")).content == b'{"cells": []}'


def test_a_shortcut_is_followed(google, drive):
    add(google, number=2, content=b"target")
    add(google, mime=SHORTCUT, target=identity(2))
    assert drive.look(ONE).content == b"target"


def test_what_lies_in_the_bin_is_still_taken_and_said(google, drive):
    add(google, trashed=True)
    assert drive.look(ONE).trashed


@pytest.mark.parametrize(
    ("more", "bad"),
    [
        ({"anyone": False}, bad_link(NOT_SHARED.what, NOT_SHARED.remedy)),
        (
            {"mime": FOLDER},
            bad_link(
                "The link leads to a folder, and which of its files is meant is not ours to guess.",
                "Open the notebook itself, and send the link that its Share button copies.",
            ),
        ),
        (
            {"mime": "application/vnd.google-apps.document"},
            bad_link("The link leads to a Google document, not to a notebook.", HOW_TO_SHARE),
        ),
        (
            {"abusive": True},
            bad_link("Google has marked the file as harmful, and does not give it out.", SEND_THE_FILE),
        ),
        (
            {"can_download": False},
            bad_link(
                "The notebook is shared, but downloading it is switched off.",
                f"In Share, settings: let viewers download, print and copy. {SEND_THE_FILE}",
            ),
        ),
        (
            {"content": bytes(3 << 20)},
            bad_link(
                "The notebook has 3 MiB, more than the limit of 1 MiB.",
                "Clear the largest outputs (Edit, Clear all outputs), save, and tell us.",
            ),
        ),
    ],
)
def test_every_file_that_cannot_be_taken_has_its_sentence(google, drive, more, bad):
    add(google, **more)
    assert words_of(drive.look(ONE)) == bad


def test_not_shared_and_not_there_are_the_same_to_us_and_said_so(google, drive):
    assert words_of(drive.look(ONE)) == bad_link(
        "The link does not open for us: the notebook is not shared, or the link is not whole. "
        "Google does not say which.",
        "In Colab: Share, General access, Anyone with the link, Viewer. Then send the link again.",
    )


@pytest.mark.parametrize("fault", [RATE, TOO_MANY, BROKEN, HTML, DROP, TRUNCATE, EXPIRED])
@pytest.mark.parametrize("part", ["fields=", "alt=media"])
def test_what_passes_is_waited_for(google, drive, fault, part):
    file = add(google, content=b"x" * 1000)
    google.fail(part, *[fault] * (1 if fault is EXPIRED else 3))
    assert drive.look(ONE).content == file.head


def test_a_large_file_comes_in_pieces_and_goes_on_where_it_broke(google, drive):
    drive._limit_mib = 20
    file = add(google, content=bytes(range(256)) * (2 * CHUNK // 256) + b"end")
    google.fail("alt=media", DROP)
    assert drive.look(ONE).content == file.head
    assert sum("alt=media" in path for _, path in google.requests) == 4


def test_a_file_that_google_fails_on_again_and_again_is_that_students_problem(google, drive):
    add(google)
    google.fail("alt=media", *[BROKEN] * 4)
    assert words_of(drive.look(ONE)) == bad_link(
        "Google itself failed on this file again and again.",
        f"Collect again later. {SEND_THE_FILE}",
    )


@pytest.mark.parametrize("shows_md5", [True, False])
def test_a_notebook_that_changes_while_it_is_fetched_is_fetched_again(google, drive, shows_md5):
    file = add(google, shows_md5=shows_md5)

    def edit(path):
        if "alt=media" in path and len(file.states) < 3:
            file.states.append((DUE - HOUR, b"%d" % len(file.states)))

    google.before_answer = edit
    copy = drive.look(ONE)
    assert (copy.content, copy.revision, copy.modified) == (b"2", file.revision(), DUE - HOUR)


def test_a_copy_that_is_one_state_of_the_file_counts_though_it_changed_right_after(google, drive):
    file = add(google)
    before = file.revision()
    asked = google.before_answer

    def edit(path):
        if "alt=media" not in path and any("alt=media" in earlier for _, earlier in google.requests):
            file.states.append((DUE - HOUR, b"later"))
        asked(path)

    google.before_answer = edit
    assert drive.look(ONE).revision == before


def test_a_notebook_that_never_rests_is_told(google, drive):
    file = add(google)
    google.before_answer = lambda path: (
        file.states.append((DUE - HOUR, b"%d" % len(file.states))) if "alt=media" in path else None
    )
    assert words_of(drive.look(ONE)) == bad_link(
        "The notebook was changed again and again while we fetched it.", "Save it, close it, and tell us."
    )


def test_a_file_that_is_deleted_in_the_middle_of_its_download_is_told(google, drive):
    add(google)
    google.before_answer = lambda path: google.files.clear() if "alt=media" in path else None
    assert drive.look(ONE) == NOT_SHARED


def test_a_network_that_stays_away_ends_with_what_to_do(google, drive):
    add(google)
    google.fault = lambda _: DROP
    with pytest.raises(PassingError) as ended:
        drive.look(ONE)
    assert str(ended.value) == (
        "the network is gone, and has been for 0 minutes\n"
        "  What is collected is kept: start the same command again, and it goes on from there."
    )


def test_a_long_wait_is_told_and_as_long_as_google_says(google, drive, told, monkeypatch):
    add(google)
    slept = []
    monkeypatch.setattr("grader.collect.retrying.time.sleep", slept.append)
    google.fail("fields=", Fault("429", "rateLimitExceeded", retry_after="30"))
    drive.look(ONE)
    assert (slept, told) == ([30], ["Google asks to wait; going on in 30 s"])


@pytest.mark.parametrize(
    ("fault", "message"),
    [
        (
            Fault("403", "dailyLimitExceeded"),
            "Google’s daily limit is used up\n  Tomorrow the same command goes on where it was.",
        ),
        (
            Fault("403", "accessNotConfigured"),
            "the API is not switched on in your Google project\n"
            "  Switch on the Gmail API and the Google Drive API there: grader guide colab-and-gmail",
        ),
        (
            Fault("403", "insufficientPermissions"),
            "you signed in without allowing what this needs\n  Sign in again and tick every box: grader sign-in",
        ),
        (EXPIRED, "Google no longer accepts the sign-in\n  Sign in again: grader sign-in"),
    ],
)
def test_what_no_waiting_mends_ends_at_once(google, drive, fault, message):
    add(google)
    google.fault = lambda path: fault if "fields=" in path else None
    with pytest.raises(UserError) as ended:
        drive.look(ONE)
    assert str(ended.value) == message
    assert len(google.requests) < 9


def test_an_unknown_refusal_is_told_by_its_name(google, drive):
    add(google)
    google.fail("alt=media", Fault("403", "domainPolicy"))
    assert words_of(drive.look(ONE)) == bad_link("Google does not give the file out (domainPolicy).", SEND_THE_FILE)


def test_a_sign_in_that_was_revoked_is_told_and_not_tried_again(google, drive):
    add(google)
    google.refresh_tokens.clear()
    with pytest.raises(UserError) as ended:
        drive.look(ONE)
    assert str(ended.value) == (
        "Google no longer accepts the sign-in: it has expired or was revoked\n  Sign in again: grader sign-in"
    )
    assert google.requests == [("POST", "/token")]


def test_a_token_that_expires_on_the_way_is_renewed(google, drive):
    add(google)
    drive.look(ONE)
    google.access_tokens.clear()
    assert drive.look(ONE).content == b'{"cells": []}'


def test_an_editor_sees_the_last_state_before_a_moment_and_a_reader_none(google, drive):
    file = add(google)
    file.states = [(DUE + place * HOUR, b"%d" % place) for place in (-3, -2, -1, 1, 2)]
    assert drive.find_revision(ONE, DUE) is None
    file.writers = frozenset({PROFESSOR})
    assert drive.find_revision(ONE, DUE) == (file.revision(2), DUE - HOUR, b"-1")
    assert drive.find_revision(ONE, DUE - timedelta(days=1)) is None


def test_a_folder_lists_its_files_page_by_page_and_not_its_folders(google, drive):
    google.page_size = 2
    add(google, number=9, mime=FOLDER)
    for number in range(1, 6):
        add(google, number=number, parents=(identity(9),))
    add(google, number=6, parents=(identity(9),), trashed=True)
    add(google, number=7, parents=(identity(9),), mime=FOLDER)
    assert drive.list_folder(identity(9)) == [DriveFile(identity(number)) for number in range(1, 6)]
    assert drive.list_folder(identity(1)) is None
    assert drive.list_folder(identity(99)) is None


def test_the_addresses_of_the_real_google_are_asked_where_no_other_is_named(config):
    service = load_account(config, environment={}).service("drive", "v3")
    assert service.files().get(fileId="x").uri.startswith("https://www.googleapis.com/drive/v3/files/x?")
    service.close()
    assert load_account(config, environment={ENDPOINT: "http://127.0.0.1:1/"}).endpoint == "http://127.0.0.1:1"
