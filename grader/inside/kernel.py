"""Turns a fresh fork into an IPython kernel that listens on unix sockets."""

from __future__ import annotations

import importlib
import os
import random
import socket
import sys
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

from grader.inside import brought, channel, copies, training
from grader.inside.answering import SEED, set_seeds

NOT_STARTED = 77
"""Exit status of a fork that never became a kernel: the grader's failure, not the student's."""

MODULES = (
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magic_arguments",
    "IPython.core.magics",
    "IPython.core.magics.ast_mod",
    "IPython.core.magics.execution",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.module_paths",
    "IPython.utils.wildcard",
    "faulthandler",
    "grader.inside.streams",
    "matplotlib_inline.config",
    "pdb",
    "tornado.platform.asyncio",
    "tornado.queues",
)
"""What a kernel imports as it starts: a third of a second's work, done once."""

COLAB = "google.colab._kernel"
"""The stand-in for Colab's kernel, in stand_ins/: IPython's, with Colab's magics."""


def warm_up() -> None:
    """Import the kernel itself; nothing is started."""
    for name in MODULES:
        importlib.import_module(name)
    importlib.import_module(COLAB).prepare()
    rehearse_error()
    rehearse_figure()
    # The same random numbers on every run, for a notebook that sets no seed of its own.
    set_seeds()
    training.install()
    copies.make_ready()


def rehearse_figure() -> None:
    """Draw one figure as a notebook shows it: the first one reads fonts and looks for what can draw.

    A logarithmic axis writes its powers of ten in mathematical type, whose grammar takes longer to build than a
    figure to draw.
    """
    import matplotlib.pyplot as plt
    from IPython.core.pylabtools import print_figure
    from matplotlib.backends.registry import backend_registry
    from matplotlib.mathtext import MathTextParser

    backend_registry.list_all()  # type: ignore[no-untyped-call]
    figure, (lines, picture) = plt.subplots(1, 2)
    lines.semilogy([0, 1], [1, 100], label="a")
    lines.legend()
    lines.set_title("$a_1$")
    figure.colorbar(picture.imshow([[0, 1]]))
    print_figure(figure, fmt="png")
    plt.close(figure)
    # What was typeset holds its fonts' files open: forks would share each descriptor, and with it where it is read.
    for cached in vars(MathTextParser).values():
        if hasattr(cached, "cache_clear"):
            cached.cache_clear()


def rehearse_error() -> None:
    """Format one error as a notebook shows it: the first one imports what reads and colours source code."""
    from IPython.core.ultratb import VerboseTB

    try:
        raise ValueError("a rehearsal")
    except ValueError as error:
        VerboseTB(theme_name="linux").text(type(error), error, error.__traceback__)


def run(
    content: str, connection: str, *, connect: Callable[[], None], ready: Callable[[], None] | None = None
) -> NoReturn:
    """Serve as the submission's kernel until it is told to stop. Never returns.

    `connect` opens the connection over which probes come.
    """
    try:
        redirect_streams()
        os.environ[brought.FOLDER] = os.path.join(connection, "materials")
        os.environ[brought.RECORD] = os.path.join(connection, "missing")
        brought.lay_out(os.environ[brought.FOLDER], content)
        os.chdir(content)
        sys.path[:] = [path for path in sys.path if path]
        sys.argv = ["ipykernel"]
        random.seed(SEED)  # Python itself draws a new seed in each fork; NumPy and torch keep what warm_up has set
        app = make_app(os.path.join(connection, "connection.json"))
        # Last: whoever waits for this connection finds the kernel's sockets bound.
        connect()
        if ready is not None:
            ready()
    except BaseException:  # noqa: BLE001  (whatever it was, this fork must not go on as a second server)
        with open(os.path.join(connection, "kernel.log"), "w", encoding="utf-8") as log:
            traceback.print_exc(file=log)
        os._exit(NOT_STARTED)
    app.start()
    os._exit(0)


def open_channel(path: str) -> None:
    """Connect to where the grader listens for answers: there is no file that a notebook could put in their place."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.connect(path)
        os.dup2(connection.fileno(), channel.DESCRIPTOR, inheritable=False)


def redirect_streams() -> None:
    """The process reads nothing, and what it writes past IPython goes nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def make_app(connection_file: str):  # type: ignore[no-untyped-def]
    from ipykernel.kernelapp import IPKernelApp
    from traitlets.config import Config

    config = Config()
    config.HistoryManager.enabled = False
    config.IPKernelApp.kernel_class = f"{COLAB}.Kernel"
    config.IPKernelApp.matplotlib = "inline"
    config.IPKernelApp.outstream_class = "grader.inside.streams.Stream"
    config.IPKernelApp.quiet = True
    config.InlineBackend.close_figures = True
    app = IPKernelApp.instance(config=config, connection_file=connection_file)
    # Nobody listens to its beat; and its thread may bind a socket when the kernel's folder is being closed already.
    app.init_heartbeat = lambda: None
    app.parse_command_line = lambda *_: None  # there is none, and to make its parser takes longer than to read it
    app.initialize([])
    # In a notebook `exit()` ends the kernel some moments later: whether the next cell still runs would be chance.
    app.shell.ask_exit = lambda: None
    _draw_inline(app.shell)
    sys.path.insert(0, "")
    return app


def _draw_inline(shell: Any) -> None:
    """Let `%matplotlib widget` and others that need a window or a package of their own draw as `inline` does."""
    enable = shell.enable_matplotlib

    def enable_or_inline(gui: str | None = None) -> Any:
        try:
            return enable(gui)
        except (RuntimeError, ImportError, ValueError):
            return enable("inline")

    shell.enable_matplotlib = enable_or_inline
