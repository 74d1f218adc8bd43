"""What becomes of each reminder in hand, as things stand: sent now, kept for later, or not needed.

Recipients, their time zone and the state of the thing are looked up here, not when it was owed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from conditions.actions.reminder_leases import Leased
from conditions.queries.digests import next_digests
from conditions.queries.news import News, allowed_everywhere, news_of
from conditions.queries.reminders import Matter, open_matters
from conditions.rules.delivery import hour_on, not_before
from conditions.rules.ladder import RungKind

LEFT = "The account is no longer active."
SHUT_OUT = "This person may no longer open the program."
CLOSED = "The cycle is closed or no longer tracked."
DONE = "Nothing was left to do for this person."
Matters = Mapping[int, tuple[Matter, ...]]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder in hand, with the cycle that needs its reader or what happened, not both."""

    leased: Leased
    matter: Matter | None = None
    news: News | None = None


@dataclass
class Verdict:
    """What becomes of the reminders in hand, by reason and moment; ``matters`` by program."""

    matters: Matters
    send: list[Wanted] = field(default_factory=list)
    obsolete: dict[str, list[int]] = field(default_factory=dict)
    postponed: dict[datetime, list[int]] = field(default_factory=dict)
    unaddressed: list[Leased] = field(default_factory=list)


def judge(leased: Collection[Leased], as_of: datetime) -> Verdict:
    """Look at how things stand for each, in a fixed number of queries."""
    rungs = {one.program_id for one in leased if one.event_id is None}
    verdict = Verdict(open_matters(rungs, as_of) if rungs else {})
    told = news_of({_key(one) for one in leased if one.event_id is not None}, as_of)
    allowed = _allowed(leased, told)
    held_back = next_digests((one.recipient for one in leased), as_of)
    for one in leased:
        wanted = _wanted(one, verdict.matters, told)
        person = one.recipient
        if reason := _why_not(wanted, allowed):
            verdict.obsolete.setdefault(reason, []).append(one.id)
        elif (until := _from_when(wanted, held_back)) > as_of:
            verdict.postponed.setdefault(until, []).append(one.id)
        elif not person.email:
            verdict.unaddressed.append(one)
        else:
            verdict.send.append(wanted)
    return verdict


def _key(leased: Leased) -> tuple[int, int]:
    return leased.event_id or 0, leased.offset


def _wanted(leased: Leased, matters: Matters, told: Mapping[tuple[int, int], News]) -> Wanted:
    if leased.event_id is not None:
        return Wanted(leased, news=told[_key(leased)])
    of_program = matters.get(leased.program_id, ())
    found = [matter for matter in of_program if matter.cycle.pk == leased.cycle_id]
    return Wanted(leased, matter=found[0] if found else None)


def _allowed(
    leased: Collection[Leased], told: Mapping[tuple[int, int], News]
) -> frozenset[int] | None:
    """Who may read news of programs that are not public; None where all of it is public."""
    if all(news.program.is_public for news in told.values()):
        return None
    return allowed_everywhere({one.recipient.pk for one in leased if one.event_id is not None})


def _why_not(wanted: Wanted, allowed: frozenset[int] | None) -> str:
    """Why this person need not have it; empty where they do."""
    person, matter, news = wanted.leased.recipient, wanted.matter, wanted.news
    if not person.is_active:
        return LEFT
    if news is not None:
        is_shut_out = not news.program.is_public and person.pk not in (allowed or ())
        return SHUT_OUT if is_shut_out else news.moot
    if matter is None:
        return CLOSED
    return "" if matter.concerns(person.pk) else DONE


def _from_when(wanted: Wanted, held_back: Mapping[int, datetime]) -> datetime:
    """From when it may go out; an extension after a rung was owed moves that with the due date."""
    leased, matter = wanted.leased, wanted.matter
    person, falls_on = leased.recipient, leased.falls_on
    if matter is not None and leased.kind != RungKind.OPENED:
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
