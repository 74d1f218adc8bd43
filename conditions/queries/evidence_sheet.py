"""Evidence as the rows of a spreadsheet, in the shape in which it is brought in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.db.models import QuerySet

from conditions.models import Evidence, EvidenceLink, Program
from conditions.rules.dates import FactDate, Precision
from conditions.rules.sheets.bearing import Bearing, write_bearings
from conditions.rules.sheets.safety import plain_lines

CHUNK: Final = 500
SheetRow = dict[str, str]


def sheet_rows(evidence: QuerySet[Evidence], *, program: Program) -> Iterator[SheetRow]:
    """These documents in the order of filing, with what they bear on in ``program``.

    Column name to text, with line feeds alone in it. Two queries for every five hundred documents,
    read as they are asked for. The caller narrows ``evidence`` to what its reader may see.
    """
    rows = evidence.defer(None).select_related("source").order_by("pk")
    last = 0
    while some := list(rows.filter(pk__gt=last)[:CHUNK]):
        last = some[-1].pk
        bearings = _bearings([row.pk for row in some], program)
        yield from (_sheet_row(row, bearings.get(row.pk, ())) for row in some)


def _bearings(evidence_ids: list[int], program: Program) -> dict[int, list[Bearing]]:
    links = EvidenceLink.objects.filter(
        evidence__in=evidence_ids, condition__program=program, withdrawn_at__isnull=True
    ).order_by("pk")
    found: dict[int, list[Bearing]] = {}
    for evidence_id, condition, item, stance, note in links.values_list(
        "evidence_id", "condition__code", "checklist_item__code", "stance", "note"
    ):
        code = f"{condition}/{item}" if item else condition
        found.setdefault(evidence_id, []).append((code, stance, note))
    return found


def _sheet_row(row: Evidence, bearings: Iterable[Bearing]) -> SheetRow:
    cells = {
        "id": row.key,
        "url": row.url,
        "reference": row.reference,
        "title": row.title,
        "publisher": row.source.name,
        "reliability": row.source.reliability,
        "published_on": row.published_on.isoformat() if row.published_on else "",
        "fact_date": str(FactDate(row.fact_on, Precision(row.fact_precision))),
        "language": row.language,
        "summary": row.summary,
        "text": row.text,
        "text_more": "",
        "passage_hint": row.passage_hint,
        "voice": row.voice,
        "event": row.event_slug,
        "credibility": str(row.credibility),
        "sensitivity": str(row.sensitivity),
        "is_primary": "yes" if row.is_primary else "no",
        "bears_on": write_bearings(bearings),
    }
    return {name: plain_lines(text) for name, text in cells.items()}
