"""Watches torch train: which module, by which optimizer, how many steps, on which samples, with which losses.

A hint about how work came to be, never proof: a notebook can call all of this without training anything.

An optimizer's step hook is always there; hooks on each module's forward, which would cost a tenth of a small network's
training, only round the steps that `is_looked_at` names.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import sys
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn
from torch.nn.modules import module as hooks
from torch.optim import optimizer as optimizers

MOST_TRAININGS = 64
"""Of them the last training of each network, then the first and the last ones."""
MOST_LOSSES = 200
MOST_PENDING = 16
"""Forward passes between two steps that are looked at."""
KEPT_BYTES = 16 << 20
"""Parameters of all networks that are held so that they can be asked after the function that trained them is gone."""
SAMPLE_ROWS, SAMPLE_NUMBERS = 512, 4096
"""Of one batch: rows, and numbers in them."""
MOST_NUMBERS = 65_536
"""Of all batches of one training: half a MiB at most."""


def is_looked_at(step: int) -> bool:
    """Steps 1 to 4, powers of two, and every 256th: the first ones, and a curve of losses fine enough to draw."""
    return step <= 4 or step & (step - 1) == 0 or step % 256 == 0


class Training:
    """What one optimizer did; without a `kind` there was backward alone, and steps by hand or none."""

    def __init__(self, kind: str, parameters: list[Any], rate: float | None) -> None:
        self.kind = kind
        self.ids = frozenset(map(id, parameters))
        self.rate = rate
        self.steps = 0
        self.owner: Callable[[], nn.Module | None] | None = None
        self.others: list[str] = []
        """classes of networks that were asked while it stepped parameters of another"""
        self.versions: list[tuple[weakref.ref[Any], int]] = []
        self.losses: list[tuple[int, Any]] = []
        self.inputs: list[Any] = []
        self.numbers = 0
        self.shapes: tuple[tuple[int, ...], tuple[int, ...] | None] | None = None
        self.function = _student_function()


class Watch:
    """Everything that was seen in this process. There is one, made by `install`."""

    def __init__(self) -> None:
        self.by_optimizer: weakref.WeakKeyDictionary[Any, Training] = weakref.WeakKeyDictionary()
        self.by_module: weakref.WeakKeyDictionary[nn.Module, Training] = weakref.WeakKeyDictionary()
        self.trainings: list[Training] = []
        self.armed: list[Any] = []
        self.depth = 0
        self.pending: list[tuple[weakref.ref[nn.Module], tuple[Any, ...]]] = []
        self.targets: tuple[int, ...] | None = None
        self.last_loss: Any = None
        self.unstepped = 0
        """backward passes since an optimizer stepped"""
        self.by_hand: Training | None = None
        self.stepping: Any = None
        self.trained = Training("", [], None)
        """the optimizer that stepped last, and its training: asked for at every step"""
        self.kept_bytes = 0
        self.kept: list[nn.Module] = []

    # ---- hooks --------------------------------------------------------------------------------------------------

    def arm(self) -> None:
        if not self.armed:
            self.depth = 0
            self.armed = [hooks.register_module_forward_pre_hook(self.before_forward)]
            self.armed.append(hooks.register_module_forward_hook(self.after_forward, always_call=True))

    def disarm(self) -> None:
        for handle in self.armed:
            handle.remove()
        self.armed = []

    def before_forward(self, module: nn.Module, arguments: Any) -> None:
        self.depth += 1

    def after_forward(self, module: nn.Module, arguments: Any, output: Any) -> None:
        self.depth = max(0, self.depth - 1)
        if self.depth == 0 and torch.is_grad_enabled() and len(self.pending) < MOST_PENDING:
            tensors = tuple(one for one in arguments if type(one) is torch.Tensor and one.dim())
            if tensors and next(module.parameters(), None) is not None:
                self.pending.append((weakref.ref(module), tensors))
            elif len(tensors) == 2:  # a loss: answers and targets
                self.targets = tuple(tensors[1].shape)

    def before_step(self, optimizer: Any, *_: Any) -> None:
        if optimizer is not self.stepping and optimizer not in self.by_optimizer:
            self.arm()  # LBFGS and others with a closure: their first forward pass comes within the step

    def after_step(self, optimizer: Any, *_: Any) -> None:
        self.unstepped = 0
        if optimizer is self.stepping:
            training = self.trained
        else:
            training = self.by_optimizer.get(optimizer) or self._begin(optimizer)
            self.stepping, self.trained = optimizer, training
        training.steps += 1
        self.by_hand = None
        if self.armed or self.pending:
            self._note(training)
        if is_looked_at(training.steps + 1):
            self.arm()
            self._forget()
        elif self.armed:
            self.disarm()
            self._forget()

    def _forget(self) -> None:
        self.depth = 0  # a cell that was interrupted within a forward pass has left it
        self.pending.clear()
        self.last_loss = self.targets = None

    def before_backward(self, tensors: Any) -> None:
        self.unstepped += 1
        if self.by_hand is not None:
            self.by_hand.steps = self.unstepped
        if self.armed:
            loss = tensors[0] if isinstance(tensors, tuple | list) and tensors else tensors
            if isinstance(loss, torch.Tensor) and loss.dim() == 0:
                self.last_loss = loss.detach()
            if is_looked_at(self.unstepped) and self.unstepped > 4:
                self._note_by_hand()
        if self.unstepped > MOST_PENDING:
            # Added up for one step, or no optimizer at all: looked at as rarely as steps are.
            if is_looked_at(self.unstepped + 1):
                self.arm()
                self._forget()
            else:
                self.disarm()

    # ---- notes --------------------------------------------------------------------------------------------------

    def _begin(self, optimizer: Any) -> Training:
        parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]
        rate = optimizer.param_groups[0].get("lr") if optimizer.param_groups else None
        training = Training(
            type(optimizer).__name__, parameters, float(rate) if isinstance(rate, int | float) else None
        )
        self.by_optimizer[optimizer] = training
        self._add(training)
        return training

    def _add(self, training: Training) -> None:
        """Note one more; where there are too many, one goes that tells least of what the notebook has in the end."""
        if len(self.trainings) >= MOST_TRAININGS:
            last = {one.ids: place for place, one in enumerate(self.trainings)}
            again = (place for place, one in enumerate(self.trainings) if last[one.ids] != place)
            gone = self.trainings.pop(next(again, MOST_TRAININGS // 2))
            for known in (self.by_optimizer, self.by_module):
                for key in [key for key, one in known.items() if one is gone]:
                    del known[key]
        self.trainings.append(training)

    def _note_by_hand(self) -> None:
        """Backward again and again, and no optimizer's step: parameters are changed by hand, or not at all."""
        for reference, tensors in self.pending:
            module = reference()
            if module is None:
                continue
            training = self.by_module.get(module)
            if training is None:
                training = Training("", list(module.parameters()), None)
                training.versions = [(weakref.ref(one), one._version) for one in module.parameters()]
                training.owner = self._hold(module)
                self.by_module[module] = training
                self._add(training)
            training.steps, self.by_hand = self.unstepped, training
            if self.last_loss is not None and len(training.losses) < MOST_LOSSES:
                training.losses.append((training.steps, self.last_loss))
            training.shapes = (tuple(tensors[0].shape), self.targets)
            _add_inputs(training, tensors)

    def _note(self, training: Training) -> None:
        strangers = []
        for reference, tensors in self.pending:
            module = reference()
            if module is None:
                continue
            if training.ids.isdisjoint(map(id, module.parameters())):
                strangers.append(type(module).__name__)
            else:
                if training.owner is None:
                    training.owner = self._hold(module)
                    training.versions = [(weakref.ref(one), one._version - 1) for one in module.parameters()]
                if training.shapes is None or training.shapes[1] is None:
                    training.shapes = (tuple(tensors[0].shape), self.targets)
                _add_inputs(training, tensors)
        if training.owner is None and strangers:
            training.others = sorted({*training.others, *strangers})[:4]
        if self.last_loss is not None and len(training.losses) < MOST_LOSSES:
            training.losses.append((training.steps, self.last_loss))

    def _hold(self, module: nn.Module) -> Callable[[], nn.Module | None]:
        """The network itself where it is small enough to be kept, else as long as the notebook keeps it."""
        size = sum(parameter.numel() * parameter.element_size() for parameter in module.parameters())
        if not any(module is one for one in self.kept):
            if self.kept_bytes + size > KEPT_BYTES:
                return weakref.ref(module)
            self.kept_bytes += size
            self.kept.append(module)
        return lambda: module


def _add_inputs(training: Training, tensors: tuple[Any, ...]) -> None:
    batch = tensors[0].detach()
    width = max(1, batch[0].numel()) if len(batch) else 1
    rows = min(len(batch), SAMPLE_ROWS, max(1, SAMPLE_NUMBERS // width))
    if width <= SAMPLE_NUMBERS and training.numbers + rows * width <= MOST_NUMBERS:
        training.numbers += rows * width
        training.inputs.append(batch[:rows].clone())


def _student_function() -> str:
    """The outermost of the notebook's functions that is being run, such as `main`; empty outside of all."""
    frame, found = sys._getframe(1), ""
    while frame is not None:
        # A cell's code is compiled under such a name; ipykernel's own modules lie in a folder `ipykernel`.
        is_cell = "ipykernel_" in frame.f_code.co_filename or frame.f_code.co_filename.startswith("<ipython")
        if is_cell and frame.f_code.co_name != "<module>":
            found = frame.f_code.co_name
        frame = frame.f_back  # type: ignore[assignment]
    return found[:100]


def install() -> None:
    """Watch training from now on, in this process and its forks; numbers and random streams stay what they are."""
    watch = Watch()
    optimizers.register_optimizer_step_pre_hook(watch.before_step)
    optimizers.register_optimizer_step_post_hook(watch.after_step)
    backward = torch.autograd.backward

    @functools.wraps(backward)
    def watched(tensors: Any, *arguments: Any, **options: Any) -> Any:
        __tracebackhide__ = True
        with contextlib.suppress(Exception):  # what is ours never ends a student's training
            watch.before_backward(tensors)
        return backward(tensors, *arguments, **options)

    watched.watch = watch  # type: ignore[attr-defined]
    torch.autograd.backward = watched
    watch.arm()


def current() -> Watch | None:
    """What was seen in this process; None where nobody watches, as in a student's own check."""
    watch = getattr(torch.autograd.backward, "watch", None)
    return watch if isinstance(watch, Watch) else None


def stop() -> None:
    """The cells are done: what questions do is no training of the notebook's."""
    watch = current()
    if watch is not None:
        watch.disarm()


def _trainings() -> list[Training]:
    watch = current()
    return watch.trainings if watch is not None else []


def trained() -> Iterator[tuple[int, nn.Module, Training]]:
    """Each network that was trained, once, with its last training and its number among all of them."""
    seen: dict[int, tuple[int, nn.Module, Training]] = {}
    for number, training in enumerate(_trainings()):
        module = training.owner() if training.owner is not None else None
        if module is not None and (training.kind or id(module) not in seen):
            seen[id(module)] = number, module, training
    yield from seen.values()


def of(module: nn.Module) -> Training | None:
    """The last training that stepped parameters of this network, also as a part of another or with others."""
    ids = set(map(id, module.parameters()))
    found = [one for one in _trainings() if not one.ids.isdisjoint(ids)]
    return next((one for one in reversed(found) if one.kind), found[-1] if found else None)


def without_network() -> Iterator[tuple[int, Training]]:
    """Optimizers whose parameters belong to no network that was asked meanwhile: often to another than was meant."""
    for number, training in enumerate(_trainings()):
        if training.owner is None and training.others:
            yield number, training


def describe(number: int, training: Training) -> dict[str, Any]:
    """One training as plain data; `inputs` are those that were seen, *(N, numbers) float32*."""
    module = training.owner() if training.owner is not None else None
    inputs = seen_inputs(training)
    return {
        "number": number,
        "class": type(module).__name__[:100] if module is not None else "",
        "optimizer": training.kind[:100],
        "rate": training.rate,
        "steps": training.steps,
        "moved": has_moved(training),
        "losses": [[step, float(loss)] for step, loss in training.losses],
        "others": [name[:100] for name in training.others],
        "function": training.function,
        "inputs": list(training.shapes[0]) if training.shapes else None,
        "targets": list(training.shapes[1]) if training.shapes and training.shapes[1] is not None else None,
        "hash": hashlib.blake2b(inputs.tobytes(), digest_size=8).hexdigest() if inputs is not None else "",
        "sample": inputs[:4, :4].ravel().tolist() if inputs is not None else [],
        "parameters": sum(one.numel() for one in module.parameters()) if module is not None else None,
    }


def has_moved(training: Training) -> bool | None:
    """Whether the network's parameters were written to since its training began; None where that was not seen."""
    alive = [(parameter, version) for reference, version in training.versions if (parameter := reference()) is not None]
    return any(parameter._version > version for parameter, version in alive) if alive else None


def seen_inputs(training: Training) -> npt.NDArray[np.float32] | None:
    """Samples that it was trained on, as far as they were seen: *(N, numbers) float32*; None where there are none."""
    try:
        rows = [one.reshape(len(one), -1).cpu().to(torch.float32).numpy() for one in training.inputs if len(one)]
        return np.concatenate(rows) if rows and len({row.shape[1] for row in rows}) == 1 else None
    except (RuntimeError, TypeError):  # of a device that is gone, or complex numbers
        return None
