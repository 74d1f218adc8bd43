"""The board of a review cycle: what a manager sees of it, from its rhythm to what blocks it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from conditions.models import CycleRevision, ReviewCycle
from conditions.queries.closing import Blocker, BlockerKind, blockers_of
from conditions.queries.duties import WORKED_ON, state_of
from conditions.queries.progress import Step, moves_in, steps_of
from conditions.queries.progress_plot import ProgressPlot, progress_plot
from conditions.queries.workload import Reach, Work, asked_in, workload
from conditions.rules.calendar import CycleState, DayCount, Span, day_of
from conditions.rules.lateness import Sign
from conditions.rules.rhythm import Expected, Phase, expected, phase_on, phases

# What is furthest from closing stands first.
_FIRST = (BlockerKind.MISSING, BlockerKind.DOUBLE_CODING, BlockerKind.IN_WORK)


@dataclass(frozen=True, slots=True)
class Pace:
    """The work done beside what the usual rhythm would have by the day, in whole conditions."""

    of: int
    coded: int
    approved: int
    usual: Expected

    @property
    def is_behind(self) -> bool:
        """Whether fewer are coded or approved than by the usual rhythm."""
        return self.coded < self.usual.coded or self.approved < self.usual.approved


@dataclass(frozen=True, slots=True)
class ToDo:
    """Blockers that ask for the same thing, told in one sentence."""

    text: str
    blockers: tuple[Blocker, ...]


@dataclass(frozen=True, slots=True)
class Late:
    """Conditions that one sign says will be late."""

    sign: Sign
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CycleBoard:
    """One cycle on one day; what is in work and what blocks are empty for who may not see drafts.

    ``phase`` is None before the cycle starts and from its due date on.
    """

    cycle: ReviewCycle
    day: date
    state: CycleState
    days: DayCount
    rhythm: tuple[Phase, ...]
    phase: Phase | None
    pace: Pace
    works: tuple[Work, ...]
    blockers: tuple[Blocker, ...]
    steps: tuple[Step, ...]
    plot: ProgressPlot | None
    revisions: tuple[CycleRevision, ...]

    @property
    def is_running(self) -> bool:
        """Whether conditions are assessed in it today."""
        return self.state in WORKED_ON

    @property
    def to_do(self) -> tuple[ToDo, ...]:
        """What blocks closing, the same things to do together."""
        ordered = sorted(self.blockers, key=lambda one: (_FIRST.index(one.kind), one.text))
        return tuple(
            ToDo(text, tuple(several)) for text, several in groupby(ordered, lambda one: one.text)
        )

    @property
    def blocking(self) -> tuple[Work, ...]:
        """The conditions that keep the cycle open."""
        return tuple(work for work in self.works if work.blockers)

    @property
    def ready(self) -> tuple[Work, ...]:
        """The conditions that do not."""
        return tuple(work for work in self.works if not work.blockers)

    @property
    def last_extension(self) -> CycleRevision | None:
        """The last change of the due date, where it is not the scheduled one any more."""
        if self.cycle.due_on == self.cycle.scheduled_due_on:
            return None
        moved = [row for row in self.revisions if row.due_on != row.due_on_before]
        return moved[-1] if moved else None

    @property
    def most_evidence(self) -> int:
        """The longest side of any condition's evidence, to draw all on one scale."""
        counts = [work.evidence for work in self.works]
        return max((max(one.supports, one.contradicts) for one in counts), default=0)

    @property
    def late(self) -> tuple[Late, ...]:
        """The signs that something will be late, each with its conditions."""
        found = [
            Late(sign, tuple(work.condition.code for work in self.works if sign in work.signs))
            for sign in Sign
        ]
        return tuple(late for late in found if late.codes) if self.is_running else ()


def cycle_board(
    cycle: ReviewCycle,
    *,
    as_of: datetime,
    sensitivities: Collection[str],
    with_drafts: bool,
) -> CycleBoard:
    """``cycle`` (with its program) at ``as_of``. Thirteen queries; without ``with_drafts``, ten."""
    day = cycle.program.day_of(as_of)
    reach = Reach(as_of, day, sensitivities, with_drafts)
    rhythm = phases(cycle.starts_on, cycle.due_on)
    conditions = asked_in(cycle)
    moves = moves_in(cycle, with_drafts=with_drafts)
    steps = steps_of(moves, {condition.pk for condition in conditions})
    blockers = blockers_of(cycle, day) if with_drafts else ()
    works = workload(cycle, conditions, reach=reach, moves=moves, blockers=blockers, rhythm=rhythm)
    return CycleBoard(
        cycle=cycle,
        day=day,
        state=state_of(cycle, day),
        days=day_of(Span(cycle.number, cycle.starts_on, cycle.scheduled_due_on, cycle.due_on), day),
        rhythm=rhythm,
        phase=phase_on(rhythm, day),
        pace=_pace(works, rhythm, day),
        works=works,
        blockers=blockers,
        steps=steps,
        plot=progress_plot(
            starts_on=cycle.starts_on,
            due_on=cycle.due_on,
            scheduled_due_on=cycle.scheduled_due_on,
            closed_on=cycle.closed_on,
            steps=steps,
            of=len(works),
            day=day,
        ),
        revisions=tuple(cycle.revisions.select_related("recorded_by")),
    )


def _pace(works: Collection[Work], rhythm: Collection[Phase], day: date) -> Pace:
    approved = sum(work.approved is not None for work in works)
    submitted = sum(work.approved is None and work.state == "submitted" for work in works)
    return Pace(
        of=len(works),
        coded=approved + submitted,
        approved=approved,
        usual=expected(len(works), tuple(rhythm), day),
    )
