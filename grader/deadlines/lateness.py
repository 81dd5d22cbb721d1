"""When a submission came, how surely that is known, which of several counts, and what lateness costs.

Judged anew each time from the evidence as it was kept, so a deadline, a policy or an extension may change at any time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from grader.course.course import LatePolicy
from grader.language import NOTHING, Reason, _, join, ngettext, write_moment
from grader.model import EvidenceStep, Lateness, LateRuling, Submission

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
    rulings: Mapping[str, LateRuling] = field(default_factory=dict)
    """hash of a submission -> what a person said of its lateness"""

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
    if evidence.modified is None:
        return "undated"
    if evidence.modified <= closes:
        return "unchanged"
    # A link that was itself sent late is late whatever became of it; only one sent in time leaves a doubt.
    return "unchanged" if evidence.sent and evidence.sent > closes else "changed"


def measure_late_s(submission: Submission, terms: Terms) -> float:
    """Seconds after the deadline; 0 within the grace time, and where no time is known."""
    if submission.received is None or terms.due is None or terms.closes is None:
        return 0.0
    ruling = terms.rulings.get(submission.sha256)
    if ruling is not None and ruling.counts == "in time":
        return 0.0
    if ruling is not None and ruling.handed_in is not None:
        return max(0.0, (ruling.handed_in - terms.due).total_seconds())
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


def judge_lateness(
    submission: Submission, terms: Terms, possible: float, *, later: Reason = NOTHING
) -> Lateness | None:
    """What is known and what it costs of `possible` points; None where no time is known.

    `later` tells what became of a shared notebook after the copy that counts.
    """
    if submission.received is None:
        return None
    step = find_step(submission, terms.closes)
    late_by_s = measure_late_s(submission, terms)
    share, costs = _price(late_by_s, terms)
    ruling = terms.rulings.get(submission.sha256)
    if ruling is not None and ruling.counts == "refused":
        share, costs = 1.0, NOTHING
    looked = submission.evidence.looked if submission.evidence else None
    decided = terms.settled is not None and looked is not None and terms.settled >= looked
    waits = step == "changed" and share > 0 and not decided and ruling is None
    said = _tell_ruling(ruling, terms) if ruling is not None else NOTHING
    sentences = [_tell_step(submission, step, terms), said, costs, later]
    if waits:
        sentences.insert(
            1, _("Whether it counts as late waits for a person; until then the points below are withheld.")
        )
    return Lateness(
        step=step, because=join(sentences), late_by_s=late_by_s, penalty=round(share * possible, 6), waits=waits
    )


def _tell_ruling(ruling: LateRuling, terms: Terms) -> Reason:
    match ruling.counts:
        case "in time":
            told = _("It was decided that it counts as in time.")
        case "refused":
            told = _("It was decided that it is not accepted, so it gets no points.")
        case _:
            when = tell_moment(ruling.handed_in or ruling.when, terms.zone)
            told = _("It was decided that it counts as handed in on {when}.", when=when)
    return told + _("The reason: {why}", why=ruling.why) if ruling.why else told


def _price(late_by_s: float, terms: Terms) -> tuple[float, Reason]:
    """The share of the points that is lost, and the sentence that says so."""
    late = terms.late
    if not late_by_s:
        return 0.0, NOTHING
    after = _("That is {duration} after the deadline", duration=tell_duration(late_by_s))
    match late.rule:
        case "free":
            return 0.0, _("{after}, which costs nothing in this assignment.", after=after)
        case "refuse":
            return 1.0, _("{after}. Late submissions get no points in this assignment.", after=after)
        case "fixed":
            costs = late.costs or 0.0
            return costs, _("{after}, which costs {percent}% of the points.", after=after, percent=_percent(costs))
        case "per-day":
            days = count_late_days(late_by_s)
            free = min(days, terms.free_days)
            share = min(late.at_most, (late.costs or 0.0) * (days - free))
            return share, _say_days(after, days, free, share, late)


def _say_days(after: Reason, days: int, free: int, share: float, late: LatePolicy) -> Reason:
    begun = ngettext("{n} day begun", "{n} days begun", days)
    if free:
        begun = _("{days}, of which your free late days cover {free}", days=begun, free=free)
    return _(
        "{after}: {days}; each day begun costs {each}% of the points, {at_most}% at most. "
        "It costs {percent}% of the points.",
        after=after,
        days=begun,
        each=_percent(late.costs or 0.0),
        at_most=_percent(late.at_most),
        percent=_percent(share),
    )


def _percent(share: float) -> str:
    return f"{100 * share:.0f}"


def _tell_step(submission: Submission, step: EvidenceStep, terms: Terms) -> Reason:
    evidence = submission.evidence
    received = tell_moment(submission.received, terms.zone) if submission.received else NOTHING
    looked = tell_moment(evidence.looked, terms.zone) if evidence and evidence.looked else NOTHING
    modified = tell_moment(evidence.modified, terms.zone) if evidence and evidence.modified else received
    match step:
        case "attachment":
            return _("The notebook itself came with your mail, on {when}.", when=received)
        case "upload":
            return _("It was uploaded on {when}.", when=received)
        case "snapshot":
            if not terms.due:
                return _("A copy of your shared notebook was taken on {when}, and that copy was graded.", when=looked)
            return _(
                "A copy of your shared notebook was taken on {when}, before the deadline, and that copy was graded.",
                when=looked,
            )
        case "revision":
            return _(
                "Of your shared notebook’s history the last state before the deadline was graded, of {when}.",
                when=modified,
            )
        case "unchanged":
            copied = _(
                "Your shared notebook was copied on {when}; it says that it was last changed on {changed}.",
                when=looked,
                changed=modified,
            )
            if not evidence or not evidence.sent:
                return copied
            return copied + _("The link came on {when}.", when=tell_moment(evidence.sent, terms.zone))
        case "undated":
            return _(
                "The link came on {when}. Your shared notebook was copied on {copied}; where it lies does not say "
                "when it was last changed.",
                when=received,
                copied=looked,
            )
        case "changed":
            return _(
                "Your shared notebook was copied on {when}, and it was changed on {changed}, after the deadline; "
                "how it was before, nobody has kept.",
                when=looked,
                changed=modified,
            )
    return NOTHING


def tell_moment(when: datetime, zone: tzinfo) -> Reason:
    """A moment to the second, with its offset from UTC.

    >>> from zoneinfo import ZoneInfo
    >>> str(tell_moment(datetime(2024, 8, 11, 2, 59, 30, tzinfo=UTC), ZoneInfo("America/Argentina/Buenos_Aires")))
    '2024-08-10 23:59:30 UTC−03:00'
    """
    local = fix_offset(when, zone)
    return write_moment(local, f"{local:%H:%M:%S} {local.tzname()}".replace(" UTC-", " UTC−"))


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
