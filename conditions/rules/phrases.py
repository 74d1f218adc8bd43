"""What to look for in an index to find the texts that may repeat one: phrases, and rare words."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Final

from conditions.rules.search_words import Search, Term, words_of

# A copy keeps most of its phrases, so a dozen spread over the text miss it hardly ever.
_PHRASES: Final = 12
_WORDS_IN_A_ROW: Final = 3
_SHORTEST: Final = 4
_NAMES: Final = 6
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
    return _any([(phrase,) for phrase in sorted(best)[: _PHRASES + 1]])


def names_of(title: str, text: str) -> AnyOf | None:
    """A search for any two of the words that tell a text from others; None where it has none.

    Those are names and numbers, as far as their writing shows it: the longest words first that
    stand with a capital or a digit, or, where a script has no capitals, the longest words.
    """
    whole = f"{title}\n{text}"[:_LONGEST_READ].split()
    telling = [word for word in whole if word[:1].isupper() or any(map(str.isdigit, word))]
    found = words_of(" ".join(telling)) or words_of(" ".join(whole))
    longest = sorted({word for word in found if len(word) >= _SHORTEST}, key=lambda w: (-len(w), w))
    return _any([((one,), (other,)) for one, other in combinations(longest[:_NAMES], 2)])


def _any(wanted: list[tuple[tuple[str, ...], ...]]) -> AnyOf | None:
    searches = tuple(Search("", tuple(Term(words) for words in terms)) for terms in wanted)
    return AnyOf("", (), searches=searches) if searches else None
