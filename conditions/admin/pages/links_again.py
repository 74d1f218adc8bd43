"""Having the address of a document looked at again."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.link_looks import ask_for_look
from conditions.admin.pages.evidence import visible_document
from conditions.admin.rendering import person, require
from conditions.outbound.fetching import may_call_outside


def look_again(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Owe a look, to be taken as soon as the site may be visited."""
    require(request, "add_capture", to="have an address looked at")
    found = visible_document(request, object_id)
    if request.method == "POST":
        ask_for_look(evidence=found, by=person(request), as_of=clock.now())
        done = "A look is owed; the worker takes it within minutes."
        off = "A look is owed. Nothing is looked at until an operator allows outside calls."
        messages.success(request, done if may_call_outside() else off)
    return redirect("admin:conditions_evidence_change", found.pk)
