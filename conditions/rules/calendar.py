"""The review calendar: half-open spans of legal days, from an anchor to an end or without one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import count
from types import MappingProxyType

from conditions.rules.days import Roll as Roll
from conditions.rules.days import legal_day as legal_day
from conditions.rules.days import rolled
from conditions.rules.refusals import Invalid

SHORTEST_INTERVAL = 7
LONGEST_INTERVAL = 3660
HORIZON = date(2999, 12, 31)
_NOTHING: Mapping[int, date] = MappingProxyType({})


class Basis(StrEnum):
    """What the next due date is counted from."""

    DUE_DATE = "due_date"
    ANCHOR = "anchor"
    CLOSING = "closing"


class CycleState(StrEnum):
    """What a cycle is on a day, which says nothing about whether its conditions are met."""

    UPCOMING = "upcoming"
    OPEN = "open"
    DUE = "due"
    OVERDUE = "overdue"
    CLOSED = "closed"
    SKIPPED = "skipped"
    UNTRACKED = "untracked"


class BadCalendar(Invalid):
    """A calendar or an extension that no series of cycles can follow."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The rhythm a legal text sets: anchor, intervals in days, and the first day without it."""

    anchor: date
    first_interval: int
    interval: int
    basis: Basis = Basis.DUE_DATE
    roll: Roll = Roll.NONE
    until: date | None = None

    def __post_init__(self) -> None:
        for field in ("first_interval", "interval"):
            days = getattr(self, field)
            if not SHORTEST_INTERVAL <= days <= LONGEST_INTERVAL:
                message = f"A review every {days} days is no rhythm."
                remedy = f"Give {SHORTEST_INTERVAL} to {LONGEST_INTERVAL} days."
                raise BadCalendar(message, field=field, value=days, remedy=remedy)
        for field, day in (("anchor", HORIZON), ("until", self.until)):
            if day is not None and day <= self.anchor:
                raise BadCalendar(
                    f"The calendar ends on {day}, before it begins on {self.anchor}.",
                    field=field,
                    value=getattr(self, field),
                    remedy="Give an end that lies after the anchor, or none.",
                )


@dataclass(frozen=True, slots=True)
class Span:
    """One cycle in the calendar: legal days from ``starts_on`` up to, not including, ``due_on``."""

    number: int
    starts_on: date
    scheduled_due_on: date
    due_on: date


@dataclass(frozen=True, slots=True)
class DayCount:
    """Day ``day`` of ``of``, with ``left`` days to go; ``left`` is negative once overdue."""

    day: int
    of: int
    left: int


def spans(
    calendar: Calendar,
    *,
    extensions: Mapping[int, date] = _NOTHING,
    closings: Mapping[int, date] = _NOTHING,
) -> Iterator[Span]:
    """The cycles in order, lazily: contiguous half-open spans of legal days, numbered from 1.

    ``extensions`` gives the due date of an extended cycle, ``closings`` the day one was closed;
    without ``until`` the series runs to HORIZON. Raises BadCalendar for an extension that is not
    later than the scheduled date. The default reads "thereafter" of P.L. 119-60, section 8369.
    """
    ends = min(calendar.until or HORIZON, HORIZON)
    starts_on = calendar.anchor
    counted = calendar.anchor + timedelta(days=calendar.first_interval)
    for number in count(1):
        # A date not after the one last in force would make an empty cycle: take the next.
        while min(counted, rolled(counted, calendar.roll)) <= starts_on:
            counted = _following(calendar, counted)
        if counted >= ends:
            return
        scheduled = rolled(counted, calendar.roll)
        overtaken = calendar.basis is Basis.CLOSING and number - 1 in closings
        due_on = _in_force(number, scheduled, extensions.get(number), overtaken=overtaken)
        yield Span(number, starts_on, scheduled, due_on)
        starts_on = due_on
        counted = _following(calendar, counted if due_on == scheduled else due_on)
        if calendar.basis is Basis.CLOSING and _sets_the_next(number, counted, closings):
            counted = closings[number] + timedelta(days=calendar.interval)


def spans_until(
    calendar: Calendar,
    day: date,
    *,
    ahead: int = 2,
    extensions: Mapping[int, date] = _NOTHING,
    closings: Mapping[int, date] = _NOTHING,
) -> tuple[Span, ...]:
    """All cycles begun by ``day`` and the ``ahead`` next ones; fewer where the series ends."""
    found: list[Span] = []
    for span in spans(calendar, extensions=extensions, closings=closings):
        if span.starts_on > day:
            if ahead <= 0:
                break
            ahead -= 1
        found.append(span)
    return tuple(found)


def span_on(
    calendar: Calendar,
    day: date,
    *,
    extensions: Mapping[int, date] = _NOTHING,
    closings: Mapping[int, date] = _NOTHING,
) -> Span | None:
    """The cycle whose days include ``day``; None before the anchor and after the series ends."""
    for span in spans(calendar, extensions=extensions, closings=closings):
        if day < span.due_on:
            return span if span.starts_on <= day else None
    return None


def day_of(span: Span, day: date) -> DayCount:
    """How far ``day`` is into a cycle, in days; the day after the start is day 1 (domain 1.5)."""
    gone, left = (day - span.starts_on).days, (span.due_on - day).days
    return DayCount(day=gone, of=gone + left, left=left)


def cycle_state(
    *,
    starts_on: date,
    due_on: date,
    closed_on: date | None,
    tracked_from: date,
    day: date,
    is_skipped: bool = False,
) -> CycleState:
    """What a cycle is on ``day``; one that ended on or before ``tracked_from`` is nobody's debt.

    One closed without a review, ``is_skipped``, is skipped from the day of its closing on.
    """
    if closed_on is not None and closed_on <= day:
        return CycleState.SKIPPED if is_skipped else CycleState.CLOSED
    if due_on <= tracked_from:
        return CycleState.UNTRACKED
    if day < starts_on:
        return CycleState.UPCOMING
    if day < due_on:
        return CycleState.OPEN
    return CycleState.DUE if day == due_on else CycleState.OVERDUE


def _following(calendar: Calendar, counted: date) -> date:
    if calendar.basis is Basis.ANCHOR:
        multiples = (counted - calendar.anchor).days // calendar.interval + 1
        return calendar.anchor + timedelta(days=multiples * calendar.interval)
    return counted + timedelta(days=calendar.interval)


def _sets_the_next(number: int, projected: date, closings: Mapping[int, date]) -> bool:
    # A closing so late that the cycle after next has begun, or the next is closed, moves nobody.
    closed_on, next_closed_on = closings.get(number), closings.get(number + 1)
    if closed_on is None or closed_on >= projected:
        return False
    return next_closed_on is None or next_closed_on > closed_on


def _in_force(number: int, scheduled: date, due_on: date | None, *, overtaken: bool) -> date:
    # A late closing may carry the schedule past an extension granted before it: the later holds.
    if due_on is None or (overtaken and due_on <= scheduled):
        return scheduled
    latest = scheduled + timedelta(days=LONGEST_INTERVAL)
    if not scheduled < due_on <= latest:
        raise BadCalendar(
            f"Cycle {number} cannot be extended to {due_on}: it is scheduled for {scheduled}.",
            field="due_on",
            value=due_on,
            remedy=f"Give a day after {scheduled}, {latest} at the latest.",
        )
    return due_on
