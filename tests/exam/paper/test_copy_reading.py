"""What a page can show, what a copy says as a whole, and several scans of one sheet: each number on both sides."""

from __future__ import annotations

import numpy as np
import pytest

from grader.exam.paper.readings import PageQuality, SheetScan
from grader.exam.scanning.copy_reading import differs, rank, read_copy, shows_pale
from grader.exam.scanning.page_quality import judge_quality, see_tones
from tests.exam.making import make_exam, single

from .printing import plan
from .test_states import CLEAN, TICK, measured

QUESTIONS = 20
PRINT = plan(make_exam(*(single(f"q{number}") for number in range(QUESTIONS))), "ana")
(COPY,) = PRINT.copies
POOR = PageQuality(tones="black-and-white")


def scans_of(marks: dict[str, dict], quality: PageQuality = PageQuality(), name: str = "a") -> dict[int, SheetScan]:
    """page -> a scan in which these boxes have these marks, and all others are clean."""
    scans = {}
    for page in COPY.pages:
        told = [
            {**marks.get(box.id, CLEAN), "x": 8 * box.x_mm, "y": 8 * box.y_mm} for box in page.boxes
        ]  # 8 pixels to the millimetre
        scans[page.number] = SheetScan(
            print_id=PRINT.id,
            copy_number=COPY.number,
            page=page.number,
            source=f"{name}.png, page {page.number}",
            sha256=f"{ord(name):02x}" * 32,
            quality=quality,
            measures={key: tuple(one[key] for one in told) for key in (*TICK, "x", "y")},
        )
    return scans


def read(*scans: dict[int, SheetScan]):
    """page -> the sheet, and box -> how it was left."""
    sheets = read_copy(PRINT, COPY, {number: [one[number] for one in scans] for number in scans[0]})
    return sheets, {box.box: box for sheet in sheets.values() for box in sheet.boxes}


def ticks(count: int, mark: dict = TICK) -> dict[str, dict]:
    """The first box of so many questions ticked."""
    first: dict[str, str] = {}
    for page in COPY.pages:
        for box in page.boxes:
            first.setdefault(box.question, box.id)
    return dict.fromkeys(list(first.values())[:count], mark)


# ---- what a page can show -------------------------------------------------------------------------------------------


def paper(share_of_others: float, *, white: int = 255, others: int = 128) -> np.ndarray:
    """A page of two tones, but for a share of its points."""
    points = np.full(90_000, white, np.uint8)
    points[:9_000] = 0
    points[9_000 : 9_000 + round(share_of_others * len(points))] = others
    return np.random.default_rng(0).permutation(points).reshape(300, 300)


def tones_of(points: np.ndarray) -> str:
    return see_tones(np.repeat(np.repeat(points, 3, axis=0), 3, axis=1))  # of which it looks at every third


def test_a_page_of_two_tones_is_black_and_white():
    assert [tones_of(paper(share)) for share in (0.004, 0.006)] == ["black-and-white", "clipped"]
    assert tones_of(np.full((300, 300), 250, np.uint8)) == "grey"


@pytest.mark.parametrize(("white", "tones"), [(254, "clipped"), (253, "grey")])
def test_paper_at_pure_white_was_cut_off(white, tones):
    assert tones_of(paper(0.05, white=white)) == tones


@pytest.mark.parametrize(("share", "tones"), [(0.08, "clipped"), (0.1, "grey")])
def test_a_tenth_of_the_paper_below_white_shows_that_nothing_was_cut_off(share, tones):
    """Of nine tenths of the page: the rest is ink."""
    assert tones_of(paper(share, others=200)) == tones


def test_a_blurred_page_and_a_noisy_one_show_no_pale_tick():
    places = [(50 * n, 50) for n in range(40)]
    assert judge_quality("grey", measured(*places, **CLEAN)).faintest == 0.0
    noisy = measured(*places, **CLEAN)
    noisy.trace[:] = np.random.default_rng(0).normal(0.03, 0.02, 40)
    assert judge_quality("grey", noisy).faintest > 0.15
    slightly = measured(*places, **CLEAN)
    slightly.trace[:] = np.random.default_rng(0).normal(0.005, 0.003, 40)
    sharp = judge_quality("grey", slightly).faintest
    assert 0 < sharp < 0.15
    slightly.edge[:] = 0.1
    assert judge_quality("grey", slightly).faintest > 2 * sharp


def test_a_pale_tick_is_one_of_fifteen_hundredths():
    scan = scans_of({})[1]
    told = [scan.model_copy(update={"quality": PageQuality(faintest=faintest)}) for faintest in (0.15, 0.151)]
    assert [shows_pale(one) for one in told] == [True, False]
    assert not shows_pale(scan.model_copy(update={"quality": POOR}))


# ---- what a copy says as a whole ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("quality", "begins"), [
    (POOR, "This scan is black-and-white: a pale tick would not be seen."),
    (PageQuality(tones="clipped"), "This scan shows paper as pure white: a pale tick would not be seen."),
    (PageQuality(faintest=0.3), "This scan is blurred or noisy: a pale tick would not be seen."),
])  # fmt: skip
def test_a_page_that_shows_no_pale_tick_waits_and_says_why(quality, begins):
    sheets, _boxes = read(scans_of(ticks(QUESTIONS), quality))
    remedy = " Scan it again in grey or colour, or look at it yourself."
    assert {str(sheet.waits) for sheet in sheets.values()} == {begins + remedy}


def test_of_a_copy_with_a_mark_in_under_six_tenths_of_its_questions_every_page_waits():
    assert {str(sheet.waits) for sheet in read(scans_of(ticks(12)))[0].values()} == {""}
    (told,) = {str(sheet.waits) for sheet in read(scans_of(ticks(11)))[0].values()}
    assert told.startswith("Only 11 of 20 questions of this copy have a mark: were the others left empty, ")


def test_of_fewer_than_ten_questions_a_share_says_nothing():
    for count, waits in ((9, False), (10, True)):
        own = plan(make_exam(*(single(f"q{number}") for number in range(count))), "ana")
        (copy,) = own.copies
        scans = {}
        for page in copy.pages:
            told = [{**CLEAN, "x": 8 * box.x_mm, "y": 8 * box.y_mm} for box in page.boxes]
            columns = {key: tuple(one[key] for one in told) for key in (*TICK, "x", "y")}
            scans[page.number] = [
                SheetScan(
                    print_id=own.id, copy_number=1, page=page.number, source="a", sha256="0" * 64,
                    quality=PageQuality(), measures=columns,
                )
            ]  # fmt: skip
        assert all(bool(sheet.waits) == waits for sheet in read_copy(own, copy, scans).values())


def test_ticks_of_a_pen_that_fades_wait_too_where_the_page_shows_no_pale_tick():
    """Some of its ticks have lost half of their darkness, so that a row's only mark may be one that was taken back."""
    even = read(scans_of(ticks(QUESTIONS), POOR))[0]
    marks = ticks(QUESTIONS)
    for name in list(marks)[::2]:
        marks[name] = {**TICK, "trace": 0.2, "wash": 0.08}
    faded = read(scans_of(marks, POOR))[0]
    good = read(scans_of(marks))[0]
    assert [any(sheet.faded for sheet in one.values()) for one in (even, faded, good)] == [False, True, False]
    assert all(sheet.faded for sheet in faded.values())


# ---- several scans of one sheet -------------------------------------------------------------------------------------


def test_the_best_scan_of_a_sheet_comes_first_and_its_order_never_counts():
    grey, blurred, poor = (
        scans_of(ticks(QUESTIONS), quality, name)[1]
        for quality, name in ((PageQuality(faintest=0.05), "c"), (PageQuality(faintest=0.3), "b"), (POOR, "a"))
    )
    assert sorted([poor, blurred, grey], key=rank) == [grey, blurred, poor]
    one, other = (scans_of(ticks(QUESTIONS), PageQuality(), name) for name in "ab")
    assert read(one, other) == read(other, one)


def test_what_one_scan_shows_for_sure_settles_what_another_leaves_open():
    pale = {**TICK, "peak": 0.3, "trace": 0.06, "wash": 0.02, "cover": 0.1}
    marks = ticks(QUESTIONS)
    unsure = dict(marks)
    (name, *_rest) = marks
    unsure[name] = pale
    assert read(scans_of(unsure))[1][name].state == "unsure"
    assert read(scans_of(unsure, POOR, "a"), scans_of(marks, PageQuality(), "b"))[1][name].state == "marked"


def test_scans_that_contradict_each_other_in_a_box_are_asked_about():
    one, other = ticks(QUESTIONS), ticks(QUESTIONS)
    name = next(iter(one))
    other[name.rsplit(".", 1)[0] + "." + ("b" if name.endswith("a") else "a")] = other.pop(name)
    boxes = read(scans_of(one, name="a"), scans_of(other, name="b"))[1]
    assert sum(differs(box) for box in boxes.values()) == 2
    assert boxes[name].state == "unsure"
    assert str(boxes[name].because) == (
        "Scans of this sheet differ: it has a mark in a.png, page 1, and another or none in b.png, page 1."
    )
