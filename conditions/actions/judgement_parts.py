"""The findings and citations of an assessment, and what must be there before it is submitted."""

from __future__ import annotations

from datetime import datetime

from conditions.actions.judgements import BadJudgement, ItemFinding
from conditions.models import (
    Assessment,
    Citation,
    Evidence,
    EvidenceLink,
    EvidenceVersion,
    Finding,
)
from conditions.rules.evidence import grade_chip
from conditions.rules.refusals import Conflict, Invalid


class Incomplete(Invalid):
    """A judgement lacks what a reviewer needs."""


class EvidenceChanged(Conflict):
    """Cited evidence reads differently from when it was cited."""


def require_complete(assessment: Assessment) -> None:
    """Raise Incomplete, naming every missing part, unless a reviewer could judge it."""
    scale = assessment.cycle.program.scale
    off_scale = bool(assessment.status) and scale.rank(assessment.status) is None
    unnamed = assessment.status in scale.waived_codes() and not assessment.authority
    missing = [
        words
        for present, words in (
            (assessment.status, "a status"),
            (assessment.confidence, "a confidence"),
            (assessment.confidence_reason, "the reason for the confidence"),
            (assessment.trend or off_scale, "a trend"),
            (not unnamed, "the authority that waived the condition"),
        )
        if not present
    ]
    if assessment.status and not off_scale and not assessment.citations.exists():
        missing.append("at least one cited document")
    unjudged = assessment.findings.filter(status="").values_list("checklist_item__code", flat=True)
    judged = assessment.findings.values("checklist_item")
    absent = (
        assessment.condition.checklist.filter(retired_on__isnull=True)
        .exclude(pk__in=judged)
        .values_list("code", flat=True)
    )
    missing += [f"a finding on {code}" for code in sorted({*unjudged, *absent})]
    if missing:
        raise Incomplete(
            f"This assessment still lacks {', '.join(missing)}.",
            field="authority" if unnamed else "assessment",
            value=assessment.authority if unnamed else assessment.pk,
            remedy="Name who waived it, by which act; add whatever else is missing."
            if unnamed
            else "Add it, or say U (cannot be assessed) where the evidence is too thin.",
        )


def require_unchanged_evidence(assessment: Assessment) -> None:
    """Raise EvidenceChanged when cited evidence was amended or regraded since it was cited."""
    for citation in assessment.citations.select_related("evidence__source", "evidence_version"):
        evidence = citation.evidence
        now = grade_chip(evidence.source.reliability, evidence.credibility)
        if citation.evidence_version.number != evidence.revision or citation.grade != now:
            raise EvidenceChanged(
                f"“{evidence.title}” changed after it was cited ({citation.grade}, now {now}).",
                field="cited",
                value=evidence.key,
                remedy="Return the assessment, look at the document again and save it anew.",
            )


def find(assessment: Assessment, findings: tuple[ItemFinding, ...]) -> None:
    """Replace the findings of an open assessment."""
    known = dict(assessment.condition.checklist.values_list("pk", "code"))
    for finding in findings:
        if finding.item_id not in known:
            raise BadJudgement(
                "This checklist item does not belong to the condition.",
                field="findings",
                value=finding.item_id,
                remedy=f"Use one of {', '.join(known.values())}.",
            )
    assessment.findings.all().delete()
    Finding.objects.bulk_create(
        Finding(
            assessment=assessment,
            checklist_item_id=finding.item_id,
            status=finding.status,
            note=finding.note.strip(),
        )
        for finding in findings
    )


def cite(assessment: Assessment, evidence_ids: tuple[int, ...], *, as_of: datetime) -> None:
    """Replace the citations of an open assessment, each pinned to text, grade and stance now."""
    items = Evidence.objects.select_related("source").in_bulk(evidence_ids)
    for pk in evidence_ids:
        if pk not in items or items[pk].recorded_at > as_of:
            raise BadJudgement(
                "This document is not on file.",
                field="cited",
                value=pk,
                remedy="File it first, then cite it.",
            )
    standing = EvidenceLink.objects.standing_at(as_of).filter(condition=assessment.condition)
    stances = dict(standing.filter(evidence__in=items).values_list("evidence_id", "stance"))
    versions = {
        version.evidence_id: version
        for version in EvidenceVersion.objects.filter(evidence__in=items).order_by("number")
    }
    assessment.citations.all().delete()
    Citation.objects.bulk_create(
        Citation(
            assessment=assessment,
            evidence_id=pk,
            evidence_version=versions[pk],
            grade=grade_chip(items[pk].source.reliability, items[pk].credibility),
            stance=stances.get(pk, ""),
        )
        for pk in dict.fromkeys(evidence_ids)
    )
