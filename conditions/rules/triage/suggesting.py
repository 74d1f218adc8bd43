"""Suggesting: a document in, what it seems to bear on out, with the passages that say so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from conditions.rules.triage.highlights import Passage, passages_of
from conditions.rules.triage.matching import ITEM, NAMES, SIGNS, STANCE, Found, Matcher
from conditions.rules.triage.scoring import (
    ReadSentence,
    mentions,
    out_of_hundred,
    read_document,
    strengths,
)
from conditions.rules.triage.stance import read_stance
from conditions.rules.triage.terms import TermLists

_MOST_ITEMS = 3
_OPENING = 2


@dataclass(frozen=True, slots=True)
class Setting:
    """Where the lines are drawn: the least strength, its least share of the strongest condition's,
    and what a cue without a side counts beside one with a side.
    """

    threshold: float = 1.2
    share: float = 0.2
    neutral_share: float = 0.75


@dataclass(frozen=True, slots=True)
class ItemSuggestion:
    """A checklist item a document seems to bear on."""

    code: str
    score: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class ConditionSuggestion:
    """A condition a document seems to bear on; ``score`` is 50 at the threshold, not a chance."""

    code: str
    score: int
    stance: str
    stance_reason: str
    items: tuple[ItemSuggestion, ...]
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a document seems to be: about the program or not, why, and on which conditions."""

    about: bool
    reason: str
    conditions: tuple[ConditionSuggestion, ...] = field(default=())


class Triage:
    """The terms of one program, ready to read documents with. It suggests and never decides."""

    def __init__(self, lists: TermLists, setting: Setting | None = None) -> None:
        self.lists = lists
        self.setting = setting or Setting()
        self._matcher = Matcher(lists)

    def suggest(self, *, title: str, text: str) -> Suggestion:
        """What a document with this title and text seems to bear on, strongest first."""
        read = read_document(self._matcher, title, text)
        named = mentions(read)
        country = self.lists.country
        if not any(named):
            return Suggestion(False, f"No place, body or person of {country} is named.")
        found = standing(strengths(read), self.setting)
        if not found:
            return Suggestion(False, f"{country} is named, but nothing any condition speaks of.")
        conditions = tuple(
            self._condition(code, found[code], read, title, text) for code in _by_strength(found)
        )
        return Suggestion(True, _why(country, named), conditions)

    def _condition(
        self, code: str, strength: float, read: Sequence[ReadSentence], title: str, text: str
    ) -> ConditionSuggestion:
        reading = read_stance(read, code, neutral_share=self.setting.neutral_share)
        said = [(one, one.of(code, NAMES, SIGNS, STANCE)) for one in read]
        said = [(one, found) for one, found in said if one.of(code, NAMES, SIGNS)]
        return ConditionSuggestion(
            code,
            out_of_hundred(strength, self.setting.threshold),
            reading.stance,
            reading.reason,
            _items(code, read, title, text),
            passages_of(said, title, text),
        )


def standing(found: Mapping[str, float], setting: Setting) -> dict[str, float]:
    """The conditions that are strong enough, by themselves and beside the strongest."""
    least = max(setting.threshold, setting.share * max(found.values(), default=0.0))
    return {code: strength for code, strength in found.items() if strength >= least}


def _by_strength(found: Mapping[str, float]) -> list[str]:
    return sorted(found, key=lambda code: (-found[code], code))


def _why(country: str, named: Sequence[bool]) -> str:
    if any(named[:_OPENING]):
        return f"{country} is named in the title or the first sentence."
    if sum(named) > 1:
        return f"{country} is named in {sum(named)} sentences."
    return f"{country} is named once, late in the text: perhaps only in passing."


def _items(
    code: str, read: Sequence[ReadSentence], title: str, text: str
) -> tuple[ItemSuggestion, ...]:
    said: dict[str, list[tuple[ReadSentence, list[Found]]]] = {}
    for sentence in read:
        for one in sentence.of(code, ITEM):
            places = said.setdefault(one.entry.detail, [])
            if not places or places[-1][0] is not sentence:
                places.append((sentence, []))
            places[-1][1].append(one)
    suggestions = [
        ItemSuggestion(
            item,
            out_of_hundred(sum(one.counts * len(found) for one, found in places), 1.0),
            passages_of(places, title, text),
        )
        for item, places in said.items()
    ]
    suggestions.sort(key=lambda item: (-item.score, item.code))
    return tuple(suggestions[:_MOST_ITEMS])
