"""How our judgement stands to the official finding, drawn as a shape with its words. No queries."""

from __future__ import annotations

from typing import Any

from django import template

from conditions.rules.divergence import Divergence

register = template.Library()

# Shape and words; the shape alone tells the two that contradict each other from the rest.
MARKS = {
    Divergence.AGREE: ("same", "Agree"),
    Divergence.WE_SAY_NO: ("differ", "Only the report affirms"),
    Divergence.WE_SAY_YES: ("differ", "Only we affirm"),
    Divergence.OURS_OPEN: ("open", "Ours is open"),
    Divergence.OFFICIAL_SILENT: ("open", "Report is silent"),
    Divergence.NOT_SUBMITTED: ("open", "No report sent"),
    Divergence.NOT_RECORDED: ("none", "Nothing recorded"),
    Divergence.NOT_REQUIRED: ("none", "Waived"),
}


@register.inclusion_tag("marks/divergence.html")
def divergence_mark(kind: str | None, label: bool = True) -> dict[str, Any]:
    """How the two stand to each other; None where the condition was not asked in the cycle."""
    shape, words = MARKS[Divergence(kind)] if kind else ("none", "Not in force")
    return {"shape": shape, "words": words, "label": label, "kind": kind or "not_asked"}
