"""What to look for in an index to find the texts that may repeat one: its phrases, or words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from conditions.rules.search_words import Search, Term, words_of

# A copy keeps most of its phrases, so a dozen spread over the text miss it hardly ever.
_PHRASES: Final = 12
_WORDS_IN_A_ROW: Final = 3
_LONGEST_READ: Final = 20_000


@dataclass(frozen=True, slots=True)
class AnyOf(Search):
    """A search that one of several others satisfies: ``searches``, each of wanted terms."""

    searches: tuple[Search, ...] = ()

    def for_fts5(self) -> str:
        """The MATCH expression of SQLite."""
        return " OR ".join(f"({one.for_fts5()})" for one in self.searches)

    def for_tsquery(self) -> str:
        """The text that PostgreSQL's ``to_tsquery`` takes."""
        return " | ".join(f"({one.for_tsquery()})" for one in self.searches)


def phrases_of(text: str) -> AnyOf | None:
    """A search for any of a dozen phrases spread over the text; None of a text without words.

    Each is the one with the longest words of its stretch: those are seldom found by chance.
    """
    words = words_of(text[:_LONGEST_READ])
    rows = [words[at : at + _WORDS_IN_A_ROW] for at in range(len(words) - _WORDS_IN_A_ROW + 1)]
    if not rows:
        return None
    stretch = max(1, len(rows) // _PHRASES)
    best = {
        tuple(max(rows[at : at + stretch], key=lambda row: sorted(map(len, row))))
        for at in range(0, len(rows), stretch)
    }
    return any_of(sorted(best)[: _PHRASES + 1])


def any_of(phrases: Iterable[tuple[str, ...]]) -> AnyOf | None:
    """A search for any of these phrases, each of words as the index holds them; None of none."""
    searches = tuple(Search("", (Term(words),)) for words in phrases)
    return AnyOf("", (), searches=searches) if searches else None
