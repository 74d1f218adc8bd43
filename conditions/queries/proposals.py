"""The judgement that the Assess form proposes: the last one, minus what must be thought anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from conditions.models import Assessment, ChecklistItem, Condition, EvidenceLink, ReviewCycle
from conditions.rules.rollup import ItemFinding, propose
from conditions.rules.status import Scale, trend_between

Findings = Mapping[int, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Proposed:
    """What to put into an empty form; the rationale is never proposed.

    ``findings`` are (status, note) by checklist item id, ``cited`` the ids of documents the last
    judgement rested on that are still linked. ``suggestion`` says in words what the findings
    amount to by the program's scale.
    """

    status: str
    trend: str
    confidence: str
    confidence_reason: str
    limb: str
    dissent: str
    authority: str
    valid_from: date
    findings: Findings
    cited: frozenset[int]
    suggestion: str


def last_judgement(
    condition: Condition, *, valid_at: date, as_of: datetime, besides: int | None = None
) -> Assessment | None:
    """The judgement in force on ``valid_at`` as known at ``as_of``. One query.

    ``besides`` leaves out one assessment, to find what it is to be compared with.
    """
    known = Assessment.objects.known_at(as_of).filter(condition=condition, valid_from__lte=valid_at)
    others = known if besides is None else known.exclude(pk=besides)
    return (
        others.select_related("cycle", "author", "approved_by", "condition_version")
        .latest_first()
        .first()
    )


def proposal(
    condition: Condition, cycle: ReviewCycle, *, last: Assessment | None, as_of: datetime
) -> Proposed:
    """The proposal in ``cycle``, made from the ``last`` judgement. Three queries."""
    day = proposed_day(condition, cycle, as_of=as_of)
    items = list(condition.checklist.filter(retired_on__isnull=True))
    if last is None:
        return Proposed(
            status="",
            trend="",
            confidence="",
            confidence_reason="",
            limb="",
            dissent="",
            authority="",
            valid_from=day,
            findings={},
            cited=frozenset(),
            suggestion="",
        )
    findings = findings_of(last)
    return Proposed(
        status=last.status,
        trend=proposed_trend(last, last.status, condition.program.scale),
        confidence=last.confidence,
        confidence_reason=last.confidence_reason,
        limb=last.limb,
        dissent="",
        authority=last.authority,
        valid_from=day,
        findings=findings,
        cited=still_standing(last, condition, as_of),
        suggestion=suggestion(condition, items, findings),
    )


def proposed_day(condition: Condition, cycle: ReviewCycle, *, as_of: datetime) -> date:
    """The day from which a judgement made now in ``cycle`` would hold: today, or its last day."""
    day = min(cycle.program.day_of(as_of), cycle.due_on - timedelta(days=1))
    return max(day, condition.in_force_from)


def findings_of(assessment: Assessment) -> Findings:
    """An assessment's (status, note) by checklist item id. One query."""
    return {
        finding.checklist_item_id: (finding.status, finding.note)
        for finding in assessment.findings.all()
    }


def proposed_trend(last: Assessment | None, status: str, scale: Scale) -> str:
    """The trend from the last judgement to ``status``; empty where the two cannot be compared."""
    if not status or scale.rank(status) is None:
        return ""
    trend = trend_between(last.status if last else None, status, scale)
    return trend.value if trend else ""


def suggestion(condition: Condition, items: Collection[ChecklistItem], findings: Findings) -> str:
    """What these findings amount to by the program's scale, in words; empty without findings."""
    if not any(status for status, _ in findings.values()):
        return ""
    facts = [
        ItemFinding(findings.get(item.pk, ("", ""))[0] or None, item.hard_hurdle) for item in items
    ]
    scale = condition.program.scale
    found = propose(facts, condition.test, scale)
    return f"{scale.label(found.status) if found.status else 'No status'}. {found.reason}"


def still_standing(last: Assessment, condition: Condition, as_of: datetime) -> frozenset[int]:
    """Ids of the documents that ``last`` cites and that are still linked. One query."""
    standing = EvidenceLink.objects.standing_at(as_of).filter(
        condition=condition, evidence__in=last.citations.values("evidence")
    )
    return frozenset(standing.values_list("evidence_id", flat=True))
