"""What a message says about one thing that happened, and the words all such messages share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from conditions.outbound.links import cycle_link, scorecard_link
from conditions.outbound.words import one_line, passage, say_day
from conditions.queries.news import News


@dataclass(frozen=True, slots=True)
class Link:
    """Where to read on."""

    label: str
    address: str


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that happened: a headline, some sentences, and where to read on."""

    headline: str
    lines: tuple[str, ...]
    links: tuple[Link, ...]


def reason_of(news: News) -> tuple[str, ...]:
    """The reason that was given, as a sentence; nothing where none was."""
    return (f"Reason: {passage(news.event.reason)}",) if news.event.reason.strip() else ()


def told_in(facts: Mapping[str, object] | None, name: str) -> str:
    """A fact that an event keeps, as text; empty where it keeps none of that name."""
    return one_line(str((facts or {}).get(name) or ""))


def day_in(facts: Mapping[str, object] | None, name: str) -> str:
    """A day that an event keeps, as a person says it."""
    told = told_in(facts, name)
    return say_day(date.fromisoformat(told)) if told else "a day not on record"


def to_scorecard(news: News) -> Link:
    """The scorecard of the program in which it happened."""
    return Link("Scorecard", scorecard_link(news.program.slug))


def to_cycle(news: News) -> Link:
    """The page of the cycle in which it happened."""
    return Link(f"Cycle {news.cycle_number}", cycle_link(news.program.slug, news.cycle_number))
