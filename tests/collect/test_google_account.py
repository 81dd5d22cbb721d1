"""Signing in to Google as an installed app: the right lies where only its owner can read it, and never in a course."""

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from grader.collect.google_account import DRAFTS, ENDPOINT, READ, load_account
from grader.collect.private_files import config_folder
from grader.errors import UserError
from tests.collect.conftest import write_token
from tests.waiting import PATIENCE_S

ROOT = Path(__file__).parents[2]


def write_client(config, google, kind="installed"):
    client = {
        "client_id": "client-secret-id",
        "client_secret": "client-secret",
        "auth_uri": f"{google.url}/auth",
        "token_uri": f"{google.url}/token",
        "redirect_uris": ["http://localhost"],
    }
    config.mkdir(parents=True, exist_ok=True)
    (config / "client.json").write_text(json.dumps({kind: client}))


def sign_in(tmp_path, *options):
    """The command with a browser that follows where it is sent, as a user who ticks every box."""
    browser = f"{sys.executable} -c 'import sys, urllib.request; urllib.request.urlopen(sys.argv[1]).read()' %s &"
    environment = {
        **os.environ,
        "XDG_CONFIG_HOME": str(tmp_path),
        "BROWSER": browser,
        "OAUTHLIB_INSECURE_TRANSPORT": "1",  # the double has no certificate
    }
    return subprocess.run(
        [sys.executable, "-m", "grader", "sign-in", *options],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )


def refuse(config, **more):
    with pytest.raises(UserError) as refused:
        load_account(config, **more)
    return str(refused.value)


def test_signing_in_leaves_a_right_that_only_its_owner_can_read(google, tmp_path):
    config = tmp_path / "grader"
    write_client(config, google)
    google.scopes = " ".join(READ)
    ended = sign_in(tmp_path)
    assert ended.returncode == 0, ended.stderr
    token = config / "token.json"
    assert f"Signed in. The right is in {token}, which only you can read." in ended.stdout
    assert stat.S_IMODE(token.stat().st_mode) == 0o600
    assert "secret" not in ended.stdout.replace("client-secret-id", "") + ended.stderr
    service = load_account(config, environment={ENDPOINT: google.url}).service("gmail", "v1")
    assert service.users().messages().list(userId="me").execute() == {"resultSizeEstimate": 0}
    service.close()


def test_a_box_that_was_not_ticked_is_told(google, tmp_path):
    write_client(tmp_path / "grader", google)
    google.scopes = READ[1]
    ended = sign_in(tmp_path)
    assert (ended.returncode, ended.stderr) == (
        2,
        "grader: you did not allow gmail.readonly\n  Sign in again and tick every box: grader sign-in\n",
    )
    assert not (tmp_path / "grader/token.json").exists()


def test_drafts_are_asked_for_only_where_they_are_wanted(google, tmp_path, config):
    assert refuse(config, drafts=True) == (
        "the sign-in does not cover drafts\n  Sign in for them, too: grader sign-in --drafts"
    )
    write_client(tmp_path / "grader", google)
    google.scopes = " ".join([*READ, DRAFTS])
    assert sign_in(tmp_path, "--drafts").returncode == 0
    assert load_account(tmp_path / "grader", drafts=True).credentials.scopes == [*READ, DRAFTS]
    asked = next(path for _, path in google.requests if path.startswith("/auth"))
    assert "gmail.compose" in asked
    assert "gmail.readonly" in asked


def test_without_a_client_the_way_to_one_is_told(tmp_path):
    ended = sign_in(tmp_path)
    path = tmp_path / "grader/client.json"
    assert ended.stderr == (
        f"grader: {path}: there is no OAuth client\n"
        "  Make one in a few steps, and put it there: grader guide colab-and-gmail\n"
    )


@pytest.mark.parametrize("text", ["{}", "[]", "no json"])
def test_a_client_of_another_kind_is_told(google, tmp_path, text):
    path = tmp_path / "grader/client.json"
    path.parent.mkdir()
    path.write_text(text)
    assert sign_in(tmp_path).stderr == (
        f"grader: {path}: this is not the OAuth client of a desktop app\n"
        "  In the Google console, create credentials of the type “Desktop app”, and download them as JSON.\n"
    )


def test_without_a_sign_in_it_is_told(tmp_path):
    assert (
        refuse(tmp_path)
        == "nobody has signed in to Google yet\n  Sign in: grader sign-in (how: grader guide colab-and-gmail)"
    )


def test_a_right_that_others_can_read_is_refused(config):
    path = config / "token.json"
    path.chmod(0o640)
    assert refuse(config) == (
        f"{path}: others on this machine can read the sign-in (its mode is 640)\n"
        f"  Whoever has it can read what it opens. Take the right away: chmod 600 {path}"
    )


@pytest.mark.parametrize("text", ["", "[]", "{}"])
def test_a_right_that_is_damaged_is_told(config, text):
    path = config / "token.json"
    path.write_text(text)
    assert refuse(config) == f"{path}: the sign-in cannot be read\n  Sign in again: grader sign-in"


def test_the_right_is_never_sent_in_the_clear_to_another_machine(config):
    assert refuse(config, environment={ENDPOINT: "http://example.org/"}) == (
        "http://example.org: the environment variable GRADER_GOOGLE_ENDPOINT names a server to which the sign-in "
        "would go in the clear\n  Take the variable away, or name an https address."
    )
    assert load_account(config, environment={ENDPOINT: "https://example.org/"}).endpoint == "https://example.org"


def test_the_right_lies_in_the_users_own_folder(tmp_path, monkeypatch):
    assert config_folder({"XDG_CONFIG_HOME": "/somewhere"}) == Path("/somewhere/grader")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert config_folder({}) == tmp_path / ".config/grader"


def test_a_token_is_never_written_where_it_is_read_from(google, config):
    path = write_token(config, google)
    before = path.read_text()
    service = load_account(config, environment={ENDPOINT: google.url}).service("gmail", "v1")
    service.users().messages().list(userId="me").execute()
    service.close()
    assert path.read_text() == before
