"""Lessons: what people corrected, as a small push to the strength of a condition, never a term.

Naive Bayes on the words of corrected documents (Bernoulli, add-one), bounded so that it can move a
document over the threshold or back but cannot suggest a condition of which no term was found.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from conditions.rules.triage.tokens import tokens_of

# Fewer than these teach less than chance; figures in docs/triage.md.
FEWEST_EXAMPLES = 20
FEWEST_OF_CONDITION = 3
LARGEST_PUSH = 0.8
_SCALE = 0.2
_SHORTEST_WORD = 4
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """A document as a person sorted it: its words, and the conditions it bears on."""

    text: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lessons:
    """For each condition how much each word speaks for it, from what people sorted."""

    odds: Mapping[str, Mapping[str, float]]

    @classmethod
    def learn(cls, examples: Sequence[Example]) -> Self:
        """The lessons of these examples; none from fewer than FEWEST_EXAMPLES."""
        if len(examples) < FEWEST_EXAMPLES:
            return cls({})
        read = [(_words(example.text), example.codes) for example in examples]
        counts = Counter(code for _, codes in read for code in codes)
        taught = sorted(code for code, often in counts.items() if often >= FEWEST_OF_CONDITION)
        return cls({code: _odds(read, code) for code in taught})

    def pushes(self, text: str) -> dict[str, float]:
        """What is added to the strength of each condition for a document of this text."""
        if not self.odds:
            return {}
        words = sorted(_words(text))
        return {code: _push(odds, words) for code, odds in self.odds.items()}


def _words(text: str) -> frozenset[str]:
    tokens = tokens_of(text[:_LONGEST_TEXT])
    return frozenset(token.forms[0] for token in tokens if len(token.forms[0]) >= _SHORTEST_WORD)


def _odds(read: Iterable[tuple[frozenset[str], frozenset[str]]], code: str) -> dict[str, float]:
    with_it: Counter[str] = Counter()
    without: Counter[str] = Counter()
    sizes = {True: 0, False: 0}
    for words, codes in read:
        (with_it if code in codes else without).update(words)
        sizes[code in codes] += 1
    return {
        word: math.log((with_it[word] + 1) / (sizes[True] + 2))
        - math.log((without[word] + 1) / (sizes[False] + 2))
        for word in sorted(with_it.keys() | without.keys())
        if with_it[word] + without[word] > 1
    }


def _push(odds: Mapping[str, float], words: Sequence[str]) -> float:
    known = [odds[word] for word in words if word in odds]
    if not known:
        return 0.0
    push = _SCALE * math.fsum(known) / math.sqrt(len(known))
    return max(-LARGEST_PUSH, min(LARGEST_PUSH, push))
