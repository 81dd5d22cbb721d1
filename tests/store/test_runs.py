"""A run is kept whole or not at all, and one that is damaged is no run."""

import json
from pathlib import Path

import nbformat
import numpy as np
import pytest

from grader.errors import DamagedError
from grader.files.durable import read_sealed, seal, write_file
from grader.language import verbatim
from grader.model import Answer, Run
from grader.store.runs import MANIFEST, RunStore

KEY = "k" * 32
FILES = ["run.json", "answers.safetensors", "executed.ipynb", MANIFEST]


@pytest.fixture
def store(tmp_path):
    store = RunStore(tmp_path / "runs")
    answers = {"bright": Answer(status="answered", value=np.arange(3.0))}
    run = Run(key=KEY, sha256="a" * 64, end="finished", because=verbatim("Every cell was run."), answers=answers)
    store.store(run, nbformat.v4.new_notebook())
    return store


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place % len(content)] ^= 1
    path.write_bytes(content)


def test_a_run_comes_back_as_it_was_stored(store):
    assert store.load(KEY).answers["bright"].value.tolist() == [0, 1, 2]
    assert store.is_finished(KEY)
    assert store.keys == [KEY]


def test_a_run_that_is_stored_again_takes_the_place_of_the_first(store):
    store.store(store.load(KEY).model_copy(update={"because": verbatim("Again.")}), None)
    assert str(store.load(KEY).because) == "Again."
    assert store.load_executed(KEY) is None
    assert [path.name for path in store.folder.iterdir()] == [KEY]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["flip", "cut", "empty", "gone"])
def test_whatever_is_damaged_in_it_it_is_no_run(store, name, damage):
    path = store.folder / KEY / name
    content = path.read_bytes()
    match damage:
        case "flip":
            flip(path, len(content) // 2)
        case "cut":
            path.write_bytes(content[:-1])
        case "empty":
            path.write_bytes(b"")
        case "gone":
            path.unlink()
    if (name, damage) == (MANIFEST, "gone"):
        assert store.load(KEY).end == "finished"  # as those from before there were manifests
        return
    assert not store.is_finished(KEY)
    with pytest.raises(DamagedError):
        store.load(KEY)
    with pytest.raises(DamagedError):
        store.load_executed(KEY)


def test_a_run_from_before_manifests_is_read_and_what_cannot_be_read_of_it_is_no_run(store):
    (store.folder / KEY / MANIFEST).unlink()
    assert store.is_finished(KEY)
    for name in ("run.json", "answers.safetensors"):
        (store.folder / KEY / name).write_bytes(b"")
        assert not store.is_finished(KEY)


def test_a_run_of_another_version_is_told(store):
    folder = store.folder / KEY
    (folder / MANIFEST).unlink()
    told = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**told, "of_the_future": 1}))
    with pytest.raises(DamagedError) as refused:
        store.load(KEY)
    assert str(refused.value) == (
        f"{folder}: this run is damaged: it cannot be read, or is of another version\n"
        "  `grader execute` runs the notebook again."
    )


def test_a_run_in_which_the_grader_failed_is_to_be_done_again(store):
    store.store(store.load(KEY).model_copy(update={"end": "failed"}), None)
    assert store.exists(KEY)
    assert not store.is_finished(KEY)


# ---- single files ---------------------------------------------------------------------------------------------------


def test_a_sealed_file_comes_back_and_every_flipped_bit_of_it_is_noticed(tmp_path):
    path = tmp_path / "deep" / "er" / "print.json"
    write_file(path, seal(b'{"id": 1}'))
    assert read_sealed(path) == b'{"id": 1}'
    for place in range(len(path.read_bytes())):
        flip(path, place)
        with pytest.raises(DamagedError):
            read_sealed(path)
        flip(path, place)


def test_a_file_from_before_seals_is_read_where_that_is_allowed_unless_it_is_empty(tmp_path):
    path = tmp_path / "print.json"
    path.write_bytes(b"{}")
    assert read_sealed(path, older=True) == b"{}"
    with pytest.raises(DamagedError):
        read_sealed(path)
    path.write_bytes(b"")
    with pytest.raises(DamagedError):
        read_sealed(path, older=True)


def test_a_file_that_cannot_be_written_leaves_what_was_there_and_no_draft(tmp_path):
    path = tmp_path / "page.html"
    write_file(path, "before")
    with pytest.raises(UnicodeEncodeError):
        write_file(path, "\ud800")
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["page.html"]
    write_file(path, "secret", mode=0o600)
    assert path.stat().st_mode & 0o777 == 0o600
