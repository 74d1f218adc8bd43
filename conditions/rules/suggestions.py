"""Suggestions in short: what triage said of an item, kept beside it and held against decisions.

Kept, by program: ``{"about": bool, "conditions": {code: {"score": 0-100, "stance": str}}}``.
Compared with a decision: the same without scores, ``{"about": bool, "conditions": {code: str}}``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from conditions.rules.triage import Suggestion


def kept(suggestion: Suggestion) -> dict[str, Any]:
    """What is kept of a suggestion beside its item, the strongest condition first."""
    return {
        "about": suggestion.about,
        "conditions": {
            one.code: {"score": one.score, "stance": one.stance} for one in suggestion.conditions
        },
    }


def compared(kept_one: Mapping[str, Any]) -> dict[str, Any]:
    """What was kept, in the shape in which a decision is told."""
    conditions = kept_one.get("conditions", {})
    return {
        "about": bool(kept_one.get("about")),
        "conditions": {code: one["stance"] for code, one in sorted(conditions.items())},
    }


def decided(stances: Mapping[str, str]) -> dict[str, Any]:
    """A decision: the stances that a document was linked with, by condition; none is not about."""
    return {"about": bool(stances), "conditions": dict(sorted(stances.items()))}
