"""What stands in the Assess form before anybody types: a proposal, or what is on file."""

from __future__ import annotations

from typing import Any

from conditions.admin.pages.assess_form import FROM_STATUS
from conditions.models import Assessment
from conditions.queries.proposals import Findings, Proposed


def from_proposal(proposed: Proposed) -> dict[str, Any]:
    """A new form: the last judgement as a proposal, the rationale empty."""
    return {
        "status": proposed.status,
        "trend": FROM_STATUS,
        "confidence": proposed.confidence,
        "confidence_reason": proposed.confidence_reason,
        "limb": proposed.limb,
        "authority": proposed.authority,
        "valid_from": proposed.valid_from,
        "cited": [str(pk) for pk in proposed.cited],
        **_findings(proposed.findings),
    }


def from_assessment(assessment: Assessment, findings: Findings) -> dict[str, Any]:
    """A form that goes on with what is on file."""
    cited = assessment.citations.values_list("evidence_id", flat=True)
    return {
        "status": assessment.status,
        "trend": assessment.trend or FROM_STATUS,
        "confidence": assessment.confidence,
        "confidence_reason": assessment.confidence_reason,
        "limb": assessment.limb,
        "authority": assessment.authority,
        "rationale": assessment.rationale,
        "dissent": assessment.dissent,
        "valid_from": assessment.valid_from,
        "correction_note": assessment.correction_note,
        "cited": [str(pk) for pk in cited],
        **_findings(findings),
    }


def _findings(findings: Findings) -> dict[str, str]:
    typed = {}
    for pk, (status, note) in findings.items():
        typed[f"finding_{pk}_status"] = status
        typed[f"finding_{pk}_note"] = note
    return typed
