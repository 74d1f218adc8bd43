"""Crosswalks as rows: tied as soon as both programs are on file, whichever was loaded first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from conditions.actions.packs.changes import Change
from conditions.models import Condition, ConditionVersion, Crosswalk, Program


def tie_crosswalks(program: Program, *, as_of: datetime) -> list[Change]:
    """Make the crosswalk rows from and to this program what the newest wordings say.

    Another program whose crosswalk changes by it is marked as changed at ``as_of``.
    """
    changes: list[Change] = []
    for condition, entries in _wanted(program):
        rows = condition.crosswalks.all()
        is_own = condition.program_id == program.pk
        found = list(
            _tie(condition, entries, rows if is_own else rows.filter(counterpart__program=program))
        )
        if found and not is_own:
            Program.objects.touch(condition.program_id, as_of=as_of)
        changes += found
    return changes


def tie_successors(program: Program, *, as_of: datetime) -> list[Change]:
    """Set who replaced whom, as either of two packs says, once both programs are on file."""
    known = {row.slug: row for row in Program.objects.all()}
    replaced_by = {row.marks.get("predecessor"): slug for slug, row in known.items()}
    changes = []
    for slug, row in known.items():
        named = row.marks.get("successor") or replaced_by.get(slug)
        target = known.get(named or "")
        # Only the pack being loaded may take a successor away.
        if row.successor_id == (target.pk if target else None) or not (target or row == program):
            continue
        changes.append(Change(f"program.{slug}.successor", row.successor_id, named))
        Program.objects.filter(pk=row.pk).update(successor=target)
        Program.objects.touch(row.pk, as_of=as_of)
    return changes


def _wanted(program: Program) -> Iterator[tuple[Condition, list[dict[str, Any]]]]:
    """Conditions with the crosswalk entries that concern the program.

    They are all of its own, and those of other programs that name it.
    """
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


def _tie(
    condition: Condition, entries: list[dict[str, Any]], rows: Iterable[Crosswalk]
) -> Iterator[Change]:
    present = {row.counterpart_id: row for row in rows}
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
