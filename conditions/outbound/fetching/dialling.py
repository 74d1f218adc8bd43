"""Dialling: a connection goes only to an address that was looked up, checked, and then dialled.

The check is made where the connection is made, on the numeric address itself, so it does not
matter how a host is spelled, what a parser makes of it, or whether its name answers otherwise a
moment later. No proxy, no cookie jar, no .netrc: the adapter is used without a session.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from functools import partial
from threading import Lock, Timer
from time import monotonic
from types import TracebackType
from typing import Any, Self

from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from conditions.outbound.fetching.answers import FetchFailed, FetchRefused
from conditions.outbound.fetching.limits import Limits
from conditions.rules.networks import may_dial_port, why_not_dialled


class Line:
    """The connections of one fetch, all of them cut when its time is up."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.is_cut = False
        self._until = monotonic() + limits.total_seconds
        self._timer = Timer(limits.total_seconds, self._cut)
        self._timer.daemon = True
        self._lock = Lock()
        self._held: list[socket.socket] = []
        self._adapter = _Adapter(self)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self._adapter.close()
        with self._lock:
            for held in self._held:
                held.close()
            self._held.clear()

    def ask(self, request: PreparedRequest) -> Response:
        """The answer to one request, its body still unread; redirects are not followed."""
        waits = (self.limits.connect_seconds, self.limits.silence_seconds)
        return self._adapter.send(request, stream=True, timeout=waits, verify=True)

    def dial(self, host: str, port: int) -> socket.socket:
        """A connection to a checked address of ``host``. Raises FetchRefused and OSError."""
        if not may_dial_port(port):
            raise _refused(f"Port {port} belongs to another service than the web.", host)
        addresses = self._look_up(host, port)
        failure: OSError | None = None
        for address in addresses:
            try:
                return self._connect(address, host, port)
            except OSError as error:
                failure = error
        raise failure or OSError("The name of the site has no address.")

    def _look_up(self, host: str, port: int) -> tuple[str, ...]:
        try:
            addresses = self.limits.resolve(host, port)
        except (socket.gaierror, UnicodeError) as error:
            raise FetchFailed("The name of the site is not known.") from error
        # One bad answer is enough: which one is dialled is not left to chance.
        for address in addresses:
            self._require_public(address, host)
        return addresses

    def _connect(self, address: str, host: str, port: int) -> socket.socket:
        left = self._until - monotonic()
        if self.is_cut or left <= 0:
            raise TimeoutError
        dialled = socket.create_connection(
            (address, port), timeout=min(self.limits.connect_seconds, left)
        )
        try:
            self._require_public(str(dialled.getpeername()[0]), host)
            dialled.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            with self._lock:
                self._held.append(dialled.dup())
        except BaseException:
            dialled.close()
            raise
        return dialled

    def _require_public(self, address: str, host: str) -> None:
        if address in self.limits.allowed_addresses:
            return
        if why := why_not_dialled(address):
            raise _refused(f"The site {host} stands at {address}: {why}.", host)

    def _cut(self) -> None:
        # A second handle on each connection: whoever reads the first one wakes up at its end,
        # also in the middle of a handshake or of a header that comes letter by letter.
        self.is_cut = True
        with self._lock:
            for held in self._held:
                with suppress(OSError):
                    held.shutdown(socket.SHUT_RDWR)


def _refused(message: str, host: str) -> FetchRefused:
    remedy = "Only sites on the public internet are fetched. Upload the document as a file."
    return FetchRefused(message, field="url", value=host, remedy=remedy)


class _Plain(HTTPConnection):
    def __init__(self, *args: Any, line: Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.dial(self._dns_host.strip("[]"), self.port)


class _Encrypted(HTTPSConnection):
    def __init__(self, *args: Any, line: Line, **options: Any) -> None:
        super().__init__(*args, **options)
        self._line = line

    def _new_conn(self) -> socket.socket:
        return self._line.dial(self._dns_host.strip("[]"), self.port)


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _EncryptedPool(HTTPSConnectionPool):
    ConnectionCls = _Encrypted


class _Adapter(HTTPAdapter):
    def __init__(self, line: Line) -> None:
        self._line = line
        super().__init__(pool_connections=1, pool_maxsize=1, max_retries=0)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {
            "http": partial(_PlainPool, line=self._line),
            "https": partial(_EncryptedPool, line=self._line),
        }
