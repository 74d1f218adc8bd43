"""The calendar feed: all-day entries for cycles, and for official reports that should come out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.official_reports import ReportSent, reports_on
from conditions.queries.status import PUBLIC
from conditions.rules.release import ReleaseState

DISCLAIMER = "For information; not legal advice. Check dates in the official text."
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One matter of a cycle, on the days from ``begins_on`` to ``last_on``, both included."""

    kind: str
    begins_on: date
    last_on: date
    title: str
    remark: str = ""


def calendar_feed(program: Program, as_of: AsOf) -> bytes:
    """The feed of a program; an entry keeps its UID when its date moves."""
    feed = Calendar()
    feed.add("prodid", "-//Sanctions conditions tracker//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", program.short_title)
    feed.add("x-wr-caldesc", f"{program.get_legal_stage_display()}. {DISCLAIMER}")
    feed.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    cycles = program_cycles(program, as_of)
    sent = reports_on([cycle.id for cycle in cycles], as_of, PUBLIC)
    for cycle in cycles:
        for entry in _entries(cycle, sent.get(cycle.id)):
            feed.add_component(_written(program, cycle, entry, as_of))
    return bytes(feed.to_ical())


def _entries(cycle: CycleDates, report: ReportSent | None) -> Iterator[_Entry]:
    begins_on, due_on, name = cycle.starts_on, cycle.due_on, f"Cycle {cycle.number}"
    moved = f"Scheduled for {cycle.scheduled_due_on}, extended to {due_on}."
    yield _Entry("begins", begins_on, begins_on, f"{name} begins")
    yield _Entry(
        "due", due_on, due_on, f"{name} review {_due(cycle)}", moved if cycle.is_extended else ""
    )
    if report is not None and report.state is not ReleaseState.RELEASED:
        window = report.window
        title = f"Official report on cycle {cycle.number} expected to become public"
        yield _Entry("release", window.opens_on, window.closes_on, title, report.sentence)


def _due(cycle: CycleDates) -> str:
    if cycle.is_skipped:
        return "skipped; was due"
    return "closed; was due" if cycle.closed_on else "due"


def _written(program: Program, cycle: CycleDates, entry: _Entry, as_of: AsOf) -> Event:
    event = Event()
    host = urlsplit(settings.SITE_URL).hostname
    page = reverse("dashboard:cycle", args=[program.slug, cycle.number])
    about = [
        f"{program.instrument_title} ({program.citation}).",
        f"Legal stage: {program.get_legal_stage_display()}.",
        *([entry.remark] if entry.remark else []),
        DISCLAIMER,
    ]
    event.add("uid", f"{program.slug}-cycle-{cycle.number}-{entry.kind}@{host}")
    event.add("summary", f"{program.short_title}: {entry.title}")
    event.add("dtstart", entry.begins_on)
    event.add("dtend", entry.last_on + ONE_DAY)
    event.add("dtstamp", as_of.known_at.astimezone(UTC).replace(microsecond=0))
    event.add("url", f"{settings.SITE_URL}{page}")
    event.add("description", " ".join(about))
    event.add("transp", "TRANSPARENT")
    return event
