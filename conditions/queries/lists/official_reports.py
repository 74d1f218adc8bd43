"""Records of official reports, as rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from conditions.models import OfficialReport, Program
from conditions.queries.lists.filters import moment, number, text, yes_no
from conditions.queries.lists.paging import Listing
from conditions.queries.named import NotKnown
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.calendar import legal_day
from conditions.rules.release import state_on, window_of


@dataclass(frozen=True, slots=True)
class OfficialReportRow:
    """That an official report on a cycle was sent; it should be public in the window given.

    ``document`` is an evidence key. ``state`` is that of today: waiting, open, passed or released.
    """

    id: int
    program: str
    cycle: int
    submitted_on: date
    released_on: date | None
    document: str | None
    document_sensitivity: str | None
    note: str
    replaces: int | None
    is_replaced: bool
    recorded_at: datetime
    time_zone: str
    opens_on: date = date.min
    closes_on: date = date.min
    state: str = ""


def official_report_seen(reader: Reader, pk: int, *, field: str = "id") -> OfficialReport:
    """The record with this id, with its cycle and program. Raises NotKnown. One query."""
    rows = OfficialReport.objects.filter(cycle__program__in=Program.objects.for_reader(reader))
    found = rows.select_related("cycle__program").filter(pk=pk).first()
    if found is None:
        raise NotKnown(
            "There is no such record of an official report here.",
            field=field,
            value=pk,
            remedy="See the list of official reports for what there is.",
        )
    return found


def _visible(reader: Reader) -> QuerySet[Any]:
    rows = OfficialReport.objects.filter(cycle__program__in=Program.objects.for_reader(reader))
    return rows.annotate(is_replaced=Exists(OfficialReport.objects.filter(replaces=OuterRef("pk"))))


def _complete(
    rows: list[OfficialReportRow], reader: Reader, as_of: datetime
) -> list[OfficialReportRow]:
    sensitivities = sensitivities_for(reader)
    return [_completed(row, sensitivities, legal_day(as_of, row.time_zone)) for row in rows]


def _completed(
    row: OfficialReportRow, sensitivities: frozenset[str], today: date
) -> OfficialReportRow:
    window = window_of(row.submitted_on)
    seen = row.document_sensitivity in sensitivities
    return replace(
        row,
        document=row.document if seen else None,
        document_sensitivity=row.document_sensitivity if seen else None,
        opens_on=window.opens_on,
        closes_on=window.closes_on,
        state=state_on(window, row.released_on, today).value,
    )


OFFICIAL_REPORTS = Listing(
    row=OfficialReportRow,
    columns=(
        *("id", "cycle__program__slug", "cycle__number", "submitted_on", "released_on"),
        *("document__key", "document__sensitivity", "note", "replaces_id", "is_replaced"),
        *("recorded_at", "cycle__program__time_zone"),
    ),
    visible=_visible,
    filters=(
        text("program", "The program's slug.", "cycle__program__slug"),
        number("cycle", "The cycle's number.", "cycle__number"),
        yes_no("is_replaced", "Whether a later record replaces it.", "is_replaced"),
        moment("changed_since", "Recorded at this moment or later.", "recorded_at__gte"),
    ),
    orderings=("-id", "id", "submitted_on", "-submitted_on"),
    complete=_complete,
)
