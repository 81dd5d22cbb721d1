"""What the stand-ins in the sandbox say is said on a page in the course's language, also in a run of before."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import grader.inside
from grader.execute.answers import NOT_PLAIN, ProbeQuestion, read_answer
from grader.inside import plain
from grader.language import Reason, error, language
from grader.language.old_prose import OLD
from grader.language.stand_in_words import TEXTS, recognise, reword
from grader.model import CellRun
from grader.report.status_words import MISTAKE
from grader.rubric.mistakes import MISTAKES

INSIDE = Path(grader.inside.__file__).parent
SPEAKING = [INSIDE / "brought.py", INSIDE / "network.py", INSIDE / "downloaders.py", *INSIDE.glob("stand_ins/**/*.py")]
AS_ELSEWHERE = ("Colab puts sample files", "fatal: destination path", ": command not found")
"""What a file in a folder of samples says, and what the machine's own command says."""


def texts_in(path: Path) -> Iterator[list[str | None]]:
    """The sentences of a module, which have three words in a row and are no docstring; None where a value stands."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    for node in ast.walk(tree):
        if id(node) in docstrings | within or not isinstance(node, (ast.Constant, ast.JoinedStr)):
            continue
        parts = node.values if isinstance(node, ast.JoinedStr) else [node]
        said = [part.value if isinstance(part, ast.Constant) else None for part in parts]
        if any(isinstance(words, str) and re.search(r"[a-z]+ [a-z]+ [a-z]+", words) for words in said):
            yield said


def is_known(said: list[str | None]) -> bool:
    written = "".join(words or "x" for words in said).strip()
    pattern = "".join(".*" if words is None else re.escape(words) for words in said).removeprefix(r"\ ")
    return isinstance(recognise(written), Reason) or any(re.fullmatch(pattern, text) for text in TEXTS)


@pytest.mark.parametrize("path", SPEAKING, ids=lambda path: str(path.relative_to(INSIDE)))
def test_every_sentence_of_a_stand_in_is_known_by_the_catalogs(path):
    said = [one for one in texts_in(path) if not "".join(words or "" for words in one).startswith(AS_ELSEWHERE)]
    assert [one for one in said if not is_known(one)] == []


def test_the_texts_of_the_stand_ins_are_looked_through():
    assert sum(len(list(texts_in(path))) for path in SPEAKING) >= 20


@pytest.mark.parametrize("text", TEXTS)
def test_each_is_found_again_among_other_words_and_says_the_same_in_english(text):
    said = re.sub(r"\{\w+\}", "http://a.org/b.c", text)
    for told in (said, f"<urlopen error {said}>", f"before\n{said}\nafter"):
        found = recognise(told)
        assert isinstance(found, Reason)
        assert str(found) == told
        with language("es", is_strict=True):
            assert reword(told) not in (told, "")
            assert told.startswith("before") == reword(told).endswith("\nafter")


def test_an_error_of_a_run_of_before_is_in_the_language_of_the_page():
    told = {
        "text": "{error}: {detail}",
        "values": {"error": "URLError", "detail": f"<{TEXTS[-1].format(function='f')}>"},
    }
    stored = {"index": 1, "number": 1, "title": "x", "end": "error", "because": told}
    cell = CellRun.model_validate(stored, context=OLD)
    assert cell.error == ("URLError", "<f needs a url or an id.>")
    with language("es"):
        assert str(cell.because) == "URLError: <f necesita url o id.>"


def test_what_a_function_raises_when_it_is_asked_is_in_the_language_of_the_page():
    question = ProbeQuestion("p", {"kind": "call", "arguments": {}}, ("load",), hidden=False, limit_s=1.0)
    notes = {
        "status": "raised",
        "error": "EOFError",
        "detail": TEXTS[0].format(asked="input()"),
        "line": "",
        "function": "",
    }
    answer = read_answer(question, plain.dumps(None, notes))
    assert str(answer.because).startswith("`load` raised EOFError. input() waits for somebody to type")
    with language("es"):
        assert "input() espera que alguien escriba" in str(answer.because)
        assert "waits" not in str(answer.because)


def texts_of_answers() -> set[str]:
    """What the sandbox says of an answer that is no plain data; `{}` where a value is."""
    found: set[str] = set()
    for name in ("plain.py", "plain_forms.py", "answering.py", "channel.py"):
        tree = ast.parse((INSIDE / name).read_text(encoding="utf-8"))
        within = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in within:
                parts = node.values if isinstance(node, ast.JoinedStr) else [node]
                said = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                found |= {said} if said.startswith("it ") else set()
    return found


def test_why_an_answer_is_no_plain_data_is_in_the_language_of_the_page():
    assert {re.sub(r"\{\w+\}", "{}", text) for text in NOT_PLAIN} == texts_of_answers()
    question = ProbeQuestion("p", {"kind": "call", "arguments": {}}, ("load",), hidden=False, limit_s=1.0)
    notes = {"status": "unusable", "detail": NOT_PLAIN[3].format(type="object")}
    answer = read_answer(question, plain.dumps(None, notes))
    assert str(answer.because).endswith("it is or holds something of type `object`: no number, text or array.")
    with language("es", is_strict=True):
        assert "contiene algo de tipo `object`" in str(answer.because)


def test_a_students_own_error_stays_as_it_is():
    assert recognise("there is no network in my notebook {x}") == "there is no network in my notebook {x}"
    with language("es"):
        assert str(error("ValueError", recognise("the wrong sign"))) == "ValueError: the wrong sign"


def test_a_long_text_is_looked_through_in_time_that_grows_with_its_length():
    told = "x" * 200_000 + " is there already, and stays."
    assert str(recognise(told)) == told


def test_every_known_mistake_has_a_name_that_people_read():
    assert set(MISTAKE) == set(MISTAKES)
