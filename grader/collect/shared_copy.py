"""What looking at a shared notebook ends as: a copy of it with what is known of when, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE, BadLink

NOT_SHARED = BadLink(
    "The link does not open for us: the notebook is not shared, or the link is not whole. Google does not say which.",
    "In Colab: Share, General access, Anyone with the link, Viewer. Then send the link again.",
)
REFUSALS = {
    "fileNotDownloadable": BadLink("The link leads to a Google document, not to a notebook.", HOW_TO_SHARE),
    "cannotDownloadAbusiveFile": BadLink(
        "Google has marked the file as harmful, and does not give it out.", SEND_THE_FILE
    ),
    "cannotDownloadFile": BadLink(
        "The notebook is shared, but downloading it is switched off.",
        "In Share, settings: let viewers download, print and copy. " + SEND_THE_FILE,
    ),
    "downloadQuotaExceeded": BadLink("Google says that the file was downloaded too often today.", SEND_THE_FILE),
}


@dataclass(frozen=True)
class SharedCopy:
    """A shared notebook as it was when it was looked at."""

    id: str
    name: str
    revision: str
    modified: datetime | None
    """None where who gives it out does not say."""
    looked: datetime | None
    content: bytes | None
    """None where this state of it is known already."""
    owners: tuple[str, ...]
    shows_revisions: bool
    trashed: bool


def too_large(limit_mib: float, size_mib: float | None = None) -> BadLink:
    """The answer about a notebook of more than what is read; without its size where that is not known."""
    have = f"{size_mib:.0f} MiB, more" if size_mib is not None else "more"
    return BadLink(
        f"The notebook has {have} than the limit of {limit_mib:g} MiB.",
        "Clear the largest outputs (Edit, Clear all outputs), save, and tell us.",
    )
