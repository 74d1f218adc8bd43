"""The search log, as known at a moment: in full for the team, and as anybody may read it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F

from conditions.models import SearchEntry

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class SearchedFor:
    """One entry of a search: its id, and the checklist item it is about; empty for the whole."""

    id: int
    item_code: str


@dataclass(frozen=True, slots=True)
class SearchLine:
    """One search with the entries made of it; ``is_corrected`` where a later entry replaced it."""

    entries: tuple[SearchedFor, ...]
    cycle: int
    searched_on: date
    places: str
    terms: str
    result: str
    result_words: str
    note: str
    by: str
    recorded_at: datetime
    is_corrected: bool
    is_correction: bool

    @property
    def id(self) -> int:
        """The id of its first entry."""
        return self.entries[0].id


@dataclass(frozen=True, slots=True)
class PublicSearch:
    """What anybody may know of a search: its day and its result, never where or for what."""

    searched_on: date
    result: str
    result_words: str


@dataclass(frozen=True, slots=True)
class SearchCount:
    """How many searches stand, and the day of the last one."""

    number: int
    last_on: date


def searches_for(condition_id: int, cycle_id: int, known_at: datetime) -> tuple[SearchLine, ...]:
    """The log of a condition in a cycle, newest first, corrected entries marked. One query."""
    found = searches_in([condition_id], known_at, cycle_ids=[cycle_id])
    return found.get((condition_id, cycle_id), ())


def searches_of(condition_id: int, known_at: datetime) -> tuple[SearchLine, ...]:
    """The log of a condition over all cycles, newest first. One query."""
    found = searches_in([condition_id], known_at)
    lines = [line for several in found.values() for line in several]
    return tuple(sorted(lines, key=lambda line: (line.searched_on, line.id), reverse=True))


def searches_in(
    condition_ids: Collection[int],
    known_at: datetime,
    *,
    cycle_ids: Collection[int] | None = None,
) -> Mapping[Place, tuple[SearchLine, ...]]:
    """The log by condition and cycle, of these cycles or of all, newest first. One query.

    Entries made of one search at once stand in one line.
    """
    if not condition_ids:
        return {}
    rows: Any = SearchEntry.objects.filter(condition__in=condition_ids, recorded_at__lte=known_at)
    if cycle_ids is not None:
        rows = rows.filter(cycle__in=cycle_ids)
    rows = rows.annotate(corrected_at=F("corrected_by__recorded_at")).select_related(
        "checklist_item", "cycle", "recorded_by"
    )
    grouped: dict[tuple[Any, ...], list[Any]] = {}
    for row in rows.order_by("-searched_on", "-id"):
        row.is_corrected = row.corrected_at is not None and row.corrected_at <= known_at
        grouped.setdefault(_search_of(row), []).append(row)
    found: dict[Place, list[SearchLine]] = {}
    for several in grouped.values():
        place = (several[0].condition_id, several[0].cycle_id)
        found.setdefault(place, []).append(_line(several))
    return {place: tuple(lines) for place, lines in found.items()}


def search_counts(
    condition_ids: Collection[int], cycle_ids: Collection[int], known_at: datetime
) -> Mapping[Place, SearchCount]:
    """How many searches of each condition stand in each cycle. One query."""
    found = searches_in(condition_ids, known_at, cycle_ids=cycle_ids)
    return {
        place: SearchCount(len(standing), standing[0].searched_on)
        for place, lines in found.items()
        if (standing := [line for line in lines if not line.is_corrected])
    }


def as_public(lines: Iterable[SearchLine]) -> tuple[PublicSearch, ...]:
    """The searches that stand, oldest first, without places and terms: they could name a source."""
    standing = [line for line in lines if not line.is_corrected]
    return tuple(
        PublicSearch(line.searched_on, line.result, line.result_words)
        for line in reversed(standing)
    )


def _search_of(row: Any) -> tuple[Any, ...]:
    return (
        *(row.condition_id, row.cycle_id, row.searched_on, row.places, row.terms, row.result),
        *(row.note, row.recorded_at, row.recorded_by_id, row.is_corrected, row.corrects_id),
    )


def _line(rows: list[Any]) -> SearchLine:
    row = rows[-1]
    return SearchLine(
        entries=tuple(
            SearchedFor(one.pk, one.checklist_item.code if one.checklist_item else "")
            for one in reversed(rows)
        ),
        cycle=row.cycle.number,
        searched_on=row.searched_on,
        places=row.places,
        terms=row.terms,
        result=row.result,
        result_words=row.get_result_display(),
        note=row.note,
        by=str(row.recorded_by) if row.recorded_by else "",
        recorded_at=row.recorded_at,
        is_corrected=row.is_corrected,
        is_correction=row.corrects_id is not None,
    )
