"""Link health: what a look at a document's address says, and when to look again.

Two looks in a row that did not find the document, a day apart at least, make its address lost. A
site that keeps us out has said nothing about the document: such a look neither adds to the misses
nor forgives them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from conditions.rules.addresses import BadAddress, canonical_address

LOST_AFTER: Final = 2
MOST_FAILURES: Final = 32_000
# Between two looks at one host, and the longest that a site may ask for.
HOST_PAUSE: Final = timedelta(seconds=10)
LONGEST_HOST_PAUSE: Final = timedelta(hours=1)
_PERMANENT: Final = frozenset({301, 308})
_WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)
_MONTH: Final = timedelta(days=30)
_HOME = re.compile(r"/*((index|home|default)(\.\w{1,5})?|[a-z]{2}(-[a-z]{2})?)?/*", re.IGNORECASE)
_NOT_FOUND = re.compile(
    r".*/(404|(page[-_]?)?not[-_]?found|error[-_]?404)(\.\w{1,5})?/?", re.IGNORECASE
)


class Came(StrEnum):
    """What came of one look."""

    ANSWERED = "answered"
    BLOCKED = "blocked"
    GONE = "gone"
    FAILED = "failed"
    REFUSED = "refused"
    UNASKED = "unasked"
    POSTPONED = "postponed"


@dataclass(frozen=True, slots=True)
class Look:
    """One look at ``url``: what came, and over which redirects (address and status of each).

    ``UNASKED`` is an address that the site's robots.txt keeps us from; ``POSTPONED`` one whose
    robots.txt could not be read today; ``REFUSED`` one that the tracker does not visit.
    """

    url: str
    came: Came
    reason: str = ""
    status: int | None = None
    final_url: str = ""
    hops: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Misses:
    """The looks in a row that did not find a document, and the moment of the last that counted."""

    count: int = 0
    last_at: datetime | None = None

    def and_one(self, at: datetime) -> Misses:
        """These and a miss ``at`` that moment, which counts if the last is a day old."""
        if self.last_at is not None and at - self.last_at < _DAY:
            return self
        return Misses(min(self.count + 1, MOST_FAILURES), at)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a look says: the state, why, where the document stands now, and how long to wait.

    ``misses`` are those in a row, this look included.
    """

    state: str
    reason: str
    final_url: str
    misses: Misses
    pause: timedelta

    @property
    def is_lost(self) -> bool:
        """Whether the document counts as no longer at its address."""
        return self.misses.count >= LOST_AFTER

    @property
    def is_miss(self) -> bool:
        """Whether this look did not find the document."""
        return self.state != "blocked" and self.misses.count > 0


def judge(look: Look, *, misses: Misses, as_of: datetime) -> Verdict:
    """What a look made at ``as_of`` says after those misses in a row.

    Found under another address by permanent redirects is moved. A redirect of a document to the
    home page, or to a page that calls itself not found, is a miss, whatever its status. Not reached
    twice in a row is gone, and so is 404 or 410 at once; either is lost only at the second miss
    that counts.
    """
    match look.came:
        case Came.ANSWERED:
            return _answered(look, misses, as_of)
        case Came.BLOCKED:
            return Verdict("blocked", look.reason, "", misses, _WEEK)
        case Came.UNASKED:
            return Verdict("blocked", look.reason, "", misses, _MONTH)
        case Came.POSTPONED:
            return Verdict("blocked", look.reason, "", misses, _DAY)
        case Came.GONE:
            return _missed("gone", look.reason, "", misses.and_one(as_of))
        case Came.FAILED | Came.REFUSED:
            counted = misses.and_one(as_of)
            state = "failed" if counted.count < LOST_AFTER else "gone"
            return _missed(state, look.reason, "", counted)


def next_look(key: str, *, after: datetime, pause: timedelta) -> datetime:
    """When to look again: ``pause`` and up to a seventh more, always the same for one ``key``.

    What was filed together is thus not looked at together for ever.
    """
    share = int(hashlib.sha256(key.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    return after + pause + pause * share / 7


def host_pause(crawl_delay: timedelta | None) -> timedelta:
    """How long a host is left alone between two looks, given what its robots.txt asks for."""
    return min(max(crawl_delay or HOST_PAUSE, HOST_PAUSE), LONGEST_HOST_PAUSE)


def _answered(look: Look, misses: Misses, as_of: datetime) -> Verdict:
    final = look.final_url or look.url
    if look.hops and (why := _why_elsewhere(look.url, final)):
        return _missed("moved", why, final, misses.and_one(as_of))
    there = _permanent_address(look)
    if _is_same(look.url, there):
        return Verdict("ok", "", "", Misses(), _WEEK)
    reason = "The site says that the document stands at another address for good."
    return Verdict("moved", reason, there, Misses(), _WEEK)


def _missed(state: str, reason: str, final_url: str, misses: Misses) -> Verdict:
    pauses = (_DAY, _WEEK, _MONTH)
    return Verdict(state, reason, final_url, misses, pauses[min(misses.count, len(pauses)) - 1])


def _why_elsewhere(url: str, final: str) -> str:
    """Why the page at which redirects ended is not the document; empty where it may be."""
    asked, came = urlsplit(url), urlsplit(final)
    is_deep = bool(asked.query) or not _HOME.fullmatch(asked.path)
    if is_deep and not came.query and _HOME.fullmatch(came.path):
        return "The address leads to a home page, not to the document."
    if _NOT_FOUND.fullmatch(came.path) and not _NOT_FOUND.fullmatch(asked.path):
        return "The address leads to a page that says that nothing was found."
    return ""


def _permanent_address(look: Look) -> str:
    """How far the redirects lead that hold for good; what follows them may change any day."""
    steps = [*(url for url, _ in look.hops), look.final_url or look.url]
    held = 0
    while held < len(look.hops) and look.hops[held][1] in _PERMANENT:
        held += 1
    return steps[held]


def _is_same(one: str, other: str) -> bool:
    try:
        return canonical_address(one) == canonical_address(other)
    except BadAddress:
        return one == other
