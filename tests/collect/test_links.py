"""Every shape of link that students send is told right: the file that it leads to, or why none, and what to do."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.collect.links import HOW_TO_SHARE, SEND_THE_FILE, BadLink, DriveFile, find_links, read_link

ID = "1AbCdEfGhIjKlMnOpQrStUvWxYz_1234-"
OLD = "0B8yDZMng09B9K3NkdGpCaUYrTll3"
COLAB = f"https://colab.research.google.com/drive/{ID}"


def words_of(bad):
    assert isinstance(bad, BadLink)
    return str(bad.what), str(bad.remedy)


@pytest.mark.parametrize(
    "link",
    [
        f"{COLAB}?usp=sharing",
        f"{COLAB}#scrollTo=abcd1234",
        f"{COLAB}?usp=sharing#scrollTo=abcd1234",
        f"{COLAB}?authuser=1",
        f"{COLAB}?ouid=116412345678901234567&usp=sharing",
        f"https://colab.google.com/drive/{ID}",
        f"http://COLAB.research.google.com/drive/{ID}/",
        f"colab.research.google.com/drive/{ID}",
        f"<{COLAB}>",
        f"https://colab.research.google.com/notebook#fileId={ID}",
        f"https://colab.research.google.com/#fileId={ID}&scrollTo=x",
        f"https://drive.google.com/file/d/{ID}/view?usp=sharing",
        f"https://drive.google.com/file/d/{ID}/view?usp=sharing_eil_m&amp;ts=65a",
        f"https://drive.google.com/file/d/{ID}/edit",
        f"https://drive.google.com/file/d/{ID}/preview",
        f"https://drive.google.com/file/u/1/d/{ID}/view",
        f"https://docs.google.com/file/u/1/d/{ID}/edit",
        f"https://drive.google.com/a/example.org/file/d/{ID}/view",
        f"https://drive.google.com/open?id={ID}",
        f"https://drive.google.com/a/example.org/open?id={ID}",
        f"https://drive.google.com/uc?id={ID}&export=download",
        f"https://drive.usercontent.google.com/download?id={ID}&export=download",
        f"https://www.google.com/url?q={quote(COLAB, safe='')}&sa=D",
        f"https://eur01.safelinks.protection.outlook.com/?url={quote(COLAB, safe='')}&data=05",
        f"https://urldefense.com/v3/__{COLAB}__;!!abc$",
        f"https://www.google.com/url?q={quote(f'https://www.google.com/url?q={quote(COLAB)}', safe='')}",
    ],
)
def test_a_link_to_a_file_is_that_file_however_it_is_written(link):
    assert read_link(link) == DriveFile(ID)


@pytest.mark.parametrize("name", ["resourcekey", "resourceKey"])
def test_an_old_link_brings_its_resource_key(name):
    link = f"https://drive.google.com/file/d/{OLD}/view?usp=sharing&{name}=0-AbCd_123"
    assert read_link(link) == DriveFile(OLD, "0-AbCd_123")


FOLDER = (
    "The link leads to a folder, and which of its files is meant is not ours to guess.",
    "Open the notebook itself, and send the link that its Share button copies.",
)
TOO_EARLY = "The link leads to Colab but names no notebook: it was copied too early."
EVERYBODYS = "The link leads to a page that Colab shows to everybody, not to your own notebook."


@pytest.mark.parametrize(
    ("link", "what"),
    [
        ("https://colab.research.google.com/drive/", TOO_EARLY),
        ("https://colab.research.google.com/", TOO_EARLY),
        ("https://colab.research.google.com/#create=true", TOO_EARLY),
        ("https://colab.research.google.com/notebooks/intro.ipynb", EVERYBODYS),
        ("https://colab.research.google.com/notebooks/empty.ipynb", EVERYBODYS),
        (
            "https://colab.research.google.com/drive/1AbC",
            "The link is cut off: the name of the notebook in it is not whole.",
        ),
        (
            f"https://docs.google.com/document/d/{ID}/edit",
            "The link leads to a text document, not to a notebook.",
        ),
        (f"https://docs.google.com/spreadsheets/d/{ID}", "The link leads to a spreadsheet, not to a notebook."),
        (
            "https://drive.google.com/drive/my-drive",
            "The link leads to your own list of files, which nobody else can see.",
        ),
        ("https://drive.google.com/drive/u/0/", "The link leads to your own list of files, which nobody else can see."),
        ("https://drive.google.com/file/d/", "The link leads to Google Drive but names no file."),
        ("https://drive.google.com/uc?export=download", "The link leads to Google Drive but names no file."),
        (
            f"https://docs.google.com.evil.example/file/d/{ID}/view",
            "The link leads to docs.google.com.evil.example, not to a shared notebook.",
        ),
        (
            f"https://drive.google.com@evil.example/open?id={ID}",
            "The link leads to evil.example, not to a shared notebook.",
        ),
        ("https://[", "The link is damaged: it is not an address that a browser opens."),
        ("https:///x", "The link leads to no place at all, not to a shared notebook."),
        (
            f"https://colab.evil.example/drive/{ID}",
            "The link leads to colab.evil.example, not to a shared notebook.",
        ),
        (f"ftp://drive.google.com/open?id={ID}", "The link is not an address of the web."),
    ],
)
def test_a_link_to_no_file_is_told_with_what_to_send_instead(link, what):
    assert words_of(read_link(link)) == (what, str(HOW_TO_SHARE))


@pytest.mark.parametrize(
    "link",
    [
        f"https://drive.google.com/drive/folders/{ID}",
        f"https://drive.google.com/drive/u/0/folders/{ID}?usp=sharing",
        f"https://drive.google.com/folderview?id={ID}",
        f"https://drive.google.com/a/example.org/drive/folders/{ID}",
    ],
)
def test_a_folder_is_told_as_one(link):
    assert words_of(read_link(link)) == FOLDER


def test_a_link_to_ones_own_computer_is_told_with_both_ways_out():
    assert words_of(read_link("http://localhost:8888/notebooks/hw2.ipynb")) == (
        "The link leads to your own computer, where nobody else can open it.",
        f"{SEND_THE_FILE} {HOW_TO_SHARE}",
    )


def test_links_are_found_in_a_text_in_their_order_and_each_once():
    again = f"Again: <{COLAB}?usp=sharing>, my page https://ana.example, and drive.google.com/open?id={OLD}!"
    text = f"Dear all, here (see {COLAB}?usp=sharing). {again}"
    assert find_links(text) == [f"{COLAB}?usp=sharing", f"drive.google.com/open?id={OLD}"]


def test_a_wrapped_link_is_found_and_one_inside_another_word_is_not():
    wrapped = f"https://www.google.com/url?q={quote(COLAB, safe='')}"
    assert find_links(f"see {wrapped} or x@drive.google.com/file/d/{ID}") == [wrapped]


@given(st.text())
def test_no_text_makes_reading_fail(text):
    assert isinstance(read_link(text), DriveFile | BadLink)
    for link in find_links(text):
        read_link(link)


@given(
    st.from_regex(r"[A-Za-z0-9_-]{20,44}", fullmatch=True),
    st.sampled_from(["", "?usp=sharing", "?authuser=2#scrollTo=x"]),
)
def test_every_id_comes_back_whole_out_of_a_sentence(identity, tail):
    link = f"https://colab.research.google.com/drive/{identity}{tail}"
    assert [read_link(found) for found in find_links(f"Here it is: {link}.\nAna")] == [DriveFile(identity)]
