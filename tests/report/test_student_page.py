"""The page of one student: what stands on it, in which words."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

import grader.report
from grader.language import verbatim
from grader.model import Answer, Cause, CellComparison, CellRun, Finding, Lateness, NotebookFacts, Override, Run
from grader.report import StudentPage, render_student
from tests.report.html_tree import Page

Change = Callable[..., StudentPage]


def read(page: StudentPage) -> str:
    """All that can be read on the page."""
    return Page(render_student(page)).text


def test_points_earned_and_points_that_wait_are_told_apart(student_page: StudentPage) -> None:
    text = read(student_page)
    assert "Grade: 3 of 6 points" in text
    assert "1.5 points wait for a person" in text


def test_a_single_point_that_waits_is_said_in_the_singular(student_page: StudentPage, changed: Change) -> None:
    *others, words = student_page.grade.findings
    text = read(changed(grade={"findings": (*others, words.model_copy(update={"possible": 1.0}))}))
    assert "1 point waits for a person" in text


@pytest.mark.parametrize("status", ["missed", "unscored"])
def test_a_criterion_of_no_points_is_not_counted(student_page: StudentPage, changed: Change, status: str) -> None:
    *others, words = student_page.grade.findings
    earned = None if status == "unscored" else 0.0
    style = words.model_copy(update={"possible": 0.0, "earned": earned, "status": status})
    text = " ".join(read(changed(grade={"findings": (*others, style)})).split())
    assert "not counted" in text
    assert "of 0" not in text
    alone = " ".join(read(changed(grade={"findings": (style,)})).split())
    assert "not counted" in alone


def test_nothing_is_said_of_waiting_where_nothing_waits(student_page: StudentPage, changed: Change) -> None:
    assert "wait" not in read(changed(grade={"findings": student_page.grade.findings[:2]}))


def test_a_criterion_shows_what_it_says_its_points_its_reason_and_its_diagnosis(student_page: StudentPage) -> None:
    text = read(student_page)
    assert "Your network predicts f." in text
    assert "2 of 3.5 points" in text
    assert "The error of model_1 is 0.05." in text
    assert "Recognised as a constant factor" in text
    assert "Judged on inputs that are not published." in text


def test_every_status_has_a_word_and_a_shape_of_its_own(student_page: StudentPage, changed: Change) -> None:
    words = {
        "met": "met",
        "partly": "partly met",
        "missed": "not met",
        "unanswered": "no answer",
        "unscored": "waits for a person",
    }
    shapes = dict(re.findall(r'<symbol id="icon-([a-z]+)"[^>]*>(.*?)</symbol>', render_student(student_page)))
    for status, word in words.items():
        finding = student_page.grade.findings[0].model_copy(
            update={"status": status, "earned": None if status == "unscored" else 0.0}
        )
        html = render_student(changed(grade={"findings": (finding,)}))
        assert f'<span class="status {status}">{word}</span>' in html
        assert f'<use href="#icon-{status}"/>' in html[html.index('id="criterion-shape"') :]
    assert len({shapes[status] for status in words}) == len(words)


def test_a_submission_says_when_it_came_and_how_late(changed: Change) -> None:
    received = datetime(2024, 8, 12, 1, 58, tzinfo=timezone(timedelta(hours=-3)))
    text = read(changed(submission={"received": received}, grade={"late_by_s": 7500.0}))
    assert "Handed in 2024-08-12 01:58 UTC−03:00 2 h 5 min late" in text


def test_a_submission_in_time_says_so(student_page: StudentPage) -> None:
    assert "2024-08-11 23:58 UTC on time" in read(student_page)


def test_an_unknown_time_is_called_not_known_and_not_on_time(changed: Change) -> None:
    text = read(changed(submission={"received": None}))
    assert "Handed in not known" in text
    assert "on time" not in text


def test_a_run_without_a_sandbox_says_so_before_the_criteria(changed: Change) -> None:
    text = read(changed(run={"sandbox": "none"}))
    assert text.index("This notebook ran without a sandbox.") < text.index("Criteria")
    assert "Its code could reach the files and the network of the machine that graded it." in text


def test_a_run_in_the_sandbox_raises_no_alarm(student_page: StudentPage) -> None:
    assert "without a sandbox" not in read(student_page)


def test_a_failure_of_the_grader_is_not_the_students(changed: Change) -> None:
    text = read(changed(run={"end": "failed", "because": "The fork server did not answer."}))
    assert "The grader failed. The fork server did not answer." in text
    assert "This is our fault, not the student’s: nobody loses points for it." in text


def test_a_cell_that_ended_badly_is_named_with_its_reason(changed: Change) -> None:
    cells = (
        CellRun(index=0, number=1, title="x = load()", end="ok"),
        CellRun(index=1, number=2, title="train(x)", end="interrupted", because=verbatim("It ran longer than 20 s.")),
        CellRun(index=2, number=3, title="plot(x)", end="skipped"),
    )
    text = read(changed(run={"end": "stopped", "because": "Time was up in cell 2.", "cells": cells}))
    assert "Stopped at a limit. Time was up in cell 2." in text
    assert "Cell 2: interrupted train(x) It ran longer than 20 s." in text
    assert "Cell 3: not run plot(x)" in text
    assert "Cell 1:" not in text
    assert "Run stopped at a limit 2 cells did not end well" in text


def test_each_cell_is_told_with_its_line_its_cause_and_the_names_that_it_makes(changed: Change) -> None:
    lack = Cause(kind="device", what=".cuda()", cell=2)
    cells = (
        CellRun(index=0, number=1, title="x = load()", end="ok", made=("x",)),
        CellRun(
            index=1, number=2, title="net = Net()", end="error", line="net = net.cuda()", cause=lack, made=("net",)
        ),
        CellRun(
            index=2, number=3, title="y = 1 / 0", end="error", cause=Cause(kind="student", what="ZeroDivisionError")
        ),
    )
    text = read(changed(run={"cells": cells}))
    assert "1 cell ended well: what it makes 1 x = load() It makes x" in text
    assert "It stopped at the line net = net.cuda()" in text
    assert "Why: cell 2 stopped at .cuda(): there is no GPU here. That is not your fault. It was to make net" in text
    assert text.count("That is not your fault.") == 1


def test_a_criterion_links_to_the_cells_that_it_is_about(changed: Change) -> None:
    cells = (
        CellRun(index=0, number=1, title="def f(): pass", end="ok", made=("f",)),
        CellRun(index=1, number=2, title="x = load()", end="error"),
    )
    finding = Finding(
        criterion="shape", says="f is right.", status="unscored", earned=None, possible=1, because=verbatim("No."),
        cells=(1, 9), cause=Cause(kind="file", what="a.npy", cell=2),
    )  # fmt: skip
    page = Page(render_student(changed(run={"cells": cells}, grade={"findings": (finding,)})))
    assert "About cells 1 2" in page.text
    assert {"#cell-1", "#cell-2"} <= set(page.values("href"))
    assert {"cell-1", "cell-2"} <= set(page.values("id"))


def test_what_cost_points_comes_first_and_what_is_met_is_folded(changed: Change) -> None:
    findings = tuple(
        Finding(
            criterion=status, says=f"It is {status}.", status=status, earned=earned, possible=1, because=verbatim("So.")
        )
        for status, earned in [("met", 1.0), ("unscored", None), ("partly", 0.5), ("unanswered", 0.0), ("missed", 0.0)]
    )
    html = render_student(changed(grade={"findings": findings}))
    places = [
        html.index(f'id="criterion-{status}"') for status in ("missed", "unanswered", "partly", "unscored", "met")
    ]
    assert places == sorted(places)
    assert "1 criterion is met" in Page(html).text
    assert '<details class="folded">' in html
    html = render_student(changed(grade={"findings": findings[:1]}))
    assert '<details class="folded" open>' in html


def test_time_memory_sandbox_and_environment_are_told(student_page: StudentPage) -> None:
    text = read(student_page)
    assert "Time 3.2 s Processor time 3 s Memory of its own 410.4 MiB Sandbox bubblewrap" in text
    assert "What the notebook ran on torch 2.13.0" in text
    assert "All 2 code cells ran without an error." in text


def test_a_persons_decision_says_who_when_and_why(changed: Change) -> None:
    override = Override(
        student="ana",
        assignment="lines",
        criterion="fit",
        earned=2,
        comment="Well argued.",
        who="bruno",
        when=datetime(2024, 8, 13, 9, 30, tzinfo=timezone.utc),  # noqa: UP017
        why="The plot shows it.",
    )
    text = read(changed(grade={"overrides": (override,)}))
    assert (
        "Changed by a person: 2 points · bruno · 2024-08-13 09:30 UTC Well argued. Reason: The plot shows it." in text
    )


def test_a_comment_that_became_the_reason_is_not_said_twice(student_page: StudentPage, changed: Change) -> None:
    shape = student_page.grade.findings[0].model_copy(update={"because": "Well argued."})
    when = datetime(2024, 8, 13, 9, 30)
    override = Override(
        student="ana", assignment="lines", criterion="shape", earned=1, comment="Well argued.", who="bruno", when=when
    )
    text = read(changed(grade={"findings": (shape,), "overrides": (override,)}))
    assert text.count("Well argued.") == 1
    assert "Changed by a person: 1 point · bruno" in text


def test_of_several_decisions_the_one_that_counts_is_shown(changed: Change) -> None:
    first = Override(
        student="ana", assignment="lines", criterion="fit", earned=1, who="bruno", when=datetime(2024, 8, 13, 9, 30)
    )
    second = first.model_copy(update={"earned": 3.0, "who": "carla"})
    text = read(changed(grade={"overrides": (first, second)}))
    assert "3 points · carla" in text
    assert "bruno" not in text


def test_a_decision_that_was_taken_back_is_not_shown(changed: Change) -> None:
    first = Override(
        student="ana", assignment="lines", criterion="fit", earned=1, who="bruno", when=datetime(2024, 8, 13, 9, 30)
    )
    text = read(changed(grade={"overrides": (first, first.model_copy(update={"earned": None}))}))
    assert "Changed by a person" not in text


def test_a_decision_outlives_its_criterion(changed: Change) -> None:
    when = datetime(2024, 8, 13, 9, 30)
    override = Override(student="ana", assignment="lines", criterion="gone", earned=2, who="bruno", when=when)
    text = read(changed(grade={"overrides": (override,)}))
    assert "Decisions on criteria that the rubric no longer has gone Changed by a person: 2 points · bruno" in text


def test_the_words_that_a_person_judges_are_shown_as_written(student_page: StudentPage) -> None:
    html = render_student(student_page)
    assert "I prefer <strong>model_1</strong>." in html
    assert "What you wrote" in Page(html).text


def test_endless_words_are_cut_and_the_page_says_so(changed: Change) -> None:
    text = read(changed(run={"facts": NotebookFacts(words="word " * 10_000)}))
    assert "The rest of the text is in the notebook." in text
    assert text.count("word ") < 5_000


def test_a_self_check_counts_hidden_criteria_without_showing_them(student_page: StudentPage) -> None:
    text = read(replace(student_page, public_only=True))
    assert "Self-check. These are the public criteria only." in text
    assert "Grade: 1 of 2.5 points" in text
    assert "One more criterion, worth 3.5 points, is judged after you hand in." in text
    assert "Your network predicts f." not in text
    assert "up-to-scale" not in text


def comparison(number: int, **facts: Any) -> CellComparison:
    return CellComparison(**{"number": number, "title": f"cell_{number}()", "stored": True, "executed": True, **facts})


def test_each_stored_output_is_set_beside_the_fresh_one(changed: Change) -> None:
    comparisons = (
        comparison(1),
        comparison(2, number_difference=0.0213),
        comparison(3, text_alike=False, stored_excerpt="loss 0.1", fresh_excerpt="loss: nan"),
        comparison(4, stored=False, executed=False),
        comparison(5, run_here=False),
        comparison(6, in_order=False),
        comparison(7, stored=False),
    )
    text = read(changed(run={"facts": NotebookFacts(comparisons=comparisons)}))
    assert "3 of 5 stored outputs were reproduced." in text
    assert "1 cell_1() same" in text
    assert "2 cell_2() close numbers differ by at most 2.1 %" in text
    assert "3 cell_3() different stored loss 0.1 our run loss: nan" in text
    assert "4 cell_4() never run The notebook was handed in with this cell not run." in text
    assert "5 cell_5() not run here Our run did not get through this cell." in text
    assert "6 cell_6() same run out of order It was run before a cell above it" in text
    assert "1 cell has no output to compare, and is not listed." in text
    assert "cell_7()" not in text


def test_outputs_are_counted_as_the_criterion_counts_them(changed: Change) -> None:
    lacking = CellRun(index=1, number=2, title="", end="error", cause=Cause(kind="file", what="a.csv", cell=2))
    comparisons = (comparison(1), comparison(2, text_alike=False), comparison(3))
    text = read(changed(run={"facts": NotebookFacts(comparisons=comparisons), "cells": (lacking,)}))
    assert "All 2 stored outputs were reproduced." in text
    text = read(changed(run={"facts": NotebookFacts(comparisons=comparisons[1:2]), "cells": (lacking,)}))
    assert "No stored output could be compared here." in text


def test_outputs_are_judged_by_the_rubrics_own_tolerance(student_page: StudentPage, changed: Change) -> None:
    facts = NotebookFacts(comparisons=(comparison(1, number_difference=0.2),))
    assert "different" in read(changed(run={"facts": facts}))
    data = student_page.rubric.model_dump(by_alias=True, exclude_none=True)
    data["criteria"].append(
        {"id": "again", "says": "Outputs come again.", "points": 1, "expect": {"reproduced": {"within": 0.5}}}
    )
    tolerant = type(student_page.rubric).model_validate({**data, "points": 7})
    assert "1 cell_1() close numbers differ by at most 20 %" in read(
        changed(run={"facts": facts}, page={"rubric": tolerant})
    )


def test_a_notebook_without_stored_outputs_is_told_so(changed: Change) -> None:
    text = read(changed(run={"facts": NotebookFacts(comparisons=(comparison(1, stored=False, executed=False),))}))
    assert "The notebook was handed in without stored outputs, so there is nothing to compare." in text


def test_the_page_says_how_to_ask_for_a_second_look(student_page: StudentPage) -> None:
    text = read(student_page)
    assert "Do you see it differently? Ask for a second look: write to your instructor" in text
    assert "Write to your instructor before the deadline" in read(replace(student_page, public_only=True))


def test_the_page_of_an_unreadable_submission_stands(student_page: StudentPage, changed: Change) -> None:
    nothing = Run(key="k", sha256="s", end="unreadable", because=verbatim("The file is a web page, not a notebook."))
    text = read(changed(grade={"findings": (), "end": "unreadable"}, page={"run": nothing, "expected": {}}))
    assert "Nothing was run. The file is a web page, not a notebook." in text
    assert "No code cell was run." in text
    assert "Grade: 0 of 0 points" in text
    assert "outputs come out again" not in text


def test_numbers_that_are_none_do_not_break_the_page(changed: Change) -> None:
    odd = comparison(1, number_difference=float("inf"), picture_difference=float("nan"))
    run = {"wall_s": float("nan"), "memory_mib": float("inf"), "facts": NotebookFacts(comparisons=(odd,))}
    text = read(changed(run={**run, "answers": {"networks": Answer(status="stopped", because=verbatim("No kernel."))}}))
    assert "Time – " in text
    assert "Memory of its own – MiB" in text


def test_a_notebook_of_endless_cells_makes_no_endless_page(changed: Change) -> None:
    cells = tuple(
        CellRun(index=n, number=n, title="x" * 5_000, end="error", because=verbatim("y" * 50_000))
        for n in range(1, 1500)
    )
    comparisons = tuple(comparison(n, title="x" * 5_000, stored_excerpt="z" * 50_000) for n in range(1, 1500))
    html = render_student(changed(run={"cells": cells, "facts": NotebookFacts(comparisons=comparisons)}))
    assert "1299 more cells did not end well." in Page(html).text
    assert len(html) < 1_000_000


def test_the_page_is_one_file_without_script_or_address(student_page: StudentPage) -> None:
    html = render_student(student_page)
    page = Page(html)
    assert html.startswith("<!DOCTYPE html>")
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'" in html
    assert not {"script", "link", "iframe", "object", "form", "base"} & set(page.tags)
    assert all(
        address.startswith(("#", "data:image/png;base64,")) for address in page.values("href") + page.values("src")
    )
    assert "url(" not in html
    assert "@import" not in html


def test_the_page_is_well_formed_and_its_links_arrive(changed: Change) -> None:
    page = Page(render_student(changed(run={"end": "stopped"})))
    assert page.unbalanced == []
    assert page.opened == []
    ids = page.values("id")
    assert len(ids) == len(set(ids))
    assert {link[1:] for link in page.values("href")} <= set(ids)
    assert set(page.values("aria-labelledby")) <= set(ids)


def test_headings_are_in_order_and_pictures_have_a_text(student_page: StudentPage) -> None:
    page = Page(render_student(student_page))
    levels = [int(tag[1]) for tag in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    described = {name for tag, name, _ in page.attributes if tag == "svg"}
    assert {"aria-hidden", "aria-label"} <= described


def brightness(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", [0, 1, 2], ids=["light", "dark", "print"])
def test_every_text_stands_out_from_what_lies_behind_it(scheme: int) -> None:
    style = (Path(grader.report.__file__).parent / "templates" / "style.css").read_text()
    block = re.findall(r":root \{(.*?)\}", style, re.DOTALL)[scheme]
    found = re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)
    colours = {
        name: value if len(value) == 7 else f"#{value[1] * 2}{value[2] * 2}{value[3] * 2}" for name, value in found
    }
    texts = ["ink", "soft", "accent", "met", "partly", "missed", "unanswered", "unscored", "network"]
    pairs = [(text, behind) for text in texts for behind in ("paper", "wash")]
    for text, behind in [*pairs, ("ink", "partly-wash"), ("ink", "missed-wash"), ("accent", "missed-wash")]:
        light, dark = sorted((brightness(colours[text]), brightness(colours[behind])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{text} on {behind}"


def test_the_page_tells_how_the_time_is_known_and_what_lateness_costs(changed: Change) -> None:
    lateness = Lateness(
        step="attachment", because=verbatim("It came with your mail. It costs 10%."), late_by_s=60.0, penalty=0.6
    )
    text = read(changed(grade={"lateness": lateness, "late_by_s": 60.0}))
    assert "1 min 0 s late costs 0.6 points" in text
    assert "How we know when it was handed in: It came with your mail. It costs 10%." in text
    assert "Grade: 2.4 of 6 points" in text


def test_lateness_that_a_person_has_to_judge_waits_with_its_points(changed: Change) -> None:
    lateness = Lateness(step="changed", because=verbatim("A person decides."), late_by_s=60.0, penalty=0.6, waits=True)
    text = read(changed(grade={"lateness": lateness, "late_by_s": 60.0}))
    assert "0.6 points wait for a person" in text
    assert "2.1 points wait for a person" in text
