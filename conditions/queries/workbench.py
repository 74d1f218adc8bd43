"""The workbench: one condition with everything an analyst needs to judge it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from conditions.models import (
    Assessment,
    ChecklistItem,
    Condition,
    Crosswalk,
    Interpretation,
    OfficialFinding,
    ReviewCycle,
)
from conditions.models.assessments import OPEN_STATES
from conditions.queries.asof import AsOf
from conditions.queries.duties import worked_on
from conditions.queries.evidence_rules import ItemVerdict, rule_verdicts
from conditions.queries.evidence_sides import Side, side_pages
from conditions.queries.proposals import Findings, findings_of, last_judgement


@dataclass(frozen=True, slots=True)
class Item:
    """One checklist item: its rule as a sentence, what is filed under it, and its last finding.

    ``verdict`` tells whether the filed documents meet the rule, and why.
    """

    item: ChecklistItem
    rule: str
    verdict: ItemVerdict
    documents: int
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class CycleWork:
    """One open or overdue cycle, what is in work in it and what was approved in it."""

    cycle: ReviewCycle
    days_left: int
    in_work: Assessment | None
    approved: Assessment | None

    @property
    def work_state(self) -> str:
        """Where the condition stands in this cycle."""
        if self.in_work is not None:
            return self.in_work.state
        return "approved" if self.approved is not None else "not_started"


@dataclass(frozen=True, slots=True)
class Workbench:
    """One condition on one day, for somebody who works on it."""

    condition: Condition
    day: date
    items: tuple[Item, ...]
    sides: tuple[Side, ...]
    judgement: Assessment | None
    cycles: tuple[CycleWork, ...]
    officials: tuple[OfficialFinding, ...]
    history: tuple[Assessment, ...]
    interpretations: tuple[Interpretation, ...]
    crosswalks: tuple[Crosswalk, ...]

    @property
    def next_work(self) -> CycleWork | None:
        """The cycle to work on first: the oldest without an approved judgement, else the newest."""
        owed = [work for work in self.cycles if work.approved is None]
        return owed[0] if owed else self.cycles[-1] if self.cycles else None


def workbench(
    condition: Condition,
    *,
    as_of: datetime,
    sensitivities: Collection[str],
    with_drafts: bool,
    pages: Mapping[str, int],
) -> Workbench:
    """Everything about ``condition`` (with its program) at ``as_of``. Thirteen queries.

    ``with_drafts`` also shows assessments that are not approved; ``pages`` numbers the page of the
    documents of each stance.
    """
    day = condition.program.day_of(as_of)
    judgement = last_judgement(condition, valid_at=day, as_of=as_of)
    history = _history(condition, with_drafts=with_drafts)
    officials = OfficialFinding.objects.known_at(as_of).filter(condition=condition)
    return Workbench(
        condition=condition,
        day=day,
        items=_items(
            condition,
            rule_verdicts([condition.pk], AsOf(day, as_of), sensitivities).get(condition.pk, ()),
            findings_of(judgement) if judgement else {},
        ),
        sides=side_pages(condition, as_of=as_of, sensitivities=sensitivities, pages=pages),
        judgement=judgement,
        cycles=cycle_works(condition, history, as_of=as_of),
        officials=tuple(
            officials.select_related("cycle", "document").order_by("-cycle__number", "-id")
        ),
        history=history,
        interpretations=tuple(
            condition.interpretations.order_by("code", "-number").select_related("condition")
        ),
        crosswalks=tuple(condition.crosswalks.select_related("counterpart__program")),
    )


def cycle_works(
    condition: Condition, assessments: Sequence[Assessment], *, as_of: datetime
) -> tuple[CycleWork, ...]:
    """The cycles in which ``condition`` can be assessed now, with what is there. One query."""
    day = condition.program.day_of(as_of)
    found = []
    for cycle in worked_on([condition.program], as_of)[condition.program_id]:
        if condition.in_force_from >= cycle.due_on:
            continue
        own = [row for row in assessments if row.cycle_id == cycle.pk]
        found.append(
            CycleWork(
                cycle=cycle,
                days_left=(cycle.due_on - day).days,
                in_work=next((row for row in own if row.state in OPEN_STATES), None),
                approved=next((row for row in own if row.approved_at is not None), None),
            )
        )
    return tuple(found)


def _history(condition: Condition, *, with_drafts: bool) -> tuple[Assessment, ...]:
    rows = condition.assessments.select_related("cycle", "author", "approved_by", "returned_by")
    wanted = rows if with_drafts else rows.filter(approved_at__isnull=False)
    return tuple(wanted.order_by("-cycle__number", "-valid_from", "-id"))


def _items(
    condition: Condition, verdicts: Iterable[ItemVerdict], findings: Findings
) -> tuple[Item, ...]:
    by_item = {verdict.item_id: verdict for verdict in verdicts}
    return tuple(
        Item(
            item=item,
            rule=verdict.rule,
            verdict=verdict,
            documents=verdict.documents,
            status=status,
            note=note,
        )
        for item in condition.checklist.filter(retired_on__isnull=True).order_by("position")
        if (verdict := by_item.get(item.pk)) is not None
        for status, note in (findings.get(item.pk, ("", "")),)
    )
