"""Field terms: the words by which a text is seen to bear on a condition, as people write them.

``word`` stands for itself, ``word*`` for any ending, ``=IS`` for exactly that writing, words side
by side for a phrase. ``a | b`` means either, ``a & b`` both in one sentence, ``a > b`` both in this
order, ``a ! b`` the first where the second is not in the sentence. ``<name>`` is a group of words
that mean the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from conditions.rules.evidence import Stance
from conditions.rules.refusals import Invalid
from conditions.rules.triage.tokens import tokens_of

Phrase = tuple[str, ...]
STANCES: Final = tuple(stance.value for stance in Stance)
_GROUP = re.compile(r"<([a-z0-9_]+)>")
_DEEPEST = 4


class BadTerms(Invalid):
    """A term that nobody can read, or a group of words that is not there."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term: of each part one phrase has to stand in the sentence; ``after`` says in order.

    Of ``unless`` none may stand in it.
    """

    text: str
    parts: tuple[tuple[Phrase, ...], ...]
    after: tuple[bool, ...]
    unless: tuple[Phrase, ...] = ()


@dataclass(frozen=True, slots=True)
class ConditionTerms:
    """What names a condition, what hints at it beside a name, and what takes which side of it."""

    code: str
    names: tuple[Term, ...]
    signs: tuple[Term, ...]
    stances: Mapping[str, tuple[Term, ...]]
    items: Mapping[str, tuple[Term, ...]]


@dataclass(frozen=True, slots=True)
class TermLists:
    """All field terms of one program; ``about`` names its country."""

    program: str
    country: str
    about: tuple[Term, ...]
    conditions: tuple[ConditionTerms, ...]


def read_terms(mapping: Mapping[str, Any]) -> TermLists:
    """The lists that a file of terms holds; raises BadTerms, naming the place and the term."""
    words = mapping.get("words", {})
    return TermLists(
        mapping["program"],
        mapping["country"],
        _read(mapping["about"], words, "about"),
        tuple(
            _condition(part, words, f"conditions[{at}]")
            for at, part in enumerate(mapping["conditions"])
        ),
    )


def read_term(text: str, words: Mapping[str, Sequence[str]] | None = None) -> Term:
    """One term as a person wrote it; raises BadTerms."""
    # The sharp brackets of a group are put aside, so that ">" is left with one meaning.
    whole, *excepted = _GROUP.sub(r"{\1}", text).split("!")
    pieces = re.split("([&>])", whole)
    parts = tuple(_part(piece, words or {}, text) for piece in pieces[::2])
    unless = tuple(phrase for piece in excepted for phrase in _part(piece, words or {}, text))
    return Term(text, parts, (False, *(mark == ">" for mark in pieces[1::2])), unless)


def _part(piece: str, words: Mapping[str, Sequence[str]], text: str) -> tuple[Phrase, ...]:
    phrases = (
        phrase for either in piece.split("|") for phrase in _phrases(either.strip(), words, text, 0)
    )
    return tuple(dict.fromkeys(phrases))


def _condition(
    part: Mapping[str, Any], words: Mapping[str, Sequence[str]], path: str
) -> ConditionTerms:
    items = part.get("items", {})
    return ConditionTerms(
        part["code"],
        _read(part["names"], words, f"{path}.names"),
        _read(part.get("signs", ()), words, f"{path}.signs"),
        {one: _read(part.get(one, ()), words, f"{path}.{one}") for one in STANCES},
        {code: _read(items[code], words, f"{path}.items.{code}") for code in items},
    )


def _read(texts: Sequence[str], words: Mapping[str, Sequence[str]], path: str) -> tuple[Term, ...]:
    found = []
    for at, text in enumerate(texts):
        try:
            found.append(read_term(text, words))
        except BadTerms as refusal:
            refusal.field = f"{path}[{at}]"
            raise
    return tuple(found)


def _phrases(
    either: str, words: Mapping[str, Sequence[str]], text: str, depth: int
) -> Iterator[Phrase]:
    name = either[1:-1]
    if not (either.startswith("{") and either.endswith("}")):
        yield _phrase(either, text)
    elif name not in words:
        raise _refusal(f"There is no group of words <{name}>.", text, f"Use {_known(words)}.")
    elif depth == _DEEPEST:
        raise _refusal(f"The group <{name}> leads to itself.", text, "Write its words out.")
    else:
        for word in words[name]:
            yield from _phrases(_GROUP.sub(r"{\1}", word).strip(), words, text, depth + 1)


def _phrase(phrase: str, text: str) -> Phrase:
    found = []
    for token in tokens_of(phrase):
        if phrase[token.start - 1 : token.start] == "=":
            found.append("=" + phrase[token.start : token.end])
        else:
            star = phrase[token.end : token.end + 1] == "*"
            found.append(token.forms[0] + "*" if star else token.forms[0])
    if not found:
        remedy = "Write a word on both sides of every |, &, > and !."
        raise _refusal("A part of this term has no word.", text, remedy)
    return tuple(found)


def _refusal(message: str, text: str, remedy: str) -> BadTerms:
    return BadTerms(message, field="terms", value=text, remedy=remedy)


def _known(words: Mapping[str, Sequence[str]]) -> str:
    return ", ".join(f"<{name}>" for name in words) or "plain words"
