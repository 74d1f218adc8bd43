"""Loading a pack: program, conditions, wordings, readings, crosswalk, cycles; or nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from django.db import transaction

from conditions.actions.cycles import open_cycles, realign_cycles
from conditions.actions.packs.changes import Change, PackOutcome, assign
from conditions.actions.packs.columns import program_columns
from conditions.actions.packs.contents import load_conditions, load_interpretations
from conditions.actions.packs.crosswalks import tie_crosswalks, tie_successors
from conditions.actions.packs.fit import fit_faults
from conditions.actions.packs.reading import Pack
from conditions.actions.record import record_event, require_permission
from conditions.models import Program, User
from conditions.rules.calendar import spans_until

_CALENDAR = {"anchor_on", "first_interval_days", "interval_days", "basis", "roll", "until"}


def load_pack(
    *,
    pack: Pack,
    by: User | None,
    as_of: datetime,
    tracked_from: date | None = None,
    backdate: bool = False,
) -> PackOutcome:
    """Make the program on file say what the pack says; a pack loaded before changes nothing.

    Nothing is deleted: an item that is gone is retired, a changed condition becomes a new version,
    a changed reading a new number. What people set in the tracker since stays until the pack itself
    changes. ``tracked_from`` of a new program is the legal day of ``as_of`` unless given.
    ``backdate`` is for demonstrations: the wordings and cycles of a new program are recorded as of
    the days on which they began. Raises BadPack with everything that does not fit what is on file.
    """
    require_permission(by, "load_program", to="load a program")
    with transaction.atomic():
        program = Program.objects.select_for_update().filter(slug=pack.slug).first()
        if program is not None and program.pack_sha256 == pack.sha256:
            changes = _retrack(program, tracked_from)
        else:
            pack.refuse(fit_faults(pack.content, program, as_of=as_of))
            backdate = backdate and program is None
            program, changes = _write_program(program, pack, tracked_from, as_of=as_of)
            changes += _write_contents(program, pack, by=by, as_of=as_of, backdate=backdate)
        if changes:
            _record(program, changes, by=by, as_of=as_of)
            _align_cycles(program, changes, by=by, as_of=as_of, backdate=backdate)
            program.refresh_from_db()
    return PackOutcome(pack.slug, program, tuple(changes))


def plan_pack(*, pack: Pack, as_of: datetime, tracked_from: date | None = None) -> PackOutcome:
    """What ``load_pack`` would change, and the same refusals; nothing is kept."""
    with transaction.atomic():
        outcome = load_pack(pack=pack, by=None, as_of=as_of, tracked_from=tracked_from)
        transaction.set_rollback(True)
    return PackOutcome(outcome.slug, None, outcome.changes)


def noon_of(day: date) -> datetime:
    """12:00 UTC of a day, which is the same legal day from New York to Damascus."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def _retrack(program: Program, tracked_from: date | None) -> list[Change]:
    wanted = {} if tracked_from is None else {"tracked_from": tracked_from}
    changes = list(assign(program, wanted, "program"))
    program.save(update_fields=["tracked_from"])
    return changes


def _write_program(
    program: Program | None, pack: Pack, tracked_from: date | None, *, as_of: datetime
) -> tuple[Program, list[Change]]:
    columns = program_columns(pack.content)
    if program is None:
        program = Program(slug=pack.slug, changed_at=as_of, **columns)
        program.tracked_from = tracked_from or program.day_of(as_of)
        changes = [Change("program", None, program.title)]
    else:
        changes = [*_retrack(program, tracked_from), *assign(program, columns, "program")]
    program.pack_sha256 = pack.sha256
    program.save()
    return program, changes


def _write_contents(
    program: Program, pack: Pack, *, by: User | None, as_of: datetime, backdate: bool
) -> list[Change]:
    worded_at = min(noon_of(program.anchor_on), as_of) if backdate else as_of
    return [
        *load_conditions(program, pack.content, by=by, as_of=as_of, worded_at=worded_at),
        *load_interpretations(program, pack.content, by=by, as_of=as_of),
        *tie_crosswalks(program, as_of=as_of),
        *tie_successors(program, as_of=as_of),
    ]


def _record(program: Program, changes: list[Change], *, by: User | None, as_of: datetime) -> None:
    is_new = any(change.path == "program" for change in changes)
    record_event(
        verb="program.loaded" if is_new else "program.changed",
        subject=program,
        by=by,
        as_of=as_of,
        program=program,
        after={
            "pack_sha256": program.pack_sha256,
            "changes": [
                {"path": change.path, "before": change.before, "after": change.after}
                for change in changes
            ],
        },
    )


def _align_cycles(
    program: Program, changes: list[Change], *, by: User | None, as_of: datetime, backdate: bool
) -> None:
    if any(change.path.removeprefix("program.") in _CALENDAR for change in changes):
        reason = "The program's calendar changed."
        realign_cycles(program=program, reason=reason, by=by, as_of=as_of)
    if backdate:
        for span in spans_until(program.calendar, program.day_of(as_of), ahead=0):
            moment = noon_of(span.starts_on)
            open_cycles(program=program, as_of=min(moment, as_of), by=by)
    open_cycles(program=program, as_of=as_of, by=by)
