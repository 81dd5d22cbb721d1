"""The nouns: frozen data that each verb takes and returns.

    collect -> Submission,  execute -> Run,  score -> Finding,  report -> Grade

Nothing here reads a file, a clock or a kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from grader.language import NOTHING, Reason

Status = Literal["met", "partly", "missed", "unanswered", "unscored"]
"""How a criterion was judged. `unscored` waits for a person; every other status has points."""

End = Literal["finished", "stopped", "died", "unreadable", "failed"]
"""How a run ended.

finished    every cell was run (some may have raised an error)
stopped     the notebook's time was used up; the cells after that were not run
died        the kernel died in a cell; the other cells were run again without that cell
unreadable  what was handed in is not a notebook of Python; nothing was run
failed      the grader itself failed: never the student's zero
"""

CellEnd = Literal["ok", "error", "interrupted", "died", "skipped"]

AnswerStatus = Literal["answered", "missing", "raised", "stopped", "unusable"]
"""How a probe ended.

answered  a value came back
missing   the notebook has nothing of that name (or type)
raised    the student's code raised an error
stopped   a limit stopped it, or there was no kernel left to ask
unusable  what came back is not plain data, or is over a limit
"""


class Noun(BaseModel):
    """Frozen, and strict about its fields."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


Watch = Callable[[str, int, int], None]
"""Called while a verb works: what is being done, how many are done, how many in all."""

EvidenceKind = Literal["attachment", "upload", "link", "revision"]
"""How a submission came.

attachment  the bytes came with a mail
upload      a learning platform or a form noted when it took the file
link        a shared notebook, which stays alive: this is a copy of it as it was when it was looked at
revision    an earlier state of a shared notebook, as its history keeps it
"""


class HandInEvidence(Noun):
    """What is known of when a submission was handed in: facts only, judged by the deadline as it stands on that day."""

    kind: EvidenceKind
    sent: datetime | None = Field(None, description="when the mail or the answer that brought it was taken in")
    looked: datetime | None = Field(None, description="when a shared notebook was looked at, by its server's clock")
    modified: datetime | None = Field(None, description="when a shared notebook says that it was last changed")
    file: str = Field("", description="the shared notebook's id")
    revision: str = Field("", description="which of its states this is")
    message: str = Field("", description="the mail's id")
    flags: tuple[Reason, ...] = Field((), description="what a person should know of it")


class Submission(Noun):
    """What one student handed in for one assignment. Never written to; a resubmission is another one."""

    student: str
    assignment: str
    sha256: str = Field(description="hash of the bytes as they came")
    source: str = Field(description="where it came from, as an instructor would say it")
    received: datetime | None = Field(None, description="None where the source does not tell, as a plain folder does")
    late_by_s: float = 0.0
    evidence: HandInEvidence | None = Field(None, description="None where the source has none, as a plain folder")


class Limits(Noun):
    """What a submission may use. Generous, and stated to students."""

    cell_s: float = Field(600.0, gt=0, description="time of one cell, without what it waits for a processor")
    notebook_s: float = Field(1800.0, gt=0, description="time of all cells together, counted alike")
    memory_mib: int = Field(4096, gt=0, description="memory of each process, and of all together")
    gpu_memory_mib: int = Field(4096, gt=0, description="memory of the GPU, where one is used")
    output_mib: float = Field(10.0, gt=0, description="all that the cells print and draw")
    disk_mib: int = Field(200, gt=0, description="all files in /content, /tmp and /dev/shm together")
    processes: int = Field(128, gt=0, description="processes and threads")
    open_files: int = Field(512, ge=256, description="files that are open at once")
    notebook_mib: float = Field(20.0, gt=0, description="the file as handed in")


CauseKind = Literal[
    "student",
    "file",
    "package",
    "device",
    "secret",
    "input",
    "network",
    "interpreter",
    "version",
    "kernel",
    "limit",
    "memory",
    "grader",
]
"""Why a cell did not do its work.

student      the student's own code
file         a file or a folder that the student's machine had
package      a package, or a version of one
device       a GPU, or another accelerator
secret       a secret of the student's
input        what somebody would have to type
network      what the notebook fetches
interpreter  the syntax or the library of a newer Python
version      what a library does otherwise here: the stored output shows that it went well where it was written
kernel       another language than Python
limit        a limit on time, files, processes
memory       the limit on memory
grader       the grader itself
"""

OURS: frozenset[CauseKind] = frozenset(
    {"file", "package", "device", "secret", "input", "network", "interpreter", "version", "kernel", "grader"}
)
"""What the grader lacks: it costs no points."""


ANY_NAME, NETWORKS = "*", "*networks"
"""Among lost names: any name, where nobody can read which were to be made; networks, wherever they are kept."""


class Cause(Noun):
    """Why a cell did not do its work; decided outside the sandbox."""

    kind: CauseKind
    what: str = Field("", description="what it stopped at, as it stands in the notebook: `.cuda()`, `data.csv`")
    cell: int = Field(0, description="the number of the code cell that stopped; 0 where it was no cell")

    @property
    def is_ours(self) -> bool:
        return self.kind in OURS


class CellRun(Noun):
    """How one code cell ended."""

    index: int = Field(description="place among all cells of the notebook, from 0")
    number: int = Field(description="place among its code cells, from 1: what people are told")
    title: str = Field(description="the cell's first line of code, so that a person finds it")
    end: CellEnd
    wall_s: float = 0.0
    because: Reason = Field(NOTHING, description="the error, or the limit")
    cause: Cause | None = Field(
        None, description="why it did not do its work: it stopped, or it needs what an earlier cell did not make"
    )
    made: tuple[str, ...] = Field((), description="the names that it makes, by its source")
    line: str = Field("", description="the line of code at which it stopped")

    @property
    def error(self) -> tuple[str, str]:
        """The name and the text of the student's error; empty where it is something else that ended the cell."""
        return str(self.because.values.get("error", "")), str(self.because.values.get("detail", ""))


class Answer(Noun):
    """What the notebook answered to one probe: a tree of plain values and NumPy arrays."""

    status: AnswerStatus
    value: Any = Field(None, description="None, bool, int, float, str, list, dict with str keys, numpy.ndarray")
    because: Reason = Field(NOTHING, description="why there is no value; safe to show to the student")
    after: int | None = Field(None, description="the code cell after which it was asked; None: at the end")
    line: int = Field(0, description="the line of the next code cell before which it was asked; 0: before the cell")
    changed: tuple[str, ...] = Field((), description="the asked names that the next cell changed")
    found: tuple[str, ...] = Field((), description="names in other capitals that were asked in place of missing ones")
    overwritten: tuple[str, ...] = Field((), description="the arrays that it was to read and changed in place")
    earlier: tuple[Answer, ...] = Field((), description="what it was before cells used its names again, the last first")
    cause: Cause | None = Field(None, description="what it lacked here, where that is why there is no value")


OutputMatch = Literal["same", "close", "different", "not-run-here", "never-run", "nothing-stored"]
"""A cell's stored output beside its fresh one. `nothing-stored`: it was run, and neither printed nor drew anything."""


class CellComparison(Noun):
    """What was measured between a cell's stored output and its fresh one; the rubric's tolerance judges it later."""

    number: int = Field(description="place among the code cells, from 1")
    title: str
    stored: bool = Field(description="the notebook as handed in holds an output for this cell")
    executed: bool = Field(description="the notebook as handed in says that this cell was run")
    is_environment: bool = Field(False, description="the cell is about the machine alone: packages, versions, paths")
    in_order: bool = Field(True, description="its execution count is above that of the cells before it")
    run_here: bool = Field(True, description="the cell was run by us, to its end or to an error")
    text_alike: bool = Field(True, description="the same words once all numbers are taken out")
    number_difference: float = Field(
        0.0, description="the largest |stored - fresh| / max(|stored|, |fresh|, 1e-3) over the numbers in the text"
    )
    picture_difference: float = Field(0.0, description="the largest mean absolute pixel difference, from 0 to 1")
    stored_excerpt: str = Field("", description="where the texts part first, as stored")
    fresh_excerpt: str = Field("", description="and as fresh")


class NotebookFacts(Noun):
    """What can be said of a submission's notebooks without a kernel; measured once, when the run ends."""

    comparisons: tuple[CellComparison, ...] = ()
    words: str = Field(
        "", description="the text cells that the student wrote: those of the given notebook are left out"
    )
    pictures: int = Field(0, description="pictures that the fresh run drew")


class TrainedNetwork(Noun):
    """What the recording saw of one network's training: a hint about how it came to be, never proof."""

    name: str = Field(description="its class, or the class of what was asked while another's parameters were stepped")
    places: tuple[str, ...] = Field((), description="variables that lead to it: `nets['wide']`; none if it is gone")
    keys: tuple[str, ...] = Field((), description="every name on these paths: `nets` and `wide`")
    function: str = Field("", description="the notebook's function that trained it; empty outside of all")
    optimizer: str = Field("", description="empty where backward was called and no optimizer stepped")
    rate: float | None = None
    steps: int = 0
    moved: bool | None = Field(None, description="its parameters were written to; None where that was not seen")
    strangers: bool = Field(
        False, description="the optimizer stepped parameters of no network that was asked meanwhile"
    )
    losses: tuple[tuple[int, float | None], ...] = Field((), description="(step, loss); None is NaN or infinite")
    inputs: tuple[int, ...] | None = Field(None, description="shape of the first batch that was seen")
    targets: tuple[int, ...] | None = None
    sample_hash: str = ""
    sample: tuple[float | None, ...] = Field((), description="the first numbers of the inputs that were seen")
    parameters: int | None = None


class Run(Noun):
    """What a submission's code answered, and how it ended. On disk it is a folder, named by its key."""

    key: str = Field(description="hash of notebook + probes + limits + environment")
    sha256: str = Field(description="the submission's")
    end: End
    because: Reason = Field(description="how it ended")
    cells: tuple[CellRun, ...] = ()
    answers: Mapping[str, Answer] = Field(default_factory=dict)
    asked: Mapping[str, str] = Field(
        default_factory=dict, description="probe -> hash of what was asked: an answer is of no use to a changed probe"
    )
    facts: NotebookFacts = NotebookFacts()
    sandbox: Literal["bubblewrap", "none"] = "bubblewrap"
    environment: Mapping[str, str] = Field(default_factory=dict, description="package -> version, and the machine")
    lost: Mapping[str, Cause] = Field(
        default_factory=dict,
        description="names that are not there, or not as the notebook makes them, for a cause of ours; `*`: any name",
    )
    asked_in_vain: tuple[str, ...] = Field(
        (), description="what the notebook fetched, or asked somebody for, and did not get"
    )
    missing_packages: tuple[str, ...] = Field((), description="of runs made before causes were noted")
    missing_files: tuple[str, ...] = Field((), description="of runs made before causes were noted")
    watched: bool = Field(False, description="training was watched: what is not in `trained` was not trained by torch")
    trained: tuple[TrainedNetwork, ...] = Field((), description="networks whose training was seen, in order")
    wall_s: float = Field(0.0, description="of its cells")
    cpu_s: float = 0.0
    took_s: float = Field(0.0, description="on the wall, with its questions and whatever was run again; on no page")
    memory_mib: float = 0.0
    """the most that it had at once, beyond what any notebook has as it begins"""


class Finding(Noun):
    """One criterion judged. `earned` is None exactly when the status is `unscored`."""

    criterion: str
    says: str = Field(description="the criterion, as the student reads it")
    status: Status
    earned: float | None
    possible: float
    because: Reason = Field(description="why, so that it teaches")
    diagnosis: str | None = Field(None, description="the name of a known way to be wrong, such as `up-to-scale`")
    hidden: bool = Field(False, description="judged by a probe that students do not see")
    cause: Cause | None = Field(None, description="what the grader lacked, where it waits for that")
    cells: tuple[int, ...] = Field((), description="numbers of the code cells that make what it asks for")
    judged: tuple[str, ...] = Field(
        (), description="hashes of what a person judges who decides on it; empty: not known"
    )

    @property
    def mistake(self) -> str | None:
        """The mistake that it names. An alternative that earns all is none; what waits for a person names none yet."""
        return self.diagnosis if self.status not in ("met", "unscored") else None


class Override(Noun):
    """A person's decision on one criterion: appended, never overwritten, and outlives every re-score and re-run.

    It is on the work that was judged: where something else is handed in, it waits for a person again.
    """

    student: str
    assignment: str
    criterion: str
    earned: float | None = Field(description="None takes the decisions before it back: the finding counts as it was")
    comment: str = ""
    who: str
    when: datetime
    why: str = ""
    judged: tuple[str, ...] = Field(
        (), description="the finding's: hashes of what was judged; empty: holds for any work"
    )


class MistakeComment(Noun):
    """What a person says to everybody whose finding names one mistake: appended; the last one on a mistake counts.

    It is of the mistake and not of those who had made it on that day: who is graded later with it reads it, too.
    """

    assignment: str
    criterion: str
    diagnosis: str
    text: str = Field(description="empty takes the comment before it back")
    who: str
    when: datetime


@dataclass(frozen=True)
class Problem:
    """Something that was sent and could not be taken: whose it is, what is wrong, and the next step. Never a zero."""

    student: str
    """As the roster names them; empty where nobody knows whose it is."""
    called: str
    """What is known of the sender: an address, a file's name, a row."""
    what: Reason
    """What is wrong; the student may read it."""
    remedy: Reason
    """The next step, which the student may read, too."""
    source: str
    message: str = ""
    """The mail that brought it, so that it can be answered."""
    ours: bool = False
    """The next step is the instructor's, not the student's: nothing to write to anybody."""


class Extension(Noun):
    """A person's decision on one student's deadline: appended; the last one of a student counts."""

    student: str
    assignment: str
    until: datetime | None = Field(description="None: the deadline stands, which also settles what waited for a person")
    who: str
    when: datetime
    why: str = ""


class LateRuling(Noun):
    """A person's word on whether one submission was late: appended; the last one on it counts."""

    student: str
    assignment: str
    sha256: str = Field(description="the submission's: another one is looked at anew")
    counts: Literal["in time", "late", "refused"] | None = Field(description="None takes the word before it back")
    handed_in: datetime | None = Field(None, description="where it is late: when it counts as handed in")
    who: str
    when: datetime
    why: str = ""


EvidenceStep = Literal["attachment", "upload", "snapshot", "revision", "unchanged", "changed", "undated", "unknown"]
"""How surely it is known when a submission was handed in, the surest first.

attachment  its bytes came with a mail, at the mail's time
upload      the platform noted the time
snapshot    a copy of the shared notebook was taken in time
revision    its history has a state from before the deadline
unchanged   it was looked at late, and says that it was last changed in time
changed     it was looked at late, and was changed after the deadline: what it was before is not known
undated     the link came in time, it was looked at late, and where it lies does not say when it was changed
unknown     the source does not tell, as a plain folder
"""


class Lateness(Noun):
    """When a submission came, how that is known, and what it costs."""

    step: EvidenceStep
    because: Reason = Field(description="how it is known and what it costs")
    late_by_s: float = 0.0
    penalty: float = Field(0.0, description="points that it costs")
    waits: bool = Field(False, description="a person has to say whether it was late; until then the penalty waits")


class Grade(Noun):
    """A student's findings for one assignment, folded with the overrides and with what lateness costs."""

    student: str
    assignment: str
    findings: tuple[Finding, ...]
    overrides: tuple[Override, ...] = ()
    comments: tuple[MistakeComment, ...] = Field((), description="on the mistakes that the findings name")
    late_by_s: float = 0.0
    lateness: Lateness | None = None
    end: End

    @property
    def possible(self) -> float:
        return sum(finding.possible for finding in self.findings)

    def comment_on(self, criterion: str) -> MistakeComment | None:
        """What a person says of the mistake in this criterion."""
        return next((comment for comment in self.comments if comment.criterion == criterion), None)

    @property
    def penalty(self) -> float:
        """Points that lateness costs: no more than the findings earned."""
        return min(self.lateness.penalty, self._found) if self.lateness else 0.0

    @property
    def earned(self) -> float:
        """Points so far: what waits for a person is not counted, and `needs_review` says that it is missing."""
        return round(self._found - self.penalty, 6)

    @property
    def _found(self) -> float:
        return round(sum(finding.earned or 0.0 for finding in self.findings), 6)

    @property
    def disputed(self) -> float:
        """Points that lateness would cost, and of which a person has to say whether it does."""
        return self.penalty if self.lateness is not None and self.lateness.waits else 0.0

    @property
    def needs_review(self) -> bool:
        late = self.lateness is not None and self.lateness.waits
        return late or any(finding.status == "unscored" for finding in self.findings)

    @property
    def waiting(self) -> float:
        """Points that wait for a person: those of criteria, and those that disputed lateness would cost."""
        return self.disputed + sum(finding.possible for finding in self.findings if finding.status == "unscored")
