"""Sensitivity: which single change of a status would turn the answer over all conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from conditions.rules.rollup import (
    Answer,
    Certification,
    CertificationRule,
    Standing,
    answer_of,
    certify,
)
from conditions.rules.scale import Scale


@dataclass(frozen=True, slots=True)
class Turn:
    """What one condition would have to become, everything else left as it is.

    ``needs`` is the lowest status that would make the condition itself affirmative, None where it
    is so or need not be; ``lifts`` the lowest that would make the whole affirmative, None where it
    is so or no status of this one does it; ``loses`` the highest that would take that from it.
    """

    condition: str
    needs: str | None
    lifts: str | None
    loses: str | None


def turns(rule: str, standings: Sequence[Standing], scale: Scale) -> tuple[Turn, ...]:
    """For each condition, the single changes that matter, under the program's rule.

    Where each condition is certified by itself, it is its own whole.
    """
    return tuple(_turn(rule, standings, place, scale) for place in range(len(standings)))


def _turn(rule: str, standings: Sequence[Standing], place: int, scale: Scale) -> Turn:
    present = standings[place]
    ranked = sorted((g for g in scale.grades if g.rank is not None), key=lambda g: g.rank or 0)
    yes, whole_yes = [], []
    for grade in ranked:
        changed = replace(present, status=grade.code)
        answers = certify(rule, [*standings[:place], changed, *standings[place + 1 :]], scale)
        yes.append(answer_of(changed, scale) is Answer.AFFIRMATIVE)
        whole_yes.append(_whole(rule, answers, place) is Answer.AFFIRMATIVE)
    codes = [grade.code for grade in ranked]
    settled = answer_of(present, scale) in (Answer.AFFIRMATIVE, Answer.NOT_REQUIRED)
    is_yes = _whole(rule, certify(rule, standings, scale), place) is Answer.AFFIRMATIVE
    return Turn(
        condition=present.condition,
        needs=None if settled else _first(codes, yes),
        lifts=None if is_yes else _first(codes, whole_yes),
        loses=_first(codes[::-1], [not one for one in whole_yes[::-1]]) if is_yes else None,
    )


def _whole(rule: str, found: Certification, place: int) -> Answer | None:
    if CertificationRule(rule) is CertificationRule.PER_CONDITION:
        return found.by_condition[place][1]
    return found.answer


def _first(codes: Sequence[str], wanted: Sequence[bool]) -> str | None:
    return next((code for code, yes in zip(codes, wanted, strict=True) if yes), None)
