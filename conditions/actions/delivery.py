"""Delivery: lease what is due, look at how things stand now, send, finish."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conditions.actions.leases import (
    Leased,
    finish_failed,
    finish_obsolete,
    finish_sent,
    lease_due,
    postpone,
    release,
)
from conditions.models import Pulse, User
from conditions.outbound.letters import Letter, write_section
from conditions.outbound.mail import Carrier, ServerUnavailable, compose
from conditions.queries.digests import next_digests
from conditions.queries.reminders import Matter, open_matters
from conditions.rules.delivery import hour_on, not_before
from conditions.rules.ladder import RungKind

PULSE = "deliver"
BATCH = 50
LEASE = timedelta(minutes=5)
# What one message may take, with a mail server at the edge of its time limits.
LONGEST_SENDING = timedelta(minutes=2)
# After this a run ends; the next pulse goes on.
LONGEST_RUN = timedelta(minutes=10)
NO_ADDRESS = "This person has no e-mail address."
_Matters = Mapping[int, tuple[Matter, ...]]
logger = logging.getLogger(__name__)


@dataclass
class Delivered:
    """How many reminders of one run ended how."""

    sent: int = 0
    failed: int = 0
    postponed: int = 0
    obsolete: int = 0


@dataclass
class _Verdict:
    send: list[tuple[Leased, Matter]] = field(default_factory=list)
    obsolete: dict[str, list[int]] = field(default_factory=dict)
    postponed: dict[datetime, list[int]] = field(default_factory=dict)
    unaddressed: list[Leased] = field(default_factory=list)


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
    matters = open_matters({one.program_id for one in leased}, as_of)
    verdict = _judge(leased, matters, as_of)
    for reason, ids in verdict.obsolete.items():
        done.obsolete += finish_obsolete(ids=ids, owner=owner, reason=reason)
    for until, ids in verdict.postponed.items():
        done.postponed += postpone(ids=ids, owner=owner, until=until)
    for one in verdict.unaddressed:
        done.failed += finish_failed(reminder=one, owner=owner, as_of=as_of, error=NO_ADDRESS)
    _send_all(_parcels(verdict.send, matters), owner=owner, clock=clock, done=done)


def _judge(leased: Collection[Leased], matters: _Matters, as_of: datetime) -> _Verdict:
    verdict = _Verdict()
    held_back = next_digests((one.recipient for one in leased), as_of)
    for one in leased:
        person = one.recipient
        matter = _matter_of(one, matters)
        if not person.is_active:
            verdict.obsolete.setdefault("The account is no longer active.", []).append(one.id)
        elif matter is None:
            reason = "The cycle is closed or no longer tracked."
            verdict.obsolete.setdefault(reason, []).append(one.id)
        elif not matter.concerns(person.pk):
            reason = "Nothing was left to do for this person."
            verdict.obsolete.setdefault(reason, []).append(one.id)
        elif (until := _from_when(one, matter, held_back)) > as_of:
            verdict.postponed.setdefault(until, []).append(one.id)
        elif not person.email:
            verdict.unaddressed.append(one)
        else:
            verdict.send.append((one, matter))
    return verdict


def _matter_of(leased: Leased, matters: _Matters) -> Matter | None:
    for matter in matters.get(leased.program_id, ()):
        if matter.cycle.pk == leased.cycle_id:
            return matter
    return None


def _from_when(leased: Leased, matter: Matter, held_back: Mapping[int, datetime]) -> datetime:
    """From when it may go out; an extension after it was owed moves that with the due date."""
    person = leased.recipient
    falls_on = leased.falls_on
    if leased.kind != RungKind.OPENED:
        falls_on = matter.cycle.due_on + timedelta(days=leased.offset)
    if falls_on > matter.day:
        return hour_on(falls_on, hour=person.reminder_hour, time_zone=person.time_zone)
    earliest = not_before(
        falls_on=falls_on,
        owed_at=leased.owed_at,
        hour=person.reminder_hour,
        time_zone=person.time_zone,
    )
    return max(earliest, held_back.get(person.pk, earliest))


def _parcels(
    wanted: Iterable[tuple[Leased, Matter]], matters: _Matters
) -> list[tuple[list[Leased], Letter]]:
    """What goes out together: each alone, or all of a person who wants a digest.

    What a dead deliverer may have sent already goes out again as it was, with nothing new in it:
    a mail server that knows the Message-ID may throw it away.
    """
    together: dict[tuple[object, ...], list[tuple[Leased, Matter]]] = {}
    for one, matter in wanted:
        is_single = one.recipient.reminder_mode == User.ReminderMode.SINGLE
        key = (one.recipient.pk, one.abandoned_by, one.id if is_single else None)
        together.setdefault(key, []).append((one, matter))
    return [([one for one, _ in group], _letter(group, matters)) for group in together.values()]


def _letter(group: list[tuple[Leased, Matter]], matters: _Matters) -> Letter:
    first, matter = group[0]
    person = first.recipient
    named = {matter.cycle.pk: matter for _, matter in group}
    ordered = sorted(named.values(), key=lambda one: (one.days_left, one.cycle.pk))
    programs = {one.program.pk for one in ordered}
    beside = [
        other
        for program_id in programs
        for other in matters[program_id]
        if other.cycle.pk not in named and other.concerns(person.pk)
    ]
    domain = first.message_id.rpartition("@")[2]
    return Letter(
        message_id=first.message_id,
        thread=f"<cycle-{matter.cycle.pk}-{person.pk}@{domain}",
        recipient=str(person),
        address=person.email,
        sections=tuple(write_section(one, person.pk) for one in ordered),
        beside=tuple(write_section(one, person.pk) for one in beside),
    )


def _send_all(
    parcels: list[tuple[list[Leased], Letter]],
    *,
    owner: str,
    clock: Callable[[], datetime],
    done: Delivered,
) -> None:
    down = ""
    with Carrier() as carrier:
        for rows, letter in parcels:
            if down:
                _fail(rows, owner=owner, as_of=clock(), error=down, done=done)
                continue
            if clock() + LONGEST_SENDING > rows[0].until:
                # Too slow: after the lease another run might be sending the same.
                release(ids=[one.id for one in rows], owner=owner)
                continue
            try:
                carrier.carry(compose(letter, as_of=clock()))
            except ServerUnavailable as error:
                down = str(error)
                _fail(rows, owner=owner, as_of=clock(), error=down, done=done)
            except Exception as error:
                logger.exception("A reminder could not be sent: %s", letter.message_id)
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
