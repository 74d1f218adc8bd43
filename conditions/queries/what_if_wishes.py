"""What a person tries on the what-if board, as the address of the page says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from conditions.queries.cycle_judgements import ConditionSpan
from conditions.rules.divergence import OfficialWord
from conditions.rules.refusals import Invalid
from conditions.rules.rollup import ConditionTest
from conditions.rules.scale import Scale

CYCLE: Final = "cycle"
STATUS, LIMB, OFFICIAL = "status", "limb", "official"
LIMB_WORDS: Final = MappingProxyType(
    {"": "No limb named", "outcome": "Outcome", "effort": "Effort"}
)
WORDS: Final = ("", *(word.value for word in OfficialWord))


class BadWish(Invalid):
    """Something in the address of a what-if board that means nothing."""


@dataclass(frozen=True, slots=True)
class Try:
    """What is tried for one condition; a None status or official is not yet assessed, no record."""

    status: str | None
    limb: str
    official: str | None


def cycle_wished(wishes: Mapping[str, str], numbers: Sequence[int]) -> int | None:
    """The number of the cycle to play, by default the first of ``numbers``; None without any.

    Raises BadWish for one that is not among them.
    """
    text = wishes.get(CYCLE, "")
    if not text:
        return numbers[0] if numbers else None
    if text not in {str(number) for number in numbers}:
        accepted = ", ".join(map(str, numbers))
        raise BadWish(
            f"cycle={text}: this is not a cycle that can be closed.",
            field=CYCLE,
            value=text,
            remedy=f"Give one of {accepted}." if accepted else "No cycle is open: leave it out.",
        )
    return int(text)


def tries(
    wishes: Mapping[str, str],
    conditions: Collection[ConditionSpan],
    present: Mapping[int, Try],
    scale: Scale,
) -> dict[int, Try]:
    """What is tried for each condition, by its id: ``present``, where nothing else is wished.

    Names are status_, limb_ and official_ with a condition's code; an empty value is none. Raises
    BadWish for a name nobody reads and for a value that is not in use.
    """
    by_code = {condition.code: condition for condition in conditions}
    found = dict(present)
    for name, value in wishes.items():
        if name == CYCLE:
            continue
        kind, _, code = name.partition("_")
        if kind not in (STATUS, LIMB, OFFICIAL) or code not in by_code:
            raise BadWish(
                f"{name}={value}: there is no such condition to try.",
                field=name,
                value=value,
                remedy="Begin with status_, limb_ or official_ and go on with one of "
                f"{', '.join(by_code)}.",
            )
        condition = by_code[code]
        _require_in_use(name, value, _accepted(kind, condition, scale))
        tried = found[condition.id]
        found[condition.id] = Try(
            status=(value or None) if kind == STATUS else tried.status,
            limb=value if kind == LIMB else tried.limb,
            official=(value or None) if kind == OFFICIAL else tried.official,
        )
    return found


def takes_limb(condition: ConditionSpan) -> bool:
    """Whether a judgement on the condition may rest on its effort limb."""
    return condition.test == ConditionTest.OUTCOME_OR_EFFORT


def _accepted(kind: str, condition: ConditionSpan, scale: Scale) -> Collection[str]:
    if kind == STATUS:
        return ("", *(grade.code for grade in scale.grades))
    if kind == OFFICIAL:
        return WORDS
    return tuple(LIMB_WORDS) if takes_limb(condition) else ("",)


def _require_in_use(name: str, value: str, accepted: Collection[str]) -> None:
    if value not in accepted:
        told = ", ".join(word for word in accepted if word)
        raise BadWish(
            f"{name}={value}: this value is not in use.",
            field=name,
            value=value,
            remedy=f"Give one of {told}, or nothing." if told else "Give nothing here.",
        )
