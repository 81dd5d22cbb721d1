"""The key of a run: the hash of everything that could change what is in it. Equal work is never done twice."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Sequence

from grader.course.materials import Materials
from grader.execute.answers import ProbeQuestion
from grader.execute.forks import PACKAGES
from grader.execute.gpu import GpuShare
from grader.execute.sandbox import ENVIRONMENT, INSIDE, Sandbox
from grader.model import Limits


def describe_environment(gpu: GpuShare | None = None) -> dict[str, str]:
    """What a submission meets: Python, the machine, the packages that notebooks import. The sandbox has the same."""
    return _software() | ({"gpu": gpu.name} if gpu else {})


@functools.cache
def _software() -> dict[str, str]:
    found = {"python": platform.python_version(), "machine": f"{platform.system()} {platform.machine()}"}
    return found | {package: importlib.metadata.version(package) for package in PACKAGES}


@functools.cache
def _code_hash() -> str:
    """The code that runs beside the notebook: a changed probe is a changed run."""
    digest = hashlib.sha256()
    for path in sorted(INSIDE.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(path.read_bytes())
    return digest.hexdigest()


def make_key(
    sha256: str,
    questions: Sequence[ProbeQuestion],
    limits: Limits,
    sandbox: Sandbox,
    gpu: GpuShare | None = None,
    *,
    materials: Materials,
) -> str:
    """Hash of notebook + probes + limits + materials + environment.

    Equal work is never done twice, and changed work always again.
    """
    asked = sorted(question.hash for question in questions)
    own = [sha256, asked, _said(limits), materials.hash]
    # How memory is given back changes no answer.
    variables = {name: value for name, value in ENVIRONMENT.items() if not name.startswith("MALLOC_")}
    facts = [*own, describe_environment(gpu), variables, _code_hash(), sandbox]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:32]


_MEMORY_MIB, _MEMORY_BEFORE_MIB = 4096, 2048
"""The default now, and as the keys of stored runs have it: a larger limit stops nothing that ran before."""


def _said(limits: Limits) -> dict[str, float]:
    said = limits.model_dump()
    now_before = {_MEMORY_MIB: _MEMORY_BEFORE_MIB, _MEMORY_BEFORE_MIB: -_MEMORY_BEFORE_MIB}
    return {**said, "memory_mib": now_before.get(limits.memory_mib, limits.memory_mib)}
