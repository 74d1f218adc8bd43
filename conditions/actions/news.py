"""News: what happened, owed once to each person who is to be told of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from conditions.models import Event, Reminder, ReviewCycle, User
from conditions.outbound.links import message_host
from conditions.rules.ladder import RungKind
from conditions.rules.refusals import Invalid

# People worked on at once, which bounds the memory that a large team takes.
CHUNK = 1_000


class NewsWithoutCycle(Invalid):
    """News of an event that belongs to no review cycle, and so has no place among reminders."""


def owe_news(
    *,
    event: Event,
    to: Iterable[int],
    as_of: datetime,
    falls_on: date | None = None,
    offset: int = 0,
) -> int:
    """Owe each active person of ``to``, by id, one message about the event; returns how many new.

    It is owed from the legal day ``falls_on``, or that of ``as_of``. Safe to repeat: of one event
    and ``offset``, nobody is told twice. The caller holds the program. Raises NewsWithoutCycle.
    """
    return len(owe_each(event=event, to=to, as_of=as_of, falls_on=falls_on, offset=offset))


def owe_each(
    *, event: Event, to: Iterable[int], as_of: datetime, falls_on: date | None, offset: int
) -> tuple[int, ...]:
    """As ``owe_news``; returns the ids of those who are told of it now."""
    cycle = _cycle_of(event)
    falls_on = falls_on or cycle.program.day_of(as_of)
    people = iter(sorted(set(to)))
    owed: list[int] = []
    while chunk := list(islice(people, CHUNK)):
        rows = [
            Reminder(
                cycle=cycle,
                condition_id=event.condition_id,
                event=event,
                kind=RungKind.NEWS.value,
                offset=offset,
                recipient_id=person,
                falls_on=falls_on,
                owed_at=as_of,
                next_attempt_at=as_of,
                message_id=news_id(event.pk, offset, person),
            )
            for person in _yet_to_be_told(event, offset, chunk)
        ]
        # Where another process owed the same meanwhile, its row is the one.
        Reminder.objects.bulk_create(rows, ignore_conflicts=True)
        owed += [row.recipient_id for row in rows]
    return tuple(owed)


def news_id(event_id: int, offset: int, recipient_id: int) -> str:
    """The Message-ID of news: the same whenever, and however often, it is sent."""
    return f"<news-{event_id}-{offset}-{recipient_id}@{message_host()}>"


def _cycle_of(event: Event) -> ReviewCycle:
    if event.cycle is None:
        # Looked at here: where conflicts are ignored, SQLite passes over a missing cycle silently.
        raise NewsWithoutCycle(
            f"The event {event.verb} belongs to no review cycle.",
            field="event",
            value=event.pk,
            remedy="Record the event with the cycle that it happened in.",
        )
    return event.cycle


def _yet_to_be_told(event: Event, offset: int, people: Sequence[int]) -> Iterator[int]:
    told = Reminder.objects.filter(event=event, offset=offset).values("recipient")
    rows = User.objects.filter(pk__in=people, is_active=True).exclude(pk__in=told)
    yield from rows.order_by("pk").values_list("pk", flat=True)
