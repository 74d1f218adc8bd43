"""How much one fetch may take: time, bytes, redirects, kinds of content."""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings

from conditions.rules.captures import FETCHED_TYPES

LONGEST_CONNECT = 10
LONGEST_SILENCE = 15


def resolve(host: str, port: int) -> tuple[str, ...]:
    """The numeric addresses of a host, as the system's resolver tells them, each once."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys(str(one[4][0]) for one in found))


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may take, in bytes and seconds; ``total_seconds`` holds over all redirects.

    ``content_types`` names what is taken, None everything. Without ``wants_body`` an answer is
    closed after its headers. ``allowed_addresses`` and ``resolve`` are for tests: no setting, no
    request and no row in the database reaches them.
    """

    max_bytes: int
    total_seconds: float
    connect_seconds: float = LONGEST_CONNECT
    silence_seconds: float = LONGEST_SILENCE
    most_redirects: int = 5
    content_types: frozenset[str] | None = FETCHED_TYPES
    wants_body: bool = True
    allowed_addresses: frozenset[str] = frozenset()
    resolve: Callable[[str, int], tuple[str, ...]] = resolve


def limits_of_installation() -> Limits:
    """The limits that the operator has set."""
    return Limits(
        max_bytes=settings.CAPTURE_MAX_BYTES, total_seconds=settings.CAPTURE_TIMEOUT_SECONDS
    )
