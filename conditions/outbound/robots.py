"""Robots: what a site asks of programs that visit it, read once in a run (RFC 9309)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from protego import Protego

from conditions.outbound.fetching import FetchFailed, FetchRefused, Limits, fetch
from conditions.outbound.fetching.fetch import AGENT
from conditions.rules.link_health import LONGEST_HOST_PAUSE

MOST_BYTES: Final = 500 * 1024
NAME: Final = AGENT.partition("/")[0]
# Too many visits is no answer to what may be visited.
_TOO_MANY: Final = 429


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether one address may be visited now, and how long its host wants to be left alone.

    Where it may not, ``reason`` says why; ``is_final`` tells a site that says no from one that
    could not say anything, and ``is_reached`` is False when the site did not answer at all.
    """

    may_visit: bool
    reason: str = ""
    is_final: bool = False
    is_reached: bool = True
    crawl_delay: timedelta | None = None


class Robots:
    """What sites ask of us, each asked once for as long as this object lives."""

    def __init__(self, limits: Limits) -> None:
        self._limits = replace(
            limits,
            max_bytes=min(limits.max_bytes, MOST_BYTES),
            content_types=None,
            wants_body=True,
        )
        self._known: dict[str, Protego | Permission] = {}

    def permission(self, url: str) -> Permission:
        """Whether ``url`` may be visited now. Fetches its site's robots.txt unless it is known.

        No robots.txt (any 4xx) lets us in. A site that answers 5xx or not at all, or sends more
        than 500 KiB, does not for now. Raises OutsideOff.
        """
        parts = urlsplit(url)
        site = f"{parts.scheme}://{parts.netloc}"
        if site not in self._known:
            self._known[site] = self._read(f"{site}/robots.txt")
        known = self._known[site]
        if isinstance(known, Permission):
            return known
        delay = _delay(known)
        if known.can_fetch(url, NAME):
            return Permission(True, crawl_delay=delay)
        reason = "The site's robots.txt asks programs not to visit this address."
        return Permission(False, reason, is_final=True, crawl_delay=delay)

    def _read(self, url: str) -> Protego | Permission:
        try:
            found = fetch(url, limits=self._limits)
        except FetchFailed as failure:
            return _failed(failure)
        except FetchRefused as refusal:
            if refusal.field == "size":
                return Permission(False, "The site's robots.txt is too long to be read.")
            # It leads where we never go. Whether the document does too, its own look will tell.
            return Permission(True)
        return Protego.parse(found.body.decode("utf-8-sig", "replace"))


def _failed(failure: FetchFailed) -> Permission:
    status = failure.status
    if status is None:
        return Permission(False, failure.reason, is_reached=False)
    if 400 <= status < 500 and status != _TOO_MANY:
        return Permission(True)
    told = f"The site's robots.txt answered {status}, so nothing else is asked there for now."
    return Permission(False, told)


def _delay(robots: Protego) -> timedelta | None:
    seconds = robots.crawl_delay(NAME)
    if seconds is None or not seconds > 0:
        return None
    return timedelta(seconds=min(seconds, LONGEST_HOST_PAUSE.total_seconds()))
