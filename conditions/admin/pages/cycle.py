"""A review cycle: where each condition stands in it, closing and extending it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_extension import extend_cycle
from conditions.actions.leads import assign_leads
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.pages.lead import LeadsForm, name_of
from conditions.admin.rendering import page, person, require
from conditions.models import ReviewCycle
from conditions.queries.closing import blockers_of
from conditions.queries.cycle_board import CycleBoard, cycle_board
from conditions.queries.duties import state_of
from conditions.queries.readers import sensitivities_for
from conditions.queries.workload import Work
from conditions.rules.calendar import CycleState
from conditions.rules.lateness import SENTENCES


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of the table under one heading, each with the select of its lead or None."""

    label: str
    rows: list[tuple[Work, forms.BoundField | None]]


class CloseForm(forms.Form):
    """The closing of a cycle, confirmed."""

    note = text_field(2, required=False, label="Note (optional)")
    confirmed = forms.BooleanField(
        label="Close this cycle for good.",
        error_messages={"required": "Tick this to close. A closed cycle is never changed."},
    )
    key_judgements = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)


class ExtendForm(forms.Form):
    """A later due date, with its reason."""

    due_on = day_field(label="Due on", error_messages={"required": "Give the later due date."})
    reason = text_field(
        2, error_messages={"required": "Name the authority or event that moved the date."}
    )


def cycle(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One cycle: what is done, what will be late, what blocks closing; and its leads, to assign."""
    require(request, "view_reviewcycle", to="see review cycles")
    found = _cycle(object_id)
    board = cycle_board(
        found,
        as_of=clock.now(),
        sensitivities=sensitivities_for(request.user),
        with_drafts=request.user.has_perm("conditions.view_draft_assessment"),
    )
    typed = kept.take(request)
    form = _leads_form(request, board, request.POST if request.method == "POST" else typed)
    if request.method == "POST":
        require(request, "assign_condition", to="assign the leads of conditions")
        if form is not None and form.is_valid() and (done := _assigned(request, form)):
            messages.success(request, done)
            return redirect("admin:conditions_reviewcycle_change", found.pk)
    return page(
        site,
        request,
        "cycle",
        title=f"{found} of {found.program.short_title}",
        status=422 if form is not None and form.errors else 200,
        board=board,
        cycle=found,
        program=found.program,
        scale=found.program.scale,
        form=form,
        groups=_groups(board, form),
        restored=typed is not None,
        sentences=SENTENCES,
    )


def _leads_form(request: HttpRequest, board: CycleBoard, typed: Any) -> LeadsForm | None:
    is_shown = request.method == "POST" or board.cycle.closed_at is None
    if not is_shown or not request.user.has_perm("conditions.assign_condition"):
        return None
    return LeadsForm(typed, [work.condition for work in board.works])


def _groups(board: CycleBoard, form: LeadsForm | None) -> list[Group]:
    """The rows of the table, what blocks closing first; a group without rows is left out."""
    named = (("Blocks closing", board.blocking), ("Ready to close", board.ready))
    return [
        Group(
            label,
            [(work, form[name_of(work.condition)] if form else None) for work in works],
        )
        for label, works in named
        if works
    ]


def _assigned(request: HttpRequest, form: LeadsForm) -> str:
    """Assign what was changed; the sentence to show, empty where it was refused."""
    try:
        assigned = assign_leads(leads=form.changed(), by=person(request), as_of=clock.now())
    except REFUSED as error:
        put(error, form)
        return ""
    told = [f"{row.lead or 'Nobody'} leads {row.code} now." for row in assigned]
    return " ".join(told) or "No lead was changed."


def close(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say what is missing; close once nothing is."""
    require(request, "close_reviewcycle", to="close a cycle")
    found = _cycle(object_id)
    day = found.program.day_of(clock.now())
    blockers = blockers_of(found, day)
    begun = state_of(found, day) is not CycleState.UPCOMING
    head = found.key_judgements.first()
    told = " ".join(head.statements) if head else "No key judgements are written."

    def act(typed: dict[str, Any]) -> str:
        close_cycle(
            cycle=found,
            by=person(request),
            as_of=clock.now(),
            note=typed["note"],
            key_judgements=typed["key_judgements"],
        )
        return f"{found} of {found.program} is closed."

    step = Step(
        title=f"Close {str(found).lower()}",
        lead=f"{found} of {found.program}, due {found.due_on:%d %b %Y}.",
        remark=""
        if blockers
        else "Every condition in force has an approved assessment. "
        f"Closing is dated, signed by you, final, and publishes the report. It begins: {told}",
        points=[f"{one.code}: {one.text}" for one in blockers],
        points_label="It cannot be closed before this is done:",
        button="Close the cycle",
        back=reverse("admin:conditions_reviewcycle_change", args=[found.pk]),
        act=act,
        is_possible=not blockers and begun and found.closed_at is None,
        initial={"key_judgements": head.number if head else 0},
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
