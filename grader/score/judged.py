"""What a person judges who decides on a finding, as hashes: a decision holds as long as one of them is the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from grader.inside import plain
from grader.model import Finding, Run
from grader.rubric import Criterion, Rubric


def bind_to_work(findings: Sequence[Finding], run: Run, rubric: Rubric) -> tuple[Finding, ...]:
    """Each finding with the hash of the submission and, where a person looks at less, with that of what they look at.

    So a decision outlives a change of the rubric, a new run of the same notebook, and a new notebook in which what was
    judged is as it was; and no other.
    """
    looks = {criterion.id: look_of(criterion, run) for criterion in rubric.criteria}
    return tuple(
        finding.model_copy(update={"judged": tuple(filter(None, (run.sha256, looks.get(finding.criterion))))})
        for finding in findings
    )


def look_of(criterion: Criterion, run: Run) -> str | None:
    """The hash of the words or of the answer that a person is shown; None where it is the whole notebook."""
    person = criterion.expect.person
    answer = run.answers.get(criterion.probe or "")
    if person is None or run.end in ("failed", "unreadable"):
        return None
    if person.shows == "words":
        return hash_plain(["words", " ".join(run.facts.words.split())])
    if person.shows == "answer" and answer is not None and answer.status == "answered":
        content = plain.dumps(answer.value, max_nodes=10**9, max_depth=plain.STORED_DEPTH)
        return hashlib.sha256(content).hexdigest()
    return None


def hash_plain(told: object) -> str:
    """The hash of plain data."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
