"""The parts of a report that a cycle's page does not show: seals, wordings, findings, counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F

from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Citation,
    ConditionVersion,
    Finding,
    Program,
    ReviewCycle,
)
from conditions.queries.asof import AsOf
from conditions.queries.captures import HeldCopy
from conditions.queries.copies import copies_judged
from conditions.queries.cycle_page import CyclePage, CycleRow
from conditions.queries.evidence_rules import ItemVerdict, rule_verdicts
from conditions.queries.exhibits import Document, cited_documents
from conditions.queries.report_sides import (
    Plain,
    agreement_told,
    escalation_told,
    official_told,
    submission_told,
)
from conditions.queries.searches import PublicSearch, as_public, searches_in
from conditions.queries.status import PUBLIC
from conditions.rules.evidence import EvidenceRule


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
    seen_by_others: bool
    submission: Plain | None
    escalation: Plain | None
    agreement: Sequence[Plain]
    copies: Mapping[tuple[int, str], HeldCopy]
    verdicts: Mapping[tuple[int, str], ItemVerdict]
    searches: Mapping[int, tuple[PublicSearch, ...]]

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
    official, documents = official_told(page, as_of)
    submission, sent = submission_told(page, as_of)
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
        seen_by_others=not _approved_by_an_author(own),
        closing_note=ReviewCycle.objects.values_list("closing_note", flat=True).get(
            pk=page.cycle.id
        ),
        submission=submission,
        escalation=escalation_told(program, page, as_of),
        agreement=agreement_told(page, as_of),
        verdicts=_verdicts(page, as_of),
        searches=_searches(program, page, as_of),
        copies=copies_judged([*own, *before]),
    )


def _verdicts(page: CyclePage, as_of: AsOf) -> dict[tuple[int, str], ItemVerdict]:
    found = rule_verdicts([row.condition.id for row in page.rows], as_of, PUBLIC)
    return {(pk, one.code): one for pk, several in found.items() for one in several}


def _searches(
    program: Program, page: CyclePage, as_of: AsOf
) -> dict[int, tuple[PublicSearch, ...]]:
    """The searches of the cycle on the conditions that could not be assessed in it."""
    unclear = program.scale.unclear_codes()
    found = searches_in(
        [row.condition.id for row in page.rows], as_of.known_at, cycle_ids=[page.cycle.id]
    )
    return {
        row.condition.id: as_public(found.get((row.condition.id, page.cycle.id), ()))
        for row in page.rows
        if row.judgement and row.judgement.status in unclear
    }


def _approved_by_an_author(assessment_ids: Sequence[int]) -> bool:
    """Whether four eyes were switched off when one of these was approved."""
    return AssessmentAuthor.objects.filter(
        assessment__in=assessment_ids, user=F("assessment__approved_by")
    ).exists()


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
