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
    "unreadable": N_("nothing was run"),
    "failed": N_("the grader failed"),
}
LACK: Mapping[str, str] = {
    "file": N_("file"),
    "package": N_("package"),
    "device": N_("GPU"),
    "secret": N_("secret"),
    "input": N_("typed answer"),
    "network": N_("download"),
    "interpreter": N_("newer Python"),
    "version": N_("other version"),
    "kernel": N_("language"),
    "grader": N_("processor time"),
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
MISTAKE: Mapping[str, str] = {
    "up-to-scale": N_("a constant factor"),
    "not-normalised": N_("not normalised"),
    "offset": N_("a constant offset"),
    "sign": N_("the wrong sign"),
    "transposed": N_("transposed"),
    "swapped": N_("swapped"),
    "shifted": N_("shifted"),
    "border": N_("wrong at the border"),
    "reversed": N_("reversed"),
    "reordered": N_("in another order"),
    "extra-rows": N_("too many rows"),
    "missing-rows": N_("rows are missing"),
    "channels-reversed": N_("reversed colour channels"),
    "degrees-for-radians": N_("degrees in place of radians"),
    "radians-for-degrees": N_("radians in place of degrees"),
    "whole-turns": N_("off by whole turns"),
    "rounded": N_("rounded"),
    "overflow-uint8": N_("overflow of 8-bit integers"),
    "wrong-shape": N_("the wrong shape"),
    "constant": N_("constant"),
    "nan": N_("values that are no numbers"),
    "ignored-argument": N_("an argument is ignored"),
    "changed-argument": N_("an argument is changed in place"),
    "hard-coded": N_("a fixed answer"),
    "linear": N_("only a straight line"),
    "not-trained": N_("not trained"),
    "alike": N_("networks that are alike"),
    "diverged": N_("the training diverged"),
    "never-stepped": N_("the optimizer made no step"),
    "other-parameters": N_("the optimizer changes other parameters"),
    "overlap": N_("training and test data overlap"),
    "output-scale": N_("outputs on another scale"),
    "memorised": N_("learned by heart"),
    "broadcast-loss": N_("a loss over broadcast shapes"),
    "sum-for-mean": N_("a sum in place of a mean"),
    "root-of-mse": N_("a root of the mean squared error"),
}
"""What a page calls a known mistake; rubrics and `--json` call it by its id."""
ENVIRONMENT: Mapping[str, str] = {"python": N_("Python"), "machine": N_("machine"), "gpu": N_("GPU")}
"""What a run's environment tells besides its packages."""


def name_mistake(diagnosis: str) -> str:
    """A known mistake as people call it; one of an earlier version by its id."""
    return str(_(MISTAKE[diagnosis])) if diagnosis in MISTAKE else diagnosis


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
