"""The rhythm of a review cycle: when to collect, to code, to review, and to close (domain 3)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from types import MappingProxyType

from conditions.rules.values import BadValue

USUAL_DAYS = 120


class PhaseKind(StrEnum):
    """What a review cycle is for at a time: evidence, coding, review of the drafts, closing."""

    EVIDENCE = "evidence"
    CODING = "coding"
    REVIEW = "review"
    CLOSE = "close"


# The days before the due date on which a phase begins; evidence is collected from the first day.
BEFORE_DUE = MappingProxyType({PhaseKind.CODING: 35, PhaseKind.REVIEW: 25, PhaseKind.CLOSE: 15})


@dataclass(frozen=True, slots=True)
class Phase:
    """One stretch of a cycle: from ``starts_on`` up to, but not including, ``ends_on``."""

    kind: PhaseKind
    starts_on: date
    ends_on: date


@dataclass(frozen=True, slots=True)
class Expected:
    """How many conditions should be coded, and how many approved, when a day begins."""

    coded: int
    approved: int


def phases(starts_on: date, due_on: date) -> tuple[Phase, ...]:
    """The phases of a cycle in order; they tile its days exactly.

    From 120 days on, the last three keep their length and the evidence takes the rest; in a shorter
    cycle all shrink in proportion, in whole days. Each has one day at least, so a cycle of fewer
    than four days goes without the first of them. Raises BadValue where no day lies between.
    """
    length = (due_on - starts_on).days
    if length < 1:
        raise BadValue(
            f"A cycle that starts on {starts_on} cannot be due on {due_on}.",
            field="due_on",
            value=due_on,
            remedy="Give a due date after the first day.",
        )
    bounds = [min(days, length) for days in (length, *_days_before_due(length), 0)]
    return tuple(
        Phase(kind, due_on - timedelta(days=begin), due_on - timedelta(days=end))
        for kind, (begin, end) in zip(PhaseKind, pairwise(bounds), strict=True)
        if begin > end
    )


def phase_on(phases: Sequence[Phase], day: date) -> Phase | None:
    """The phase a day lies in; None before the cycle starts, and from its due date on."""
    return next((phase for phase in phases if phase.starts_on <= day < phase.ends_on), None)


def expected(of: int, phases: Sequence[Phase], day: date) -> Expected:
    """How many ``of`` all conditions should be coded and approved when ``day`` begins.

    Coding grows evenly from none to all over its phase, and so does approval over the review;
    fractions are rounded down. A pace to plan by, never a measure of the country.
    """
    return Expected(
        _even_share(of, phases, PhaseKind.CODING, day),
        _even_share(of, phases, PhaseKind.REVIEW, day),
    )


def _days_before_due(length: int) -> list[int]:
    shrunk = [days * min(length, USUAL_DAYS) // USUAL_DAYS for days in BEFORE_DUE.values()]
    least = range(len(shrunk), 0, -1)
    return [max(days, day) for days, day in zip(shrunk, least, strict=True)]


def _even_share(of: int, phases: Sequence[Phase], kind: PhaseKind, day: date) -> int:
    for phase in phases:
        if phase.kind is kind:
            length = (phase.ends_on - phase.starts_on).days
            passed = (day - phase.starts_on).days
            return of * min(max(passed, 0), length) // length
    # The cycle is too short for this phase: its work is there from the first day.
    return of if phases and day >= phases[0].starts_on else 0
