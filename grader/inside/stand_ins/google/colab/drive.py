"""Google Drive: a folder that is there, and empty but for what the assignment brings."""

from __future__ import annotations

from pathlib import Path


def mount(mountpoint: str, force_remount: bool = False, timeout_ms: int = 120_000, readonly: bool = False) -> None:
    """Make a MyDrive below the mount point, and say what is in it."""
    root = Path(mountpoint)
    try:
        (root / "MyDrive").mkdir(parents=True, exist_ok=True)
        if not (root / "My Drive").exists():
            (root / "My Drive").symlink_to("MyDrive")
    except OSError as error:
        print(f"Drive could not be mounted at {mountpoint} ({error.strerror}); nobody's files are here in any case.")
        return
    if any((root / "MyDrive").iterdir()):
        print(f"Mounted at {mountpoint}. It holds what the assignment brings, and nobody's own files.")
    else:
        print(f"Mounted at {mountpoint}. It is empty here: nobody's Drive is read where notebooks are graded.")


def flush_and_unmount(timeout_ms: int = 86_400_000) -> None:
    """Nothing is mounted, so there is nothing to do."""
