"""The small class, a session over it, and its page."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from grader.course import read_course
from grader.review.app import make_app
from grader.review.guard import Guard
from grader.review.queue import Item
from grader.review.serving import listening
from grader.review.session import ReviewSession
from grader.work import WorkFolder
from tests.review.making import make_class

Find = Callable[[str, str], Item]
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
def find(session: ReviewSession) -> Callable[[str, str], Item]:
    """The item of a criterion for a student: `find("words", "ana")`."""

    def found(criterion: str, student: str) -> Item:
        return next(
            item
            for item in session.items.values()
            if student in item.students and criterion in [part.criterion for part in item.parts]
        )

    return found


@pytest.fixture
def served(session: ReviewSession) -> Iterator[str]:
    """The address of the page, while it is served."""
    with listening(session) as (server, guard):
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        thread.start()
        yield guard.address
        server.shutdown()
        thread.join()
