"""Voices: whether two documents may carry the same words, what they share, and what to call it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Protocol, TypeVar

from conditions.rules.passages import Part, parted
from conditions.rules.search_words import words_of
from conditions.rules.triage.copies import LEAST_CONTAINED, LEAST_LIKENESS

# Two reports on one event in their own words share at most a tenth of their wording (measured on
# fixtures/evidence); a copy reworded at every fifth word keeps four tenths.
LEAST_CONTAINED_OF_ONE_EVENT: Final = 0.35
# A sentence says too little to be called a copy of another.
FEWEST_WORDS: Final = 20
LONGEST_COMPARED: Final = 30_000
LONGEST_PASSAGE: Final = 300
LONGEST_VOICE: Final = 80
_IN_A_ROW: Final = 3
_WORD: Final = re.compile(r"\S+")
_NOT_IN_NAME: Final = re.compile(r"[^a-z0-9]+")

_Shingle = tuple[str, ...]


class Carried(Protocol):
    """Anything that carries a voice, or an empty one."""

    @property
    def voice(self) -> str:
        """Whose words it carries."""
        ...


Carrier = TypeVar("Carrier", bound=Carried)


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of one document, folded, in its parts: our own account, and its stored copy."""

    event: str
    parts: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, event: str, *folded: str) -> Wording:
        """The wording of parts that are folded already, as the index of the search holds them."""
        parts = (tuple(part[:LONGEST_COMPARED].split()) for part in folded)
        return cls(event, tuple(part for part in parts if len(part) >= FEWEST_WORDS))


@dataclass(frozen=True, slots=True)
class Alike:
    """Two documents whose wording is alike: ``contained`` of the shorter, of 100, in the longer."""

    contained: int
    same_event: bool


def alike(first: Wording, second: Wording) -> Alike | None:
    """How alike two documents are, if so much that they may carry one voice; otherwise None.

    Half of all wording shared, or most of the shorter text in the longer; on one event a third is
    enough. The event alone says nothing: two reporters may stand in the same street.
    """
    same_event = bool(first.event) and first.event == second.event
    best: Alike | None = None
    for one in first.parts:
        for other in second.parts:
            contained, likeness = _shares(one, other)
            is_copy = contained >= LEAST_CONTAINED or likeness >= LEAST_LIKENESS
            if is_copy or (same_event and contained >= LEAST_CONTAINED_OF_ONE_EVENT):
                found = Alike(round(100 * contained), same_event)
                best = max(best or found, found, key=lambda it: it.contained)
    return best


def shared(text: str, other: str) -> tuple[Part, ...]:
    """``text`` in parts, the wording that stands in ``other`` as well marked as hits."""
    return parted(text, _common(text, other))


def longest_shared(text: str, other: str) -> str:
    """The longest stretch of ``text`` that stands in ``other`` too, cut to a length."""
    stretches = [text[begin:end] for begin, end in _common(text, other)]
    longest = " ".join(max(stretches, key=len, default="").split())
    return longest if len(longest) <= LONGEST_PASSAGE else f"{longest[: LONGEST_PASSAGE - 1]}…"


def voice_named(publisher: str, event: str, day: date | None, taken: Iterable[str] = ()) -> str:
    """A name for a voice: its first publisher, and the event or the day; not one of ``taken``."""
    rest = event or (day.isoformat() if day else "")
    name = "-".join(part for part in (_slug(publisher)[:40], _slug(rest)) if part) or "voice"
    name, used, number = name[: LONGEST_VOICE - 4].strip("-"), set(taken), 1
    while (f"{name}-{number}" if number > 1 else name) in used:
        number += 1
    return f"{name}-{number}" if number > 1 else name


def joined(pairs: Iterable[tuple[int, int]]) -> list[frozenset[int]]:
    """Groups of what hangs together: where A is like B and B like C, all three are one group.

    In the order in which their first pair comes.
    """
    group_of: dict[int, set[int]] = {}
    for one, other in pairs:
        both = group_of.get(one, {one}) | group_of.get(other, {other})
        group_of.update(dict.fromkeys(both, both))
    return list(dict.fromkeys(frozenset(group) for group in group_of.values()))


def by_voice(documents: Iterable[Carrier]) -> tuple[tuple[Carrier, ...], ...]:
    """Documents with those of one voice together, where the first of them stands."""
    found: dict[object, list[Carrier]] = {}
    for place, document in enumerate(documents):
        found.setdefault(document.voice or place, []).append(document)
    return tuple(tuple(group) for group in found.values())


def _shares(one: Sequence[str], other: Sequence[str]) -> tuple[float, float]:
    """The share of the shorter text that both have, and the share of all wording."""
    first, second = set(_shingles(one)), set(_shingles(other))
    both = len(first & second)
    return both / min(len(first), len(second)), both / len(first | second)


def _shingles(words: Sequence[str]) -> Iterator[_Shingle]:
    for at in range(len(words) - _IN_A_ROW + 1):
        yield tuple(words[at : at + _IN_A_ROW])


def _common(text: str, other: str) -> Iterator[tuple[int, int]]:
    """Where words of ``text`` stand that are three or more in a row in ``other`` too."""
    known = set(_shingles(words_of(other[:LONGEST_COMPARED])))
    places, words = [], []
    for found in _WORD.finditer(text[:LONGEST_COMPARED]):
        for word in words_of(found.group()):
            places.append(found.span())
            words.append(word)
    begin = end = -1
    for at, shingle in enumerate(_shingles(words)):
        if shingle not in known:
            continue
        if at > end:
            if end >= 0:
                yield places[begin][0], places[end][1]
            begin = at
        end = at + _IN_A_ROW - 1
    if end >= 0:
        yield places[begin][0], places[end][1]


def _slug(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().casefold()
    return _NOT_IN_NAME.sub("-", plain).strip("-")
