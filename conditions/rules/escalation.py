"""Escalation: what a law says follows so many periods in a row without an affirmative finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from conditions.rules.values import require_one_of, require_text, require_whole

MOST_PERIODS = 20


class LegalEffect(StrEnum):
    """How strongly the text speaks: it orders, it allows, or it states a view."""

    MANDATORY = "mandatory"
    PERMISSIVE = "permissive"
    SENSE_OF_LEGISLATURE = "sense_of_legislature"


class Outcome(StrEnum):
    """What a closed period came to; a missing report is neither yes nor no."""

    AFFIRMATIVE = "affirmative"
    NOT_AFFIRMATIVE = "not_affirmative"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class ConsecutiveRule:
    """After ``periods`` periods in a row that were not affirmative, the consequence is named."""

    periods: int
    consequence: str
    legal_effect: LegalEffect

    def __post_init__(self) -> None:
        require_whole("periods", self.periods, least=1, most=MOST_PERIODS)
        require_text("consequence", self.consequence)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """The rule a program pack or row describes; its citation and marks are not read here."""
        return cls(
            periods=require_whole("periods", mapping.get("periods"), least=1, most=MOST_PERIODS),
            consequence=require_text("consequence", mapping.get("consequence")),
            legal_effect=LegalEffect(
                require_one_of("legal_effect", mapping.get("legal_effect"), list(LegalEffect))
            ),
        )


@dataclass(frozen=True, slots=True)
class Streak:
    """The run at the end: ``current`` of ``needed`` periods; ``fired_at`` are places, from 1."""

    current: int
    needed: int
    fired_at: tuple[int, ...]


def count(rule: ConsecutiveRule, outcomes: Iterable[Outcome]) -> Streak:
    """The consecutive periods that were not affirmative, over closed periods in order (domain 4.3).

    A missing one neither adds nor resets. A run fires once, when it reaches the needed periods;
    only an affirmative period lets the next run fire again.
    """
    run = 0
    fired_at = []
    for place, outcome in enumerate(outcomes, start=1):
        match Outcome(outcome):
            case Outcome.AFFIRMATIVE:
                run = 0
            case Outcome.NOT_AFFIRMATIVE:
                run += 1
                if run == rule.periods:
                    fired_at.append(place)
    return Streak(current=run, needed=rule.periods, fired_at=tuple(fired_at))
