"""Two views of one program: two cycles, two days, or one day as known at two moments."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from conditions.models import Assessment, Finding, Program
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import (
    ConditionSpan,
    CycleJudgement,
    judgements_of,
    spans_of,
)
from conditions.queries.cycle_page import cycle_numbered
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.scorecard import direction_between, first_line
from conditions.rules.refusals import Invalid


class NothingToCompare(Invalid):
    """The two sides of a comparison are the same, or one is missing."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side: a cycle's own judgements, or what held on a day as known at a moment."""

    as_of: AsOf
    cycle: CycleDates | None = None


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A checklist item whose finding differs between the two sides."""

    code: str
    statement: str
    before: str | None
    after: str | None
    note: str


@dataclass(frozen=True, slots=True)
class ComparedRow:
    """One condition on both sides, how it moved, and why in the words of the later judgement."""

    condition: ConditionSpan
    before: CycleJudgement | None
    after: CycleJudgement | None
    direction: str
    line: str
    items: tuple[ItemChange, ...]

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


def compare(program: Program, before: Side, after: Side) -> Comparison:
    """The two sides, condition by condition. Six queries at most, whatever is on file."""
    old, new = _judgements(program, before), _judgements(program, after)
    findings = _findings([row.id for row in (*old.values(), *new.values())])
    rows = []
    for condition in spans_of(program, max(before.as_of.known_at, after.as_of.known_at)):
        was, now = old.get(condition.id), new.get(condition.id)
        if was is None and now is None and not _is_asked(condition, before, after):
            continue
        direction = direction_between(
            was.status if was else None, now.status if now else None, program
        )
        why = (now.correction_note or now.rationale) if now else ""
        line = first_line(why, program.scale.label(now.status) if now else "")
        rows.append(ComparedRow(condition, was, now, direction, line, _items(was, now, findings)))
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


def _findings(assessment_ids: Sequence[int]) -> dict[int, dict[int, Finding]]:
    found: dict[int, dict[int, Finding]] = {}
    rows = Finding.objects.filter(assessment__in=assessment_ids).select_related(
        "checklist_item", "assessment__condition_version"
    )
    for row in rows.order_by("assessment", "checklist_item__position"):
        found.setdefault(row.assessment_id, {})[row.checklist_item_id] = row
    return found


def _items(
    was: CycleJudgement | None,
    now: CycleJudgement | None,
    findings: Mapping[int, Mapping[int, Finding]],
) -> tuple[ItemChange, ...]:
    if was is None or now is None or was.id == now.id:
        return ()
    old, new = findings.get(was.id, {}), findings.get(now.id, {})
    changed = []
    for pk, finding in new.items():
        before = old[pk].status or None if pk in old else None
        if before != (finding.status or None):
            code = finding.checklist_item.code
            changed.append(
                ItemChange(code, _statement(finding), before, finding.status or None, finding.note)
            )
    return tuple(changed)


def _statement(finding: Finding) -> str:
    # As the wording had it that was judged.
    item = finding.checklist_item
    judged = finding.assessment.condition_version.content.get("checklist", ())
    told = (part.get("statement") for part in judged if part["code"] == item.code)
    return str(next(told, None) or item.statement)


def _is_asked(condition: ConditionSpan, before: Side, after: Side) -> bool:
    return any(condition.is_in_force_on(_day(side)) for side in (before, after))


def _day(side: Side) -> date:
    return side.cycle.starts_on if side.cycle else side.as_of.valid_at
