"""Loading a pack: program, conditions, wordings, readings, crosswalk, cycles; or nothing."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from conditions.actions.cycles import open_cycles, realign_cycles
from conditions.actions.packs.changes import Change, PackOutcome, assign
from conditions.actions.packs.columns import program_columns
from conditions.actions.packs.contents import load_conditions, load_interpretations
from conditions.actions.packs.crosswalks import tie_crosswalks
from conditions.actions.packs.fit import fit_faults
from conditions.actions.packs.reading import Pack
from conditions.actions.record import record_event, require_permission
from conditions.models import Program, User

_CALENDAR = {"anchor_on", "first_interval_days", "interval_days", "basis", "roll", "until"}


def load_pack(
    *, pack: Pack, by: User | None, as_of: datetime, tracked_from: date | None = None
) -> PackOutcome:
    """Make the program on file say what the pack says; a pack loaded before changes nothing.

    Nothing is deleted: an item that is gone is retired, a changed condition becomes a new version,
    a changed reading a new number. What people set in the tracker since stays until the pack itself
    changes. ``tracked_from`` of a new program is the legal day of ``as_of`` unless given. Raises
    BadPack with everything that does not fit what is on file.
    """
    require_permission(by, "load_program", to="load a program")
    with transaction.atomic():
        program = Program.objects.select_for_update().filter(slug=pack.slug).first()
        if program is not None and program.pack_sha256 == pack.sha256:
            changes = _track(program, tracked_from)
        else:
            pack.refuse(fit_faults(pack.content, program, as_of=as_of))
            program, changes = _write(program, pack, tracked_from, by=by, as_of=as_of)
        if changes:
            _finish(program, pack, changes, by=by, as_of=as_of)
    return PackOutcome(pack.slug, program, tuple(changes))


def plan_pack(*, pack: Pack, as_of: datetime, tracked_from: date | None = None) -> PackOutcome:
    """What ``load_pack`` would change, and the same refusals; nothing is kept."""
    with transaction.atomic():
        outcome = load_pack(pack=pack, by=None, as_of=as_of, tracked_from=tracked_from)
        transaction.set_rollback(True)
    return PackOutcome(outcome.slug, None, outcome.changes)


def _write(
    program: Program | None,
    pack: Pack,
    tracked_from: date | None,
    *,
    by: User | None,
    as_of: datetime,
) -> tuple[Program, list[Change]]:
    columns = program_columns(pack.content)
    if program is None:
        program = Program(slug=pack.slug, changed_at=as_of, **columns)
        program.tracked_from = tracked_from or program.day_of(as_of)
        changes = [Change("program", None, program.title)]
    else:
        changes = list(assign(program, columns, "program")) + _track(program, tracked_from)
    program.pack_sha256 = pack.sha256
    program.save()
    changes += load_conditions(program, pack.content, by=by, as_of=as_of)
    changes += load_interpretations(program, pack.content, by=by, as_of=as_of)
    changes += tie_crosswalks(program)
    changes += _tie_successors(program, pack.content)
    return program, changes


def _track(program: Program, tracked_from: date | None) -> list[Change]:
    if tracked_from is None:
        return []
    changes = list(assign(program, {"tracked_from": tracked_from}, "program"))
    program.save(update_fields=["tracked_from"])
    return changes


def _tie_successors(program: Program, content: dict[str, Any]) -> list[Change]:
    """Set who replaced whom, as either of two packs says, once both programs are on file."""
    slugs = {program.slug: program.marks["successor"]}
    if older := program.marks["predecessor"]:
        slugs[older] = program.slug
    for earlier in Program.objects.filter(marks__successor=program.slug):
        slugs[earlier.slug] = program.slug
    known = {row.slug: row for row in Program.objects.filter(slug__in=[*slugs, *slugs.values()])}
    changes = []
    for slug, successor in slugs.items():
        row = known.get(slug)
        target = known.get(successor) if successor else None
        if row is not None and row.successor_id != (target.pk if target else None):
            changes.append(Change(f"program.{slug}.successor", None, successor))
            row.successor = target
            row.save(update_fields=["successor"])
    return changes


def _finish(
    program: Program, pack: Pack, changes: list[Change], *, by: User | None, as_of: datetime
) -> None:
    is_new = any(change.path == "program" for change in changes)
    record_event(
        verb="program.loaded" if is_new else "program.changed",
        subject=program,
        by=by,
        as_of=as_of,
        program=program,
        after={
            "pack_sha256": pack.sha256,
            "changes": [
                {"path": change.path, "before": change.before, "after": change.after}
                for change in changes
            ],
        },
    )
    _touch_others(program, changes, as_of)
    if not is_new and any(change.path.removeprefix("program.") in _CALENDAR for change in changes):
        reason = "The program's calendar changed."
        realign_cycles(program=program, reason=reason, by=by, as_of=as_of)
    open_cycles(program=program, as_of=as_of, by=by)
    program.refresh_from_db()


def _touch_others(program: Program, changes: list[Change], as_of: datetime) -> None:
    # The pages of a counterpart show the crosswalk too.
    if any(".crosswalk." in change.path for change in changes):
        others = Program.objects.filter(
            conditions__crosswalks__counterpart__program=program
        ).exclude(pk=program.pk)
        Program.objects.touch(*others.values_list("pk", flat=True), as_of=as_of)
