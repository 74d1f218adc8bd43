"""The workflow of an assessment: its work states and the steps between them."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from conditions.rules.refusals import Conflict


class WorkState(StrEnum):
    """Where an assessment stands between its author and its reviewer."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class NoSuchStep(Conflict):
    """A step that does not lead anywhere from the present work state."""


TRANSITIONS: Final[Mapping[WorkState, frozenset[WorkState]]] = MappingProxyType(
    {
        WorkState.DRAFT: frozenset({WorkState.SUBMITTED, WorkState.WITHDRAWN}),
        WorkState.SUBMITTED: frozenset({WorkState.APPROVED, WorkState.RETURNED}),
        WorkState.RETURNED: frozenset({WorkState.SUBMITTED, WorkState.WITHDRAWN}),
        WorkState.APPROVED: frozenset(),
        WorkState.WITHDRAWN: frozenset(),
    }
)
EDITABLE: Final = frozenset({WorkState.DRAFT, WorkState.RETURNED})


def may_transition(state: str, target: str) -> bool:
    """Whether an assessment may go from one work state straight to another (DESIGN 3)."""
    return WorkState(target) in TRANSITIONS[WorkState(state)]


def require_transition(state: str, target: str) -> None:
    """Raise NoSuchStep, with the state and its ways on, where ``may_transition`` says no."""
    if not may_transition(state, target):
        raise NoSuchStep(
            f"This assessment is {state}, so it cannot become {target}.",
            field="state",
            value=state,
            remedy=_ways_on(WorkState(state)),
        )


def may_edit(state: str) -> bool:
    """Whether the text of an assessment in this work state may still change."""
    return WorkState(state) in EDITABLE


def require_editable(state: str) -> None:
    """Raise NoSuchStep, with the state and its ways on, where ``may_edit`` says no."""
    if not may_edit(state):
        raise NoSuchStep(
            f"This assessment is {state}, so its text cannot change.",
            field="state",
            value=state,
            remedy=_ways_on(WorkState(state)),
        )


def _ways_on(state: WorkState) -> str:
    if state is WorkState.APPROVED:
        return "What was approved stays; write a correction that says what it corrects."
    if state is WorkState.WITHDRAWN:
        return "What was withdrawn stays so; begin a new assessment."
    ways = " or ".join(sorted(TRANSITIONS[state]))
    return f"From {state} it can become {ways}."
