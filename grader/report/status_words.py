"""The pages' words for what the nouns call by a name: statuses, endings and matches. Templates tell them by `_`."""

from __future__ import annotations

from collections.abc import Mapping

from grader.language import N_, Reason, _, ngettext, verbatim

STATUS: Mapping[str, str] = {
    "met": N_("met"),
    "partly": N_("partly met"),
    "missed": N_("not met"),
    "unanswered": N_("no answer"),
    "unscored": N_("waits for a person"),
}
END: Mapping[str, str] = {
    "finished": N_("finished"),
    "stopped": N_("stopped at a limit"),
    "died": N_("the kernel died"),
    "unreadable": N_("not a notebook"),
    "failed": N_("the grader failed"),
}
CELL_END: Mapping[str, str] = {
    "ok": N_("ok"),
    "error": N_("error"),
    "interrupted": N_("interrupted"),
    "died": N_("died"),
    "skipped": N_("not run"),
}
SANDBOX: Mapping[str, Reason] = {"bubblewrap": verbatim("bubblewrap"), "none": _("none")}
PICTURE_LEFT_OUT: Mapping[str, str] = {
    "unreadable": N_("A picture is left out: its bytes are not a PNG that can be read."),
    "too-large": N_("A picture is left out: it is too large to show here."),
    "page-full": N_("A picture is left out: the pictures above fill the room that a page has."),
}
OUTPUT_MATCH: Mapping[str, str] = {
    "same": N_("same"),
    "close": N_("close"),
    "different": N_("different"),
    "not-run-here": N_("not run here"),
    "never-run": N_("never run"),
    "nothing-stored": N_("nothing stored"),
}
NOT_RUN: Mapping[str, str] = {
    "not-run-here": N_("Our run did not get through this cell."),
    "never-run": N_("The notebook was handed in with this cell not run."),
}


def count_status(status: str, n: int) -> str:
    """So many criteria of a status."""
    match status:
        case "met":
            return str(ngettext("{n} met", "{n} met", n))
        case "partly":
            return str(ngettext("{n} partly met", "{n} partly met", n))
        case "missed":
            return str(ngettext("{n} not met", "{n} not met", n))
        case "unanswered":
            return str(ngettext("{n} no answer", "{n} no answer", n))
    return str(ngettext("{n} waits for a person", "{n} wait for a person", n))
