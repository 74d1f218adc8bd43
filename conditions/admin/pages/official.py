"""What the assessor of record said: recorded once, corrected by a new record."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.official import record_official_finding
from conditions.admin.pages.assess_form import day_field, text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import page, person, require
from conditions.models import Condition, Evidence, OfficialFinding, ReviewCycle
from conditions.queries.readers import sensitivities_for

ROWS = OfficialFinding.objects.select_related(
    "condition__program", "cycle__program", "document", "recorded_by", "corrects"
)


class OfProgramField(forms.ModelChoiceField):
    """A choice among rows, each told with its program."""

    def label_from_instance(self, obj: Any) -> str:
        """The program and the row."""
        return f"{obj.program}: {obj}"


def begun_cycles() -> OfProgramField:
    """A choice among the cycles that have begun, the newest of the default program first."""
    rows = ReviewCycle.objects.filter(opened_at__isnull=False).select_related("program")
    return OfProgramField(
        queryset=rows.order_by("-program__is_default", "program__slug", "-number")
    )


class DocumentForm(forms.Form):
    """A document on file, named by its key."""

    document = forms.CharField(
        required=False, help_text="Key of the document on file, such as ev-ee915abdd409."
    )

    def clean_document(self) -> Evidence | None:
        """The document of that key."""
        key = self.cleaned_data["document"].strip()
        found = Evidence.objects.filter(key=key).first() if key else None
        if key and found is None:
            raise forms.ValidationError("No document has this key. File it first, or leave empty.")
        return found


class FindingForm(DocumentForm):
    """One official finding."""

    finding = forms.ChoiceField(choices=OfficialFinding.Outcome.choices)
    found_on = day_field(label="Date", help_text="Of the report, or of the search that found none.")
    note = text_field(2, required=False, help_text="A correction says why.")
    field_order: Sequence[str] = ("finding", "found_on", "document", "note")


class NewFindingForm(FindingForm):
    """One official finding, on a condition in a cycle."""

    condition = OfProgramField(
        queryset=Condition.objects.filter(program__is_active=True)
        .select_related("program")
        .order_by("-program__is_default", "program__slug", "position")
    )
    cycle = begun_cycles()
    field_order = ("condition", "cycle", *FindingForm.field_order)


def official(
    site: AdminSite, request: HttpRequest, object_id: int, *, sensitivities: Collection[str]
) -> HttpResponse:
    """One record, with what corrects it."""
    require(request, "view_officialfinding", to="see official findings")
    found = get_object_or_404(ROWS, pk=object_id)
    return page(
        site,
        request,
        "official",
        title=f"{found.condition.code}, cycle {found.cycle.number}",
        official=found,
        sees_document=bool(found.document and found.document.sensitivity in sensitivities),
        correction=found.corrections.first(),
    )


def record(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Record what was said; with an ``object_id``, correct that record."""
    require(request, "add_officialfinding", to="record official findings")
    corrects = get_object_or_404(ROWS, pk=object_id) if object_id else None

    def act(typed: dict[str, Any]) -> str:
        saved = record_official_finding(
            condition=corrects.condition if corrects else typed["condition"],
            cycle=corrects.cycle if corrects else typed["cycle"],
            finding=typed["finding"],
            found_on=typed["found_on"],
            by=person(request),
            as_of=clock.now(),
            document=seen(request, typed["document"]),
            note=typed["note"],
            corrects=corrects,
        )
        return f"{saved} is on file."

    if corrects is None:
        lead = "What the assessor of record said on one condition in one cycle."
        return confirm(
            site, request, NewFindingForm, _step("Record an official finding", lead, act)
        )
    lead = f"{corrects}, cycle {corrects.cycle.number} of {corrects.condition.program}."
    known = seen(request, corrects.document)
    initial = {
        "finding": corrects.finding,
        "found_on": corrects.found_on,
        "document": known.key if known else "",
    }
    step = _step("Correct an official finding", lead, act, initial)
    return confirm(site, request, FindingForm, step)


def seen(request: HttpRequest, document: Evidence | None) -> Evidence | None:
    """The document, if this person may know of it."""
    if document is None or document.sensitivity not in sensitivities_for(request.user):
        return None
    return document


def _step(title: str, lead: str, act: Any, initial: dict[str, Any] | None = None) -> Step:
    return Step(
        title=title,
        lead=lead,
        remark="It stands beside our judgement and never replaces it. It is never changed, "
        "only corrected by a new record.",
        button="Record",
        back=reverse("admin:conditions_officialfinding_changelist"),
        act=act,
        initial=initial or {},
    )
