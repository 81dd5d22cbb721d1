"""Takes the guide's four pictures, in Chromium, of pages that the program makes of real classes: `make pictures`.

The class page is the demo's. The student's page is of a solved notebook with one deliberate mistake of `features`. The
review is of a new course. The sheet is a printed copy that a simulated pen fills.
"""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from grader.course.course import read_course
from grader.exam.scanning.print_store import PaperStore
from grader.store.work_folder import WorkFolder
from grader.verify.bench import read_parts
from tests.browser import browser
from tests.exam.paper.filling import fill, meanings_of, responses_to, words_of
from tests.exam.paper.pens import Pen
from tests.exam.paper.printing import render

ROOT = Path(__file__).parents[2]
PICTURES = ROOT / "grader" / "guide" / "pictures"
SIZE = {"width": 1180, "height": 800}
MISTAKE = "window-down-and-right"


def grader(*arguments: object, course: Path = ROOT) -> None:
    """A command, whose exit code 1 only says that something waits for a person."""
    command = [Path(sys.executable).parent / "grader", *map(str, arguments)]
    ended = subprocess.run(command, cwd=course, check=False)
    if ended.returncode not in (0, 1):
        raise SystemExit(f"grader {' '.join(map(str, arguments))}: exit code {ended.returncode}")


def take_class(page: Page, work: Path) -> None:
    grader("--work", work, "demo")
    show(page, work / "demo" / "reports" / "regression" / "index.html")
    keep(page, "class", height=760)


def take_student(page: Page, work: Path) -> None:
    course = read_course(ROOT)
    parts = read_parts(course, course.assignment("features"))
    home = next(name for name, source in parts.modules.items() if "def window_sum(" in source)
    modules = {**parts.modules, home: f"{parts.modules[home]}\n\n{parts.mistakes[MISTAKE].code}"}
    (work / "features").mkdir(parents=True)
    (work / "features" / "carla.ipynb").write_bytes(parts.solved_by(modules)())
    grader("--work", work, "grade", "features", work / "features")
    show(page, work / "reports" / "features" / "carla.html")
    page.evaluate("document.querySelector('#criterion-response').scrollIntoView()")
    page.evaluate("scrollBy(0, 16)")  # past the end of the heading above it
    keep(page, "student", height=760)


def take_review(page: Page, work: Path) -> None:
    course = work / "my-course"
    grader("init", course)
    grader("grade", "hello", "submissions", course=course)
    command = [Path(sys.executable).parent / "grader", "review", "--no-browser", "--who", "a reviewer"]
    with subprocess.Popen(command, cwd=course, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        page.goto(served.stdout.readline().split()[-1])
        page.keyboard.press("Enter")
        page.wait_for_url("**/item/*")
        keep(page, "review", height=760)
        served.terminate()


def take_sheet(page: Page, work: Path) -> None:
    course = work / "with-an-exam"
    grader("init", course)
    (work / "class.csv").write_text("student,name\nana,Ana Ejemplo\n", encoding="utf-8")
    grader("exam", "print", "quiz", "--class", work / "class.csv", "--out", work / "sheets", course=course)
    (printed,) = PaperStore(WorkFolder(course / ".grader"), "quiz").prints().values()
    chance = np.random.default_rng(7)
    ((_, run),) = responses_to(printed, "quiz", chance)
    copy = printed.copies[0]
    meanings = meanings_of(printed, copy, run.answers, chance, slips=0.0)
    sheets = render((work / "sheets" / "copies.pdf").read_bytes())
    filled = [
        fill(sheet, side, meanings, Pen(), chance, words_of(side, run.answers))
        for sheet, side in zip(sheets, copy.pages, strict=True)
    ]
    for number, picture in enumerate(filled, start=1):
        Image.fromarray(np.uint8(255 * picture.clip(0, 1))).save(work / f"scan-{number}.png")
    grader("exam", "scan", "quiz", *sorted(work.glob("scan-*.png")), course=course)
    grader("report", "quiz", course=course)
    show(page, course / ".grader" / "reports" / "quiz" / "ana.html")
    page.evaluate("document.querySelector('.sheet, figure svg image, figure img').closest('figure').scrollIntoView()")
    keep(page, "sheet", height=760)


def show(page: Page, path: Path) -> None:
    page.goto(path.as_uri())


def keep(page: Page, name: str, *, height: int) -> None:
    """The page as it is now, in 256 colours: text stays sharp, and the file small."""
    page.set_viewport_size({**SIZE, "height": height})
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)


@contextmanager
def open_page() -> Iterator[Page]:
    with browser() as opened:
        yield opened.new_context(viewport=SIZE).new_page()


def main() -> None:
    takes = {"class": take_class, "student": take_student, "review": take_review, "sheet": take_sheet}
    with tempfile.TemporaryDirectory(prefix="grader-pictures-") as folder, open_page() as page:
        for name in sys.argv[1:] or takes:
            takes[name](page, Path(folder))


if __name__ == "__main__":
    main()
