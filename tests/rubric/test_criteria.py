"""A rubric that is wrong is refused with its file, line and remedy."""

import pytest

from grader.errors import UserError
from grader.rubric import read_rubric

RIGHT = """\
# A rubric of two criteria.
points: 4
reference: [hello]
probes:
  doubled: {call: double, with: {x: {array: [1.0, 2.0, 3.0]}}}
  word: {variable: word}
criteria:
  - id: double
    says: double(x) is twice x.
    points: 3
    probe: doubled
    expect: {close: {}}
  - id: word
    says: The variable word is hola.
    points: 1
    probe: word
    expect: {value: hola}
"""
KINDS = (
    "value, close, number, shape, type, text, raises, metric, count, plot, person, reproduced, distinct, nonlinear, "
    "trained, built, split, table, either"
)


def write(folder, text):
    path = folder / "hello.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_rubric_that_the_wrong_ones_are_made_of_is_right(tmp_path):
    rubric = read_rubric(write(tmp_path, RIGHT))
    assert [criterion.id for criterion in rubric.criteria] == ["double", "word"]
    assert rubric.expected_probes() == ["doubled"]


WRONG = {
    "an unknown key of the rubric": (
        ("reference: [hello]", "refrence: [hello]"),
        "3: unknown key `refrence`\n  Did you mean `reference`?",
    ),
    "an unknown key of a criterion, which makes another one missing": (
        ("    points: 3", "    point: 3"),
        "10: unknown key `criteria.0.point`\n  Did you mean `points`?\n  This file has 1 more such.",
    ),
    "an unknown expectation": (
        ("value: hola", "valeu: hola"),
        "17: unknown key `criteria.1.expect.valeu`\n  Did you mean `value`?",
    ),
    "an unknown key of an expectation": (
        ("close: {}", "close: {rtoll: 0.1}"),
        "12: unknown key `criteria.0.expect.close.rtoll`\n  Did you mean `rtol`?",
    ),
    "a key that is known elsewhere only": (
        ("    probe: word", "    probe: word\n    hidden: true"),
        "17: unknown key `criteria.1.hidden`\n"
        "  Take it out; known here: expect, given, id, mistakes, partly, points, probe, says.",
    ),
    "a helper that the probe itself asks for": (
        ("    probe: doubled", "    probe: doubled\n    given: [double]"),
        "12: the criterion `double`: `given` names `double`, which its own probe asks for\n"
        "  Name only functions that it calls.",
    ),
    "helpers for a value that is looked up": (
        ("    probe: word", "    probe: word\n    given: [double]"),
        "17: the criterion `word`: `given` needs a probe with `call` or `evaluate`\n"
        "  Take it out: only functions call helpers.",
    ),
    "a helper that is no name": (
        ("    probe: doubled", "    probe: doubled\n    given: [double it]"),
        "12: `double it` is no name of a function\n  Write the function's name alone.",
    ),
    "points over a picture that is not asked with": (
        ("  word: {variable: word}", "  word: {variable: word, draw: {as: points-xy, over: gray}}"),
        "6: `over` names an argument in `with`, which has no `gray` (there are: none)",
    ),
    "curves over a picture": (
        ("  word: {variable: word}", "  word: {variable: word, draw: {as: curves, over: gray}}"),
        "6: `probes.word.draw`: `over` belongs to points: nothing else can be drawn over a picture",
    ),
    "points that do not add up": (
        ("points: 4", "points: 5"),
        "2: the criteria add up to 4 points, but the rubric says 5\n"
        "  Write `points: 4`, or change those of a criterion.",
    ),
    "a key that occurs twice": (
        ("    points: 1", "    points: 1\n    points: 2"),
        "16: the key `points` occurs twice\n  It is also on line 15: rename one.",
    ),
    "a probe that occurs twice": (
        ("  word: {variable", "  doubled: {variable"),
        "6: the key `doubled` occurs twice\n  It is also on line 5: rename one.",
    ),
    "a criterion that occurs twice": (
        ("id: word", "id: double"),
        "13: the criterion `double` occurs twice",
    ),
    "a probe that is not there": (
        ("probe: word", "probe: wort"),
        "13: the criterion `word` uses the probe `wort`, which is not there (there are: doubled, word)\n"
        "  Name one of them, or add it to `probes`.",
    ),
    "a probe that no criterion uses": (
        ("  word: {variable", "  more: {variable: y}\n  word: {variable"),
        "6: no criterion uses the probe `more`\n  Delete it, or name it in a criterion.",
    ),
    "a key that is missing": (
        ("    says: double(x) is twice x.\n", ""),
        "8: the key `criteria.0.says` is missing\n  Add it.",
    ),
    "two expectations at once": (
        ("{value: hola}", "{value: hola, close: {}}"),
        f"17: `criteria.1.expect`: needs exactly one of {KINDS}; it has value and close",
    ),
    "a word where a number belongs": (
        ("points: 3", "points: three"),
        "10: `criteria.0.points` has to be a number, not `three`\n"
        "  Write it with digits and a decimal point, as in 2 or 0.5.",
    ),
    "a word where keys belong": (
        ("expect: {value: hola}", "expect: hola"),
        "17: `criteria.1.expect` has to hold keys and values\n"
        "  Write them below it, indented; known here: built, close, count, distinct, either, metric, nonlinear, "
        "number, person, plot, raises, reproduced, shape, split, table, text, trained, type, value.",
    ),
    "a list where one of several types belongs": (
        ("value: hola", "type: 5"),
        "17: `criteria.1.expect.type` has to be a list, not `5`\n"
        "  Write it in brackets, [one, two], or one a line, each behind `- `.\n  This file has 1 more such.",
    ),
    "a criterion whose id is no name": (
        ("id: word", "id: Word 2"),
        "13: `criteria.1.id` is `Word 2`, but a name is made of small letters, digits, - and _, "
        "and begins with a letter\n"
        "  Write it as in `word-2`.",
    ),
    "an expectation that needs a probe": (
        ("    probe: word\n", ""),
        "13: `criteria.1`: a criterion with `value` needs a `probe`",
    ),
    "a share of the points above all of them": (
        ("    probe: word", "    probe: word\n    partly: {up-to-scale: 2}"),
        "13: `criteria.1`: the share for `up-to-scale` must be between 0 and 1, not 2.0",
    ),
    "a share for a mistake with a slip in its name": (
        ("    probe: word", "    probe: word\n    partly: {up-to-scal: 0.5}"),
        "17: no known mistake is called `up-to-scal`\n  Did you mean `up-to-scale`?",
    ),
    "a grid without its count": (
        ("array: [1.0, 2.0, 3.0]", "grid: [0, 1]"),
        "5: this is not how a `grid` is written: `grid.2`: Field required",
    ),
    "probe code that is no Python": (
        ("variable: word", 'evaluate: "x ="'),
        "6: `probes.word`: `evaluate` is not Python: invalid syntax in its line 1",
    ),
    "probe code without an answer": (
        ("variable: word", 'evaluate: "x = 1"'),
        "6: `probes.word`: the last line of `evaluate` is the answer, so it has to be an expression",
    ),
    "a bracket that is not closed": (
        ("[hello]", "[hello"),
        "4: this is not YAML: a comma, or the closing bracket, is missing\n"
        "  Put quotes round a text that holds a colon, a comma or a bracket, and close every bracket.",
    ),
    "angles without their unit": (
        ("close: {}", "close: {up_to: half-turn}"),
        "12: `up_to: half-turn` needs the unit of the angles\n  Add `unit: degrees` or `unit: radians`.",
    ),
    "a unit of what is no angle": (
        ("close: {}", "close: {up_to: scale, unit: degrees}"),
        "12: `unit` belongs to `up_to: half-turn` or `turn`\n  Take it out.",
    ),
    "a slip in what is free": (
        ("close: {}", "close: {up_to: scal}"),
        "12: `criteria.0.expect.close.up_to` is none of those that there are: `scal`\n  Did you mean `scale`?",
    ),
    "one of several within one of several": (
        ("value: hola", "either: [{value: hola}, {either: [{value: 1}, {value: 2}]}]"),
        "17: `either` does not take `either`\n  Write one of value, close, number, shape, type, text, raises.",
    ),
    "a person as one of several": (
        ("value: hola", "either: [{value: hola}, {person: {}}]"),
        "17: `either` does not take `person`\n  Write one of value, close, number, shape, type, text, raises.",
    ),
    "one of one": (
        ("value: hola", "either: [{value: hola}]"),
        "17: `criteria.1.expect.either` needs at least 2, but has 1\n  Write 2 or more.",
    ),
    "a share of no number": (
        ("value: hola", "count: {at_most: 3, in_proportion: true}"),
        "17: `in_proportion` needs `at_least`: how many earn all points\n  Add `at_least`, of 1 or more.",
    ),
    "a number without bounds": (
        ("value: hola", "number: {}"),
        "17: `criteria.1.expect.number`: it needs `at_least` or `at_most`\n  Write for example `{at_least: 0.9}`.",
    ),
    "bounds that no number is between": (
        ("value: hola", "number: {at_least: 2, at_most: 1}"),
        "17: no number is at least 2 and at most 1\n  Exchange the two.",
    ),
    "a mistake of one's own with a known name": (
        ("    probe: word", "    probe: word\n    mistakes: {sign: {answer: hello, says: In English., earns: 0.5}}"),
        "17: the grader knows a mistake called `sign`\n  Give its share in `partly`, or give yours another name.",
    ),
    "a mistake that earns more than all": (
        ("    probe: word", "    probe: word\n    mistakes: {english: {answer: hello, says: In English., earns: 2}}"),
        "17: `criteria.1.mistakes.english.earns` has to be at most 1, not `2`\n  Write a number that is at most 1.\n"
        "  This file has 1 more such.",
    ),
    "a list instead of keys": (
        (RIGHT, "- a\n"),
        "1: the file has to hold keys and values\n"
        "  Write them below it, indented; known here: criteria, points, probes, reference.",
    ),
    "an alias that holds itself": (
        (RIGHT, "&a [*a]\n"),
        "1: an alias here holds itself\n  Write it out instead.",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_rubric_is_told_with_its_line_and_a_remedy(case, tmp_path):
    (right, wrong), told = WRONG[case]
    assert right in RIGHT
    path = write(tmp_path, RIGHT.replace(right, wrong, 1))
    with pytest.raises(UserError) as refused:
        read_rubric(path)
    assert str(refused.value) == f"{path}:{told}"


def test_a_criterion_may_have_no_points_and_not_fewer(tmp_path):
    rubric = RIGHT.replace("points: 1", "points: 0").replace("points: 4", "points: 3")
    assert read_rubric(write(tmp_path, rubric)).criteria[1].points == 0
    with pytest.raises(UserError, match="has to be at least 0, not"):
        read_rubric(write(tmp_path, rubric.replace("points: 0", "points: -1")))
