"""Imitates Windows for the grader's own code, in every process that has this folder on its path.

Python reads this file as it starts. Only what the grader's modules import is changed: the libraries are those of this
machine, and know what it has. What the grader asks of a system that Windows has not is refused as it is there.
"""

import builtins
import warnings

MISSING_MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"}
MISSING_NAMES = {
    "os": {
        *("chown", "fork", "forkpty", "getegid", "geteuid", "getgid", "getpgid", "getuid", "killpg", "mkfifo"),
        *("pidfd_open", "pread", "setpgid", "setsid", "statvfs", "uname", "wait4", "waitid", "WNOHANG", "O_CLOEXEC"),
    },
    "signal": {"SIGALRM", "SIGCHLD", "SIGHUP", "SIGKILL", "SIGSTOP", "SIGUSR1", "SIGXCPU", "alarm", "setitimer"},
    "socket": {"AF_UNIX", "SO_PEERCRED", "SOCK_SEQPACKET", "send_fds", "recv_fds"},
    "select": {"poll", "epoll"},
    "sys": {"abiflags"},
}
OTHER_VALUES = {("os", "name"): "nt", ("sys", "platform"): "win32"}
OURS = ("grader", "google.colab")


class Imitation:
    """A module as it is, without some names and with other values for some."""

    def __init__(self, module):
        vars(self)["_module"] = module

    def __getattr__(self, name):
        module = vars(self)["_module"]
        if name in MISSING_NAMES[module.__name__]:
            raise AttributeError(f"module '{module.__name__}' has no attribute '{name}' on Windows")
        return OTHER_VALUES.get((module.__name__, name), getattr(module, name))

    def __setattr__(self, name, value):
        setattr(vars(self)["_module"], name, value)


def import_as_on_windows(name, names=None, *arguments, **options):
    """What an import statement calls; `names` are those of the module in which it stands."""
    module = real_import(name, names, *arguments, **options)
    if not ((names or {}).get("__package__") or "").startswith(OURS):
        return module
    if name in MISSING_MODULES:
        raise ModuleNotFoundError(f"No module named '{name}' on Windows", name=name)
    return Imitation(module) if name in MISSING_NAMES else module


real_import = builtins.__import__
builtins.__import__ = import_as_on_windows
# A file that is read without saying how it is written is read wrongly there. Needs -X warn_default_encoding.
warnings.filterwarnings("error", category=EncodingWarning, module=r"grader\.|google\.colab")
