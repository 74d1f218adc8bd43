"""What a reminder says: the matters of one person, in words and addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from conditions.outbound.links import assess_link, condition_link, cycle_link, scorecard_link
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
class Letter:
    """One message to one person; ``beside`` are further matters of theirs, in a line each."""

    message_id: str
    thread: str
    recipient: str
    address: str
    sections: tuple[Section, ...]
    beside: tuple[Section, ...] = ()

    @property
    def subject(self) -> str:
        """What a list of mail shows."""
        first = self.sections[0]
        lead = f"{first.title}: {first.standing}"
        others = len(self.sections) - 1
        return f"{lead}, and {others} more" if others else lead


def write_section(matter: Matter, person_id: int) -> Section:
    """How one matter stands, and this person's share in it."""
    program, cycle = matter.program, matter.cycle
    share = matter.share_of(person_id)
    return Section(
        program=_one_line(program.short_title),
        program_title=_one_line(program.title),
        cycle=cycle.number,
        standing=standing(matter.days_left, cycle.due_on),
        is_overdue=matter.days_left < 0,
        is_demonstration=matter.is_demonstration,
        lines=_lines(share[:MOST_CONDITIONS], program.slug, person_id),
        more=max(len(share) - MOST_CONDITIONS, 0),
        to_close=not share,
        scorecard=scorecard_link(program.slug),
        page=cycle_link(program.slug, cycle.number),
    )


def standing(days_left: int, due_on: date) -> str:
    """Days left or overdue and the due date, as a person says it."""
    day = f"{due_on.day} {due_on:%B %Y}"
    if days_left > 0:
        return f"{_days(days_left)} left, due {day}"
    if days_left == 0:
        return f"due today, {day}"
    return f"overdue by {_days(-days_left)}, was due {day}"


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


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"


def _one_line(text: str) -> str:
    # A line break in a title must not become a header of the message.
    return " ".join(text.split())
