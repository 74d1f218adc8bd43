"""The run of consecutive periods as it is, and as it would be if a cycle closed so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from conditions.models import OfficialFinding, Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import (
    ConditionSpan,
    Judgements,
    by_cycle,
    judgements_of,
    spans_of,
)
from conditions.queries.cycles import CycleDates
from conditions.rules.calendar import CycleState
from conditions.rules.escalation import (
    EFFECT_SENTENCES,
    ConsecutiveRule,
    CountBasis,
    Outcome,
    Streak,
    count,
    official_outcome,
    own_outcome,
)
from conditions.rules.rollup import Standing


@dataclass(frozen=True, slots=True)
class Run:
    """One count, ours or the official one: now, and then, with the cycle that is played.

    ``outcome`` is what that cycle would come to; ``fires`` whether the run would reach the number
    the text names with it, ``fired_before`` whether it has with an earlier cycle of the same run.
    """

    basis: CountBasis
    rule: ConsecutiveRule
    cycle: int
    outcome: Outcome
    now: Streak
    then: Streak
    fires: bool

    @property
    def fired_before(self) -> bool:
        """Whether the run is beyond the number already, and does not fire again."""
        return self.then.current >= self.then.needed and not self.fires

    @property
    def sentence(self) -> str:
        """What closing the cycle so would do to the run."""
        would_be = f"{self.then.current} of {self.then.needed}"
        if self.fires:
            return f"Would be {would_be}: the rule fires with cycle {self.cycle}."
        if self.outcome is Outcome.MISSING:
            return (
                f"Would stay {would_be}: cycle {self.cycle} decides nothing, and is left out of "
                "the count."
            )
        if self.outcome is Outcome.AFFIRMATIVE:
            return f"Would be {would_be}: an affirmative period begins a new count."
        if self.fired_before:
            return (
                f"Would be {self.then.current} in a row: the rule fired when it reached "
                f"{self.then.needed}, and does not fire again."
            )
        lacking = self.then.needed - self.then.current
        more = f"{lacking} more such period{'' if lacking == 1 else 's'}"
        return f"Would be {would_be}: {more} in a row would reach {self.then.needed}."

    @property
    def what_follows(self) -> str:
        """The consequence that the text names."""
        return self.rule.consequence

    @property
    def legal_effect(self) -> str:
        """How strongly the text speaks of the consequence, and no stronger."""
        return EFFECT_SENTENCES[self.rule.legal_effect]


@dataclass(frozen=True, slots=True)
class Past:
    """What is on file; judgements and official findings are by (condition id, cycle id)."""

    now: AsOf
    cycles: tuple[CycleDates, ...]
    conditions: tuple[ConditionSpan, ...]
    judged: Judgements
    official: Mapping[tuple[int, int], str]


def read_past(program: Program, cycles: tuple[CycleDates, ...], now: AsOf) -> Past:
    """What a program's ``cycles`` came to, as known now. Three queries."""
    closed = [cycle.id for cycle in cycles if cycle.state in _OVER]
    findings = OfficialFinding.objects.known_at(now.known_at).filter(condition__program=program)
    return Past(
        now=now,
        cycles=cycles,
        conditions=spans_of(program, now.known_at),
        judged=by_cycle(judgements_of(now, cycle_ids=closed)),
        official={
            (condition, cycle): finding
            for condition, cycle, finding in findings.values_list(
                "condition_id", "cycle_id", "finding"
            )
        },
    )


def asked_in(cycle: CycleDates, conditions: Iterable[ConditionSpan]) -> tuple[ConditionSpan, ...]:
    """The conditions that a cycle is closed over: those in force on its last day."""
    last_day = cycle.due_on - timedelta(days=1)
    return tuple(one for one in conditions if one.is_in_force_on(last_day))


def runs_of(
    program: Program,
    past: Past,
    played: CycleDates,
    standings: Sequence[Standing],
    words: Iterable[str | None],
) -> tuple[Run, ...]:
    """Our own run with ``played`` closed on ``standings``, then the official one on ``words``.

    None where the text names no consequence.
    """
    rule, certification = program.escalation, program.certification
    if rule is None:
        return ()
    closed = [cycle for cycle in past.cycles if cycle.state in _OVER]
    reported = [cycle for cycle in past.cycles if _is_reported(cycle, past.now)]
    own = {cycle.number: _own(program, past, cycle) for cycle in closed}
    official = {cycle.number: _official(program, past, cycle) for cycle in reported}
    own_then = own_outcome(certification, standings, program.scale)
    official_then = official_outcome(certification, words)
    return (
        _run(CountBasis.OWN, rule, own, played.number, own_then),
        _run(CountBasis.OFFICIAL, rule, official, played.number, official_then),
    )


_OVER = (CycleState.CLOSED, CycleState.SKIPPED)


def _is_reported(cycle: CycleDates, now: AsOf) -> bool:
    return cycle.state in _OVER or cycle.due_on <= now.valid_at


def _own(program: Program, past: Past, cycle: CycleDates) -> Outcome:
    if cycle.state is CycleState.SKIPPED:
        return Outcome.MISSING
    standings = []
    for one in asked_in(cycle, past.conditions):
        row = past.judged.get((one.id, cycle.id))
        status, limb = (row.status, row.limb) if row else (None, "")
        standings.append(Standing(one.code, status, one.test, limb))
    return own_outcome(program.certification, standings, program.scale)


def _official(program: Program, past: Past, cycle: CycleDates) -> Outcome:
    asked = asked_in(cycle, past.conditions)
    return official_outcome(
        program.certification, [past.official.get((one.id, cycle.id)) for one in asked]
    )


def _run(
    basis: CountBasis,
    rule: ConsecutiveRule,
    outcomes: Mapping[int, Outcome],
    played: int,
    tried: Outcome,
) -> Run:
    then = dict(sorted({**outcomes, played: tried}.items()))
    streak = count(rule, then.values())
    return Run(
        basis=basis,
        rule=rule,
        cycle=played,
        outcome=tried,
        now=count(rule, outcomes.values()),
        then=streak,
        fires=list(then).index(played) + 1 in streak.fired_at,
    )
