"""The GPUs of this machine, and the share of one that a submission gets.

CUDA starts in the forks and never before: a process in which it runs cannot be forked. So they are looked for with the
driver's own `nvidia-smi`, and nothing here asks torch for a device.
"""

from __future__ import annotations

import csv
import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from grader.errors import UserError

Wanted = Literal["none", "auto", "required"]

CONTEXT_MIB = 768
"""What CUDA's own state takes on the GPU, for each process that uses it; an allowance, not a limit that is kept."""

HOST_MIB = 4096
"""What the driver and torch's CUDA libraries may take in the machine's own memory, beyond the notebook's limit."""

DEVICES = ("nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-modeset")
QUERY = ["nvidia-smi", "--query-gpu=index,name,memory.total", "--format=csv,noheader,nounits"]


@dataclass(frozen=True)
class Gpu:
    """One NVIDIA GPU, numbered as its driver does."""

    index: int
    name: str
    memory_mib: int

    def room(self, memory_mib: int) -> int:
        """How many submissions with so much memory each fit at once."""
        return self.memory_mib // (memory_mib + CONTEXT_MIB)


@dataclass(frozen=True)
class GpuShare:
    """What the notebooks of one assignment get: these GPUs, so much memory each, so many notebooks at once."""

    gpus: tuple[Gpu, ...]
    memory_mib: int
    jobs: int

    @property
    def name(self) -> str:
        """What a run notes of its environment: results of another kind of GPU may differ in their last digits."""
        return ", ".join(sorted({gpu.name for gpu in self.gpus}))

    @property
    def environment(self) -> dict[str, str]:
        """Variables of the sandbox. torch's own allocator keeps the share, and raises an error past it."""
        smallest = min(gpu.memory_mib for gpu in self.gpus)
        fraction = min(1.0, self.memory_mib / smallest)
        return {
            "PYTORCH_CUDA_ALLOC_CONF": f"per_process_memory_fraction:{fraction:.4f}",
            "CUDA_DEVICE_ORDER": "PCI_BUS_ID",  # as nvidia-smi counts
            "COLAB_GPU": "1",
        }

    @property
    def devices(self) -> list[str]:
        """The device files that the sandbox shows."""
        return [f"/dev/{name}" for name in (*(f"nvidia{gpu.index}" for gpu in self.gpus), *DEVICES)]

    def index_for(self, number: int) -> int:
        """The GPU of the fork with this number: they take turns."""
        return self.gpus[number % len(self.gpus)].index


def find_gpus(environment: Mapping[str, str] = os.environ) -> tuple[Gpu, ...]:
    """Those that the driver names, and of these only the ones in CUDA_VISIBLE_DEVICES where that is set."""
    try:
        told = subprocess.run(QUERY, capture_output=True, text=True, check=True, timeout=60).stdout
    except (OSError, subprocess.SubprocessError):
        return ()  # no driver, or one that does not work: both mean that there is no GPU to use
    return visible(read_gpus(told), environment.get("CUDA_VISIBLE_DEVICES"))


def read_gpus(told: str) -> tuple[Gpu, ...]:
    """The GPUs in nvidia-smi's answer, a line each: 0, NVIDIA T4, 15360."""
    rows = [[cell.strip() for cell in row] for row in csv.reader(told.splitlines())]
    return tuple(
        Gpu(int(row[0]), row[1], int(row[2])) for row in rows if len(row) == 3 and row[0].isdigit() and row[2].isdigit()
    )


def visible(gpus: Sequence[Gpu], wanted: str | None) -> tuple[Gpu, ...]:
    """Those that the user, or a cluster, leaves to us. Identities that are no numbers hide all."""
    if wanted is None:
        return tuple(gpus)
    numbers = [int(part) for part in wanted.split(",") if part.strip().isdigit()]
    return tuple(gpu for gpu in gpus if gpu.index in numbers)


def choose_share(
    wanted: Wanted, memory_mib: int, *, at_once: int | None = None, gpus: Sequence[Gpu] | None = None
) -> GpuShare | None:
    """The share that an assignment's notebooks get; None where they run on the CPU.

    UserError where a GPU is required and none can be used, or a share is larger than the GPU.
    """
    if wanted == "none":
        return None
    found = tuple(find_gpus() if gpus is None else gpus)
    problem = "no NVIDIA GPU was found here (`nvidia-smi` names none)" if not found else _why_not_torch()
    if problem:
        if wanted == "required":
            raise UserError(
                f"this assignment requires a GPU, and {problem}",
                remedy='Grade it where there is one, or write gpu = "auto" in its assignment.toml: the CPU then does.',
            )
        return None
    room = sum(gpu.room(memory_mib) for gpu in found)
    if room == 0:
        raise UserError(
            f"a submission may use {memory_mib} MiB of GPU memory, and {found[0].name} has {found[0].memory_mib} MiB",
            remedy="Write a smaller gpu_memory_mib under [limits] in assignment.toml.",
        )
    return GpuShare(found, memory_mib, min(room, at_once) if at_once else room)


def _why_not_torch() -> str:
    import torch

    return "" if torch.version.cuda else "the torch that is installed here is built for the CPU only"
