"""Status: what judgements on one scale say, side by side, about the way things go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from conditions.rules.scale import DEFAULT_SCALE as DEFAULT_SCALE
from conditions.rules.scale import NOT_YET_ASSESSED_LABEL as NOT_YET_ASSESSED_LABEL
from conditions.rules.scale import Affirmative as Affirmative
from conditions.rules.scale import Grade as Grade
from conditions.rules.scale import Scale as Scale
from conditions.rules.scale import UnknownStatus as UnknownStatus


class Trend(StrEnum):
    """Which way a condition goes since the judgement before."""

    IMPROVING = "improving"
    NO_CHANGE = "no_change"
    DETERIORATING = "deteriorating"
    MIXED = "mixed"
    NEW = "new"


class Confidence(StrEnum):
    """How firm the basis of a judgement is; says nothing about the event (ICD 203)."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


@dataclass(frozen=True, slots=True)
class Count:
    """How many conditions or items have one status; ``code`` is None for not yet assessed."""

    code: str | None
    label: str
    count: int


def trend_between(previous: str | None, current: str | None, scale: Scale) -> Trend | None:
    """The trend to propose from one judgement to the next; None where they cannot be compared."""
    after = scale.rank(current)
    if current is not None and previous is None:
        return Trend.NEW
    before = scale.rank(previous)
    if before is None or after is None:
        return None
    if before == after:
        return Trend.NO_CHANGE
    return Trend.IMPROVING if after > before else Trend.DETERIORATING


def is_reversed(earlier: Iterable[str | None], current: str | None, scale: Scale) -> bool:
    """Whether a condition was once good enough to affirm outright and is no longer (domain 4.2)."""
    strong = scale.strong_codes()
    return current in scale.weak_codes() and any(code in strong for code in earlier)


def dropped_two_steps(previous: str | None, current: str | None, scale: Scale) -> bool:
    """Whether a condition fell by two grades or more, which calls for a flash update (rule E4)."""
    before, after = scale.rank(previous), scale.rank(current)
    return before is not None and after is not None and before - after >= 2


def distribution(codes: Iterable[str | None], scale: Scale) -> tuple[Count, ...]:
    """How many have each status, in the scale's order, then not yet assessed; never an average."""
    counted = Counter(scale.grade(code).code if code is not None else None for code in codes)
    order = [*(grade.code for grade in scale.grades), None]
    return tuple(Count(code, scale.label(code), counted[code]) for code in order)
