"""The small class, a session over it, and its page."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from flask.testing import FlaskClient

from grader.course.course import read_course
from grader.exam.exam import find_exam
from grader.exam.paper.readings import BoxReading, Sheet
from grader.exam.printing.planning import Enrolled, plan_print
from grader.exam.scanning.intake import take_copies
from grader.exam.scanning.print_store import PaperStore
from grader.language import verbatim
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.queue import ReviewItem
from grader.review.serving import listening
from grader.review.session import ReviewSession
from grader.store.work_folder import WorkFolder
from tests.exam.making import exam_of, question, single
from tests.review.making import make_class

Find = Callable[[str, str], ReviewItem]
PORT = 8765
ORIGIN = f"http://127.0.0.1:{PORT}"


@pytest.fixture
def session(tmp_path: Path) -> ReviewSession:
    """A review of the small class."""
    root = make_class(tmp_path / "course")
    session = ReviewSession(read_course(root), WorkFolder(root / ".grader"), "prof")
    session.read()
    return session


@pytest.fixture
def guard() -> Guard:
    return Guard(PORT)


@pytest.fixture
def stranger(session: ReviewSession, guard: Guard) -> FlaskClient:
    """A client that was not given the token."""
    return make_app(session, guard).test_client()


@pytest.fixture
def client(stranger: FlaskClient, guard: Guard) -> FlaskClient:
    """A client that came by the address that was printed."""
    assert stranger.get("/", base_url=ORIGIN, query_string={"token": guard.token}).status_code == 303
    return stranger


@pytest.fixture
def find(session: ReviewSession) -> Callable[[str, str], ReviewItem]:
    """The item of a criterion for a student: `find("words", "ana")`."""

    def found(criterion: str, student: str) -> ReviewItem:
        return next(
            item
            for item in session.items.values()
            if student in item.students and criterion in [part.criterion for part in item.parts]
        )

    return found


@contextmanager
def serving(session: ReviewSession) -> Iterator[str]:
    """The address of the page, while it is served."""
    with listening(session) as (server, guard):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield guard.address
        server.shutdown()
        thread.join()


@pytest.fixture
def served(session: ReviewSession) -> Iterator[str]:
    with serving(session) as address:
        yield address


@pytest.fixture
def scanned(tmp_path: Path) -> ReviewSession:
    """An exam on paper: on ana's sheet, a box is unsure, and a word was written."""
    root = tmp_path / "course"
    (root / "assignments/paper").mkdir(parents=True)
    (root / "course.toml").write_text('title = "A small course"\n')
    told = exam_of(single("edge"), question("text", {"accept": ["homography"]}, "word"))
    (root / "assignments/paper/exam.yaml").write_text(json.dumps(told))
    exam, work = find_exam(root, "paper"), WorkFolder(root / ".grader")
    store = PaperStore(work, "paper")
    planned = plan_print(exam, [Enrolled("ana")], blank=0, paper="a4", language="en", digits=4)
    store.add_print(planned)
    (copy,) = planned.copies
    for page in copy.pages:
        boxes = tuple(
            BoxReading(
                box=box.id,
                state="unsure" if box.value == "b" else "empty",
                confidence=0.0 if box.value == "b" else 1.0,
                cover=0.1,
                because=verbatim("Half of it is marked." if box.value == "b" else ""),
            )
            for box in page.boxes
        )
        sheet = Sheet(
            print_id=planned.id, copy_number=1, page=page.number, source="scan.pdf", sha256="0" * 64, boxes=boxes
        )
        folder = store.root / "sheets"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{sheet.id}.json").write_text(sheet.model_dump_json())
        store.add_picture(sheet.id, np.full((2376, 1680), 230, np.uint8))
    take_copies(work.gradebook, "paper", store.copies())
    session = ReviewSession(read_course(root), work, "prof")
    session.read()
    return session
