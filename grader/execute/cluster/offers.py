"""What a worker has to run notebooks with, and in what it differs from the machine that the grader was started on."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import grader
from grader.errors import UserError
from grader.execute.gpu import GpuShare, choose_share
from grader.execute.pool import Requirements
from grader.execute.run_key import describe_environment
from grader.execute.sandbox import why_no_sandbox

_CODE = "the grader's code"


@dataclass(frozen=True)
class Offer:
    """What a worker says of itself."""

    environment: Mapping[str, str]
    gpu: GpuShare | None = None
    problem: str = ""
    """why no notebook can be run there"""


def make_offer(required: Requirements) -> Offer:
    """What this machine has."""
    here = describe_here()
    problem = why_no_sandbox() if required.sandbox == "bubblewrap" else None
    if problem is not None:
        return Offer(here, problem=problem.what)
    try:
        gpu = choose_share(required.gpu, required.gpu_memory_mib, at_once=required.gpu_jobs)
    except UserError as error:
        return Offer(here, problem=error.what)
    return Offer(describe_environment(gpu) | here, gpu)


def describe_here() -> dict[str, str]:
    """What workers have to have: what a run's key speaks of, and the same grader."""
    return describe_environment() | {_CODE: hash_code()}


@functools.cache
def hash_code() -> str:
    """The whole grader: works and runs are only understood by the same one."""
    digest = hashlib.sha256()
    root = Path(grader.__file__).parent
    for path in sorted(root.rglob("*.py")):
        digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def tell_difference(offer: Offer, expected: Mapping[str, str] | None) -> str:
    """Why a worker is not used, in a phrase; empty where it is. `expected` is None where any environment will do."""
    if offer.problem:
        return offer.problem
    if expected is None:
        return ""
    names = [name for name in {**expected, **offer.environment} if offer.environment.get(name) != expected.get(name)]
    if _CODE in names:
        names.remove(_CODE)
        names.append(_CODE)
    return "; ".join(
        f"{name} is another one"
        if name == _CODE
        else f"{name} is {_of(offer.environment, name)}, not {_of(expected, name)}"
        for name in names
    )


def _of(environment: Mapping[str, str], name: str) -> str:
    return environment.get(name, "absent")


@dataclass(frozen=True)
class WorkerChoice:
    """Of several workers those that are used, and for what."""

    gpu: GpuShare | None
    expected: Mapping[str, str] | None
    refused: Mapping[str, str]
    """worker -> why"""
    used: int


def choose(
    offers: Mapping[str, Offer], required: Requirements, here: Mapping[str, str], *, any_environment: bool
) -> WorkerChoice:
    """All the notebooks of a class run on the same: on GPUs where one is wanted and there is one, else on none of them.

    `here` is what this machine has. UserError where no worker is left.
    """
    gpus = sorted((offer.gpu for offer in offers.values() if offer.gpu), key=lambda gpu: gpu.name)
    gpu = gpus[0] if gpus else None
    expected = None if any_environment else {**here, **({"gpu": gpu.name} if gpu else {})}
    refused = {worker: told for worker, offer in offers.items() if (told := _refuse(offer, gpu, expected))}
    if len(refused) == len(offers):
        raise UserError(_tell_none(refused), remedy=_remedy(offers))
    return WorkerChoice(gpu, expected, refused, len(offers) - len(refused))


def _refuse(offer: Offer, gpu: GpuShare | None, expected: Mapping[str, str] | None) -> str:
    if gpu is not None and offer.gpu is None and not offer.problem:
        return "it has no GPU, and others have"
    return tell_difference(offer, expected)


def _tell_none(refused: Mapping[str, str]) -> str:
    if len(refused) == 1:
        return f"the only worker cannot be used: {next(iter(refused.values()))}"
    return f"none of the {len(refused)} workers can be used: {' / '.join(dict.fromkeys(refused.values()))}"


def _remedy(offers: Mapping[str, Offer]) -> str:
    if all(offer.problem for offer in offers.values()):
        return "What each worker lacks, and how to fix it: grader doctor --cluster …"
    return "Start grader, scheduler and workers from the same environment, or allow others: --any-environment."


def settle(required: Requirements, choice: WorkerChoice) -> Requirements:
    """What is required of every worker, once it is known whether the class runs on GPUs."""
    return replace(required, gpu="required" if choice.gpu else "none")
