"""Skipping a review cycle: what that means, and the reason it asks for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.cycle_skipping import require_skippable, skip_cycle
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.models import ReviewCycle
from conditions.rules.refusals import Conflict


class SkipForm(forms.Form):
    """Why there is no review in a cycle, confirmed."""

    reason = text_field(
        3,
        label="Reason",
        help_text="Shown to everybody who sees the cycle.",
        error_messages={"required": "Say why there is no review, and who decided that."},
    )
    confirmed = forms.BooleanField(
        label="Close this cycle for good, without a review.",
        error_messages={"required": "Tick this to skip. A skipped cycle is never opened again."},
    )


def skip(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say what skipping does, or why it cannot be done; skip for a reason."""
    require(request, "skip_reviewcycle", to="skip a cycle")
    rows = ReviewCycle.objects.select_related("program")
    found = get_object_or_404(rows, pk=object_id)
    obstacle = _obstacle(found)

    def act(typed: dict[str, Any]) -> str:
        skip_cycle(cycle=found, reason=typed["reason"], by=person(request), as_of=clock.now())
        return f"{found} of {found.program} is skipped."

    step = Step(
        title=f"Skip {str(found).lower()}",
        lead=f"{found} of {found.program}, due {found.due_on:%d %b %Y}.",
        remark=obstacle
        or "The cycle is closed without a review. That says nothing about the conditions: earlier "
        "judgements go on holding, and in the count of periods in a row it is a missing one. No "
        "report is published, and nobody is reminded of it any more.",
        button="Skip the cycle",
        back=reverse("admin:conditions_reviewcycle_change", args=[found.pk]),
        act=act,
        is_possible=not obstacle,
    )
    return confirm(site, request, SkipForm, step)


def _obstacle(cycle: ReviewCycle) -> str:
    try:
        require_skippable(cycle, cycle.program.day_of(clock.now()))
    except Conflict as refusal:
        return str(refusal)
    return ""
