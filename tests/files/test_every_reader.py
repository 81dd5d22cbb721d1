"""Whatever a file holds, its reader reads it, or a UserError names it: never an error of the grader's own.

`make explore` tries two thousand mutants of each kind.
"""

from __future__ import annotations

import base64
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from grader.collect.archive import collect_archive
from grader.collect.gmail import read_letter
from grader.collect.link_list import read_link_list
from grader.collect.moodle_worksheet import read_worksheet
from grader.course.course import AssignmentFile, Course, CourseFile
from grader.course.roster import read_roster
from grader.errors import UserError
from grader.exam.exam import ExamOnDisk, read_exam
from grader.exam.exchange.importing import read_responses
from grader.exam.paper.readings import MarkDecision, Sheet
from grader.exam.printing.planning import read_class
from grader.exam.scanning.print_store import PaperStore
from grader.exam.scanning.scan_files import PageOpener
from grader.export.grading_sheet import read_sheet
from grader.files.config_files import read_toml, read_yaml
from grader.files.notebook_file import UnreadableError, read_notebook
from grader.language.reasons import NOTHING
from grader.model import Answer, Run
from grader.release import read_released
from grader.rubric.criteria import read_rubric
from grader.store.backup import restore_backup
from grader.store.gradebook import Gradebook
from grader.store.migrations import marks_before
from grader.store.runs import MANIFEST, RunStore, dump_answers
from grader.store.work_folder import WorkFolder
from grader.verify.cases import WrongCase
from tests.collect.conftest import write_mail
from tests.exam.making import exam_of, make_exam, multiple, rows, single
from tests.exam.paper.printing import plan
from tests.review.making import RUBRIC, notebook_of

ROOT = Path(__file__).parents[2]
COURSE = ROOT / "grader" / "cli" / "course"
EXAM = exam_of(single("edge"), multiple("corner"), rows("true"))
ON_DISK = ExamOnDisk("midterm", make_exam(*EXAM["sections"][0]["questions"]), Path("exam.yaml"))


def zip_of(files: dict[str, str], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return written.getvalue()


MOODLE = {
    f"Student {n}_{n}_assignsubmission_file_/hello.ipynb": json.dumps(notebook_of("Words.", "plot(1)", "3"))
    for n in range(3)
}


def old_gradebook() -> bytes:
    script = (ROOT / "tests/store/data/gradebook-of-ten-tables.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        return connection.serialize()


def read_run(path: Path) -> None:
    """A run without a manifest, as older versions stored them."""
    store = RunStore(path.parent / "runs")
    store.store(Run(key="key", sha256="a", end="finished", because=NOTHING), None)
    (store.folder / "key" / MANIFEST).unlink()
    (store.folder / "key" / "run.json").write_bytes(path.read_bytes())
    store.load("key")


def open_gradebook(path: Path) -> None:
    book = Gradebook(path)
    try:
        for read in (book.submissions, book.scores, book.overrides, book.problems, book.responses):
            read("hello")
        book.log.check()
    finally:
        book.log.close()


def read_marks(path: Path) -> None:
    """A file of decisions on scanned marks, as older versions kept them."""
    folder = path.parent / "work" / "exams" / "midterm"
    folder.mkdir(parents=True)
    (folder / path.name).write_bytes(path.read_bytes())
    list(marks_before(path.parent / "work"))


def read_paper(path: Path) -> None:
    """A print, or a sheet that was read, from before they carried their hashes."""
    store = PaperStore(WorkFolder(path.parent / "work"), "midterm")
    folder = store.root / path.stem
    folder.mkdir(parents=True)
    name = PRINT.id if path.stem == "prints" else SHEET.id
    (folder / f"{name}.json").write_bytes(path.read_bytes())
    (store.prints if path.stem == "prints" else store.sheets_before)()


def read_bundle(path: Path) -> None:
    """The answers that come with a released assignment."""
    folder = path.parent / "course" / "released"
    folder.mkdir(parents=True)
    (folder / "hello.safetensors").write_bytes(path.read_bytes())
    (folder / "hello.json").write_text('{"left_out": 0}')
    read_released(Course(folder.parent, CourseFile(title="A course")), "hello")


def read_mail(path: Path) -> None:
    read_letter({"id": "a1", "internalDate": "0", "raw": base64.urlsafe_b64encode(path.read_bytes()).decode()})


def picture(form: str) -> bytes:
    written = io.BytesIO()
    first = Image.new("L", (160, 220), 240)
    first.paste(20, (40, 40, 80, 90))
    first.save(written, form, **({"save_all": True, "append_images": [first]} if form == "TIFF" else {}))
    return written.getvalue()


def open_scan(path: Path) -> None:
    with PageOpener() as opener:
        for page in opener.open(path):
            assert page.picture is not None or page.because


PRINT = plan(make_exam(single("edge")), "ana")
SHEET = Sheet(
    print_id=PRINT.id,
    copy_number=1,
    page=1,
    source="a.pdf, page 1",
    sha256="a" * 64,
    boxes=(),
)
MARK = MarkDecision(sheet=SHEET.id, item="edge.a", value="marked", who="prof", when=datetime(2024, 8, 2, tzinfo=UTC))
MAIL = write_mail("Ana <ana@example.org>", "Here it is: https://colab.research.google.com/drive/1", html="<p>It is</p>")
MISTAKE = ROOT / "assignments" / "camera" / "wrong" / "along-the-ray.yaml"

READERS: dict[str, tuple[bytes, Callable[[Path], object]]] = {
    "rubric.yaml": (RUBRIC.encode(), read_rubric),
    "exam.yaml": (yaml.safe_dump(EXAM, sort_keys=False).encode(), read_exam),
    "course.toml": ((COURSE / "course.toml").read_bytes(), lambda path: read_toml(path, CourseFile)),
    "assignment.toml": (
        b'title = "Hello"\nnotebook = "hello.ipynb"\n[limits]\ncell_s = 10\n',
        lambda path: read_toml(path, AssignmentFile),
    ),
    "roster.csv": (b"student,name,addresses\nana,Ana Paz,ana@example.org\nbruno,Bruno,b@example.org\n", read_roster),
    "class.csv": (b"student,number\nana,17\nbruno,23\n", read_class),
    "links.csv": (
        b"student,link\nana,https://drive.google.com/file/d/abc123/view\nbruno,\n",
        lambda path: read_link_list(path, None, UTC),
    ),
    "sheet.csv": (b"Identifier,Full name,Grade\nParticipant 1,Ana,5\n", read_sheet),
    "responses.csv": (
        b"student,edge,corner,true.a,true.b,true.c,true.d\nana,b,a; c; e,true,true,false,false\n",
        lambda path: read_responses(
            path, ExamOnDisk("midterm", make_exam(*EXAM["sections"][0]["questions"]), path), seed=7
        ),
    ),
    "moodle.zip": (zip_of(MOODLE), lambda path: collect_archive("hello", path, None)),
    "lzma.zip": (zip_of(MOODLE, method=zipfile.ZIP_LZMA), lambda path: collect_archive("hello", path, None)),
    "backup.zip": (
        zip_of({"gradebook.sqlite": "", "backup.json": '{"format": 1, "files": {"gradebook.sqlite": "e3b0c442"}}'}),
        lambda path: restore_backup(path, path.parent / "restored"),
    ),
    "notebook.ipynb": (
        json.dumps(notebook_of("Words.", "plot(1)", "3")).encode(),
        lambda path: read_notebook(path.read_bytes()),
    ),
    "gradebook.sqlite": (old_gradebook(), open_gradebook),
    "run.json": (
        Run(key="key", sha256="a" * 64, end="finished", because=NOTHING).model_dump_json(exclude={"answers"}).encode(),
        read_run,
    ),
    "decisions.jsonl": (f"{MARK.model_dump_json()}\n{MARK.model_dump_json()}\n".encode(), read_marks),
    "prints.json": (PRINT.model_dump_json().encode(), read_paper),
    "sheets.json": (SHEET.model_dump_json().encode(), read_paper),
    "released.safetensors": (
        dump_answers({"doubled": Answer(status="answered", value={"rows": np.arange(6.0).reshape(2, 3), "word": "a"})}),
        read_bundle,
    ),
    "mistake.yaml": (MISTAKE.read_bytes(), lambda path: read_yaml(path, WrongCase)),
    "worksheet.csv": (
        b"Identifier,Full name,Email address,Status,Last modified (submission)\n"
        b'Participant 1,Ana Paz,ana@example.org,Submitted,"Friday, 2 August 2024, 9:00 AM"\n',
        lambda path: read_worksheet(path, None, UTC),
    ),
    "mail.eml": (MAIL, read_mail),
    "scan.png": (picture("PNG"), open_scan),
    "scan.jpg": (picture("JPEG"), open_scan),
    "scan.tiff": (picture("TIFF"), open_scan),
    "scan.pdf": (picture("PDF"), open_scan),
}

DEEP = [bracket * 3000 for bracket in (b"[", b"{", b"((", b"- ", b'{"a":')]


@st.composite
def mutants(draw: st.DrawFn, seed: bytes) -> bytes:
    """The bytes with a few slips: a flipped bit, a part that is gone, doubled or elsewhere, brackets without end."""
    content = bytearray(seed)
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        end = min(len(content), at + draw(st.sampled_from([1, 1, 2, 8, 64])))
        match draw(st.sampled_from(["flip", "flip", "cut", "gone", "doubled", "deep", "bytes", "line"])):
            case "flip" if content:
                content[at] ^= 1 << draw(st.integers(0, 7))
            case "cut":
                del content[at:]
            case "gone":
                del content[at:end]
            case "doubled":
                content[at:at] = content[at:end] * draw(st.sampled_from([1, 1000]))
            case "deep":
                content[at:at] = draw(st.sampled_from(DEEP))
            case "bytes":
                content[at:end] = draw(st.binary(max_size=8))
            case "line":
                lines = bytes(content).split(b"\n")
                lines.insert(draw(st.integers(0, len(lines))), draw(st.sampled_from(lines)))
                content = bytearray(b"\n".join(lines))
    return bytes(content)


@pytest.mark.parametrize("name", READERS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_a_mutant_is_read_or_told(name: str, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    seed, read = READERS[name]
    path = tmp_path_factory.mktemp("mutant") / name
    path.write_bytes(data.draw(mutants(seed)))
    with suppress(UserError, UnreadableError):
        read(path)


@pytest.mark.parametrize("name", READERS)
def test_the_seed_itself_is_read(name: str, tmp_path: Path) -> None:
    if name == "backup.zip":
        return  # its hash is wrong, so that no mutant is restored
    seed, read = READERS[name]
    (tmp_path / name).write_bytes(seed)
    read(tmp_path / name)


@pytest.mark.parametrize(
    "name", [name for name in READERS if name.endswith((".yaml", ".toml", ".json", ".jsonl", ".ipynb"))]
)
@pytest.mark.parametrize("deep", DEEP, ids=lambda deep: deep[:5].decode())
def test_brackets_without_end_are_told(name: str, deep: bytes, tmp_path: Path) -> None:
    _, read = READERS[name]
    (tmp_path / name).write_bytes(b"a: " * name.endswith("yaml") + deep)
    with pytest.raises((UserError, UnreadableError)):
        read(tmp_path / name)


def test_rows_of_different_lengths_in_a_rubrics_array_are_told(tmp_path: Path) -> None:
    ragged = RUBRIC.replace("{variable: bright}", "{call: f, with: {image: {array: [[0, 64], [128]]}}}")
    (tmp_path / "noise.yaml").write_text(ragged)
    with pytest.raises(UserError) as refused:
        read_rubric(tmp_path / "noise.yaml")
    assert "this is no array of float64: its rows have different lengths" in str(refused.value)


def test_a_file_that_is_damaged_in_a_zip_is_one_students_and_the_others_are_taken(tmp_path: Path) -> None:
    content = bytearray(zip_of(MOODLE))
    content[200] ^= 0x55
    (tmp_path / "class.zip").write_bytes(content)
    collected, _ = collect_archive("hello", tmp_path / "class.zip", None)
    assert len(collected.submissions) == 2
    (problem,) = collected.problems
    assert str(problem.what).startswith("A file of yours is damaged in the zip (")
    assert str(problem.remedy) == "Download the zip again, and collect it again."
    assert nbformat.reads(collected.submissions[0][1].decode(), as_version=4).cells
