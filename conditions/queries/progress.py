"""The progress of a cycle: how many conditions were coded and approved on each of its days."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from conditions.models import Event, ReviewCycle
from conditions.queries.condition_facts import WORK_STATE_AFTER
from conditions.rules.workflow import WorkState

_STATE_AFTER = {**WORK_STATE_AFTER, "assessment.withdrawn": WorkState.WITHDRAWN.value}
_CODED = frozenset({WorkState.SUBMITTED.value, WorkState.APPROVED.value})


@dataclass(frozen=True, slots=True)
class Move:
    """One step of the work on one condition, on its legal day; ``verb`` is the event's."""

    condition_id: int
    verb: str
    day: date


@dataclass(frozen=True, slots=True)
class Step:
    """How many conditions were coded, and of these approved, at the end of a day that changed it.

    Coded is submitted or approved: what was returned or withdrawn is coded no more.
    """

    day: date
    coded: int
    approved: int


def moves_in(cycle: ReviewCycle, *, with_drafts: bool) -> tuple[Move, ...]:
    """What was done in ``cycle``, in order; without ``with_drafts`` approvals only. One query."""
    rows = Event.objects.filter(
        cycle=cycle, subject_type="assessment", condition__isnull=False
    ).order_by("at", "id")
    told = rows if with_drafts else rows.filter(verb="assessment.approved")
    return tuple(
        Move(condition_id, verb, cycle.program.day_of(at))
        for condition_id, verb, at in told.values_list("condition_id", "verb", "at")
    )


def steps_of(moves: Iterable[Move], asked: Collection[int]) -> tuple[Step, ...]:
    """The days on which the count changed, over the conditions whose ids were ``asked``.

    An approval stands: what is begun after it takes nothing back.
    """
    states: dict[int, str] = {}
    steps: list[Step] = []
    for move in moves:
        state = _STATE_AFTER.get(move.verb)
        if state is None or move.condition_id not in asked:
            continue
        if states.get(move.condition_id) != WorkState.APPROVED:
            states[move.condition_id] = state
        coded = sum(state in _CODED for state in states.values())
        approved = sum(state == WorkState.APPROVED for state in states.values())
        step = Step(move.day, coded, approved)
        if steps and steps[-1].day == move.day:
            steps.pop()
        if (steps[-1].coded, steps[-1].approved) != (coded, approved) if steps else coded:
            steps.append(step)
    return tuple(steps)
