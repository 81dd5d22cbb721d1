"""Which workers may run a class: those that have the same, and all notebooks of a class run on the same."""

from __future__ import annotations

import sys

import pytest

from grader.cli.resources import require_dask
from grader.errors import UserError
from grader.execute.cluster.offers import Offer, choose, describe_here, make_offer, settle, tell_difference
from grader.execute.gpu import Gpu, GpuShare
from grader.execute.pool import Requirements

HERE = {"python": "3.11.7", "torch": "2.13.0", "the grader's code": "abc"}
T4 = GpuShare((Gpu(0, "NVIDIA T4", 15360),), 4096, 3)
SAME, NEWER = Offer(HERE), Offer({**HERE, "torch": "2.14.0"})
WITH_T4 = Offer({**HERE, "gpu": "NVIDIA T4"}, T4)


def required(gpu: str = "none") -> Requirements:
    return Requirements("bubblewrap", gpu, 4096)  # type: ignore[arg-type]


def test_this_machine_offers_what_it_has():
    assert tell_difference(make_offer(required()), describe_here()) == ""


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        (HERE, ""),
        ({**HERE, "torch": "2.14.0", "python": "3.12.1"}, "python is 3.12.1, not 3.11.7; torch is 2.14.0, not 2.13.0"),
        ({"python": "3.11.7", "the grader's code": "abc"}, "torch is absent, not 2.13.0"),
        ({**HERE, "the grader's code": "def"}, "the grader's code is another one"),
        ({**HERE, "gpu": "NVIDIA T4"}, "gpu is NVIDIA T4, not absent"),
    ],
)
def test_a_difference_is_told_with_what_is_there_and_what_is_expected(environment: dict[str, str], told: str):
    assert tell_difference(Offer(environment), HERE) == told


def test_a_worker_that_differs_is_refused_and_the_others_are_used():
    found = choose({"a": SAME, "b": NEWER}, required(), HERE, any_environment=False)
    assert (found.used, dict(found.refused)) == (1, {"b": "torch is 2.14.0, not 2.13.0"})


def test_a_worker_that_differs_is_used_where_that_is_allowed():
    found = choose({"a": SAME, "b": NEWER}, required(), HERE, any_environment=True)
    assert (found.used, dict(found.refused)) == (2, {})


def test_a_worker_without_a_sandbox_is_never_used():
    broken = Offer(HERE, problem="there is no sandbox on this machine: `bwrap` was not found")
    with pytest.raises(UserError) as error:
        choose({"a": broken, "b": broken}, required(), HERE, any_environment=True)
    assert str(error.value) == (
        "none of the 2 workers can be used: there is no sandbox on this machine: `bwrap` was not found\n"
        "  What each worker lacks, and how to fix it: grader doctor --cluster …"
    )


def test_where_a_gpu_is_welcome_and_one_worker_has_one_the_whole_class_runs_on_gpus():
    """Half a class on other hardware would be unfair, and have other keys."""
    found = choose({"a": SAME, "b": WITH_T4}, required("auto"), HERE, any_environment=False)
    assert (found.gpu, found.used, dict(found.refused)) == (T4, 1, {"a": "it has no GPU, and others have"})
    assert settle(required("auto"), found).gpu == "required"


def test_where_a_gpu_is_welcome_and_there_is_none_the_class_runs_without():
    found = choose({"a": SAME}, required("auto"), HERE, any_environment=False)
    assert (found.gpu, found.used) == (None, 1)
    assert settle(required("auto"), found).gpu == "none"


def test_where_a_gpu_is_required_a_worker_without_one_says_so():
    offer = make_offer(required("required"))
    if offer.gpu is None:
        assert offer.problem.startswith("this assignment requires a GPU, and no NVIDIA GPU was found here")


def test_gpus_of_another_kind_are_another_environment():
    a100 = GpuShare((Gpu(0, "NVIDIA A100", 40960),), 4096, 8)
    offers = {"a": WITH_T4, "b": Offer({**HERE, "gpu": "NVIDIA A100"}, a100)}
    found = choose(offers, required("required"), HERE, any_environment=False)
    assert (found.gpu, dict(found.refused)) == (a100, {"a": "gpu is NVIDIA T4, not NVIDIA A100"})


def test_without_dask_a_cluster_is_refused_with_what_to_install(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(UserError) as error:
        require_dask()
    assert str(error.value) == (
        "a cluster needs Dask, which is not installed here\n"
        f"  Install it here and for the workers: {sys.executable} -m pip install 'dl4cv-grader[cluster]'"
    )
