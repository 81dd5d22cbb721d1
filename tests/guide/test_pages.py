"""The guide hangs together: its pages are listed, its links lead somewhere, and what is made is as its source says."""

import re

import pytest
import typer
from PIL import Image

from grader.cli import app
from grader.guide import CONTENTS, read_pages, search_pages
from grader.guide.made_parts import fill_in, make_parts
from grader.guide.web_view import slug_of
from tests.guide.examples import GUIDE, PAGES, ROOT, read

NAMES = [name for names in CONTENTS.values() for name in names]
MOST_LINES, WIDEST, MOST_BYTES = 150, 120, 150_000


def anchors(name):
    return {slug_of(heading) for heading in re.findall(r"^#+ (.*)$", read(name), re.MULTILINE)}


def test_every_page_stands_in_the_contents_once():
    assert sorted(NAMES) == sorted(path.stem for path in GUIDE.glob("*.md"))


def test_every_page_begins_with_a_title_and_a_paragraph_that_says_what_it_is_for():
    for page in read_pages():
        assert re.match(r"# \S.*\n\n[A-Z][^\n#|]*\.\n", page.text), page.name
        assert len(page.summary) <= 160, page.name


def test_what_is_made_is_what_schemas_and_commands_say():
    parts = make_parts(typer.main.get_command(app))
    for name in NAMES:
        assert fill_in(read(name), parts) == read(name), f"{name}.md is not up to date: make guide"


def test_every_made_part_has_its_place_in_the_guide():
    places = [found for name in NAMES for found in re.findall(r"<!-- made: ([\w-]+) -->", read(name))]
    assert sorted(places) == sorted(make_parts(typer.main.get_command(app)))


@pytest.mark.parametrize("name", NAMES)
def test_code_fits_a_terminal_of_80_columns(name):
    """A terminal breaks a longer line, and half a comment is no longer one."""
    code = re.findall(r"^```\w*\n(.*?)^```$|^(    [^\n]*)$", read(name), re.MULTILINE | re.DOTALL)
    assert [line for block in code for part in block for line in part.splitlines() if len(line) > 78] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name):
    for link in re.findall(r"\]\(([^)]+)\)", read(name)):
        path, _, anchor = link.partition("#")
        target = (PAGES[name].parent / path) if path else PAGES[name]
        assert target.is_file(), link
        if anchor:
            assert anchor in anchors(target.stem), link


@pytest.mark.parametrize("name", NAMES)
def test_a_page_of_the_guide_needs_nothing_outside_the_guide(name):
    """It ships without the repository round it."""
    assert all(not link.startswith("..") for link in re.findall(r"\]\(([^)]+)\)", read(name)))


def test_the_readme_is_short():
    lines = read("README").splitlines()
    assert len(lines) <= MOST_LINES
    assert [line for line in lines if len(line) > WIDEST] == []


def test_the_readme_leads_to_every_page_of_the_guide():
    linked = re.findall(r"\(grader/guide/([\w-]+)\.md\)", read("README"))
    assert set(linked) == set(NAMES)


def test_the_readme_shows_four_pictures_that_are_small_and_can_be_read():
    pictures = re.findall(r"!\[[^]]+\]\((.*?)\)", read("README"))
    assert len(pictures) == 4
    for picture in pictures:
        assert (ROOT / picture).stat().st_size < MOST_BYTES
        with Image.open(ROOT / picture) as opened:
            assert opened.width >= 800


def test_a_search_finds_a_word_in_any_case_with_its_page():
    assert any(hit.page == "colab-and-gmail" for hit in search_pages("OAUTH"))
    assert search_pages("a word that the guide does not have") == []
