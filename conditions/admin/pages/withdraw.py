"""Giving up an assessment that is not submitted, for a reason; it stays on record."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.withdrawing import require_own, withdraw_assessment
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.assessment import visible_assessment
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.rules.workflow import may_edit


class WithdrawForm(forms.Form):
    """Why an assessment is given up, and at which revision it was read."""

    reason = text_field(
        3, label="Reason", error_messages={"required": "Say why this assessment is given up."}
    )
    revision = forms.CharField(widget=forms.HiddenInput, required=False)


def withdraw(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say what a withdrawal does, ask why, and do it."""
    require(request, "withdraw_assessment", to="withdraw assessments")
    found = visible_assessment(request, object_id)
    require_own(found, person(request))
    condition = found.condition

    def act(typed: dict[str, Any]) -> str:
        withdraw_assessment(
            assessment=found,
            by=person(request),
            as_of=clock.now(),
            reason=typed["reason"],
            expected_revision=number(typed["revision"]),
        )
        return f"{found} is withdrawn. A new assessment can be started."

    step = Step(
        title=f"Withdraw {found}",
        lead=f"{condition.title}, {condition.program}: {found.state}, by {found.author}.",
        remark="It is kept with your reason, and never goes on. The condition can be assessed "
        "anew, and its cycle can be closed without this assessment."
        if may_edit(found.state)
        else f"It is {found.state}: only a draft or a returned assessment can be withdrawn.",
        button="Withdraw",
        back=reverse("admin:conditions_assessment_change", args=[found.pk]),
        act=act,
        is_possible=may_edit(found.state),
        renamed={"revision": ""},
        initial={"revision": str(found.revision)},
    )
    return confirm(site, request, WithdrawForm, step)
