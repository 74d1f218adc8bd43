"""A review cycle: where each condition stands in it, closing and extending it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.cycle_closing import close_cycle, missing_assessments
from conditions.actions.cycle_extension import extend_cycle
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import page, person, require
from conditions.models import ReviewCycle
from conditions.queries.duties import state_of
from conditions.queries.workload import workload
from conditions.rules.calendar import CycleState


class CloseForm(forms.Form):
    """The closing of a cycle, confirmed."""

    note = text_field(2, required=False, label="Note (optional)")
    confirmed = forms.BooleanField(
        label="Close this cycle for good.",
        error_messages={"required": "Tick this to close. A closed cycle is never changed."},
    )


class ExtendForm(forms.Form):
    """A later due date, with its reason."""

    due_on = day_field(label="Due on", error_messages={"required": "Give the later due date."})
    reason = text_field(
        2, error_messages={"required": "Name the authority or event that moved the date."}
    )


def cycle(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One cycle with the work state of every condition."""
    require(request, "view_reviewcycle", to="see review cycles")
    found = _cycle(object_id)
    day = found.program.day_of(clock.now())
    return page(
        site,
        request,
        "cycle",
        title=f"{found} of {found.program}",
        cycle=found,
        program=found.program,
        scale=found.program.scale,
        state=state_of(found, day),
        days_left=(found.due_on - day).days,
        rows=workload(found, with_drafts=request.user.has_perm("conditions.view_draft_assessment")),
        revisions=found.revisions.select_related("recorded_by"),
    )


def close(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say what is missing; close once nothing is."""
    require(request, "close_reviewcycle", to="close a cycle")
    found = _cycle(object_id)
    day = found.program.day_of(clock.now())
    missing = missing_assessments(found, day)
    begun = state_of(found, day) is not CycleState.UPCOMING

    def act(typed: dict[str, Any]) -> str:
        close_cycle(cycle=found, by=person(request), as_of=clock.now(), note=typed["note"])
        return f"{found} of {found.program} is closed."

    step = Step(
        title=f"Close {str(found).lower()}",
        lead=f"{found} of {found.program}, due {found.due_on:%d %b %Y}.",
        remark=""
        if missing
        else "Every condition in force has an approved assessment. "
        "Closing is dated, signed by you and final.",
        points=missing,
        points_label="These conditions have no approved assessment in it, so it cannot be closed. "
        "Assess and approve each; say U (cannot be assessed) where evidence is too thin.",
        button="Close the cycle",
        back=reverse("admin:conditions_reviewcycle_change", args=[found.pk]),
        act=act,
        is_possible=not missing and begun and found.closed_at is None,
    )
    return confirm(site, request, CloseForm, step)


def extend(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Move the due date later, for a reason."""
    require(request, "extend_reviewcycle", to="extend a cycle")
    found = _cycle(object_id)

    def act(typed: dict[str, Any]) -> str:
        moved = extend_cycle(
            cycle=found,
            due_on=typed["due_on"],
            reason=typed["reason"],
            by=person(request),
            as_of=clock.now(),
        )
        return f"{moved} is due {moved.due_on:%d %b %Y} now. The cycles after it moved with it."

    step = Step(
        title=f"Extend {str(found).lower()}",
        lead=f"{found} of {found.program}: due {found.due_on:%d %b %Y}, "
        f"scheduled for {found.scheduled_due_on:%d %b %Y}.",
        remark="The scheduled date and your reason stay on record. Later cycles move with it.",
        button="Extend",
        back=reverse("admin:conditions_reviewcycle_change", args=[found.pk]),
        act=act,
        is_possible=found.closed_at is None,
        initial={"due_on": found.due_on + timedelta(days=30)},
    )
    return confirm(site, request, ExtendForm, step)


def _cycle(object_id: int) -> ReviewCycle:
    rows = ReviewCycle.objects.select_related("program", "closed_by")
    return get_object_or_404(rows, pk=object_id)
