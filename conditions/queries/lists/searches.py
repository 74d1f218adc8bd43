"""The search log, as rows; places, words and people are told to the team only."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from conditions.models import Assessment, Program, SearchEntry
from conditions.queries.lists.filters import day, moment, number, one_of, text, yes_no
from conditions.queries.lists.paging import Listing
from conditions.queries.named import NotKnown
from conditions.rules.authority import Reader


@dataclass(frozen=True, slots=True)
class SearchRow:
    """One entry of the search log: looked then, and found that.

    ``places``, ``terms``, ``note`` and ``recorded_by`` are null for readers outside the team: they
    could name a source, and entries are told them once the condition is judged in that cycle.
    ``checklist_item`` is a code, or null for the condition as a whole.
    """

    id: int
    program: str
    condition: str
    checklist_item: str | None
    cycle: int
    searched_on: date
    result: str
    places: str | None
    terms: str | None
    note: str | None
    corrects: int | None
    is_corrected: bool
    recorded_at: datetime
    recorded_by: str | None


def search_entry_seen(reader: Reader, pk: int, *, field: str = "id") -> SearchEntry:
    """The entry with this id, with its condition and cycle. Raises NotKnown. One query."""
    rows = _visible(reader).select_related("condition__program", "cycle__program")
    found: SearchEntry | None = rows.filter(pk=pk).first()
    if found is None:
        raise NotKnown(
            "There is no such entry in the search log here.",
            field=field,
            value=pk,
            remedy="See the search log for what there is.",
        )
    return found


def _visible(reader: Reader) -> QuerySet[Any]:
    rows = SearchEntry.objects.filter(condition__program__in=Program.objects.for_reader(reader))
    if not reader.has_perm("conditions.view_searchentry"):
        # Before that, the log would tell outsiders what is in work.
        judged = Assessment.objects.approved().order_by()
        place = {"condition": OuterRef("condition"), "cycle": OuterRef("cycle")}
        rows = rows.filter(Exists(judged.filter(**place)))
    return rows.annotate(is_corrected=Exists(SearchEntry.objects.filter(corrects=OuterRef("pk"))))


def _complete(rows: list[SearchRow], reader: Reader, as_of: datetime) -> list[SearchRow]:
    if reader.has_perm("conditions.view_searchentry"):
        return rows
    return [replace(row, places=None, terms=None, note=None, recorded_by=None) for row in rows]


SEARCHES = Listing(
    row=SearchRow,
    columns=(
        *("id", "condition__program__slug", "condition__code", "checklist_item__code"),
        *("cycle__number", "searched_on", "result", "places", "terms", "note", "corrects_id"),
        *("is_corrected", "recorded_at", "recorded_by__username"),
    ),
    visible=_visible,
    filters=(
        text("program", "The program's slug.", "condition__program__slug"),
        text("condition", "The condition's code.", "condition__code"),
        text("checklist_item", "The checklist item's code.", "checklist_item__code"),
        number("cycle", "The cycle's number.", "cycle__number"),
        one_of("result", "What came of it.", SearchEntry.Result.values, "result"),
        day("searched_since", "Searched on this day or later.", "searched_on__gte"),
        yes_no("is_corrected", "Whether a later entry corrects it.", "is_corrected"),
        moment("changed_since", "Recorded at this moment or later.", "recorded_at__gte"),
    ),
    orderings=("-id", "id", "searched_on", "-searched_on"),
    complete=_complete,
)
