"""Scoring: how strongly a document speaks of each condition, counted from the terms in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conditions.rules.triage.matching import ABOUT, NAMES, SIGNS, Found, Matcher
from conditions.rules.triage.passages import TITLE, Sentence, sentences_of

# A title says what a text is about; a name says it outright, a sign only beside a name.
TITLE_COUNTS = 2
_WEIGHT = {NAMES: 3.0, SIGNS: 1.0}
# BM25 (Robertson and Spaerck Jones): a term said again adds less, and less in a long text; beyond a
# report of usual size length no longer matters.
_SATURATION = 1.2
_LENGTH_SHARE = 0.3
_USUAL_WORDS = 150
_MOST_WORDS = 2_000


@dataclass(frozen=True, slots=True)
class ReadSentence:
    """A sentence with the terms that were found in it."""

    sentence: Sentence
    found: tuple[Found, ...]

    @property
    def counts(self) -> int:
        """What a term in it counts."""
        return TITLE_COUNTS if self.sentence.part == TITLE else 1

    def of(self, code: str, *uses: str) -> list[Found]:
        """The terms of these uses that were found for one condition."""
        return [one for one in self.found if one.entry.code == code and one.entry.use in uses]


def read_document(matcher: Matcher, title: str, text: str) -> tuple[ReadSentence, ...]:
    """The title and every sentence of a document with the terms found in them."""
    sentences = sentences_of(title, text)
    heading = matcher.places(sentences[0].tokens)
    read = [ReadSentence(sentences[0], tuple(matcher.found(heading)))]
    for sentence in sentences[1:]:
        here = matcher.places(sentence.tokens)
        read.append(ReadSentence(sentence, tuple(matcher.found(here, heading))))
    return tuple(read)


def strengths(read: Sequence[ReadSentence]) -> dict[str, float]:
    """The strength of each condition that is named at least once; signs alone are nothing."""
    words = min(_MOST_WORDS, sum(len(one.sentence.tokens) for one in read))
    longer = 1 - _LENGTH_SHARE + _LENGTH_SHARE * words / _USUAL_WORDS
    sums: defaultdict[str, float] = defaultdict(float)
    named = set()
    for (code, use, _), often in _counted(read).items():
        sums[code] += _WEIGHT[use] * often / (often + _SATURATION * longer)
        if use == NAMES:
            named.add(code)
    return {code: strength for code, strength in sums.items() if code in named}


def out_of_hundred(strength: float, threshold: float) -> int:
    """A strength on a scale on which the threshold is 50 and nothing reaches 100."""
    return min(99, round(100 * strength / (strength + threshold))) if strength > 0 else 0


def mentions(read: Iterable[ReadSentence]) -> list[bool]:
    """For each sentence whether it names the country: a place, a body or a person of it."""
    return [any(one.entry.use == ABOUT for one in sentence.found) for sentence in read]


def _counted(read: Iterable[ReadSentence]) -> Mapping[tuple[str, str, str], int]:
    counts: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for sentence in read:
        for one in sentence.found:
            if one.entry.use in _WEIGHT:
                key = (one.entry.code, one.entry.use, one.entry.term.text)
                counts[key] += sentence.counts
    return counts
