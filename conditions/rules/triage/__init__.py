"""Triage: what an incoming document seems to bear on, suggested from field terms, never decided."""

from conditions.rules.triage.copies import Known, Likeness, Shelf, Sketch
from conditions.rules.triage.highlights import Passage
from conditions.rules.triage.learning import Example, Lesson, proposals
from conditions.rules.triage.suggesting import (
    ConditionSuggestion,
    ItemSuggestion,
    Setting,
    Suggestion,
    Triage,
)
from conditions.rules.triage.terms import BadTerms, TermLists, read_terms

__all__ = [
    "BadTerms",
    "ConditionSuggestion",
    "Example",
    "ItemSuggestion",
    "Known",
    "Lesson",
    "Likeness",
    "Passage",
    "Setting",
    "Shelf",
    "Sketch",
    "Suggestion",
    "TermLists",
    "Triage",
    "proposals",
    "read_terms",
]
