"""Reading the pages of inbox items: owed, leased, read once, tried again or given up."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from conditions.actions.inbox_faults import LONGEST
from conditions.actions.leases import ONE_MORE_ATTEMPT, lease_one, while_time_lasts
from conditions.actions.record import record_event
from conditions.actions.triage_suggesting import suggested_for, triages_in_use
from conditions.models import InboxItem
from conditions.outbound.fetching import (
    FetchFailed,
    FetchRefused,
    Limits,
    OutsideOff,
    fetch,
    may_call_outside,
)
from conditions.outbound.fetching.texts import READABLE, text_of
from conditions.outbound.page_titles import title_of
from conditions.rules.captures import TEXT, is_given_up, pause_after_attempt

# Beyond the time that a fetch and the search for its text may take.
LEASE: Final = timedelta(minutes=10)
BY_HAND: Final = "Open it yourself and paste its text here."
logger = logging.getLogger(__name__)


@dataclass
class ItemsRead:
    """How many pages of one run were read, and how many could not be."""

    read: int = 0
    failed: int = 0


def read_due_items(
    *,
    owner: str,
    clock: Callable[[], datetime],
    limits: Limits,
    most: int = 20,
    item: InboxItem | None = None,
) -> ItemsRead:
    """Read the pages that are owed and due, ``most`` at most, of ``item`` alone if it is given.

    Nothing while outside calls are off: what is owed stays owed. Safe to run at once with others.
    The suggestion is made anew from the text that came.
    """
    done = ItemsRead()
    for at in while_time_lasts(clock, most=most):
        held = _lease_next(owner=owner, as_of=at, item=item) if may_call_outside() else None
        if held is None:
            break
        _read(held, clock=clock, limits=limits, done=done)
    return done


def _lease_next(*, owner: str, as_of: datetime, item: InboxItem | None) -> InboxItem | None:
    due = InboxItem.objects.owed_by(as_of)
    if item is not None:
        due = due.filter(pk=item.pk)
    return lease_one(
        due,
        order="next_attempt_at",
        owner=owner,
        until=as_of + LEASE,
        attempts=ONE_MORE_ATTEMPT,
    )


def _read(
    held: InboxItem, *, clock: Callable[[], datetime], limits: Limits, done: ItemsRead
) -> None:
    own = replace(limits, content_types=READABLE | {TEXT})
    try:
        found = fetch(held.url, limits=own)
        text = text_of(found.body, content_type=found.content_type, charset=found.charset).text
        title = held.title or title_of(found.body, found.content_type, found.charset)
    except OutsideOff:
        _finish(held, attempts=max(held.attempts - 1, 0))
    except FetchRefused as refusal:
        done.failed += _fail(held, refusal.message, is_final=True, as_of=clock())
    except FetchFailed as failure:
        done.failed += _fail(held, failure.reason, is_final=False, as_of=clock())
    except Exception as error:
        logger.exception("The page of inbox item %s could not be read", held.pk)
        reason = f"The tracker failed: {type(error).__name__}."
        done.failed += _fail(held, reason, is_final=False, as_of=clock())
    else:
        if text.strip():
            done.read += _keep(held, title, text[: LONGEST["text"]], as_of=clock())
        else:
            reason = "No text was found in what stands there."
            done.failed += _fail(held, reason, is_final=True, as_of=clock(), title=title)


def _keep(held: InboxItem, title: str, text: str, *, as_of: datetime) -> bool:
    # A feed's summary that says more than the page stays: some pages hold a line and a film.
    said = text if len(text) >= len(held.text) else held.text
    suggested = suggested_for(triages_in_use(), title=title, text=said)
    with transaction.atomic():
        kept = _finish(
            held,
            title=title,
            text=said,
            suggested=suggested,
            reading=InboxItem.Reading.DONE,
            next_attempt_at=None,
            last_error="",
        )
        if kept:
            _tell("inboxitem.read", held, {"characters": len(said)}, as_of=as_of)
    return kept


def _fail(
    held: InboxItem, reason: str, *, is_final: bool, as_of: datetime, title: str = ""
) -> bool:
    told = f"The page could not be read: {reason}"
    fields: dict[str, object] = {"last_error": told, "title": title or held.title}
    if is_final or is_given_up(held.attempts):
        fields |= {
            "reading": InboxItem.Reading.FAILED,
            "next_attempt_at": None,
            "last_error": f"{told} {BY_HAND}",
        }
    else:
        fields["next_attempt_at"] = as_of + pause_after_attempt(held.attempts)
    with transaction.atomic():
        kept = _finish(held, **fields)
        if kept:
            _tell("inboxitem.not_read", held, {"attempts": held.attempts}, reason, as_of=as_of)
    return kept


def _finish(held: InboxItem, **fields: object) -> bool:
    """Write what came of it, unless somebody else holds the item by now or has decided on it."""
    rows = InboxItem.objects.waiting().filter(
        pk=held.pk, lease_owner=held.lease_owner, reading=InboxItem.Reading.OWED
    )
    return bool(rows.update(lease_owner="", lease_until=None, **fields))


def _tell(
    verb: str, held: InboxItem, after: dict[str, object], reason: str = "", *, as_of: datetime
) -> None:
    record_event(verb=verb, subject=held, by=None, as_of=as_of, after=after, reason=reason)
