"""Files that scanners and telephones make."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from grader.errors import UserError
from grader.exam.printing.drawing import draw_copies
from grader.exam.scanning.scan_files import PageOpener, find_files
from tests.exam.paper.printing import every_kind, plan, render

DATA = Path(__file__).parent / "data"
SLOW_SECOND_PAGE = """
from PIL import ImageOps

fast = ImageOps.exif_transpose

def slow(frame, **more):
    if frame.tell() == 1:
        while True: pass
    return fast(frame, **more)

ImageOps.exif_transpose = slow
"""
"""In the place of a file that was made to take long: found by Python when the process starts."""


def page(grey=200):
    """A page that is not the same either way up: darker above, darkest at the left."""
    picture = np.full((120, 80), grey, np.uint8)
    picture[:40], picture[:40, :20] = 100, 30
    return Image.fromarray(picture)


@pytest.fixture(scope="module")
def opener():
    with PageOpener() as started:
        yield started


@pytest.fixture
def greys(opener):
    return lambda path: [page.picture for page in opener.open(path)]


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.TIFF", "a.pdf"])
@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_a_page_is_the_same_in_every_format(tmp_path, name, mode, greys):
    page().convert(mode, dither=0).save(tmp_path / name)
    (grey,) = greys(tmp_path / name)
    assert grey.dtype == np.uint8
    height, width = grey.shape
    assert (width / height) == pytest.approx(80 / 120, rel=0.01)
    assert int(grey[height // 6, width // 8]) < int(grey[-height // 6, width // 2])


def test_files_of_several_pages_give_them_all_in_order(tmp_path, opener):
    for name in ("a.tiff", "a.pdf"):
        page(210).save(tmp_path / name, save_all=True, append_images=[page(220), page(230)])
        found = list(opener.open(tmp_path / name))
        assert [picture.source for picture in found] == [f"{name}, page {number}" for number in (1, 2, 3)]
        assert [round(float(np.median(picture.picture[-20:])), -1) for picture in found] == [210, 220, 230]
        assert len({picture.sha256 for picture in found}) == 3


def test_a_telephones_picture_is_turned_as_it_says(tmp_path, greys):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    page().rotate(90, expand=True).save(tmp_path / "a.jpg", exif=exif, quality=95)
    (grey,) = greys(tmp_path / "a.jpg")
    assert grey.shape == (120, 80)
    assert grey[20, 10] < 60 < grey[20, 60] < 130 < grey[100, 40]


def test_what_is_transparent_is_paper(tmp_path, greys):
    picture = np.zeros((120, 80, 4), np.uint8)
    picture[:10, :, 3] = 255
    Image.fromarray(picture).save(tmp_path / "a.png")
    (grey,) = greys(tmp_path / "a.png")
    assert (grey[5, 5], grey[50, 5]) == (0, 255)


def test_sixteen_bits_are_read_as_eight(tmp_path, greys):
    Image.fromarray(np.full((120, 80), 51_400, np.uint16)).save(tmp_path / "a.png")
    assert greys(tmp_path / "a.png")[0][0, 0] == 200


def test_a_pdf_is_drawn_fine_enough_whatever_size_it_says(tmp_path, greys):
    (tmp_path / "a.pdf").write_bytes(draw_copies(plan(every_kind(), "ana"), tmp_path))
    page().save(tmp_path / "b.pdf", resolution=300)
    assert {grey.shape[0] for grey in greys(tmp_path / "a.pdf")} == {2400}
    assert greys(tmp_path / "b.pdf")[0].shape[0] == 2400
    assert render((tmp_path / "a.pdf").read_bytes(), 72)[0].shape[0] == 842


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff", "a.pdf"])
def test_a_file_that_is_no_picture_is_one_page_that_says_so(tmp_path, name, opener):
    (tmp_path / name).write_bytes(b"This is no picture.")
    (page,) = opener.open(tmp_path / name)
    assert (page.picture, page.source) == (None, f"{name}, page 1")
    assert page.because == "It is neither a PDF nor a picture."


def test_what_a_file_is_says_its_content_and_not_its_name(tmp_path, opener):
    page().save(tmp_path / "a.png")
    (tmp_path / "a.png").rename(tmp_path / "a.dat")
    assert [found.because for found in opener.open(tmp_path / "a.dat")] == [""]
    # Pillow would start Ghostscript for it.
    (tmp_path / "b.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\nshowpage\n")
    assert [found.because for found in opener.open(tmp_path / "b.png")] == ["It is neither a PDF nor a picture."]


def test_pictures_of_telephones_are_read_as_they_store_them(greys):
    (picture,) = greys(DATA / "telephone.heic")
    assert picture.shape == (120, 80)
    assert picture[20, 10] < 60 < picture[20, 60] < 130 < picture[100, 40]


def test_pages_behind_a_broken_one_are_read(opener):
    found = list(opener.open(DATA / "pdf-with-a-broken-second-page.pdf"))
    assert [one.picture is None for one in found] == [False, True, False, False]
    assert found[1].because == "It cannot be opened: Failed to load page."
    assert [one.source[-6:] for one in found] == ["page 1", "page 2", "page 3", "page 4"]


def test_a_file_that_breaks_off_keeps_the_pages_before(tmp_path, opener):
    page().save(tmp_path / "a.tiff", save_all=True, append_images=[page(), page()])
    content = (tmp_path / "a.tiff").read_bytes()
    (tmp_path / "a.tiff").write_bytes(content[: len(content) // 2])
    found = list(opener.open(tmp_path / "a.tiff"))
    assert found[0].picture is not None
    assert found[-1].picture is None
    assert found[-1].source == f"a.tiff, page {len(found)}"
    assert found[-1].because.endswith("and so are the pages behind it, if there are any.")


@pytest.mark.parametrize("length", [0, 1, 8, 40, 200])
@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff", "a.pdf", "a.bmp"])
def test_whatever_is_left_of_a_file_it_has_one_fate_and_the_next_file_is_read(tmp_path, name, length, opener):
    page().save(tmp_path / name)
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:length])
    (found,) = opener.open(tmp_path / name)
    assert (found.picture is None) == bool(found.because)
    page().save(tmp_path / "next.png")
    assert [one.because for one in opener.open(tmp_path / "next.png")] == [""]


def test_too_many_points_are_refused_before_they_are_held(tmp_path, opener):
    """A few kilobytes that would be 1.6 billion points."""
    header = struct.pack(">II5B", 40_000, 40_000, 8, 0, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(10_000))), (b"IEND", b"")]
    told = b"".join(struct.pack(">I", len(b)) + a + b + struct.pack(">I", zlib.crc32(a + b)) for a, b in chunks)
    (tmp_path / "bomb.png").write_bytes(b"\x89PNG\r\n\x1a\n" + told)
    (found,) = opener.open(tmp_path / "bomb.png")
    assert found.because == "It cannot be opened: it has more than 120 million points."


def test_a_page_that_takes_too_long_ends_alone(tmp_path, monkeypatch):
    """The limit is one on processor time, so that a slow machine does not reach it."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(SLOW_SECOND_PAGE)
    page().save(tmp_path / "a.tiff", save_all=True, append_images=[page(), page()])
    with PageOpener(page_cpu_s=1) as opener:
        found = list(opener.open(tmp_path / "a.tiff"))
    assert [one.picture is None for one in found] == [False, True, False]
    assert found[1].because == "It cannot be opened: it needs more than 1 s of processor time."


def test_a_page_that_needs_too_much_memory_ends_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    (tmp_path / "sitecustomize.py").write_text(SLOW_SECOND_PAGE.replace("while True: pass", "bytearray(10 * 1024**4)"))
    page().save(tmp_path / "a.tiff", save_all=True, append_images=[page(), page()])
    with PageOpener() as opener:
        found = list(opener.open(tmp_path / "a.tiff"))
    assert [one.because for one in found] == ["", "It cannot be opened: it needs more than 2 GiB of memory.", ""]


def test_folders_are_searched_for_scans_and_other_files_are_named(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("b/2.JPG", "1.png", "3"):
        page().save(tmp_path / name, "png")
    for name in ("notes.txt", "b/.hidden"):
        (tmp_path / name).write_text("Not a scan.")
    found = find_files([tmp_path])
    assert [path.name for path in found.scans] == ["1.png", "3", "2.JPG"]
    assert [path.name for path in found.others] == [".hidden", "notes.txt"]
    assert [path.name for path in find_files([tmp_path / "1.png", tmp_path]).scans] == ["1.png", "3", "2.JPG"]


def test_what_is_not_there_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    with pytest.raises(UserError) as told:
        find_files([tmp_path])
    assert (told.value.what, told.value.where, told.value.remedy) == (
        "there is no scan in this folder",
        str(tmp_path),
        "Scans are PDF, PNG, JPEG, TIFF, HEIC, BMP and WebP files.",
    )
    with pytest.raises(UserError, match="there is no such file"):
        find_files([tmp_path / "none.pdf"])
