"""Events that people are told of, recorded as the actions record them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import models

from conditions.actions.official_reports import record_official_report
from conditions.actions.record import record_event
from conditions.models import Event, OfficialReport, ReviewCycle
from tests.days import noon

RUN = {
    "basis": "own",
    "counted": [1, 2],
    "periods": 2,
    "consequence": "Sanctions should be put back.",
    "legal_effect": "sense_of_legislature",
}
SAID = "Sanctions should be put back. A stated view of the legislature; it binds nobody."


def happened(
    cycle: ReviewCycle,
    verb: str,
    *,
    as_of: datetime,
    subject: models.Model | None = None,
    **told: Any,
) -> Event:
    """An event in a cycle, about ``subject`` or the cycle itself."""
    return record_event(
        verb=verb,
        subject=subject or cycle,
        by=None,
        as_of=as_of,
        program=cycle.program,
        cycle=cycle,
        **told,
    )


def fired(cycle: ReviewCycle, *, as_of: datetime, basis: str = "own") -> Event:
    """The number of periods is reached with a cycle."""
    told = {**RUN, "basis": basis}
    return happened(cycle, "escalation.fired", as_of=as_of, after=told, reason=SAID)


def withdrawn(event: Event, *, as_of: datetime) -> Event:
    """What had fired no longer holds."""
    assert event.cycle is not None
    return happened(
        event.cycle,
        "escalation.withdrawn",
        as_of=as_of,
        before=event.after,
        reason=f"{event.cycle} no longer completes the number of periods.",
    )


def make_official_report(
    cycle: ReviewCycle,
    submitted_on: date,
    *,
    released_on: date | None = None,
    replaces: OfficialReport | None = None,
    as_of: datetime | None = None,
) -> OfficialReport:
    """An official report on record, by default since the day that it was sent."""
    return record_official_report(
        cycle=cycle,
        submitted_on=submitted_on,
        released_on=released_on,
        replaces=replaces,
        note="Another day was read." if replaces else "",
        by=None,
        as_of=as_of or noon(submitted_on),
    )
