"""Leases of reminders: who holds which while it is sent, and how each one ends."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction

from conditions.actions.leases import MOST_ATTEMPTS
from conditions.models import Reminder, User
from conditions.rules.delivery import pause_after


@dataclass(frozen=True, slots=True)
class Leased:
    """A reminder that one deliverer holds until ``until``.

    ``abandoned_by`` names the deliverer that held it before and never finished; it may have sent
    it. ``event_id`` names what happened, where it is news.
    """

    id: int
    cycle_id: int
    program_id: int
    event_id: int | None
    kind: str
    offset: int
    falls_on: date
    owed_at: datetime
    attempts: int
    message_id: str
    recipient: User
    until: datetime
    abandoned_by: str


def lease_due(
    *, owner: str, as_of: datetime, limit: int, lease_for: timedelta
) -> tuple[Leased, ...]:
    """Take reminders that are due at ``as_of`` for ``owner`` alone, of ``limit`` people at most.

    At most ``limit`` single reminders come with it, and everything due of whoever wants one digest.
    Empty when nothing is due that nobody else holds.
    """
    due = Reminder.objects.due_by(as_of)
    until = as_of + lease_for
    with transaction.atomic():
        # People are taken, not rows: two deliverers must not share one person's digest. Whoever is
        # held elsewhere is passed over, so nobody waits.
        people = (
            User.objects.filter(pk__in=due.order_by().values("recipient"))
            .select_for_update(skip_locked=True, of=("self",), no_key=True)
            .order_by("pk")[:limit]
        )
        by_id = {person.pk: person for person in people}
        single = [
            pk for pk, person in by_id.items() if person.reminder_mode == User.ReminderMode.SINGLE
        ]
        ids = list(
            due.filter(recipient__in=by_id.keys() - set(single)).values_list("pk", flat=True)
        )
        ids += (
            due.filter(recipient__in=single)
            .order_by("next_attempt_at", "id")
            .values_list("pk", flat=True)[:limit]
        )
        rows = list(
            due.filter(pk__in=ids)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("cycle")
            .order_by("id")
        )
        Reminder.objects.filter(pk__in=[row.pk for row in rows]).update(
            lease_owner=owner, lease_until=until
        )
    return tuple(_leased(row, by_id[row.recipient_id], until) for row in rows)


def finish_sent(*, ids: Collection[int], owner: str, as_of: datetime) -> int:
    """Record these as sent at ``as_of``; returns how many were still held by ``owner``."""
    return _finish(ids, owner, state=Reminder.State.SENT, sent_at=as_of)


def finish_obsolete(*, ids: Collection[int], owner: str, reason: str) -> int:
    """Record that these are no longer needed, and why; returns how many ``owner`` still held."""
    return _finish(ids, owner, state=Reminder.State.OBSOLETE, last_error=reason)


def finish_failed(*, reminder: Leased, owner: str, as_of: datetime, error: str) -> int:
    """Keep one owed after a failed attempt, for another after a pause that grows."""
    attempts = min(reminder.attempts + 1, MOST_ATTEMPTS)
    return _finish(
        [reminder.id],
        owner,
        attempts=attempts,
        last_error=error[:2_000],
        next_attempt_at=as_of + pause_after(attempts),
    )


def postpone(*, ids: Collection[int], owner: str, until: datetime) -> int:
    """Keep these owed and look at them again at ``until``."""
    return _finish(ids, owner, next_attempt_at=until, last_error="")


def release(*, ids: Collection[int], owner: str) -> int:
    """Give these back untouched, for whoever leases next."""
    return _finish(ids, owner)


def _finish(ids: Collection[int], owner: str, **fields: object) -> int:
    held = Reminder.objects.filter(pk__in=list(ids), lease_owner=owner, state=Reminder.State.OWED)
    return held.update(lease_owner="", lease_until=None, **fields)


def _leased(row: Reminder, recipient: User, until: datetime) -> Leased:
    return Leased(
        id=row.pk,
        cycle_id=row.cycle_id,
        program_id=row.cycle.program_id,
        event_id=row.event_id,
        kind=row.kind,
        offset=row.offset,
        falls_on=row.falls_on,
        owed_at=row.owed_at,
        attempts=row.attempts,
        message_id=row.message_id,
        recipient=recipient,
        until=until,
        abandoned_by=row.lease_owner,
    )
