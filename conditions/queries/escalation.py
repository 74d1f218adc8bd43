"""The consecutive-period rule of a text, counted apart for our judgements and the official ones."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import ConditionSpan
from conditions.queries.cycles import CycleDates
from conditions.queries.periods import Firing, Periods
from conditions.queries.sql import fetch
from conditions.rules.calendar import CycleState
from conditions.rules.escalation import (
    ConsecutiveRule,
    CountBasis,
    Outcome,
    count,
    official_outcome,
    own_outcome,
)
from conditions.rules.rollup import Standing

_CLOSED = (CycleState.CLOSED, CycleState.SKIPPED)
_ONE_DAY = timedelta(days=1)

# Both counts in one look: the last row of a condition and cycle on either side is what stands.
_FOUND = """
SELECT 'own', a.condition_id, a.cycle_id, a.status, a.limb, a.valid_from, a.approved_at, a.id
FROM conditions_assessment a
WHERE a.cycle_id IN %(cycles)s AND a.state = 'approved'
  AND a.valid_from <= %(valid_at)s AND a.approved_at <= %(known_at)s
  AND NOT EXISTS (
    SELECT 1 FROM conditions_assessment k
    WHERE k.corrects_id = a.id AND k.state = 'approved' AND k.approved_at <= %(known_at)s)
UNION ALL
SELECT 'official', f.condition_id, f.cycle_id, f.finding, '', f.found_on, f.recorded_at, f.id
FROM conditions_officialfinding f
WHERE f.cycle_id IN %(cycles)s AND f.recorded_at <= %(known_at)s
  AND NOT EXISTS (
    SELECT 1 FROM conditions_officialfinding k
    WHERE k.corrects_id = f.id AND k.recorded_at <= %(known_at)s)
ORDER BY 6, 7, 8
"""


class Verdict(Protocol):
    """The part of a judgement that the count looks at."""

    @property
    def status(self) -> str:
        """A code of the program's scale."""
        ...

    @property
    def limb(self) -> str:
        """The limb of the test it rests on, if it names one."""
        ...


def periods_of(
    program: Program,
    as_of: AsOf,
    *,
    cycles: Sequence[CycleDates],
    conditions: Sequence[ConditionSpan],
) -> tuple[Periods, ...]:
    """Both counts over ``cycles``, all of them in order: our own, then the official one.

    Empty where the text has no such rule. One query.
    """
    rule = program.escalation
    if rule is None:
        return ()
    reported = [cycle for cycle in cycles if _is_over(cycle, as_of.valid_at)]
    own, official = _found([cycle.id for cycle in reported], as_of)

    def said(cycle: CycleDates) -> Outcome:
        asked = _asked_in(cycle, conditions)
        words = [official.get((condition.id, cycle.id)) for condition in asked]
        return official_outcome(program.certification, words)

    coming = next((cycle for cycle in cycles if not _is_over(cycle, as_of.valid_at)), None)
    return (
        _own(program, rule, cycles, conditions, own),
        _counted(CountBasis.OFFICIAL, rule, reported, said, coming),
    )


def own_periods(
    program: Program,
    cycles: Sequence[CycleDates],
    conditions: Sequence[ConditionSpan],
    verdicts: Mapping[tuple[int, int], Verdict],
) -> Periods | None:
    """The count by our judgements, by (condition id, cycle id); None where the text has no rule.

    A period is affirmative when our judgements would let every condition then in force be
    certified (any of them where the text asks for one); what is undetermined, and a cycle that was
    skipped, counts as missing. Closed cycles only.
    """
    rule = program.escalation
    return _own(program, rule, cycles, conditions, verdicts) if rule else None


@dataclass(frozen=True, slots=True)
class _Judged:
    status: str
    limb: str


_Place = tuple[int, int]


def _found(
    cycle_ids: Collection[int], as_of: AsOf
) -> tuple[Mapping[_Place, _Judged], Mapping[_Place, str]]:
    own: dict[_Place, _Judged] = {}
    official: dict[_Place, str] = {}
    if not cycle_ids:
        return own, official
    asked = {
        "cycles": tuple(cycle_ids),
        "valid_at": as_of.valid_at,
        "known_at": as_of.known_at,
    }
    for basis, condition_id, cycle_id, word, limb, *_ in fetch(_FOUND, asked):
        if basis == CountBasis.OWN:
            own[condition_id, cycle_id] = _Judged(word, limb)
        else:
            official[condition_id, cycle_id] = word
    return own, official


def _own(
    program: Program,
    rule: ConsecutiveRule,
    cycles: Sequence[CycleDates],
    conditions: Sequence[ConditionSpan],
    verdicts: Mapping[_Place, Verdict],
) -> Periods:
    scale = program.scale

    def judged(cycle: CycleDates) -> Outcome:
        if cycle.state is CycleState.SKIPPED:
            return Outcome.MISSING
        standings = []
        for condition in _asked_in(cycle, conditions):
            verdict = verdicts.get((condition.id, cycle.id))
            status, limb = (verdict.status, verdict.limb) if verdict else (None, "")
            standings.append(Standing(condition.code, status, condition.test, limb))
        return own_outcome(program.certification, standings, scale)

    closed = [cycle for cycle in cycles if cycle.state in _CLOSED]
    never = (*_CLOSED, CycleState.UNTRACKED)
    coming = next((cycle for cycle in cycles if cycle.state not in never), None)
    return _counted(CountBasis.OWN, rule, closed, judged, coming)


def _counted(
    basis: CountBasis,
    rule: ConsecutiveRule,
    cycles: Sequence[CycleDates],
    outcome: Callable[[CycleDates], Outcome],
    coming: CycleDates | None,
) -> Periods:
    outcomes = [outcome(cycle) for cycle in cycles]
    streak = count(rule, outcomes)

    def numbers(wanted: Outcome, until: int) -> list[int]:
        pairs = zip(cycles[:until], outcomes[:until], strict=True)
        return [cycle.number for cycle, found in pairs if found is wanted]

    against = numbers(Outcome.NOT_AFFIRMATIVE, len(cycles))
    return Periods(
        basis=basis,
        rule=rule,
        streak=streak,
        missing=tuple(numbers(Outcome.MISSING, len(cycles))),
        counted=tuple(against[len(against) - streak.current :]),
        firings=tuple(
            Firing(
                cycle_id=cycles[place - 1].id,
                cycle_number=cycles[place - 1].number,
                counted=tuple(numbers(Outcome.NOT_AFFIRMATIVE, place)[-rule.periods :]),
            )
            for place in streak.fired_at
        ),
        next_cycle=coming,
    )


def _asked_in(cycle: CycleDates, conditions: Iterable[ConditionSpan]) -> list[ConditionSpan]:
    last_day = cycle.due_on - _ONE_DAY
    return [condition for condition in conditions if condition.is_in_force_on(last_day)]


def _is_over(cycle: CycleDates, day: date) -> bool:
    return cycle.due_on <= day or cycle.state in _CLOSED
