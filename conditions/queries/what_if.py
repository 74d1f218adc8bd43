"""What if: a cycle closed with other judgements, and what would follow. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from conditions.models import Assessment, Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import ConditionSpan
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.what_if_runs import Run, asked_in, read_past, runs_of
from conditions.queries.what_if_wishes import Try, cycle_wished, takes_limb, tries
from conditions.rules.calendar import CycleState
from conditions.rules.divergence import SENTENCES, Divergence, diverge, is_divergent
from conditions.rules.rollup import Answer, Certification, Standing, certify
from conditions.rules.scale import Grade, Scale
from conditions.rules.sensitivity import Turn, turns

_PLAYABLE = (CycleState.OPEN, CycleState.DUE, CycleState.OVERDUE)


@dataclass(frozen=True, slots=True)
class Line:
    """One condition: the judgement in force and its cycle, what is tried, and what that makes.

    ``needs``, ``lifts`` and ``loses`` are the grades at which it would turn: see ``Turn``.
    """

    condition: ConditionSpan
    in_force: str | None
    judged_in: int | None
    tried: Try
    takes_limb: bool
    answer: Answer
    divergence: Divergence
    needs: Grade | None
    lifts: Grade | None
    loses: Grade | None

    @property
    def is_changed(self) -> bool:
        """Whether another status is tried than the one in force."""
        return self.tried.status != self.in_force

    @property
    def differs(self) -> bool:
        """Whether one of ours and the official finding affirms it and the other does not."""
        return is_divergent(self.divergence)

    @property
    def beside_official(self) -> str:
        """How the two stand to each other, in a sentence."""
        return SENTENCES[self.divergence]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many conditions have a status, None being not yet assessed: in force, and as tried."""

    status: str | None
    in_force: int
    tried: int


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The board: one of the ``cycles`` that could be closed, as if it closed so."""

    program: Program
    cycles: tuple[CycleDates, ...]
    cycle: CycleDates
    lines: tuple[Line, ...]
    tallies: tuple[Tally, ...]
    certification: Certification
    runs: tuple[Run, ...]

    @property
    def deciding(self) -> tuple[Line, ...]:
        """The conditions of which one alone, with another status, would turn the answer."""
        return tuple(line for line in self.lines if line.lifts or line.loses)

    @property
    def not_judged(self) -> tuple[str, ...]:
        """Codes of the conditions that are tried without a judgement."""
        return tuple(line.condition.code for line in self.lines if line.tried.status is None)

    @property
    def fires(self) -> bool:
        """Whether either run has reached, or would reach, the number that the text names."""
        return any(run.fires or run.fired_before for run in self.runs)


def what_if(program: Program, wishes: Mapping[str, str], *, as_of: datetime) -> WhatIf | None:
    """The board that ``wishes``, the fields of the address, ask for at ``as_of``.

    What nobody wishes otherwise is as the judgements in force and the findings on file have it.
    None where no cycle can be closed. Raises BadWish, with the field, for what means nothing.
    Five queries at most.
    """
    now = AsOf(program.day_of(as_of), as_of)
    cycles = program_cycles(program, now)
    playable = tuple(cycle for cycle in cycles if cycle.state in _PLAYABLE)
    number = cycle_wished(wishes, [cycle.number for cycle in playable])
    cycle = next((one for one in playable if one.number == number), None)
    if cycle is None:
        return None
    past = read_past(program, cycles, now)
    asked = asked_in(cycle, past.conditions)
    in_force = _in_force(asked, cycle, now)
    present = {
        one.id: _present(one, in_force.get(one.id), past.official.get((one.id, cycle.id)))
        for one in asked
    }
    tried = tries(wishes, asked, present, program.scale)
    standings = [_standing(one, tried[one.id]) for one in asked]
    certification = certify(program.certification, standings, program.scale)
    lines = tuple(
        _line(one, in_force.get(one.id), tried[one.id], answer, turn, program.scale)
        for one, (_, answer), turn in zip(
            asked,
            certification.by_condition,
            turns(program.certification, standings, program.scale),
            strict=True,
        )
    )
    return WhatIf(
        program=program,
        cycles=playable,
        cycle=cycle,
        lines=lines,
        tallies=_tallies(program, lines),
        certification=certification,
        runs=runs_of(program, past, cycle, standings, [tried[one.id].official for one in asked]),
    )


_InForce = tuple[str, str, int]


def _in_force(asked: Sequence[ConditionSpan], cycle: CycleDates, now: AsOf) -> dict[int, _InForce]:
    """By condition, status, limb and cycle of the judgement that holds as ``cycle`` runs."""
    valid_at = min(now.valid_at, cycle.due_on - timedelta(days=1))
    rows = Assessment.objects.in_force(valid_at=valid_at, known_at=now.known_at)
    told = rows.filter(condition__in=[one.id for one in asked])
    return {
        pk: (status, limb, number)
        for pk, status, limb, number in told.values_list(
            "condition_id", "status", "limb", "cycle__number"
        )
    }


def _present(one: ConditionSpan, in_force: _InForce | None, official: str | None) -> Try:
    status, limb, _ = in_force or (None, "", 0)
    return Try(status, limb if takes_limb(one) else "", official)


def _standing(one: ConditionSpan, tried: Try) -> Standing:
    return Standing(one.code, tried.status, one.test, tried.limb)


def _line(
    one: ConditionSpan,
    in_force: _InForce | None,
    tried: Try,
    answer: Answer,
    turn: Turn,
    scale: Scale,
) -> Line:
    needs, lifts, loses = (
        scale.grade(code) if code else None for code in (turn.needs, turn.lifts, turn.loses)
    )
    return Line(
        condition=one,
        in_force=in_force[0] if in_force else None,
        judged_in=in_force[2] if in_force else None,
        tried=tried,
        takes_limb=takes_limb(one),
        answer=answer,
        divergence=diverge(answer, tried.official),
        needs=needs,
        lifts=lifts,
        loses=loses,
    )


def _tallies(program: Program, lines: Sequence[Line]) -> tuple[Tally, ...]:
    codes = (None, *(grade.code for grade in program.scale.grades))
    found = [
        Tally(
            code,
            sum(line.in_force == code for line in lines),
            sum(line.tried.status == code for line in lines),
        )
        for code in codes
    ]
    return tuple(tally for tally in found if tally.in_force or tally.tried)
