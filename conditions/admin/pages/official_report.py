"""That the assessor of record sent its report: recorded once, replaced by a new record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.official_reports import record_official_report
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.pages.official import DocumentForm, begun_cycles, seen
from conditions.admin.rendering import page, person, require
from conditions.models import OfficialReport
from conditions.rules.release import state_on, window_of

ROWS = OfficialReport.objects.select_related(
    "cycle__program", "document", "recorded_by", "replaces", "replaced_by"
)


class ReportForm(DocumentForm):
    """When a report was sent, and when its text became public."""

    submitted_on = day_field(
        label="Sent on", help_text="Day it went to the recipients the law names."
    )
    released_on = day_field(
        label="Public since", required=False, help_text="Empty while its text is not public."
    )
    note = text_field(2, required=False, help_text="A record that replaces another says why.")
    field_order: Sequence[str] = ("submitted_on", "released_on", "document", "note")


class NewReportForm(ReportForm):
    """The same, on a cycle."""

    cycle = begun_cycles()
    field_order = ("cycle", *ReportForm.field_order)


def official_report(
    site: AdminSite, request: HttpRequest, object_id: int, *, sensitivities: Collection[str]
) -> HttpResponse:
    """One record with its release window, and what replaces it."""
    require(request, "view_officialreport", to="see official reports")
    found = get_object_or_404(ROWS, pk=object_id)
    window = window_of(found.submitted_on)
    today = found.cycle.program.day_of(clock.now())
    return page(
        site,
        request,
        "official_report",
        title=f"Official report on cycle {found.cycle.number}",
        report=found,
        program=found.cycle.program,
        window=window,
        state=state_on(window, found.released_on, today),
        sees_document=bool(found.document and found.document.sensitivity in sensitivities),
        newer=getattr(found, "replaced_by", None),
    )


def record_report(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Record that a report was sent; with an ``object_id``, replace that record."""
    require(request, "add_officialreport", to="record official reports")
    replaces = get_object_or_404(ROWS, pk=object_id) if object_id else None

    def act(typed: dict[str, Any]) -> str:
        saved = record_official_report(
            cycle=replaces.cycle if replaces else typed["cycle"],
            submitted_on=typed["submitted_on"],
            released_on=typed["released_on"],
            by=person(request),
            as_of=clock.now(),
            document=seen(request, typed["document"]),
            note=typed["note"],
            replaces=replaces,
        )
        return f"{saved}, is on record."

    if replaces is None:
        initial = {"cycle": request.GET.get("cycle", "")}
        lead = "That the assessor of record sent its report on a cycle."
        step = _step("Record an official report", lead, act, initial)
        return confirm(site, request, NewReportForm, step)
    known = seen(request, replaces.document)
    lead = f"{replaces}, of {replaces.cycle.program}."
    step = _step(
        "Replace the record of an official report",
        lead,
        act,
        {
            "submitted_on": replaces.submitted_on,
            "released_on": replaces.released_on,
            "document": known.key if known else "",
        },
    )
    return confirm(site, request, ReportForm, step)


def _step(title: str, lead: str, act: Any, initial: dict[str, Any]) -> Step:
    return Step(
        title=title,
        lead=lead,
        remark="What it says on each condition is recorded under official findings. "
        "A report should be public 30 to 60 days after it was sent (GovInfo CMR).",
        button="Record",
        back=reverse("admin:conditions_officialreport_changelist"),
        act=act,
        initial=initial,
    )
