"""The words of the marks: the same on pages, in mail and in the files of a report."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

TRENDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "improving": "Improving",
        "no_change": "No change",
        "deteriorating": "Deteriorating",
        "mixed": "Mixed",
        "new": "First judgement",
    }
)
STANCES: Final[Mapping[str, str]] = MappingProxyType(
    {"supports": "Supports", "contradicts": "Contradicts", "neutral": "Neutral"}
)
# A flag's name: its words, and what they mean.
FLAGS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "reversed": (
            "Reversed",
            "Was Largely met or Met in an earlier judgement, and is now lower.",
        ),
        "stale": (
            "Stale",
            "The wording, a cited document or its source's grade changed after approval.",
        ),
        "one_sided": ("One-sided", "All cited documents that take a side take the same one."),
        "single_source": ("Single source", "All cited documents come down to one source."),
    }
)
NO_FINDING: Final = "No official report on file"


def confidence_words(confidence: str | None) -> str:
    """How firm the basis of a judgement is, in words; nothing without a judgement."""
    return f"{confidence.capitalize()} confidence" if confidence else ""
