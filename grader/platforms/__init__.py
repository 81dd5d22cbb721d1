"""platforms: what Canvas and Moodle are asked and told over their own web services.

open_site(course, to, at, …)    -> GradeSite  one assignment there: who is in it, what stands there, and sending
                                   and SubmissionSite: what was handed in there
plan(site, rows, last)          -> Planned    what would be sent, what a person changed there, who is missing
send(site, changes, receipt)    -> Sent       each change once, with a receipt as soon as it is there

The token goes in a header or a form to the configured address only, and into no message.
"""

from grader.platforms.grade_site import GradeSite, PlatformStanding
from grader.platforms.handed_in import AttachedFile, PlatformSubmission, SubmissionSite
from grader.platforms.opening import open_site
from grader.platforms.pushing import Change, Planned, Push, Sent, plan, send

__all__ = [
    "AttachedFile",
    "Change",
    "GradeSite",
    "Planned",
    "PlatformStanding",
    "PlatformSubmission",
    "Push",
    "Sent",
    "SubmissionSite",
    "open_site",
    "plan",
    "send",
]
