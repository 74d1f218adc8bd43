"""Lists and single things that are only read."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_view

from conditions.api.description import describes_list, describes_row
from conditions.api.views import ListView, RowView
from conditions.queries.lists.paging import Listing
from conditions.queries.lists.programs import CHECKLIST_ITEMS, CONDITIONS, PROGRAMS
from conditions.queries.lists.record import CYCLES, EVENTS


def _list(name: str, what: Listing[Any], about: str) -> type[ListView]:
    view = type(f"{name}_list", (ListView,), {"listing": what, "__doc__": about})
    return extend_schema_view(get=describes_list(name, what, about))(view)


def _row(name: str, what: Listing[Any], about: str) -> type[RowView]:
    view = type(f"{name}_row", (RowView,), {"listing": what, "__doc__": about})
    return extend_schema_view(get=describes_row(name, what.row, about))(view)


ProgramList = _list("programs", PROGRAMS, "Programs: what was demanded, of whom, by which text.")
ProgramOne = _row("program", PROGRAMS, "One program by its slug.")
ConditionList = _list("conditions", CONDITIONS, "Conditions of the programs.")
ConditionOne = _row("condition", CONDITIONS, "One condition by its id.")
ChecklistItemList = _list("checklist_items", CHECKLIST_ITEMS, "Benchmarks under the conditions.")
ChecklistItemOne = _row("checklist_item", CHECKLIST_ITEMS, "One benchmark by its id.")
CycleList = _list("cycles", CYCLES, "Review cycles with their dates in force, as of today.")
CycleOne = _row("cycle", CYCLES, "One review cycle by its id.")
EventList = _list("events", EVENTS, "What was done, newest first.")
EventOne = _row("event", EVENTS, "One event by its id.")
