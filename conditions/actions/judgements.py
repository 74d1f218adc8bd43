"""What a judgement says, and what it must say before it may be saved or submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from conditions.models import (
    Assessment,
    Citation,
    Condition,
    Evidence,
    EvidenceLink,
    EvidenceVersion,
    Finding,
    ReviewCycle,
)
from conditions.rules.evidence import grade_chip
from conditions.rules.refusals import Conflict, Invalid
from conditions.rules.status import Confidence, Trend


class BadJudgement(Invalid):
    """Part of a judgement is missing or cannot be accepted."""


class Incomplete(Invalid):
    """A judgement lacks what a reviewer needs."""


class CycleNotAssessable(Conflict):
    """The cycle has not begun, or is closed."""


class EvidenceChanged(Conflict):
    """Cited evidence reads differently from when it was cited."""


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """The judgement on one checklist item, named by its row id."""

    item_id: int
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says about a condition: marks, words, findings and cited evidence (row ids)."""

    rationale: str
    valid_from: date
    status: str = ""
    trend: str = ""
    confidence: str = ""
    confidence_reason: str = ""
    limb: str = ""
    dissent: str = ""
    findings: tuple[ItemFinding, ...] = ()
    cited: tuple[int, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values that stand in the assessment's own row."""
        return {
            "rationale": self.rationale.strip(),
            "valid_from": self.valid_from,
            "status": self.status,
            "trend": self.trend,
            "confidence": self.confidence,
            "confidence_reason": self.confidence_reason.strip(),
            "limb": self.limb,
            "dissent": self.dissent.strip(),
        }


def require_judgement_fits(
    judgement: Judgement,
    *,
    condition: Condition,
    cycle: ReviewCycle,
    corrects: Assessment | None,
    as_of: datetime,
) -> None:
    """Raise unless the judgement can be saved on this condition in this cycle at ``as_of``."""
    if not judgement.rationale.strip():
        raise BadJudgement(
            "A judgement cannot be saved without a rationale.",
            field="rationale",
            value=judgement.rationale,
            remedy="Say in a sentence or more what the evidence shows.",
        )
    _require_same_program(condition, cycle)
    _require_assessable(cycle, corrects, condition, as_of)
    _require_day(judgement.valid_from, condition, cycle, as_of)
    scale = cycle.program.scale
    for status in (judgement.status, *(finding.status for finding in judgement.findings)):
        if status:
            scale.grade(status)
    _require_member("trend", judgement.trend, [trend.value for trend in Trend])
    _require_member("confidence", judgement.confidence, [level.value for level in Confidence])
    _require_member("limb", judgement.limb, [limb.value for limb in Assessment.Limb])


def require_complete(assessment: Assessment) -> None:
    """Raise Incomplete, naming every missing part, unless a reviewer could judge it."""
    off_scale = assessment.status in ("U", "W")
    missing = [
        words
        for present, words in (
            (assessment.status, "a status"),
            (assessment.confidence, "a confidence"),
            (assessment.confidence_reason, "the reason for the confidence"),
            (assessment.trend or off_scale, "a trend"),
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
            field="assessment",
            value=assessment.pk,
            remedy="Add it, or say U (cannot be assessed) where the evidence is too thin.",
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


def _require_same_program(condition: Condition, cycle: ReviewCycle) -> None:
    if condition.program_id != cycle.program_id:
        raise BadJudgement(
            f"{condition.code} does not belong to the program of this cycle.",
            field="cycle",
            value=str(cycle),
            remedy="Choose a cycle of the condition's own program.",
        )


def _require_assessable(
    cycle: ReviewCycle, corrects: Assessment | None, condition: Condition, as_of: datetime
) -> None:
    if cycle.starts_on > cycle.program.day_of(as_of):
        raise CycleNotAssessable(
            f"Cycle {cycle.number} begins on {cycle.starts_on}.",
            field="cycle",
            value=cycle.number,
            remedy="Assess it from that day on.",
        )
    if corrects is None and cycle.closed_at is not None:
        raise CycleNotAssessable(
            f"Cycle {cycle.number} was closed on {cycle.closed_on}.",
            field="cycle",
            value=cycle.number,
            remedy="Correct the approved judgement instead, with a note that says why.",
        )
    if corrects is not None and (
        corrects.condition_id != condition.pk
        or corrects.cycle_id != cycle.pk
        or corrects.approved_at is None
    ):
        raise BadJudgement(
            "A correction corrects an approved judgement of the same condition and cycle.",
            field="corrects",
            value=corrects.pk,
            remedy="Open the judgement to be corrected and start from there.",
        )


def _require_day(
    valid_from: date, condition: Condition, cycle: ReviewCycle, as_of: datetime
) -> None:
    today = cycle.program.day_of(as_of)
    if not cycle.starts_on <= valid_from < cycle.due_on or valid_from > today:
        raise BadJudgement(
            f"{valid_from} cannot be the day from which this judgement holds.",
            field="valid_from",
            value=valid_from,
            remedy=f"Give a day from {cycle.starts_on}, before {cycle.due_on}, not after {today}.",
        )
    begins, ends = condition.in_force_from, condition.in_force_until
    if valid_from < begins or (ends is not None and valid_from >= ends):
        raise BadJudgement(
            f"{condition.code} was not in force on {valid_from}.",
            field="valid_from",
            value=valid_from,
            remedy=f"Give a day from {begins}{f' and before {ends}' if ends else ''}.",
        )


def _require_member(field: str, value: str, accepted: list[str]) -> None:
    if value and value not in accepted:
        raise BadJudgement(
            f"“{value}” is not a known {field}.",
            field=field,
            value=value,
            remedy=f"Use one of {', '.join(entry for entry in accepted if entry)}.",
        )
