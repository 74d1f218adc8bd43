"""Servers of the worst kind on this machine, and listeners that must stay silent."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from ssl import SSLContext
from threading import Event, Thread

Behave = Callable[[socket.socket, str], None]


def at_home(host: str, port: int) -> tuple[str, ...]:
    """What a resolver may answer in tests: this machine for localhost, a number for itself."""
    return ("127.0.0.1",) if host == "localhost" else (host,)


@dataclass
class Server:
    """A server that does to each connection what ``behave`` says, and keeps what it was asked."""

    port: int
    asked: list[str] = field(default_factory=list)
    closed: Event = field(default_factory=Event)

    def url(self, path: str = "/", *, host: str = "127.0.0.1") -> str:
        """An address that leads here."""
        return f"http://{host}:{self.port}{path}"


@contextmanager
def serving(
    behave: Behave, *, at: str = "127.0.0.1", port: int = 0, tls: SSLContext | None = None
) -> Iterator[Server]:
    """Serves one connection after the other until the block ends, encrypted if ``tls`` is given."""
    family = socket.AF_INET6 if ":" in at else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((at, port))
    listener.listen(8)
    listener.settimeout(0.05)
    server = Server(port=listener.getsockname()[1])

    def run() -> None:
        while not server.closed.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            with connection, suppress(OSError):
                connection.settimeout(5)
                if tls is not None:
                    connection = tls.wrap_socket(connection, server_side=True)
                request = connection.recv(65_536).decode("latin-1")
                server.asked.append(request)
                behave(connection, request)

    thread = Thread(target=run, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.closed.set()
        thread.join(6)
        listener.close()


@contextmanager
def silence(*, at: str = "127.0.0.1", port: int = 0) -> Iterator[Server]:
    """A listener to which nobody may come: its end fails the test if anybody did."""
    family = socket.AF_INET6 if ":" in at else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((at, port))
        listener.listen(8)
        yield Server(port=listener.getsockname()[1])
        listener.settimeout(0.1)
        try:
            listener.accept()
        except TimeoutError:
            return
        raise AssertionError(f"Somebody came to {at}.")


def answer(
    body: bytes = b"<p>Hello</p>",
    *,
    status: str = "200 OK",
    kind: str = "text/html; charset=utf-8",
    lines: tuple[str, ...] = (),
    length: int | None = None,
) -> bytes:
    """One complete answer as it goes over the wire."""
    head = [
        f"HTTP/1.1 {status}",
        *((f"Content-Type: {kind}",) if kind else ()),
        f"Content-Length: {len(body) if length is None else length}",
        *lines,
    ]
    return ("\r\n".join(head) + "\r\n\r\n").encode() + body


def always(reply: bytes) -> Behave:
    """The same answer to everybody."""
    return lambda connection, _: connection.sendall(reply)


def redirect(to: str, *, status: int = 302) -> bytes:
    """An answer that leads elsewhere."""
    return answer(b"", status=f"{status} Found", lines=(f"Location: {to}",))
