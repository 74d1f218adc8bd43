"""The pages: each reads its address, makes one call down, and names a template."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conditions import clock
from conditions.dashboard import asked
from conditions.dashboard.answers import answer
from conditions.dashboard.comparing import comparison_for
from conditions.dashboard.feed import calendar_feed
from conditions.dashboard.readers import audience_of
from conditions.dashboard.refusals import refusals_as_pages
from conditions.dashboard.visits import CLOCKS, Context, arrive, seed_of, surroundings
from conditions.queries.asof import read_as_of
from conditions.queries.condition_page import condition_page
from conditions.queries.cycle_page import cycle_page
from conditions.queries.front import programs_front
from conditions.queries.health import health
from conditions.queries.overview import program_cards
from conditions.queries.scorecard import scorecard

MOST_PROGRAMS = 24
STANCES = ("supports", "contradicts", "neutral")
Page = Callable[..., HttpResponse]


def page(view: Page) -> Page:
    """A read-only page whose refusals are pages too."""
    return require_safe(refusals_as_pages(view))


@page
def programs(request: HttpRequest) -> HttpResponse:
    """All programs side by side."""
    audience = audience_of(request)
    front = programs_front(
        audience.reader,
        after=request.GET.get("after", ""),
        most=MOST_PROGRAMS + 1,
        as_of=clock.now(),
    )
    valid_at, known_at = (request.GET.get(name, "").strip() for name in CLOCKS)
    days = [clock.today(program.time_zone) for program in front.programs]
    asked_for = {
        program: read_as_of(program, valid_at=valid_at, known_at=known_at, today=day)
        for program, day in zip(front.programs[:MOST_PROGRAMS], days, strict=False)
    }

    def context() -> Context:
        cards = program_cards(asked_for)
        more = len(front.programs) > MOST_PROGRAMS
        return surroundings(request, audience, front) | {
            "cards": cards,
            "as_of": cards[0].as_of if cards else None,
            "next_after": cards[-1].program.slug if more else "",
        }

    return answer(
        request,
        seed=seed_of(front, audience, *days),
        public=audience.key == "public",
        write=lambda: render(request, "dashboard/programs.html", context()),
    )


@page
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """The scorecard of one program."""
    visit = arrive(request, slug)

    def context() -> Context:
        seen = visit.audience.sensitivities
        return {"card": scorecard(visit.program, visit.as_of, sensitivities=seen)}

    return visit.page("dashboard/program.html", context)


@page
def condition(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One condition: text, checklist, history with its evidence."""
    visit = arrive(request, slug)
    numbers = {stance: asked.whole(request.GET, stance) or 1 for stance in STANCES}

    def context() -> Context:
        return {
            "page": condition_page(
                visit.program,
                code,
                visit.as_of,
                reader=visit.audience.reader,
                sensitivities=visit.audience.sensitivities,
                pages=numbers,
            )
        }

    return visit.page("dashboard/condition.html", context)


@page
def cycle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One review cycle and its judgements."""
    visit = arrive(request, slug)

    def context() -> Context:
        seen = visit.audience.sensitivities
        return {"page": cycle_page(visit.program, number, visit.as_of, sensitivities=seen)}

    return visit.page("dashboard/cycle.html", context)


@page
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two cycles, two days, or one day as known at two moments."""
    visit = arrive(request, slug)
    return visit.page("dashboard/compare.html", lambda: comparison_for(visit))


@page
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar feed of a program: when cycles begin and when they are due."""
    visit = arrive(request, slug)
    return visit.answer(
        lambda: HttpResponse(
            calendar_feed(visit.program, visit.as_of), content_type="text/calendar; charset=utf-8"
        )
    )


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the tracker is alive: 200, or 503 with what is wrong."""
    found = health(as_of=clock.now())
    problems = [f"The job {pulse.name} is late." for pulse in found.pulses if pulse.is_late]
    problems += [f"{slug} has no future cycle." for slug in found.without_future_cycle]
    pulses = {pulse.name: pulse.beat_at for pulse in found.pulses}
    body = {"healthy": found.is_well, "problems": problems, "pulses": pulses}
    return JsonResponse(
        body, status=200 if found.is_well else 503, headers={"Cache-Control": "no-store"}
    )
