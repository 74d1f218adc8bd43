"""A visit to a page: who, which programs, as of when; and the answer with what every page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conditions import clock
from conditions.dashboard import asked
from conditions.dashboard.answers import answer
from conditions.dashboard.readers import Audience, audience_of
from conditions.models import Program
from conditions.queries.asof import AsOf, read_as_of
from conditions.queries.compare_front import Choice, compare_front
from conditions.queries.front import Front, program_front, programs_of

CLOCKS = ("valid_at", "known_at")
Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Opened:
    """A program's page being written: the program, and the day and moment it is asked about.

    ``beside`` is a second program where the page compares two, ``choices`` those that it may.
    """

    request: HttpRequest
    audience: Audience
    program: Program
    as_of: AsOf
    today: date
    beside: Program | None = None
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """One reader at one program's page, before the program itself has been read.

    ``front`` has a second mark where another program is shown beside it.
    """

    request: HttpRequest
    audience: Audience
    front: Front
    today: date
    choices: tuple[Choice, ...] = ()

    @property
    def is_of_two(self) -> bool:
        """Whether another program is shown beside the one of the page."""
        return len(self.front.marks) > 1

    def page(self, template: str, context: Callable[[Opened], Context]) -> HttpResponse:
        """The page, or 304; ``context`` is asked only where the page has to be written."""

        def write(opened: Opened) -> HttpResponse:
            frame = surroundings(self.request, self.audience, self.front)
            inside = _inside(opened) | context(opened)
            return render(self.request, template, frame | inside)

        return self.answer(write)

    def answer(self, write: Callable[[Opened], HttpResponse]) -> HttpResponse:
        """What ``write`` answers, or 304 where the reader has it. Raises BadAsOf."""
        return answer(
            self.request,
            seed=(*seed_of(self.front, self.audience, self.today), self.choices),
            public=self.audience.key == "public",
            write=lambda: write(self._open()),
        )

    def _open(self) -> Opened:
        program, *others = programs_of(self.front, self.audience.reader)
        return Opened(
            request=self.request,
            audience=self.audience,
            program=program,
            as_of=as_of_asked(self.request, program, self.today),
            today=self.today,
            beside=others[0] if others else None,
            choices=self.choices,
        )


def arrive(request: HttpRequest, slug: str) -> Visit:
    """Stand before a program's page. Raises NoProgram. One query if anonymous."""
    audience = audience_of(request)
    front = program_front(audience.reader, slug, as_of=clock.now())
    return Visit(request, audience, front, clock.today(front.marks[0].time_zone))


def arrive_to_compare(request: HttpRequest, slug: str) -> Visit:
    """Stand before a program's compare page, with the one named in ``with`` beside it.

    Raises NoProgram, SameProgram and BadAddress. One query if anonymous.
    """
    audience = audience_of(request)
    other = asked.slug(request.GET, "with")
    found = compare_front(audience.reader, slug, other, as_of=clock.now())
    today = clock.today(found.front.marks[0].time_zone)
    return Visit(request, audience, found.front, today, found.choices)


def as_of_asked(request: HttpRequest, program: Program, today: date) -> AsOf:
    """The two clocks in the address. Raises BadAsOf."""
    valid_at, known_at = (request.GET.get(name, "").strip() for name in CLOCKS)
    return read_as_of(program, valid_at=valid_at, known_at=known_at, today=today)


def _inside(opened: Opened) -> Context:
    return {
        "program": opened.program,
        "scale": opened.program.scale,
        "as_of": opened.as_of,
        "today": opened.today,
        "permalink": permalink(opened.request, opened.as_of),
    }


def seed_of(front: Front, audience: Audience, *days: date) -> tuple[object, ...]:
    """All that a page depends on beside its address and the release."""
    beat = front.pulse.beat_at.isoformat() if front.pulse.beat_at else ""
    shown = tuple(day.isoformat() for day in days)
    marks = tuple((mark.id, mark.revision, mark.changed_at.isoformat()) for mark in front.marks)
    return (audience.key, marks, beat, front.pulse.is_late, *shown)


def surroundings(request: HttpRequest, audience: Audience, front: Front) -> Context:
    """What the frame of every page shows."""
    return {
        "reader": audience.reader,
        "sees_work": audience.sees_work,
        "pulse": front.pulse,
        "keep": keep(request),
        "present_url": _without_clocks(request),
    }


def keep(request: HttpRequest) -> str:
    """The clocks the reader chose, as the query that links carry on; empty in the present."""
    chosen = [(name, request.GET[name].strip()) for name in CLOCKS if request.GET.get(name)]
    return f"?{urlencode(chosen)}" if chosen else ""


def permalink(request: HttpRequest, as_of: AsOf) -> str:
    """The address at which this very page can be had again."""
    others = [(name, text) for name, text in request.GET.items() if name not in CLOCKS]
    clocks = [("valid_at", as_of.valid_at.isoformat()), ("known_at", _written(as_of.known_at))]
    return f"{settings.SITE_URL}{request.path}?{urlencode([*others, *clocks])}"


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _without_clocks(request: HttpRequest) -> str:
    others = [(name, text) for name, text in request.GET.items() if name not in CLOCKS]
    return f"{request.path}?{urlencode(others)}" if others else request.path
