"""Plain data across the boundary: trees of numbers, text and arrays in one file, without pickles.

The file is a safetensors file: the arrays are its tensors, the tree is JSON in its metadata, in which every container
is tagged (`["list", […]]`, `["dict", {…}]`, `["array", "a0"]`), so that no value can pass for another.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors.numpy import load, save

from grader.inside.plain_forms import TooLargeError, is_sparse, plain_items, plain_key, plainer

MAX_DEPTH = 32
STORED_DEPTH = MAX_DEPTH + 6
"""Of a file of the grader's own, in which each answer stands among others."""
MAX_NODES = 100_000
MAX_TEXT = 200_000
MAX_KEY = 200
_KINDS = "biuf"


class NotPlainError(ValueError):
    """A value that does not cross the boundary; the message says which, for a person."""


def dumps(
    value: Any, notes: Mapping[str, str] | None = None, *, max_nodes: int = MAX_NODES, max_depth: int = MAX_DEPTH
) -> bytes:
    """The value and notes beside it as the bytes of such a file; NotPlainError where it holds more than plain data."""
    encoder = _Encoder(max_nodes, max_depth)
    tree = json.dumps(encoder.encode(value, 0))
    # Half a character, which a student's error may hold, can be written nowhere.
    told = {name: note.encode("utf-8", "replace").decode("utf-8") for name, note in (notes or {}).items()}
    content: bytes = save(encoder.arrays, metadata={"tree": tree, **told})
    return content


class _Encoder:
    def __init__(self, max_nodes: int, max_depth: int) -> None:
        self.arrays: dict[str, npt.NDArray[Any]] = {}
        self.max_nodes = max_nodes
        self.max_depth = max_depth
        self.nodes = 0

    def encode(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if depth > self.max_depth:
            raise NotPlainError(f"it is nested more than {self.max_depth} deep")
        if self.nodes > self.max_nodes:
            raise NotPlainError(f"it has more than {self.max_nodes} parts")
        if value is None or isinstance(value, bool | str | int | float):
            return _scalar(value)
        if isinstance(value, Mapping):
            encoded = {_key(key): self.encode(item, depth + 1) for key, item in value.items()}
            if len(encoded) < len(value):
                raise NotPlainError("it holds a dict with two keys that are written alike, such as 1 and '1'")
            return ["dict", encoded]
        if isinstance(value, list | tuple):
            return ["list", [self.encode(item, depth + 1) for item in value]]
        if isinstance(value, complex):
            return ["complex", float(value.real), float(value.imag)]
        array = as_array(value)
        if array is None:
            other = self._plainer(value)
            if other is value:
                raise NotPlainError(
                    f"it is or holds something of type `{type(value).__name__}`: no number, text or array"
                )
            self.nodes -= 1
            return self.encode(other, depth + 1)
        if array.dtype.kind == "c":
            return ["complex", self._array(array.real), self._array(array.imag)]
        if array.dtype.kind not in _KINDS:
            if array.dtype.kind not in "UOSmMV" or (array.dtype.kind == "V" and not array.dtype.names):
                raise NotPlainError(f"it holds an array of type `{array.dtype}`")
            if array.size > self.max_nodes:
                raise NotPlainError(f"it has more than {self.max_nodes} parts")
            return self.encode(plain_items(array), depth + 1)
        return self._array(array)

    def _plainer(self, value: Any) -> Any:
        try:
            return plainer(value, self.max_nodes)
        except TooLargeError as error:
            raise NotPlainError(str(error)) from error

    def _array(self, array: npt.NDArray[Any]) -> Any:
        if array.dtype.itemsize > 8 and array.dtype.kind == "f":  # longdouble
            array = array.astype(np.float64)
        name = f"a{len(self.arrays)}"
        self.arrays[name] = np.array(array, dtype=array.dtype.newbyteorder("="), order="C")
        return ["array", name]


def _scalar(value: bool | str | int | float | None) -> bool | str | int | float | None:
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise NotPlainError(f"it holds a text of {len(value)} characters")
        return str(value)
    if isinstance(value, int):
        if abs(value) >= 1 << 63:
            raise NotPlainError("it holds a whole number of more than 63 bits")
        return int(value)
    return float(value)


def _key(key: Any) -> str:
    key = plain_key(key)
    if not isinstance(key, bool | int | float | str):
        raise NotPlainError(f"it holds a dict with a key of type `{type(key).__name__}`")
    if len(str(key)) > MAX_KEY:
        raise NotPlainError(f"it holds a dict with a key of {len(str(key))} characters")
    return str(key)


def as_array(value: Any) -> npt.NDArray[Any] | None:
    """An array, a NumPy scalar or a torch tensor as an array; None for anything else."""
    if isinstance(value, np.ndarray | np.generic):
        return np.asarray(value)
    if hasattr(value, "detach") and hasattr(value, "cpu") and not is_sparse(value):
        tensor = value.detach().cpu()
        return np.asarray((tensor.float() if str(tensor.dtype) == "torch.bfloat16" else tensor).numpy())
    return None


def loads(content: bytes, *, max_nodes: int = MAX_NODES, max_depth: int = MAX_DEPTH) -> tuple[Any, dict[str, str]]:
    """The value and the notes. ValueError, KeyError, TypeError or safetensors' own error where they are malformed.

    What is read keeps the rules of what is written, whoever wrote it: it can be stored again.
    """
    arrays = load(content)
    size = int.from_bytes(content[:8], "little")
    notes = dict(json.loads(content[8 : 8 + size]).get("__metadata__", {}))
    text = notes.pop("tree", "null")
    # Each part costs a tag and two brackets, and is parsed before it can be counted.
    if text.count("[") + text.count("{") > 3 * max_nodes:
        raise ValueError("too many parts")
    return _Decoder(arrays, max_nodes).decode(json.loads(text), max_depth), notes


class _Decoder:
    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]], max_nodes: int) -> None:
        self.arrays = arrays
        self.nodes_left = max_nodes

    def decode(self, tree: Any, depth_left: int) -> Any:
        """The tagged tree as the value that it stands for; ValueError where it stands for none."""
        self.nodes_left -= 1
        if depth_left < 0 or self.nodes_left < 0:
            raise ValueError("nested too deep, or too many parts")
        match tree:
            case None | bool() | int() | float() | str():
                return _scalar(tree)
            case ["list", list(items)]:
                return [self.decode(item, depth_left - 1) for item in items]
            case ["dict", dict(items)]:
                return {_key(key): self.decode(item, depth_left - 1) for key, item in items.items()}
            case ["array", str(name)] if name in self.arrays:
                return self.arrays[name]
            case ["complex", real, imaginary]:
                return _complex(self.decode(real, depth_left - 1), self.decode(imaginary, depth_left - 1))
        raise ValueError("not a tagged tree")


def _complex(real: Any, imaginary: Any) -> Any:
    if isinstance(real, float) and isinstance(imaginary, float):
        return complex(real, imaginary)
    if not all(isinstance(part, np.ndarray) and part.dtype.kind == "f" for part in (real, imaginary)):
        raise ValueError("not a complex number")
    if real.shape != imaginary.shape:
        raise ValueError("parts of other shapes")
    return real + 1j * imaginary
