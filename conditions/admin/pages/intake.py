"""The intake: one form to file a document with its source and all it bears on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.evidence_links import link_all
from conditions.actions.intake import take_in
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.evidence_form import LINK_ROWS, IntakeForm
from conditions.admin.rendering import page, person, require
from conditions.models import ChecklistItem, Condition, Evidence, Source
from conditions.queries.readers import sensitivities_for

MOST_SOURCES = 500
MOST_ITEMS = 300


def intake(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show the form, file what was typed, or link the item that is on file already."""
    require(request, "add_evidence", to="file evidence")
    condition = Condition.objects.filter(pk=number(request.GET.get("condition"))).first()
    items = asked_items()
    if request.method != "POST":
        typed = kept.take(request)
        initial: dict[str, Any] = {}
        if condition is not None:
            initial = {"link0_to": f"c{condition.pk}"}
        if typed is not None:
            initial = typed.dict()
        form = IntakeForm(items=items, initial=initial)
        return _show(site, request, form, condition, restored=typed is not None)
    form = IntakeForm(request.POST, items=items)
    linking = number(request.POST.get("link_existing"))
    if linking:
        return _link_existing(site, request, form, condition, linking)
    return _file(site, request, form, condition)


def _file(
    site: AdminSite, request: HttpRequest, form: IntakeForm, condition: Condition | None
) -> HttpResponse:
    existing = None
    if form.is_valid():
        try:
            filed = take_in(
                item=form.item(),
                publisher=form.publisher(),
                links=form.links(),
                by=person(request),
                as_of=clock.now(),
            )
        except REFUSED as error:
            existing = getattr(error, "existing", None)
            put(error, form, fields=form.renamed())
        else:
            messages.success(request, f"“{filed}” is filed as {filed.key}.")
            return _onward(condition, filed)
    return _show(site, request, form, condition, existing=existing, status=422)


def _link_existing(
    site: AdminSite,
    request: HttpRequest,
    form: IntakeForm,
    condition: Condition | None,
    evidence_id: int,
) -> HttpResponse:
    """Put the links that were typed onto the item that is on file."""
    require(request, "add_evidencelink", to="link evidence")
    visible = Evidence.objects.with_sensitivity(sensitivities_for(request.user))
    existing = visible.filter(pk=evidence_id).first()
    form.is_valid()
    links = form.links()
    for name in list(form.errors):
        del form.errors[name]
    if existing is not None and links:
        try:
            link_all(evidence=existing, links=links, by=person(request), as_of=clock.now())
        except REFUSED as error:
            put(error, form, fields=form.renamed())
        else:
            messages.success(request, f"“{existing}” is linked.")
            return _onward(condition, existing)
    elif not links:
        form.add_error("link0_to", "Choose what the document bears on.")
    return _show(site, request, form, condition, existing=existing, status=422)


def _onward(condition: Condition | None, filed: Evidence) -> HttpResponse:
    if condition is not None:
        return redirect("admin:conditions_condition_change", condition.pk)
    return redirect("admin:conditions_evidence_change", filed.pk)


def asked_items() -> list[ChecklistItem]:
    """The checklist items of active programs, in order, with their conditions."""
    rows = ChecklistItem.objects.filter(
        retired_on__isnull=True, condition__program__is_active=True
    ).select_related("condition__program")
    ordered = rows.order_by(
        "-condition__program__is_default",
        "condition__program__slug",
        "condition__position",
        "position",
    )
    return list(ordered[:MOST_ITEMS])


def _show(
    site: AdminSite,
    request: HttpRequest,
    form: IntakeForm,
    condition: Condition | None,
    *,
    status: int = 200,
    existing: Evidence | None = None,
    restored: bool = False,
) -> HttpResponse:
    is_new = _is_new_source(form)
    return page(
        site,
        request,
        "intake",
        title="File evidence",
        status=status,
        form=form,
        condition=condition,
        existing=existing,
        restored=restored,
        sources=Source.objects.order_by("name").values_list("name", flat=True)[:MOST_SOURCES],
        is_new_source=is_new,
        rows=[
            (form[f"link{n}_to"], form[f"link{n}_stance"], form[f"link{n}_note"])
            for n in range(LINK_ROWS)
        ],
    )


def _is_new_source(form: IntakeForm) -> bool:
    return any(name.startswith("source_") for name in form.errors)
