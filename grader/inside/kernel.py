"""Turns a fresh fork into an IPython kernel that listens on unix sockets."""

from __future__ import annotations

import importlib
import os
import random
import sys
import traceback
from typing import NoReturn

NOT_STARTED = 77
"""Exit status of a fork that never became a kernel: the grader's failure, not the student's."""


def warm_up() -> None:
    """Import the kernel itself; nothing is started."""
    for name in ("ipykernel.kernelapp", "ipykernel.zmqshell", "matplotlib_inline.config", "grader.inside.probes"):
        importlib.import_module(name)
    import matplotlib.figure

    figure = matplotlib.figure.Figure()
    figure.add_subplot().plot([0, 1])
    with open(os.devnull, "wb") as nowhere:
        figure.savefig(nowhere, format="png")


def set_seeds(seed: int) -> None:
    """The same random numbers on every run, for a notebook that sets no seed of its own."""
    import numpy as np
    import torch

    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def run(content: str, connection: str, *, seed: int) -> NoReturn:
    """Serve as the submission's kernel until it is told to stop. Never returns."""
    try:
        redirect_streams(os.path.join(connection, "kernel.log"))
        os.setsid() if os.getpid() != 1 else None
        os.chdir(content)
        sys.path[:] = [path for path in sys.path if path]
        sys.argv = ["ipykernel"]
        set_seeds(seed)
        app = make_app(os.path.join(connection, "connection.json"))
    except BaseException:  # noqa: BLE001  (whatever it was, this fork must not go on as a second server)
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(NOT_STARTED)
    app.start()
    os._exit(0)


def redirect_streams(log: str) -> None:
    """What the process writes past IPython goes to a file of limited size; it reads nothing."""
    nowhere = os.open(os.devnull, os.O_RDONLY)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    for source, target in ((nowhere, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    os.close(nowhere)
    os.close(file)


def make_app(connection_file: str):  # type: ignore[no-untyped-def]
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.matplotlib = "inline"
    config.IPKernelApp.quiet = True
    config.InlineBackend.close_figures = True
    app = IPKernelApp.instance(config=config, connection_file=connection_file)
    app.initialize([])
    sys.path.insert(0, "")
    return app
