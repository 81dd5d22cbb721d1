"""A person is the same by any writing of a name or an address that means the same."""

from hypothesis import given
from hypothesis import strategies as st

from grader.files.name_matching import fold_address, fold_name


@given(st.emails(domains=st.just("gmail.com")), st.integers(0, 20))
def test_gmail_ignores_dots_tags_and_case(address, place):
    local = address.rpartition("@")[0].partition("+")[0].replace(".", "")
    dotted = f"{local[:place]}.{local[place:]}+tag@GMail.com"
    assert fold_address(dotted) == fold_address(f"{local}@googlemail.com")


@given(st.lists(st.from_regex(r"[a-zé]{1,8}", fullmatch=True), min_size=1, max_size=4), st.randoms())
def test_the_words_of_a_name_may_stand_in_any_order(words, random):
    mixed = random.sample(words, len(words))
    assert fold_name(" ".join(words)) == fold_name(", ".join(mixed).upper())
