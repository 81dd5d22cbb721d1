"""What looking at a shared notebook ends as: a copy of it with what is known of when, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE, BadLink
from grader.language import _

NOT_SHARED = BadLink(
    _(
        "The link does not open for us: the notebook is not shared, or the link is not whole. "
        "Google does not say which."
    ),
    _("In Colab: Share, General access, Anyone with the link, Viewer. Then send the link again."),
)
REFUSALS = {
    "fileNotDownloadable": BadLink(_("The link leads to a Google document, not to a notebook."), HOW_TO_SHARE),
    "cannotDownloadAbusiveFile": BadLink(
        _("Google has marked the file as harmful, and does not give it out."), SEND_THE_FILE
    ),
    "cannotDownloadFile": BadLink(
        _("The notebook is shared, but downloading it is switched off."),
        _("In Share, settings: let viewers download, print and copy.") + SEND_THE_FILE,
    ),
    "downloadQuotaExceeded": BadLink(_("Google says that the file was downloaded too often today."), SEND_THE_FILE),
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
    if size_mib is None:
        what = _("The notebook has more than the limit of {limit} MiB.", limit=limit_mib)
    else:
        what = _(
            "The notebook has {size} MiB, more than the limit of {limit} MiB.", size=round(size_mib), limit=limit_mib
        )
    return BadLink(what, _("Clear the largest outputs (Edit, Clear all outputs), save, and tell us."))
