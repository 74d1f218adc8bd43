"""The child process that reads a feed: it may fail, hang or fill up, and harms nobody.

Reads the bytes from its standard input and writes JSON: what the feed says in plain text, or why it
is none. Nothing is fetched here; feedparser is handed a stream, never an address.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
import resource
import sys
from collections.abc import Mapping
from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from typing import Any, Final
from urllib.parse import urljoin

import feedparser

from conditions.outbound.extracting import decoded, stored
from conditions.rules.feeds import (
    LONGEST_ID,
    LONGEST_PUBLISHER,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_ENTRIES,
)

MOST_MEMORY: Final = 1_000_000_000
MOST_CPU_SECONDS: Final = 20
# Of the markup of one entry; what lies beyond is hardly ever text.
_LONGEST_MARKUP: Final = 200_000
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_ROOT = re.compile(rb"<[a-zA-Z]")
_PAGE = re.compile(rb"<(!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_NAMED_FEED = re.compile(
    r"<link\b[^>]{0,500}type=[\"']?application/(?:rss|atom)\+xml[^>]{0,500}>", re.IGNORECASE
)
_HREF = re.compile(r"\bhref=[\"']?([^\"'\s>]{1,2000})", re.IGNORECASE)
_CHARSET = re.compile(r"(utf|iso|windows|cp|koi8|gb|big5|shift|euc|us-ascii|latin|mac)[-_a-z0-9:]*")
_MARKED_UP = ("text/html", "application/xhtml+xml")
_SILENT = {"script", "style", "template", "head", "iframe", "object", "noscript", "svg"}
_BREAKS = {
    *("p", "br", "div", "li", "ul", "ol", "tr", "table", "blockquote", "hr", "pre", "section"),
    *("article", "h1", "h2", "h3", "h4", "h5", "h6", "figure", "figcaption", "dd", "dt"),
}
_MINUTES = {"hourly": 60, "daily": 1_440, "weekly": 10_080, "monthly": 43_200, "yearly": 525_600}


class Unread(Exception):
    """What came is no feed; the message says why."""


def read(body: bytes, *, charset: str, address: str) -> dict[str, Any]:
    """What a feed says, as plain values. Raises Unread."""
    _require_plain(body, address)
    known = f"; charset={charset}" if _CHARSET.fullmatch(charset) else ""
    found = feedparser.parse(
        BytesIO(body),
        # Content-Location: what relative addresses in it are relative to.
        response_headers={"content-type": f"application/xml{known}", "content-location": address},
        resolve_relative_uris=False,
        sanitize_html=False,
    )
    if not found.get("version") and not found.entries:
        raise Unread(_why_not(body, address))
    entries = [one for entry in found.entries[:MOST_ENTRIES] if (one := _entry(entry))]
    return {
        "ttl": _ttl(found.feed),
        "left_out": max(0, len(found.entries) - MOST_ENTRIES),
        "entries": entries,
    }


def text_of_markup(markup: str) -> str:
    """The words of a piece of HTML, a line for each paragraph; nothing of it is ever shown as HTML.

    Scripts and styles are left out with what stands in them.
    """
    reader = _Words()
    reader.feed(markup[:_LONGEST_MARKUP])
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.said).split("\n"))
    return "\n".join(line for line in lines if line)


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _BREAKS:
            self.said.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in _BREAKS:
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)


def _require_plain(body: bytes, address: str) -> None:
    if not body.strip():
        raise Unread("The site sent nothing.")
    # Without its zeros, so that two bytes a letter hide nothing.
    start = body[:200_000].replace(b"\x00", b"")
    root = _ROOT.search(start)
    head = start[: root.start()] if root else start
    if _ENTITY.search(head):
        raise Unread("It declares entities of its own, which is how feeds are made to overflow.")
    if _PAGE.match(start[root.start() :] if root else b"") or _PAGE.search(head):
        raise Unread(_why_not(body, address))


def _why_not(body: bytes, address: str) -> str:
    page = decoded(body[:500_000], "")
    named = _NAMED_FEED.search(page)
    href = _HREF.search(named.group()) if named else None
    if href:
        there = stored(urljoin(address, html.unescape(href.group(1))))[:2_000]
        return f"This is a web page, not a feed. It names its feed: {there}"
    if _PAGE.search(body[:5_000]):
        return "This is a web page, not a feed."
    return "This is neither RSS nor Atom."


def _entry(entry: Mapping[str, Any]) -> dict[str, Any] | None:
    title = _line(_words(entry.get("title_detail")), LONGEST_TITLE)
    longest = max(
        (_words(part) for part in (*entry.get("content", ()), entry.get("summary_detail"))),
        key=len,
        default="",
    )
    text = _cut(stored(longest), LONGEST_TEXT)
    link = stored(str(entry.get("link") or ""))
    if not (title or text or link):
        return None
    return {
        "id": _id(str(entry.get("id") or link or f"{title}\n{text}")),
        "url": link,
        "title": title,
        "text": text,
        "publisher": _line((entry.get("source") or {}).get("title"), LONGEST_PUBLISHER),
        "published_on": _day(entry.get("published_parsed") or entry.get("updated_parsed")),
    }


def _words(detail: Mapping[str, Any] | None) -> str:
    if not detail:
        return ""
    value = str(detail.get("value") or "")
    return text_of_markup(value) if detail.get("type") in _MARKED_UP else value.strip()


def _line(text: object, most: int) -> str:
    return _cut(" ".join(stored(str(text or "")).split()), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _id(text: str) -> str:
    plain = stored(text)
    if len(plain) <= LONGEST_ID and "\n" not in plain:
        return plain
    return f"sha256:{hashlib.sha256(plain.encode()).hexdigest()}"


def _day(parsed: Any) -> str:
    try:
        return date(*parsed[:3]).isoformat()
    except (TypeError, ValueError):
        return ""


def _ttl(feed: Mapping[str, Any]) -> int:
    said = str(feed.get("ttl") or "").strip()
    if said.isascii() and said.isdigit() and len(said) < 9:
        return int(said)
    period = _MINUTES.get(str(feed.get("sy_updateperiod") or "").strip().lower(), 0)
    often = str(feed.get("sy_updatefrequency") or "1").strip()
    return period // max(1, int(often)) if often.isascii() and often.isdigit() else period


def main() -> None:
    """Bound this process, read, write."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_CPU_SECONDS, MOST_CPU_SECONDS))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        said = read(sys.stdin.buffer.read(), charset=sys.argv[1], address=sys.argv[2])
    except Unread as reason:
        said = {"unread": str(reason)}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main()
