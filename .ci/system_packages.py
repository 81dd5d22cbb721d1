"""Installs the Debian packages that are missing, where the user may; says what to do where not.

Run by the Makefile with the system's Python, before anything else is there. With `--tests`, it asks for what only the
tests need: a browser, without which those that look at pages in one are skipped.
"""

import ctypes.util
import os
import shutil
import subprocess
import sys

NEEDED = {
    "bubblewrap": lambda: shutil.which("bwrap"),
    # opencv-python's wheel is linked against these two.
    "libgl1": lambda: ctypes.util.find_library("GL"),
    "libglib2.0-0": lambda: ctypes.util.find_library("glib-2.0"),
}
FOR_TESTS = {
    "chromium": lambda: any(shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")),
}


def main() -> int:
    if "--tests" not in sys.argv:
        return install([package for package, found in NEEDED.items() if not found()])
    try:
        failed = install([package for package, found in FOR_TESTS.items() if not found()])
    except subprocess.CalledProcessError as error:
        print(error, file=sys.stderr)
        failed = 1
    if failed:
        print("Without a browser, the tests that need one are skipped.", file=sys.stderr)
    return 0


def install(missing: list[str]) -> int:
    """0 where everything is there now."""
    if not missing:
        return 0
    command = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *missing]
    told = f"sudo apt-get update && sudo {' '.join(command)}"
    if shutil.which("apt-get") is None:
        print(
            f"Missing on this machine: {', '.join(missing)}. Install them with your system's packages.", file=sys.stderr
        )
        return 1
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    if as_root and (shutil.which("sudo") is None or subprocess.run([*as_root, "true"], check=False).returncode):
        print(f"Missing on this machine: {', '.join(missing)}. Install them:\n  {told}", file=sys.stderr)
        return 1
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run([*as_root, "apt-get", "update", "--quiet"], check=True, env=environment, stdout=subprocess.DEVNULL)
    subprocess.run([*as_root, *command], check=True, env=environment, stdout=subprocess.DEVNULL)
    print(f"Installed: {', '.join(missing)}", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
