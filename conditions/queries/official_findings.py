"""What the assessor of record said on conditions in cycles, with its date and its document."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from conditions.queries.sql import fetch

Place = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OfficialDocument:
    """The document in which something official stands, as far as this reader may know it."""

    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class OfficialFact:
    """One official finding: what was said, or that nothing was sent, on which day, and where.

    ``found_on`` is the date of the report, or of the search that found none.
    """

    finding: str
    found_on: date
    document: OfficialDocument | None


# The document reads as it did at the moment asked about. What was closed then stays closed, though
# the item may be open now; what a version does not tell, the item tells.
_TOLD = {
    "sqlite": "json_extract(v.content, '$.{}')",
    "postgresql": "v.content ->> '{}'",
}
DOCUMENT_COLUMNS = "d.key, d.sensitivity, {sensitivity}, COALESCE({title}, d.title), {url}, d.url"
DOCUMENT_JOIN = """
LEFT JOIN conditions_evidence d ON d.id = f.document_id
LEFT JOIN conditions_evidenceversion v ON v.id = (
    SELECT w.id FROM conditions_evidenceversion w
    WHERE w.evidence_id = f.document_id AND w.recorded_at <= %(known_at)s
    ORDER BY w.number DESC LIMIT 1)
"""
_FINDINGS = """
SELECT f.condition_id, f.cycle_id, f.finding, f.found_on, {document}
FROM conditions_officialfinding f
{join}
WHERE f.cycle_id IN %(cycles)s AND f.condition_id IN %(conditions)s
  AND f.recorded_at <= %(known_at)s
  AND NOT EXISTS (
    SELECT 1 FROM conditions_officialfinding k
    WHERE k.corrects_id = f.id AND k.recorded_at <= %(known_at)s)
"""


def official_findings(
    condition_ids: Collection[int],
    cycle_ids: Collection[int],
    known_at: datetime,
    sensitivities: Collection[str],
) -> Mapping[Place, OfficialFact]:
    """What was said by (condition id, cycle id), as recorded by ``known_at``. One query.

    A document outside ``sensitivities`` is not told.
    """
    if not condition_ids or not cycle_ids:
        return {}
    parameters = {
        "conditions": tuple(condition_ids),
        "cycles": tuple(cycle_ids),
        "known_at": known_at,
    }
    sql = _FINDINGS.format(document=document_columns(), join=DOCUMENT_JOIN)
    return {
        (condition_id, cycle_id): OfficialFact(
            finding, found_on, document_of(document, sensitivities)
        )
        for condition_id, cycle_id, finding, found_on, *document in fetch(sql, parameters)
    }


def document_columns() -> str:
    """The columns of a document joined by ``DOCUMENT_JOIN``, for ``document_of``."""
    told = _TOLD[connection.vendor]
    names = ("sensitivity", "title", "url")
    return DOCUMENT_COLUMNS.format(**{name: told.format(name) for name in names})


def document_of(
    columns: Collection[Any], sensitivities: Collection[str]
) -> OfficialDocument | None:
    """The document in these columns, if there is one and the reader may know of it."""
    key, sensitivity, sensitivity_then, title, url_then, url = columns
    if key is None or sensitivity not in sensitivities:
        return None
    if sensitivity_then is not None and sensitivity_then not in sensitivities:
        return None
    return OfficialDocument(key, title, url if url_then is None else url_then)
