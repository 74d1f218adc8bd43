"""The page of a source: what it is, every grade it was given, and describing or grading it anew."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.intake import revise_source
from conditions.actions.sources import SourceItem, add_source
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.pages.evidence_form import LETTERS
from conditions.admin.rendering import page, person, require
from conditions.models import Source
from conditions.queries.readers import sensitivities_for
from conditions.queries.source_grades import graded_alike, judgements_resting_on
from conditions.rules.evidence import UNKNOWN_RELIABILITY

MOST = 50


class SourceForm(forms.Form):
    """A source with its grade and the reason for it."""

    name = forms.CharField(max_length=200, error_messages={"required": "Give it a name."})
    kind = forms.ChoiceField(choices=Source.Kind.choices)
    language = forms.CharField(initial="en", help_text="A code such as en, ar or ku.")
    ownership = text_field(2, required=False, help_text="Who owns or pays it.")
    reliability = forms.ChoiceField(
        choices=LETTERS,
        initial="F",
        help_text="Of the source and its record, apart from any one item. F is unknown, not worst.",
    )
    reason = text_field(
        2, required=False, label="Why that grade", help_text="Needed for a new grade."
    )


def source(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One source with its grades and its newest documents."""
    require(request, "view_source", to="see sources")
    found = get_object_or_404(Source, pk=object_id)
    documents = found.evidence.with_sensitivity(sensitivities_for(request.user))
    return page(
        site,
        request,
        "source",
        title=found.name,
        source=found,
        reliability=dict(LETTERS)[found.reliability],
        grades=found.grades.select_related("recorded_by"),
        rests=judgements_resting_on(found.pk, known_at=clock.now()),
        alike=graded_alike(found),
        is_unknown=found.reliability == UNKNOWN_RELIABILITY,
        documents=documents.order_by("-published_on", "-id")[:MOST],
    )


def add_source_page(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Put a source on file."""
    require(request, "add_source", to="add sources")

    def act(typed: dict[str, Any]) -> str:
        item = SourceItem(typed["name"], typed["kind"], typed["language"], typed["ownership"])
        add_source(
            item=item,
            reliability=typed["reliability"],
            reason=typed["reason"],
            by=person(request),
            as_of=clock.now(),
        )
        return f"{typed['name']} is on file."

    step = Step(
        title="Add a source",
        lead="Who publishes, and how reliable they are held.",
        button="Add the source",
        back=reverse("admin:conditions_source_changelist"),
        act=act,
    )
    return confirm(site, request, SourceForm, step)


def source_form(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Describe a source anew, and grade it if the grade was changed."""
    require(request, "change_source", to="change sources")
    found = get_object_or_404(Source, pk=object_id)

    def act(typed: dict[str, Any]) -> str:
        item = SourceItem(typed["name"], typed["kind"], typed["language"], typed["ownership"])
        revise_source(
            source=found,
            item=item,
            reliability=typed["reliability"],
            reason=typed["reason"],
            by=person(request),
            as_of=clock.now(),
        )
        return f"{typed['name']} is changed. Judgements keep the grade they cited."

    names = ("name", "kind", "language", "ownership", "reliability")
    step = Step(
        title=f"Change {found}",
        lead="Judgements made before keep the grade they cited, and show as stale.",
        button="Save",
        back=reverse("admin:conditions_source_change", args=[found.pk]),
        act=act,
        initial={name: getattr(found, name) for name in names},
    )
    return confirm(site, request, SourceForm, step)
