"""That no official report was submitted, for every condition of a cycle at once."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.no_report import record_no_report
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.pages.official import begun_cycles
from conditions.admin.rendering import person, require


class NoReportForm(forms.Form):
    """The cycle that no report was submitted on, and the day of the search."""

    cycle = begun_cycles()
    found_on = day_field(label="Date of the search", help_text="Not before the report was due.")
    note = text_field(2, required=False, help_text="Where it was looked for.")


def no_report(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Record it, or say why it does not fit; ``?cycle=`` proposes one."""
    require(request, "add_officialfinding", to="record official findings")

    def act(typed: dict[str, Any]) -> str:
        rows = record_no_report(
            cycle=typed["cycle"],
            found_on=typed["found_on"],
            by=person(request),
            as_of=clock.now(),
            note=typed["note"],
        )
        return f"No official report submitted: recorded for {len(rows)} conditions."

    step = Step(
        title="No official report submitted",
        lead="Records for every condition in force in a cycle that no official report was sent.",
        remark="It is no finding against anybody: in the count of periods it neither adds nor "
        "resets. Should the report surface later, each record is corrected by what it says.",
        button="Record for all conditions",
        back=reverse("admin:conditions_officialfinding_changelist"),
        act=act,
        initial={"cycle": request.GET.get("cycle", "")},
    )
    return confirm(site, request, NoReportForm, step)
