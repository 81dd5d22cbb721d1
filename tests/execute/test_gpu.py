"""GPUs: who gets which, and what is said where there is none. What needs one is skipped where there is none."""

from __future__ import annotations

import itertools

import pytest
import torch

from grader.errors import UserError
from grader.execute import sandbox
from grader.execute.gpu import DEVICES, Gpu, choose_share, find_gpus, read_gpus, visible
from grader.execute.notebook_run import _name_limit
from grader.execute.pool import Servers, execute_one
from grader.model import Limits
from tests.execute.conftest import make_work, printed

T4 = Gpu(0, "Tesla T4", 15360)
A100 = Gpu(1, "NVIDIA A100-SXM4-40GB", 40960)

no_cuda = not find_gpus() or torch.version.cuda is None
on_gpu = pytest.mark.skipif(no_cuda, reason="no NVIDIA GPU here, or a torch that is built for the CPU only")


@pytest.fixture
def cuda_torch(monkeypatch):
    """As if torch had been built for CUDA: nothing of CUDA is used."""
    monkeypatch.setattr(torch.version, "cuda", "13.0")


def test_gpus_are_read_from_what_the_driver_prints():
    assert read_gpus("0, Tesla T4, 15360\n1, NVIDIA A100-SXM4-40GB, 40960\n") == (T4, A100)
    assert read_gpus("0, NVIDIA GB10, [N/A]\nNo devices were found\n") == ()


@pytest.mark.parametrize(
    ("variable", "left"), [(None, (T4, A100)), ("1", (A100,)), ("1,0", (T4, A100)), ("", ()), ("GPU-8932f937", ())]
)
def test_only_the_gpus_that_the_user_leaves_us_are_used(variable, left):
    assert visible((T4, A100), variable) == left


def test_a_machine_without_a_driver_has_no_gpu(monkeypatch):
    monkeypatch.setenv("PATH", "/nowhere")
    assert find_gpus() == ()


def test_as_many_notebooks_run_at_once_as_fit_into_the_memory_of_all_gpus(cuda_torch):
    assert choose_share("auto", 4096, gpus=[T4]).jobs == 3
    assert choose_share("auto", 4096, gpus=[T4, A100]).jobs == 3 + 8
    assert choose_share("auto", 4096, gpus=[T4], at_once=2).jobs == 2
    assert choose_share("auto", 4096, gpus=[T4], at_once=20).jobs == 3


def test_forks_take_turns_on_the_gpus(cuda_torch):
    share = choose_share("required", 4096, gpus=[T4, A100])
    assert [share.index_for(number) for number in range(4)] == [0, 1, 0, 1]


def test_a_required_gpu_that_is_not_there_is_told_with_a_way_out():
    with pytest.raises(UserError) as caught:
        choose_share("required", 4096, gpus=[])
    assert str(caught.value) == (
        "this assignment requires a GPU, and no NVIDIA GPU was found here (`nvidia-smi` names none)\n"
        '  Grade it where there is one, or write gpu = "auto" in its assignment.toml: the CPU then does.'
    )


def test_a_torch_without_cuda_is_told_too(monkeypatch):
    monkeypatch.setattr(torch.version, "cuda", None)
    assert choose_share("auto", 4096, gpus=[T4]) is None
    with pytest.raises(UserError, match="and the torch that is installed here is built for the CPU only"):
        choose_share("required", 4096, gpus=[T4])


def test_a_share_larger_than_the_gpu_is_told(cuda_torch):
    with pytest.raises(UserError) as caught:
        choose_share("auto", 16000, gpus=[T4])
    assert str(caught.value) == (
        "a submission may use 16000 MiB of GPU memory, and Tesla T4 has 15360 MiB\n"
        "  Write a smaller gpu_memory_mib under [limits] in assignment.toml."
    )


def test_without_a_gpu_notebooks_run_on_the_cpu():
    assert choose_share("auto", 4096, gpus=[]) is None
    assert choose_share("none", 4096, gpus=[T4]) is None


def test_the_sandbox_shows_the_gpus_own_devices_and_no_others(cuda_torch, tmp_path):
    share = choose_share("auto", 4096, gpus=[A100])
    line, _ = sandbox.command("bubblewrap", tmp_path, [], gpu=share)
    shown = [after for option, after in itertools.pairwise(line) if option == "--dev-bind-try"]
    assert shown == ["/dev/nvidia1", *(f"/dev/{name}" for name in DEVICES)]
    assert line[line.index("PYTORCH_CUDA_ALLOC_CONF") + 1] == "per_process_memory_fraction:0.1000"
    plain, _ = sandbox.command("bubblewrap", tmp_path, [])
    assert not [part for part in plain if "nvidia" in part or part == "/sys"]


def test_gpu_memory_that_ran_out_is_named_with_its_limit():
    told = "CUDA out of memory. Tried to allocate 8.00 GiB. GPU 0 has a total capacity of 14.58 GiB"
    named = _name_limit("OutOfMemoryError", told, Limits(gpu_memory_mib=512))
    assert named
    kind, because = named
    assert kind == "memory"
    assert str(because) == "it asked for more GPU memory than the limit of 512 MiB"


@on_gpu
def test_a_notebook_trains_on_the_gpu_and_has_its_share_of_it():
    share = choose_share("required", 1024)
    cells = ("import torch\nprint(torch.ones(2, device='cuda').sum().item())", "torch.ones(1 << 29, device='cuda')")
    with Servers("bubblewrap", gpu=share) as servers:
        executed = execute_one(make_work(*cells), servers)
    assert printed(executed) == "2.0\n"
    assert str(executed.run.cells[1].because) == f"it asked for more GPU memory than the limit of {4096} MiB"
    assert executed.run.environment["gpu"] == share.name


@on_gpu
def test_two_notebooks_use_the_gpu_at_once_each_in_a_process_of_its_own():
    share = choose_share("required", 512)
    cell = "import torch\nx = torch.rand(500, 500, device='cuda')\nprint(bool((x @ x.inverse()).trace() > 499))"
    with Servers("bubblewrap", gpu=share) as servers:
        assert [printed(execute_one(make_work(cell), servers)) for _ in range(2)] == ["True\n", "True\n"]
