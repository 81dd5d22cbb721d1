"""collect: sources -> Submission. What was handed in is hashed and kept as it came."""

from grader.collect.collected import Collected, Problem
from grader.collect.folder import collect_folder

__all__ = ["Collected", "Problem", "collect_folder"]
