"""Copies: whether a text repeats one that is known, and which known texts are closest to it.

A copy shares its wording (shingles, Broder 1997): several words in a row, again and again. Two
reports on one event in different words do not; for these the closest by rare words are listed, as
the ones to look at first and nothing more.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Self

from conditions.rules.triage.tokens import tokens_of

COPY, CLOSE = "copy", "close"
# Three words in a row; half of all shared, or most of the shorter text found in the longer.
_WORDS_IN_A_ROW = 3
LEAST_LIKENESS = 0.5
LEAST_CONTAINED = 0.7
LEAST_CLOSENESS = 0.08
_KEPT = 256
_LONGEST_TEXT = 200_000
_SHORTEST_WORD = 3
_SHARED_SHOWN = 5
# Words of every text; rarity cannot tell them apart while few documents are known.
_OF_EVERY_TEXT = {
    *("the", "and", "that", "for", "with", "from", "was", "were", "are", "has", "had", "have"),
    *("been", "not", "who", "which", "this", "their", "they", "his", "her", "its", "but", "also"),
    *("after", "before", "more", "than", "into", "about", "said", "says", "will", "would", "could"),
    *("over", "under", "between", "during", "against", "while", "when", "where", "what", "other"),
    *("one", "two", "three", "first", "last", "new", "some", "all", "most", "many", "year", "out"),
}


@dataclass(frozen=True, slots=True)
class Sketch:
    """A text as the smallest hashes of its shingles: enough to compare, small enough to store."""

    size: int
    hashes: tuple[int, ...]

    @classmethod
    def of(cls, text: str) -> Self:
        """The sketch of a text; of a text without words it is empty and like nothing."""
        words = [token.forms[0] for token in tokens_of(text[:_LONGEST_TEXT])]
        rows = max(1, len(words) - _WORDS_IN_A_ROW + 1) if words else 0
        shingles = {" ".join(words[at : at + _WORDS_IN_A_ROW]) for at in range(rows)}
        return cls(len(shingles), tuple(sorted(map(_hash, shingles))[:_KEPT]))

    def likeness(self, other: Sketch) -> float:
        """The share of shingles of the two texts that both have, estimated; from 0 to 1."""
        union = sorted({*self.hashes, *other.hashes})[:_KEPT]
        both = set(self.hashes) & set(other.hashes)
        return sum(one in both for one in union) / len(union) if union else 0.0

    def contained(self, other: Sketch) -> float:
        """The share of the shorter text that stands in the longer, estimated; from 0 to 1."""
        likeness, shorter = self.likeness(other), min(self.size, other.size)
        shared = likeness / (1 + likeness) * (self.size + other.size)
        return min(1.0, shared / shorter) if shorter else 0.0


@dataclass(frozen=True, slots=True)
class Known:
    """A document on file, by its key."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Likeness:
    """A document on file that is like the one in hand.

    ``kind`` is ``copy`` (the same wording) or ``close`` (rare words in common, ``shared``); the
    score runs to 100.
    """

    key: str
    kind: str
    score: int
    shared: tuple[str, ...] = ()


class Shelf:
    """Documents on file, laid out to compare one more with them."""

    def __init__(self, known: Iterable[Known]) -> None:
        documents = list(known)
        counted = [(one.key, _counted(one.text)) for one in documents]
        self._sketches = [(one.key, Sketch.of(one.text)) for one in documents]
        self._documents = len(documents)
        self._with_word = Counter(word for _, words in counted for word in words)
        self._vectors = [(key, self._vector(words)) for key, words in counted]

    def like(self, text: str, *, most: int = 3) -> tuple[Likeness, ...]:
        """The copies of a text, then the documents closest to it, ``most`` of each at most."""
        copies = self._copies(Sketch.of(text))[:most]
        found = {one.key for one in copies}
        close = [one for one in self._close(text) if one.key not in found][:most]
        return (*copies, *close)

    def _copies(self, sketch: Sketch) -> list[Likeness]:
        found = []
        for key, other in self._sketches:
            contained = sketch.contained(other)
            if sketch.likeness(other) >= LEAST_LIKENESS or contained >= LEAST_CONTAINED:
                found.append(Likeness(key, COPY, round(100 * contained)))
        return sorted(found, key=lambda one: (-one.score, one.key))

    def _close(self, text: str) -> list[Likeness]:
        vector = self._vector(_counted(text))
        found = []
        for key, other in self._vectors:
            products = {word: vector[word] * other[word] for word in vector.keys() & other.keys()}
            closeness = math.fsum(products.values())
            if closeness >= LEAST_CLOSENESS:
                shared = sorted(products, key=lambda word: (-products[word], word))
                found.append(
                    Likeness(key, CLOSE, round(100 * closeness), tuple(shared[:_SHARED_SHOWN]))
                )
        return sorted(found, key=lambda one: (-one.score, one.key))

    def _vector(self, words: Mapping[str, int]) -> dict[str, float]:
        weights = {
            word: (1 + math.log(often))
            * math.log((self._documents + 1) / (self._with_word[word] + 0.5))
            for word, often in words.items()
        }
        length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
        return {word: weight / length for word, weight in weights.items()} if length else {}


def _counted(text: str) -> Counter[str]:
    forms = (token.forms[0] for token in tokens_of(text[:_LONGEST_TEXT]))
    return Counter(
        form
        for form in forms
        if (len(form) >= _SHORTEST_WORD and form not in _OF_EVERY_TEXT) or form.isdigit()
    )


def _hash(shingle: str) -> int:
    return int.from_bytes(hashlib.blake2b(shingle.encode(), digest_size=8).digest(), "big")
