"""Which sheet a page is: print, copy and page in 64 black and white cells, with a checksum, above and below."""

from __future__ import annotations

import binascii
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from grader.exam.paper.sheet import CODE_COLUMNS, CODE_ROWS

MOST_COPIES, MOST_PAGES = 2**16 - 1, 2**8 - 1


@dataclass(frozen=True)
class Identity:
    """What the code of a page says."""

    print_id: str
    copy: int
    page: int

    def __str__(self) -> str:
        """As it stands beside the code, for people."""
        return f"{self.print_id}-{self.copy}-{self.page}"


def encode(identity: Identity) -> NDArray[np.bool_]:
    """The cells of a page's code: 24 bits of print, 16 of copy, 8 of page, and a CRC-16 (CCITT) of these.

    Parameters
    ----------
    identity : Identity
        At most 65535 copies of 255 pages.

    Returns
    -------
    cells : (2, 32) bool, row column
        Which cells are black.

    Examples
    --------
    >>> cells = encode(Identity("0a1b2c", 3, 1))
    >>> decode(cells), decode(~cells)
    (Identity(print_id='0a1b2c', copy=3, page=1), None)
    """
    told = bytes.fromhex(identity.print_id) + identity.copy.to_bytes(2, "big") + identity.page.to_bytes(1, "big")
    checked = told + _checksum(told)
    return np.unpackbits(np.frombuffer(checked, np.uint8)).astype(bool).reshape(CODE_ROWS, CODE_COLUMNS)


def decode(cells: NDArray[np.bool_]) -> Identity | None:
    """What the cells say, or None where the checksum does not agree.

    Parameters
    ----------
    cells : (2, 32) bool, row column
        Which cells are black.

    Returns
    -------
    identity : Identity or None

    Examples
    --------
    >>> decode(np.zeros((2, 32), bool)) is None
    True
    """
    checked = np.packbits(cells.ravel()).tobytes()
    told, sum_ = checked[:-2], checked[-2:]
    if sum_ != _checksum(told):
        return None
    return Identity(told[:3].hex(), int.from_bytes(told[3:5], "big"), told[5])


def _checksum(told: bytes) -> bytes:
    # The start is not 0, so that a white strip is no code.
    return binascii.crc_hqx(told, 0xFFFF).to_bytes(2, "big")
