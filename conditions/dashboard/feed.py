"""The calendar feed: all-day entries for the days on which cycles begin and fall due."""

from __future__ import annotations

from datetime import UTC, date, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from icalendar import Calendar, Event

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.cycles import CycleDates, program_cycles

DISCLAIMER = "For information; not legal advice. Check dates in the official text."
ONE_DAY = timedelta(days=1)


def calendar_feed(program: Program, as_of: AsOf) -> bytes:
    """The feed of a program; an entry keeps its UID when its date moves."""
    feed = Calendar()
    feed.add("prodid", "-//Sanctions conditions tracker//EN")
    feed.add("version", "2.0")
    feed.add("method", "PUBLISH")
    feed.add("x-wr-calname", program.short_title)
    feed.add("x-wr-caldesc", f"{program.get_legal_stage_display()}. {DISCLAIMER}")
    feed.add("refresh-interval", timedelta(hours=12), parameters={"value": "DURATION"})
    for cycle in program_cycles(program, as_of):
        feed.add_component(
            _entry(program, cycle, "begins", cycle.starts_on, f"Cycle {cycle.number} begins", as_of)
        )
        feed.add_component(_entry(program, cycle, "due", cycle.due_on, _due_title(cycle), as_of))
    return bytes(feed.to_ical())


def _due_title(cycle: CycleDates) -> str:
    return f"Cycle {cycle.number} review {'closed; was due' if cycle.closed_on else 'due'}"


def _entry(
    program: Program, cycle: CycleDates, kind: str, day: date, title: str, as_of: AsOf
) -> Event:
    entry = Event()
    host = urlsplit(settings.SITE_URL).hostname
    page = reverse("dashboard:cycle", args=[program.slug, cycle.number])
    about = [
        f"{program.instrument_title} ({program.citation}).",
        f"Legal stage: {program.get_legal_stage_display()}.",
    ]
    if kind == "due" and cycle.is_extended:
        about.append(f"Scheduled for {cycle.scheduled_due_on}, extended to {cycle.due_on}.")
    entry.add("uid", f"{program.slug}-cycle-{cycle.number}-{kind}@{host}")
    entry.add("summary", f"{program.short_title}: {title}")
    entry.add("dtstart", day)
    entry.add("dtend", day + ONE_DAY)
    entry.add("dtstamp", as_of.known_at.astimezone(UTC).replace(microsecond=0))
    entry.add("url", f"{settings.SITE_URL}{page}")
    entry.add("description", " ".join([*about, DISCLAIMER]))
    entry.add("transp", "TRANSPARENT")
    return entry
