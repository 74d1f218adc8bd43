"""Feeds from outside: fetched like any document, read in a child process, reduced to plain text."""

from __future__ import annotations

import json
import logging
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from django.conf import settings

from conditions.outbound.fetching import Fetched, FetchRefused, Limits, fetch
from conditions.rules.addresses import BadAddress, require_address
from conditions.rules.feeds import MOST_BYTES

LONGEST_SECONDS: Final = 40
# Feeds are sent as all of these; what they are is told by what stands in them.
FEED_TYPES: Final = frozenset(
    {
        *("application/rss+xml", "application/atom+xml", "application/rdf+xml"),
        *("application/xml", "text/xml", "text/plain", "text/html", "application/xhtml+xml"),
        *("application/octet-stream", "application/x-rss+xml", "application/rss", ""),
    }
)
_FOR_GOOD: Final = frozenset({301, 308})
_NOT_MODIFIED: Final = 304
_SENDABLE = re.compile(r"[\x20-\x7e]+")
logger = logging.getLogger(__name__)


class NotAFeed(Exception):
    """What came is no feed that can be read; ``reason`` says why in a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a feed, in plain text and cut to what is kept; what it lacks is empty."""

    external_id: str
    url: str
    title: str
    text: str
    publisher: str
    published_on: date | None


@dataclass(frozen=True, slots=True)
class FeedAnswer:
    """What a feed said. ``is_unchanged`` when it had nothing new to send; then it has no entries.

    ``ttl_minutes`` is how long it asks to be left alone, 0 where it does not say. ``moved_to`` is
    where it says it has moved for good; ``left_out`` counts entries beyond the most that are read.
    """

    is_unchanged: bool
    entries: tuple[Entry, ...] = ()
    etag: str = ""
    last_modified: str = ""
    ttl_minutes: int = 0
    moved_to: str = ""
    left_out: int = 0


def read_feed(url: str, *, limits: Limits, etag: str = "", last_modified: str = "") -> FeedAnswer:
    """Fetch and read a feed. Raises what ``fetch`` raises, and NotAFeed."""
    found = _fetched(url, limits, etag, last_modified)
    if found.status == _NOT_MODIFIED:
        return FeedAnswer(
            is_unchanged=True, etag=etag, last_modified=last_modified, moved_to=_moved_to(found)
        )
    said = _read(found)
    headers = {name.lower(): value for name, value in found.headers}
    return FeedAnswer(
        is_unchanged=False,
        entries=tuple(map(_entry, said["entries"])),
        etag=_sendable(headers.get("etag", ""), 300),
        last_modified=_sendable(headers.get("last-modified", ""), 100),
        ttl_minutes=said["ttl"],
        moved_to=_moved_to(found),
        left_out=said["left_out"],
    )


def _fetched(url: str, limits: Limits, etag: str, last_modified: str) -> Fetched:
    asked = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    own = replace(limits, max_bytes=min(limits.max_bytes, MOST_BYTES), content_types=FEED_TYPES)
    try:
        return fetch(
            url, limits=own, conditional={name: value for name, value in asked.items() if value}
        )
    except FetchRefused as refusal:
        if refusal.field == "content_type":
            raise NotAFeed(f"The site sends {refusal.value}, which is no feed.") from None
        if refusal.field == "size":
            raise NotAFeed(f"It is larger than {own.max_bytes:,} bytes.") from None
        raise


def _read(found: Fetched) -> dict[str, Any]:
    command = [sys.executable, "-m", "conditions.outbound.feed_reading"]
    try:
        done = subprocess.run(
            [*command, found.charset, found.final_url],
            input=found.body,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=True,
            cwd=settings.BASE_DIR,
        )
        said: dict[str, Any] = json.loads(done.stdout)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        logger.warning("A feed could not be read: %s", type(error).__name__)
        raise NotAFeed("It could not be read within the time and memory it may take.") from None
    if "unread" in said:
        raise NotAFeed(str(said["unread"]))
    return said


def _entry(said: Mapping[str, Any]) -> Entry:
    day = said["published_on"]
    return Entry(
        external_id=said["id"],
        url=_address(said["url"]),
        title=said["title"],
        text=said["text"],
        publisher=said["publisher"],
        published_on=date.fromisoformat(day) if day else None,
    )


def _address(text: str) -> str:
    try:
        return require_address(text) if text else ""
    except BadAddress:
        return ""


def _moved_to(found: Fetched) -> str:
    """Where every redirect on the way was for good."""
    is_for_good = found.hops and all(hop.status in _FOR_GOOD for hop in found.hops)
    return found.final_url if is_for_good else ""


def _sendable(value: str, most: int) -> str:
    return value if len(value) <= most and _SENDABLE.fullmatch(value) else ""
