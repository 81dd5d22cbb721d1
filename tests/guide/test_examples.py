"""What the README and the guide show is what happens: each page's commands, typed in order into an empty folder."""

import json
import re

import pytest

from tests.guide.examples import PAGES, before, blocks, examples, run_as_typed, shows

WITH_COMMANDS = [name for name in PAGES if examples(name)]
NEEDS_A_PERSON = re.compile(r"grader (?:--work \S+ )?(grade|score|check|exam scan|new \S+ \S+\.ipynb)\b")


@pytest.fixture(scope="module")
def typed(tmp_path_factory):
    """page -> its folder, and what each of its commands does: a page is typed once, for all tests of it."""
    known = {}

    def type_page(name):
        if name not in known:
            folder = tmp_path_factory.mktemp(name)
            first, commands = before(name), [command for command, _ in examples(name)]
            ended = run_as_typed([*first, *commands], folder)
            known[name] = folder, dict(zip(commands, ended[len(first) :], strict=True))
        return known[name]

    return type_page


@pytest.mark.parametrize(
    ("page", "command", "lines"),
    [
        pytest.param(name, command, lines, id=f"{name}: {command}")
        for name in WITH_COMMANDS
        for command, lines in examples(name)
    ],
)
def test_a_command_prints_what_the_page_shows_below_it(typed, page, command, lines):
    _, ended = typed(page)
    code, output = ended[command]
    assert code == (1 if NEEDS_A_PERSON.search(command) else 0), output
    assert not lines or shows(output, lines), output


def keys(tree):
    if isinstance(tree, dict):
        return {key: keys(value) for key, value in tree.items()}
    return [keys(one) for one in tree[:1]] if isinstance(tree, list) else None


def test_the_json_of_the_guide_has_the_keys_that_score_prints(typed):
    (example,) = blocks("json", "json")
    folder, _ = typed("json")
    printed = json.loads((folder / "my-course" / "marks.json").read_text(encoding="utf-8"))
    assert keys(json.loads(example)) == keys(printed)
