"""Feeds and pages read into the inbox: what is new comes once, failures wait longer each time."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from pytest_django import Settings

from conditions.actions.feeds import (
    BadFeed,
    FeedItem,
    FeedKnown,
    FeedPaused,
    FeedsRead,
    add_feed,
    change_feed,
    hasten_feed,
    read_due_feeds,
)
from conditions.actions.inbox import dismiss_item, paste_address
from conditions.actions.inbox_readings import ItemsRead, read_due_items
from conditions.actions.record import PermissionMissing
from conditions.models import Event, Feed, InboxItem, User
from conditions.outbound.fetching import Limits
from conditions.rules.captures import MOST_ATTEMPTS
from conditions.rules.feeds import interval_after, pause_after_failures
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence, make_program, make_source, make_user
from tests.hostile import Server, answer, at_home, redirect, serving
from tests.outbound.test_feeds import item, rss

pytestmark = [pytest.mark.django_db, pytest.mark.network]
NOW = noon(TODAY)
HOUR = timedelta(hours=1)
SENATE = "us-senate-3899"
LIMITS = Limits(
    max_bytes=400_000,
    total_seconds=5,
    allowed_addresses=frozenset({"127.0.0.1"}),
    resolve=at_home,
)
LONG = "Syrian forces raided an Islamic State cell near Raqqa in Syria. " * 6
PAGE = (
    "<html><head><title>A raid &amp; more</title></head><body><article><p>"
    + LONG
    + "</p></article></body></html>"
).encode()


@dataclass
class Site:
    """A site whose answer can change."""

    reply: bytes = field(default_factory=lambda: answer(rss(item()), kind="text/xml"))
    server: Server = field(default_factory=lambda: Server(0))


@pytest.fixture
def site(settings: Settings) -> Iterator[Site]:
    """A site on this machine, and a tracker that may call outside."""
    settings.OUTSIDE_CALLS = True
    one = Site()

    def behave(connection: socket.socket, request: str) -> None:
        connection.sendall(one.reply)

    with serving(behave) as server:
        one.server = server
        yield one


@pytest.fixture
def analyst() -> User:
    """Who keeps the feeds."""
    return make_user("analyst")


def feed_of(site: Site, by: User, **fields: Any) -> Feed:
    return add_feed(
        item=FeedItem(**{"url": site.server.url("/feed.xml", host="localhost"), **fields}),
        by=by,
        as_of=NOW,
    )


def read(*, at: datetime = NOW, **options: Any) -> FeedsRead:
    return read_due_feeds(owner="one", clock=lambda: at, limits=LIMITS, **options)


def read_pages(*, at: datetime = NOW, **options: Any) -> ItemsRead:
    return read_due_items(owner="one", clock=lambda: at, limits=LIMITS, **options)


# --- The list of feeds ----------------------------------------------------------------------------


def test_a_feed_is_added_once_however_it_is_spelled(analyst: User) -> None:
    feed = add_feed(item=FeedItem("https://Example.org/feed/ "), by=analyst, as_of=NOW)
    assert (feed.title, feed.next_poll_at, feed.added_by) == ("example.org", NOW, analyst)
    with pytest.raises(FeedKnown, match="on the list already") as caught:
        add_feed(item=FeedItem("http://example.org/feed?utm_source=a"), by=analyst, as_of=NOW)
    assert caught.value.existing == feed
    assert Event.objects.get(verb="feed.added").after["url"] == "https://Example.org/feed/"


def test_everything_wrong_with_a_feed_is_told(analyst: User) -> None:
    with pytest.raises(BadFeed) as caught:
        add_feed(item=FeedItem("file:///etc/passwd", "t\x00", 99, "English"), by=analyst, as_of=NOW)
    paths = [fault.path for fault in caught.value.faults]
    assert paths == ["url", "title", "language", "source_id"]
    assert not Feed.objects.exists()


@pytest.mark.parametrize("code", ["zh-Hant-TW-x-y", "en-abcdefghi", "en-abcdefgh-ij"])
def test_a_language_longer_than_its_column_is_refused(analyst: User, code: str) -> None:
    with pytest.raises(BadFeed) as caught:
        add_feed(item=FeedItem("https://a.example/f", language=code), by=analyst, as_of=NOW)
    assert (caught.value.field, caught.value.value) == ("language", code)
    assert "such as en" in caught.value.remedy
    assert not Feed.objects.exists()


def test_a_feed_is_changed_paused_and_taken_up_again(analyst: User) -> None:
    feed = add_feed(item=FeedItem("https://example.org/feed"), by=analyst, as_of=NOW)
    Feed.objects.update(etag="x", failures=4, last_error="No.", next_poll_at=NOW + DAY)
    same = change_feed(feed=feed, item=FeedItem.of(feed), by=analyst, as_of=NOW)
    assert (same.failures, Event.objects.filter(verb="feed.changed").count()) == (4, 0)
    paused = replace(FeedItem.of(feed), is_active=False)
    feed = change_feed(feed=feed, item=paused, by=analyst, as_of=NOW)
    assert (feed.is_active, feed.failures) == (False, 4)
    with pytest.raises(FeedPaused):
        hasten_feed(feed=feed, by=analyst, as_of=NOW)
    feed = change_feed(feed=feed, item=replace(paused, is_active=True), by=analyst, as_of=NOW)
    assert (feed.failures, feed.last_error, feed.next_poll_at) == (0, "", NOW)
    assert feed.etag == "x"
    moved = replace(FeedItem.of(feed), url="https://example.org/other")
    feed = change_feed(feed=feed, item=moved, by=analyst, as_of=NOW)
    assert (feed.etag, feed.canonical_url) == ("", "https://example.org/other")
    other = add_feed(item=FeedItem("https://example.org/third"), by=analyst, as_of=NOW)
    with pytest.raises(FeedKnown):
        change_feed(feed=other, item=moved, by=analyst, as_of=NOW)


@pytest.mark.parametrize("role", ["viewer", "reviewer", ""])
def test_only_those_who_write_keep_feeds(analyst: User, role: str) -> None:
    feed = add_feed(item=FeedItem("https://example.org/feed"), by=analyst, as_of=NOW)
    stranger = make_user(role)
    for attempt in (
        lambda: add_feed(item=FeedItem("https://example.org/b"), by=stranger, as_of=NOW),
        lambda: change_feed(feed=feed, item=FeedItem("https://a.org/"), by=stranger, as_of=NOW),
        lambda: hasten_feed(feed=feed, by=stranger, as_of=NOW),
    ):
        with pytest.raises(PermissionMissing):
            attempt()


def test_intervals_stay_within_bounds() -> None:
    hours = [interval_after(minutes) / HOUR for minutes in (0, -5, 1, 30, 90, 1_440, 10**9)]
    assert hours == [1, 1, 0.5, 0.5, 1.5, 24, 24]
    pauses = [pause_after_failures(failures) / HOUR for failures in (0, 1, 2, 5, 6, 32_000)]
    assert pauses == [1, 1, 2, 16, 24, 24]


# --- Reading feeds --------------------------------------------------------------------------------


def test_what_is_new_waits_in_the_inbox_with_suggestions(site: Site, analyst: User) -> None:
    make_program(slug=SENATE, conditions=("ISIS",))
    source = make_source()
    feed = feed_of(site, analyst, source_id=source.pk, language="ar")
    newest = item(title="Second", link="https://example.org/2", guid="2", text=LONG)
    site.reply = answer(rss(newest, item(), head="<ttl>120</ttl>"), kind="text/xml")
    assert read() == FeedsRead(read=1, new=2)
    second, first = InboxItem.objects.all()
    assert (second.title, first.title) == ("Second", "A raid")
    assert (first.feed, first.publisher, first.language) == (feed, source.name, "ar")
    assert second.suggested[SENATE]["about"] is True
    assert (second.reading, first.reading, first.next_attempt_at) == ("none", "owed", NOW)
    feed.refresh_from_db()
    assert (feed.last_read_at, feed.next_poll_at) == (NOW, NOW + 2 * HOUR)
    assert (feed.lease_owner, feed.lease_until, feed.failures) == ("", None, 0)
    assert Event.objects.get(verb="feed.read").after == {"new": 2, "known": 0, "on_file": 0}


def test_a_text_without_title_or_page_is_called_by_its_first_line(
    site: Site, analyst: User
) -> None:
    feed_of(site, analyst)
    entries = [
        item(title="", guid="note", link="", text="Four held. And more."),
        item(title="", guid="page", text="In short."),
    ]
    site.reply = answer(rss(*entries), kind="text/xml")
    assert read() == FeedsRead(read=1, new=2)
    titles = dict(InboxItem.objects.values_list("text", "title"))
    assert titles == {"Four held. And more.": "Four held. And more.", "In short.": ""}


def test_what_is_known_dismissed_or_on_file_does_not_come_again(site: Site, analyst: User) -> None:
    feed_of(site, analyst)
    make_evidence(url="https://example.org/f", canonical_url="https://example.org/f")
    paste_address(url="https://example.org/p", by=analyst, as_of=NOW)
    entries = [
        item(),
        item(guid="other id", link="http://example.org/1?utm_medium=feed"),
        item(guid="f", link="https://example.org/f/"),
        item(guid="p", link="https://example.org/p#top"),
    ]
    site.reply = answer(rss(*entries), kind="text/xml")
    assert read() == FeedsRead(read=1, new=1, known=2, on_file=1)
    brought = InboxItem.objects.get(origin="feed")
    dismiss_item(item=brought, dismissed_as="nothing_new", reason="", by=analyst, as_of=NOW)
    moved = item(link="https://example.org/another-address")
    site.reply = answer(rss(moved, *entries[1:]), kind="text/xml")
    assert read(at=NOW + HOUR) == FeedsRead(read=1, known=3, on_file=1)
    brought.refresh_from_db()
    assert brought.state == "dismissed"
    assert InboxItem.objects.count() == 2


def test_an_unchanged_feed_writes_nothing_but_its_next_day(site: Site, analyst: User) -> None:
    feed_of(site, analyst)
    site.reply = answer(rss(item()), kind="text/xml", lines=('ETag: "v1"',))
    read()
    events = Event.objects.count()
    site.reply = b"HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n"
    assert read(at=NOW + HOUR) == FeedsRead(read=1, unchanged=1)
    assert 'If-None-Match: "v1"' in site.server.asked[-1]
    assert (Feed.objects.get().etag, Event.objects.count()) == ('"v1"', events)


def test_a_failing_feed_waits_longer_each_time_and_recovers(site: Site, analyst: User) -> None:
    feed = feed_of(site, analyst)
    site.reply = answer(b"<html><body>No</body></html>")
    at, waits = NOW, []
    for _ in range(7):
        assert read(at=at).failed == 1
        feed.refresh_from_db()
        waits.append((feed.next_poll_at - at) / HOUR)
        assert read(at=feed.next_poll_at - timedelta(seconds=1)) == FeedsRead()
        at = feed.next_poll_at
    assert waits == [1, 2, 4, 8, 16, 24, 24]
    assert feed.last_error == "It could not be read: This is a web page, not a feed."
    assert Event.objects.filter(verb="feed.not_read").count() == 1
    site.reply = answer(rss(item()), kind="text/xml")
    assert read(at=at).new == 1
    feed.refresh_from_db()
    assert (feed.failures, feed.last_error) == (0, "")


def test_a_feed_that_moved_is_read_and_says_so(site: Site, analyst: User) -> None:
    feed = feed_of(site, analyst)
    with serving(lambda c, _: c.sendall(answer(rss(item()), kind="text/xml"))) as there:
        site.reply = redirect(there.url("/new"), status=301)
        assert read().new == 1
    feed.refresh_from_db()
    assert feed.last_error.startswith(f"It has moved for good to {there.url('/new')}.")
    assert feed.failures == 0


def test_a_feed_inside_is_refused_and_kept_on_the_list(site: Site, analyst: User) -> None:
    feed = feed_of(site, analyst)
    closed = replace(LIMITS, allowed_addresses=frozenset())
    done = read_due_feeds(owner="one", clock=lambda: NOW, limits=closed)
    assert (done.failed, site.server.asked) == (1, [])
    feed.refresh_from_db()
    assert "127.0.0.1" in feed.last_error
    assert feed.next_poll_at == NOW + HOUR


def test_a_held_paused_or_early_feed_is_left_alone(site: Site, analyst: User) -> None:
    feed = feed_of(site, analyst)
    for changes in (
        {"lease_owner": "two", "lease_until": NOW + HOUR},
        {"is_active": False},
        {"next_poll_at": NOW + timedelta(seconds=1)},
    ):
        was = Feed.objects.filter(pk=feed.pk).values(*changes).get()
        Feed.objects.update(**changes)
        assert read() == FeedsRead()
        Feed.objects.update(**was)
    assert read(feed=feed).read == 1
    assert hasten_feed(feed=feed, by=analyst, as_of=NOW).next_poll_at == NOW
    assert read().read == 1


def test_nothing_is_read_while_outside_calls_are_off(
    site: Site, analyst: User, settings: Settings
) -> None:
    feed_of(site, analyst)
    item = paste_address(url=site.server.url("/page", host="localhost"), by=analyst, as_of=NOW)
    settings.OUTSIDE_CALLS = False
    assert (read(), read_pages()) == (FeedsRead(), ItemsRead())
    item.refresh_from_db()
    assert (site.server.asked, item.attempts, item.reading) == ([], 0, "owed")


# --- Reading pages --------------------------------------------------------------------------------


def test_a_pasted_address_gets_title_text_and_a_new_suggestion(site: Site, analyst: User) -> None:
    make_program(slug=SENATE, conditions=("ISIS",))
    site.reply = answer(PAGE)
    waiting = paste_address(url=site.server.url("/page", host="localhost"), by=analyst, as_of=NOW)
    assert waiting.suggested[SENATE]["about"] is False
    assert read_pages() == ItemsRead(read=1)
    waiting.refresh_from_db()
    assert (waiting.title, waiting.reading) == ("A raid & more", "done")
    assert "Islamic State" in waiting.text
    assert waiting.suggested[SENATE]["about"] is True
    assert (waiting.lease_owner, waiting.next_attempt_at) == ("", None)
    assert Event.objects.filter(verb="inboxitem.read").count() == 1


def test_a_page_that_fails_is_tried_again_and_then_given_up(site: Site, analyst: User) -> None:
    site.reply = answer(b"", status="503 Busy")
    waiting = paste_address(url=site.server.url("/page", host="localhost"), by=analyst, as_of=NOW)
    for _ in range(MOST_ATTEMPTS):
        waiting.refresh_from_db()
        assert waiting.next_attempt_at is not None
        assert read_pages(at=waiting.next_attempt_at) == ItemsRead(failed=1)
    waiting.refresh_from_db()
    assert (waiting.reading, waiting.next_attempt_at) == ("failed", None)
    assert "The site answered 503." in waiting.last_error
    assert "paste its text here" in waiting.last_error


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (answer(b"\x89PNG\r\n\x1a\n", kind="image/png"), "image/png"),
        (answer(b"<html><body></body></html>"), "No text was found"),
        (redirect("http://127.0.0.2/"), "127.0.0.2"),
        (answer(b"x" * 500_000), "larger than 400,000 bytes"),
    ],
)
def test_what_will_never_be_read_is_given_up_at_once(
    site: Site, analyst: User, reply: bytes, reason: str
) -> None:
    site.reply = reply
    waiting = paste_address(url=site.server.url("/page", host="localhost"), by=analyst, as_of=NOW)
    assert read_pages() == ItemsRead(failed=1)
    waiting.refresh_from_db()
    assert (waiting.reading, waiting.state) == ("failed", "waiting")
    assert reason in waiting.last_error


def test_a_decision_meanwhile_goes_before_the_reading(site: Site, analyst: User) -> None:
    waiting = paste_address(url=site.server.url("/page", host="localhost"), by=analyst, as_of=NOW)

    dismiss_item(item=waiting, dismissed_as="too_weak", reason="", by=analyst, as_of=NOW)
    assert read_pages() == ItemsRead()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.text, site.server.asked) == ("dismissed", "", [])


def test_two_runs_do_not_read_one_page_twice(site: Site, analyst: User) -> None:
    site.reply = answer(PAGE)
    waiting = paste_address(url=site.server.url("/page", host="localhost"), by=analyst, as_of=NOW)
    InboxItem.objects.update(lease_owner="two", lease_until=NOW + HOUR)
    assert read_pages() == ItemsRead()
    assert read_pages(at=NOW + HOUR, item=waiting) == ItemsRead(read=1)
