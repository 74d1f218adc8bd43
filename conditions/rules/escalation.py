"""Escalation: what a law says follows so many periods in a row without an affirmative finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Self

from conditions.rules.divergence import OfficialWord
from conditions.rules.rollup import Answer, CertificationRule, Standing, certify
from conditions.rules.scale import Scale
from conditions.rules.values import require_one_of, require_text, require_whole

MOST_PERIODS = 20


class LegalEffect(StrEnum):
    """How strongly the text speaks: it orders, it allows, or it states a view."""

    MANDATORY = "mandatory"
    PERMISSIVE = "permissive"
    SENSE_OF_LEGISLATURE = "sense_of_legislature"


class CountBasis(StrEnum):
    """Whose findings are counted: our own judgements, or those of the assessor of record."""

    OWN = "own"
    OFFICIAL = "official"


class Outcome(StrEnum):
    """What a closed period came to; a missing report is neither yes nor no."""

    AFFIRMATIVE = "affirmative"
    NOT_AFFIRMATIVE = "not_affirmative"
    MISSING = "missing"


EFFECT_SENTENCES: Final[Mapping[LegalEffect, str]] = MappingProxyType(
    {
        LegalEffect.MANDATORY: "The text orders it.",
        LegalEffect.PERMISSIVE: "The text allows it; it does not order it.",
        LegalEffect.SENSE_OF_LEGISLATURE: "A stated view of the legislature; it binds nobody.",
    }
)
_OUTCOME_OF_ANSWER = {
    Answer.AFFIRMATIVE: Outcome.AFFIRMATIVE,
    Answer.NOT_AFFIRMATIVE: Outcome.NOT_AFFIRMATIVE,
}
_OUTCOME_OF_WORD = {
    OfficialWord.AFFIRMED: Outcome.AFFIRMATIVE,
    OfficialWord.NOT_AFFIRMED: Outcome.NOT_AFFIRMATIVE,
}


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


def own_outcome(rule: str, standings: Sequence[Standing], scale: Scale) -> Outcome:
    """What a period came to by our judgements; what leaves the answer open is missing.

    Conditions certified each by itself count together: the consequence is named for the whole.
    """
    answer = certify(_together(rule), standings, scale).answer
    return _OUTCOME_OF_ANSWER.get(answer, Outcome.MISSING) if answer else Outcome.MISSING


def official_outcome(rule: str, findings: Iterable[str | None]) -> Outcome:
    """What a period came to by the official findings, one for each condition, None where none.

    Under *all*, one refusal decides against and only affirming every condition decides for; under
    *any* it is the other way round. Silence, no report and no record decide nothing.
    """
    found = [
        Outcome.MISSING
        if finding is None
        else _OUTCOME_OF_WORD.get(OfficialWord(finding), Outcome.MISSING)
        for finding in findings
    ]
    order = [Outcome.NOT_AFFIRMATIVE, Outcome.MISSING, Outcome.AFFIRMATIVE]
    if _together(rule) is CertificationRule.ANY:
        order.reverse()
    return next((decisive for decisive in order if decisive in found), Outcome.MISSING)


def _together(rule: str) -> CertificationRule:
    named = CertificationRule(rule)
    return CertificationRule.ALL if named is CertificationRule.PER_CONDITION else named
