"""The options that say where notebooks run: on this machine or on a cluster, in which sandbox, how many at once."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import typer

from grader.course.course import Course
from grader.errors import UserError
from grader.execute.pool import Resources
from grader.execute.sandbox import Sandbox, require
from grader.language import _

JOBS = typer.Option(os.cpu_count() or 1, "--jobs", "-j", min=1, help="Notebooks at once on this machine.")
SANDBOX = typer.Option("bubblewrap", help="bubblewrap, or none: for code that you trust, and every report says so.")
GPU_JOBS = typer.Option(
    None, "--gpu-jobs", min=1, help="Notebooks at once where the assignment uses GPUs; by default as many as fit."
)
CLUSTER = typer.Option(
    None,
    "--cluster",
    metavar="CLUSTER",
    help="Run notebooks on a Dask cluster: a scheduler's address, tcp://…, or a queue of course.toml, such as slurm.",
)
ANY_ENVIRONMENT = typer.Option(
    False, "--any-environment", help="Also on workers whose Python, packages or grader are not those of this machine."
)


@contextmanager
def find_resources(
    course: Course,
    sandbox: str,
    jobs: int,
    gpu_jobs: int | None = None,
    cluster: str | None = None,
    any_environment: bool = False,
) -> Iterator[Resources]:
    """What the options say. The sandbox has to work where notebooks run: here, or on the cluster's workers."""
    chosen = sandbox_of(sandbox)
    if cluster is None:
        require(chosen)
        # What is laid out for the sandbox is read there by another user. The work folder was made before this, as the
        # umask says, and closes what lies in it.
        os.umask(os.umask(0o022) & ~0o055)
        yield Resources(chosen, jobs, gpu_jobs)
        return
    require_dask()
    from grader.execute.cluster.starting import find_cluster  # only who uses a cluster needs Dask

    with find_cluster(cluster, course.file.cluster, tell=tell, any_environment=any_environment) as found:
        yield Resources(chosen, jobs, gpu_jobs, found.executor)


def require_dask() -> None:
    """A UserError where what clusters need is not installed."""
    if any(importlib.util.find_spec(name) is None for name in ("distributed", "dask_jobqueue")):
        raise UserError(
            "a cluster needs Dask, which is not installed here",
            remedy=f"Install it here and for the workers: {sys.executable} -m pip install 'dl4cv-grader[cluster]'",
        )


def tell(sentence: str) -> None:
    """What people should know while it goes on."""
    print(sentence, file=sys.stderr)


def sandbox_of(name: str) -> Sandbox:
    match name:
        case "bubblewrap" | "none":
            return name
    raise UserError(_("there is no sandbox `{name}`", name=name), remedy=_("Choose bubblewrap or none."))
