"""What the assessor of record said: recorded beside our judgements, corrected by a new record."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from conditions.actions.escalations import note_escalation
from conditions.actions.record import record_event, require_permission, snapshot
from conditions.models import (
    Condition,
    Evidence,
    OfficialFinding,
    OfficialReport,
    Program,
    ReviewCycle,
    User,
)
from conditions.rules.refusals import Conflict, Invalid


class BadOfficialFinding(Invalid):
    """Part of an official finding is missing or cannot be accepted."""


class AlreadyRecorded(Conflict):
    """A finding on this condition and cycle is on file, or was corrected already."""


def record_official_finding(
    *,
    condition: Condition,
    cycle: ReviewCycle,
    finding: str,
    found_on: date,
    by: User | None,
    as_of: datetime,
    document: Evidence | None = None,
    note: str = "",
    corrects: OfficialFinding | None = None,
) -> OfficialFinding:
    """Record what the assessor of record said, or that no report was submitted.

    ``found_on`` is the date of the report, or of the search that found none: from the due date on,
    and only where no report is on record. A correction names the
    record it ``corrects`` and says why in ``note``. Raises BadOfficialFinding or AlreadyRecorded.
    """
    require_permission(by, "add_officialfinding", to="record official findings")
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        _require_fits(condition, cycle, finding, found_on, program.day_of(as_of))
        if finding == OfficialFinding.Outcome.NOT_SUBMITTED:
            cycle = program.cycles.get(pk=cycle.pk)
            require_overdue(cycle, found_on, program.day_of(as_of))
            require_none_sent(cycle)
        _require_new(condition, cycle, corrects, note)
        row = write_finding(
            condition,
            cycle,
            finding=finding,
            found_on=found_on,
            by=by,
            as_of=as_of,
            document=document,
            note=note.strip(),
            corrects=corrects,
        )
        note_escalation(program=program, by=by, as_of=as_of)
    return row


def write_finding(
    condition: Condition,
    cycle: ReviewCycle,
    *,
    finding: str,
    found_on: date,
    by: User | None,
    as_of: datetime,
    note: str,
    document: Evidence | None = None,
    corrects: OfficialFinding | None = None,
) -> OfficialFinding:
    """Put a finding that was found to fit on file, with its event; the caller holds the program."""
    row = OfficialFinding.objects.create(
        condition=condition,
        cycle=cycle,
        finding=finding,
        found_on=found_on,
        document=document,
        note=note,
        corrects=corrects,
        recorded_at=as_of,
        recorded_by=by,
    )
    record_event(
        verb="officialfinding.corrected" if corrects else "officialfinding.recorded",
        subject=row,
        by=by,
        as_of=as_of,
        program=cycle.program,
        condition=condition,
        cycle=cycle,
        before=snapshot(corrects, "finding", "found_on", "note") if corrects else None,
        after=snapshot(row, "finding", "found_on", "document_id", "note"),
        reason=note,
    )
    return row


def require_overdue(cycle: ReviewCycle, found_on: date, today: date) -> None:
    """Raise BadOfficialFinding unless a report on ``cycle`` can be missing on these days."""
    if cycle.due_on > today:
        raise BadOfficialFinding(
            f"Cycle {cycle.number} is due on {cycle.due_on}: until then no report is missing.",
            field="cycle",
            value=cycle.number,
            remedy="Record it from that day on.",
        )
    if not cycle.due_on <= found_on <= today:
        raise BadOfficialFinding(
            f"{found_on} cannot be the day on which no report on cycle {cycle.number} was found.",
            field="found_on",
            value=found_on,
            remedy=f"Give the day of the search, from {cycle.due_on} to {today}.",
        )


def require_none_sent(cycle: ReviewCycle) -> None:
    """Raise AlreadyRecorded where an official report on ``cycle`` is on record."""
    sent = OfficialReport.objects.filter(cycle=cycle, replaced_by=None).first()
    if sent is not None:
        raise AlreadyRecorded(
            f"An official report on cycle {cycle.number} is on record, sent {sent.submitted_on}.",
            field="cycle",
            value=cycle.number,
            remedy="Record what it says on each condition; silent where it says nothing.",
        )


def _require_fits(
    condition: Condition, cycle: ReviewCycle, finding: str, found_on: date, today: date
) -> None:
    accepted = OfficialFinding.Outcome.values
    if finding not in accepted:
        raise BadOfficialFinding(
            f"“{finding}” is not an official finding.",
            field="finding",
            value=finding,
            remedy=f"Use one of {', '.join(accepted)}.",
        )
    if condition.program_id != cycle.program_id:
        raise BadOfficialFinding(
            f"{condition.code} does not belong to the program of this cycle.",
            field="cycle",
            value=cycle.number,
            remedy="Choose a cycle of the condition's own program.",
        )
    if not cycle.starts_on <= found_on <= today:
        raise BadOfficialFinding(
            f"{found_on} cannot be the date of a finding on cycle {cycle.number}.",
            field="found_on",
            value=found_on,
            remedy=f"Give a day from {cycle.starts_on} to {today}.",
        )


def _require_new(
    condition: Condition, cycle: ReviewCycle, corrects: OfficialFinding | None, note: str
) -> None:
    if corrects is None:
        present = OfficialFinding.objects.filter(condition=condition, cycle=cycle).first()
        if present is not None:
            raise AlreadyRecorded(
                f"A finding on {condition.code} in cycle {cycle.number} is on file: "
                f"{present.get_finding_display()}.",
                field="condition",
                value=condition.code,
                remedy="Correct that record, with a note that says why.",
            )
        return
    if (corrects.condition_id, corrects.cycle_id) != (condition.pk, cycle.pk):
        raise BadOfficialFinding(
            "A correction is about the same condition and cycle.",
            field="corrects",
            value=corrects.pk,
            remedy="Start from the record that is to be corrected.",
        )
    if corrects.corrections.exists():
        raise AlreadyRecorded(
            "This record was corrected already.",
            field="corrects",
            value=corrects.pk,
            remedy="Correct the newest record instead.",
        )
    if not note.strip():
        raise BadOfficialFinding(
            "A correction says why.",
            field="note",
            value=note,
            remedy="Say in a sentence what was wrong.",
        )
