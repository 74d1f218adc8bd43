"""Key judgements of a cycle, and a corrected version of its published report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.key_judgements import MOST, write_key_judgements
from conditions.actions.publishing import publish_correction
from conditions.admin.pages.assess_form import text_field
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.models import ReviewCycle
from conditions.queries.publications import versions_of


class KeyJudgementsForm(forms.Form):
    """The sentences, one on each line, and the set they are to replace."""

    statements = text_field(
        8,
        label="Key judgements",
        help_text=f"One sentence on each line, most important first; at most {MOST}.",
        error_messages={"required": "Write at least one sentence."},
    )
    number = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


class CorrectionForm(forms.Form):
    """What a corrected report corrects."""

    note = text_field(
        3,
        label="What it corrects, and why",
        help_text="Printed on the report and in its correction log.",
        error_messages={"required": "Say in a sentence what changed, and why."},
    )
    key_judgements = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def key_judgements(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Write the sentences at the head of the report; the earlier ones stay on file."""
    require(request, "add_keyjudgements", to="write key judgements")
    found = _cycle(object_id)
    newest = found.key_judgements.select_related("author").first()

    def act(typed: dict[str, Any]) -> str:
        saved = write_key_judgements(
            cycle=found,
            statements=typed["statements"].splitlines(),
            by=person(request),
            as_of=clock.now(),
            expected_number=typed["number"],
        )
        return f"Set {saved.number} of key judgements of {str(found).lower()} is on file."

    told = f"Set {newest.number} is by {newest.author}." if newest else "There are none yet."
    step = Step(
        title=f"Key judgements of {str(found).lower()}",
        lead=f"What the report on {found} of {found.program} says first. {told}",
        remark="Whoever writes key judgements of a cycle cannot close it or publish its report.",
        button="Save",
        back=reverse("admin:conditions_reviewcycle_change", args=[found.pk]),
        act=act,
        initial={
            "statements": "\n".join(newest.statements) if newest else "",
            "number": newest.number if newest else 0,
        },
    )
    return confirm(site, request, KeyJudgementsForm, step)


def publish(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Publish a new version of a closed cycle's report."""
    require(request, "add_publication", to="publish a report")
    found = _cycle(object_id)
    versions = versions_of(found.program, found.number)
    newest = found.key_judgements.first()

    def act(typed: dict[str, Any]) -> str:
        row = publish_correction(
            cycle=found,
            note=typed["note"],
            by=person(request),
            as_of=clock.now(),
            key_judgements=typed["key_judgements"],
        )
        return f"Version {row.version} of the report on {str(found).lower()} is published."

    step = Step(
        title=f"Publish a corrected report on {str(found).lower()}",
        lead=f"{found} of {found.program}.",
        remark="It is published as a new version with your note. The versions before it stay at "
        "their addresses and say that they were corrected."
        if versions
        else "This cycle has no published report. One is published when it is closed.",
        points=[
            f"Version {line.version}, {line.known_at:%d %b %Y %H:%M} UTC{_noted(line.note)}"
            for line in versions
        ],
        points_label="Published so far:",
        button=f"Publish version {len(versions) + 1}",
        back=reverse("admin:conditions_reviewcycle_change", args=[found.pk]),
        act=act,
        is_possible=bool(versions),
        initial={"key_judgements": newest.number if newest else 0},
    )
    return confirm(site, request, CorrectionForm, step)


def _noted(note: str) -> str:
    return f": {note}" if note else ""


def _cycle(object_id: int) -> ReviewCycle:
    return get_object_or_404(ReviewCycle.objects.select_related("program"), pk=object_id)
