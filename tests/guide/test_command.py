"""`grader guide` in a terminal, in a file and in a browser."""

import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from grader.guide import read_pages, render_in_browser
from tests.browser import PATIENCE_MS, browser, complaints, needs_browser


def grader(*arguments, **environment):
    command = [sys.executable, "-m", "grader", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "COLUMNS": "100", **environment}
    )


def test_without_a_page_every_page_is_listed_with_what_it_is_for():
    told = grader("guide").stdout
    for page in read_pages():
        assert re.search(rf"^  {page.name} +\S", told, re.MULTILINE)


def test_a_page_is_rendered_and_names_others_by_the_command_that_shows_them():
    told = grader("guide", "exam-day").stdout
    assert "Exam day" in told
    assert "(grader guide exam)" in " ".join(told.split())
    assert "**" not in told
    assert "<!--" not in told
    assert "\x1b" not in told
    assert max(map(len, told.splitlines())) <= 100


def test_a_page_that_is_not_there_is_an_error_that_suggests_one():
    ended = grader("guide", "rubrik")
    assert ended.returncode == 2
    assert ended.stderr == "grader: the guide has no page `rubrik`\n  Did you mean `rubric`?\n"


def test_a_search_prints_the_lines_with_their_pages():
    told = grader("guide", "--search", "oauth").stdout
    assert re.search(r"^colab-and-gmail: .*OAuth", told, re.MULTILINE)
    assert grader("guide", "--search", "no such word").returncode == 2


def test_on_a_terminal_a_long_page_goes_through_the_pager(tmp_path):
    pager = tmp_path / "pager"
    pager.write_text("#!/bin/sh\ncat > paged.txt\n")
    pager.chmod(0o755)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "grader", "guide", "rubric"]
    environment = {**os.environ, "PAGER": str(pager), "TERM": "xterm", "COLUMNS": "100", "LINES": "24"}
    subprocess.run(command, stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path, env=environment, check=True)
    os.close(ours)
    os.close(theirs)
    assert "\x1b[1m" in (tmp_path / "paged.txt").read_text(encoding="utf-8")


def test_open_writes_one_file_and_opens_it(tmp_path):
    seen = tmp_path / "seen"
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" > {seen}\n')
    opener.chmod(0o755)
    ended = grader("guide", "rubric", "--open", BROWSER=f"{opener} %s", TMPDIR=str(tmp_path))
    assert ended.returncode == 0, ended.stderr
    (address,) = re.findall(r"file://\S+", ended.stdout)
    assert address.endswith("guide.html#rubric")
    assert Path(address.removeprefix("file://").partition("#")[0]).read_text(encoding="utf-8").startswith("<!DOCTYPE")
    assert seen.read_text().strip() == address


@pytest.fixture(scope="module")
def chromium():
    with browser() as opened:
        yield opened


@pytest.fixture
def page(chromium, tmp_path):
    """The guide in a browser without a network."""
    path = tmp_path / "guide.html"
    path.write_text(render_in_browser(read_pages()), encoding="utf-8")
    context = chromium.new_context(viewport={"width": 1180, "height": 800}, offline=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    page.goto(path.as_uri())
    yield page
    context.close()


@needs_browser
def test_the_search_in_the_browser_finds_a_place_and_opens_its_page(page):
    page.get_by_label("Search the guide").fill("seven-day")
    page.get_by_role("link", name="The seven-day rule").click()
    assert page.url.endswith("#colab-and-gmail-the-seven-day-rule")
    assert page.locator("article:visible").count() == 1
    assert page.locator("article:visible h1").inner_text() == "Colab, Drive and Gmail"


@needs_browser
def test_links_between_pages_work_and_pictures_are_inside_the_file(page):
    page.get_by_role("navigation").get_by_role("link", name="Deadline night").click()
    assert page.locator("article:visible img").evaluate("image => image.naturalWidth") >= 800
    page.locator("article:visible").get_by_role("link", name="Sources", exact=True).click()
    assert page.locator("article:visible h1").inner_text() == "Sources of submissions"


@needs_browser
@pytest.mark.parametrize("width", [360, 1180])
def test_everybody_can_use_the_guide_and_nothing_is_wider_than_the_window(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    for name in ("top", "rubric", "tutorial"):
        page.evaluate(f"location.hash = '{name}'")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert complaints(page) == []


@needs_browser
def test_on_a_telephone_a_link_of_the_contents_leads_to_the_page_and_not_to_the_contents(page):
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("Exit codes", "JSON output", "Commands"):
        page.get_by_role("navigation").get_by_role("link", name=name).click()
        assert 0 <= page.locator("article:visible h1").bounding_box()["y"] < 400
