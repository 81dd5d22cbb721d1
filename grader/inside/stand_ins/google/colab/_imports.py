"""A package that is installed here, and cannot be imported."""

from __future__ import annotations

from grader.inside import brought
from grader.inside.colab_packages import COLAB


def find_broken_package(error: BaseException | None) -> str | None:
    """The package of Colab's, or of the course's, whose own code raised the error while it was imported."""
    trace = error.__traceback__ if error is not None else None
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "<module>":
            package = str(trace.tb_frame.f_globals.get("__name__")).partition(".")[0]
            if package in COLAB or package in brought.read_table()["packages"]:
                return package
        trace = trace.tb_next
    return None
