"""Documents as works that a citation names: of a report, a condition, a search, or one alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import islice
from typing import Any, Final

from django.db.models import Max, Q

from conditions.models import Capture, Evidence, Source
from conditions.queries.asof import AsOf
from conditions.queries.exhibits import Document, linked_documents
from conditions.queries.full_text import by_index
from conditions.queries.report import Report, ReportDocument
from conditions.queries.search import found_by
from conditions.rules.authority import TRAVELS, Reader
from conditions.rules.evidence import Stance, grade_chip
from conditions.rules.search_words import Search

# So many documents go into one file of citations; of more, the newest.
MOST_CITED: Final = 1_000
_NEWS: Final = frozenset({Source.Kind.STATE_MEDIA.value, Source.Kind.INDEPENDENT_MEDIA.value})


@dataclass(frozen=True, slots=True)
class Work:
    """What a citation of one document says.

    ``seen_on`` is the day of its newest stored copy, if there is one: of a document without, nobody
    can show when it stood there. ``grade`` is its Admiralty grade.
    """

    key: str
    title: str
    url: str
    reference: str
    publisher: str
    published_on: date | None
    language: str
    summary: str
    grade: str
    is_news: bool = False
    seen_on: date | None = None


def works_of_report(report: Report) -> tuple[Work, ...]:
    """The annex of a report, in its order and wording. One query."""
    return _dated(map(_work, report.evidence), report.known_at)


def works_of_condition(
    condition_id: int, as_of: AsOf, *, sensitivities: Collection[str]
) -> tuple[Work, ...]:
    """The documents linked to a condition, as they read at ``as_of.known_at``: those against, for
    and beside, each side newest first. What may not leave in a file is not among them. Seven
    queries."""
    sent = frozenset(sensitivities) & TRAVELS
    found: dict[str, Document] = {}
    for stance in (Stance.CONTRADICTS, Stance.SUPPORTS, Stance.NEUTRAL):
        side = linked_documents(
            condition_id,
            as_of,
            stance=stance.value,
            sensitivities=sent,
            size=MOST_CITED,
        )
        for document in side.documents:
            found.setdefault(document.key, document)
    return _dated(map(_work, islice(found.values(), MOST_CITED)), as_of.known_at)


def works_found(
    search: Search | None, *, reader: Reader, filters: Mapping[str, Any], known_at: datetime
) -> tuple[Work, ...]:
    """What a search finds and may leave in a file, of what this reader may see, newest filed
    first. Two queries, one more to narrow to a cycle."""
    rows = found_by(search, reader=reader, filters=filters).filter(sensitivity__in=TRAVELS)
    found = rows.select_related("source").defer("text")
    return _dated(map(_work_on_file, by_index(found, ["-id"])[:MOST_CITED]), known_at)


def work_of(evidence: Evidence, known_at: datetime) -> Work:
    """One document that the reader may see, with its source. One query."""
    return _dated([_work_on_file(evidence)], known_at)[0]


def _dated(works: Iterable[Work], known_at: datetime) -> tuple[Work, ...]:
    told = list(works)
    facts = _facts([one.key for one in told], known_at)
    return tuple(replace(one, **facts.get(one.key, {})) for one in told)


def _facts(keys: Collection[str], known_at: datetime) -> dict[str, dict[str, Any]]:
    """Whether each document is of the news, and when it was last copied, as known by then."""
    stored = Q(captures__outcome=Capture.Outcome.STORED, captures__captured_at__lte=known_at)
    rows = (
        Evidence.objects.filter(key__in=keys)
        .order_by()
        .annotate(copied_at=Max("captures__captured_at", filter=stored))
        .values_list("key", "source__kind", "copied_at")
    )
    return {
        key: {"is_news": kind in _NEWS, "seen_on": copied_at.date() if copied_at else None}
        for key, kind, copied_at in rows
    }


def _work(told: ReportDocument | Document) -> Work:
    return Work(
        key=told.key,
        title=told.title,
        url=told.url,
        reference=told.reference,
        publisher=told.publisher,
        published_on=told.published_on,
        language=told.language,
        summary=told.summary,
        grade=told.grade,
    )


def _work_on_file(row: Evidence) -> Work:
    return Work(
        key=row.key,
        title=row.title,
        url=row.url,
        reference=row.reference,
        publisher=row.source.name,
        published_on=row.published_on,
        language=row.language,
        summary=row.summary,
        grade=grade_chip(row.source.reliability, row.credibility),
    )
