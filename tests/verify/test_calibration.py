"""calibrate runs the reference with many seeds, and says what chance takes from correct work."""

import json
import subprocess
import sys

import pytest
import yaml
from scipy.stats import binomtest

from grader.course.course import read_course
from grader.errors import UserError
from grader.rubric import LEVELS, read_noise, read_rubric
from grader.verify import verify
from grader.verify.bench import read_parts
from grader.verify.calibration import calibrate, upper_bound
from tests.verify.test_assignments import COURSE

CELLS = [
    "def double(x):\n    raise NotImplementedError",
    "import random\n\nimport numpy as np\nimport torch\n\nrandom.seed(1)\nnp.random.seed(1)\ntorch.manual_seed(1)",
    "python, numpy, pytorch = random.random(), np.random.rand(), torch.rand(1).item()",
    "own = np.random.default_rng(1).random()\nunseeded = double(np.random.rand())",
]
NAMES = ["python", "numpy", "pytorch", "own", "unseeded"]


class Chance:
    """The small course with five variables, of which four depend on chance."""

    def __init__(self, bench):
        self.bench = bench
        bench.write_notebook(CELLS)
        self.write()

    def write(self, full=9.0, none=10.0):
        """A criterion for each variable: its error to 0."""
        metric = {"metric": {"name": "mae", "to": 0.0, "full": full, "none": none}}
        criteria = [
            {"id": name, "says": "It is near 0.", "points": 1, "probe": name, "expect": metric} for name in NAMES
        ]
        probes = {name: {"variable": name} for name in NAMES}
        rubric = {"points": 5, "reference": ["doubling"], "probes": probes, "criteria": criteria}
        (self.bench.root / "rubrics" / "doubling.yaml").write_text(yaml.safe_dump(rubric))

    def calibrate(self, runs=19, watch=lambda *_: None):
        course = read_course(self.bench.root)
        assignment = course.assignment("doubling")
        return calibrate(course, self.bench.work, assignment, self.bench.executor, runs=runs, watch=watch)

    def command(self, *options):
        line = [sys.executable, "-m", "grader", "--course", str(self.bench.root), "--work", str(self.bench.work.root)]
        line += ["calibrate", "doubling", "--runs", "19", *options]
        return subprocess.run(line, capture_output=True, text=True, check=False)


@pytest.fixture
def chance(bench):
    return Chance(bench)


def test_every_seed_that_the_notebook_sets_is_another_one_in_each_run_but_not_that_of_a_generator_of_its_own(chance):
    bands = {name: band.not_above for name, band in chance.calibrate().noise.criteria.items()}
    assert list(bands) == NAMES
    for name in ("python", "numpy", "pytorch", "unseeded"):
        assert bands[name][50] < bands[name][90] < bands[name][95]
    assert len(set(bands["own"].values())) == 1


def test_runs_that_there_are_already_are_not_made_again(chance):
    told = []
    first = chance.calibrate()
    again = chance.calibrate(runs=20, watch=lambda *progress: told.append(progress))
    assert [done for what, done, _ in told if what == "running the reference"] == [19, 20]
    assert again.noise.runs == 20
    assert chance.calibrate().noise == first.noise


def test_a_threshold_outside_the_band_takes_nothing_and_the_share_is_stated_with_what_is_not_known(chance):
    found = chance.calibrate()
    assert (found.lost, found.lost_any, found.lost_too_often) == ({}, 0, [])
    assert found.at_most == pytest.approx(1 - 0.05 ** (1 / 19))


def test_a_threshold_inside_the_band_takes_points_from_correct_work_and_that_is_told(chance):
    chance.write(full={"reference": 50})
    found = chance.calibrate()
    assert found.lost == dict.fromkeys(["python", "numpy", "pytorch", "unseeded"], 9)
    assert 9 <= found.lost_any <= 19
    assert found.lost_too_often == list(found.lost)


def test_a_threshold_takes_from_runs_that_it_was_not_made_from_as_little_as_it_says(chance):
    """95 in 100: of other runs, the bound on the share that is lost holds 5 in 100."""
    chance.write(full={"reference": 95})
    chance.calibrate(runs=19)
    band = chance.calibrate(runs=19).noise.criteria["python"].not_above[95]
    chance.write(full=band, none=band + 1)
    lost = chance.calibrate(runs=100).lost.get("python", 0)
    assert upper_bound(lost, 100) > 0.05
    assert binomtest(lost, 100, 2 * 0.05, alternative="greater").pvalue > 0.01


def test_a_threshold_that_takes_more_runs_than_were_made_is_told_before_any_is(chance):
    chance.write(full={"reference": 99})
    told = []
    with pytest.raises(UserError) as refused:
        chance.calibrate(runs=50, watch=lambda *progress: told.append(progress))
    assert told == []
    assert str(refused.value).splitlines() == [
        f"{chance.bench.root}/rubrics/doubling.yaml: `python` refers to 99 in 100 runs: 50 runs of the reference are "
        "too few",
        "  It takes 99 runs that all have an error to measure: --runs.",
    ]


def test_a_reference_without_an_answer_has_no_band(chance):
    chance.bench.write_notebook([*CELLS[:2], "python, numpy, pytorch, own = 1.0, 1.0, 1.0, 1.0\ndouble(1)"])
    assert chance.calibrate().noise.criteria["unseeded"].not_above == {}
    assert chance.calibrate().lost == {"unseeded": 19}


def test_the_command_writes_the_band_beside_the_rubric_and_tells_programs_too(chance):
    told = json.loads(chance.command("--json").stdout)
    path = chance.bench.root / "rubrics" / "doubling.yaml"
    assert told["written"] == str(path.with_suffix(".noise.yaml"))
    assert (told["assignment"], told["runs"], told["lost_any"], told["at_most"]) == ("doubling", 19, 0, 0.1459)
    noise = read_noise(path)
    assert [entry["criterion"] for entry in told["criteria"]] == NAMES
    for entry in told["criteria"]:
        band = noise.criteria[entry["criterion"]].not_above
        assert entry["lost"] == 0
        assert {int(level): error for level, error in entry["not_above"].items()} == band


def test_the_command_says_what_chance_takes_and_ends_with_1_where_it_is_too_much(chance):
    chance.write(full={"reference": 50})
    ended = chance.command()
    assert ended.returncode == 1
    assert "doubling: 19 runs of the reference, each with other seeds" in ended.stdout
    assert "  `numpy` is lost in 9 of 19 runs: more than 1 in 100\n" in ended.stdout
    assert "  Widen their thresholds in the rubric; no run has to be made again.\n" in ended.stdout
    assert "own" not in ended.stdout.split("is lost in")[0].splitlines()[-1]
    chance.write()
    ended = chance.command()
    assert ended.returncode == 0
    assert (
        "  Chance takes something from it in 0 of 19 runs: with a confidence of 95 %, "
        "from no more than 14.6 % of work that is as good.\n" in ended.stdout
    )


def test_verify_tells_that_a_band_was_measured_on_another_solution(chance):
    assert chance.command().returncode == 0
    course = read_course(chance.bench.root)

    def problems():
        assignment = course.assignment("doubling")
        executor, work = chance.bench.executor, chance.bench.work
        found = verify(course, work, assignment, executor, most_mutants=0, watch=lambda *_: None)
        return [problem for problem in found.problems if "noise" in problem]

    assert problems() == []
    chance.bench.write_notebook([*CELLS, "more = 1"])
    assert problems() == [
        "doubling.noise.yaml was measured on another solution or other probes: run `grader calibrate doubling` again"
    ]


@pytest.mark.parametrize(("count", "total"), [(0, 199), (3, 50), (19, 19), (18, 19)])
def test_the_bound_is_clopper_and_pearsons(count, total):
    both_sides = binomtest(count, total).proportion_ci(0.90, method="exact")
    assert upper_bound(count, total) == pytest.approx(both_sides.high)


@pytest.mark.parametrize("path", sorted(COURSE.glob("rubrics/*.noise.yaml")), ids=lambda path: path.name)
def test_a_band_of_the_course_was_measured_on_the_solution_that_there_is_and_its_thresholds_lie_outside(path):
    course = read_course(COURSE)
    assignment = course.assignment(path.name.removesuffix(".noise.yaml"))
    noise = read_noise(assignment.rubric_path)
    assert noise.made_from == read_parts(course, assignment).fingerprint
    metrics = {one.id: one.expect.metric for one in read_rubric(assignment.rubric_path).criteria if one.expect.metric}
    assert metrics.keys() == noise.criteria.keys()
    for criterion, band in noise.criteria.items():
        assert list(band.not_above) == list(LEVELS)
        assert metrics[criterion].full > band.not_above[99]
