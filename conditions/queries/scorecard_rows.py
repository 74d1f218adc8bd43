"""The rows of the scorecard: one condition over the cycles shown, ours and the official beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conditions.queries.cycle_judgements import CycleJudgement, Judgements
from conditions.queries.cycles import CycleDates
from conditions.queries.official_findings import OfficialFact, Place
from conditions.queries.status import ConditionStatus
from conditions.rules.calendar import CycleState


@dataclass(frozen=True, slots=True)
class Cell:
    """One condition in one cycle; without a judgement, ``cycle.state`` says why."""

    cycle: CycleDates
    judgement: CycleJudgement | None

    @property
    def is_untracked(self) -> bool:
        """Whether nobody was to judge, because the cycle ended before this team began."""
        return self.judgement is None and self.cycle.state is CycleState.UNTRACKED

    @property
    def is_skipped(self) -> bool:
        """Whether nobody was to judge, because the cycle was closed without a review."""
        return self.judgement is None and self.cycle.state is CycleState.SKIPPED


@dataclass(frozen=True, slots=True)
class OfficialBefore:
    """The newest official finding on a condition from a cycle before that of the day."""

    cycle_number: int
    said: OfficialFact


@dataclass(frozen=True, slots=True)
class Row:
    """One condition: its status on the day, and its judgement in each cycle shown."""

    status: ConditionStatus
    cells: tuple[Cell, ...]
    carried_over: bool
    line: str
    official_before: OfficialBefore | None


def scorecard_row(
    row: ConditionStatus,
    shown: Sequence[CycleDates],
    judgements: Judgements,
    official: Mapping[Place, OfficialFact],
    *,
    now: CycleDates | None,
    line: str,
) -> Row:
    """One condition's row; ``now`` is the cycle of the day and ``line`` what stands under it."""
    number = now.number if now else None
    told = [(cycle, official.get((row.id, cycle.id))) for cycle in shown if cycle.number != number]
    before = next(((cycle, said) for cycle, said in reversed(told) if said), None)
    return Row(
        status=row,
        cells=tuple(Cell(cycle, judgements.get((row.id, cycle.id))) for cycle in shown),
        carried_over=row.judged_in_cycle is not None and row.judged_in_cycle != number,
        line=line,
        official_before=OfficialBefore(before[0].number, before[1]) if before else None,
    )
