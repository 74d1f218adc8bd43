"""Owing captures: what is to be copied, who holds it while it is, and how each order ends."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from conditions.actions.leases import ONE_MORE_ATTEMPT, lease_one
from conditions.actions.record import require_permission
from conditions.models import Capture, CaptureOrder, Evidence, User
from conditions.rules.captures import is_fresh, is_given_up, pause_after_attempt
from conditions.rules.refusals import Invalid

# As fast as a run fetches: twenty a minute.
PACE = timedelta(seconds=3)


class NothingToFetch(Invalid):
    """A document without an address cannot be fetched."""


def order_capture(
    *, evidence: Evidence, by: User | None, as_of: datetime, asked: bool = False
) -> CaptureOrder | None:
    """Owe a copy of what stands at the document's address; the worker makes it.

    An order that is owed already stays the only one. Unless a person ``asked`` for it, None when
    there is no address, or a copy of this address younger than CAPTURE_MIN_AGE_DAYS; whoever asks
    needs the right to, and has the next attempt made at once. Raises NothingToFetch.
    """
    if asked:
        require_permission(by, "add_capture", to="ask for a capture")
    if not evidence.url:
        if not asked:
            return None
        raise NothingToFetch(
            "This document has no address to be fetched from.",
            field="url",
            value="",
            remedy="Upload it as a file, or amend the document with its address.",
        )
    if not asked and _has_fresh_copy(evidence, as_of):
        return None
    order, is_new = CaptureOrder.objects.get_or_create(
        evidence=evidence,
        state=CaptureOrder.State.OWED,
        defaults={"asked_at": as_of, "asked_by": by, "next_attempt_at": as_of},
    )
    if asked and not is_new:
        waiting = CaptureOrder.objects.filter(pk=order.pk, next_attempt_at__gt=as_of)
        waiting.update(next_attempt_at=as_of)
        order.refresh_from_db()
    return order


def owe_captures(
    evidence: Iterable[Evidence], *, by: User | None, as_of: datetime, behind: int = 0
) -> int:
    """Owe the first copies of many documents, in one statement; how many are owed.

    For documents that have no order yet. They fall due one after the other, ``behind`` so many
    others, so that a copy somebody asks for meanwhile does not wait for all of them.
    """
    due = as_of + behind * PACE
    orders = [
        CaptureOrder(
            evidence=row, asked_at=as_of, asked_by=by, next_attempt_at=due + position * PACE
        )
        for position, row in enumerate(row for row in evidence if row.url)
    ]
    return len(CaptureOrder.objects.bulk_create(orders, batch_size=500))


def owe_missing_captures(*, by: User | None, as_of: datetime) -> int:
    """Owe a copy of every document with an address of which there is none; how many are owed.

    For an operator who allows outside calls after documents were filed. Demonstrations count too.
    """
    require_permission(by, "add_capture", to="ask for a capture")
    copies = Capture.objects.stored().filter(evidence=OuterRef("pk"))
    owed = CaptureOrder.objects.filter(evidence=OuterRef("pk"), state=CaptureOrder.State.OWED)
    missing = Evidence.objects.exclude(url="").filter(~Exists(copies), ~Exists(owed))
    with transaction.atomic():
        return owe_captures(missing.only("pk", "url").order_by("pk"), by=by, as_of=as_of)


def lease_next(
    *, owner: str, as_of: datetime, lease_for: timedelta, evidence: Evidence | None = None
) -> CaptureOrder | None:
    """Take the order that has been due longest for ``owner`` alone; None when none is free.

    Taking it counts as an attempt, so that a document which kills the worker is given up too.
    """
    due = CaptureOrder.objects.due_by(as_of).select_related("evidence")
    if evidence is not None:
        due = due.filter(evidence=evidence)
    return lease_one(
        due,
        order="next_attempt_at",
        owner=owner,
        until=as_of + lease_for,
        attempts=ONE_MORE_ATTEMPT,
    )


def finish_done(order: CaptureOrder, *, as_of: datetime) -> bool:
    """End an order that brought a copy; False when somebody else holds it by now."""
    return _finish(order, state=CaptureOrder.State.DONE, finished_at=as_of, last_error="")


def finish_failed(order: CaptureOrder, *, as_of: datetime, error: str, is_final: bool) -> bool:
    """Keep an order for another attempt after a pause that grows, or give it up.

    Given up are refusals, which ``is_final`` marks, and orders that were tried often enough. False
    when somebody else holds the order by now.
    """
    if is_final or is_given_up(order.attempts):
        state = CaptureOrder.State.GIVEN_UP
        return _finish(order, state=state, finished_at=as_of, last_error=error)
    return _finish(
        order, last_error=error, next_attempt_at=as_of + pause_after_attempt(order.attempts)
    )


def release(order: CaptureOrder) -> bool:
    """Give an order back as it was before it was leased."""
    return _finish(order, attempts=max(order.attempts - 1, 0))


def _finish(order: CaptureOrder, **fields: object) -> bool:
    held = CaptureOrder.objects.filter(
        pk=order.pk, lease_owner=order.lease_owner, state=CaptureOrder.State.OWED
    )
    return bool(held.update(lease_owner="", lease_until=None, **fields))


def _has_fresh_copy(evidence: Evidence, as_of: datetime) -> bool:
    newest = (
        Capture.objects.stored()
        .filter(evidence=evidence, origin=Capture.Origin.FETCHED, url=evidence.url)
        .order_by("-captured_at")
        .first()
    )
    days = settings.CAPTURE_MIN_AGE_DAYS
    return newest is not None and is_fresh(newest.captured_at, as_of=as_of, min_age_days=days)
