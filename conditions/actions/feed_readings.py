"""Reading feeds into the inbox: leased, read, and what they bring held against what is known."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from conditions.actions.feed_entries import Sorted, sort_entries
from conditions.actions.leases import MOST_ATTEMPTS, lease_one, while_time_lasts
from conditions.actions.record import record_event
from conditions.models import Feed, InboxItem
from conditions.outbound.feeds import FeedAnswer, NotAFeed, read_feed
from conditions.outbound.fetching import (
    FetchFailed,
    FetchRefused,
    Limits,
    OutsideOff,
    may_call_outside,
)
from conditions.rules.feeds import interval_after, pause_after_failures

LEASE: Final = timedelta(minutes=10)
logger = logging.getLogger(__name__)


@dataclass
class FeedsRead:
    """What one run found.

    ``read`` feeds answered, ``unchanged`` of them had nothing new to send, ``failed`` did not.
    ``new`` items came; ``known`` entries were in the inbox already, ``on_file`` among the evidence.
    """

    read: int = 0
    unchanged: int = 0
    failed: int = 0
    new: int = 0
    known: int = 0
    on_file: int = 0


def read_due_feeds(
    *,
    owner: str,
    clock: Callable[[], datetime],
    limits: Limits,
    most: int = 20,
    feed: Feed | None = None,
) -> FeedsRead:
    """Read the feeds that are due into the inbox, ``most`` at most, or ``feed`` alone.

    Nothing while outside calls are off. An entry that is known, dismissed or on file brings no
    item. Safe to run at once with others, and to be killed.
    """
    done = FeedsRead()
    for at in while_time_lasts(clock, most=most):
        held = _lease_next(owner=owner, as_of=at, feed=feed) if may_call_outside() else None
        if held is None:
            break
        _read(held, clock=clock, limits=limits, done=done)
    return done


def _lease_next(*, owner: str, as_of: datetime, feed: Feed | None) -> Feed | None:
    due = Feed.objects.due_by(as_of).select_related("source")
    if feed is not None:
        due = due.filter(pk=feed.pk)
    return lease_one(due, order="next_poll_at", owner=owner, until=as_of + LEASE)


def _read(held: Feed, *, clock: Callable[[], datetime], limits: Limits, done: FeedsRead) -> None:
    try:
        answer = read_feed(
            held.url, limits=limits, etag=held.etag, last_modified=held.last_modified
        )
        found = sort_entries(held, answer.entries, as_of=clock())
        _take(held, answer, found, as_of=clock(), done=done)
    except OutsideOff:
        _finish(held)
    except FetchRefused as refusal:
        done.failed += _miss(held, str(refusal.message), as_of=clock())
    except (FetchFailed, NotAFeed) as failure:
        done.failed += _miss(held, failure.reason, as_of=clock())
    except Exception as error:
        logger.exception("The feed %s could not be read", held.pk)
        done.failed += _miss(held, f"The tracker failed: {type(error).__name__}.", as_of=clock())


def _take(
    held: Feed, answer: FeedAnswer, found: Sorted, *, as_of: datetime, done: FeedsRead
) -> None:
    note = _note(answer)
    with transaction.atomic():
        kept = _finish(
            held,
            failures=0,
            last_error=note,
            last_read_at=as_of,
            next_poll_at=as_of + interval_after(answer.ttl_minutes),
            etag=answer.etag,
            last_modified=answer.last_modified,
        )
        if not kept:
            return
        new = _create(found.new)
        if new or note != held.last_error:
            after = {"new": new, "known": found.known, "on_file": found.on_file}
            record_event(
                verb="feed.read", subject=held, by=None, as_of=as_of, after=after, reason=note
            )
    done.read += 1
    done.unchanged += answer.is_unchanged
    done.new += new
    done.known += found.known
    done.on_file += found.on_file


def _create(items: Sequence[InboxItem]) -> int:
    """Put items into the inbox; one that came by another way meanwhile is left as it is there."""
    if not items:
        return 0
    before = InboxItem.objects.order_by("-id").values_list("id", flat=True).first() or 0
    InboxItem.objects.bulk_create(items, ignore_conflicts=True)
    mine = InboxItem.objects.filter(pk__gt=before, feed=items[0].feed)
    return mine.filter(received_at=items[0].received_at).count()


def _note(answer: FeedAnswer) -> str:
    """What somebody should know of a feed that was read all the same."""
    notes = []
    if answer.moved_to:
        notes.append(
            f"It has moved for good to {answer.moved_to}. If that is right, change its address."
        )
    if answer.left_out:
        notes.append(f"It is long: {answer.left_out} of its older entries were not read.")
    return " ".join(notes)


def _miss(held: Feed, reason: str, *, as_of: datetime) -> bool:
    failures = min(held.failures + 1, MOST_ATTEMPTS)
    told = f"It could not be read: {reason}"
    with transaction.atomic():
        kept = _finish(
            held,
            failures=failures,
            last_error=told,
            next_poll_at=as_of + pause_after_failures(failures),
        )
        if kept and told != held.last_error:
            record_event(verb="feed.not_read", subject=held, by=None, as_of=as_of, reason=reason)
    return kept


def _finish(held: Feed, **fields: object) -> bool:
    rows = Feed.objects.filter(pk=held.pk, lease_owner=held.lease_owner, url=held.url)
    return bool(rows.update(lease_owner="", lease_until=None, **fields))
