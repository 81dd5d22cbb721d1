"""The roster says whose an address is, and an address or a name that is nobody's, or two students', is told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.collect.roster import fold_address, fold_name, read_roster
from grader.errors import UserError

REMEDY = "The head is `student,name,addresses`; several addresses stand in one cell, with blanks between them."


def write(folder, *rows, head="student,name,addresses"):
    path = folder / "roster.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    return path


def refuse(path):
    with pytest.raises(UserError) as refused:
        read_roster(path)
    return str(refused.value)


@pytest.mark.parametrize(
    ("called", "student"),
    [
        ("Ana.Perez@example.org", "ana"),
        ("anap+hw2@gmail.com", "ana"),
        ("a.n.a.p@googlemail.com", "ana"),
        ("Perez, Ana", "ana"),
        ("ana pérez", "ana"),
        ("bruno", "bruno"),
        ("anaperez@example.org", None),
        ("carla", None),
    ],
)
def test_a_student_is_found_by_any_address_alias_or_name(tmp_path, called, student):
    roster = read_roster(write(tmp_path, "ana,Ana Pérez,ana.perez@example.org anap@gmail.com", "bruno,,b@example.org"))
    assert roster.find("nobody@example.org", called) == student
    assert roster.addresses["ana"] == "ana.perez@example.org"


def test_a_name_that_two_students_share_is_nobodys(tmp_path):
    roster = read_roster(write(tmp_path, "ana-1,Ana Paz,a1@example.org", "ana-2,Ana Paz,a2@example.org"))
    assert roster.find("Ana Paz") is None
    assert roster.find("a2@example.org") == "ana-2"


def test_an_address_of_two_students_is_told(tmp_path):
    path = write(tmp_path, "ana,,x.y@gmail.com", "bruno,,xy@gmail.com")
    assert refuse(path) == (
        f"{path}:3: xy@gmail.com belongs to both `ana` and `bruno`\n"
        "  Which of them it is, is not ours to guess: take it out of one row."
    )


def test_a_student_who_stands_twice_is_told(tmp_path):
    path = write(tmp_path, "ana,,a@example.org", "ana,,b@example.org")
    assert refuse(path) == f"{path}:3: `ana` stands twice in the roster\n  Put both into one row."


def test_a_roster_without_its_head_is_told(tmp_path):
    path = write(tmp_path, head="ana;a@example.org")
    assert refuse(path) == f"{path}:1: the roster has no head that names its columns\n  {REMEDY}"


def test_a_roster_that_is_not_there_is_told(tmp_path):
    path = tmp_path / "roster.csv"
    assert refuse(path) == f"{path}: the roster that course.toml names is not there\n  Write one there. {REMEDY}"


def test_a_roster_that_is_no_text_is_told(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_bytes(b"student,addresses\nan\xe9,x@example.org\n")
    assert refuse(path).startswith(f"{path}: the roster cannot be read: 'utf-8' codec can't decode byte 0xe9")
    assert refuse(path).endswith("\n  Save it as UTF-8.")


@given(st.emails(domains=st.just("gmail.com")), st.integers(0, 20))
def test_gmail_ignores_dots_tags_and_case(address, place):
    local = address.rpartition("@")[0].partition("+")[0].replace(".", "")
    dotted = f"{local[:place]}.{local[place:]}+tag@GMail.com"
    assert fold_address(dotted) == fold_address(f"{local}@googlemail.com")


@given(st.lists(st.from_regex(r"[a-zé]{1,8}", fullmatch=True), min_size=1, max_size=4), st.randoms())
def test_the_words_of_a_name_may_stand_in_any_order(words, random):
    mixed = random.sample(words, len(words))
    assert fold_name(" ".join(words)) == fold_name(", ".join(mixed).upper())
