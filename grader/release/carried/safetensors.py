"""The file format of safetensors for arrays in memory, in place of the package: written from its specification.

Eight bytes say how long the header is; the header is JSON, and says for each array its dtype, shape and place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

_DTYPES = {
    "BOOL": "?", "U8": "u1", "I8": "i1", "U16": "<u2", "I16": "<i2", "U32": "<u4", "I32": "<i4", "U64": "<u8",
    "I64": "<i8", "F16": "<f2", "F32": "<f4", "F64": "<f8",
}  # fmt: skip


class SafetensorError(Exception):
    """The content is not such a file."""


def save(arrays: Mapping[str, npt.NDArray[Any]], metadata: Mapping[str, str]) -> bytes:
    """The arrays and the metadata as the bytes of such a file."""
    names = {np.dtype(code): name for name, code in _DTYPES.items()}
    header: dict[str, Any] = {"__metadata__": dict(metadata)}
    content = b""
    for name, array in arrays.items():
        dtype = names[array.dtype]
        place = [len(content), len(content) + array.nbytes]
        header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": place}
        content += array.astype(_DTYPES[dtype]).tobytes()
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + content


def load(content: bytes) -> dict[str, npt.NDArray[Any]]:
    """The arrays of such a file."""
    size = int.from_bytes(content[:8], "little")
    header, body = json.loads(content[8 : 8 + size]), content[8 + size :]
    return {
        name: np.frombuffer(body[slice(*told["data_offsets"])], _DTYPES[told["dtype"]]).reshape(told["shape"]).copy()
        for name, told in header.items()
        if name != "__metadata__"
    }
