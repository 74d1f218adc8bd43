"""Feeds: added, changed and paused by people; read into the inbox by the worker."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Self
from urllib.parse import urlsplit

from django.db import IntegrityError, transaction

from conditions.actions.faults import Fault, Faulty
from conditions.actions.feed_readings import FeedsRead as FeedsRead
from conditions.actions.feed_readings import read_due_feeds as read_due_feeds
from conditions.actions.inbox_faults import CONTROL, is_language
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Feed, Source, User
from conditions.rules.addresses import BadAddress, canonical_address, require_public_address
from conditions.rules.refusals import Conflict

LONGEST_TITLE: Final = 200
_DESCRIBED = ("title", "url", "source_id", "language", "is_active")


class BadFeed(Faulty):
    """A feed cannot be described so; ``faults`` names every field."""


class FeedKnown(Conflict):
    """The feed is on the list already, perhaps under another spelling; ``existing`` is it."""

    def __init__(self, existing: Feed, url: str) -> None:
        super().__init__(
            f"This feed is on the list already, as “{existing.title}”.",
            field="url",
            value=url,
            remedy="Change that feed, instead of adding it again.",
        )
        self.existing = existing


class FeedPaused(Conflict):
    """A paused feed is not read."""


@dataclass(frozen=True, slots=True)
class FeedItem:
    """A feed as a person describes it; without a title it is called by its host.

    ``source_id`` is who publishes what it brings, where that is one source.
    """

    url: str
    title: str = ""
    source_id: int | None = None
    language: str = "en"
    is_active: bool = True

    @classmethod
    def of(cls, feed: Feed) -> Self:
        """The feed as it is, to change a part of it with ``dataclasses.replace``."""
        return cls(feed.url, feed.title, feed.source_id, feed.language, feed.is_active)

    def columns(self) -> dict[str, Any]:
        """The values of the row; call after the item was found sound."""
        url = self.url.strip()
        return {
            "title": " ".join(self.title.split()) or str(urlsplit(url).hostname)[:LONGEST_TITLE],
            "url": url,
            "source_id": self.source_id,
            "language": self.language.strip(),
            "is_active": self.is_active,
        }


def add_feed(*, item: FeedItem, by: User | None, as_of: datetime) -> Feed:
    """Put a feed on the list; it is read at the next pulse. Raises BadFeed and FeedKnown.

    Needs ``add_feed``.
    """
    require_permission(by, "add_feed", to="add feeds")
    _require_sound(item)
    feed = Feed(added_at=as_of, added_by=by, next_poll_at=as_of, **item.columns())
    feed.canonical_url = canonical_address(item.url)
    with transaction.atomic():
        _require_unknown(feed)
        _save(feed)
        record_event(
            verb="feed.added",
            subject=feed,
            by=by,
            as_of=as_of,
            after=snapshot(feed, *_DESCRIBED),
        )
    return feed


def change_feed(*, feed: Feed, item: FeedItem, by: User | None, as_of: datetime) -> Feed:
    """Describe a feed anew, pause it (``is_active`` False) or take it up again.

    What is equal changes nothing. A feed at another address, or taken up again, is read at the next
    pulse, as if it were new. Raises BadFeed and FeedKnown. Needs ``change_feed``.
    """
    require_permission(by, "change_feed", to="change feeds")
    _require_sound(item)
    with transaction.atomic():
        feed = Feed.objects.select_for_update().get(pk=feed.pk)
        before = snapshot(feed, *_DESCRIBED)
        columns = item.columns()
        if columns == before:
            return feed
        for name, value in columns.items():
            setattr(feed, name, value)
        feed.canonical_url = canonical_address(item.url)
        if feed.url != before["url"]:
            feed.etag, feed.last_modified = "", ""
        if feed.url != before["url"] or (feed.is_active and not before["is_active"]):
            feed.failures, feed.last_error, feed.next_poll_at = 0, "", as_of
            feed.lease_owner, feed.lease_until = "", None
        _require_unknown(feed)
        _save(feed)
        record_event(
            verb="feed.changed", subject=feed, by=by, as_of=as_of, before=before, after=columns
        )
    return feed


def hasten_feed(*, feed: Feed, by: User | None, as_of: datetime) -> Feed:
    """Have an active feed read at the next pulse. Raises FeedPaused. Needs ``change_feed``."""
    require_permission(by, "change_feed", to="have a feed read")
    with transaction.atomic():
        feed = Feed.objects.select_for_update().get(pk=feed.pk)
        if not feed.is_active:
            raise FeedPaused(
                "This feed is paused.",
                field="is_active",
                value=False,
                remedy="Take it up again first.",
            )
        if feed.next_poll_at > as_of:
            feed.next_poll_at = as_of
            feed.save(update_fields=["next_poll_at"])
            record_event(verb="feed.hastened", subject=feed, by=by, as_of=as_of)
    return feed


def _require_sound(item: FeedItem) -> None:
    if faults := list(_faults(item)):
        raise BadFeed(faults)


def _faults(item: FeedItem) -> Iterator[Fault]:
    try:
        require_public_address(item.url)
        canonical_address(item.url)
    except BadAddress as refusal:
        yield Fault.of(refusal, "url")
    if len(item.title.strip()) > LONGEST_TITLE or CONTROL.search(item.title):
        remedy = f"Use at most {LONGEST_TITLE} ordinary characters."
        yield Fault("title", "This title cannot be kept.", item.title[:80], remedy)
    if not is_language(item.language.strip()):
        remedy = "Give a language code such as en, ar or ku."
        yield Fault("language", "This is not a language code.", item.language[:80], remedy)
    if item.source_id is not None and not Source.objects.filter(pk=item.source_id).exists():
        remedy = "Choose a source on file, or none."
        yield Fault("source_id", "There is no such source.", item.source_id, remedy)


def _require_unknown(feed: Feed) -> None:
    existing = Feed.objects.filter(canonical_url=feed.canonical_url).exclude(pk=feed.pk).first()
    if existing is not None:
        raise FeedKnown(existing, feed.url)


def _save(feed: Feed) -> None:
    try:
        with transaction.atomic():
            feed.save()
    except IntegrityError:
        # Somebody added the same feed between our look and our write.
        _require_unknown(feed)
        raise
