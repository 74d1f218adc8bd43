"""Full-text search over evidence: newest first, narrowed, with the passages that were found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Substr

from conditions.models import Capture, Evidence, ReviewCycle
from conditions.queries.full_text import beyond, by_index, matching
from conditions.queries.lists.evidence import visible_evidence, visible_links
from conditions.queries.lists.filters import Filter, day, number, one_of, text
from conditions.rules.authority import Reader
from conditions.rules.evidence import CREDIBILITY, RELIABILITY, Stance
from conditions.rules.passages import Part, marked, opening, passage
from conditions.rules.search_words import Search

MOST: Final = 20
MOST_COUNTED: Final = 1_000
# As much of a copy as search looks through.
_LONGEST_BODY: Final = 100_000
SEARCH_FILTERS: Final[tuple[Filter, ...]] = (
    text("program", "Bears on this program (slug)."),
    text("condition", "Bears on a condition with this code."),
    one_of("stance", "Is linked with this stance.", [stance.value for stance in Stance]),
    one_of("reliability", "Its source is at least this reliable.", RELIABILITY),
    one_of("credibility", "Is at least this credible.", map(str, CREDIBILITY)),
    number("source", "The source's id.", "source_id"),
    day("published_from", "Published on this day or later.", "published_on__gte"),
    day("published_to", "Published on this day or earlier.", "published_on__lte"),
    text("language", "The item's language.", "language"),
    number("cycle", "Published in the span of this review cycle (id)."),
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
    search: Search,
    *,
    reader: Reader,
    filters: Mapping[str, Any],
    after: int | None = None,
    most: int = MOST,
) -> SearchPage:
    """What a reader may see of what a search finds. Three queries, one more to narrow to a cycle.

    ``filters`` are values read by ``SEARCH_FILTERS``; ``after`` is that of the page before. Nothing
    that the reader may not see is counted.
    """
    found = matching(_narrowed(visible_evidence(reader), filters, reader), search)
    counted = found.order_by()[: MOST_COUNTED + 1].count()
    page = found if after is None else beyond(found, after)
    rows = list(by_index(page.select_related("source"), ["-id"])[: most + 1])
    shown = rows[:most]
    copies = _copies([row.pk for row in shown])
    return SearchPage(
        hits=tuple(_hit(row, copies.get(row.pk, ""), search) for row in shown),
        count=min(counted, MOST_COUNTED),
        is_more=counted > MOST_COUNTED,
        after=shown[-1].pk if len(rows) > most else None,
    )


def _narrowed(
    rows: QuerySet[Evidence], filters: Mapping[str, Any], reader: Reader
) -> QuerySet[Evidence]:
    plain = {
        one.lookup: filters[one.name]
        for one in SEARCH_FILTERS
        if one.lookup and one.name in filters
    }
    rows = rows.filter(**plain)
    if "reliability" in filters:
        letters = [letter for letter in RELIABILITY if letter <= filters["reliability"]]
        rows = rows.filter(source__reliability__in=letters)
    if "credibility" in filters:
        rows = rows.filter(credibility__lte=int(filters["credibility"]))
    if "cycle" in filters:
        rows = rows.filter(_within(filters["cycle"]))
    return _linked(rows, filters, reader)


def _linked(
    rows: QuerySet[Evidence], filters: Mapping[str, Any], reader: Reader
) -> QuerySet[Evidence]:
    lookups = {
        "program": "condition__program__slug",
        "condition": "condition__code",
        "stance": "stance",
    }
    wanted = {path: filters[name] for name, path in lookups.items() if name in filters}
    if not wanted:
        return rows
    standing = visible_links(reader).filter(withdrawn_at__isnull=True, **wanted)
    return rows.filter(pk__in=standing.order_by().values("evidence"))


def _within(cycle: int) -> Q:
    span = ReviewCycle.objects.filter(pk=cycle).values_list("starts_on", "due_on").first()
    if span is None:
        return Q(pk__in=[])
    return Q(published_on__gte=span[0], published_on__lt=span[1])


def _copies(evidence_ids: list[int]) -> dict[int, str]:
    """The text of the newest copy of each document that has one."""
    newest = Capture.objects.stored().filter(evidence=OuterRef("pk"))
    newest = newest.order_by("-captured_at", "-id")
    cut = Subquery(newest.values(cut=Substr("text", 1, _LONGEST_BODY))[:1])
    rows = Evidence.objects.filter(pk__in=evidence_ids).order_by()
    return {pk: text for pk, text in rows.values_list("pk", cut) if text}


def _hit(row: Evidence, copy: str, search: Search) -> Hit:
    said = f"{row.summary}\n{row.text}".strip()
    return Hit(
        id=row.pk,
        key=row.key,
        title=marked(row.title, search.wanted),
        passage=passage(said, search.wanted) or opening(said),
        copy_passage=passage(copy, search.wanted),
        source=row.source.name,
        grade=f"{row.source.reliability}{row.credibility}",
        published_on=row.published_on,
        language=row.language,
        sensitivity=row.sensitivity,
    )
