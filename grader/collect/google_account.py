"""The course's Google account: signing in as an installed app, and the services that are asked with it.

Read-only, unless drafts are asked for. The secrets lie in the user's own configuration folder, never in a course.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httplib2
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from google_auth_oauthlib.flow import InstalledAppFlow
from googleapiclient.discovery import build

from grader.collect.private_files import refuse_readable_by_others
from grader.errors import UserError
from grader.files.durable import write_file

READ = (
    "https://www.googleapis.com/auth/gmail.readonly",
    "https://www.googleapis.com/auth/drive.readonly",
)
DRAFTS = "https://www.googleapis.com/auth/gmail.compose"
"""Google has no smaller scope for drafts: this one could also send, which no line of this program does."""
ENDPOINT = "GRADER_GOOGLE_ENDPOINT"
"""An environment variable with the address of another server that speaks Google's language."""
_SERVICE_PATHS = {"drive": "drive/v3/", "gmail": ""}
_TIMEOUT_S = 60


@dataclass(frozen=True)
class Account:
    """Who asks, and where; the credentials renew themselves."""

    credentials: Credentials
    endpoint: str = ""

    def service(self, name: str, version: str) -> Any:
        """The client of one of Google's services, made from the description that comes with the library."""
        options = {"api_endpoint": f"{self.endpoint}/{_SERVICE_PATHS[name]}"} if self.endpoint else None
        http = AuthorizedHttp(self.credentials, http=httplib2.Http(timeout=_TIMEOUT_S))
        return build(name, version, http=http, client_options=options, static_discovery=True, cache_discovery=False)


@dataclass(frozen=True)
class ApiKey:
    """A key of a Google project: with it Drive tells times and hashes of what is shared by link, and asks nobody."""

    key: str
    endpoint: str = ""

    def service(self, name: str, version: str) -> Any:
        options = {"api_endpoint": f"{self.endpoint}/{_SERVICE_PATHS[name]}"} if self.endpoint else None
        http = httplib2.Http(timeout=_TIMEOUT_S)
        told = {"client_options": options, "static_discovery": True, "cache_discovery": False}
        return build(name, version, http=http, developerKey=self.key, **told)


def find_access(folder: Path, environment: Mapping[str, str] = os.environ) -> Account | ApiKey | None:
    """What Drive can be asked with: the sign-in or, where there is none, the key in `api-key`; None without either."""
    if (folder / "token.json").exists():
        return load_account(folder, environment=environment)
    path = folder / "api-key"
    if not path.exists():
        return None
    refuse_readable_by_others(path)
    key = path.read_text(encoding="utf-8").strip()
    if not key:
        raise UserError("the API key is empty", where=str(path), remedy="Write the key there, or take the file away.")
    return ApiKey(key, _read_endpoint(environment))


def sign_in(folder: Path, *, drafts: bool, open_browser: bool) -> None:
    """Let the user allow it in their browser, and keep what Google gives in return."""
    client = folder / "client.json"
    if not client.exists():
        raise UserError(
            "there is no OAuth client",
            where=str(client),
            remedy="Make one in a few steps, and put it there: grader guide colab-and-gmail",
        )
    scopes = [*READ, *([DRAFTS] if drafts else [])]
    try:
        flow = InstalledAppFlow.from_client_secrets_file(str(client), scopes)
    except ValueError as error:
        raise UserError(
            "this is not the OAuth client of a desktop app",
            where=str(client),
            remedy="In the Google console, create credentials of the type “Desktop app”, and download them as JSON.",
        ) from error
    # Google may grant less than was asked; oauthlib would raise, and the check below says it in words.
    os.environ.setdefault("OAUTHLIB_RELAX_TOKEN_SCOPE", "1")
    credentials = flow.run_local_server(port=0, open_browser=open_browser)
    missing = set(scopes) - set(credentials.granted_scopes or scopes)
    if missing:
        named = ", ".join(sorted(scope.rpartition("/")[2] for scope in missing))
        raise UserError(f"you did not allow {named}", remedy="Sign in again and tick every box: grader sign-in")
    _write(folder / "token.json", credentials.to_json())


def load_account(folder: Path, *, drafts: bool = False, environment: Mapping[str, str] = os.environ) -> Account:
    """The account that was signed in."""
    path = folder / "token.json"
    if not path.exists():
        raise UserError(
            "nobody has signed in to Google yet", remedy="Sign in: grader sign-in (how: grader guide colab-and-gmail)"
        )
    refuse_readable_by_others(path)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
        credentials = Credentials(  # type: ignore[no-untyped-call]
            None,  # the short-lived token is asked for when it is needed
            refresh_token=told["refresh_token"],
            token_uri=told["token_uri"],
            client_id=told["client_id"],
            client_secret=told["client_secret"],
            scopes=told["scopes"],
        )
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            "the sign-in cannot be read", where=str(path), remedy="Sign in again: grader sign-in"
        ) from error
    if drafts and DRAFTS not in (credentials.scopes or ()):
        raise UserError("the sign-in does not cover drafts", remedy="Sign in for them, too: grader sign-in --drafts")
    return Account(credentials, _read_endpoint(environment))


def _read_endpoint(environment: Mapping[str, str]) -> str:
    """Whoever is asked learns the right: in the clear only on this machine."""
    endpoint = environment.get(ENDPOINT, "").rstrip("/")
    parts = urlsplit(endpoint)
    if endpoint and parts.scheme != "https" and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
        raise UserError(
            f"the environment variable {ENDPOINT} names a server to which the sign-in would go in the clear",
            where=endpoint,
            remedy="Take the variable away, or name an https address.",
        )
    return endpoint


def _write(path: Path, text: str) -> None:
    """A file that only its owner can read, from its first byte on."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_file(path, text, mode=0o600)
