"""Documents as a page shows them; cited ones read as they did when they were cited."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Subquery

from conditions.models import Citation, Evidence, EvidenceLink, EvidenceVersion, SourceGrade
from conditions.queries.asof import AsOf
from conditions.queries.copies import CopyLine, copies_beside
from conditions.queries.link_health import LostLink
from conditions.rules.dates import FactDate, Precision


@dataclass(frozen=True, slots=True)
class Document:
    """One document beside a judgement or a condition; ``grade`` is its Admiralty grade.

    ``copy`` tells what was held of it when it was judged, and ``lost`` that it is no longer at its
    address, where that was asked for.
    """

    key: str
    title: str
    url: str
    reference: str
    publisher: str
    published_on: date | None
    happened: str
    language: str
    summary: str
    grade: str
    stance: str
    is_primary: bool
    sensitivity: str
    items: tuple[str, ...] = ()
    note: str = ""
    assessment_id: int | None = None
    id: int = 0
    voice: str = ""
    copy: CopyLine | None = None
    lost: LostLink | None = None


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """Some documents of one stance, newest first; ``more`` where older ones follow."""

    stance: str
    number: int
    documents: tuple[Document, ...]
    more: bool


def cited_documents(
    assessment_ids: Collection[int], sensitivities: Collection[str]
) -> dict[int, tuple[Document, ...]]:
    """What each judgement cites and this reader may see, as it read when cited. One query.

    Neither the document as it is now nor the text that was cited may be closed to the reader.
    """
    rows = (
        Citation.objects.filter(
            assessment__in=assessment_ids, evidence__sensitivity__in=sensitivities
        )
        .select_related("evidence__source", "evidence_version")
        .order_by("assessment", "pk")
    )
    found: dict[int, list[Document]] = {}
    for row in rows:
        told = row.evidence_version.content
        if not is_open(told, sensitivities):
            continue
        document = _document(
            row.evidence,
            row.stance or "neutral",
            grade=row.grade,
            told=told,
            assessment_id=row.assessment_id,
        )
        found.setdefault(row.assessment_id, []).append(document)
    return {pk: tuple(documents) for pk, documents in found.items()}


def with_copies(
    documents: Iterable[Document], *, at: datetime, known_at: datetime
) -> tuple[Document, ...]:
    """The documents, each with the copy held at ``at`` and what came by ``known_at``. One query."""
    several = tuple(documents)
    copies = copies_beside([one.id for one in several], at=at, known_at=known_at)
    return tuple(replace(document, copy=copies.get(document.id)) for document in several)


def with_losses(
    documents: Iterable[Document], lost: Mapping[int, LostLink]
) -> tuple[Document, ...]:
    """The documents, each marked that is lost at the very address it is shown with."""
    several = tuple(documents)
    return tuple(
        replace(document, lost=gone)
        if (gone := lost.get(document.id)) and gone.url == document.url
        else document
        for document in several
    )


def is_open(told: Mapping[str, Any], sensitivities: Collection[str]) -> bool:
    """Whether a version's own text may be shown to a reader of these sensitivities.

    An item may have been closed when the version was written and open now: the old text stays
    closed. A version that does not say is as open as its item.
    """
    return told.get("sensitivity") is None or told["sensitivity"] in sensitivities


def linked_documents(
    condition_id: int,
    as_of: AsOf,
    *,
    stance: str,
    sensitivities: Collection[str],
    number: int = 1,
    size: int = 20,
) -> DocumentPage:
    """A page of the documents linked to a condition with one stance, as they read and were graded
    at ``as_of.known_at``. Two queries.
    """
    links = EvidenceLink.objects.standing_at(as_of.known_at).filter(
        condition=condition_id, stance=stance
    )
    start = (number - 1) * size
    rows: list[Any] = list(
        Evidence.objects.with_sensitivity(sensitivities)
        .filter(Exists(links.filter(evidence=OuterRef("pk"))))
        .annotate(told=_told_at(as_of), reliability=_reliability_at(as_of))
        .select_related("source")
        .order_by(F("published_on").desc(nulls_last=True), "-pk")[start : start + size + 1]
    )
    told = links.filter(evidence__in=[row.pk for row in rows[:size]])
    notes = list(told.order_by("pk").values_list("evidence_id", "checklist_item__code", "note"))
    return DocumentPage(
        stance=stance,
        number=number,
        documents=tuple(
            _document(
                row,
                stance,
                grade=_grade(row),
                told=row.told or {},
                items=(code for pk, code, _ in notes if pk == row.pk and code),
                note=next((note for pk, _, note in notes if pk == row.pk and note), ""),
            )
            for row in rows[:size]
            if is_open(row.told or {}, sensitivities)
        ),
        more=len(rows) > size,
    )


def _told_at(as_of: AsOf) -> Subquery:
    known = EvidenceVersion.objects.filter(evidence=OuterRef("pk"), recorded_at__lte=as_of.known_at)
    return Subquery(known.order_by("-number").values("content")[:1])


def _reliability_at(as_of: AsOf) -> Subquery:
    known = SourceGrade.objects.filter(source=OuterRef("source"), recorded_at__lte=as_of.known_at)
    return Subquery(known.order_by("-recorded_at", "-pk").values("reliability")[:1])


def _grade(row: Any) -> str:
    credibility = (row.told or {}).get("credibility", row.credibility)
    return f"{row.reliability or row.source.reliability}{credibility}"


def _document(
    evidence: Evidence,
    stance: str,
    *,
    grade: str,
    told: Mapping[str, Any],
    items: Iterable[str] = (),
    note: str = "",
    assessment_id: int | None = None,
) -> Document:
    return Document(
        key=evidence.key,
        title=_text(told, "title", evidence.title),
        url=_text(told, "url", evidence.url),
        reference=_text(told, "reference", evidence.reference),
        publisher=_text(told, "publisher", evidence.source.name),
        published_on=_day(told, "published_on", evidence.published_on),
        happened=str(
            FactDate(
                _day(told, "fact_on", evidence.fact_on),
                Precision(_text(told, "fact_precision", evidence.fact_precision)),
            )
        ),
        language=_text(told, "language", evidence.language),
        summary=_text(told, "summary", evidence.summary),
        grade=grade,
        stance=stance,
        is_primary=bool(told.get("is_primary", evidence.is_primary)),
        sensitivity=_text(told, "sensitivity", evidence.sensitivity),
        items=tuple(dict.fromkeys(items)),
        note=note,
        assessment_id=assessment_id,
        id=evidence.pk,
        voice=_text(told, "voice", evidence.voice),
    )


# What a version does not tell, the item tells.
def _text(told: Mapping[str, Any], name: str, present: str) -> str:
    return str(told.get(name, present))


def _day(told: Mapping[str, Any], name: str, present: date | None) -> date | None:
    if name not in told:
        return present
    return date.fromisoformat(told[name]) if told[name] else None
