"""The evidence on a condition, on both sides, graded and dated: what an analyst weighs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.lookups import IsNull

from conditions.models import Condition, Evidence, EvidenceLink
from conditions.rules.dates import FactDate, Precision
from conditions.rules.evidence import Exhibit, Stance, grade_chip

ORDER = (Stance.SUPPORTS, Stance.CONTRADICTS, Stance.NEUTRAL)
PER_SIDE: Final = 20


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
    """The documents of one stance, newest first: of ``total``, those on page ``number`` of
    ``pages``."""

    stance: str
    rows: tuple[EvidenceRow, ...]
    total: int
    number: int = 1
    pages: int = 1


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
    links = _by_document(_standing(condition, as_of))
    documents = _documents(as_of, sensitivities).filter(pk__in={*links, *also})
    return tuple(_row(document, links.get(document.pk, [])) for document in documents)


def sides(rows: Iterable[EvidenceRow]) -> tuple[Side, ...]:
    """The rows for, against and beside, in that order; every stance is there, even if empty."""
    by_stance: dict[str, list[EvidenceRow]] = {stance.value: [] for stance in ORDER}
    for row in rows:
        by_stance[row.stance or Stance.NEUTRAL.value].append(row)
    return tuple(
        Side(stance, tuple(several), total=len(several)) for stance, several in by_stance.items()
    )


def side_pages(
    condition: Condition,
    *,
    as_of: datetime,
    sensitivities: Collection[str],
    pages: Mapping[str, int],
) -> tuple[Side, ...]:
    """A page of each side of the documents linked at ``as_of``; ``pages`` numbers them, the last
    one stands for all beyond it. Three queries; of what is not shown, the id alone is read."""
    standing = _standing(condition, as_of)
    ids = _ids_by_stance(standing, as_of, sensitivities)
    cuts = {stance: _cut(len(several), pages.get(stance, 1)) for stance, several in ids.items()}
    shown = {
        stance: ids[stance][(number - 1) * PER_SIDE :][:PER_SIDE]
        for stance, (number, _) in cuts.items()
    }
    wanted = [pk for several in shown.values() for pk in several]
    links = _by_document(standing.filter(evidence__in=wanted))
    documents = _documents(as_of, sensitivities).filter(pk__in=wanted)
    rows = {document.pk: _row(document, links[document.pk]) for document in documents}
    return tuple(
        Side(stance, tuple(rows[pk] for pk in several), len(ids[stance]), *cuts[stance])
        for stance, several in shown.items()
    )


# A link to the whole condition tells the stance of a document before those to its items.
_TELLING = (IsNull(F("checklist_item"), False), "id")


def _standing(condition: Condition, as_of: datetime) -> QuerySet[EvidenceLink]:
    return EvidenceLink.objects.standing_at(as_of).filter(condition=condition).order_by("id")


def _ids_by_stance(
    standing: QuerySet[EvidenceLink], as_of: datetime, sensitivities: Collection[str]
) -> dict[str, list[int]]:
    """The documents of each side, newest first, each on one side only."""
    ordered = standing.filter(
        evidence__sensitivity__in=sensitivities, evidence__recorded_at__lte=as_of
    ).order_by(F("evidence__published_on").desc(nulls_last=True), "-evidence_id", *_TELLING)
    stances: dict[int, str] = {}
    for pk, stance in ordered.values_list("evidence_id", "stance").iterator():
        stances.setdefault(pk, stance)
    ids: dict[str, list[int]] = {stance.value: [] for stance in ORDER}
    for pk, stance in stances.items():
        ids[stance].append(pk)
    return ids


def _by_document(standing: QuerySet[EvidenceLink]) -> dict[int, list[EvidenceLink]]:
    links: dict[int, list[EvidenceLink]] = {}
    for link in standing.select_related("checklist_item"):
        links.setdefault(link.evidence_id, []).append(link)
    return links


def _documents(as_of: datetime, sensitivities: Collection[str]) -> QuerySet[Evidence]:
    """What was on file, newest first."""
    rows = Evidence.objects.with_sensitivity(sensitivities).filter(recorded_at__lte=as_of)
    newest = (F("published_on").desc(nulls_last=True), "-id")
    return rows.select_related("source").defer("text").order_by(*newest)


def _cut(total: int, number: int) -> tuple[int, int]:
    """The page that is shown where ``number`` is asked for, and how many pages there are."""
    pages = max(1, -(-total // PER_SIDE))
    return min(max(number, 1), pages), pages


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
