"""That the assessor of record sent its report: recorded once a cycle, replaced by a new record."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import Evidence, OfficialReport, Program, ReviewCycle, User
from conditions.rules.refusals import Conflict, Invalid

_TOLD = ("submitted_on", "released_on", "document_id", "note")


class BadOfficialReport(Invalid):
    """Part of the record of an official report is missing or cannot be accepted."""


class AlreadyReported(Conflict):
    """A report on this cycle is on record, or that record was replaced already."""


def record_official_report(
    *,
    cycle: ReviewCycle,
    submitted_on: date,
    by: User | None,
    as_of: datetime,
    released_on: date | None = None,
    document: Evidence | None = None,
    note: str = "",
    replaces: OfficialReport | None = None,
) -> OfficialReport:
    """Record that the official report on a cycle was sent, and when its text became public.

    ``released_on`` is empty while it is not public. What became public since, or was wrong, is a
    new record that names the one it ``replaces`` and says why in ``note``. Raises BadOfficialReport
    or AlreadyReported.
    """
    require_permission(by, "add_officialreport", to="record official reports")
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        _require_dates(cycle, submitted_on, released_on, program.day_of(as_of))
        _require_new(cycle, replaces, note)
        row = OfficialReport.objects.create(
            cycle=cycle,
            submitted_on=submitted_on,
            released_on=released_on,
            document=document,
            note=note.strip(),
            replaces=replaces,
            recorded_at=as_of,
            recorded_by=by,
        )
        record_event(
            verb="officialreport.replaced" if replaces else "officialreport.recorded",
            subject=row,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            before=snapshot(replaces, *_TOLD) if replaces else None,
            after=snapshot(row, *_TOLD),
            reason=note.strip(),
        )
    return row


def _require_dates(
    cycle: ReviewCycle, submitted_on: date, released_on: date | None, today: date
) -> None:
    if not cycle.starts_on <= submitted_on <= today:
        raise BadOfficialReport(
            f"{submitted_on} cannot be the day on which a report on cycle {cycle.number} was sent.",
            field="submitted_on",
            value=submitted_on,
            remedy=f"Give a day from {cycle.starts_on} to {today}.",
        )
    if released_on is not None and not submitted_on <= released_on <= today:
        raise BadOfficialReport(
            f"{released_on} cannot be the day on which this report became public.",
            field="released_on",
            value=released_on,
            remedy=f"Give a day from {submitted_on} to {today}, or none while it is not public.",
        )


def _require_new(cycle: ReviewCycle, replaces: OfficialReport | None, note: str) -> None:
    if replaces is None:
        present = OfficialReport.objects.filter(cycle=cycle, replaced_by=None).first()
        if present is not None:
            raise AlreadyReported(
                f"A report on cycle {cycle.number} is on record, sent {present.submitted_on}.",
                field="cycle",
                value=cycle.number,
                remedy="Replace that record, with a note that says why.",
            )
        return
    if replaces.cycle_id != cycle.pk:
        raise BadOfficialReport(
            "A record replaces one on the same cycle.",
            field="replaces",
            value=replaces.pk,
            remedy="Start from the record that is to be replaced.",
        )
    if OfficialReport.objects.filter(replaces=replaces).exists():
        raise AlreadyReported(
            "This record was replaced already.",
            field="replaces",
            value=replaces.pk,
            remedy="Replace the newest record instead.",
        )
    if not note.strip():
        raise BadOfficialReport(
            "A record that replaces another says why.",
            field="note",
            value=note,
            remedy="Say in a sentence what is new, or what was wrong.",
        )
