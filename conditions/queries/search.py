"""Search over evidence by words, by limits or both: newest first, with the passages found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import QuerySet

from conditions.models import Evidence
from conditions.queries.captures import newest_texts
from conditions.queries.full_text import beyond, by_index, matching
from conditions.queries.lists.evidence import visible_evidence
from conditions.queries.lists.evidence_filters import (
    AT_LEAST_CREDIBLE,
    AT_LEAST_RELIABLE,
    CONDITION,
    CYCLE,
    LANGUAGE,
    PROGRAM,
    SOURCE,
    STANCE,
    VOICE,
    graded,
    linked,
    published_in,
)
from conditions.queries.lists.filters import Filter, day
from conditions.rules.authority import Reader
from conditions.rules.passages import Part, marked, opening, passage
from conditions.rules.search_words import Search

MOST: Final = 20
MOST_COUNTED: Final = 1_000
# As much of a copy as search looks through.
_LONGEST_BODY: Final = 100_000
SEARCH_FILTERS: Final[tuple[Filter, ...]] = (
    PROGRAM,
    CONDITION,
    STANCE,
    AT_LEAST_RELIABLE,
    AT_LEAST_CREDIBLE,
    SOURCE,
    day("published_from", "Published on this day or later.", "published_on__gte"),
    day("published_to", "Published on this day or earlier.", "published_on__lte"),
    day("fact_from", "Happened on this day or later.", "fact_on__gte"),
    day("fact_to", "Happened on this day or earlier.", "fact_on__lte"),
    LANGUAGE,
    CYCLE,
    VOICE,
)


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found; ``passage`` is of its summary, ``copy_passage`` of its copy."""

    id: int
    key: str
    title: tuple[Part, ...]
    passage: tuple[Part, ...]
    copy_passage: tuple[Part, ...]
    source: str
    grade: str
    published_on: date | None
    language: str
    sensitivity: str


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Some hits, newest filed first; ``after`` is where the next page begins, if there is one.

    ``count`` goes no further than ``MOST_COUNTED``; ``is_more`` says that there are more than that.
    """

    hits: tuple[Hit, ...]
    count: int
    is_more: bool
    after: int | None


def search_evidence(
    search: Search | None,
    *,
    reader: Reader,
    filters: Mapping[str, Any],
    after: int | None = None,
    most: int = MOST,
) -> SearchPage:
    """What a reader may see of what a search finds, of everything where there is none. Three
    queries, one more to narrow to a cycle.

    ``filters`` are values read by ``SEARCH_FILTERS``; ``after`` is that of the page before. Nothing
    that the reader may not see is counted. Raises BadFilter.
    """
    found = found_by(search, reader=reader, filters=filters)
    counted = found.order_by()[: MOST_COUNTED + 1].count()
    page = found if after is None else beyond(found, after)
    rows = list(by_index(page.select_related("source"), ["-id"])[: most + 1])
    shown = rows[:most]
    copies = newest_texts([row.pk for row in shown], _LONGEST_BODY)
    return SearchPage(
        hits=tuple(_hit(row, copies.get(row.pk, ""), search) for row in shown),
        count=min(counted, MOST_COUNTED),
        is_more=counted > MOST_COUNTED,
        after=shown[-1].pk if len(rows) > most else None,
    )


def found_by(
    search: Search | None, *, reader: Reader, filters: Mapping[str, Any]
) -> QuerySet[Evidence]:
    """What a reader may see within these limits, whatever it says where nothing is searched for. To
    narrow to a cycle takes a query at once. Raises BadFilter."""
    plain = {
        one.lookup: filters[one.name]
        for one in SEARCH_FILTERS
        if one.lookup and one.name in filters
    }
    rows = linked(graded(visible_evidence(reader).filter(**plain), filters), filters, reader)
    rows = published_in(rows, filters, reader)
    return matching(rows, search) if search else rows


def _hit(row: Evidence, copy: str, search: Search | None) -> Hit:
    said = f"{row.summary}\n{row.text}".strip()
    wanted = search.wanted if search else ()
    return Hit(
        id=row.pk,
        key=row.key,
        title=marked(row.title, wanted),
        passage=passage(said, wanted) or opening(said),
        copy_passage=passage(copy, wanted),
        source=row.source.name,
        grade=f"{row.source.reliability}{row.credibility}",
        published_on=row.published_on,
        language=row.language,
        sensitivity=row.sensitivity,
    )
