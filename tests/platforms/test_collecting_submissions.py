"""collect canvas: and moodle: each attempt comes with the platform's time, and what is no notebook is told by name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from grader.course.course import read_course
from grader.deadlines.due_dates import read_handed_in
from grader.deadlines.lateness import choose
from grader.errors import UserError
from grader.platforms.platform_http import PlatformWeb
from grader.store.work_folder import WorkFolder
from grader.verbs.collection import collect
from tests.collect.conftest import DUE, HOUR
from tests.platforms.platform_doubles import ASSIGNMENT, COURSE, TOKEN, Platform
from tests.small_course import RIGHT, WRONG, notebook_of, write_course

CONTENT, OTHER = notebook_of(*RIGHT).encode(), notebook_of(*WRONG).encode()
PEOPLE = ["ana", "bruno", "carla", "dora", "zoe"]


class Handing:
    """A course whose assignment students hand in on a platform."""

    def __init__(self, root: Path, platform: Platform) -> None:
        self.platform = platform
        self.course = write_course(root / "course")
        (self.course / "course.toml").write_text(
            f'title = "A course"\nroster = "roster.csv"\n[{platform.kind}]\nurl = "{platform.url}"\n'
        )
        rows = "".join(f"{name},{name}@example.org\n" for name in PEOPLE)
        (self.course / "roster.csv").write_text(f"student,addresses\n{rows}")
        (self.course / "assignments/hello/assignment.toml").write_text(
            'title = "Hello"\ndeadline = 2024-08-11T00:00:00-03:00\n[late]\nrule = "refuse"\n'
        )
        self.work = WorkFolder(root / "work")

    def collect(self, at: str = f"{COURSE}/{ASSIGNMENT}") -> list:
        course = read_course(self.course)
        return collect(course, self.work, course.assignment("hello"), [f"{self.platform.kind}:{at}"])

    @property
    def counted(self) -> dict[str, bytes]:
        course = read_course(self.course)
        handed_in = read_handed_in(course, self.work.gradebook, course.assignment("hello"))
        chosen = {who: choose(own, handed_in.terms[who]) for who, own in handed_in.submissions.items()}
        return {student: self.work.submission(one.sha256) for student, one in chosen.items()}

    @property
    def problems(self) -> dict[str, str]:
        return {one.student or one.called: str(one.what) for one in self.work.gradebook.problems("hello")}


@pytest.fixture(params=["canvas", "moodle"])
def handing(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Handing]:
    with Platform(request.param, list(PEOPLE)).serve() as platform:
        monkeypatch.setenv(f"GRADER_{platform.kind.upper()}_TOKEN", TOKEN)
        yield Handing(tmp_path, platform)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits are as short as a test's."""
    made = PlatformWeb.__init__

    def begin(self: PlatformWeb, *told: object, **more: object) -> None:
        made(self, *told, **{"first_s": 0.001, **more})  # type: ignore[arg-type]

    monkeypatch.setattr(PlatformWeb, "__init__", begin)


def test_the_last_attempt_in_time_counts(handing: Handing) -> None:
    handing.platform.hand_in("ana", DUE - 3 * HOUR, hw_ipynb=OTHER)
    handing.platform.hand_in("ana", DUE - HOUR, hw_ipynb=CONTENT)
    handing.platform.hand_in("ana", DUE + HOUR, hw_ipynb=OTHER)
    handing.platform.hand_in("bruno", DUE - HOUR, hw_ipynb=OTHER)
    handing.collect()
    assert handing.counted == {"ana": CONTENT, "bruno": OTHER}
    sent = [one.evidence.sent for one in handing.work.gradebook.submissions("hello") if one.student == "bruno"]
    assert sent == [DUE - HOUR]


def test_collecting_again_changes_nothing(handing: Handing) -> None:
    handing.platform.hand_in("ana", DUE - HOUR, hw_ipynb=CONTENT)
    handing.collect()
    handing.collect()
    assert len(handing.work.gradebook.submissions("hello")) == 1


def test_what_is_no_notebook_is_told_by_name(handing: Handing) -> None:
    handing.platform.hand_in("ana", DUE - HOUR, hw_pdf=b"%PDF")
    handing.platform.hand_in("bruno", DUE - HOUR, text="I could not do it.")
    handing.platform.hand_in("carla", DUE - HOUR, text="http://localhost:8888/notebooks/hw.ipynb")
    handing.platform.people[4] = "stranger"
    handing.platform.hand_in("stranger", DUE - HOUR, hw_ipynb=CONTENT)
    handing.collect()
    assert handing.problems == {
        "ana": "You handed in `hw.pdf`, and no notebook (.ipynb).",
        "bruno": "There is neither a notebook nor a link to one in what you handed in.",
        "carla": "The link leads to your own computer, where nobody else can open it.",
        "stranger": "The sender is not in the roster.",
    }
    assert handing.counted == {}


def test_several_notebooks_at_once_say_which_counts(handing: Handing) -> None:
    handing.platform.hand_in("ana", DUE - HOUR, first_ipynb=OTHER, second_ipynb=CONTENT)
    handing.collect()
    assert handing.counted == {"ana": CONTENT}
    flags = [str(flag) for one in handing.work.gradebook.submissions("hello") for flag in one.evidence.flags]
    assert {*flags} == {"Several notebooks were handed in at once: the last one counts."}


def test_a_file_above_the_limit_is_not_fetched(handing: Handing) -> None:
    path = handing.course / "assignments/hello/assignment.toml"
    path.write_text(path.read_text() + "[limits]\nnotebook_mib = 0.001\n")
    handing.platform.hand_in("ana", DUE - HOUR, hw_ipynb=b"x" * 3000)
    handing.collect()
    assert handing.problems == {"ana": "`hw.ipynb` has 0 MiB, and 0.001 are allowed."}
    assert not [asked for asked in handing.platform.asked if "file" in asked.split()[0] or "/files/" in asked]


def test_a_file_that_is_not_given_out_costs_its_student_a_look_and_nobody_else(handing: Handing) -> None:
    handing.platform.hand_in("ana", DUE - HOUR, hw_ipynb=OTHER)
    handing.platform.hand_in("bruno", DUE - HOUR, hw_ipynb=CONTENT)
    handing.platform.refused = OTHER
    handing.collect()
    assert handing.problems == {"ana": "The file that was handed in is not given out."}
    assert handing.counted == {"bruno": CONTENT}


@pytest.mark.usefixtures("quick")
def test_a_class_of_300_under_faults_ends_with_what_was_sent(handing: Handing) -> None:
    people = [f"s{number}" for number in range(300)]
    handing.platform.people[:] = people
    rows = "".join(f"{name},{name}@example.org\n" for name in people)
    (handing.course / "roster.csv").write_text(f"student,addresses\n{rows}")
    sent = {name: notebook_of(f"x = {number}").encode() for number, name in enumerate(people)}
    for number, (name, content) in enumerate(sent.items()):
        handing.platform.hand_in(name, DUE - timedelta(minutes=number + 1), hw_ipynb=content)
    way = "GET" if handing.platform.kind == "canvas" else "file"
    handing.platform.faults += [(way, fault) for fault in ("429", "500", "cut", "") * 100]
    handing.collect()
    assert handing.counted == sent


def test_a_draft_is_told_as_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_MOODLE_TOKEN", TOKEN)
    with Platform("moodle", list(PEOPLE)).serve() as platform:
        handing = Handing(tmp_path, platform)
        platform.hand_in("ana", DUE - HOUR, status="draft", hw_ipynb=CONTENT)
        handing.collect()
    assert handing.problems == {"ana": "Your work there is a draft: it was saved, and not submitted."}


def test_canvas_may_not_send_us_on_to_any_other_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADER_CANVAS_TOKEN", TOKEN)
    with Platform("canvas", list(PEOPLE), file_host="https://evil.example").serve() as platform:
        handing = Handing(tmp_path, platform)
        platform.hand_in("ana", DUE - HOUR, hw_ipynb=CONTENT)
        handing.collect()
    (problem,) = handing.work.gradebook.problems("hello")
    assert str(problem.remedy) == "Canvas keeps a file on evil.example, which is none of its hosts."


@pytest.mark.parametrize("at", ["12", "12/x", "", "12/345/6"])
def test_a_source_that_names_no_assignment_is_told(handing: Handing, at: str) -> None:
    with pytest.raises(UserError, match="this names no course and assignment of"):
        handing.collect(at)


def test_a_token_that_is_not_accepted_is_told_and_stands_in_no_message(
    handing: Handing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"GRADER_{handing.platform.kind.upper()}_TOKEN", "7~another")
    with pytest.raises(UserError, match="does not accept the token") as told:
        handing.collect()
    assert "another" not in str(told.value)
