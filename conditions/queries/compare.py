"""Two views of one program: two cycles, two days, or one day as known at two moments."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from conditions.models import Assessment, Program
from conditions.queries.asof import AsOf
from conditions.queries.citation_changes import CitationChange, citation_changes
from conditions.queries.cycle_judgements import (
    ConditionSpan,
    CycleJudgement,
    judgements_of,
    spans_of,
)
from conditions.queries.cycle_page import cycle_numbered
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.item_changes import ItemChange, findings_of, item_changes
from conditions.queries.scorecard import direction_between, first_line
from conditions.queries.status import PUBLIC
from conditions.rules.refusals import Invalid


class NothingToCompare(Invalid):
    """The two sides of a comparison are the same, or one is missing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a cycle's own judgements, or what held on a day as known at a moment."""

    as_of: AsOf
    cycle: CycleDates | None = None


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One condition on both sides, how it moved, why in the words of the later judgement, and by
    which documents.
    """

    condition: ConditionSpan
    before: CycleJudgement | None
    after: CycleJudgement | None
    direction: str
    line: str
    items: tuple[ItemChange, ...]
    evidence: CitationChange

    @property
    def is_same_judgement(self) -> bool:
        """Whether both sides show the very same judgement."""
        return (self.before.id if self.before else None) == (self.after.id if self.after else None)

    @property
    def is_correction(self) -> bool:
        """Whether the later judgement corrects the earlier one: we were wrong, not the world."""
        return bool(self.before and self.after and self.after.corrects == self.before.id)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All that the compare page shows."""

    before: Side
    after: Side
    rows: tuple[ComparedRow, ...]
    moved: int
    is_demonstration: bool


def compare(
    program: Program, before: Side, after: Side, *, sensitivities: Collection[str] = PUBLIC
) -> Comparison:
    """The two sides, condition by condition; ``sensitivities`` are those of the evidence that the
    reader may see. Eight queries at most, whatever is on file.
    """
    old, new = _judgements(program, before), _judgements(program, after)
    findings = findings_of([row.id for row in (*old.values(), *new.values())])
    evidence = _evidence(old, new, sensitivities)
    rows = []
    for condition in spans_of(program, max(before.as_of.known_at, after.as_of.known_at)):
        was, now = old.get(condition.id), new.get(condition.id)
        if was is None and now is None and not _is_asked(condition, before, after):
            continue
        rows.append(
            ComparedRow(
                condition=condition,
                before=was,
                after=now,
                direction=direction_between(
                    was.status if was else None, now.status if now else None, program
                ),
                line=_why(now, program),
                items=item_changes(was, now, findings),
                evidence=evidence.get(now.id, CitationChange()) if now else CitationChange(),
            )
        )
    moved = sum(row.direction != "same" for row in rows)
    demonstrates = any(row.is_demonstration for row in (*old.values(), *new.values()))
    return Comparison(before, after, tuple(rows), moved, demonstrates)


def sides_of_cycles(
    program: Program, as_of: AsOf, *, a: int | None, b: int | None
) -> tuple[Side, Side, tuple[CycleDates, ...]]:
    """Two cycles to compare and all that have begun; left empty, the two last judged ones.

    Raises NoCycle, or NothingToCompare when both are the same. Two queries.
    """
    cycles = program_cycles(program, as_of)
    begun = tuple(cycle for cycle in cycles if cycle.starts_on <= as_of.valid_at)
    judged = set(
        Assessment.objects.known_at(as_of.known_at)
        .filter(cycle__in=[cycle.id for cycle in begun], valid_from__lte=as_of.valid_at)
        .values_list("cycle__number", flat=True)
        .distinct()
    )
    newest = [cycle.number for cycle in begun if cycle.number in judged] or [1]
    later = b if b is not None else max((n for n in newest if n != a), default=newest[-1])
    earlier = a if a is not None else max((n for n in newest if n < later), default=later)
    chosen = [cycle_numbered(cycles, number, program) for number in (earlier, later)]
    if earlier == later and (a is not None or b is not None):
        raise NothingToCompare(
            "Both sides are the same cycle.",
            field="b",
            value=later,
            remedy="Choose two different cycles.",
        )
    return Side(as_of, chosen[0]), Side(as_of, chosen[1]), begun


def _judgements(program: Program, side: Side) -> Mapping[int, CycleJudgement]:
    ids = [side.cycle.id] if side.cycle else list(program.cycles.values_list("pk", flat=True))
    return {row.condition_id: row for row in judgements_of(side.as_of, cycle_ids=ids)}


def _why(now: CycleJudgement | None, program: Program) -> str:
    if now is None:
        return ""
    return first_line(now.correction_note or now.rationale, program.scale.label(now.status))


def _evidence(
    old: Mapping[int, CycleJudgement],
    new: Mapping[int, CycleJudgement],
    sensitivities: Collection[str],
) -> Mapping[int, CitationChange]:
    pairs = [(old[pk].id if pk in old else None, now.id) for pk, now in new.items()]
    changed = [(was, now) for was, now in pairs if was != now]
    return citation_changes(changed, sensitivities)


def _is_asked(condition: ConditionSpan, before: Side, after: Side) -> bool:
    return any(condition.is_in_force_on(_day(side)) for side in (before, after))


def _day(side: Side) -> date:
    return side.cycle.starts_on if side.cycle else side.as_of.valid_at
