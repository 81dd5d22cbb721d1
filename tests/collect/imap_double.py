"""A double of an IMAP server on loopback, behind real TLS: folders of mails, and faults that it makes on demand.

It speaks as much of RFC 9051 as reading takes, and notes each command. Whatever would change a mailbox is an error.
"""

from __future__ import annotations

import re
import socketserver
import ssl
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

NO_SUCH = "NO no such folder"


@dataclass
class StoredMail:
    content: bytes
    received: datetime
    flags: tuple[str, ...] = ()


@dataclass
class ImapDouble:
    """Folder -> uid -> mail; `faults` are used up one at each command of the name."""

    folders: dict[str, dict[int, StoredMail]] = field(default_factory=lambda: {"INBOX": {}})
    password: str = "app-password"
    validity: int = 7
    faults: dict[str, list[str]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    port: int = 0

    def add(self, content: bytes, received: datetime, *flags: str, folder: str = "INBOX") -> int:
        mails = self.folders.setdefault(folder, {})
        uid = max(mails, default=0) + 1
        mails[uid] = StoredMail(content, received, flags)
        return uid

    @contextmanager
    def serve(self, certificate: Path) -> Iterator[ImapDouble]:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)

        class Answering(_Talk):
            double = self
            tls = context

        with _Server(("127.0.0.1", 0), Answering) as server:
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()


def make_certificate(folder: Path, name: str = "localhost") -> Path:
    """Key and certificate of a server of this name, in one file."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
    made += ["-addext", f"subjectAltName=DNS:{name}", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(made, check=True, capture_output=True)
    both = folder / "server.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    return both


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        pass  # a client that does not believe our certificate hangs up


class _Talk(socketserver.StreamRequestHandler):
    double: ImapDouble
    tls: ssl.SSLContext

    def setup(self) -> None:
        self.request = self.tls.wrap_socket(self.request, server_side=True)
        super().setup()

    def finish(self) -> None:
        super().finish()
        self.request.close()

    def handle(self) -> None:
        self.mails: dict[int, StoredMail] = {}
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            tag, _, rest = line.partition(" ")
            name = " ".join(rest.split()[:2] if rest.upper().startswith("UID") else rest.split()[:1]).upper()
            self.double.asked.append(name)
            fault = self.double.faults.get(name, [])
            match fault.pop(0) if fault else "":
                case "drop":
                    return
                case "cut":
                    self.say("* 1 FETCH (UID 1 BODY[] {100000}\r\nFrom: nob", end=b"")
                    return
            answer = self.answer(name, rest)
            self.say(f"{tag} {answer}")
            if name == "LOGOUT":
                return

    def say(self, text: str, end: bytes = b"\r\n") -> None:
        self.wfile.write(text.encode() + end)
        self.wfile.flush()

    def answer(self, name: str, rest: str) -> str:
        match name:
            case "CAPABILITY":
                self.say("* CAPABILITY IMAP4rev1")
            case "LOGIN":
                if self.double.password not in rest:
                    return "NO [AUTHENTICATIONFAILED] Invalid credentials"
            case "EXAMINE":
                folder = rest.split(" ", 1)[1].strip('"')
                if folder not in self.double.folders:
                    return NO_SUCH
                self.mails = self.double.folders[folder]
                self.say(f"* {len(self.mails)} EXISTS\r\n* OK [UIDVALIDITY {self.double.validity}] UIDs valid")
                return "OK [READ-ONLY] done"
            case "LIST":
                for folder in self.double.folders:
                    self.say(f'* LIST (\\HasNoChildren) "/" "{folder}"')
            case "UID SEARCH":
                return self.search(rest)
            case "UID FETCH":
                self.fetch(rest)
            case "LOGOUT":
                self.say("* BYE")
            case _:
                return "BAD this would change something"
        return "OK done"

    def search(self, rest: str) -> str:
        if "NONSENSE" in rest:
            return "BAD unknown search key"
        subject = re.search(r'SUBJECT "?([^" ]+)"?', rest)
        wanted = f"Subject: {subject[1]}".encode() if subject else b""
        dropped = {"\\Deleted", "\\Draft"}
        found = [uid for uid, mail in self.mails.items() if wanted in mail.content and not dropped & {*mail.flags}]
        self.say(" ".join(["* SEARCH", *map(str, found)]))
        return "OK done"

    def fetch(self, rest: str) -> None:
        uid = int(rest.split()[2])
        mail = self.mails.get(uid)
        if mail is None:
            return
        if "BODY.PEEK[]" not in rest:
            self.say(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(mail.content)})")
            return
        moment = mail.received.strftime("%d-%b-%Y %H:%M:%S +0000")
        self.say(f'* {uid} FETCH (UID {uid} INTERNALDATE "{moment}" BODY[] {{{len(mail.content)}}}')
        self.wfile.write(mail.content + b")\r\n")
        self.wfile.flush()
