"""In a real browser: a person decides by keyboard alone, nothing of a student's runs, and everybody can use it."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from grader.review.session import Given, ReviewSession
from tests.browser import PATIENCE_MS, browser, complaints, needs_browser
from tests.report.test_hostile_text import ATTACKS
from tests.review.conftest import Find, serving
from tests.review.making import add_student

pytestmark = needs_browser
OWNED = "document.title === 'owned' || window.owned === true"


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium: Browser, served: str) -> Iterator[Page]:
    """The page of the queue, as the address that was printed opens it."""
    context = chromium.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(served)
    yield page
    context.close()


def open_item(page: Page, find: Find, criterion: str, student: str) -> None:
    page.goto(urljoin(page.url, f"/item/{find(criterion, student).key}"))


def arrive(page: Page, path: str) -> None:
    """Wait until the page at ``path`` is there with its keys: an address changes before the page has come."""
    expect(page).to_have_url(urljoin(page.url, path))
    page.wait_for_load_state()


def kept(page: Page, told: str) -> None:
    """Wait until the page after a decision is there with its keys, and says what was kept."""
    expect(page.locator(".last")).to_contain_text(told)
    page.wait_for_load_state()


def test_a_person_decides_walks_and_takes_back_by_keyboard_alone(
    page: Page, session: ReviewSession, find: Find
) -> None:
    words = find("words", "ana")
    page.keyboard.press("Enter")
    assert session.walk[2].key == words.key
    for item in session.walk[:2]:
        arrive(page, f"/item/{item.key}")
        page.keyboard.press("n")
    arrive(page, f"/item/{words.key}")
    page.keyboard.type("3.5")
    page.keyboard.press("c")
    page.keyboard.type("Nearly: not the number n of points.")
    page.keyboard.press("Control+Enter")
    kept(page, "Kept: 3.5 points · words · ana and 1 more")
    page.keyboard.press("h")
    page.keyboard.press("Enter")
    kept(page, "Kept: 2 points · words · carla")
    page.keyboard.press("u")
    arrive(page, f"/item/{find('words', 'carla').key}")
    page.keyboard.press("p")
    arrive(page, f"/item/{words.key}")
    told = [(one.student, one.earned, one.comment) for one in session.work.gradebook.overrides("noise")]
    comment = "Nearly: not the number n of points."
    assert told == [("ana", 3.5, comment), ("bruno", 3.5, comment), ("carla", 2.0, ""), ("carla", None, "")]


def test_letters_in_a_comment_are_letters(page: Page, session: ReviewSession, find: Find) -> None:
    open_item(page, find, "words", "carla")
    before = page.url
    page.keyboard.press("c")
    page.keyboard.type("n p u q f h w")
    expect(page.locator("#comment")).to_have_value("n p u q f h w")
    page.keyboard.press("Escape")
    page.keyboard.press("f")
    expect(page.locator("#points-words")).to_have_value("4")
    assert page.url == before
    assert session.work.gradebook.overrides("noise") == []


def test_a_student_can_be_left_out_of_a_common_decision(page: Page, session: ReviewSession, find: Find) -> None:
    open_item(page, find, "words", "ana")
    page.get_by_label("bruno").uncheck()
    page.keyboard.press("f")
    page.get_by_role("button", name="Keep, and next").click()
    expect(page.locator(".last")).to_contain_text("· ana")
    assert [one.student for one in session.work.gradebook.overrides("noise")] == ["ana"]


def test_points_are_tried_out_and_kept(page: Page, session: ReviewSession) -> None:
    page.get_by_role("link", name="Try out points").click()
    page.get_by_label("bright is 3.").fill("5")
    page.keyboard.press("Enter")
    expect(page.locator("#trial")).to_have_text("bright: 2 → 5 points")
    page.get_by_role("button", name="Keep it, and score the class").click()
    expect(page.get_by_label("bright is 3.")).to_have_value("5")
    expect(page.locator("#trial")).to_have_count(0)
    assert session.course.assignment("noise").rubric.points == 13


@pytest.mark.parametrize("where", ["words", "plot", "bright"])
def test_nothing_that_a_student_wrote_runs(page: Page, session: ReviewSession, find: Find, where: str) -> None:
    attack = " ".join(ATTACKS)
    add_student(
        session.course, session.work, attack, words=attack, bright=attack, table=attack, code=attack, printed=attack
    )
    session.read()
    told: list[str] = []
    page.on("dialog", lambda dialog: told.append(dialog.message))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    open_item(page, find, where, attack)
    page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
    page.wait_for_timeout(200)
    assert not page.evaluate(OWNED)
    assert told == []
    assert {url.split("/")[2] for url in asked if not url.startswith("data:")} == {page.url.split("/")[2]}
    assert attack[:40] in page.locator("body").inner_text()


def test_a_script_that_got_into_the_page_would_not_run(page: Page, find: Find) -> None:
    """The policy is the second wall: it holds where cleaning failed."""
    open_item(page, find, "words", "ana")
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.owned = true";
        document.body.append(script);
        const picture = document.createElement("img");
        picture.setAttribute("onerror", "window.owned = true");
        picture.src = "data:image/png;base64,x";
        document.body.append(picture);
    }""")
    page.wait_for_timeout(200)
    assert not page.evaluate(OWNED)


def test_another_page_cannot_send_a_form(chromium: Browser, page: Page, session: ReviewSession, find: Find) -> None:
    target = urljoin(page.url, f"/item/{find('words', 'ana').key}")
    elsewhere = page.context.new_page()
    elsewhere.set_content(
        f'<form method="post" action="{target}"><input name="student" value="ana">'
        '<input name="points-words" value="4"><button>Win</button></form>'
    )
    elsewhere.get_by_role("button").click()
    expect(elsewhere.locator("body")).to_contain_text("Access refused")
    assert session.work.gradebook.overrides("noise") == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_an_accessibility_checker_finds_nothing_serious(
    page: Page, session: ReviewSession, find: Find, scheme: str
) -> None:
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    found = {"queue": complaints(page)}
    for criterion, student in (("words", "ana"), ("plot", "dora"), ("words", "fede"), ("words", "eva")):
        open_item(page, find, criterion, student)
        page.locator("details").evaluate_all("all => all.forEach(one => { one.open = true })")
        found[f"{criterion} of {student}"] = complaints(page)
    session.decide(find("words", "ana"), ["ana"], [Given("words", 2.0, "Good.")])
    for path in (
        "/class/noise",
        "/points/noise?criterion=words&points=6",
        "/nothing",
        f"/item/{find('words', 'ana').key}",
    ):
        page.goto(urljoin(page.url, path))
        found[path] = complaints(page)
    assert {name: what for name, what in found.items() if what} == {}


def test_marks_on_paper_are_said_by_keyboard_alone(chromium: Browser, scanned: ReviewSession) -> None:
    with serving(scanned) as address:
        page = chromium.new_page()
        page.goto(address)
        assert complaints(page) == []
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("What is ticked here?")
        assert complaints(page) == []
        page.keyboard.press(page.get_by_role("button", name="Option b").get_attribute("data-key"))
        expect(page.locator("h1")).to_have_text("What is written here?")
        page.wait_for_load_state()
        assert complaints(page) == []
        page.keyboard.type("homography")
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("Nothing waits for a person")
        page.close()
    (score,) = scanned.work.gradebook.scores("paper")
    assert [one.status for one in score.findings] == ["met", "met"]


def test_the_checker_would_notice(page: Page) -> None:
    page.evaluate(
        "document.querySelector('main').innerHTML += '<input><p style=\"color:#eee;background:#fff\">pale</p>'"
    )
    assert [one.split(":")[0] for one in complaints(page)] == ["label"], (
        "styles in the page are forbidden, so no pallor"
    )


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_its_screen(page: Page, find: Find, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    for path in (
        "/",
        f"/item/{find('words', 'ana').key}",
        f"/item/{find('plot', 'dora').key}",
        "/class/noise",
        "/points/noise",
    ):
        page.goto(urljoin(page.url, path))
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
