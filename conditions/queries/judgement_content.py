"""What an assessment says, as plain values: the content that its fingerprint binds."""

from __future__ import annotations

from typing import Any

from conditions.models import Assessment


def judgement_content(assessment: Assessment) -> dict[str, Any]:
    """Everything a reviewer approves: text, marks, findings, citations and the wording judged.

    An authority is told where one is named, so that what was approved before there were any keeps
    its fingerprint. Four queries at most, whatever the number of findings and citations.
    """
    # In the order of the wording that was judged: a later pack may put the checklist otherwise.
    asked = [part["code"] for part in assessment.condition_version.content.get("checklist", ())]
    findings = sorted(
        assessment.findings.select_related("checklist_item"),
        key=lambda finding: (
            asked.index(finding.checklist_item.code)
            if finding.checklist_item.code in asked
            else len(asked)
        ),
    )
    citations = assessment.citations.select_related("evidence", "evidence_version")
    version = assessment.condition_version
    return {
        "program": assessment.condition.program.slug,
        "condition": assessment.condition.code,
        "wording": {"number": version.number, "sha256": version.sha256},
        "cycle": assessment.cycle.number,
        "valid_from": assessment.valid_from.isoformat(),
        "status": assessment.status,
        "trend": assessment.trend,
        "confidence": assessment.confidence,
        "confidence_reason": assessment.confidence_reason,
        "rationale": assessment.rationale,
        "limb": assessment.limb,
        "dissent": assessment.dissent,
        "corrects": assessment.corrects_id,
        "correction_note": assessment.correction_note,
        "findings": [
            {"item": finding.checklist_item.code, "status": finding.status, "note": finding.note}
            for finding in findings
        ],
        "citations": [
            {
                "evidence": citation.evidence.key,
                "version": citation.evidence_version.number,
                "sha256": citation.evidence_version.sha256,
                "grade": citation.grade,
                "stance": citation.stance,
            }
            for citation in citations
        ],
        **({"authority": assessment.authority} if assessment.authority else {}),
    }
