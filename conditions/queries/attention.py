"""What on a scorecard calls for somebody's attention, most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from conditions.queries.cycles import CycleDates
from conditions.queries.status import ProgramStatus
from conditions.rules.calendar import CycleState
from conditions.rules.scale import Affirmative

SOON = 30


@dataclass(frozen=True, slots=True)
class Attention:
    """One matter: a heading, a sentence, the conditions and the cycle it is about."""

    kind: str
    heading: str
    text: str
    codes: tuple[str, ...] = ()
    cycle: int | None = None
    pressing: bool = False


def attention_for(status: ProgramStatus, *, fallen: Sequence[str] = ()) -> tuple[Attention, ...]:
    """Late cycles first, then what the due date brings, then falls, then doubts about judgements.

    ``fallen`` are the codes of the conditions whose judgement in force is two steps or more lower
    than the one before it.
    """
    found = [_late(cycle) for cycle in status.cycles if cycle.state in _LATE]
    found += _soon(status)
    if fallen:
        found.append(_fell(tuple(fallen)))
    found += [
        Attention(kind, heading, text, codes)
        for kind, heading, text in _DOUBTS
        if (codes := tuple(_raised(kind, status)))
    ]
    return tuple(found)


_LATE = (CycleState.OVERDUE, CycleState.DUE)
_DOUBTS = (
    ("reversed", "Reversed", "Once Largely met or Met, now judged lower."),
    (
        "stale",
        "Stale",
        "The wording, a cited document or a source's grade changed after approval.",
    ),
    ("unclear", "Cannot be assessed", "The evidence is too thin, or access was denied."),
    (
        "single_source",
        "Single source",
        "All that the judgement cites carries the words of one source.",
    ),
    ("one_sided", "One-sided", "All that the judgement cites points the same way."),
)


def _late(cycle: CycleDates) -> Attention:
    days = -cycle.days.left
    when = "today" if not days else f"{days} day{'' if days == 1 else 's'} ago"
    return Attention(
        kind=cycle.state.value,
        heading=f"Cycle {cycle.number} {'is due today' if not days else 'is overdue'}",
        text=f"Its review fell due {when} and is not closed. "
        "That says nothing about the conditions.",
        cycle=cycle.number,
        pressing=True,
    )


def _fell(codes: tuple[str, ...]) -> Attention:
    return Attention(
        kind="fell",
        heading="Fell by two steps or more",
        text="The judgement in force is that much lower than the one before it.",
        codes=codes,
        pressing=True,
    )


def _soon(status: ProgramStatus) -> list[Attention]:
    cycle = status.cycle
    if cycle is None or cycle.state is not CycleState.OPEN:
        return []
    waiting = tuple(row.code for row in status.conditions if row.work_state != "approved")
    if not waiting or cycle.days.left > SOON:
        return []
    return [
        Attention(
            kind="due_soon",
            heading=f"Cycle {cycle.number} is due in {cycle.days.left} days",
            text="Not yet assessed in this cycle:",
            codes=waiting,
            cycle=cycle.number,
            pressing=True,
        )
    ]


def _raised(kind: str, status: ProgramStatus) -> Iterable[str]:
    unclear = [
        grade.code
        for grade in status.program.scale.grades
        if grade.rank is None and grade.affirmative is not Affirmative.NOT_APPLICABLE
    ]
    for row in status.conditions:
        if kind in row.flags.names() or (kind == "unclear" and row.status in unclear):
            yield row.code
