"""Double coding in a cycle: what was chosen, who has coded, how far they agree."""

from __future__ import annotations

import secrets

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from conditions import clock
from conditions.actions.double_coding import choose_for_double_coding
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.coding_forms import ChooseForm, DrawForm
from conditions.admin.rendering import page, person, require
from conditions.models import Condition, ReviewCycle, User
from conditions.queries.agreement import agreement_of
from conditions.queries.coders import choosable, people_who_code
from conditions.queries.double_coding import double_codings_of
from conditions.queries.duties import WORKED_ON, state_of

SEED_BYTES = 16
CHOOSE, DRAW = "choose", "draw"


def coding(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """The double codings of a cycle; a manager chooses conditions by hand or has them drawn."""
    require(request, "view_doublecoding", to="see double codings")
    cycle = get_object_or_404(ReviewCycle.objects.select_related("program"), pk=object_id)
    may_choose = _may_choose(request, cycle)
    conditions = choosable(cycle) if may_choose else ()
    people = people_who_code() if may_choose else ()
    if request.method == "POST":
        require(request, "add_doublecoding", to="choose conditions for double coding")
        if request.POST.get("intent") == DRAW:
            return _draw(site, request, cycle, conditions, people)
        return _choose(site, request, cycle, conditions, people)
    return _show(site, request, cycle, *_forms(conditions, people))


def _may_choose(request: HttpRequest, cycle: ReviewCycle) -> bool:
    is_open = state_of(cycle, cycle.program.day_of(clock.now())) in WORKED_ON
    return is_open and request.user.has_perm("conditions.add_doublecoding")


def _forms(
    conditions: tuple[Condition, ...], people: tuple[User, ...]
) -> tuple[ChooseForm, DrawForm]:
    return (
        ChooseForm(conditions=conditions, people=people),
        DrawForm(
            conditions=conditions, people=people, initial={"people": [user.pk for user in people]}
        ),
    )


def _choose(
    site: AdminSite,
    request: HttpRequest,
    cycle: ReviewCycle,
    conditions: tuple[Condition, ...],
    people: tuple[User, ...],
) -> HttpResponse:
    form = ChooseForm(request.POST, conditions=conditions, people=people)
    if form.is_valid():
        try:
            made = choose_for_double_coding(
                cycle=cycle, pairs=form.pairs(), by=person(request), as_of=clock.now()
            )
        except REFUSED as error:
            put(error, form)
        else:
            return _done(request, cycle, [row.condition for row in made])
    drawing = _forms(conditions, people)[1]
    return _show(site, request, cycle, form, drawing, status=422)


def _draw(
    site: AdminSite,
    request: HttpRequest,
    cycle: ReviewCycle,
    conditions: tuple[Condition, ...],
    people: tuple[User, ...],
) -> HttpResponse:
    form = DrawForm(request.POST, conditions=conditions, people=people)
    if form.is_valid():
        try:
            draw = form.draw(secrets.token_hex(SEED_BYTES))
            made = choose_for_double_coding(
                cycle=cycle,
                pairs=form.pairs(draw),
                by=person(request),
                as_of=clock.now(),
                draw=draw,
            )
        except REFUSED as error:
            put(error, form)
        else:
            return _done(request, cycle, [row.condition for row in made])
    choosing = _forms(conditions, people)[0]
    return _show(site, request, cycle, choosing, form, status=422)


def _done(request: HttpRequest, cycle: ReviewCycle, made: list[Condition]) -> HttpResponse:
    codes = ", ".join(condition.code for condition in made)
    messages.success(request, f"To be coded blind by two people: {codes}.")
    return redirect("admin:conditions_reviewcycle_coding", cycle.pk)


def _show(
    site: AdminSite,
    request: HttpRequest,
    cycle: ReviewCycle,
    choosing: ChooseForm,
    drawing: DrawForm,
    *,
    status: int = 200,
) -> HttpResponse:
    reader = person(request)
    return page(
        site,
        request,
        "coding",
        title=f"Double coding in {str(cycle).lower()}",
        status=status,
        cycle=cycle,
        program=cycle.program,
        scale=cycle.program.scale,
        rows=double_codings_of(cycle, reader),
        agreement=agreement_of([cycle.pk], clock.now()),
        is_open=state_of(cycle, cycle.program.day_of(clock.now())) in WORKED_ON,
        choosing=choosing,
        drawing=drawing,
    )
