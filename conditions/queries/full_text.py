"""Evidence that holds the words of a search, by the index that each database keeps for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, cast

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from conditions.models import Evidence, EvidenceText
from conditions.models.evidence import EvidenceQuerySet
from conditions.models.full_text import UNPACKED
from conditions.rules.search_words import Search

_TEXTS: Final = "conditions_evidencetext"
_FTS5: Final = f"{_TEXTS}_fts"


def matching(rows: QuerySet[Any], search: Search) -> QuerySet[Any]:
    """Those of these documents that a search finds. Take them ``by_index`` to have them in order.

    The key or the address of a document is looked up as such. Of words, each database begins at its
    index: PostgreSQL decides so from its statistics, SQLite because the plus keeps it from asking
    the index once for each document.
    """
    if search.key:
        return rows.filter(key=search.key)
    if search.address:
        return cast(EvidenceQuerySet, rows).at_address(search.address)
    if connection.vendor == "sqlite":
        return rows.extra(
            tables=[_FTS5],
            where=[f"{_FTS5} MATCH %s", f"conditions_evidence.id = +{_FTS5}.rowid"],
            params=[search.for_fts5()],
        )
    return rows.extra(
        tables=[_TEXTS],
        where=[
            f"conditions_evidence.id = {_TEXTS}.evidence_id",
            f"{_TEXTS}.words @@ to_tsquery('simple', %s)",
            # Weighed, never false: see there. IS NOT NULL is what is taken to keep every row.
            f"{UNPACKED}({_TEXTS}.evidence_id) IS NOT NULL",
            f"{UNPACKED}(conditions_evidence.id) IS NOT NULL",
        ],
        params=[search.for_tsquery()],
    )


def by_index(rows: QuerySet[Any], order: Sequence[Any]) -> QuerySet[Any]:
    """The documents in this order; where it is that of their ids, without sorting a common word.

    SQLite's index hands out its rows in the order of its own row number alone, newest or oldest
    first, and stops where the page is full.
    """
    by_id = list(order) in (["-id"], ["id"])
    if not by_id or _FTS5 not in rows.query.extra_tables:
        return rows.order_by(*order)
    sign = order[0].removesuffix("id")
    return rows.extra(order_by=[f"{sign}{_FTS5}.rowid"])


def beyond(rows: QuerySet[Any], after: int) -> QuerySet[Any]:
    """What lies behind the document ``after``, newest first."""
    if _FTS5 in rows.query.extra_tables:
        return rows.extra(where=[f"{_FTS5}.rowid < %s"], params=[after])
    return rows.filter(pk__lt=after)


def not_in_index() -> int:
    """How many documents a search cannot find, because they were never put into its index."""
    held = EvidenceText.objects.filter(pk=OuterRef("pk"))
    return Evidence.objects.filter(~Exists(held)).count()
