"""Readings: each document read once with a program's terms, then judged under many settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from bench.triage.documents import Document
from bench.triage.figures import Tally
from conditions.rules.triage import Setting, TermLists
from conditions.rules.triage.matching import Matcher
from conditions.rules.triage.scoring import ReadSentence, mentions, read_document, strengths
from conditions.rules.triage.stance import read_stance
from conditions.rules.triage.suggesting import standing

THRESHOLDS = (0.8, 1.0, 1.2, 1.5, 2.0)
SHARES = (0.0, 0.2, 0.3, 0.4)
NEUTRAL_SHARES = (0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Reading:
    """A document with what its terms say."""

    document: Document
    read: tuple[ReadSentence, ...]
    strengths: Mapping[str, float]
    named: bool

    def codes(self, setting: Setting) -> list[str]:
        """The conditions suggested under a setting."""
        return list(standing(self.strengths, setting)) if self.named else []

    def stance(self, code: str, setting: Setting) -> str:
        """The stance suggested for a condition under a setting."""
        return read_stance(self.read, code, neutral_share=setting.neutral_share).stance


def readings_of(documents: Iterable[Document], lists: TermLists) -> dict[str, Reading]:
    """Every document read with these terms, by its key."""
    matcher = Matcher(lists)
    found = {}
    for document in documents:
        read = read_document(matcher, document.title, document.text)
        found[document.key] = Reading(document, read, strengths(read), any(mentions(read)))
    return found


def chosen(readings: Sequence[Reading], codes: Sequence[str]) -> Setting:
    """The setting that does best on these documents; of equals, the strictest."""
    pairs = [(one, code, side) for one in readings for code, side in one.document.stances.items()]
    neutral = max(
        NEUTRAL_SHARES,
        key=lambda share: sum(
            one.stance(code, Setting(neutral_share=share)) == side for one, code, side in pairs
        ),
    )
    best = max(
        product(THRESHOLDS, SHARES),
        key=lambda pair: (_micro(readings, codes, Setting(*pair)), pair),
    )
    return Setting(*best, neutral_share=neutral)


def _micro(readings: Sequence[Reading], codes: Sequence[str], setting: Setting) -> float:
    tally = Tally(codes)
    for one in readings:
        tally.add_conditions(one.document, one.codes(setting))
    return tally.micro
