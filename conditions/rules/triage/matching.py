"""Matching: which terms stand in a sentence, and where; one look at each word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from conditions.rules.triage.terms import Phrase, Term, TermLists
from conditions.rules.triage.tokens import Token

ABOUT, NAMES, SIGNS, STANCE, ITEM = "about", "names", "signs", "stance", "item"
# How often one phrase is noted in one sentence: enough to find an order, never a flood.
_MOST_PLACES = 8
Place = tuple[int, int]
Places = Mapping[int, Sequence[Place]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One term with its use: of which list, for which condition, and stance or item if any."""

    use: str
    code: str
    detail: str
    term: Term


@dataclass(frozen=True, slots=True)
class Found:
    """A term found in a sentence, and the half-open places of its words, counted in words."""

    entry: Entry
    places: tuple[Place, ...]


class Matcher:
    """The terms of a program, laid out so that a text is read once."""

    def __init__(self, lists: TermLists) -> None:
        self.entries = tuple(_entries(lists))
        self._phrases: dict[Phrase, int] = {}
        self._users: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
        for at, entry in enumerate(self.entries):
            for part, phrases in enumerate((*entry.term.parts, entry.term.unless)):
                for phrase in phrases:
                    number = self._phrases.setdefault(phrase, len(self._phrases))
                    self._users[number].append((at, part))
        self._firsts: defaultdict[str, list[tuple[int, Phrase]]] = defaultdict(list)
        for phrase, number in self._phrases.items():
            self._firsts[phrase[0]].append((number, phrase))
        stems = {len(word) - 1 for word in self._firsts if word.endswith("*")}
        self._stem_lengths = sorted(stems)

    def places(self, tokens: Sequence[Token]) -> dict[int, list[Place]]:
        """Where each phrase stands among the words of a sentence."""
        found: defaultdict[int, list[Place]] = defaultdict(list)
        for at, token in enumerate(tokens):
            for number, phrase in self._starting_with(token):
                end = at + len(phrase)
                if len(found[number]) < _MOST_PLACES and _follows(tokens[at:end], phrase):
                    found[number].append((at, end))
        return {number: places for number, places in found.items() if places}

    def found(self, here: Places, title: Places | None = None) -> list[Found]:
        """The terms whose parts all stand here, in list order.

        Stance and item terms without an order may take all parts but one from the title, because a
        text does not repeat in each sentence what it is about.
        """
        parts = self._parts(here)
        lent = self._parts(title) if title else {}
        matches = []
        for at in sorted(parts):
            entry, own = self.entries[at], parts[at]
            if not _stands(entry, own, lent.get(at, {})):
                continue
            if places := _in_order(entry.term, own):
                matches.append(Found(entry, places))
        return matches

    def _starting_with(self, token: Token) -> Iterable[tuple[int, Phrase]]:
        if token.written:
            yield from self._firsts.get("=" + token.written, ())
        for form in token.forms:
            yield from self._firsts.get(form, ())
            for length in self._stem_lengths:
                if length > len(form):
                    break
                yield from self._firsts.get(form[:length] + "*", ())

    def _parts(self, places: Places) -> dict[int, dict[int, list[Place]]]:
        parts: defaultdict[int, dict[int, list[Place]]] = defaultdict(dict)
        for number, spots in places.items():
            for at, part in self._users[number]:
                parts[at].setdefault(part, []).extend(spots)
        return parts


def _entries(lists: TermLists) -> Iterable[Entry]:
    yield from (Entry(ABOUT, "", "", term) for term in lists.about)
    for one in lists.conditions:
        yield from (Entry(NAMES, one.code, "", term) for term in one.names)
        yield from (Entry(SIGNS, one.code, "", term) for term in one.signs)
        for use, named in ((STANCE, one.stances), (ITEM, one.items)):
            for detail, terms in named.items():
                yield from (Entry(use, one.code, detail, term) for term in terms)


def _stands(entry: Entry, own: Collection[int], lent: Collection[int]) -> bool:
    """Whether a sentence has all parts of a term, with those that the title may and does give."""
    wanted = len(entry.term.parts)
    # What must not stand there is kept behind the parts that must.
    if wanted in own or len(own) == wanted:
        return wanted not in own
    may = entry.use in (STANCE, ITEM) and not any(entry.term.after)
    return may and wanted not in lent and len({*own, *lent}) == wanted


def _follows(tokens: Sequence[Token], phrase: Phrase) -> bool:
    return len(tokens) == len(phrase) and all(
        _is(token, word) for token, word in zip(tokens[1:], phrase[1:], strict=True)
    )


def _is(token: Token, word: str) -> bool:
    if word.startswith("="):
        return token.written == word[1:]
    if word.endswith("*"):
        return any(form.startswith(word[:-1]) for form in token.forms)
    return word in token.forms


def _in_order(term: Term, parts: Mapping[int, Sequence[Place]]) -> tuple[Place, ...]:
    """The first place of each part; none if an order is asked for and not kept."""
    chosen: list[Place] = []
    for part in sorted(parts):
        places = sorted(parts[part])
        if term.after[part]:
            places = [place for place in places if place[0] >= chosen[-1][1]]
        if not places:
            return ()
        chosen.append(min(places, key=lambda place: place[1]))
    return tuple(chosen)
