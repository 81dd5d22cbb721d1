"""One word for one thing: messages, help, README, SECURITY and the guide keep to the glossary of CONTRIBUTING.md."""

import ast
import re

import pytest
import typer
from babel.messages.pofile import read_po

from grader.cli import app
from grader.guide.command_reference import walk_commands
from tests.guide.examples import PAGES, ROOT

MOST_WORDS = 25
READ = {**PAGES, "SECURITY": ROOT / "SECURITY.md"}
ERRORS = {"UserError", "PlacedError", "PassingError", "MissingFileError"}
STORED = {"run", "evidence"}
"""Contexts of texts that stored runs and submissions of today hold: a new wording would not be recognized in them."""


def refused():
    """word -> the term that takes its place, from the glossary's last column."""
    rows = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").split("| term | means | instead of |")[1]
    found = {}
    for row in re.findall(r"^\| (.+) \|$", rows, re.MULTILINE):
        term, _, replaced = (cell.strip() for cell in row.split("|")[:3])
        found |= {word.strip(): term for word in replaced.split(",") if word.strip("- ")}
    return found


REFUSED = refused()
PATTERN = re.compile(
    "|".join(rf"\b{re.escape(word)}(?!\w)" for word in sorted(REFUSED, key=len, reverse=True)), re.IGNORECASE
)


def wrong_words(text):
    """The refused words of a text, where neither code, nor a value's place, nor an option is meant."""
    plain = re.sub(r"`[^`]*`|\{[^}]*\}|--[\w-]+", " ", text)
    return [f"{found[0]}: write {REFUSED[found[0].lower()]}" for found in PATTERN.finditer(plain)]


def messages():
    """(place, text) of every text that an error is made of."""
    for path in sorted((ROOT / "grader").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS:
                said = [*node.args, *(keyword.value for keyword in node.keywords)]
                texts = [one.value for part in said for one in ast.walk(part) if isinstance(one, ast.Constant)]
                yield (
                    f"{path.relative_to(ROOT)}:{node.lineno}",
                    " ".join(text for text in texts if isinstance(text, str)),
                )


def prose(page):
    """A page's paragraphs, items and cells, without code, comments and what is made."""
    text = READ[page].read_text(encoding="utf-8")
    text = re.sub(r"<!-- made: .*?<!-- end -->|<!--.*?-->|^```.*?^```$|^    .*?$", "", text, flags=re.S | re.M)
    text = re.sub(r"!?\[([^]]*)\]\([^)]*\)", r"\1", text)
    for block in re.split(r"\n\s*\n|\n(?=[-|#]|\d+\. )", text):
        yield from (cell.strip(" -#\n") for cell in re.split(r"(?<!\\)\|", block) if cell.strip(" -#|\n"))


def sentences(text):
    return re.split(r"(?<=[.!?:])\s+", re.sub(r"`[^`]*`", "code", text))


def test_the_glossary_is_read():
    assert REFUSED["mend"] == "fix, correct"
    assert wrong_words("The course has to mend it.") == ["mend: write fix, correct"]
    assert wrong_words("`mend` and {told} are code, and a header is no other word.") == []


def test_no_text_of_the_catalog_uses_a_replaced_word():
    with (ROOT / "grader/language/locale/es.po").open("rb") as file:
        catalog = read_po(file)
    texts = [message.id for message in catalog if message.id and message.context not in STORED]
    wrong = {text: wrong_words(" ".join(text) if isinstance(text, tuple) else text) for text in texts}
    assert {text: words for text, words in wrong.items() if words} == {}


def test_no_error_uses_a_replaced_word():
    wrong = {f"{place}: {text}": wrong_words(text) for place, text in messages()}
    assert len(wrong) > 200
    assert {text: words for text, words in wrong.items() if words} == {}


def test_no_help_uses_a_replaced_word():
    for name, command in walk_commands(typer.main.get_command(app)):
        assert wrong_words(" ".join([command.help or "", *(one.help or "" for one in command.params)])) == [], name


@pytest.mark.parametrize("page", READ)
def test_no_page_uses_a_replaced_word(page):
    assert {text: words for text in prose(page) if (words := wrong_words(text))} == {}


@pytest.mark.parametrize("page", READ)
def test_no_sentence_of_a_page_is_too_long(page):
    assert [one for text in prose(page) for one in sentences(text) if len(one.split()) > MOST_WORDS] == []
