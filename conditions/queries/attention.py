"""What on a scorecard calls for somebody's attention, most pressing first."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from conditions.queries.cycles import CycleDates
from conditions.queries.link_health import LostCount
from conditions.queries.status import ProgramStatus
from conditions.rules.calendar import CycleState

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


def attention_for(
    status: ProgramStatus,
    *,
    fallen: Sequence[str] = (),
    lost: Mapping[int, LostCount] | None = None,
) -> tuple[Attention, ...]:
    """Late cycles first, then what the due date brings, then falls, then doubts about judgements,
    then documents that are gone from their addresses.

    ``fallen`` are the codes of the conditions whose judgement in force is two steps or more lower
    than the one before it; ``lost`` counts, by condition, what was lost since the cycle began.
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
    if lost:
        found.append(_lost(status, lost))
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
        "All that the judgement cites comes down to one source.",
    ),
    ("one_sided", "One-sided", "All that the judgement cites points the same way."),
    (
        "rule_unmet",
        "Evidence rule not met",
        "On at least one checklist item, the documents on file are fewer or weaker than its rule "
        "asks.",
    ),
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


def _lost(status: ProgramStatus, lost: Mapping[int, LostCount]) -> Attention:
    rows = [(row.code, lost[row.id]) for row in status.conditions if row.id in lost]
    began = f"cycle {status.cycle.number}" if status.cycle else "the cycle"
    told = [
        f"{count.documents} document{'' if count.documents == 1 else 's'} of {code} "
        f"({count.copies_told})"
        for code, count in rows
    ]
    return Attention(
        kind="lost_links",
        heading="Gone from their addresses",
        text=f"Since {began} began: {', '.join(told)}.",
        codes=tuple(code for code, _ in rows),
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
    unclear = status.program.scale.unclear_codes()
    for row in status.conditions:
        is_unclear = row.status in unclear
        # What cannot be assessed says already that the evidence is too thin.
        is_thin = bool(row.status and row.unmet) and not is_unclear
        raised = {*row.flags.names()}
        raised |= {"unclear"} if is_unclear else set()
        raised |= {"rule_unmet"} if is_thin else set()
        if kind in raised:
            yield row.code
