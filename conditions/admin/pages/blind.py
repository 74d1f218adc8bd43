"""The blind form: the text, the checklist and the evidence, and nobody's judgement beside them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.blind_coding import code_blind, require_chosen
from conditions.actions.coders import require_standing, require_worked_on
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.blind_form import BlindForm
from conditions.admin.rendering import page, person, require
from conditions.models import DoubleCoding
from conditions.queries.coders import double_coding_seen
from conditions.queries.double_coding import own_coding
from conditions.queries.evidence_sides import evidence_rows, sides
from conditions.queries.readers import sensitivities_for


def code(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the form, seal what was typed, or show this person what they sealed."""
    require(request, "add_coding", to="code conditions")
    coder = person(request)
    found = double_coding_seen(coder, object_id)
    require_chosen(found, coder)
    own = own_coding(found, coder)
    if own is not None:
        return page(
            site,
            request,
            "coded",
            title=f"Your coding of {found.condition.code}",
            double_coding=found,
            coding=own,
            scale=found.condition.program.scale,
        )
    as_of = clock.now()
    require_standing(found)
    require_worked_on(found.cycle, as_of)
    items = found.condition.checklist.filter(retired_on__isnull=True).order_by("position")
    if request.method != "POST":
        typed = kept.take(request)
        form = BlindForm(
            condition=found.condition, items=items, initial=typed.dict() if typed else None
        )
        return _show(site, request, found, form, restored=typed is not None)
    form = BlindForm(request.POST, condition=found.condition, items=items)
    if form.is_valid():
        try:
            code_blind(double_coding=found, coding=form.coding(), by=coder, as_of=as_of)
        except REFUSED as error:
            put(error, form)
        else:
            messages.success(request, f"Your coding of {found.condition.code} is sealed.")
            return redirect("admin:index")
    return _show(site, request, found, form, status=422)


def _show(
    site: AdminSite,
    request: HttpRequest,
    found: DoubleCoding,
    form: BlindForm,
    *,
    status: int = 200,
    restored: bool = False,
) -> HttpResponse:
    rows = evidence_rows(
        found.condition, as_of=clock.now(), sensitivities=sensitivities_for(request.user)
    )
    return page(
        site,
        request,
        "blind",
        title=f"Code {found.condition.code} blind",
        status=status,
        double_coding=found,
        condition=found.condition,
        scale=found.condition.program.scale,
        form=form,
        findings=form.findings(),
        sides=sides(rows),
        restored=restored,
    )
