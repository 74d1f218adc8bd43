"""Cycles, official findings and events, as rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from conditions.models import OfficialFinding, Program, Publication, ReviewCycle
from conditions.queries.events import visible_events
from conditions.queries.lists.filters import day, moment, number, one_of, text, yes_no
from conditions.queries.lists.paging import Listing
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.calendar import Span, cycle_state, day_of, legal_day


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One review period, and day ``day`` of ``of`` it is in now, with ``left`` to go.

    ``state`` is upcoming, open, due, overdue, closed, skipped (closed without a review, for the
    reason in ``closing_note``) or untracked. ``published_version`` is the newest of its report.
    """

    id: int
    program: str
    number: int
    starts_on: date
    due_on: date
    scheduled_due_on: date
    closed_at: datetime | None
    closed_on: date | None
    is_skipped: bool
    closing_note: str
    is_demonstration: bool
    published_version: int | None
    published_at: datetime | None
    time_zone: str
    tracked_from: date
    state: str = ""
    day: int = 0
    of: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class OfficialFindingRow:
    """What the assessor of record said on a condition; ``document`` is an evidence key."""

    id: int
    program: str
    condition: str
    cycle: int
    finding: str
    found_on: date
    document: str | None
    document_sensitivity: str | None
    note: str
    corrects: int | None
    is_corrected: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EventRow:
    """One write. The person, and what was before and after, are told to those who see drafts."""

    id: int
    at: datetime
    verb: str
    subject_type: str
    subject_id: str
    program: str | None
    condition: str | None
    cycle: int | None
    actor: str | None
    reason: str | None
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def _cycles(reader: Reader) -> QuerySet[Any]:
    newest = Publication.objects.filter(cycle=OuterRef("pk")).order_by("-version")
    return ReviewCycle.objects.filter(program__in=Program.objects.for_reader(reader)).annotate(
        published_version=Subquery(newest.values("version")[:1]),
        published_at=Subquery(newest.values("known_at")[:1]),
    )


def _official(reader: Reader) -> QuerySet[Any]:
    return OfficialFinding.objects.filter(
        condition__program__in=Program.objects.for_reader(reader)
    ).annotate(
        is_corrected=Exists(OfficialFinding.objects.filter(corrects=OuterRef("pk"))),
    )


def _narrow_cycles(rows: QuerySet[Any], values: Mapping[str, Any], reader: Reader) -> QuerySet[Any]:
    if "closed" in values:
        rows = rows.filter(closed_at__isnull=not values["closed"])
    if "changed_since" in values:
        since = values["changed_since"]
        rows = rows.filter(
            Q(opened_at__gte=since)
            | Q(fell_due_at__gte=since)
            | Q(closed_at__gte=since)
            | Q(pk__in=_cycles(reader).filter(revisions__recorded_at__gte=since).values("pk"))
        )
    return rows


def _dated(rows: list[CycleRow], reader: Reader, as_of: datetime) -> list[CycleRow]:
    return [_on_day(row, legal_day(as_of, row.time_zone)) for row in rows]


def _on_day(row: CycleRow, today: date) -> CycleRow:
    count = day_of(Span(row.number, row.starts_on, row.scheduled_due_on, row.due_on), today)
    state = cycle_state(
        starts_on=row.starts_on,
        due_on=row.due_on,
        closed_on=row.closed_on,
        tracked_from=row.tracked_from,
        day=today,
        is_skipped=row.is_skipped,
    )
    return replace(row, state=state.value, day=count.day, of=count.of, left=count.left)


def _with_documents(
    rows: list[OfficialFindingRow], reader: Reader, as_of: datetime
) -> list[OfficialFindingRow]:
    sensitivities = sensitivities_for(reader)
    return [
        row
        if row.document_sensitivity in sensitivities
        else replace(row, document=None, document_sensitivity=None)
        for row in rows
    ]


def _told(rows: list[EventRow], reader: Reader, as_of: datetime) -> list[EventRow]:
    if reader.has_perm("conditions.view_draft_assessment"):
        return rows
    return [replace(row, actor=None, reason=None, before=None, after=None) for row in rows]


CYCLES = Listing(
    row=CycleRow,
    columns=(
        *("id", "program__slug", "number", "starts_on", "due_on", "scheduled_due_on"),
        *("closed_at", "closed_on", "is_skipped", "closing_note", "is_demonstration"),
        *("published_version", "published_at"),
        *("program__time_zone", "program__tracked_from"),
    ),
    visible=_cycles,
    filters=(
        text("program", "The program's slug.", "program__slug"),
        number("cycle", "The cycle's number.", "number"),
        yes_no("closed", "Whether it was closed, after a review or without one."),
        yes_no("is_skipped", "Whether it was closed without a review.", "is_skipped"),
        day("due_after", "Due after this day.", "due_on__gt"),
        day("due_before", "Due before this day.", "due_on__lt"),
        moment("changed_since", "Opened, fell due, moved or closed at this moment or later."),
    ),
    orderings=("id", "-id", "number", "-number", "due_on", "-due_on"),
    narrow=_narrow_cycles,
    complete=_dated,
)
OFFICIAL_FINDINGS = Listing(
    row=OfficialFindingRow,
    columns=(
        *("id", "condition__program__slug", "condition__code", "cycle__number", "finding"),
        *("found_on", "document__key", "document__sensitivity", "note", "corrects_id"),
        *("is_corrected", "recorded_at"),
    ),
    visible=_official,
    filters=(
        text("program", "The program's slug.", "condition__program__slug"),
        text("condition", "The condition's code.", "condition__code"),
        number("cycle", "The cycle's number.", "cycle__number"),
        one_of("finding", "What was said.", OfficialFinding.Outcome.values, "finding"),
        yes_no("is_corrected", "Whether a later finding corrects it.", "is_corrected"),
        moment("changed_since", "Recorded at this moment or later.", "recorded_at__gte"),
    ),
    orderings=("-id", "id", "found_on", "-found_on"),
    complete=_with_documents,
)
EVENTS = Listing(
    row=EventRow,
    columns=(
        *("id", "at", "verb", "subject_type", "subject_id", "program__slug", "condition__code"),
        *("cycle__number", "actor__username", "reason", "before", "after"),
    ),
    visible=visible_events,
    filters=(
        text("program", "The program's slug.", "program__slug"),
        text("condition", "The condition's code.", "condition__code"),
        number("cycle", "The cycle's number.", "cycle__number"),
        text("verb", "What was done, such as assessment.approved.", "verb"),
        text("subject_type", "To what kind of thing, such as assessment.", "subject_type"),
        text("subject_id", "To which one (its id).", "subject_id"),
        moment("changed_since", "At this moment or later.", "at__gte"),
    ),
    orderings=("-id", "id"),
    complete=_told,
)
