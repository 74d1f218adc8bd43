"""The text of an inbox item cut at its passages, so that a template can mark what says so.

Only places are computed here; the template escapes every piece by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from conditions.rules.triage import Passage

# A page with more than this is slow to read and to draw; the passages of the rest stand beside it.
TEXT_SHOWN: Final = 60_000


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a stretch; ``is_word`` says that they were looked for."""

    text: str
    is_word: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of text: a passage with the conditions it speaks of, or what stands between."""

    pieces: tuple[Piece, ...]
    labels: tuple[str, ...] = ()


@dataclass(slots=True)
class _Marked:
    start: int
    end: int
    labels: list[str] = field(default_factory=list)
    words: list[tuple[int, int]] = field(default_factory=list)


def stretches(
    whole: str, said: Iterable[tuple[str, Sequence[Passage]]], part: str, begins: int = 0
) -> tuple[Stretch, ...]:
    """A title or text (``part``) cut at the passages in it; ``said`` gives them with a label each.

    Passages that overlap become one with all their labels. Places outside the text are left out,
    and what stands before ``begins``.
    """
    cut: list[Stretch] = []
    at = begins
    for marked in _joined(said, part, len(whole)):
        if marked.end <= at:
            continue
        marked.start = max(marked.start, at)
        if marked.start > at:
            cut.append(Stretch((Piece(whole[at : marked.start], False),)))
        cut.append(Stretch(_pieces(whole, marked), tuple(dict.fromkeys(marked.labels))))
        at = marked.end
    if at < len(whole):
        cut.append(Stretch((Piece(whole[at:], False),)))
    return tuple(cut)


def _joined(said: Iterable[tuple[str, Sequence[Passage]]], part: str, length: int) -> list[_Marked]:
    found = [
        (passage.start, passage.end, label, passage.words)
        for label, passages in said
        for passage in passages
        if passage.part == part and passage.start < passage.end <= length
    ]
    joined: list[_Marked] = []
    for start, end, label, words in sorted(found, key=lambda one: one[:2]):
        if not joined or start >= joined[-1].end:
            joined.append(_Marked(start, end))
        last = joined[-1]
        last.end = max(last.end, end)
        last.labels.append(label)
        last.words += words
    return joined


def _pieces(whole: str, marked: _Marked) -> tuple[Piece, ...]:
    pieces: list[Piece] = []
    at = marked.start
    for start, end in sorted(set(marked.words)):
        begins, ends = max(start, at), min(end, marked.end)
        if begins >= ends:
            continue
        if begins > at:
            pieces.append(Piece(whole[at:begins], False))
        pieces.append(Piece(whole[begins:ends], True))
        at = ends
    if at < marked.end:
        pieces.append(Piece(whole[at : marked.end], False))
    return tuple(pieces)
