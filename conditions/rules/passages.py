"""Passages of a text around the words that a search looked for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from conditions.rules.search_words import Term, words_of

LONGEST_PASSAGE: Final = 260
_BEFORE: Final = 80
# Letters and digits with the marks and joiners that folding takes out of words.
_WORD: Final = re.compile(
    r"(?:[^\W_]|[\u00ad\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
    r"\u0900-\u0963\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    r"\u20d0-\u20ff\ufe00-\ufe0f\ufeff])+"
)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text, and whether it is what was looked for."""

    text: str
    is_hit: bool = False


@dataclass(frozen=True, slots=True)
class _Word:
    begin: int
    end: int
    word: str


def marked(text: str, terms: Iterable[Term]) -> tuple[Part, ...]:
    """The whole text in parts, those that were looked for marked as hits."""
    return parted(text, _hits(text, tuple(terms)))


def parted(text: str, spans: Iterable[tuple[int, int]]) -> tuple[Part, ...]:
    """The whole text in parts, those between each begin and end marked as hits.

    The spans come in order and apart from each other.
    """
    parts: list[Part] = []
    done = 0
    for begin, end in spans:
        if begin > done:
            parts.append(Part(text[done:begin]))
        parts.append(Part(text[begin:end], is_hit=True))
        done = end
    if done < len(text):
        parts.append(Part(text[done:]))
    return tuple(parts)


def passage(text: str, terms: Iterable[Term], *, most: int = LONGEST_PASSAGE) -> tuple[Part, ...]:
    """A stretch of about ``most`` characters around the first hit; nothing where there is none."""
    terms = tuple(terms)
    first = next(_hits(text, terms), None)
    if first is None:
        return ()
    begin = _space_before(text, max(0, first[0] - _BEFORE)) if first[0] > _BEFORE else 0
    shown, is_cut = _cut(text[begin:], max(most, first[1] - begin))
    inner = marked(shown, terms)
    return (*((Part("… "),) if begin else ()), *inner, *((Part(" …"),) if is_cut else ()))


def opening(text: str, *, most: int = LONGEST_PASSAGE) -> tuple[Part, ...]:
    """The beginning of a text, where no passage of it is asked for."""
    shown, is_cut = _cut(text, most)
    return (Part(shown), Part(" …")) if is_cut else (Part(shown),)


def _hits(text: str, terms: tuple[Term, ...]) -> Iterator[tuple[int, int]]:
    """Where terms stand, in order and apart from each other; read no further than is asked."""
    longest = max((len(term.words) for term in terms), default=0)
    waiting: list[_Word] = []
    done = 0
    words = _words(text)
    while longest:
        while len(waiting) < longest and (word := next(words, None)):
            waiting.append(word)
        if not waiting:
            return
        many = max((_many(term, waiting) for term in terms), default=0)
        if many and waiting[0].begin >= done:
            done = waiting[many - 1].end
            yield waiting[0].begin, done
        waiting.pop(0)


def _many(term: Term, words: list[_Word]) -> int:
    """How many of the words from here on are this term's: all of its own, or none."""
    many = len(term.words)
    stands = many <= len(words) and all(
        term.holds(words[place].word, place) for place in range(many)
    )
    return many if stands else 0


def _words(text: str) -> Iterator[_Word]:
    for found in _WORD.finditer(text):
        for word in words_of(found.group()):
            yield _Word(found.start(), found.end(), word)


def _space_before(text: str, place: int) -> int:
    space = text.rfind(" ", max(0, place - _BEFORE), place)
    return place if space < 0 else space + 1


def _cut(text: str, most: int) -> tuple[str, bool]:
    if len(text) <= most:
        return text, False
    space = text.rfind(" ", most // 2, most + 1)
    return text[: space if space > 0 else most], True
