"""What the recording costs: copies of kernels beside none, and a training cell that is watched beside one that is not.

Processor time, and the two by turns: a machine that does other things meanwhile changes both alike.
python -m tests.bench.recording ROUNDS     prints what watching costs
"""

from __future__ import annotations

import hashlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from grader.execute.earlier_states import EarlierStates
from grader.execute.pool import Servers, Work, execute_one
from grader.execute.probe_questions import make_questions
from grader.model import Limits
from grader.rubric import read_rubric

from .commands import ROOT, environment


def measure_copies(notebooks: Sequence[Path]) -> float:
    """Processor time of notebooks that bind no asked name again, with copies of kernels ÷ without: of the medians."""
    questions = make_questions(read_rubric(ROOT / "rubrics" / "regression.yaml"), "ana")
    times: dict[bool, list[float]] = {True: [], False: []}
    at_risk, is_stateful = EarlierStates.at_risk, EarlierStates.is_stateful
    with Servers("bubblewrap") as servers:
        for number, path in enumerate(notebooks):
            for has_copies in (True, False) if number % 2 else (False, True):
                content = path.read_bytes()
                work = Work(path.stem, hashlib.sha256(content).hexdigest(), content, questions, Limits())
                try:
                    if not has_copies:
                        EarlierStates.at_risk = lambda self, code: []  # type: ignore[method-assign]
                        EarlierStates.is_stateful = lambda self, question: False  # type: ignore[method-assign]
                    started = time.process_time()
                    run = execute_one(work, servers).run
                    times[has_copies].append(time.process_time() - started + run.cpu_s)
                finally:
                    EarlierStates.at_risk, EarlierStates.is_stateful = at_risk, is_stateful  # type: ignore[method-assign]
    # The first of each pays for imports.
    return statistics.median(times[True][1:]) / statistics.median(times[False][1:])


def measure_watching(rounds: int) -> float:
    """Processor time of a training loop, watched ÷ not watched: the least of each, in forks of one warm process.

    Many short loops: the least of a few long ones was that of whatever else the machine did meanwhile.
    """
    told = subprocess.run(
        [sys.executable, "-m", "tests.bench.recording", str(rounds)],
        cwd=ROOT, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    return float(told)


def _compare(rounds: int) -> float:
    import torch

    torch.set_num_threads(1)
    torch.optim.Adam([torch.nn.Parameter(torch.zeros(1))]).step()  # imports more of torch
    times: dict[bool, list[float]] = {True: [], False: []}
    for number in range(rounds):
        for watched in (True, False) if number % 2 else (False, True):
            ours, theirs = os.pipe()
            if os.fork() == 0:
                os.write(theirs, str(_train(watched=watched)).encode())
                os._exit(0)
            os.close(theirs)
            with os.fdopen(ours) as told:
                times[watched].append(float(told.read()))
            os.wait()
    return min(times[True]) / min(times[False])


def _train(*, watched: bool) -> float:
    import torch

    from grader.inside import training

    torch.manual_seed(0)
    x = torch.linspace(-3, 3, 120).reshape(-1, 1)
    y = torch.sin(2 * x)
    net = torch.nn.Sequential(torch.nn.Linear(1, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    if watched:
        training.install()

    def steps(count: int) -> None:
        for _ in range(count):
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(net(x), y)
            loss.backward()
            optimizer.step()

    steps(10)
    started = time.process_time()
    steps(400)
    return time.process_time() - started


if __name__ == "__main__":
    print(_compare(int(sys.argv[1])))
