"""Amending a document, with a reason; citations of the old version stay."""

from __future__ import annotations

from dataclasses import replace

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.evidence import EvidenceItem
from conditions.actions.intake import amend_from
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.evidence import visible_document
from conditions.admin.pages.evidence_form import RENAMED, AmendForm, on_file
from conditions.admin.rendering import page, person, require
from conditions.models import Evidence, Source
from conditions.rules.addresses import LONGEST_ADDRESS


def amend(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the document in a form; write a new version of it."""
    require(request, "change_evidence", to="amend evidence")
    found = visible_document(request, object_id)
    if request.method != "POST":
        typed = kept.take(request)
        initial = typed.dict() if typed else on_file(found) | _proposed(request)
        return _show(site, request, found, AmendForm(initial=initial, auto_id="id_%s"))
    form = AmendForm(request.POST, auto_id="id_%s")
    if form.is_valid():
        unchanged = EvidenceItem.of(found)
        item = replace(
            form.item(), passage_hint=unchanged.passage_hint, event_slug=unchanged.event_slug
        )
        try:
            amend_from(
                evidence=found,
                item=item,
                publisher=form.publisher(),
                by=person(request),
                as_of=clock.now(),
                expected_revision=number(request.POST.get("revision")),
                reason=form.cleaned_data["reason"],
            )
        except REFUSED as error:
            put(error, form, fields=RENAMED)
        else:
            messages.success(request, f"“{found}” is amended. Citations keep what they cited.")
            return redirect("admin:conditions_evidence_change", found.pk)
    return _show(site, request, visible_document(request, object_id), form, status=422)


def _proposed(request: HttpRequest) -> dict[str, str]:
    """The address that a look at the old one found, for a person to check and save."""
    url = request.GET.get("url", "").strip()[:LONGEST_ADDRESS]
    return {"url": url, "reason": "The document moved to this address."} if url else {}


def _show(
    site: AdminSite, request: HttpRequest, found: Evidence, form: AmendForm, *, status: int = 200
) -> HttpResponse:
    return page(
        site,
        request,
        "amend",
        title="Amend evidence",
        status=status,
        evidence=found,
        form=form,
        on_file=on_file(found) if status != 200 else {},
        sources=Source.objects.order_by("name").values_list("name", flat=True)[:500],
    )
