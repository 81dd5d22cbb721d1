"""A run's key speaks of the default limit on memory as it always did; another limit is another run."""

from __future__ import annotations

from grader.course.materials import Materials
from grader.execute.run_key import make_key
from grader.model import Limits


def key(**limits):
    return make_key("sha", (), Limits(**limits), "bubblewrap", materials=Materials())


def test_each_limit_on_memory_has_a_key_of_its_own_and_the_default_is_the_same_when_it_is_said():
    assert key() == key(memory_mib=4096)
    assert len({key(), key(memory_mib=2048), key(memory_mib=1024), key(memory_mib=8192)}) == 4


def test_the_key_does_not_change_with_the_default(monkeypatch):
    before = key()
    monkeypatch.setattr("grader.execute.run_key._said", lambda limits: {**limits.model_dump(), "memory_mib": 2048})
    assert key() == before
