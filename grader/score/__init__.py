"""score: Run, Rubric -> [Finding]. Pure: no files, no clock, no kernel."""

from grader.score.findings import score

__all__ = ["score"]
