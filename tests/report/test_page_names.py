"""File names of pages: safe, and never the same for two students."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.report import page_name

ANY_NAME = st.text(st.characters(exclude_categories=()), max_size=80)
NEAR_NAMES = st.text(st.sampled_from("aA-_.é @/\0\u202e\u0301"), max_size=6)


@given(ANY_NAME)
def test_any_name_becomes_a_safe_file_name(student: str) -> None:
    name = page_name(student)
    assert re.fullmatch(r"[a-z0-9][a-z0-9._@-]*\.html", name)
    assert len(name) <= 70


@given(st.lists(ANY_NAME | NEAR_NAMES, unique=True, max_size=40))
def test_two_students_never_share_a_page_even_where_case_does_not_count(students: list[str]) -> None:
    names = [page_name(student) for student in students]
    assert len({name.casefold() for name in names}) == len(students)


@given(NEAR_NAMES)
def test_a_student_who_is_named_as_anothers_page_gets_a_page_of_their_own(student: str) -> None:
    stem = page_name(student).removesuffix(".html")
    assert stem == student or page_name(stem) != page_name(student)


@pytest.mark.parametrize("student", ["ana", "ana.paz", "ana-paz_2", "ana@uni.example", "2024-17"])
def test_a_plain_name_stays_as_it_is(student: str) -> None:
    assert page_name(student) == f"{student}.html"


SPECIAL = ["", ".", "..", "../ana", "a/b", "a\\b", "a\0b", "ana ", "ANA", "\u202eana", "x" * 5_000, "\ud800", "ana\n"]
RESERVED = ["index", "con", "nul.txt", "com1", "lpt9.x", "c:ana", "a?b#c", "~ana", "-rf", "a.."]


@pytest.mark.parametrize("student", SPECIAL + RESERVED)
def test_a_name_that_means_something_to_a_file_system_is_changed(student: str) -> None:
    assert page_name(student) != f"{student}.html"
    assert re.fullmatch(r"(?:[a-z0-9-]+-)?[0-9a-f]{16}\.html", page_name(student))
