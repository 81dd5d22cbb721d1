"""collect: sources -> Submission. What was handed in is hashed and kept as it came."""

from grader.collect.collected import Collected
from grader.collect.folder import collect_folder

__all__ = ["Collected", "collect_folder"]
