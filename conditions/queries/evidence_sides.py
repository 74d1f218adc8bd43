"""The evidence on a condition, on both sides, graded and dated: what an analyst weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from conditions.models import Condition, Evidence, EvidenceLink
from conditions.rules.dates import FactDate, Precision
from conditions.rules.evidence import Exhibit, Stance, grade_chip

ORDER = (Stance.SUPPORTS, Stance.CONTRADICTS, Stance.NEUTRAL)


@dataclass(frozen=True, slots=True)
class Link:
    """One standing link of a document, to the condition (``item_id`` None) or a checklist item."""

    id: int
    item_id: int | None
    item_code: str
    stance: str
    note: str
    is_carried_over: bool
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One document as it bears on one condition; ``stance`` is empty when no link stands."""

    id: int
    key: str
    title: str
    url: str
    source: str
    grade: str
    stance: str
    published_on: date | None
    fact_date: str
    language: str
    summary: str
    sensitivity: str
    voice: str
    is_primary: bool
    recorded_at: datetime
    links: tuple[Link, ...]
    exhibit: Exhibit

    @property
    def words(self) -> str:
        """What a search looks through, in lower case."""
        return f"{self.title} {self.source} {self.summary} {self.key} {self.grade}".lower()


@dataclass(frozen=True, slots=True)
class Side:
    """The documents of one stance, newest first."""

    stance: str
    rows: tuple[EvidenceRow, ...]


def evidence_rows(
    condition: Condition,
    *,
    as_of: datetime,
    sensitivities: Collection[str],
    also: Collection[int] = (),
) -> tuple[EvidenceRow, ...]:
    """Documents linked to ``condition`` or its checklist at ``as_of``, newest first. Two queries.

    ``also`` names documents to show even where no link stands any more.
    """
    standing = EvidenceLink.objects.standing_at(as_of).filter(
        condition=condition, evidence__sensitivity__in=sensitivities
    )
    links: dict[int, list[EvidenceLink]] = {}
    for link in standing.select_related("checklist_item").order_by("id"):
        links.setdefault(link.evidence_id, []).append(link)
    documents = (
        Evidence.objects.with_sensitivity(sensitivities)
        .filter(pk__in={*links, *also}, recorded_at__lte=as_of)
        .select_related("source")
        .defer("text")
    )
    rows = [_row(document, links.get(document.pk, [])) for document in documents]
    return tuple(sorted(rows, key=_newest, reverse=True))


def sides(rows: Iterable[EvidenceRow]) -> tuple[Side, ...]:
    """The rows for, against and beside, in that order; every stance is there, even if empty."""
    by_stance: dict[str, list[EvidenceRow]] = {stance.value: [] for stance in ORDER}
    for row in rows:
        by_stance[row.stance or Stance.NEUTRAL.value].append(row)
    return tuple(Side(stance, tuple(several)) for stance, several in by_stance.items())


def _row(document: Evidence, links: Sequence[EvidenceLink]) -> EvidenceRow:
    whole = [link for link in links if link.checklist_item_id is None]
    stance = next((link.stance for link in [*whole, *links]), "")
    return EvidenceRow(
        id=document.pk,
        key=document.key,
        title=document.title,
        url=document.url,
        source=document.source.name,
        grade=grade_chip(document.source.reliability, document.credibility),
        stance=stance,
        published_on=document.published_on,
        fact_date=str(FactDate(document.fact_on, Precision(document.fact_precision))),
        language=document.language,
        summary=document.summary,
        sensitivity=document.sensitivity,
        voice=document.voice,
        is_primary=document.is_primary,
        recorded_at=document.recorded_at,
        links=tuple(
            Link(
                id=link.pk,
                item_id=link.checklist_item_id,
                item_code=link.checklist_item.code if link.checklist_item else "",
                stance=link.stance,
                note=link.note,
                is_carried_over=link.origin == EvidenceLink.Origin.CROSSWALK,
                recorded_at=link.recorded_at,
            )
            for link in links
        ),
        exhibit=Exhibit(
            source_id=document.source_id,
            voice=document.voice or None,
            reliability=document.source.reliability,
            credibility=document.credibility,
            stance=stance,
            is_primary=document.is_primary,
        ),
    )


def _newest(row: EvidenceRow) -> tuple[date, int]:
    return row.published_on or date.min, row.id
