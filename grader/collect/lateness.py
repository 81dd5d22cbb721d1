"""When a submission came, how surely that is known, which of several counts, and what lateness costs.

Judged anew each time from the evidence as it was kept, so a deadline, a policy or an extension may change at any time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from grader.course import LatePolicy
from grader.model import EvidenceStep, Lateness, Submission

DAY_S = 86_400.0


@dataclass(frozen=True)
class Terms:
    """What holds for one student: the deadline as it stands for them, the policy, and the zone to tell times in."""

    due: datetime | None
    late: LatePolicy = field(default_factory=LatePolicy)
    zone: tzinfo = UTC
    free_days: int = 0
    """Late days that still cost nothing."""
    settled: datetime | None = None
    """When a person last decided on this student's deadline."""

    @property
    def closes(self) -> datetime | None:
        """The last moment that is in time."""
        return self.due + timedelta(minutes=self.late.grace_min) if self.due else None


def find_step(submission: Submission, closes: datetime | None) -> EvidenceStep:
    """How surely it is known when it was handed in."""
    evidence = submission.evidence
    if submission.received is None:
        return "unknown"
    if evidence is None:
        return "upload"
    if evidence.kind != "link":
        return evidence.kind
    if closes is None or (evidence.looked and evidence.looked <= closes):
        return "snapshot"
    if evidence.modified is None or evidence.modified <= closes:
        return "unchanged"
    # A link that was itself sent late is late whatever became of it; only one sent in time leaves a doubt.
    return "unchanged" if evidence.sent and evidence.sent > closes else "changed"


def measure_late_s(submission: Submission, terms: Terms) -> float:
    """Seconds after the deadline; 0 within the grace time, and where no time is known."""
    if submission.received is None or terms.due is None or terms.closes is None:
        return 0.0
    if submission.received <= terms.closes or find_step(submission, terms.closes) == "snapshot":
        return 0.0
    return (submission.received - terms.due).total_seconds()


def choose(submissions: Sequence[Submission], terms: Terms) -> Submission:
    """Of one student's submissions the one that counts: the last that was in time or, if none was, the last."""
    in_time = [submission for submission in submissions if not measure_late_s(submission, terms)]
    chosen, *others = in_time or submissions
    for other in others:
        # What has no time stands where it was collected.
        if other.received is None or chosen.received is None or other.received >= chosen.received:
            chosen = other
    return chosen


def choose_candidates(submissions: Sequence[Submission], terms: Terms) -> list[Submission]:
    """The submissions that have to be graded: one, or where the best counts each of them, the chosen one first."""
    chosen = choose(submissions, terms)
    if terms.late.counts == "last":
        return [chosen]
    earliest = {submission.sha256: submission for submission in reversed(submissions)}
    return [chosen, *(one for one in reversed([*earliest.values()]) if one.sha256 != chosen.sha256)]


def count_late_days(late_by_s: float) -> int:
    """Days that were begun."""
    return math.ceil(late_by_s / DAY_S)


def judge_lateness(submission: Submission, terms: Terms, possible: float, *, later: str = "") -> Lateness | None:
    """What is known and what it costs of `possible` points; None where no time is known.

    `later` tells what became of a shared notebook after the copy that counts.
    """
    if submission.received is None:
        return None
    step = find_step(submission, terms.closes)
    late_by_s = measure_late_s(submission, terms)
    share, costs = _price(late_by_s, terms)
    looked = submission.evidence.looked if submission.evidence else None
    decided = terms.settled is not None and looked is not None and terms.settled >= looked
    waits = step == "changed" and share > 0 and not decided
    sentences = [_tell_step(submission, step, terms), costs, later]
    if waits:
        sentences.insert(1, "Whether it counts as late waits for a person; until then the points below are withheld.")
    because = " ".join(sentence for sentence in sentences if sentence)
    return Lateness(step=step, because=because, late_by_s=late_by_s, penalty=round(share * possible, 6), waits=waits)


def _price(late_by_s: float, terms: Terms) -> tuple[float, str]:
    """The share of the points that is lost, and the sentence that says so."""
    late = terms.late
    if not late_by_s:
        return 0.0, ""
    after = f"That is {tell_duration(late_by_s)} after the deadline"
    days = count_late_days(late_by_s)
    free = min(days, terms.free_days)
    match late.rule:
        case "free":
            return 0.0, f"{after}, which costs nothing in this assignment."
        case "refuse":
            return 1.0, f"{after}. Late submissions get no points in this assignment."
        case "fixed":
            return late.costs or 0.0, f"{after}, which costs {late.costs:.0%} of the points."
        case "per-day":
            share = min(late.at_most, (late.costs or 0.0) * (days - free))
            begun = f"{days} day{'s' * (days != 1)} begun"
            covered = f", of which your free late days cover {free}" if free else ""
            each = f"each day begun costs {late.costs:.0%} of the points, {late.at_most:.0%} at most"
            return share, f"{after}: {begun}{covered}; {each}. It costs {share:.0%} of the points."


def _tell_step(submission: Submission, step: EvidenceStep, terms: Terms) -> str:
    evidence = submission.evidence
    received = tell_moment(submission.received, terms.zone) if submission.received else ""
    looked = tell_moment(evidence.looked, terms.zone) if evidence and evidence.looked else ""
    modified = tell_moment(evidence.modified, terms.zone) if evidence and evidence.modified else received
    match step:
        case "attachment":
            return f"The notebook itself came with your mail, on {received}."
        case "upload":
            return f"It was uploaded on {received}."
        case "snapshot":
            in_time = ", before the deadline" if terms.due else ""
            return f"A copy of your shared notebook was taken on {looked}{in_time}, and that copy was graded."
        case "revision":
            return f"Of your shared notebook’s history the last state before the deadline was graded, of {modified}."
        case "unchanged":
            sent = f" The link came on {tell_moment(evidence.sent, terms.zone)}." if evidence and evidence.sent else ""
            return f"Your shared notebook was copied on {looked}; it says that it was last changed on {modified}.{sent}"
        case "changed":
            return (
                f"Your shared notebook was copied on {looked}, and it was changed on {modified}, after the deadline; "
                "how it was before, nobody has kept."
            )
    return ""


def tell_moment(when: datetime, zone: tzinfo) -> str:
    """A moment to the second, with its offset from UTC.

    >>> from zoneinfo import ZoneInfo
    >>> tell_moment(datetime(2024, 8, 11, 2, 59, 30, tzinfo=UTC), ZoneInfo("America/Argentina/Buenos_Aires"))
    '2024-08-10 23:59:30 UTC−03:00'
    """
    local = fix_offset(when, zone)
    return f"{local:%Y-%m-%d %H:%M:%S} {local.tzname()}".replace(" UTC-", " UTC−")


def fix_offset(when: datetime, zone: tzinfo) -> datetime:
    """The same moment in a zone, as an offset from UTC, which every reader understands."""
    local = when.astimezone(zone)
    return local.astimezone(timezone(local.utcoffset() or timedelta()))


def tell_duration(seconds: float) -> str:
    """A length of time in its two largest units.

    >>> [tell_duration(s) for s in (1, 125, 7500, 200000)]
    ['1 s', '2 min 5 s', '2 h 5 min', '2 d 7 h']
    """
    whole = math.ceil(seconds)
    for size, unit, small, below in ((86400, "d", 3600, "h"), (3600, "h", 60, "min"), (60, "min", 1, "s")):
        if whole >= size:
            return f"{whole // size} {unit} {whole % size // small} {below}"
    return f"{whole} s"
