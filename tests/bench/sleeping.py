"""The coordinator of a class whose workers sleep in place of running notebooks. A process of its own.

python -m tests.bench.sleeping ADDRESS COURSE WORK      prints what it took, as JSON
"""

from __future__ import annotations

import functools
import json
import resource
import sys
import time
from pathlib import Path

from distributed import Client, Worker

from grader.course.course import read_course
from grader.execute.cluster.executor import ClusterExecutor
from grader.execute.cluster.offers import WorkerChoice
from grader.execute.cluster.worker import NotebookRunner
from grader.execute.pool import Executed, Requirements, Resources, Work, make_run
from grader.files.notebook_file import read_notebook
from grader.language import verbatim
from grader.model import Answer
from grader.store.work_folder import WorkFolder
from grader.verbs import notebooks as verbs

SLEEP_S = 10.0
"""As a notebook that trains a small network."""


class Sleeping:
    """In place of fork servers."""

    def execute(self, work: Work) -> Executed:
        time.sleep(SLEEP_S)
        notebook = read_notebook(work.content)
        run = make_run(work, "none", None, end="finished", because=verbatim("It slept."))
        answers = {question.name: Answer(status="answered", value=True) for question in work.questions}
        return Executed(run.model_copy(update={"answers": answers}), notebook, notebook)

    def close(self) -> None:
        pass


class SleepingRunner(NotebookRunner):
    """Offers places as a worker does that runs notebooks."""

    async def setup(self, worker: Worker) -> None:
        self.servers = Sleeping()  # type: ignore[assignment]
        await worker.set_resources(**{self.resource: worker.state.nthreads})


class SleepingExecutor(ClusterExecutor):
    runner = SleepingRunner


def main() -> None:
    address, course_root, work_root = sys.argv[1:]
    course = read_course(Path(course_root))
    connect = functools.partial(Client, address, set_as_default=False)

    def executor(required: Requirements) -> SleepingExecutor:
        return SleepingExecutor(connect, required, WorkerChoice(None, None, {}, 1))

    first_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started_s, cpu_s = time.monotonic(), time.process_time()
    verbs.execute(
        course,
        WorkFolder(Path(work_root)),
        course.assignment("trivial"),
        Resources("none", 1, cluster=executor),
        watch=lambda *_: None,
    )
    told = {
        "wall_s": time.monotonic() - started_s,
        "cpu_s": time.process_time() - cpu_s,
        "memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "first_memory_mib": first_kib / 1024,
    }
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
