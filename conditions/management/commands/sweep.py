"""manage.py sweep: by hand, and for any day, what the scheduler does every few minutes."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from conditions import clock
from conditions.actions.delivery import deliver_due
from conditions.actions.leases import new_owner
from conditions.actions.reminders import Owed
from conditions.actions.sweep import ProgramSweep, SweepReport, sweep
from conditions.rules.ladder import RungKind

LISTED = 20


class Command(BaseCommand):
    """Sweeps, says what it found and did, and delivers what is due."""

    help = "Open cycles, mark what fell due, owe and send reminders, as the scheduler does."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """For which day, and how far to go."""
        parser.add_argument("--as-of", metavar="DATE", help="do it as at 12:00 UTC of this day")
        parser.add_argument("--dry-run", action="store_true", help="say it, and change nothing")
        parser.add_argument("--no-send", action="store_true", help="owe reminders, send none")

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweeps once; ends with 1 when a program could not be swept."""
        given = options["as_of"]
        # Of another day it tells nothing about how the tracker is now.
        is_now = given is None
        as_of = clock.now() if is_now else noon(given)
        report = sweep(as_of=as_of, dry_run=options["dry_run"], is_pulse=is_now)
        for line in told(report):
            self.stdout.write(line)
        if not options["dry_run"] and not options["no_send"]:
            done = deliver_due(
                owner=new_owner(), clock=clock.now if is_now else lambda: as_of, is_pulse=is_now
            )
            self.stdout.write(
                f"Reminders: {done.sent} sent, {done.failed} failed and kept, "
                f"{done.postponed} wait for their reader's hour, {done.obsolete} no longer needed."
            )
        if report.errors:
            raise CommandError(
                f"Could not be swept: {', '.join(report.errors)}. "
                "Mend what is named above; the other programs are done."
            )


def noon(text: str) -> datetime:
    """12:00 UTC of the day that ``text`` names."""
    try:
        return datetime.combine(date.fromisoformat(text), time(12), tzinfo=UTC)
    except ValueError as error:
        raise CommandError(f"--as-of: {text!r} is not a date. Write it as 2027-03-06.") from error


def told(report: SweepReport) -> Iterator[str]:
    """The report in words, program by program."""
    trial = ", as a trial: nothing is kept" if report.dry_run else ""
    yield f"Sweep as of {report.as_of:%Y-%m-%d %H:%M} UTC{trial}."
    for program in report.programs:
        yield ""
        yield program.slug
        yield from (f"  {line}" for line in _lines(program))
    if not report.programs:
        yield "There is no active program. Load one: python manage.py load_program FILE"


def _lines(program: ProgramSweep) -> Iterator[str]:
    if program.error:
        yield f"could not be swept: {program.error}"
        return
    for news in program.opened:
        yield f"opened    cycle {news.number}, due {news.due_on}"
    for news in program.fell_due:
        yield f"fell due  cycle {news.number} on {news.due_on}"
    for news in program.overdue:
        days = "1 day" if news.days_overdue == 1 else f"{news.days_overdue} days"
        yield f"overdue   cycle {news.number} by {days}, since {news.due_on}"
    for one in program.owed[:LISTED]:
        yield f"owed      {one.recipient}: cycle {one.cycle_number}, {_rung(one)}"
    if rest := program.owed[LISTED:]:
        people = len(Counter(one.recipient for one in rest))
        yield f"owed      {people} more people"
    if program.superseded:
        yield f"superseded by more urgent ones: {program.superseded}"
    for number in program.unaddressed:
        yield f"nobody to remind of cycle {number}: give its conditions a lead, or name a manager"
    if not program.is_news:
        yield "nothing new"


def _rung(owed: Owed) -> str:
    if owed.kind is RungKind.NEWS:
        return f"news: {owed.about}"
    return {
        "opened": "opened",
        "before": f"{-owed.offset} days before",
        "due": "due",
        "overdue": f"overdue +{owed.offset}",
    }[owed.kind]
