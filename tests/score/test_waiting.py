"""Who waits for a person, because the grader lacked what the work needs, and what the sentence says of it."""

import pytest

from grader.language import verbatim
from grader.model import ANY_NAME, NETWORKS, OURS, Answer, Cause, CellRun
from grader.rubric import Rubric
from grader.score import score

from .making import MODELS_PROBE, answered, models, network, rubric_of, run_of

VALUE = {"value": 2}
MISSING = Answer(status="missing", because=verbatim("The notebook has no `slope`."))
GPU = Cause(kind="device", what=".cuda()", cell=3)
NOT_YOUR_FAULT = " That is not your fault: a person looks at it."


def judged(answer, *, lost=None, expect=VALUE, probe=None, **fields):
    run = run_of({"asked": answer}, lost=lost or {}, **fields)
    return score(run, rubric_of(expect, probe), {})[0]


def test_what_is_missing_for_a_cause_of_ours_waits_and_names_the_cause():
    finding = judged(MISSING, lost={"slope": GPU})
    assert (finding.status, finding.earned, finding.cause) == ("unscored", None, GPU)
    assert str(finding.because) == (
        "`slope` is missing because cell 3 stopped at `.cuda()`: there is no GPU here." + NOT_YOUR_FAULT
    )


def test_what_is_wrong_and_depends_on_what_is_missing_waits():
    finding = judged(answered(3), lost={"slope": GPU})
    assert (finding.status, finding.cause) == ("unscored", GPU)
    assert str(finding.because) == (
        "`slope` depends on what is missing here: cell 3 stopped at `.cuda()`: there is no GPU here." + NOT_YOUR_FAULT
    )


def test_what_is_right_is_met_whatever_is_missing():
    assert judged(answered(2), lost={"slope": GPU, ANY_NAME: GPU}).status == "met"


@pytest.mark.parametrize("answer", [MISSING, answered(3)])
def test_another_name_that_is_lost_changes_nothing(answer):
    assert judged(answer, lost={"height": GPU, NETWORKS: GPU}) == judged(answer)


def test_of_several_names_the_one_that_is_lost_is_named():
    finding = judged(MISSING, probe={"evaluate": "slope * height"}, lost={"height": GPU})
    assert str(finding.because).startswith("`height` is missing because cell 3 ")


def test_where_any_name_may_be_lost_only_what_is_missing_waits():
    finding = judged(MISSING, lost={ANY_NAME: GPU})
    assert (finding.status, finding.cause) == ("unscored", GPU)
    assert str(finding.because).startswith("`slope` is missing because cell 3 ")
    assert judged(answered(3), lost={ANY_NAME: GPU}).status == "missed"


def test_the_cause_of_the_answer_itself_is_named():
    called = Answer(status="raised", cause=Cause(kind="file", what="points.csv"))
    finding = judged(called, probe={"call": "fit", "with": {"x": 1}})
    assert (finding.status, finding.cause) == ("unscored", called.cause)
    assert str(finding.because) == (
        "`fit` depends on what is missing here: the file `points.csv` is not here." + NOT_YOUR_FAULT
    )


def test_an_answer_that_asks_for_no_name_says_that_a_part_is_missing():
    finding = judged(Answer(status="raised", cause=Cause(kind="grader")), probe={"evaluate": "1 + 1"})
    assert str(finding.because) == "Part of the work is missing because the machine was too busy." + NOT_YOUR_FAULT


def test_lost_networks_are_waited_for_only_where_networks_are_asked_for():
    distinct = {"distinct": {"at_least": 2}}
    one = answered(models(network("model_1")))
    finding = judged(one, expect=distinct, probe=MODELS_PROBE, lost={NETWORKS: GPU})
    assert (finding.status, finding.cause) == ("unscored", GPU)
    assert str(finding.because).startswith("Part of the work is missing because cell 3 ")
    assert judged(one, expect=distinct, probe=MODELS_PROBE).status == "missed"


@pytest.mark.parametrize("cell", [0, 3])
@pytest.mark.parametrize("end", ["unreadable"])
def test_a_notebook_that_cannot_be_read_for_a_cause_of_ours_waits(cell, end):
    cause = Cause(kind="kernel", what="R", cell=cell)
    finding = judged(MISSING, end=end, because=verbatim("It is no Python."), lost={ANY_NAME: cause})
    assert (finding.status, finding.cause) == ("unscored", cause)
    own = judged(MISSING, end=end, because=verbatim("It is no Python."), lost={"slope": cause})
    assert (own.status, own.earned, str(own.because)) == ("unanswered", 0.0, "It is no Python.")


SENTENCES = {
    ("device", 3): "cell 3 stopped at `it`: there is no GPU here",
    ("package", 3): "cell 3 stopped for want of the package `it`, which is not installed here",
    ("file", 3): "cell 3 stopped for want of `it`: that file is not here",
    ("secret", 3): "cell 3 stopped at `it`: nobody's secrets are here",
    ("input", 3): "cell 3 calls `it`: nobody types or chooses a file here",
    ("network", 3): "cell 3 fetches `it`: there is no network here",
    ("interpreter", 3): "cell 3 has `it`, which only a newer Python than the one here knows",
    ("version", 3): "cell 3 stopped in a library at `it`, and by its stored output it once ended well",
    ("kernel", 3): "cell 3 stopped with `it`",
    ("grader", 3): "the machine was too busy for cell 3",
    ("memory", 3): "cell 3 used more memory than it may",
    ("limit", 3): "cell 3 passed a limit",
    ("device", 0): "`it` needs a GPU, and there is none here",
    ("package", 0): "the package `it` is not installed here",
    ("file", 0): "the file `it` is not here",
    ("secret", 0): "`it` asks for a secret, and nobody's secrets are here",
    ("input", 0): "`it` waits for a person, and nobody types or chooses a file here",
    ("network", 0): "`it` is fetched, and there is no network here",
    ("interpreter", 0): "`it` is not here",
    ("version", 0): "`it` is not here",
    ("kernel", 0): "the notebook is written in `it`, which does not run here",
    ("grader", 0): "the machine was too busy",
}


def test_each_cause_of_ours_has_its_sentence():
    assert {kind for kind, cell in SENTENCES if cell == 0} == OURS


@pytest.mark.parametrize(("kind", "cell"), SENTENCES)
def test_each_cause_is_said_by_its_own_sentence(kind, cell):
    finding = judged(MISSING, lost={"slope": Cause(kind=kind, what="it", cell=cell)})
    assert str(finding.because) == f"`slope` is missing because {SENTENCES[kind, cell]}.{NOT_YOUR_FAULT}"


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("device", "it needs a GPU, and there is none here"),
        ("package", "it needs a package that is not installed here"),
        ("file", "it reads a file that is not here"),
        ("secret", "it asks for a secret, and nobody's secrets are here"),
        ("input", "it waits for a person, and nobody types or chooses a file here"),
        ("network", "it fetches something, and there is no network here"),
        ("grader", "the machine was too busy"),
        ("version", "something is not here"),
    ],
)
def test_a_cause_without_a_name_as_a_hidden_question_has_is_said_in_words(kind, told):
    assert str(judged(MISSING, lost={"slope": Cause(kind=kind)}).because).startswith(
        f"`slope` is missing because {told}."
    )


def test_what_is_missing_is_cut_where_it_is_long():
    told = str(judged(MISSING, lost={"slope": Cause(kind="file", what="x" * 200)}).because)
    assert f"the file `{'x' * 120}…` is not here" in told


def test_the_cells_that_make_what_is_asked_for_are_named():
    cells = tuple(
        CellRun(index=2 * number, number=number, title="x", end="ok", made=made)
        for number, made in enumerate([("slope", "a"), ("b",), ("slope",)], start=1)
    )
    assert judged(answered(2), cells=cells).cells == (1, 3)
    assert judged(MISSING, cells=cells).cells == (1, 3)
    whole = {"id": "it", "says": "You say why.", "points": 4, "expect": {"person": True}}
    assert score(run_of(cells=cells), Rubric.model_validate({"points": 4, "criteria": [whole]}), {})[0].cells == ()
