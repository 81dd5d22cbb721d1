"""The analysis of a class: figures, what is left out, and what a person should look at first."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import asdict

import numpy as np
import pytest

from grader.exam.analysis.flags import flag
from grader.exam.analysis.item_tables import options_as_csv, questions_as_csv
from grader.exam.analysis.items import ItemAnalysis, Response, analyse
from grader.exam.exam import Exam
from grader.exam.exam_scores import score
from grader.exam.revisions import Asked, revise
from grader.exam.variants import make_variant
from grader.language import verbatim
from grader.model import Answer
from grader.report.item_pages import ItemsPage
from grader.report.render import render_items

from ..making import make_exam, multiple, question, rows, single
from ..simulation import simulate
from .test_statistics import EXPECTED, lsat6, wuensch

TEXT = {"accept": ["homography"], "wrong": {"f": {"says": ["fundamental matrix"], "misconception": "A line."}}}


def a_class(exam: Exam, students: int, seed: int, truth: Exam | None = None) -> ItemAnalysis:
    """The analysis of a simulated class that knows the key of `truth`."""
    return analysis_of(exam, simulate(exam, students, seed, truth=truth))


def analysis_of(exam: Exam, responses) -> ItemAnalysis:
    asked = revise(exam)
    return analyse(
        asked,
        [
            Response(
                submission.student,
                score(asked, run, exam, {}),
                run.answers,
                {one.question.id: make_variant(one.question, int(run.asked[one.question.id])) for one in asked},
            )
            for submission, run in responses
        ],
        "en",
    )


def as_answers(scores: np.ndarray) -> ItemAnalysis:
    """The analysis of a table of right (b) and wrong (a) answers."""
    exam = make_exam(*(single(f"i{place + 1}", points=1) for place in range(scores.shape[1])))
    asked = [Asked(one) for one in exam.questions]
    variants = {one.id: one for one in exam.questions}
    responses = []
    for number, row in enumerate(scores):
        answers = {
            f"i{place + 1}": Answer(status="answered", value=["b" if right else "a"]) for place, right in enumerate(row)
        }
        run = type("Run", (), {"answers": answers, "asked": {}, "sha256": ""})()
        responses.append(Response(str(number), score(asked, run, exam, {}), answers, variants))
    return analyse(asked, responses, "en")


# ---- published values, through the whole analysis -------------------------------------------------------------------


def test_the_law_school_test_comes_out_as_published():
    analysis = as_answers(lsat6())
    expected = EXPECTED["computed"]
    assert analysis.students == 1000
    for name, key in (("difficulty", "p"), ("uncorrected", "rit"), ("corrected", "rir"), ("alpha_if_dropped", "ad")):
        assert [getattr(item, name).value for item in analysis.items] == pytest.approx(expected[key], abs=5e-7)
    whole = analysis.reliability
    assert (whole.alpha.value, whole.kr20.value) == (pytest.approx(expected["alpha"], abs=5e-7),) * 2
    assert whole.standard_error.value == pytest.approx(expected["sem"], abs=5e-7)
    assert (whole.mean.value, whole.deviation.value) == (pytest.approx(3.819), pytest.approx(expected["sd"], abs=5e-7))
    assert analysis.group_size == 270


def test_wuenschs_kr20_comes_out_as_published():
    assert as_answers(wuensch()).reliability.kr20.value == pytest.approx(0.6963, abs=5e-5)


def test_an_option_is_told_with_its_shares_and_its_correlation():
    scores = np.array([[0.0, 0, 0]] * 3 + [[0, 1, 0]] * 2 + [[1, 1, 1]] * 4)
    (wrong, right) = (option for option in as_answers(scores).items[0].options if option.count)
    assert (right.name, right.right, right.count, right.share) == ("b", True, 4, pytest.approx(4 / 9))
    assert (wrong.name, wrong.count) == ("a", 5)
    rest = scores[:, 1:].sum(axis=1)
    assert right.correlation.value == pytest.approx(np.corrcoef(scores[:, 0], rest)[0, 1])
    assert wrong.correlation.value == pytest.approx(-right.correlation.value)
    assert (right.lower, right.upper, wrong.lower, wrong.upper) == (0, 1, 1, 0)
    assert right.by_group == pytest.approx((0, 1 / 3, 1))


# ---- what is undefined ----------------------------------------------------------------------------------------------


def test_a_question_that_everybody_solves_has_no_correlation_and_says_why():
    item = as_answers(np.array([[1.0, 0, 1], [1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 0, 0]])).items[0]
    assert (item.corrected.value, str(item.corrected.why)) == (None, "all have the same points")
    assert item.difficulty.value == 1
    assert item.upper_lower.value == 0


@pytest.mark.parametrize(
    ("scores", "why"),
    [
        (np.ones((1, 3)), "it takes two students and two questions"),
        (np.ones((5, 3)), "all have the same total"),
    ],
)
def test_an_alpha_that_is_undefined_says_why(scores, why):
    whole = as_answers(scores).reliability
    assert (whole.alpha.value, str(whole.alpha.why)) == (None, why)
    assert (whole.kr20.value, str(whole.kr20.why)) == (None, why)


def test_an_exam_without_students_is_no_error():
    analysis = analyse([Asked(one) for one in make_exam(single()).questions], [], "en")
    assert analysis.students == 0
    assert analysis.items[0].difficulty.value is None
    assert page_of(analysis)


def test_kr20_of_questions_with_parts_is_undefined_and_says_why():
    whole = a_class(make_exam(multiple("m"), single("s")), 30, 1).reliability
    assert whole.kr20.value is None
    assert str(whole.kr20.why) == "some questions have parts of their points, or weigh more than others: see alpha"
    assert whole.alpha.value is not None


# ---- what is left out -----------------------------------------------------------------------------------------------


def test_a_question_that_waits_for_most_is_left_out_and_a_student_who_waits_alone_too():
    exam = make_exam(single("one"), question("text", TEXT, "two"), single("three"))
    responses = simulate(exam, 20, 4)
    unknown = Answer(status="answered", value="no idea")
    waiting = [
        (submission, run.model_copy(update={"answers": {**run.answers, "two": unknown}}))
        for submission, run in responses
    ]
    two_ticks = Answer(status="unusable", because=verbatim("Two ticks."))
    submission, run = waiting[3]
    waiting[3] = submission, run.model_copy(update={"answers": {**run.answers, "one": two_ticks}})
    analysis = analysis_of(exam, waiting)
    assert [item.question for item in analysis.items] == ["one", "three"]
    assert analysis.students == 19
    assert tuple((name, str(why)) for name, why in analysis.left_out) == (
        ("two", "20 of 20 students wait for a person"),
        ("s003", "waits for a person: one"),
    )


@pytest.mark.parametrize(("void", "why"), [("remove", "it counts for nobody"), ("full", "everybody gets its points")])
def test_a_void_question_is_left_out(void, why):
    revision = {"when": "2024-08-05", "question": "one", "void": void, "why": "It was misprinted."}
    exam = make_exam(single("one"), single("two"), single("three"), revisions=[revision])
    analysis = a_class(exam, 20, 4)
    assert tuple((name, str(why)) for name, why in analysis.left_out) == (("one", why),)
    assert analysis.possible == 4


# ---- what to look at first ------------------------------------------------------------------------------------------


def thirty(**wrong_keys: str) -> Exam:
    """Thirty questions; `q3="a"` says that the key of q3 is a, where the class knows b."""
    singles = [single(f"q{place}", right=wrong_keys.get(f"q{place}", "b")) for place in range(22)]
    many = [multiple(f"m{place}", right=wrong_keys.get(f"m{place}", "ace")) for place in range(4)]
    four = [rows(f"r{place}", true=wrong_keys.get(f"r{place}", "ab")) for place in range(4)]
    return make_exam(*singles, *many, *four)


@pytest.mark.parametrize("seed", range(5))
def test_a_wrong_key_of_a_single_choice_is_named_first(seed):
    """Or, where hardly anybody chose it, as the first to look at among those that say little."""
    flags = flag(a_class(thirty(q5="c"), 40, seed, truth=thirty()))
    first = (*flags.doubtful_keys, *flags.weak)[0]
    assert first.question == "q5"
    if flags.doubtful_keys:
        assert first.option == "b"
        assert str(first.because).startswith("The good students prefer “Option b”: ")
    else:
        assert re.match(r"Only 1 chose the key, and \d+ chose “Option .”: is the key right\?", str(first.because))


@pytest.mark.parametrize(("keys", "option"), [({"m1": "cd"}, None), ({"r2": "b"}, "a")])
def test_a_wrong_key_of_boxes_and_rows_is_named(keys, option):
    analysis = a_class(thirty(**keys), 120, 2, truth=thirty())
    (name,) = keys
    found = [one for one in flag(analysis).doubtful_keys if one.question == name]
    assert found
    assert option is None or [one.option for one in found] == [option]


def test_a_written_answer_that_the_good_students_give_is_named():
    wrong = {**TEXT, "accept": ["fundamental matrix"], "wrong": {"h": {"says": ["homography"], "misconception": "?"}}}
    others = [single(f"q{place}") for place in range(12)]
    truth, exam = (make_exam(question("text", text, "t"), *others) for text in (TEXT, wrong))
    (first, *_) = flag(a_class(exam, 40, 3, truth=truth)).doubtful_keys
    assert (first.question, first.option) == ("t", "homography")


def test_right_keys_are_seldom_doubted():
    doubted = sum(len(flag(a_class(thirty(), 30, seed)).doubtful_keys) for seed in range(8))
    assert doubted <= 1  # of 240 questions


def test_a_second_right_option_is_no_longer_doubted_once_it_is_accepted():
    revision = {"when": "2024-08-05", "question": "q5", "accept": ["b"], "why": "Both are right."}
    told = thirty(q5="c").model_dump()
    exam = Exam.model_validate({**told, "revisions": [revision]})
    assert "q5" not in [one.question for one in flag(a_class(exam, 40, 1, truth=thirty())).doubtful_keys]


def test_a_question_answered_by_chance_is_named_as_telling_nobody_apart():
    exam = thirty()
    chance = np.random.default_rng(8)
    responses = [
        (
            submission,
            run.model_copy(
                update={
                    "answers": {
                        **run.answers,
                        "q7": Answer(status="answered", value=[str(chance.choice(list("abcd")))]),
                    }
                }
            ),
        )
        for submission, run in simulate(exam, 120, 1)
    ]
    weak = {one.question: str(one.because) for one in flag(analysis_of(exam, responses)).weak}
    assert "q7" in weak
    assert len(weak) < 6
    assert weak["q7"].startswith("Corrected correlation ")


def test_options_that_nobody_chooses_are_named_where_there_are_enough_students():
    scores = np.array([[0.0, 1, 1], [1, 0, 1], [1, 1, 0], [0, 0, 0]] * 6)
    (first, *_) = flag(as_answers(scores)).dead
    assert str(first.because) == "Chosen by fewer than 5 % of 24 students: “Option c” (0), “Option d” (0)."
    assert flag(as_answers(scores[:16])).dead == ()


# ---- tables and page ------------------------------------------------------------------------------------------------


def page_of(analysis: ItemAnalysis, exam: Exam | None = None) -> str:
    bands = tuple(exam.bands) if exam is not None else ()
    return render_items(ItemsPage("A course", "An exam", "midterm", analysis, flag(analysis), bands))


def test_the_tables_hold_every_question_and_option_and_leave_the_undefined_empty():
    scores = np.array([[1.0, 0, 1], [1, 1, 0], [1, 1, 1], [1, 0, 0], [1, 0, 0]])
    analysis = as_answers(scores)
    questions = list(csv.DictReader(io.StringIO(questions_as_csv(analysis))))
    options = list(csv.DictReader(io.StringIO(options_as_csv(analysis))))
    assert [row["question"] for row in questions] == ["i1", "i2", "i3"]
    assert (questions[0]["corrected"], questions[0]["difficulty"]) == ("", "1")
    assert float(questions[1]["corrected"]) == pytest.approx(analysis.items[1].corrected.value, abs=1e-5)
    assert len(options) == 12
    assert [row["right"] for row in options[:4]] == ["0", "1", "0", "0"]


@pytest.mark.parametrize(("says", "cell"), [("=1+1", "'=1+1"), ("-1+1", "'-1+1"), ("@sum", "'@sum"), ("-1", "-1")])
def test_a_cell_that_a_spreadsheet_would_compute_is_quoted(says, cell):
    told = single("one")
    told["single"]["options"]["a"]["says"] = says
    table = csv.DictReader(io.StringIO(options_as_csv(a_class(make_exam(told, single("two")), 10, 1))))
    assert next(table)["says"] == cell


def test_a_long_written_answer_is_cut_on_the_page():
    exam = make_exam(question("text", TEXT, "t"), single("one"))
    essay = Answer(status="answered", value="word " * 100)
    asked, responses = revise(exam), []
    for submission, run in simulate(exam, 6, 1):
        findings = score(asked, run, exam, {})
        settled = tuple(one.model_copy(update={"earned": 0.0, "status": "missed"}) for one in findings)
        answers = {**run.answers, "t": essay}
        responses.append(
            Response(submission.student, settled, answers, {one.question.id: one.question for one in asked})
        )
    (option,) = analyse(asked, responses, "en").items[0].options
    assert (len(option.says), option.count, option.right) == (80, 6, False)


def test_the_page_names_the_doubtful_key_before_everything_else():
    bands = [{"grade": "pass", "at_least": 60}, {"grade": "fail", "at_least": 0}]
    exam = Exam.model_validate({**thirty(q5="c").model_dump(), "bands": bands})
    page = page_of(a_class(exam, 40, 1, truth=thirty()), exam)
    assert (
        page.index("The key is probably wrong") < page.index("The exam as a whole") < page.index("Question by question")
    )
    assert page.count('<article class="item"') == 30
    assert ">pass</text>" in page
    assert "Cronbach’s alpha" in page


def test_the_page_says_undefined_and_why():
    page = page_of(as_answers(np.ones((5, 3))))
    assert "undefined: all have the same total" in page
    assert "nan" not in re.findall(r"\w+", page.lower())


def test_formulas_are_drawn_and_texts_are_escaped_on_the_page():
    told = single("one", asks="What is $x^2$ of `<b>`?")
    told["single"]["options"]["a"]["says"] = "<script>alert(1)</script>"
    page = page_of(a_class(make_exam(told, single("two")), 10, 1))
    assert 'class="formula" role="img" aria-label="x^2"' in page
    assert "<code>&lt;b&gt;</code>" in page
    assert "<script>" not in page


def test_numbers_of_the_analysis_are_plain_data():
    told = json.loads(
        json.dumps([asdict(item) for item in a_class(make_exam(single("one"), single("two")), 12, 1).items])
    )
    assert [item["question"] for item in told] == ["one", "two"]
