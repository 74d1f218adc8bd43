"""Confirming the last judgement unchanged: all it says, what was filed since, and one reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.confirming import confirm_unchanged as confirm_last
from conditions.actions.confirming import require_confirmable
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.condition_cycle import condition_with_cycle
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.models import Assessment, Condition, ReviewCycle
from conditions.queries.confirmation import confirmation_of
from conditions.queries.readers import sensitivities_for
from conditions.rules.refusals import Conflict


class ConfirmForm(forms.Form):
    """Why nothing has changed; and which judgement, in which cycle, the person has read."""

    reason = text_field(
        4,
        label="Why nothing has changed",
        help_text="It stands as the rationale, after “Unchanged since cycle …”.",
        error_messages={"required": "Say why nothing has changed, and where you looked."},
    )
    cycle = forms.CharField(widget=forms.HiddenInput, required=False)
    last = forms.CharField(widget=forms.HiddenInput, required=False)


def confirm_unchanged(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Show the last judgement and what was filed since; submit it anew for a reason."""
    require(request, "add_assessment", to="write assessments")
    found, work = condition_with_cycle(request, object_id)
    cycle = work.cycle
    last, obstacle = _last(found, cycle)

    def act(typed: dict[str, Any]) -> str:
        saved = confirm_last(
            condition=found,
            cycle=cycle,
            reason=typed["reason"],
            by=person(request),
            as_of=clock.now(),
            expected_last=number(typed["last"]),
        )
        return f"{saved} is submitted, unchanged. A reviewer can approve it now."

    assess = reverse("admin:conditions_condition_assess", args=[found.pk])
    step = Step(
        title=f"Confirm {found.code} unchanged",
        lead=f"{found.title}, {found.program}: cycle {cycle.number}, due {cycle.due_on:%d %b %Y}.",
        remark=obstacle
        or "The judgement below is submitted anew for this cycle, with your reason as its "
        "rationale. Somebody else approves it.",
        button="Confirm unchanged and submit",
        back=reverse("admin:conditions_condition_change", args=[found.pk]),
        act=act,
        is_possible=last is not None,
        renamed={"condition": "", "rationale": "reason", "confirms": ""},
        initial={"cycle": str(cycle.pk), "last": str(last.pk) if last else ""},
        template="confirm_unchanged",
        shown={
            "condition": found,
            "scale": found.program.scale,
            "assess": f"{assess}?cycle={cycle.pk}",
            "known": _known(request, found, last),
        },
    )
    return confirm(site, request, ConfirmForm, step)


def _last(condition: Condition, cycle: ReviewCycle) -> tuple[Assessment | None, str]:
    try:
        return require_confirmable(condition, cycle, as_of=clock.now()), ""
    except Conflict as refusal:
        return None, str(refusal)


def _known(request: HttpRequest, condition: Condition, last: Assessment | None) -> Any:
    if last is None:
        return None
    visible = sensitivities_for(request.user)
    return confirmation_of(last, condition, as_of=clock.now(), sensitivities=visible)
