"""What a blind coding says, as plain values: the content that its fingerprint binds."""

from __future__ import annotations

from typing import Any

from conditions.models import Coding


def coding_content(coding: Coding) -> dict[str, Any]:
    """Everything a coder sealed, and of what; its double coding should have been fetched along."""
    double_coding = coding.double_coding
    return {
        "program": double_coding.condition.program.slug,
        "condition": double_coding.condition.code,
        "cycle": double_coding.cycle.number,
        "double_coding": double_coding.pk,
        "coder": coding.coder_id,
        "status": coding.status,
        "limb": coding.limb,
        "confidence": coding.confidence,
        "rationale": coding.rationale,
        "findings": coding.findings,
        "sealed_at": coding.sealed_at,
    }
