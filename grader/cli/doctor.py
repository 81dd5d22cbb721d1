"""doctor: what this machine can do, each thing tried for real, each hazard with its cure."""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
import typer
from rich.console import Console
from rich.markup import escape

from grader.cli import show
from grader.cli.place import Place
from grader.cli.resources import find_resources, require_dask, tell
from grader.course.packages_stated import MISSING, distribution_of, find_versions
from grader.errors import UserError
from grader.execute.forks import MODULES
from grader.execute.gpu import choose_share, find_gpus
from grader.execute.packages import imported_packages
from grader.execute.pool import Executed, Requirements, Servers, Work, execute_one
from grader.execute.sandbox import why_no_sandbox
from grader.files.notebook_file import UnreadableError, read_notebook
from grader.inside.colab_packages import COLAB, is_missing
from grader.model import Limits
from grader.report.pdf import write_pdfs
from grader.store.checkup import check_folder
from grader.store.gradebook import Gradebook
from grader.store.work_folder import WorkFolder
from grader.verbs import repeating

HAZARD = 1
CLUSTER = typer.Option(None, "--cluster", metavar="CLUSTER", help="Try each worker of a cluster, as `grade` takes it.")
REPEAT = typer.Option(
    None, "--repeat", metavar="N", min=1, help="Run N notebooks of an assignment again, and name what differs."
)
REPEATED = typer.Argument(None, metavar="ASSIGNMENT", help="The assignment of --repeat.")
WORK = typer.Option(None, "--work", metavar="DIR", help="Read everything in this work folder, and say what is damaged.")


@dataclass(frozen=True)
class DoctorCheck:
    """One thing that was tried: works, or what is wrong and how to fix it."""

    name: str
    works: bool
    told: str
    cure: str = ""


def add_to(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(
    context: typer.Context,
    assignment: str | None = REPEATED,
    repeat: int | None = REPEAT,
    cluster: str | None = CLUSTER,
    work: Path | None = WORK,
) -> None:
    """Try everything that grading needs, here or on a cluster. Exit code 1 where something does not work."""
    if (assignment is None) != (repeat is None):
        raise UserError("--repeat and an assignment go together", remedy="Write: grader doctor --repeat 10 ASSIGNMENT")
    if assignment is not None and repeat is not None:
        raise typer.Exit(_repeat(context.obj, assignment, repeat))
    if work is not None:
        raise typer.Exit(_check_folder(work))
    if cluster is not None:
        raise typer.Exit(_try_cluster(context.obj, cluster))
    out = show.console()
    trials = []
    attempts = (try_python, try_imports, try_sandbox, try_kernel, try_gradebook, try_space, try_gpu, try_pdf)
    for attempt in (*attempts, lambda: try_packages(context.obj), lambda: try_mailbox(context.obj)):
        for trial in attempt():
            trials.append(trial)
            _print(out, trial)
    raise typer.Exit(0 if all(trial.works for trial in trials) else HAZARD)


def _print(out: Console, trial: DoctorCheck, where: str = "") -> None:
    mark = "[green]works [/]" if trial.works else "[red]broken[/]"
    out.print(f"{mark}  {trial.name:<18} {escape(trial.told)}{escape(where)}")
    if trial.cure and not trial.works:
        out.print(f"{'':<27}{escape(trial.cure)}", style="bold")


def _repeat(place: Place, name: str, most: int) -> int:
    """The same file has to get the same findings; which of them do not is named."""
    course = place.course()
    assignment, work = course.assignment(name), place.work(course)
    with (
        find_resources(course, "bubblewrap", os.cpu_count() or 1) as resources,
        work.locked(),
        show.progress() as watch,
    ):
        count, changed = repeating.repeat(course, work, assignment, resources, most, watch=watch)
    out = show.console()
    for one in changed:
        out.print(f"differs  {one.student}  {one.criterion}: {one.was}, now {one.now}", markup=False)
    out.print(f"{show.counted(count, 'notebook')} run again. Findings that differ: {len(changed)}.", markup=False)
    return HAZARD if changed else 0


def _check_folder(root: Path) -> int:
    if not root.is_dir():
        raise UserError("there is no such folder", where=str(root), remedy="Name a work folder.")
    found = check_folder(WorkFolder(root.resolve()))
    out = show.console()
    for damage in found.damaged:
        out.print(f"damaged  {damage}", markup=False)
    out.print(f"{found.read}: {len(found.damaged) or 'none'} damaged.", markup=False)
    if found.unverified:
        noun = "run has" if found.unverified == 1 else "runs have"
        out.print(f"{found.unverified} {noun} no hashes, as those of earlier versions, and cannot be verified.")
        out.print("  To have hashes, execute the assignment again: grader execute ASSIGNMENT --again")
    return HAZARD if found.damaged else 0


def try_worker() -> list[DoctorCheck]:
    """What a worker needs, tried there."""
    return [
        trial
        for attempt in (try_python, try_imports, try_sandbox, try_kernel, try_space, try_gpu)
        for trial in attempt()
    ]


def _try_cluster(place: Place, name: str) -> int:
    """Every worker is tried; what is the same on all is told once, and what differs with the workers of each kind."""
    require_dask()
    from grader.execute.cluster.offers import describe_here, tell_difference
    from grader.execute.cluster.starting import find_cluster

    queues = {} if "://" in name else place.course().file.cluster
    with find_cluster(name, queues, tell=tell) as cluster:
        offers = cluster.ask_offers(Requirements("bubblewrap", "none", Limits().gpu_memory_mib))
        tried = cluster.ask_each(try_worker)
    found: dict[str, dict[DoctorCheck, list[str]]] = defaultdict(lambda: defaultdict(list))
    for worker, offer in offers.items():
        difference = tell_difference(offer, describe_here())
        told = difference or "its packages and its grader are those of this machine"
        answer = tried.get(worker)
        known = answer if isinstance(answer, list) else [DoctorCheck("worker", False, f"could not be tried: {answer}")]
        for trial in (*known, DoctorCheck("usable from here", not difference, told, _SAME)):
            found[trial.name][trial].append(worker)
    out = show.console()
    out.print(f"{show.counted(len(offers), 'worker')} of {name}", style="bold")
    for kinds in found.values():
        for trial, workers in kinds.items():
            _print(out, trial, "" if len(workers) == len(offers) else f"  ({', '.join(workers)})")
    return 0 if all(trial.works for kinds in found.values() for trial in kinds) else HAZARD


_SAME = "Start it again from the same environment as this grader, or allow others with --any-environment."


def try_python() -> Iterator[DoctorCheck]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield DoctorCheck(
        "python", sys.version_info >= (3, 11), f"{version} in {sys.prefix}", "Install Python 3.11 or later."
    )


def try_imports() -> Iterator[DoctorCheck]:
    for name in ("torch", "numpy", "cv2", "scipy", "matplotlib"):
        try:
            module = importlib.import_module(name)
        except ImportError as error:
            library = "libGL" in str(error) or "libgthread" in str(error) or "libglib" in str(error)
            cure = "sudo apt-get install libgl1 libglib2.0-0" if library else "make setup"
            yield DoctorCheck(name, False, str(error), cure)
        else:
            yield DoctorCheck(name, True, str(getattr(module, "__version__", "")))


def try_sandbox() -> Iterator[DoctorCheck]:
    problem = why_no_sandbox()
    if problem is None:
        yield DoctorCheck("sandbox", True, "bubblewrap starts")
    else:
        yield DoctorCheck("sandbox", False, problem.what, problem.remedy)


def try_kernel() -> Iterator[DoctorCheck]:
    if why_no_sandbox() is not None:
        return
    cells = ["import torch\nprint(float(torch.ones(2).sum()))", "x = bytearray(1 << 31)", _NETWORK, "while True: pass"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    limits = Limits(cell_s=2, memory_mib=1024)
    with Servers("bubblewrap") as servers:
        work = Work("doctor", "", nbformat.writes(notebook).encode(), (), limits)
        executed = execute_one(work, servers)
        with servers.lend() as server:
            shared = server.is_shared
    ends = [cell.end for cell in executed.run.cells]
    if len(ends) != len(cells):
        yield DoctorCheck("kernel", False, str(executed.run.because), "Please send us what this says.")
        return
    yield DoctorCheck("kernel", ends[0] == "ok", "a forked kernel runs torch")
    greedy, spinning = str(executed.run.cells[1].because), str(executed.run.cells[3].because)
    yield DoctorCheck("memory limit", ends[1] == "error" and "memory" in greedy, greedy)
    yield DoctorCheck("no network", ends[2] == "ok", "a submission reaches nothing")
    yield DoctorCheck("time limit", ends[3] == "interrupted", spinning)
    told = "one warm process serves all" if shared else "namespaces do not nest here: a process each, which is slower"
    yield DoctorCheck("forks", True, told)


def try_mailbox(place: Place) -> Iterator[DoctorCheck]:
    """The mailbox that the course names: signing in, and looking without reading a mail."""
    try:
        account = place.course().file.mail
    except UserError:
        return
    if account is None:
        return
    from grader.collect.imap_mailbox import ImapMailbox, load_password
    from grader.collect.private_files import config_folder
    from grader.collect.retrying import Patience

    folder = Path(tempfile.gettempdir())  # nothing is fetched, so nothing is kept
    try:
        password = load_password(config_folder())
        patience = Patience(in_all_s=10.0)
        with contextlib.closing(
            ImapMailbox(account, password, folder, patience=patience, tell=lambda _: None)
        ) as mailbox:
            count = mailbox.count("INBOX")
    except UserError as error:
        what = f"{error.where}: {error.what}" if error.where else error.what
        yield DoctorCheck("mailbox", False, what, error.remedy)
        return
    yield DoctorCheck("mailbox", True, f"{show.counted(count, 'mail')} in the inbox of {account.user}")


def try_packages(place: Place) -> Iterator[DoctorCheck]:
    """The packages that the course states, and those that the notebooks that were collected import."""
    try:
        course = place.course()
    except UserError:
        return  # doctor runs anywhere; what is wrong with a course, its own commands tell
    stated = course.file.environment.packages
    if stated:
        yield _try_stated(stated)
        yield from _try_importing(name for name in stated if not is_missing(name, stated))
    folder = place.work_root(course)
    if not (folder / "gradebook.sqlite").exists():
        return
    work = WorkFolder(folder)
    imported: Counter[str] = Counter()
    contents = {one.sha256 for name in course.assignments for one in work.gradebook.submissions(name)}
    for sha256 in contents:
        with contextlib.suppress(UnreadableError):
            imported.update(imported_packages(read_notebook(work.submission(sha256))))
    yield from _try_importing(
        name for name in imported if name in COLAB and not is_missing(name, stated) and name not in stated
    )
    missing = [(name, count) for name, count in imported.most_common() if is_missing(name, stated)]
    if missing:
        cure = f"{_to_install(name for name, _ in missing)}, and grade again"
        yield DoctorCheck("packages", False, f"missing here, imported by notebooks: {_counted(missing)}", cure)
        return
    told = f"all that {show.counted(len(contents), 'notebook')} import"
    usual = {*stated, *(name.partition(".")[0] for name in MODULES)}
    others = [(name, count) for name, count in imported.most_common() if name in COLAB and name not in usual]
    if stated and others:
        told += f"; not in [environment] of course.toml: {_counted(others)}"
    yield DoctorCheck("packages", True, told)


def _try_stated(stated: Iterable[str]) -> DoctorCheck:
    versions = find_versions(stated)
    missing = [name for name, version in versions.items() if version == MISSING]
    if missing:
        told = f"stated in course.toml, missing here: {', '.join(missing)}"
        return DoctorCheck("environment", False, told, f"{_to_install(missing)}, and grade again")
    return DoctorCheck("environment", True, ", ".join(f"{name} {version}" for name, version in versions.items()))


def _try_importing(packages: Iterable[str]) -> Iterator[DoctorCheck]:
    """What is installed and cannot be imported, as a torchvision that was built for another torch."""
    for name in packages:
        ended = subprocess.run([sys.executable, "-c", f"import {name}"], capture_output=True, text=True, check=False)
        if ended.returncode != 0:
            told = (ended.stderr.strip().splitlines() or ["it ended without a word"])[-1]
            cure = f"Install it anew, from the same index as what it builds on: {_to_install([name])}"
            yield DoctorCheck(name, False, f"installed, but cannot be imported: {told}", cure)


def _to_install(packages: Iterable[str]) -> str:
    return f"{sys.executable} -m pip install {' '.join(map(distribution_of, packages))}"


def _counted(names: list[tuple[str, int]]) -> str:
    return ", ".join(f"{name} (by {count})" for name, count in names)


_NETWORK = """\
import socket
try:
    socket.create_connection(("192.0.2.1", 80), timeout=1)
except OSError:
    pass
else:
    raise SystemExit("there is a network")
"""


def try_gradebook() -> Iterator[DoctorCheck]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            Gradebook(Path(folder) / "gradebook.sqlite").submissions("none")
        except UserError as error:
            yield DoctorCheck("gradebook", False, error.what, error.remedy)
        else:
            yield DoctorCheck("gradebook", True, f"SQLite {sqlite3.sqlite_version}")


def try_space() -> Iterator[DoctorCheck]:
    for name in (tempfile.gettempdir(), "."):
        free = shutil.disk_usage(name).free / 2**30
        yield DoctorCheck(
            "disk", free > 1, f"{free:.0f} GiB free in {Path(name).resolve()}", "Make room: a class needs a GiB."
        )


def try_pdf() -> Iterator[DoctorCheck]:
    """Nobody needs PDFs to grade: without them this is no hazard, and is told all the same."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text("<!DOCTYPE html><title>doctor</title><p>A page.</p>", encoding="utf-8")
        try:
            (written,) = write_pdfs([page])
        except UserError as error:
            yield DoctorCheck("PDF", True, f"none; for `grader report --pdf`: {error.remedy}")
        else:
            yield DoctorCheck("PDF", written.stat().st_size > 0, "Chromium sets pages as PDF")


def try_gpu() -> Iterator[DoctorCheck]:
    gpus = find_gpus()
    if not gpus:
        yield DoctorCheck("GPU", True, "none; notebooks run on the CPU")
        return
    share = choose_share("auto", Limits().gpu_memory_mib, gpus=gpus)
    if share is None:
        told = f"{gpus[0].name}, but the torch that is installed here is built for the CPU only"
        yield DoctorCheck("GPU", False, told, "Install torch as https://pytorch.org/get-started says for this GPU.")
        return
    if why_no_sandbox() is not None:
        return
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(_ON_GPU)])
    with Servers("bubblewrap", gpu=share) as servers:
        executed = execute_one(Work("doctor", "", nbformat.writes(notebook).encode(), (), Limits(cell_s=60)), servers)
    works = [cell.end for cell in executed.run.cells] == ["ok"]
    told = f"{share.name}, {share.jobs} notebooks at once" if works else "; ".join(_whys(executed))
    yield DoctorCheck("GPU", works, told, "Please send us what this says.")


_ON_GPU = "import torch\nassert float(torch.ones(2, device='cuda').sum()) == 2"


def _whys(executed: Executed) -> list[str]:
    """Why a notebook did not end well."""
    return [str(cell.because) for cell in executed.run.cells if cell.because] or [str(executed.run.because)]
