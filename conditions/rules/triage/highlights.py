"""Highlights: the sentences that say so, and in them the words that were looked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conditions.rules.triage.matching import Found
from conditions.rules.triage.passages import TITLE, Sentence
from conditions.rules.triage.scoring import ReadSentence

_MOST_PASSAGES = 5


@dataclass(frozen=True, slots=True)
class Passage:
    """What says so: a title or sentence (``part``) at ``start`` to ``end`` of that part.

    ``words`` are the places of the words that were looked for, ``terms`` these words as written.
    All places are half-open, counted in characters.
    """

    part: str
    start: int
    end: int
    text: str
    terms: tuple[str, ...]
    words: tuple[tuple[int, int], ...]


def passages_of(
    said: Iterable[tuple[ReadSentence, Sequence[Found]]], title: str, text: str
) -> tuple[Passage, ...]:
    """The sentences that say most, in the order of the document."""
    ranked = sorted(said, key=lambda one: -one[0].counts * len(one[1]))[:_MOST_PASSAGES]
    passages = [_passage(one.sentence, found, title, text) for one, found in ranked]
    return tuple(sorted(passages, key=lambda one: (one.part != TITLE, one.start)))


def _passage(sentence: Sentence, found: Sequence[Found], title: str, text: str) -> Passage:
    whole = title if sentence.part == TITLE else text
    words = _joined(place for one in found for place in _characters(one, sentence))
    return Passage(
        sentence.part,
        sentence.start,
        sentence.end,
        whole[sentence.start : sentence.end],
        tuple(dict.fromkeys(whole[start:end] for start, end in words)),
        words,
    )


def _characters(one: Found, sentence: Sentence) -> Iterable[tuple[int, int]]:
    return (
        (sentence.tokens[start].start, sentence.tokens[end - 1].end) for start, end in one.places
    )


def _joined(places: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Places in order, those that overlap made one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(set(places)):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
