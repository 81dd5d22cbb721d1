"""A double of the hosts that give notebooks to anyone: one real server on loopback that stands for all of them."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.collect.conftest import DUE, HOUR


@dataclass
class Hosts:
    """What each address gives: (status, headers, bytes); and what goes wrong first, one fault after the other."""

    pages: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    busy: int = 0
    busiest: int = 0
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def give(self, address: str, content: bytes, status: int = 200, **headers: str) -> None:
        """`address` without https://, with its query."""
        self.pages[address] = (status, {name.replace("_", "-"): value for name, value in headers.items()}, content)

    @contextmanager
    def serve(self) -> Iterator[Hosts]:
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Answering", (_Handler,), {"hosts": self}))
        server.daemon_threads = True
        self.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    hosts: Hosts
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def date_time_string(self, timestamp: float | None = None) -> str:
        return format_datetime(DUE - HOUR, usegmt=True)

    def do_GET(self) -> None:
        hosts, address = self.hosts, self.path.removeprefix("/")
        hosts.asked.append(address)
        hosts.busy += 1
        hosts.busiest = max(hosts.busiest, hosts.busy)
        body = self._answer(hosts, address)
        hosts.busy -= 1  # before the answer goes out: a client that has it may ask again at once
        if body is not None:
            self.end_headers()
            self.wfile.write(body)

    def _answer(self, hosts: Hosts, address: str) -> bytes | None:
        """The body, after the headers that wait to be sent; None where the connection is dropped."""
        status, headers, content = hosts.pages.get(address, (404, {}, b"<html>Not Found</html>"))
        fault = hosts.faults.get(address, [])
        match fault.pop(0) if fault else "":
            case "drop":
                self.close_connection = True
                return None
            case "truncate":
                self.send_response(status)
                self.send_header("content-length", str(len(content)))
                self.close_connection = True
                return content[: len(content) // 2]
            case "slow":
                time.sleep(0.2)
            case told if told.isdigit():
                status, headers, content = int(told), {"retry-after": "0"}, b"later"
        self.send_response(status)
        for name, value in {**headers, "content-length": str(len(content))}.items():
            self.send_header(name, value)
        return content
