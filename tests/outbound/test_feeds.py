"""Feeds from hostile servers: bounded, never rendered, never fetched by the parser itself."""

from __future__ import annotations

import gzip
import socket
from contextlib import suppress
from dataclasses import replace

import pytest
from pytest_django import Settings

from conditions.outbound.feeds import FeedAnswer, NotAFeed, read_feed
from conditions.outbound.fetching import FetchFailed, FetchRefused, Limits, OutsideOff
from tests.hostile import always, answer, redirect, serving, silence

pytestmark = pytest.mark.network
LIMITS = Limits(max_bytes=400_000, total_seconds=5, allowed_addresses=frozenset({"127.0.0.1"}))
RSS = """<?xml version="1.0" encoding="{charset}"?>
<rss version="2.0" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel>
<title>The Wire &amp; more</title>{head}
{items}
</channel></rss>"""
ITEM = (
    "<item><title>{title}</title><link>{link}</link><guid>{guid}</guid>"
    "<description>{text}</description><pubDate>Mon, 09 Mar 2026 10:00:00 GMT</pubDate></item>"
)
ATOM = b"""<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Atom</title>
<entry><id>tag:example.org,2026:1</id><title type="html">A &lt;i&gt;raid&lt;/i&gt;</title>
<link href="https://example.org/raid"/><updated>2026-03-09T10:00:00Z</updated>
<summary>Short.</summary>
<content type="html">&lt;p&gt;One.&lt;/p&gt;&lt;p&gt;Two.&lt;/p&gt;</content>
</entry></feed>"""


@pytest.fixture(autouse=True)
def _outside_on(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True


def item(**said: str) -> str:
    given = {"title": "A raid", "link": "https://example.org/1", "guid": "1", "text": "Near Raqqa."}
    return ITEM.format(**{**given, **said})


def rss(*items: str, head: str = "", charset: str = "utf-8") -> bytes:
    return RSS.format(items="".join(items), head=head, charset=charset).encode(charset)


def read(
    body: bytes, *, kind: str = "application/rss+xml", lines: tuple[str, ...] = ()
) -> FeedAnswer:
    with serving(always(answer(body, kind=kind, lines=lines))) as server:
        return read_feed(server.url("/feed.xml"), limits=LIMITS)


# --- What a feed says -----------------------------------------------------------------------------


def test_rss_is_read_with_what_it_asks_for() -> None:
    lines = ('ETag: "v1"', "Last-Modified: Mon, 09 Mar 2026 10:00:00 GMT")
    found = read(rss(item(), head="<ttl>90</ttl>"), lines=lines)
    (entry,) = found.entries
    assert (entry.title, entry.url, entry.text) == (
        "A raid",
        "https://example.org/1",
        "Near Raqqa.",
    )
    assert str(entry.published_on) == "2026-03-09"
    assert found.ttl_minutes == 90
    assert (found.etag, found.last_modified) == ('"v1"', "Mon, 09 Mar 2026 10:00:00 GMT")
    period = "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>"
    assert read(rss(item(), head=period)).ttl_minutes == 360


def test_atom_is_read_and_its_fuller_text_kept() -> None:
    (entry,) = read(ATOM, kind="application/atom+xml").entries
    assert (entry.external_id, entry.title) == ("tag:example.org,2026:1", "A raid")
    assert entry.text == "One.\nTwo."


def test_markup_becomes_words_and_scripts_vanish() -> None:
    text = (
        "&lt;p onclick=x&gt;Calm &amp;amp; quiet&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
        "&lt;style&gt;p{}&lt;/style&gt;&lt;img src=x onerror=alert(2)&gt;near Raqqa"
    )
    (entry,) = read(rss(item(title="A &lt;b&gt;bold&lt;/b&gt; raid", text=text))).entries
    assert entry.title == "A bold raid"
    assert entry.text == "Calm & quiet\nnear Raqqa"


@pytest.mark.parametrize("kind", ["application/xml; charset=ascii", "text/html; charset=zip", ""])
def test_a_wrong_or_unknown_charset_does_no_harm(kind: str) -> None:
    (entry,) = read(rss(item(title="غارة قرب الرقة"), charset="utf-8"), kind=kind).entries
    assert entry.title == "غارة قرب الرقة"
    (other,) = read(rss(item(title="غارة"), charset="cp1256"), kind="text/xml").entries
    assert other.title == "غارة"


def test_addresses_that_are_none_are_left_out() -> None:
    links = ("javascript:alert(1)", "ftp://example.org/a", "https://u:p@example.org/", "/relative")
    with serving(always(answer(rss(*(item(link=one, guid=one) for one in links))))) as server:
        found = read_feed(server.url("/feed.xml"), limits=LIMITS)
        assert [one.url for one in found.entries] == ["", "", "", server.url("/relative")]


def test_entries_and_fields_are_cut_to_what_is_kept() -> None:
    long = item(title="t" * 3_000, guid="g" * 3_000, text="x" * 60_000)
    found = read(rss(long, *(item(guid=str(number)) for number in range(300))))
    assert (len(found.entries), found.left_out) == (200, 101)
    first = found.entries[0]
    assert (len(first.title), len(first.text)) == (400, 20_000)
    assert first.external_id.startswith("sha256:")


@pytest.mark.parametrize("day", ["Mon, 99 Foo 2026", "", "Mon, 09 Mar 99999 10:00:00 GMT"])
def test_a_day_that_is_none_is_left_out(day: str) -> None:
    body = rss(item()).replace(b"Mon, 09 Mar 2026 10:00:00 GMT", day.encode())
    assert read(body).entries[0].published_on is None


# --- What is unchanged, moved or refused ----------------------------------------------------------


def test_an_unchanged_feed_is_asked_for_by_its_etag_and_sends_nothing() -> None:
    reply = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    with serving(always(reply)) as server:
        found = read_feed(
            server.url(), limits=LIMITS, etag='"v1"', last_modified="Mon, 09 Mar 2026 10:00:00 GMT"
        )
    assert (found.is_unchanged, found.entries, found.etag) == (True, (), '"v1"')
    assert 'If-None-Match: "v1"' in server.asked[0]
    assert "If-Modified-Since: Mon, 09 Mar 2026 10:00:00 GMT" in server.asked[0]


@pytest.mark.parametrize(("status", "is_told"), [(301, True), (308, True), (302, False)])
def test_a_feed_that_moved_for_good_is_read_and_says_where(status: int, is_told: bool) -> None:
    with (
        serving(always(answer(rss(item())))) as there,
        serving(always(redirect(there.url("/new"), status=status))) as here,
    ):
        found = read_feed(here.url(), limits=LIMITS)
        assert len(found.entries) == 1
        assert found.moved_to == (there.url("/new") if is_told else "")


def test_nothing_reaches_an_address_that_it_must_not() -> None:
    body = rss(
        item(link="http://127.0.0.1:{port}/a"),
        head="<image><url>http://127.0.0.1:{port}/i</url></image>",
    )
    with silence(at="127.0.0.2") as listener:
        inside = listener.url("/", host="127.0.0.2")
        with serving(always(redirect(inside))) as server, pytest.raises(FetchRefused) as caught:
            read_feed(server.url(), limits=LIMITS)
        assert "127.0.0.2" in caught.value.message
        # Nor does the parser: what a feed names is not opened.
        named = body.replace(b"127.0.0.1:{port}", f"127.0.0.2:{listener.port}".encode())
        external = f'<!DOCTYPE rss SYSTEM "{inside}rss.dtd"><?xml-stylesheet href="{inside}x.xsl"?>'
        read(named.replace(b"<rss", external.encode() + b"<rss", 1))
        no_list = replace(LIMITS, allowed_addresses=frozenset())
        with pytest.raises(FetchRefused):
            read_feed(inside, limits=no_list)


def test_nothing_is_asked_while_outside_calls_are_off(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener, pytest.raises(OutsideOff):
        read_feed(listener.url(), limits=LIMITS)


# --- What is no feed ------------------------------------------------------------------------------


PAGE = b"""<!DOCTYPE html><html><head><link rel="alternate" type="application/rss+xml"
 href="/news.rss"></head><body>News</body></html>"""
ENTITIES = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">
<!ENTITY c SYSTEM "file:///etc/passwd">]><rss version="2.0"><channel><title>&b;&c;</title>
</channel></rss>"""


@pytest.mark.parametrize(
    ("body", "kind", "reason"),
    [
        (PAGE, "text/html", "It names its feed: http://127.0.0.1:"),
        (b"<html><body>No</body></html>", "text/html", "This is a web page, not a feed."),
        (PAGE, "application/rss+xml", "This is a web page, not a feed."),
        (b"", "application/rss+xml", "The site sent nothing."),
        (b"\x00\x01\xff\xfe" * 500, "application/xml", "This is neither RSS nor Atom."),
        (b'{"items": []}', "text/plain", "This is neither RSS nor Atom."),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "text/xml", "neither RSS nor Atom"),
        (ENTITIES, "application/rss+xml", "It declares entities of its own"),
        (ENTITIES.decode().encode("utf-16"), "application/xml", "It declares entities of its own"),
        (b"%PDF-1.7", "application/pdf", "The site sends application/pdf, which is no feed."),
    ],
)
def test_what_is_no_feed_is_refused_with_a_plain_reason(
    body: bytes, kind: str, reason: str
) -> None:
    with pytest.raises(NotAFeed) as caught:
        read(body, kind=kind)
    assert reason in caught.value.reason


def test_entities_hidden_from_the_look_do_not_overflow() -> None:
    # A comment with what looks like the first element hides the declaration.
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE l [<!--<x>--><!ENTITY a "' + b"x" * 50_000 + b'">]>'
        b'<rss version="2.0"><channel><title>t</title><item><title>'
        + b"&a;" * 50_000
        + b"</title></item></channel></rss>"
    )
    with suppress(NotAFeed):
        found = read(bomb)
        assert sum(len(entry.title) for entry in found.entries) <= 400


def test_deep_nesting_ends_in_a_reason_or_in_nothing() -> None:
    with suppress(NotAFeed):
        read(b'<rss version="2.0"><channel>' + b"<item>" * 40_000)


def test_a_bomb_is_not_unpacked_and_an_endless_feed_not_read_to_its_end() -> None:
    bomb = gzip.compress(rss(item(text="x" * 3_000_000)))
    with pytest.raises(NotAFeed, match="It is larger than 400,000 bytes"):
        read(bomb, lines=("Content-Encoding: gzip",))

    def endless(connection: socket.socket, request: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n<rss><channel>")
        while True:
            connection.sendall(item().encode() * 100)

    with serving(endless) as server, pytest.raises(NotAFeed, match="larger than 400,000 bytes"):
        read_feed(server.url(), limits=LIMITS)


def test_a_feed_that_drips_is_cut_when_its_time_is_up() -> None:
    def drip(connection: socket.socket, request: str) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n")
        while True:
            connection.sendall(b" ")
            server.closed.wait(0.05)
            if server.closed.is_set():
                return

    hasty = replace(LIMITS, total_seconds=1)
    with serving(drip) as server, pytest.raises(FetchFailed, match="longer than 1 seconds"):
        read_feed(server.url(), limits=hasty)
