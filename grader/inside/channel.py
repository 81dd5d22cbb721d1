"""Messages over a stream socket: a length and then that many bytes, never more than the reader allows."""

from __future__ import annotations

import socket

DESCRIPTOR = 200
"""Where a kernel holds its end; high, so that a notebook's own files do not get this number."""

VARIABLE = "GRADER_CHANNEL"
"""The environment variable that says where a kernel holds it that could not choose its number."""

HEAD_BYTES = 64
"""What goes with the connection of a kernel's copy, or in its place: `kept`, or why there is none."""
QUESTION_BYTES = 64 << 20
ANSWER_BYTES = 64 << 20


def send(connection: socket.socket, content: bytes) -> None:
    """Send one message."""
    connection.sendall(len(content).to_bytes(8, "little") + content)


def receive(connection: socket.socket, limit: int) -> bytes:
    """Receive one message; ValueError where it is longer than the limit, EOFError where the other end closed."""
    size = int.from_bytes(_receive_exactly(connection, 8), "little")
    if size > limit:
        raise ValueError(f"it has {size >> 20} MiB, more than the limit of {limit >> 20} MiB")
    return _receive_exactly(connection, size)


def _receive_exactly(connection: socket.socket, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        part = connection.recv(min(size - len(content), 1 << 20))
        if not part:
            raise EOFError("the other end closed")
        content += part
    return bytes(content)
