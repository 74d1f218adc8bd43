"""Falls: when a new judgement is so much lower that people are told before the cycle ends."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from conditions.rules.scale import Scale
from conditions.rules.status import dropped_two_steps, is_reversed


class Fall(StrEnum):
    """The two falls that call for a flash update (domain 4.3, rule E4)."""

    TWO_STEPS = "two_steps"
    REVERSED = "reversed"


def falls_between(
    before: str | None, now: str | None, earlier: Iterable[str | None], scale: Scale
) -> tuple[Fall, ...]:
    """How a condition fell from the judgement in force before to the one made now, if it did.

    ``earlier`` are the statuses of the judgements that held before this one. What was reversed
    already does not fall again by staying so.
    """
    found = []
    if dropped_two_steps(before, now, scale):
        found.append(Fall.TWO_STEPS)
    was_weak = before in scale.weak_codes()
    if not was_weak and is_reversed(earlier, now, scale):
        found.append(Fall.REVERSED)
    return tuple(found)


def fall_sentence(before: str | None, now: str | None, falls: Iterable[Fall], scale: Scale) -> str:
    """What happened, in a sentence for the record and for the message."""
    old, new = _named(before, scale), _named(now, scale)
    low, high = scale.rank(now), scale.rank(before)
    told = []
    if Fall.TWO_STEPS in falls and low is not None and high is not None:
        told.append(f"{high - low} steps lower")
    if Fall.REVERSED in falls:
        told.append("reversed, as it was once good enough to affirm")
    return f"From {old} to {new}: {'; '.join(told)}."


def _named(code: str | None, scale: Scale) -> str:
    return f"{code} {scale.label(code)}" if code else scale.label(code)
