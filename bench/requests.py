"""Requests and answers, and one request at a time to look at its answer."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from http.client import HTTPConnection

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Request:
    """A GET of one address with its headers."""

    path: str
    headers: tuple[tuple[str, str], ...] = ()

    def raw(self, port: int) -> bytes:
        """The request as it goes over the wire."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {HOST}:{port}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()


@dataclass(frozen=True, slots=True)
class Response:
    """A whole answer; ``sent`` is the size of its body on the wire."""

    status: int
    headers: dict[str, str]
    body: bytes
    sent: int


def ask(port: int, request: Request) -> Response:
    """The answer to one request."""
    connection = HTTPConnection(HOST, port, timeout=60)
    try:
        connection.request("GET", request.path, headers=dict(request.headers))
        answer = connection.getresponse()
        raw = answer.read()
        headers = {name.lower(): value for name, value in answer.getheaders()}
    finally:
        connection.close()
    packed = headers.get("content-encoding") == "gzip"
    return Response(answer.status, headers, gzip.decompress(raw) if packed else raw, len(raw))
