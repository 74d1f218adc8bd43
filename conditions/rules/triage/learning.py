"""Lessons: words that documents sorted by people have in common, proposed as terms.

They are proposed to whoever keeps the lists and never used by themselves: added without a person
they cost more than they gained (figures in docs/triage.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from conditions.rules.triage.terms import ConditionTerms, TermLists
from conditions.rules.triage.tokens import tokens_of

# Fewer corrections teach chance. A word is proposed when it stands in five documents on a
# condition, and four in five that have it are on it even if the next one were not.
FEWEST_EXAMPLES = 20
FEWEST_DOCUMENTS = 5
LEAST_SHARE = 0.8
_SHORTEST_WORD = 4
_LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Example:
    """A document as a person sorted it: its words, and the conditions it bears on."""

    text: str
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Lesson:
    """A word that points to a condition: in ``right`` of the ``seen`` documents that have it."""

    code: str
    word: str
    right: int
    seen: int


def lessons_of(examples: Sequence[Example]) -> tuple[Lesson, ...]:
    """The words that these examples teach, by condition, the surest first."""
    if len(examples) < FEWEST_EXAMPLES:
        return ()
    read = [(_words(example.text), example.codes) for example in examples]
    seen = Counter(word for words, _ in read for word in words)
    right = Counter((code, word) for words, codes in read for code in codes for word in words)
    learned = [
        Lesson(code, word, often, seen[word])
        for (code, word), often in right.items()
        if often >= FEWEST_DOCUMENTS and often / (seen[word] + 1) >= LEAST_SHARE
    ]
    return tuple(sorted(learned, key=lambda one: (one.code, -one.right / one.seen, one.word)))


def proposals(lists: TermLists, examples: Sequence[Example]) -> tuple[Lesson, ...]:
    """The lessons whose word no term of the condition looks for yet."""
    known = {one.code: _known(one) for one in lists.conditions}
    return tuple(
        lesson
        for lesson in lessons_of(examples)
        if lesson.code in known and not _is_known(lesson.word, known[lesson.code])
    )


def _words(text: str) -> frozenset[str]:
    tokens = tokens_of(text[:_LONGEST_TEXT])
    return frozenset(token.forms[0] for token in tokens if len(token.forms[0]) >= _SHORTEST_WORD)


def _known(condition: ConditionTerms) -> tuple[frozenset[str], tuple[str, ...]]:
    """The single words of its names and signs: whole ones, and beginnings."""
    words = {
        phrase[0]
        for term in (*condition.names, *condition.signs)
        for part in term.parts
        for phrase in part
        if len(phrase) == 1
    }
    stems = tuple(sorted(word[:-1] for word in words if word.endswith("*")))
    return frozenset(words), stems


def _is_known(word: str, known: tuple[frozenset[str], tuple[str, ...]]) -> bool:
    words, stems = known
    return word in words or word.startswith(stems)
