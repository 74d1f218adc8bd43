"""The marks of a judgement, drawn alike on every page, in mail and in the report. No queries.

Each mark is a shape with its word: status, trend, confidence, grade, stance, official finding, work
state and flags. ``label=False`` keeps the word for screen readers only.
"""

from __future__ import annotations

from typing import Any

from django import template

from conditions.queries.plots import EvidenceBar, evidence_bar, pie_path
from conditions.rules.evidence import (
    CREDIBILITY,
    RELIABILITY,
    UNKNOWN_CREDIBILITY,
    UNKNOWN_RELIABILITY,
)
from conditions.rules.scale import Affirmative, Scale
from conditions.rules.voices import by_voice as by_voice_of
from conditions.rules.words import FLAGS, NO_FINDING, STANCES, TRENDS, confidence_words

register = template.Library()

Context = dict[str, Any]
TONES = 4
CONFIDENCE_BARS = {"low": 1, "moderate": 2, "high": 3}
OFFICIAL = {
    "affirmed": "Affirmed",
    "not_affirmed": "Not affirmed",
    "silent": "Silent on this condition",
    "not_submitted": "No official report submitted",
}
WORK_STATES = {
    "not_started": "Not started",
    "draft": "Draft",
    "submitted": "In review",
    "returned": "Returned",
    "approved": "Approved",
    "withdrawn": "Withdrawn",
}


@register.inclusion_tag("marks/status.html")
def status_mark(
    status: str | None, scale: Scale, label: bool = True, size: str = "medium"
) -> Context:
    """A status as shape, code and words; None is “Not yet assessed”."""
    shape, fraction, words = "none", 0.0, scale.label(status or None)
    if status:
        grade = scale.grade(status)
        if grade.rank is not None:
            top = max(other.rank for other in scale.grades if other.rank is not None)
            shape, fraction = "ordinal", grade.rank / top
        elif grade.affirmative is Affirmative.NOT_APPLICABLE:
            shape = "waived"
        else:
            shape = "unclear"
    return {
        "shape": "not_met" if shape == "ordinal" and not fraction else shape,
        "tone": round(fraction * TONES) if shape == "ordinal" else "none",
        "full": fraction == 1,
        "slice": pie_path(fraction),
        "code": status or "",
        "words": words,
        "label": label,
        "size": size,
    }


@register.inclusion_tag("marks/trend.html")
def trend_mark(trend: str | None, label: bool = True) -> Context:
    """Which way a condition goes, as an arrow and a word; nothing without a judgement."""
    return {"trend": trend, "words": TRENDS.get(trend or "", ""), "label": label}


@register.inclusion_tag("marks/confidence.html")
def confidence_mark(confidence: str | None, label: bool = True) -> Context:
    """How firm the basis is, as one to three bars and a word; nothing without a judgement."""
    filled = CONFIDENCE_BARS.get(confidence or "", 0)
    return {
        "filled": filled,
        "words": confidence_words(confidence),
        "label": label,
    }


@register.inclusion_tag("marks/grade.html")
def grade_chip(grade: str) -> Context:
    """An Admiralty grade such as B2, with its meaning for who hovers or listens.

    F6 is unknown, not worst: it has a shape of its own and says so.
    """
    letter, digit = grade[:1], grade[1:]
    source, item = RELIABILITY.get(letter, ""), CREDIBILITY.get(int(digit or 6), "")
    unknown = [letter == UNKNOWN_RELIABILITY, digit == str(UNKNOWN_CREDIBILITY)]
    return {
        "grade": grade,
        "meaning": f"Source: {source.lower()}. Item: {item.lower()}.",
        "is_unknown": all(unknown),
        "is_partly_unknown": any(unknown),
    }


@register.inclusion_tag("marks/stance.html")
def stance_mark(stance: str, label: bool = True) -> Context:
    """What a document does to a claim: supports, contradicts, or gives context."""
    return {
        "stance": stance or "neutral",
        "words": STANCES.get(stance, STANCES["neutral"]),
        "label": label,
    }


@register.inclusion_tag("marks/official.html")
def official_mark(finding: str | None) -> Context:
    """What the assessor of record said; None means that nothing is on file, which is no finding."""
    return {"finding": finding or "none", "words": OFFICIAL.get(finding or "", NO_FINDING)}


@register.inclusion_tag("marks/work_state.html")
def work_state(state: str) -> Context:
    """Where the work on a condition stands in its cycle."""
    return {"state": state, "words": WORK_STATES.get(state, state)}


@register.inclusion_tag("marks/flags.html")
def flag_marks(flags: Any) -> Context:
    """The warnings raised beside a judgement; nothing when it is calm."""
    return {"flags": [(name, *FLAGS[name]) for name in flags.names()]}


@register.inclusion_tag("marks/evidence_bar.html")
def evidence_mark(supports: int, contradicts: int, most: int = 0, neutral: int = 0) -> Context:
    """Documents against (left) and for (right) as small blocks on one scale of ``most``."""
    bar: EvidenceBar = evidence_bar(supports, contradicts, most)
    return {"bar": bar, "supports": supports, "contradicts": contradicts, "neutral": neutral}


@register.filter
def doubts(flags: Any) -> list[tuple[str, str, str]]:
    """The raised flags with their words and what they mean."""
    return [(name, *FLAGS[name]) for name in flags.names()]


@register.filter
def flag_words(name: str) -> str:
    """The words of a flag's name."""
    return FLAGS[name][0]


@register.filter
def by_voice(documents: Any) -> Any:
    """Documents in groups: those of one voice together, every other one alone."""
    return by_voice_of(documents)
