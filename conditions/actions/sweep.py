"""The sweep: opens what has begun, marks what fell due, owes what is to be sent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction

from conditions.actions.cycles import open_cycles
from conditions.actions.escalations import note_escalation
from conditions.actions.release_news import owe_release_news
from conditions.actions.reminders import Owed, owe_reminders
from conditions.models import Program, Pulse, ReviewCycle, User
from conditions.queries.recipients import recipients_mark
from conditions.rules.days import BadMoment, legal_day

PULSE = "sweep"
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class CycleNews:
    """A cycle that opened, fell due or is overdue by ``days_overdue``."""

    number: int
    due_on: date
    days_overdue: int = 0


@dataclass(frozen=True, slots=True)
class ProgramSweep:
    """What the sweep found and did in one program; ``error`` says why it could not."""

    slug: str
    opened: tuple[CycleNews, ...] = ()
    fell_due: tuple[CycleNews, ...] = ()
    overdue: tuple[CycleNews, ...] = ()
    owed: tuple[Owed, ...] = ()
    superseded: int = 0
    unaddressed: tuple[int, ...] = ()
    error: str = ""
    mark: tuple[object, ...] = field(default=(), repr=False)

    @property
    def is_news(self) -> bool:
        """Whether anything was written."""
        return bool(self.opened or self.fell_due or self.owed or self.superseded or self.error)


@dataclass(frozen=True, slots=True)
class SweepReport:
    """What one sweep found and did, program by program."""

    as_of: datetime
    dry_run: bool
    programs: tuple[ProgramSweep, ...]

    @property
    def owed(self) -> int:
        """How many messages became owed."""
        return sum(len(program.owed) for program in self.programs)

    @property
    def errors(self) -> dict[str, str]:
        """By slug, the programs that could not be swept, and why."""
        return {program.slug: program.error for program in self.programs if program.error}


def sweep(
    *,
    as_of: datetime,
    by: User | None = None,
    dry_run: bool = False,
    only_changed: bool = False,
    is_pulse: bool = False,
) -> SweepReport:
    """Do in every active program what is due on or before ``as_of``.

    Safe to run twice, at once, or days late. A program that cannot be swept is reported and stops
    no other. ``dry_run`` reports the same and keeps nothing. ``only_changed`` leaves out programs
    that a pulse swept on this legal day already and in which nothing changed since. ``is_pulse``
    records the run for health; ``as_of`` is the real moment then.
    """
    marks = _marks()
    programs = list(Program.objects.filter(is_active=True).order_by("slug"))
    # Looked at before the work: an account that changes meanwhile differs at the next sweep.
    people = recipients_mark([program.pk for program in programs])
    done = {
        program.slug: marks[program.slug]
        for program in programs
        if only_changed and _is_done(program, marks, as_of, people[program.pk])
    }
    report = SweepReport(
        as_of=as_of,
        dry_run=dry_run,
        programs=tuple(
            _sweep_safely(program, as_of=as_of, by=by, dry_run=dry_run, people=people[program.pk])
            for program in programs
            if program.slug not in done
        ),
    )
    if is_pulse and not dry_run:
        _record_pulse(report, done)
    return report


def _marks() -> dict[str, list[object]]:
    pulse = Pulse.objects.filter(name=PULSE).first()
    marks: dict[str, list[object]] = pulse.detail.get("marks", {}) if pulse else {}
    return marks


def _mark(program: Program, as_of: datetime, people: str) -> list[object]:
    """What the work in a program depends on; while it is the same, there is nothing new to do."""
    return [legal_day(as_of, program.time_zone).isoformat(), program.revision, people]


def _is_done(
    program: Program, marks: Mapping[str, list[object]], as_of: datetime, people: str
) -> bool:
    try:
        return marks.get(program.slug) == _mark(program, as_of, people)
    except BadMoment:
        # Its time zone is none: the sweep of it will say so.
        return False


def _record_pulse(report: SweepReport, done: dict[str, list[object]]) -> None:
    marks = done | {one.slug: list(one.mark) for one in report.programs if not one.error}
    detail = {
        "programs": len(report.programs),
        "owed": report.owed,
        "errors": report.errors,
        "marks": marks,
    }
    Pulse.objects.update_or_create(name=PULSE, defaults={"beat_at": report.as_of, "detail": detail})


def _sweep_safely(
    program: Program, *, as_of: datetime, by: User | None, dry_run: bool, people: str
) -> ProgramSweep:
    try:
        with transaction.atomic():
            swept = _sweep_program(program, as_of=as_of, by=by, people=people)
            if dry_run:
                transaction.set_rollback(True)
    except Exception as error:
        logger.exception("The sweep could not do program %s", program.slug)
        return ProgramSweep(slug=program.slug, error=f"{type(error).__name__}: {error}")
    return swept


def _sweep_program(
    program: Program, *, as_of: datetime, by: User | None, people: str
) -> ProgramSweep:
    touched = open_cycles(program=program, by=by, as_of=as_of)
    if any(cycle.fell_due_at == as_of for cycle in touched):
        # An official finding may have been recorded before its period was over.
        note_escalation(program=program, by=by, as_of=as_of)
    owing = owe_reminders(program=program, as_of=as_of)
    news = owe_release_news(program=program, as_of=as_of)
    # Still under the lock that all three took, so no later write hides behind this revision.
    program.refresh_from_db(fields=["revision"])
    return ProgramSweep(
        slug=program.slug,
        opened=tuple(_news(cycle) for cycle in touched if cycle.opened_at == as_of),
        fell_due=tuple(_news(cycle) for cycle in touched if cycle.fell_due_at == as_of),
        overdue=_overdue(program, program.day_of(as_of)),
        owed=(*owing.owed, *news),
        superseded=owing.superseded,
        unaddressed=owing.unaddressed,
        mark=tuple(_mark(program, as_of, people)),
    )


def _overdue(program: Program, day: date) -> tuple[CycleNews, ...]:
    late = program.cycles.filter(
        closed_at__isnull=True, due_on__lt=day, due_on__gt=program.tracked_from
    )
    return tuple(
        CycleNews(cycle.number, cycle.due_on, (day - cycle.due_on).days)
        for cycle in late.order_by("number")
    )


def _news(cycle: ReviewCycle) -> CycleNews:
    return CycleNews(cycle.number, cycle.due_on)
