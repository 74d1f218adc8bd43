"""The parts of a report that a cycle's page does not show: seals, wordings, findings, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conditions.models import (
    Assessment,
    Citation,
    ConditionVersion,
    Evidence,
    EvidenceVersion,
    Finding,
    OfficialFinding,
    OfficialReport,
    Program,
    ReviewCycle,
)
from conditions.queries.asof import AsOf
from conditions.queries.cycle_page import CyclePage, CycleRow
from conditions.queries.exhibits import Document, cited_documents, is_open
from conditions.queries.status import PUBLIC
from conditions.rules.evidence import EvidenceRule
from conditions.rules.release import window_of

Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Seal:
    """The version of a document that a judgement cites, and the hash of what it said."""

    version: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything beside the page, by assessment id, condition id or key."""

    citations: Mapping[int, Mapping[str, Seal]]
    findings: Mapping[int, Mapping[str, tuple[str | None, str]]]
    cited_before: Mapping[int, tuple[Document, ...]]
    hashes: Mapping[int, str]
    authorities: Mapping[int, str]
    judged_wordings: Mapping[int, ConditionVersion]
    latest_wordings: Mapping[int, ConditionVersion]
    official: Mapping[int, Plain]
    official_documents: Sequence[Plain]
    closing_note: str
    submission: Plain | None
    escalation: Plain | None
    agreement: Sequence[Plain]

    def wording_of(self, row: CycleRow) -> ConditionVersion:
        """The wording that was judged; without a judgement, the one in force by then."""
        if row.judgement is not None:
            return self.judged_wordings[row.judgement.id]
        return self.latest_wordings[row.condition.id]

    def seal_of(self, assessment_id: int | None, key: str) -> Seal:
        """The version and hash of a document as a judgement cites it."""
        return self.citations[assessment_id or 0][key]

    @staticmethod
    def rule_sentence(item: Mapping[str, Any]) -> str:
        """The evidence rule of a checklist item, in a sentence."""
        return EvidenceRule.from_mapping(item.get("evidence_rule", {})).sentence()


def parts_of(program: Program, page: CyclePage, as_of: AsOf) -> Parts:
    """All of them for one cycle's page. A fixed number of queries."""
    own = [row.judgement.id for row in page.rows if row.judgement]
    before = [row.before.id for row in page.rows if row.before]
    judged = Assessment.objects.filter(pk__in=own).select_related("condition_version")
    rows = {row.pk: row for row in judged}
    official, documents = _official(page, as_of)
    submission, sent = _submission(page, as_of)
    return Parts(
        citations=_citations([*own, *before]),
        findings=_findings([*own, *before]),
        cited_before=cited_documents(before, PUBLIC),
        hashes={pk: row.sha256 for pk, row in rows.items()},
        authorities={pk: row.authority for pk, row in rows.items() if row.authority},
        judged_wordings={pk: row.condition_version for pk, row in rows.items()},
        latest_wordings=_wordings(page, as_of),
        official=official,
        official_documents=[*documents, *sent],
        closing_note=ReviewCycle.objects.values_list("closing_note", flat=True).get(
            pk=page.cycle.id
        ),
        submission=submission,
        escalation=None,
        agreement=(),
    )


def _citations(assessment_ids: Sequence[int]) -> dict[int, dict[str, Seal]]:
    found: dict[int, dict[str, Seal]] = {}
    rows = Citation.objects.filter(assessment__in=assessment_ids).order_by("pk")
    for assessment_id, key, number, sha256 in rows.values_list(
        "assessment_id", "evidence__key", "evidence_version__number", "evidence_version__sha256"
    ):
        found.setdefault(assessment_id, {})[key] = Seal(number, sha256)
    return found


def _findings(assessment_ids: Sequence[int]) -> dict[int, dict[str, tuple[str | None, str]]]:
    found: dict[int, dict[str, tuple[str | None, str]]] = {}
    rows = Finding.objects.filter(assessment__in=assessment_ids).order_by(
        "assessment", "checklist_item__position", "pk"
    )
    for assessment_id, code, status, note in rows.values_list(
        "assessment_id", "checklist_item__code", "status", "note"
    ):
        found.setdefault(assessment_id, {})[code] = (status or None, note)
    return found


def _wordings(page: CyclePage, as_of: AsOf) -> dict[int, ConditionVersion]:
    ids = [row.condition.id for row in page.rows]
    rows = ConditionVersion.objects.filter(
        condition__in=ids, recorded_at__lte=as_of.known_at
    ).order_by("number")
    return {row.condition_id: row for row in rows}


def _official(page: CyclePage, as_of: AsOf) -> tuple[dict[int, Plain], list[Plain]]:
    rows = (
        OfficialFinding.objects.known_at(as_of.known_at)
        .filter(cycle=page.cycle.id)
        .select_related("document__source")
        .order_by("condition__position", "pk")
    )
    found, documents = {}, {}
    for row in rows:
        document = _public(row.document, as_of)
        if document:
            documents[document["key"]] = document
        found[row.condition_id] = {
            "finding": row.finding,
            "label": row.get_finding_display(),
            "found_on": row.found_on.isoformat(),
            "note": row.note,
            "document": document["key"] if document else "",
        }
    return found, list(documents.values())


def _submission(page: CyclePage, as_of: AsOf) -> tuple[Plain | None, list[Plain]]:
    row = (
        OfficialReport.objects.known_at(as_of.known_at)
        .filter(cycle=page.cycle.id)
        .select_related("document__source")
        .first()
    )
    if row is None:
        return None, []
    window, document = window_of(row.submitted_on), _public(row.document, as_of)
    told = {
        "submitted_on": row.submitted_on.isoformat(),
        "released_on": row.released_on.isoformat() if row.released_on else None,
        "opens_on": window.opens_on.isoformat(),
        "closes_on": window.closes_on.isoformat(),
        "document": document["key"] if document else "",
    }
    return told, [document] if document else []


def _public(evidence: Evidence | None, as_of: AsOf) -> Plain | None:
    """The document as the annex lists it, where anybody may see it."""
    if evidence is None or evidence.sensitivity not in PUBLIC:
        return None
    version = (
        EvidenceVersion.objects.filter(evidence=evidence, recorded_at__lte=as_of.known_at)
        .order_by("-number")
        .first()
    )
    if version is None or not is_open(version.content, PUBLIC):
        return None
    told = version.content
    return {
        "key": evidence.key,
        "title": str(told.get("title", evidence.title)),
        "url": str(told.get("url", evidence.url)),
        "reference": str(told.get("reference", evidence.reference)),
        "publisher": str(told.get("publisher", evidence.source.name)),
        "published_on": told.get("published_on"),
        "happened": "",
        "language": str(told.get("language", evidence.language)),
        "summary": str(told.get("summary", evidence.summary)),
        "grade": f"{evidence.source.reliability}{told.get('credibility', evidence.credibility)}",
        "is_primary": bool(told.get("is_primary", evidence.is_primary)),
        "version": version.number,
        "sha256": version.sha256,
        "captures": [],
        "cited_by": [],
    }
