"""Crosswalks as rows: tied as soon as both programs are on file, whichever was loaded first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from conditions.actions.packs.changes import Change
from conditions.models import Condition, ConditionVersion, Crosswalk, Program


def tie_crosswalks(program: Program) -> list[Change]:
    """Make the crosswalk rows from and to this program what the newest wordings say."""
    changes: list[Change] = []
    for condition, entries in _wanted(program):
        changes += _tie(condition, entries)
    return changes


def _wanted(program: Program) -> Iterator[tuple[Condition, list[dict[str, Any]]]]:
    """Conditions with the crosswalk entries that concern the program: all of its own, and those
    of other programs that name it."""
    newest: dict[int, ConditionVersion] = {}
    rows = ConditionVersion.objects.select_related("condition__program").order_by("number")
    for version in rows:
        newest[version.condition_id] = version
    for version in newest.values():
        entries = version.content.get("crosswalk", [])
        if version.condition.program_id == program.pk:
            yield version.condition, entries
        else:
            named = [entry for entry in entries if entry["program"] == program.slug]
            if named:
                yield version.condition, entries


def _tie(condition: Condition, entries: list[dict[str, Any]]) -> Iterator[Change]:
    present = {row.counterpart_id: row for row in condition.crosswalks.all()}
    for entry in entries:
        counterpart = Condition.objects.filter(
            program__slug=entry["program"], code=entry["condition"]
        ).first()
        if counterpart is None:
            continue
        row = present.pop(counterpart.pk, None)
        before = (row.relation, row.note) if row else None
        after = (entry["relation"], entry["note"])
        if before != after:
            Crosswalk.objects.update_or_create(
                condition=condition,
                counterpart=counterpart,
                defaults={"relation": entry["relation"], "note": entry["note"]},
            )
            yield Change(_path(condition, entry["program"], counterpart), before, after)
    for row in present.values():
        counterpart = Condition.objects.select_related("program").get(pk=row.counterpart_id)
        row.delete()
        path = _path(condition, counterpart.program.slug, counterpart)
        yield Change(path, (row.relation, row.note), None)


def _path(condition: Condition, slug: str, counterpart: Condition) -> str:
    return f"conditions.{condition.code}.crosswalk.{slug}.{counterpart.code}"
