"""Waiving a condition: who waived it, by which act, and why; somebody else approves that."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.authorities import LONGEST_AUTHORITY
from conditions.actions.waiving import AN_ACT, waive_condition
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.condition_cycle import condition_with_cycle
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.rules.status import Confidence


class WaiveForm(forms.Form):
    """A waiver: its authority, its reason, and how firmly it is known."""

    authority = forms.CharField(
        max_length=LONGEST_AUTHORITY,
        label="Waived by",
        help_text="Who, by which act and of which day.",
        error_messages={"required": "Name who waived the condition, by which act."},
    )
    reason = text_field(
        5,
        label="Reason",
        help_text="What was waived, on which ground. It stands as the rationale.",
        error_messages={"required": "Say what was waived, on which ground."},
    )
    confidence = forms.ChoiceField(
        choices=[(level.value, level.value.capitalize()) for level in Confidence],
        initial=Confidence.HIGH.value,
    )
    confidence_reason = text_field(2, initial=AN_ACT, label="Why that confidence")
    cycle = forms.CharField(widget=forms.HiddenInput, required=False)


def waive(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say what a waiver is; write it as a judgement and submit it."""
    require(request, "waive_condition", to="waive a condition")
    found, work = condition_with_cycle(request, object_id)
    cycle = work.cycle

    def act(typed: dict[str, Any]) -> str:
        waive_condition(
            condition=found,
            cycle=cycle,
            authority=typed["authority"],
            reason=typed["reason"],
            confidence=typed["confidence"],
            confidence_reason=typed["confidence_reason"],
            by=person(request),
            as_of=clock.now(),
        )
        return f"The waiver of {found.code} is submitted. Somebody else has to approve it."

    open_remark = (
        f"An assessment by {work.in_work.author} is {work.in_work.state} in this cycle: "
        "withdraw it first, or say there that the condition is waived."
        if work.in_work
        else ""
    )
    step = Step(
        title=f"Waive {found.code}",
        lead=f"{found.title}, {found.program}: cycle {cycle.number}, due {cycle.due_on:%d %b %Y}.",
        remark=open_remark
        or "A waiver is a judgement: the condition and every item of its checklist are judged "
        "waived from today. It stands once somebody else has approved it, and a later judgement "
        "lifts it. To cite the act itself, file it as evidence and choose the waived status under "
        "Assess.",
        button="Submit the waiver",
        back=reverse("admin:conditions_condition_change", args=[found.pk]),
        act=act,
        is_possible=not open_remark,
        renamed={"rationale": "reason", "condition": "", "status": ""},
        initial={"cycle": str(cycle.pk)},
    )
    return confirm(site, request, WaiveForm, step)
