"""The page of a class: what needs a person first, then everybody, then the criteria."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from grader.language import _, verbatim
from grader.model import Cause, Finding, Grade, HandInEvidence, Lateness, Run, Submission
from grader.report import ClassPage, StudentRow, page_name, render_class
from grader.report.class_overview import histogram, view_of
from grader.report.pages import StudentPage
from tests.report.html_tree import Page

Row = Callable[..., StudentRow]


def read(page: ClassPage) -> str:
    return Page(render_class(page)).text


def settled(student_page: StudentPage) -> tuple[Finding, ...]:
    """The findings with no criterion that waits."""
    *others, words = student_page.grade.findings
    return (*others, words.model_copy(update={"status": "met", "earned": 1.5}))


def test_the_page_says_that_a_deadline_was_not_applied(class_page: ClassPage) -> None:
    assert "deadline" not in read(class_page)
    text = read(replace(class_page, undated=2))
    assert "The deadline was not applied to 2 submissions. Nothing says when they came." in text


def test_what_needs_a_person_comes_first_with_criterion_reason_and_link(class_page: ClassPage) -> None:
    html = render_class(class_page)
    text = Page(html).text
    assert "2 need a person" in text
    assert "Needs a person first You compare. 1.5 points Read it. ana bruno" in text
    assert '<a href="ana.html#criterion-words"><bdi>ana</bdi></a>' in html
    assert text.index("Needs a person first") < text.index("A row for each student")


def test_reasons_that_differ_stand_apart_under_one_criterion(class_page: ClassPage, row: Row) -> None:
    other = row("carla")
    *rest, words = other.grade.findings
    findings = (*rest, words.model_copy(update={"because": verbatim("It is in Spanish.")}))
    carla = replace(other, grade=other.grade.model_copy(update={"findings": findings}))
    text = read(replace(class_page, students=(*class_page.students, carla)))
    assert "You compare. 1.5 points Read it. ana bruno It is in Spanish. carla" in text
    assert text.count("You compare. 1.5 points Read it.") == 1


def test_how_well_a_criterion_tells_students_apart_is_said_where_it_can_be(class_page: ClassPage, row: Row) -> None:
    def student(name: str, mine: float, rest: float) -> StudentRow:
        whole = row(name)
        first, *others = settled(whole)
        worth = [first.model_copy(update={"earned": mine * first.possible})]
        worth += [other.model_copy(update={"earned": rest * other.possible}) for other in others]
        return replace(whole, grade=whole.grade.model_copy(update={"findings": tuple(worth)}))

    shares = [(0.0, 0.1), (0.5, 0.3), (0.5, 0.8), (1.0, 0.7), (1.0, 1.0)]
    students = tuple(student(f"s{number}", *pair) for number, pair in enumerate(shares))
    first = view_of(replace(class_page, students=students)).tallies[0]
    assert first.discrimination is not None
    # NumPy's corrcoef of these shares, and tanh(atanh(r) - 1.96 / sqrt(2)).
    assert [round(number, 3) for number in first.discrimination] == [0.823, -0.215, 0.988]
    assert "Discrimination 0.82 (-0.22 to 0.99)" in read(replace(class_page, students=students))
    assert "Discrimination" not in read(replace(class_page, students=students[:3]))
    assert view_of(replace(class_page, students=students[:3])).tallies[0].discrimination is None
    same = tuple(student(f"s{number}", 1.0, rest) for number, (_mine, rest) in enumerate(shares))
    assert view_of(replace(class_page, students=same)).tallies[0].discrimination is None


def waiting_for(row: StudentRow, *causes: Cause) -> StudentRow:
    findings = tuple(
        finding.model_copy(update={"status": "unscored", "earned": None, "cause": cause})
        for finding, cause in zip(row.grade.findings, causes, strict=False)
    )
    return replace(row, grade=row.grade.model_copy(update={"findings": findings}))


def test_what_the_grader_lacked_is_listed_once_with_its_students_and_the_remedy(
    class_page: ClassPage, row: Row
) -> None:
    sklearn, gpu = Cause(kind="package", what="sklearn", cell=2), Cause(kind="device", what=".cuda()", cell=1)
    rows = (
        waiting_for(row("ana"), sklearn, sklearn),
        waiting_for(row("bruno"), gpu, sklearn.model_copy(update={"cell": 7})),
        waiting_for(row("carla"), gpu.model_copy(update={"what": ".to('cuda')"})),
        waiting_for(row("dario"), Cause(kind="package", what="$(rm -rf /)")),
    )
    text = read(replace(class_page, students=rows))
    assert "package sklearn 2 students Install it beside the grader: pip install scikit-learn ana bruno" in text
    assert 'GPU 2 students Set gpu = "auto" in assignment.toml, and grade on a machine with a GPU. bruno carla' in text
    assert "pip install $" not in text
    assert "lacked" not in read(class_page)


def test_a_run_of_which_nothing_could_be_judged_is_one_entry(class_page: ClassPage, row: Row) -> None:
    failed = row("carla", end="failed", because="The fork server did not answer.")
    findings = tuple(
        finding.model_copy(update={"status": "unscored", "earned": None, "because": verbatim("Run it again.")})
        for finding in failed.grade.findings
    )
    carla = replace(failed, grade=failed.grade.model_copy(update={"findings": findings}))
    text = read(replace(class_page, students=(*class_page.students, carla)))
    assert "3 criteria 6 points shape , fit , words Run it again. carla" in text.replace(", ", " , ")
    assert "Runs that ended badly carla the grader failed The fork server did not answer." in text


def test_a_class_that_needs_nobody_says_so(class_page: ClassPage, row: Row, student_page: StudentPage) -> None:
    text = read(replace(class_page, students=(row("ana", findings=settled(student_page)),)))
    assert "Nothing waits for a person." in text
    assert "Runs that ended badly" not in text
    assert "The same file" not in text


def test_runs_that_ended_badly_are_counted_and_listed(class_page: ClassPage, row: Row) -> None:
    died = row("carla", end="died", because="The kernel died in cell 7.")
    html = render_class(replace(class_page, students=(*class_page.students, died)))
    text = Page(html).text
    assert "1 run ended badly" in text
    assert "carla the kernel died The kernel died in cell 7." in text
    assert 'href="carla.html#run"' in html


def test_the_same_file_from_two_students_is_shown_and_a_resubmission_is_not(class_page: ClassPage, row: Row) -> None:
    twice = (row("ana", sha256="same"), row("ana", sha256="same"))
    assert "The same file" not in read(replace(class_page, students=twice))
    students = (row("ana", sha256="same"), row("bruno", sha256="same"), row("carla", sha256="other"))
    text = read(replace(class_page, students=students))
    assert "1 file handed in more than once" in text
    assert "Byte for byte the same file: ana bruno Students" in text


def test_students_who_need_a_person_stand_before_the_others(
    class_page: ClassPage, row: Row, student_page: StudentPage
) -> None:
    students = (row("ana", findings=settled(student_page)), row("zoe"), row("Bruno", findings=settled(student_page)))
    view = view_of(replace(class_page, students=students))
    assert [each.grade.student for each in view.rows] == ["zoe", "ana", "Bruno"]


def test_each_row_has_points_what_waits_lateness_end_and_a_strip_of_statuses(class_page: ClassPage, row: Row) -> None:
    text = read(replace(class_page, students=(row("ana", late_by_s=7500.0),)))
    strip = "shape: met fit: partly met words: waits for a person"
    assert f"ana 3 / 6 1.5 {strip} 2 h 5 min finished" in text
    assert "1 late submission" in text


def test_every_student_links_to_their_page(class_page: ClassPage, row: Row) -> None:
    names = ["ana", "Ana", "a/../b", "ana@uni.example", "ñandú"]
    page = Page(render_class(replace(class_page, students=tuple(row(name) for name in names))))
    links = {link.split("#")[0] for link in page.values("href")} - {""}
    assert links == {page_name(name) for name in names}


def test_each_criterion_counts_who_met_it_of_those_who_are_judged(class_page: ClassPage) -> None:
    text = read(class_page)
    assert "x has the right shape. 1 point 2 of 2 met" in text
    assert "Your network predicts f. 3.5 points 0 of 2 met 2 partly met" in text
    assert "You compare. 1.5 points 2 wait for a person" in text


def with_fit(row: StudentRow, **update: object) -> StudentRow:
    shape, fit, words = row.grade.findings
    findings = (shape, fit.model_copy(update=update), words)
    return replace(row, grade=row.grade.model_copy(update={"findings": findings}))


def test_a_named_mistake_says_who_made_it_and_what_they_read(class_page: ClassPage, row: Row) -> None:
    html = render_class(class_page)
    assert "2 students: a constant factor The error of model_1 is 0.05. ana bruno" in Page(html).text
    assert '<a href="ana.html#criterion-fit"><bdi>ana</bdi></a>' in html
    carla = with_fit(row("carla"), because=verbatim("The error is 0.07."))
    text = read(replace(class_page, students=(carla, *class_page.students)))
    said = "3 students: a constant factor For example, ana reads: The error of model_1 is 0.05. ana bruno carla"
    assert said in text


def test_mistakes_come_by_their_number_and_what_waits_is_none(class_page: ClassPage, row: Row) -> None:
    sign = [with_fit(row(name), diagnosis="sign") for name in ("carla", "dora", "eva")]
    waiting = with_fit(row("fede"), diagnosis="sign", status="unscored", earned=None)
    first = view_of(replace(class_page, students=(*class_page.students, *sign, waiting))).tallies[1]
    assert [(one.diagnosis, one.students) for one in first.mistakes] == [
        ("sign", ("carla", "dora", "eva")),
        ("up-to-scale", ("ana", "bruno")),
    ]
    assert first.judged == 5


def test_many_names_are_folded(class_page: ClassPage, row: Row) -> None:
    for number, folded in ((12, False), (13, True)):
        students = tuple(row(f"s{place:02}") for place in range(number))
        assert ("Who made it s00" in read(replace(class_page, students=students))) is folded


def test_the_distribution_is_told_in_words_too(class_page: ClassPage, row: Row, student_page: StudentPage) -> None:
    text = read(replace(class_page, students=(row("ana"), row("bruno", findings=settled(student_page)))))
    assert "Median 3.75 of 6 points. What waits for a person is not counted yet." in text
    assert "1 student with 3 to 4 points 1 student with 4 to 5 points" in text


@given(st.lists(st.floats(-1, 25), max_size=30), st.floats(0.25, 200) | st.just(0.0))
def test_every_grade_is_in_one_bar(class_rows: list[float], possible: float) -> None:
    rows = [graded(earned) for earned in class_rows]
    bars = histogram(rows, possible)
    assert sum(bar.settled + bar.waiting for bar in bars) == len(rows)
    if bars:
        assert len(bars) <= 11
        assert bars[0].low == 0
        assert bars[-1].high == possible
        assert all(one.high == other.low for one, other in itertools.pairwise(bars))


def graded(earned: float) -> StudentRow:
    finding = Finding(criterion="a", says="A.", status="met", earned=earned, possible=20, because=verbatim(""))
    return StudentRow(
        Submission(student="s", assignment="a", sha256="0", source=""),
        Run(key="", sha256="0", end="finished", because=verbatim("")),
        Grade(student="s", assignment="a", findings=(finding,), end="finished"),
    )


def test_the_facts_of_the_runs_are_told(class_page: ClassPage) -> None:
    text = read(class_page)
    assert "Run for this page: 1. Taken from earlier runs: 1. It took 12 s." in text
    assert "Sandbox: bubblewrap (2 students)" in text
    assert "All runs had the same environment. torch 2.13.0" in text


def test_runs_without_a_sandbox_raise_an_alarm_at_the_top(class_page: ClassPage) -> None:
    one, other = class_page.students
    open_run = replace(one, run=one.run.model_copy(update={"sandbox": "none", "environment": {"torch": "2.4"}}))
    text = read(replace(class_page, students=(open_run, other)))
    assert text.index("1 notebook ran without a sandbox.") < text.index("Needs a person first")
    assert "The runs had 2 different environments; the most frequent one is shown." in text


def test_a_class_of_nobody_has_a_page(class_page: ClassPage) -> None:
    text = read(replace(class_page, students=()))
    assert "0 students" in text
    assert "No student has handed in anything yet." in text


def test_the_page_is_one_file_and_its_links_arrive(class_page: ClassPage, row: Row) -> None:
    students = (*class_page.students, row("carla", end="died", sha256="x"), row("diego", sha256="x", late_by_s=60.0))
    html = render_class(replace(class_page, students=students))
    page = Page(html)
    assert page.unbalanced == []
    assert page.opened == []
    assert not {"link", "iframe", "object", "form", "base", "img"} & set(page.tags)
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href") if link.startswith("#")} <= set(ids)
    assert page.tags.count("script") == 1


def test_disputed_lateness_stands_under_what_needs_a_person_with_how_to_decide(class_page: ClassPage, row: Row) -> None:
    lateness = Lateness(
        step="changed", because=verbatim("It was changed later."), late_by_s=60.0, penalty=0.6, waits=True
    )
    html = render_class(replace(class_page, students=(*class_page.students, row("carla", lateness=lateness))))
    assert (
        "It was handed in before the deadline. 0.6 points It was changed later. Decide it on the page of grader "
        "review; or grader extend lines carla --until TIME takes it as in time, grader extend lines carla --stands as "
        "late. carla"
    ) in Page(html).text
    assert 'href="carla.html#criterion--lateness"' in html


def test_what_a_person_should_know_of_how_it_was_handed_in_is_told(class_page: ClassPage, row: Row) -> None:
    carla = row("carla")
    evidence = HandInEvidence(kind="attachment", flags=(_("The mail lay in the bin."), verbatim("So it is.")))
    flagged = replace(carla, submission=carla.submission.model_copy(update={"evidence": evidence}))
    text = read(replace(class_page, students=(*class_page.students, flagged)))
    assert "How it was handed in: worth a look carla The mail lay in the bin. So it is." in text
    assert "worth a look" not in read(class_page)


def test_a_criterion_of_no_points_is_not_counted_on_the_page_of_the_class(class_page: ClassPage) -> None:
    style = Finding(criterion="style", says="It is clear.", status="met", earned=0, possible=0, because=verbatim("So."))
    rows = [
        replace(row, grade=row.grade.model_copy(update={"findings": (style.model_copy(update={"status": status}),)}))
        for row, status in zip(class_page.students, ("met", "missed"), strict=True)
    ]
    page = replace(class_page, students=tuple(rows), rubric=class_page.rubric.model_copy(update={"points": 0.0}))
    told = " ".join(read(page).split())
    assert "It is clear. not counted" in told
    assert "1 of 2 met" in told
