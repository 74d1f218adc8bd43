"""The first due dates of a program: those on file, and where its calendar goes from there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice

from conditions.models import Program
from conditions.queries.cycles import CycleDates
from conditions.rules.calendar import BadCalendar, Span, spans


@dataclass(frozen=True, slots=True)
class DueDate:
    """One due date in force, ``days`` after the one before it or after the anchor."""

    number: int
    due_on: date
    scheduled_due_on: date
    days: int

    @property
    def is_extended(self) -> bool:
        """Whether the due date in force is not the scheduled one."""
        return self.due_on != self.scheduled_due_on


def first_due_dates(
    program: Program, cycles: Sequence[CycleDates], *, most: int
) -> tuple[DueDate, ...]:
    """The first ``most`` due dates, or fewer where the series ends. No query.

    ``cycles`` are all on file as known then; a calendar that was changed since does not go on
    from them, and nothing is projected.
    """
    series: list[CycleDates | Span] = list(cycles[:most])
    for span in _projected(program, cycles, most)[len(series) :]:
        if series and span.starts_on != series[-1].due_on:
            break
        series.append(span)
    return tuple(
        DueDate(row.number, row.due_on, row.scheduled_due_on, (row.due_on - row.starts_on).days)
        for row in series
    )


def _projected(program: Program, cycles: Sequence[CycleDates], most: int) -> list[Span]:
    extensions = {row.number: row.due_on for row in cycles if row.is_extended}
    closings = {row.number: row.closed_on for row in cycles if row.closed_on}
    try:
        return list(islice(spans(program.calendar, extensions=extensions, closings=closings), most))
    except BadCalendar:
        # An extension granted under a calendar that was changed since.
        return []
