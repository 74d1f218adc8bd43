"""Evidence: the Admiralty grades, and when enough independent sources bear on a question."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from conditions.rules.refusals import Invalid
from conditions.rules.values import BadValue, require_keys, require_one_of, require_whole

# NATO STANAG 2511 and AJP-2.1, the Admiralty code. The two are judged apart and never averaged.
RELIABILITY: Final[Mapping[str, str]] = MappingProxyType(
    {
        "A": "Completely reliable",
        "B": "Usually reliable",
        "C": "Fairly reliable",
        "D": "Not usually reliable",
        "E": "Unreliable",
        "F": "Reliability cannot be judged",
    }
)
CREDIBILITY: Final[Mapping[int, str]] = MappingProxyType(
    {
        1: "Confirmed by other sources",
        2: "Probably true",
        3: "Possibly true",
        4: "Doubtful",
        5: "Improbable",
        6: "Truth cannot be judged",
    }
)
# Not judged: outside the order, neither good enough for a rule nor worst.
UNKNOWN_RELIABILITY: Final = "F"
UNKNOWN_CREDIBILITY: Final = 6
_Name = int | str
_KEYS = ("independent_sources", "one_at_least", "or_primary_document")
_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


class Stance(StrEnum):
    """What a document does to the claim it is linked to; it belongs to the link."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    NEUTRAL = "neutral"


class BadGrade(Invalid):
    """A grade that is not in the Admiralty code."""


@dataclass(frozen=True, slots=True)
class Exhibit:
    """One document as it bears on a question; an empty stance counts as neutral.

    ``voice`` names whose words it carries, if not its source's own: copies of one wire share it.
    """

    source_id: _Name
    voice: str | None
    reliability: str
    credibility: int
    stance: str
    is_primary: bool

    @property
    def takes_a_side(self) -> bool:
        """Whether it supports or contradicts, and so can carry a judgement."""
        return self.stance in (Stance.SUPPORTS, Stance.CONTRADICTS)

    @property
    def speaker(self) -> _Name:
        """Whose words these are: the voice, or the source itself."""
        return self.voice or self.source_id


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether an evidence rule is met, and why."""

    met: bool
    reason: str


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What it takes to judge a checklist item (domain 4.4, rule ER-2, is the default)."""

    independent_sources: int = 2
    one_at_least: str | None = "B"
    or_primary_document: bool = True

    def __post_init__(self) -> None:
        require_whole("independent_sources", self.independent_sources, least=1, most=10)
        if self.one_at_least is not None:
            require_one_of("one_at_least", self.one_at_least, [*RELIABILITY][:-1])
        if not isinstance(self.or_primary_document, bool):
            raise BadValue(
                f"{self.or_primary_document!r} cannot be the value of or_primary_document.",
                field="or_primary_document",
                value=self.or_primary_document,
                remedy="Give true or false.",
            )

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """The rule a program pack or row describes; what it leaves out takes the default."""
        require_keys(mapping, _KEYS, what="An evidence rule")
        return cls(**mapping)  # type: ignore[arg-type]  # __post_init__ checks each of them

    def sentence(self) -> str:
        """The rule in one plain sentence."""
        several = self.independent_sources > 1
        text = f"At least {sources_in_words(self.independent_sources)}"
        if self.one_at_least is not None:
            text += f"{', one of them' if several else ','} graded {_or_better(self.one_at_least)}"
        if self.or_primary_document:
            text += ", or one primary document of the body responsible"
        return f"{text}."


def grade_chip(reliability: str, credibility: int) -> str:
    """The grade as analysts write it, such as B2; raises BadGrade for anything outside the code."""
    if reliability not in RELIABILITY or credibility not in CREDIBILITY:
        raise BadGrade(
            f"{reliability}{credibility} is not a grade.",
            field="grade",
            value=(reliability, credibility),
            remedy="Give a reliability from A to F and a credibility from 1 to 6.",
        )
    return f"{reliability}{credibility}"


def rule_met(rule: EvidenceRule, exhibits: Iterable[Exhibit]) -> Verdict:
    """Whether the documents that take a side satisfy the rule."""
    sided = [exhibit for exhibit in exhibits if exhibit.takes_a_side]
    if rule.or_primary_document and any(exhibit.is_primary for exhibit in sided):
        return Verdict(True, "A primary document of the body responsible.")
    number = independent_sources(sided)
    if number < rule.independent_sources:
        needed = _WORDS[rule.independent_sources]
        verb = "is" if rule.independent_sources == 1 else "are"
        return Verdict(False, f"{sources_in_words(number)}; {needed} {verb} needed.".capitalize())
    if rule.one_at_least is None:
        return Verdict(True, f"{sources_in_words(number)}.".capitalize())
    good_enough = any(_is_good(exhibit.reliability, rule.one_at_least) for exhibit in sided)
    found = f"{sources_in_words(number)}, {'one' if good_enough else 'none'} graded ".capitalize()
    return Verdict(good_enough, f"{found}{_or_better(rule.one_at_least)}.")


def _is_good(reliability: str, at_least: str) -> bool:
    return reliability != UNKNOWN_RELIABILITY and reliability <= at_least


def is_one_sided(exhibits: Iterable[Exhibit]) -> bool:
    """Whether all documents that take a side take the same one."""
    return len({exhibit.stance for exhibit in exhibits if exhibit.takes_a_side}) == 1


def is_single_source(exhibits: Iterable[Exhibit]) -> bool:
    """Whether some documents take a side, and no two of them are independent of each other."""
    return independent_sources(exhibits) == 1


def independent_sources(exhibits: Iterable[Exhibit]) -> int:
    """The most documents that take a side of which no two share a source or a speaker.

    So copies of one voice count once, and so does a source, whosever words it carries.
    """
    speakers_of: dict[_Name, set[_Name]] = {}
    for exhibit in exhibits:
        if exhibit.takes_a_side:
            speakers_of.setdefault(exhibit.source_id, set()).add(exhibit.speaker)
    heard_from: dict[_Name, _Name] = {}
    return sum(_make_room(source, speakers_of, heard_from) for source in speakers_of)


def _make_room(
    source: _Name, speakers_of: Mapping[_Name, set[_Name]], heard_from: dict[_Name, _Name]
) -> bool:
    """Have a speaker heard from ``source`` alone, others changing theirs; False where none can be.

    A shortest augmenting path of a bipartite matching; a loop, as many sources make long ones.
    """
    asking: deque[tuple[_Name, tuple[tuple[_Name, _Name], ...]]] = deque([(source, ())])
    asked: set[_Name] = set()
    while asking:
        one, changes = asking.popleft()
        for speaker in speakers_of[one] - asked:
            asked.add(speaker)
            changed = (*changes, (speaker, one))
            if speaker not in heard_from:
                heard_from.update(changed)
                return True
            asking.append((heard_from[speaker], changed))
    return False


def sources_in_words(number: int) -> str:
    """How many independent sources, as a sentence says it: two independent sources."""
    word = _WORDS[number] if number < len(_WORDS) else str(number)
    return f"{word} independent source{'' if number == 1 else 's'}"


def _or_better(letter: str) -> str:
    return letter if letter == "A" else f"{letter} or better"
