"""Files that scanners and telephones make."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from grader.errors import UserError
from grader.exam.printing.drawing import draw_copies
from grader.exam.scanning.scan_files import find_files, open_pictures
from tests.exam.paper.printing import every_kind, plan, render


def page(grey=200):
    """A page that is not the same either way up: darker above, darkest at the left."""
    picture = np.full((120, 80), grey, np.uint8)
    picture[:40], picture[:40, :20] = 100, 30
    return Image.fromarray(picture)


def greys(path):
    return [picture.grey for picture in open_pictures(path)]


@pytest.mark.parametrize("name", ["a.png", "a.tif", "a.TIFF", "a.pdf"])
@pytest.mark.parametrize("mode", ["L", "RGB", "1"])
def test_a_page_is_the_same_in_every_format(tmp_path, name, mode):
    page().convert(mode, dither=0).save(tmp_path / name)
    (grey,) = greys(tmp_path / name)
    assert grey.dtype == np.uint8
    height, width = grey.shape
    assert (width / height) == pytest.approx(80 / 120, rel=0.01)
    assert int(grey[height // 6, width // 8]) < int(grey[-height // 6, width // 2])


def test_files_of_several_pages_give_them_all_in_order(tmp_path):
    for name in ("a.tiff", "a.pdf"):
        page(210).save(tmp_path / name, save_all=True, append_images=[page(220), page(230)])
        found = list(open_pictures(tmp_path / name))
        assert [picture.source for picture in found] == [f"{name}, page {number}" for number in (1, 2, 3)]
        assert [round(float(np.median(picture.grey[-20:])), -1) for picture in found] == [210, 220, 230]
        assert len({picture.sha256 for picture in found}) == 3


def test_a_telephones_picture_is_turned_as_it_says(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held upright
    page().rotate(90, expand=True).save(tmp_path / "a.jpg", exif=exif, quality=95)
    (grey,) = greys(tmp_path / "a.jpg")
    assert grey.shape == (120, 80)
    assert grey[20, 10] < 60 < grey[20, 60] < 130 < grey[100, 40]


def test_what_is_transparent_is_paper(tmp_path):
    picture = np.zeros((120, 80, 4), np.uint8)
    picture[:10, :, 3] = 255
    Image.fromarray(picture).save(tmp_path / "a.png")
    (grey,) = greys(tmp_path / "a.png")
    assert (grey[5, 5], grey[50, 5]) == (0, 255)


def test_sixteen_bits_are_read_as_eight(tmp_path):
    Image.fromarray(np.full((120, 80), 51_400, np.uint16)).save(tmp_path / "a.png")
    assert greys(tmp_path / "a.png")[0][0, 0] == 200


def test_a_pdf_is_drawn_fine_enough_whatever_size_it_says(tmp_path):
    (tmp_path / "a.pdf").write_bytes(draw_copies(plan(every_kind(), "ana"), tmp_path))
    page().save(tmp_path / "b.pdf", resolution=300)
    assert {grey.shape[0] for grey in greys(tmp_path / "a.pdf")} == {2400}
    assert greys(tmp_path / "b.pdf")[0].shape[0] == 2400
    assert render((tmp_path / "a.pdf").read_bytes(), 72)[0].shape[0] == 842


@pytest.mark.parametrize("name", ["a.png", "a.jpg", "a.tiff", "a.pdf"])
def test_a_file_that_is_no_picture_is_one_page_that_says_so(tmp_path, name):
    (tmp_path / name).write_bytes(b"This is no picture.")
    (picture,) = open_pictures(tmp_path / name)
    assert picture.grey is None
    assert picture.source == f"{name}, page 1"
    assert str(picture.because).startswith("It cannot be opened: ")
    assert "\n" not in str(picture.because)


def test_a_file_that_breaks_off_keeps_the_pages_before(tmp_path):
    page().save(tmp_path / "a.tiff", save_all=True, append_images=[page(), page()])
    content = (tmp_path / "a.tiff").read_bytes()
    (tmp_path / "a.tiff").write_bytes(content[: len(content) // 2])
    found = list(open_pictures(tmp_path / "a.tiff"))
    assert found[-1].grey is None
    assert found[-1].source == f"a.tiff, page {len(found)}"


def test_folders_are_searched_for_scans(tmp_path):
    (tmp_path / "b").mkdir()
    for name in ("b/2.JPG", "1.png", "notes.txt"):
        (tmp_path / name).write_bytes(b"")
    assert [path.name for path in find_files([tmp_path])] == ["1.png", "2.JPG"]
    assert [path.name for path in find_files([tmp_path / "1.png", tmp_path])] == ["1.png", "2.JPG"]


def test_what_cannot_be_a_scan_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("")
    remedy = "Scans are files that end in .pdf, .png, .jpg, .jpeg, .tif, .tiff."
    for path, what in ((tmp_path / "notes.txt", "this is not a scan"), (tmp_path, "there is no scan in this folder")):
        with pytest.raises(UserError) as told:
            find_files([path])
        assert (told.value.what, told.value.where, told.value.remedy) == (what, str(path), remedy)
    with pytest.raises(UserError, match="there is no such file"):
        find_files([tmp_path / "none.pdf"])
