"""The contents of a pack as rows: conditions with their wordings and checklists, and readings."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from conditions.actions.packs.changes import Change, assign
from conditions.actions.packs.columns import (
    condition_columns,
    item_columns,
    reading_columns,
    wording_of,
)
from conditions.actions.record import record_event
from conditions.models import (
    ChecklistItem,
    Condition,
    ConditionVersion,
    Interpretation,
    Program,
    User,
)
from conditions.rules.fingerprint import fingerprint

Part = dict[str, Any]


def load_conditions(
    program: Program,
    content: Part,
    *,
    by: User | None,
    as_of: datetime,
    worded_at: datetime,
) -> list[Change]:
    """Make conditions and checklists what the pack says; each new wording, known from ``worded_at``
    on, becomes a version.
    """
    changes: list[Change] = []
    present = {condition.code: condition for condition in program.conditions.all()}
    for position, part in enumerate(content["conditions"], start=1):
        code, path = part["code"], f"conditions.{part['code']}"
        condition = present.get(code)
        columns = condition_columns(part, position)
        if condition is None:
            condition = Condition.objects.create(program=program, code=code, **columns)
            changes.append(Change(path, None, condition.title))
        elif found := list(assign(condition, columns, path)):
            condition.save()
            changes += found
        changes += _load_checklist(condition, part["checklist"], path, as_of=as_of)
        changes += _word(condition, part, path, by=by, as_of=worded_at)
    return changes


def load_interpretations(
    program: Program, content: Part, *, by: User | None, as_of: datetime
) -> list[Change]:
    """Record each reading that differs from the newest of its code, under the next number."""
    changes: list[Change] = []
    newest = {row.code: row for row in program.interpretations.order_by("number")}
    conditions = {condition.code: condition for condition in program.conditions.all()}
    for part in content["interpretations"]:
        columns = reading_columns(part) | {"condition": conditions.get(part.get("condition", ""))}
        latest = newest.get(part["code"])
        if latest is not None and all(getattr(latest, name) == columns[name] for name in columns):
            continue
        row = Interpretation.objects.create(
            program=program,
            code=part["code"],
            number=latest.number + 1 if latest else 1,
            recorded_at=as_of,
            recorded_by=by,
            **columns,
        )
        record_event(
            verb="interpretation.recorded",
            subject=row,
            by=by,
            as_of=as_of,
            program=program,
            condition=row.condition,
            before={"choice": latest.choice, "basis": latest.basis} if latest else None,
            after={"code": row.code, "number": row.number, "choice": row.choice},
        )
        path = f"interpretations.{row.code}"
        changes.append(Change(path, latest.choice if latest else None, row.choice))
    return changes


def _load_checklist(
    condition: Condition, parts: list[Part], path: str, *, as_of: datetime
) -> list[Change]:
    changes: list[Change] = []
    present = {item.code: item for item in condition.checklist.all()}
    for position, part in enumerate(parts, start=1):
        item = present.pop(part["code"], None)
        place = f"{path}.checklist.{part['code']}"
        columns = item_columns(part, position)
        if item is None:
            ChecklistItem.objects.create(condition=condition, code=part["code"], **columns)
            changes.append(Change(place, None, part["statement"]))
        elif found := list(assign(item, columns, place)):
            item.save()
            changes += found
    day = condition.program.day_of(as_of)
    for item in present.values():
        if item.retired_on is None:
            item.retired_on = day
            item.save(update_fields=["retired_on"])
            changes.append(Change(f"{path}.checklist.{item.code}.retired_on", None, day))
    return changes


def _word(
    condition: Condition, part: Part, path: str, *, by: User | None, as_of: datetime
) -> list[Change]:
    wording = wording_of(part)
    sha256 = fingerprint(wording)
    latest = condition.versions.order_by("-number").first()
    if latest is not None and latest.sha256 == sha256:
        return []
    number = latest.number + 1 if latest else 1
    ConditionVersion.objects.create(
        condition=condition,
        number=number,
        content=wording,
        sha256=sha256,
        recorded_at=as_of,
        recorded_by=by,
    )
    record_event(
        verb="condition.worded",
        subject=condition,
        by=by,
        as_of=as_of,
        program=condition.program,
        condition=condition,
        before=latest.content if latest else None,
        after=wording,
    )
    return [Change(f"{path}.version", latest.number if latest else None, number)]
