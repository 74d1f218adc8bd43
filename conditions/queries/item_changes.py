"""Checklist items that two judgements of one condition find differently."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from conditions.models import Finding
from conditions.queries.cycle_judgements import CycleJudgement


@dataclass(frozen=True, slots=True)
class ItemChange:
    """A checklist item whose finding differs between the two sides."""

    code: str
    statement: str
    before: str | None
    after: str | None
    note: str


def findings_of(assessment_ids: Collection[int]) -> dict[int, dict[int, Finding]]:
    """The findings of these assessments, by assessment and checklist item. One query."""
    found: dict[int, dict[int, Finding]] = {}
    rows = Finding.objects.filter(assessment__in=assessment_ids).select_related(
        "checklist_item", "assessment__condition_version"
    )
    for row in rows.order_by("assessment", "checklist_item__position"):
        found.setdefault(row.assessment_id, {})[row.checklist_item_id] = row
    return found


def item_changes(
    was: CycleJudgement | None,
    now: CycleJudgement | None,
    findings: Mapping[int, Mapping[int, Finding]],
) -> tuple[ItemChange, ...]:
    """What the later judgement finds otherwise, item by item, as its own wording had them."""
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
