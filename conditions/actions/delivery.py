"""Delivery: lease what is due, look at how things stand now, send, finish."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from conditions.actions.parcels import Parcel, parcels
from conditions.actions.reminder_leases import (
    Leased,
    finish_failed,
    finish_obsolete,
    finish_sent,
    lease_due,
    postpone,
    release,
)
from conditions.actions.verdicts import judge
from conditions.models import Pulse
from conditions.outbound.mail import Carrier, ServerUnavailable, compose

PULSE = "deliver"
BATCH = 50
LEASE = timedelta(minutes=5)
# What one message may take, with a mail server at the edge of its time limits.
LONGEST_SENDING = timedelta(minutes=2)
# After this a run ends; the next pulse goes on.
LONGEST_RUN = timedelta(minutes=10)
NO_ADDRESS = "This person has no e-mail address."
logger = logging.getLogger(__name__)


@dataclass
class Delivered:
    """How many reminders of one run ended how."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    obsolete: int = 0


def deliver_due(*, owner: str, clock: Callable[[], datetime], is_pulse: bool = False) -> Delivered:
    """Send every reminder that is due and still wanted.

    ``clock`` tells the moment, since sending takes time; ``owner`` is a name of this run alone. A
    failure keeps the reminder owed, for later. Safe to run at once with others, and to be killed:
    what was sent but not recorded then is sent once more, with the same Message-ID. ``is_pulse``
    records the run for health; ``clock`` is the real one then.
    """
    done = Delivered()
    begun = clock()
    while clock() - begun <= LONGEST_RUN:
        leased = lease_due(owner=owner, as_of=clock(), limit=BATCH, lease_for=LEASE)
        if not leased:
            break
        _deliver(leased, owner=owner, clock=clock, done=done)
    if is_pulse:
        detail = {"sent": done.sent, "failed": done.failed}
        Pulse.objects.update_or_create(name=PULSE, defaults={"beat_at": clock(), "detail": detail})
    return done


def _deliver(
    leased: Collection[Leased], *, owner: str, clock: Callable[[], datetime], done: Delivered
) -> None:
    as_of = clock()
    verdict = judge(leased, as_of)
    for reason, ids in verdict.obsolete.items():
        done.obsolete += finish_obsolete(ids=ids, owner=owner, reason=reason)
    for until, ids in verdict.postponed.items():
        done.postponed += postpone(ids=ids, owner=owner, until=until)
    for one in verdict.unaddressed:
        done.failed += finish_failed(reminder=one, owner=owner, as_of=as_of, error=NO_ADDRESS)
    _send_all(parcels(verdict.send, verdict.matters), owner=owner, clock=clock, done=done)


def _send_all(
    outgoing: list[Parcel],
    *,
    owner: str,
    clock: Callable[[], datetime],
    done: Delivered,
) -> None:
    down = ""
    with Carrier() as carrier:
        for parcel in outgoing:
            rows = parcel.leased
            if down:
                _fail(rows, owner=owner, as_of=clock(), error=down, done=done)
                continue
            if clock() + LONGEST_SENDING > rows[0].until:
                # Too slow: after the lease another run might be sending the same.
                release(ids=[one.id for one in rows], owner=owner)
                continue
            try:
                carrier.carry(compose(parcel.letter(), as_of=clock()))
            except ServerUnavailable as error:
                down = str(error)
                _fail(rows, owner=owner, as_of=clock(), error=down, done=done)
            except Exception as error:
                logger.exception("A reminder could not be sent: %s", rows[0].message_id)
                told = f"{type(error).__name__}: {error}"
                _fail(rows, owner=owner, as_of=clock(), error=told, done=done)
            else:
                ids = [one.id for one in rows]
                done.sent += finish_sent(ids=ids, owner=owner, as_of=clock())
    if down:
        logger.warning("The mail server is not available: %s", down)


def _fail(
    rows: Iterable[Leased], *, owner: str, as_of: datetime, error: str, done: Delivered
) -> None:
    for one in rows:
        done.failed += finish_failed(reminder=one, owner=owner, as_of=as_of, error=error)
