"""What a reviewer needs of a judgement, asked for at its field before it is submitted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from conditions.models import ChecklistItem
from conditions.rules.scale import Scale


def needs(
    typed: Mapping[str, Any], *, items: Iterable[ChecklistItem], scale: Scale
) -> dict[str, str]:
    """What is still missing from what was typed, by field: the sentence that asks for it."""
    status = typed.get("status") or ""
    off_scale = bool(status) and scale.rank(status) is None
    asked = {
        "status": (status, "Choose a status; U says that it cannot be assessed."),
        "authority": (
            typed.get("authority", "").strip() or status not in scale.waived_codes(),
            "Name who waived the condition, by which act.",
        ),
        "trend": (typed.get("trend") or off_scale, "Choose a trend: these two do not compare."),
        "confidence": (typed.get("confidence"), "Choose how firm the basis is."),
        "confidence_reason": (
            typed.get("confidence_reason", "").strip(),
            "Say why, for example which sources agree.",
        ),
        "cited": (
            typed.get("cited") or off_scale,
            "Tick at least one document, or say U (cannot be assessed).",
        ),
    }
    for item in items:
        name = f"finding_{item.pk}_status"
        asked[name] = (typed.get(name), f"Choose a finding on {item.code}; U is one.")
    return {name: remedy for name, (present, remedy) in asked.items() if not present}
