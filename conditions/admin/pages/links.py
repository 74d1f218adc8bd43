"""One more link of a document, or one withdrawn with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.evidence import link_evidence, withdraw_link
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.pages.evidence import NoEvidence, show, visible_document
from conditions.admin.pages.intake import asked_items
from conditions.admin.pages.link_form import LinkForm, link_typed
from conditions.admin.rendering import person, require
from conditions.queries.lists.evidence import visible_links

RENAMED = {
    "links": "to",
    "links[0].condition": "to",
    "links[0].checklist_item": "to",
    "links[0].stance": "stance",
}


class WithdrawForm(forms.Form):
    """Why a link is taken back."""

    reason = text_field(
        3, error_messages={"required": "Say why the document does not bear on this."}
    )


def add_link(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Link a document on file to one thing more."""
    require(request, "add_evidencelink", to="link evidence")
    found = visible_document(request, object_id)
    if request.method != "POST":
        typed = kept.take(request)
        initial = typed.dict() if typed else None
        return show(site, request, found, LinkForm(items=asked_items(), initial=initial))
    form = LinkForm(request.POST, items=asked_items())
    if form.is_valid() and (link := link_typed(form, "")) is not None:
        try:
            link_evidence(evidence=found, link=link, by=person(request), as_of=clock.now())
        except REFUSED as error:
            put(error, form, fields=RENAMED)
        else:
            messages.success(request, "The link is on file.")
            return redirect("admin:conditions_evidence_change", found.pk)
    return show(site, request, found, form, status=422)


def withdraw(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Ask why, then take the link back."""
    require(request, "withdraw_evidencelink", to="withdraw a link")
    rows = visible_links(request.user).select_related("evidence", "condition", "checklist_item")
    link = rows.filter(pk=object_id).first()
    if link is None:
        raise NoEvidence("There is no such link.", field="id", value=object_id)

    def act(typed: dict[str, Any]) -> str:
        gone = withdraw_link(
            link=link, reason=typed["reason"], by=person(request), as_of=clock.now()
        )
        carried = f", and {len(gone) - 1} carried over with it" if len(gone) > 1 else ""
        return f"The link is withdrawn{carried}. It stays on record."

    item = f", item {link.checklist_item.code}" if link.checklist_item else ""
    step = Step(
        title="Withdraw a link",
        lead=f"“{link.evidence}” {link.get_stance_display().lower()} {link.condition}{item}.",
        remark="The link stays on record with your reason. "
        "What it alone had carried over to other programs is withdrawn too.",
        button="Withdraw",
        back=reverse("admin:conditions_evidence_change", args=[link.evidence_id]),
        act=act,
    )
    return confirm(site, request, WithdrawForm, step)
