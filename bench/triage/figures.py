"""Figures: counts of right and wrong suggestions, and the measures made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bench.triage.documents import Document

# A document without any condition is not about the program.
Suggested = Mapping[str, frozenset[str]]


@dataclass(slots=True)
class Tally:
    """What was suggested against what people filed, added up over folds."""

    codes: Sequence[str]
    right: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    stance_right: Counter[str] = field(default_factory=Counter)
    stances: Counter[str] = field(default_factory=Counter)
    turned_away: int = 0
    rightly: int = 0
    off_topic: int = 0

    def add_conditions(self, document: Document, suggested: Iterable[str]) -> None:
        """Count the suggestions for one document."""
        said, meant = set(suggested) & set(self.codes), document.codes & set(self.codes)
        self.right.update(said & meant)
        self.wrong.update(said - meant)
        self.missed.update(meant - said)

    def add_about(self, document: Document, *, about: bool) -> None:
        """Count whether a document was turned away, and whether it should have been."""
        self.turned_away += not about
        self.off_topic += not document.codes
        self.rightly += not about and not document.codes

    def add_stance(self, code: str, *, said: str, meant: str) -> None:
        """Count one stance, given the condition."""
        if code in self.codes:
            self.stances[code] += 1
            self.stance_right[code] += said == meant

    def precision(self, code: str) -> float:
        """The share of suggestions of a condition that were right."""
        return _share(self.right[code], self.right[code] + self.wrong[code])

    def recall(self, code: str) -> float:
        """The share of documents on a condition for which it was suggested."""
        return _share(self.right[code], self.right[code] + self.missed[code])

    def f1(self, code: str) -> float:
        """The harmonic mean of precision and recall of a condition."""
        return _f1(self.right[code], self.wrong[code], self.missed[code])

    @property
    def micro(self) -> float:
        """F1 over all suggestions together."""
        return _f1(self.right.total(), self.wrong.total(), self.missed.total())

    @property
    def macro(self) -> float:
        """The mean F1 of the conditions that have documents."""
        measured = [code for code in self.codes if self.right[code] + self.missed[code]]
        return sum(map(self.f1, measured)) / len(measured) if measured else 0.0

    @property
    def stance(self) -> float:
        """The share of stances that were right, given the condition."""
        return _share(self.stance_right.total(), self.stances.total())

    @property
    def away_precision(self) -> float:
        """Of the documents said to be not about the program, the share that was not."""
        return _share(self.rightly, self.turned_away)

    @property
    def away_recall(self) -> float:
        """Of the documents not about the program, the share that was said to be so."""
        return _share(self.rightly, self.off_topic)


@dataclass(slots=True)
class ItemTally:
    """Checklist items suggested against those filed, under conditions that were filed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, *, said: frozenset[str], meant: frozenset[str]) -> None:
        """Count the items of one document."""
        self.right += len(said & meant)
        self.wrong += len(said - meant)
        self.missed += len(meant - said)

    @property
    def precision(self) -> float:
        """The share of suggested items that were filed."""
        return _share(self.right, self.right + self.wrong)

    @property
    def recall(self) -> float:
        """The share of filed items that were suggested."""
        return _share(self.right, self.right + self.missed)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _f1(right: int, wrong: int, missed: int) -> float:
    return _share(2 * right, 2 * right + wrong + missed)
