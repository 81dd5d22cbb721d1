"""Colab's machine, which is not this one."""


def unassign() -> None:
    """End nothing: the grader ends the kernel when the notebook has ended."""
