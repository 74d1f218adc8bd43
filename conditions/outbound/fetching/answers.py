"""What comes of a fetch: an answer, a refusal that stands, or a failure that may pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from conditions.rules.refusals import Conflict, Invalid

Kind = Literal["blocked", "gone", "failed"]


class OutsideOff(Conflict):
    """Nothing is fetched from outside until an operator allows it."""


class FetchRefused(Invalid):
    """The tracker does not fetch this, today or later: trying again changes nothing."""


class FetchFailed(Exception):
    """Nothing came this time. ``kind`` says how: blocked by the site, gone, or failed.

    ``status`` is the HTTP status where there was one, ``final_url`` where the redirects ended.
    """

    def __init__(
        self, reason: str, *, kind: Kind = "failed", status: int | None = None, final_url: str = ""
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.kind: Kind = kind
        self.status = status
        self.final_url = final_url


@dataclass(frozen=True, slots=True)
class Hop:
    """One redirect that was followed; ``note`` says when it left encryption behind."""

    url: str
    status: int
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fetched:
    """A complete answer. ``body`` is what the site sent, unpacked and otherwise unchanged.

    ``content_type`` is bare and in lower case; ``charset`` is empty when the site names none.
    ``headers`` are the lines of the last answer, without cookies.
    """

    final_url: str
    hops: tuple[Hop, ...]
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    content_type: str
    charset: str
