"""What a message says: the matters and the news of one person, in words and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from conditions.outbound.links import assess_link, condition_link, cycle_link, scorecard_link
from conditions.outbound.news import tell
from conditions.outbound.told import Told
from conditions.outbound.words import one_line, say_day, say_days
from conditions.queries.news import News
from conditions.queries.reminders import Matter, Outstanding
from conditions.rules.workflow import WorkState

WORK = {
    WorkState.DRAFT.value: "draft begun",
    WorkState.SUBMITTED.value: "submitted, waits for approval",
    WorkState.RETURNED.value: "returned, to be revised",
}
MOST_CONDITIONS = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One condition that is outstanding, as the message lists it."""

    code: str
    title: str
    work: str
    lead: str
    assess: str
    page: str


@dataclass(frozen=True, slots=True)
class Section:
    """One review cycle in a message: how it stands, and what the reader is to see to."""

    program: str
    program_title: str
    cycle: int
    standing: str
    is_overdue: bool
    is_demonstration: bool
    four_eyes: bool
    lines: tuple[Line, ...]
    more: int
    to_close: bool
    scorecard: str
    page: str

    @property
    def title(self) -> str:
        """Program and cycle, on one line."""
        return f"{self.program}, cycle {self.cycle}"


@dataclass(frozen=True, slots=True)
class NewsSection:
    """One thing that happened, in a message, with the program and cycle it happened in."""

    told: Told
    program: str
    program_title: str
    cycle: int
    is_demonstration: bool
    four_eyes: bool

    @property
    def title(self) -> str:
        """Program and cycle, on one line."""
        return f"{self.program}, cycle {self.cycle}"


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one person: what happened, then what they are to see to.

    It has at least one of both. ``beside`` are further matters of theirs, in a line each.
    """

    message_id: str
    thread: str
    recipient: str
    address: str
    sections: tuple[Section, ...] = ()
    news: tuple[NewsSection, ...] = ()
    beside: tuple[Section, ...] = ()

    @property
    def subject(self) -> str:
        """What a list of mail shows: what happened, before what is to be done."""
        said = [f"{one.told.headline}: {one.title}" for one in self.news]
        said += [f"{one.title}: {one.standing}" for one in self.sections]
        return f"{said[0]}, and {len(said) - 1} more" if len(said) > 1 else said[0]

    @property
    def heading(self) -> str:
        """What stands over it."""
        cycles = len(self.sections)
        needs = "A review cycle needs you" if cycles == 1 else f"{cycles} review cycles need you"
        if not self.news:
            return needs
        return f"What happened. {needs}" if cycles else "What happened"


def write_section(matter: Matter, person_id: int) -> Section:
    """How one matter stands, and this person's share in it."""
    program, cycle = matter.program, matter.cycle
    share = matter.share_of(person_id)
    return Section(
        program=one_line(program.short_title),
        program_title=one_line(program.title),
        cycle=cycle.number,
        standing=standing(matter.days_left, cycle.due_on),
        is_overdue=matter.days_left < 0,
        is_demonstration=matter.is_demonstration,
        four_eyes=program.four_eyes,
        lines=_lines(share[:MOST_CONDITIONS], program.slug, person_id),
        more=max(len(share) - MOST_CONDITIONS, 0),
        to_close=not share,
        scorecard=scorecard_link(program.slug),
        page=cycle_link(program.slug, cycle.number),
    )


def write_news(news: News) -> NewsSection:
    """What happened, as things stand."""
    return NewsSection(
        told=tell(news),
        program=one_line(news.program.short_title),
        program_title=one_line(news.program.title),
        cycle=news.cycle_number,
        is_demonstration=news.is_demonstration,
        four_eyes=news.program.four_eyes,
    )


def standing(days_left: int, due_on: date) -> str:
    """Days left or overdue and the due date, as a person says it."""
    day = say_day(due_on)
    if days_left > 0:
        return f"{say_days(days_left)} left, due {day}"
    if days_left == 0:
        return f"due today, {day}"
    return f"overdue by {say_days(-days_left)}, was due {day}"


def _lines(share: Sequence[Outstanding], slug: str, person_id: int) -> tuple[Line, ...]:
    return tuple(
        Line(
            code=one.code,
            title=one.title,
            work=WORK.get(one.work_state, one.work_state),
            lead="" if one.lead_id == person_id else one.lead or "nobody leads it",
            assess=assess_link(one.condition_id),
            page=condition_link(slug, one.code),
        )
        for one in share
    )
