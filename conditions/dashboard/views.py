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
from conditions.dashboard.visits import (
    Context,
    Opened,
    arrive,
    arrive_to_compare,
    as_of_asked,
    seed_of,
    surroundings,
)
from conditions.queries.condition_page import condition_page
from conditions.queries.cycle_page import cycle_page, cycle_with_losses
from conditions.queries.cycle_reports import cycle_reports
from conditions.queries.divergence import divergence_page
from conditions.queries.front import programs_front, programs_of
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
    after = asked.slug(request.GET, "after")
    front = programs_front(audience.reader, after=after, most=MOST_PROGRAMS + 1, as_of=clock.now())
    days = [clock.today(mark.time_zone) for mark in front.marks]

    def write() -> HttpResponse:
        shown = list(zip(programs_of(front, audience.reader), days, strict=True))
        asked_for = {row: as_of_asked(request, row, day) for row, day in shown[:MOST_PROGRAMS]}
        cards = program_cards(asked_for)
        context = surroundings(request, audience, front) | {
            "cards": cards,
            "as_of": cards[0].as_of if cards else None,
            "next_after": cards[-1].program.slug if len(shown) > MOST_PROGRAMS else "",
        }
        return render(request, "dashboard/programs.html", context)

    return answer(
        request,
        seed=seed_of(front, audience, *days),
        public=audience.key == "public",
        write=write,
    )


@page
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """The scorecard of one program."""

    def context(opened: Opened) -> Context:
        seen = opened.audience.sensitivities
        return {"card": scorecard(opened.program, opened.as_of, sensitivities=seen)}

    return arrive(request, slug).page("dashboard/program.html", context)


@page
def condition(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One condition: text, checklist, history with its evidence."""

    def context(opened: Opened) -> Context:
        numbers = {stance: asked.whole(request.GET, stance) or 1 for stance in STANCES}
        found = condition_page(
            opened.program,
            code,
            opened.as_of,
            reader=opened.audience.reader,
            sensitivities=opened.audience.sensitivities,
            pages=numbers,
        )
        may_open = opened.audience.reader.has_perm("conditions.open_capture")
        return {"page": found, "may_open_copies": may_open}

    return arrive(request, slug).page("dashboard/condition.html", context)


@page
def cycle(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One review cycle and its judgements."""

    def context(opened: Opened) -> Context:
        seen = opened.audience.sensitivities
        found = cycle_page(opened.program, number, opened.as_of, sensitivities=seen)
        return {
            "page": cycle_with_losses(found, opened.program, opened.as_of, sensitivities=seen),
            "may_open_copies": opened.audience.reader.has_perm("conditions.open_capture"),
            "reports": cycle_reports(opened.program, found, opened.as_of),
            "sees_drafts": opened.audience.reader.has_perm("conditions.view_draft_assessment"),
        }

    return arrive(request, slug).page("dashboard/cycle.html", context)


@page
def compare(request: HttpRequest, slug: str) -> HttpResponse:
    """Two cycles, two days, one day as known at two moments, or two programs."""
    visit = arrive_to_compare(request, slug)
    template = "dashboard/compare_programs.html" if visit.is_of_two else "dashboard/compare.html"
    return visit.page(template, comparison_for)


@page
def divergence(request: HttpRequest, slug: str) -> HttpResponse:
    """Our judgements beside the official findings, everywhere or only where the two differ."""

    def context(opened: Opened) -> Context:
        found = divergence_page(
            opened.program,
            opened.as_of,
            sensitivities=opened.audience.sensitivities,
            only_differences=asked.word(request.GET, "only", ("differences",)) != "",
        )
        return {"page": found}

    return arrive(request, slug).page("dashboard/divergence.html", context)


@page
def calendar(request: HttpRequest, slug: str) -> HttpResponse:
    """The calendar feed of a program: when cycles begin and when they are due."""

    def write(opened: Opened) -> HttpResponse:
        feed = calendar_feed(opened.program, opened.as_of)
        return HttpResponse(feed, content_type="text/calendar; charset=utf-8")

    return arrive(request, slug).answer(write)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether the tracker is alive: 200, or 503 with what is wrong; programs are only counted."""
    found = health(as_of=clock.now())
    problems = [f"The job {pulse.name} is late." for pulse in found.pulses if pulse.is_late]
    problems += [
        f"Programs {what}: {len(programs)}."
        for what, programs in (
            ("without a future cycle", found.without_future_cycle),
            ("that the last sweep could not do", found.not_swept),
        )
        if programs
    ]
    pulses = {pulse.name: pulse.beat_at for pulse in found.pulses}
    body = {"healthy": found.is_well, "problems": problems, "pulses": pulses}
    return JsonResponse(
        body, status=200 if found.is_well else 503, headers={"Cache-Control": "no-store"}
    )
