"""News of official reports that should become public: as their window opens, and as it closes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from conditions.actions.news import owe_each
from conditions.actions.reminders import Owed
from conditions.models import Event, OfficialReport, Program, Reminder, User
from conditions.queries.news import CLOSES, OPENS
from conditions.queries.recipients import managers_of
from conditions.rules.ladder import RungKind
from conditions.rules.release import window_of

_ABOUT = {OPENS: "release window opens", CLOSES: "release window closes"}


def owe_release_news(*, program: Program, as_of: datetime) -> tuple[Owed, ...]:
    """Owe the managers the news of each report whose release window opened or closes by ``as_of``.

    Where both days have come, only the later is told of. Safe to repeat, at once or late; whoever
    was told of a window is not told again because its record was replaced.
    """
    with transaction.atomic():
        [program] = Program.objects.hold(program.pk)
        waiting = _waiting(program, as_of)
        managers = managers_of([program.pk])[program.pk] if waiting else frozenset()
        owed: list[Owed] = []
        for report in waiting:
            owed += _owe(report, managers, program=program, as_of=as_of)
    return tuple(owed)


def _waiting(program: Program, as_of: datetime) -> list[OfficialReport]:
    """The standing records of reports that are not public and whose window has opened."""
    day = program.day_of(as_of)
    rows = OfficialReport.objects.known_at(as_of).filter(
        cycle__program=program, released_on__isnull=True
    )
    found = rows.select_related("cycle").order_by("cycle__number")
    return [report for report in found if window_of(report.submitted_on).opens_on <= day]


def _owe(
    report: OfficialReport, managers: frozenset[int], *, program: Program, as_of: datetime
) -> list[Owed]:
    event = Event.objects.filter(
        subject_type="officialreport", subject_id=str(report.pk), cycle=report.cycle
    ).first()
    if event is None:
        return []
    window = window_of(report.submitted_on)
    closes = window.closes_on <= program.day_of(as_of)
    offset = CLOSES if closes else OPENS
    falls_on = window.closes_on if closes else window.opens_on
    told = Reminder.objects.filter(
        cycle=report.cycle,
        kind=RungKind.NEWS.value,
        offset=offset,
        falls_on=falls_on,
        state=Reminder.State.SENT,
        event__subject_type="officialreport",
    )
    people = managers - set(told.order_by().values_list("recipient", flat=True))
    new = owe_each(event=event, to=people, as_of=as_of, falls_on=falls_on, offset=offset)
    names = User.objects.filter(pk__in=new).order_by("pk").values_list("username", flat=True)
    return [
        Owed(name, report.cycle.number, RungKind.NEWS, offset, falls_on, _ABOUT[offset])
        for name in names
    ]
