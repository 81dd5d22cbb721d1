"""The double of Google, an account that is signed in to it, and mails as students write them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

from grader.collect.drive import Drive
from grader.collect.gmail import Gmail
from grader.collect.google_account import ENDPOINT, READ, load_account
from grader.collect.retrying import Patience
from tests.collect.google_double import Google

DUE = datetime(2024, 8, 11, 3, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
QUICK = Patience(first_s=0.001, longest_s=0.002, in_all_s=2.0, tries=4)


def identity(number: int) -> str:
    """A file's id, as long as Drive's are."""
    return f"1{number:032d}"


def colab(number: int) -> str:
    return f"https://colab.research.google.com/drive/{identity(number)}?usp=sharing"


def write_mail(
    address: str,
    text: str = "",
    *,
    html: str = "",
    notebooks: dict[str, bytes] | None = None,
    subject: str = "hw2",
    authentic: bool = True,
    **headers: str,
) -> bytes:
    """A mail as it arrives in Gmail, with the header in which Gmail says what it found of the sender."""
    domain = address.rpartition("@")[2].rstrip(">")
    message = EmailMessage()
    found = f"dkim=pass header.i=@{domain}; dmarc=pass header.from={domain}" if authentic else "spf=pass; dmarc=fail"
    message["Authentication-Results"] = f"mx.google.com; {found}"
    message["From"] = address
    message["To"] = "prof@gmail.com"
    message["Subject"] = subject
    message["Message-ID"] = f"<{abs(hash((address, text, html))):x}@mail.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text or "Hello")
    if html:
        message.add_alternative(html, subtype="html")
    for name, content in (notebooks or {}).items():
        message.add_attachment(content, maintype="application", subtype="x-ipynb+json", filename=name)
    return bytes(message)


def write_token(folder: Path, google: Google, **more: Any) -> Path:
    """What a sign-in leaves behind: credentials whose token endpoint is the double's."""
    told = {
        "token": None,
        "refresh_token": "refresh-secret",
        "token_uri": f"{google.url}/token",
        "client_id": "client-secret-id",
        "client_secret": "client-secret",
        "scopes": [*READ],
        **more,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "token.json"
    path.write_text(json.dumps(told))
    path.chmod(0o600)
    return path


@pytest.fixture
def google() -> Iterator[Google]:
    with Google(clock=lambda: DUE - HOUR).serve() as served:
        yield served


@pytest.fixture
def config(google: Google, tmp_path: Path) -> Path:
    return write_token(tmp_path / "config/grader", google).parent


@pytest.fixture
def told() -> list[str]:
    """What was told of waiting."""
    return []


@pytest.fixture
def drive(google: Google, config: Path, told: list[str]) -> Iterator[Drive]:
    service = load_account(config, environment={ENDPOINT: google.url}).service("drive", "v3")
    yield Drive(service, limit_mib=1.0, patience=QUICK, tell=told.append)
    service.close()


@pytest.fixture
def gmail(google: Google, config: Path, tmp_path: Path, told: list[str]) -> Iterator[Gmail]:
    service = load_account(config, environment={ENDPOINT: google.url}).service("gmail", "v1")
    yield Gmail(service, tmp_path / "messages", patience=QUICK, tell=told.append)
    service.close()
