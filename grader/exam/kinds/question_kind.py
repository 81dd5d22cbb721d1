"""What every kind of question is: its form as data, and a method for each thing that depends on the kind.

A kind reads, judges, prints, analyses and checks itself. It knows neither files nor scanners nor pages: the rest of
the exam asks these methods and never asks which kind it has before it. Reading an answer is not judging it:
`read_cell`, `read_parts` and `read_ticks` make an Answer without knowing what is right, and `judge` does not know where
it came from.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from grader.exam.kinds.paper_parts import PaperPart
from grader.exam.wording import LocalizedText
from grader.files.config_files import Keys
from grader.language import NOTHING, Reason
from grader.model import Answer
from grader.rubric import Part

Id = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
Floor = Annotated[float, Field(ge=-1, le=0, description="the least share that the question can earn")]
Cap = Annotated[float, Field(gt=0, le=1, description="the largest share that it can earn")]
Belief = Annotated[LocalizedText, Field(description="what a student believes who answers so")]


class Rule(Part):
    """A named rule; in YAML its name alone will do."""

    taking: ClassVar[frozenset[str]] = frozenset()
    """Names of rules that take something off, so that the sheet says how far down they go."""

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: Any) -> Any:
        return {"name": data} if isinstance(data, str) else data

    @property
    def called(self) -> str:
        """The rule's name."""
        return str(getattr(self, "name"))  # noqa: B009 - each form has its own names

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest share that a question can earn."""
        return getattr(self, "floor", 0.0), getattr(self, "cap", 1.0)

    @property
    def goes_below_zero(self) -> bool:
        """Whether a question can cost points."""
        return self.bounds[0] < 0


@dataclass(frozen=True)
class ResponseVerdict:
    """The share of the points, None where a person has to look; why; and a misconception that was recognised."""

    share: float | None
    because: Reason
    diagnosis: str | None = None
    unanswered: bool = False
    explained: bool = True
    """Whether the question's explanation follows."""


class Step(Part):
    """One line of a practical exercise's rubric: a person gives its points."""

    says: LocalizedText = Field(description="what earns its points, as corrector and student read it")
    points: float = Field(gt=0, description="what it is worth")


@dataclass(frozen=True)
class Choice:
    """One thing that could be chosen: whether it is right, and for each student whether it was chosen."""

    says: str
    right: bool
    chosen: tuple[bool, ...]


@dataclass(frozen=True)
class Comparison:
    """A part of an answer beside what is right."""

    says: str
    came: str
    expected: str
    right: bool
    short: bool = False
    """Whether both are a word or two."""


@dataclass(frozen=True)
class Remark:
    """One thing to correct in an exam: where it stands, what it is, and what to do."""

    keys: Keys
    what: str
    remedy: str


@dataclass(frozen=True)
class SheetWords:
    """A kind's own words on a sheet."""

    title: Reason = NOTHING
    """What the rule is for, as in "One answer"."""
    hint: Reason = NOTHING
    """How it is answered, as in "tick one"."""
    rules: Mapping[str, str] = field(default_factory=dict)
    """rule -> the text of the sentence; k is the number of right options, {wrong} what a wrong answer takes off."""


@dataclass(frozen=True)
class Around:
    """What a kind may know of its question."""

    id: str
    points: float
    code: str | None = None
    names: frozenset[str] = frozenset()
    """Of parameters and values that its arithmetic may use."""


class QuestionKind(Part):
    """What is right in one question, in the form of its kind."""

    name: ClassVar[str]
    """The key in exam.yaml."""
    words: ClassVar[SheetWords] = SheetWords()
    """Its own words on a sheet."""
    accepts_more: ClassVar[bool] = False
    """Whether a revision can add a right answer."""
    one_of_many: ClassVar[bool] = False
    """Whether each student gives one answer out of many, so that the answers compete with each other."""
    by_corrector: ClassVar[bool] = False
    """Whether a person gives its points, on paper box by box."""
    several_in_row: ClassVar[bool] = False
    """Whether a row of its boxes on paper has room for several ticks."""

    # ---- the form ----

    def check(self, around: Around) -> None:
        """Refuse what does not go together with the question."""

    def fill(self, told: dict[str, Any], values: Mapping[str, float]) -> dict[str, Any]:
        """The form in a variant: `told` is the form as data, its texts filled in."""
        return told

    @property
    def uses(self) -> frozenset[str]:
        """The parameters and values that it uses outside of texts."""
        return frozenset()

    @property
    def graded_steps(self) -> Mapping[str, Step]:
        """The criteria by which a person grades it; empty where the question is one criterion."""
        return {}

    @property
    def graded_as(self) -> str | None:
        """The notebook assignment whose points count."""
        return None

    @property
    def tickable(self) -> tuple[str, ...] | None:
        """What a revision can accept by name; None where it accepts words or numbers."""
        return None

    # ---- the rule ----

    @property
    def own_rule(self) -> Rule | None:
        """The rule that the question states itself."""
        return getattr(self, "rule", None)

    @classmethod
    def rule_form(cls) -> type[Rule] | None:
        """The form of its rule; None where there is nothing to choose."""
        return None

    def ruled_by(self, default: Rule | None) -> QuestionKind:
        """The same with a rule: the exam's where the question has none of its own."""
        return self if default is None or self.own_rule is not None else self.model_copy(update={"rule": default})

    def guess(self) -> float:
        """The share of the points that blind guessing earns on average, under its rule."""
        return 0.0

    def answered_in(self, languages: Sequence[str]) -> QuestionKind:
        """The same for an exam in these languages, where that changes what an answer may mean."""
        return self

    # ---- reading ----

    def fits(self, value: Any) -> bool:
        """Whether the value is a response to this question, as it stands now."""
        return isinstance(value, str)

    def read_cell(self, cell: str, *, names: bool) -> Answer:
        """The response in a cell that is not empty; `names` says that it may hold names beside texts."""
        return Answer(status="answered", value=cell.strip())

    @property
    def parts(self) -> Mapping[str, Sequence[str]]:
        """The parts that may have columns of their own in a file: name -> their texts."""
        return {}

    def read_parts(self, cells: Mapping[str, str], *, names: bool) -> Answer:
        """The response in the columns of its parts: name -> cell."""
        raise NotImplementedError(f"`{self.name}` has no parts")

    @property
    def on_paper(self) -> bool:
        """Whether a sheet has a place for it."""
        return True

    def read_ticks(self, rows: Mapping[str, Sequence[str]]) -> Answer | None:
        """The response in the ticks of a sheet, part -> what is ticked in its row; None where it is handwritten."""
        return None

    # ---- judging ----

    def judge(self, value: Any, accept: Sequence[str], language: str) -> ResponseVerdict:
        """What a response that fits is worth; `accept` is right as well."""
        raise NotImplementedError(f"a person gives the points of `{self.name}`")

    def judge_each(
        self, answer: Answer | None, shares: Mapping[str, float | None]
    ) -> Mapping[str, ResponseVerdict] | None:
        """The verdict on each of `graded_steps`, or on the whole under the name ""; None where `judge` is to be asked.

        `shares` holds what notebook assignments earned, None where points of theirs wait.
        """
        return None

    def worth_of_blank(self) -> float:
        """The share that no answer earns."""
        return 0.0

    def say_right(self, accept: Sequence[str], language: str) -> Reason:
        """What would have been right, in a sentence; empty where that is not to be said."""
        return NOTHING

    # ---- printing ----

    def arrange(self, chance: random.Random) -> tuple[Sequence[str], Sequence[str]]:
        """Its parts in the order of a copy, and their partners where it has such."""
        return (), ()

    def print_parts(self, order: Sequence[str], partners: Sequence[str], language: str) -> Iterator[PaperPart]:
        """What stands below the question's words, from above to below."""
        raise NotImplementedError(f"`{self.name}` is not printed")

    def key(self, order: Sequence[str], partners: Sequence[str], language: str) -> str | None:
        """What a student had to tick or write on a copy; None where a person reads it."""
        return None

    # ---- reviewing and reporting ----

    @property
    def words_to_write(self) -> Mapping[str, LocalizedText]:
        """name -> words of what an answer is made of, where a person types it."""
        return {}

    @property
    def offers(self) -> Mapping[str, LocalizedText]:
        """name -> words of the answers of which a person chooses one, in place of typing it."""
        return {}

    def example(self) -> str:
        """What a typed answer looks like."""
        return ""

    def guide(self) -> Reason:
        """What helps a person who decides on a response."""
        return NOTHING

    @property
    def options_to_tick(self) -> Mapping[str, LocalizedText]:
        """The options that a student saw, for the student's page."""
        return {}

    def is_right(self, part: str, value: str, accept: Sequence[str]) -> bool | None:
        """Whether a tick at this value belongs to a right answer; None where no single box is right or wrong."""
        return None

    def compare(self, value: Any, accept: Sequence[str], language: str) -> Iterator[Comparison]:
        """An answer part by part, for the student's page; `value` is None where there is no answer."""
        return iter(())

    # ---- analysis ----

    def choices(
        self, values: Sequence[Any], full: Sequence[bool], accept: Sequence[str], language: str
    ) -> Mapping[str, Choice]:
        """What a class chose; `values` are its answers, None where there is none, `full` says who has all points."""
        return {}

    @property
    def same_for_all(self) -> bool:
        """Whether its choices can be counted where students were asked variants with other numbers."""
        return True

    # ---- lint ----

    def remarks(self, question: str, folder: Path) -> Iterator[Remark]:
        """What a careful colleague would notice; keys from the form on. `folder` holds the exam's file."""
        return iter(())

    def remarks_on_variant(self, question: str) -> Iterator[tuple[str, Remark]]:
        """The same of one variant, each with a word for its sort: a sort is remarked on once at each place."""
        return iter(())

    def alternatives(self) -> Iterator[tuple[str, Mapping[str, LocalizedText]]]:
        """The groups of texts, by their key, of which no two may say the same."""
        return iter(())

    @property
    def the_right_one(self) -> str | None:
        """The one right option, where just one is right."""
        return None
