"""Two programs side by side: their texts, calendars, rules, conditions and present statuses."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import zip_longest

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.crosswalk_pairs import ConditionText, matching
from conditions.queries.due_dates import DueDate, first_due_dates
from conditions.queries.status import PUBLIC, ConditionStatus, ProgramStatus, program_status
from conditions.rules.escalation import ConsecutiveRule
from conditions.rules.scale import Scale

DUE_DATES = 6


@dataclass(frozen=True, slots=True)
class ProgramSide:
    """One of the two programs with what is set side by side of it.

    ``rule`` is None where the text names no consequence of consecutive periods.
    """

    program: Program
    scale: Scale
    rule: ConsecutiveRule | None
    rule_citation: str
    rule_mark: str
    rule_sources: tuple[str, ...]
    due_dates: tuple[DueDate, ...]

    @property
    def has_one_interval(self) -> bool:
        """Whether the first review comes after as many days as every other."""
        return self.program.first_interval_days == self.program.interval_days


@dataclass(frozen=True, slots=True)
class ComparedCondition:
    """A condition of one side and how it is judged; ``status`` is None while it is not in force."""

    side: ProgramSide
    text: ConditionText
    status: ConditionStatus | None


@dataclass(frozen=True, slots=True)
class ComparedPair:
    """Two conditions that answer to each other; ``relation`` is the later one's to the other."""

    earlier: ComparedCondition
    later: ComparedCondition
    relation: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DueLine:
    """The due dates of one number; None where a series has ended before it."""

    number: int
    earlier: DueDate | None
    later: DueDate | None


@dataclass(frozen=True, slots=True)
class ProgramComparison:
    """All that the page of two programs shows on ``as_of.valid_at``, as known at its moment."""

    as_of: AsOf
    earlier: ProgramSide
    later: ProgramSide
    due_lines: tuple[DueLine, ...]
    pairs: tuple[ComparedPair, ...]
    new: tuple[ComparedCondition, ...]
    gone: tuple[ComparedCondition, ...]
    is_demonstration: bool

    @property
    def sides(self) -> tuple[ProgramSide, ProgramSide]:
        """The earlier and the later program."""
        return self.earlier, self.later

    @property
    def is_crosswalked(self) -> bool:
        """Whether anything says how the two texts answer to each other."""
        return bool(self.pairs)


def compare_programs(
    program: Program, other: Program, as_of: AsOf, *, sensitivities: Collection[str] = PUBLIC
) -> ProgramComparison:
    """The two programs, the earlier text first, whichever was asked for first.

    The reader may open both. Eighteen queries at most, whatever is on file.
    """
    earlier, later = in_order(program, other)
    before = program_status(earlier, as_of, sensitivities=sensitivities)
    after = program_status(later, as_of, sensitivities=sensitivities)
    sides = _side(before), _side(after)
    matched = matching(earlier, later, as_of)
    old, new = _JudgedSide.in_force(sides[0], before), _JudgedSide.in_force(sides[1], after)
    pairs = tuple(
        ComparedPair(old.of_text(pair.earlier), new.of_text(pair.later), pair.relation, pair.notes)
        for pair in matched.pairs
    )
    judged = (*before.conditions, *after.conditions)
    return ProgramComparison(
        as_of=as_of,
        earlier=sides[0],
        later=sides[1],
        due_lines=tuple(
            DueLine(number, *dates)
            for number, dates in enumerate(
                zip_longest(sides[0].due_dates, sides[1].due_dates), start=1
            )
        ),
        pairs=pairs,
        new=tuple(map(new.of_text, matched.new)),
        gone=tuple(map(old.of_text, matched.gone)),
        is_demonstration=any(row.is_demonstration for row in judged),
    )


def in_order(program: Program, other: Program) -> tuple[Program, Program]:
    """The two, the earlier first: the one that the other replaced, or else the one begun first."""
    if program.successor_id == other.pk:
        return program, other
    if other.successor_id == program.pk:
        return other, program
    first, second = sorted((program, other), key=lambda row: (row.anchor_on, row.slug))
    return first, second


@dataclass(frozen=True, slots=True)
class _JudgedSide:
    """A side with the status of each of its conditions in force, by condition id."""

    side: ProgramSide
    statuses: Mapping[int, ConditionStatus]

    @classmethod
    def in_force(cls, side: ProgramSide, status: ProgramStatus) -> _JudgedSide:
        return cls(side, {row.id: row for row in status.conditions})

    def of_text(self, text: ConditionText) -> ComparedCondition:
        return ComparedCondition(self.side, text, self.statuses.get(text.id))


def _side(status: ProgramStatus) -> ProgramSide:
    program = status.program
    rule = program.consecutive_rule or {}
    return ProgramSide(
        program=program,
        scale=program.scale,
        rule=program.escalation,
        rule_citation=str(rule.get("citation", "")),
        rule_mark=str(rule.get("mark", "")),
        rule_sources=tuple(rule.get("sources", ())),
        due_dates=first_due_dates(program, status.cycles, most=DUE_DATES),
    )
