"""Lateness: the signs, weeks before the due date, that a condition will not be judged in time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from conditions.rules.rhythm import Phase, PhaseKind
from conditions.rules.workflow import WorkState

# Gaps are looked for monthly while evidence is collected (domain 3); a step waits a week at most.
STILL_DAYS = 30
WAITING_DAYS = 7
NOT_STARTED = "not_started"
_UNCODED = frozenset({NOT_STARTED, WorkState.DRAFT.value, WorkState.RETURNED.value})


class Sign(StrEnum):
    """Why a condition is likely to be late, or is late by the usual rhythm already."""

    NO_LEAD = "no_lead"
    LEAD_LEFT = "lead_left"
    STILL = "still"
    RETURNED_LONG_AGO = "returned_long_ago"
    REVIEW_WAITS = "review_waits"
    CODING_LATE = "coding_late"
    REVIEW_LATE = "review_late"


SENTENCES = MappingProxyType(
    {
        Sign.NO_LEAD: "Nobody leads it",
        Sign.LEAD_LEFT: "Its lead has left",
        Sign.STILL: f"Untouched for {STILL_DAYS} days or more",
        Sign.RETURNED_LONG_AGO: f"Returned more than {WAITING_DAYS} days ago",
        Sign.REVIEW_WAITS: f"In review for more than {WAITING_DAYS} days",
        Sign.CODING_LATE: "Not coded when coding should have ended",
        Sign.REVIEW_LATE: "Not approved when review should have ended",
    }
)


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one condition stands in a cycle; ``touched_on`` is the day somebody last worked on it.

    ``state`` is a work state or not_started. The day is the cycle's first one where nobody has
    worked on the condition since.
    """

    state: str
    has_lead: bool
    lead_is_active: bool
    touched_on: date


def signs_of(progress: Progress, phases: Sequence[Phase], day: date) -> tuple[Sign, ...]:
    """What on ``day`` says that a condition will be late; nothing once it is approved."""
    if progress.state == WorkState.APPROVED:
        return ()
    waited = (day - progress.touched_on).days
    is_uncoded = progress.state in _UNCODED
    is_submitted = progress.state == WorkState.SUBMITTED
    found = {
        Sign.NO_LEAD: not progress.has_lead,
        Sign.LEAD_LEFT: progress.has_lead and not progress.lead_is_active,
        Sign.STILL: progress.state in (NOT_STARTED, WorkState.DRAFT) and waited >= STILL_DAYS,
        Sign.RETURNED_LONG_AGO: progress.state == WorkState.RETURNED and waited > WAITING_DAYS,
        Sign.REVIEW_WAITS: is_submitted and waited > WAITING_DAYS,
        Sign.CODING_LATE: is_uncoded and _is_over(PhaseKind.CODING, phases, day),
        Sign.REVIEW_LATE: is_submitted and _is_over(PhaseKind.REVIEW, phases, day),
    }
    return tuple(sign for sign, is_raised in found.items() if is_raised)


def _is_over(kind: PhaseKind, phases: Sequence[Phase], day: date) -> bool:
    return any(phase.kind is kind and day >= phase.ends_on for phase in phases)
