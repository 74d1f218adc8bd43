"""Who answers for a condition."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from conditions import clock
from conditions.actions.people import assign_lead
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.models import Condition, User


class LeadForm(forms.Form):
    """The lead analyst of a condition, or nobody."""

    lead = forms.ModelChoiceField(
        queryset=User.objects.none(), required=False, empty_label="Nobody", label="Lead"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        writes = Q(groups__permissions__codename="add_assessment") | Q(is_superuser=True)
        people = User.objects.filter(writes, is_active=True).distinct().order_by("username")
        self.fields["lead"].queryset = people  # type: ignore[attr-defined]


def lead(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Choose who leads, then say so."""
    require(request, "assign_condition", to="assign the lead of a condition")
    rows = Condition.objects.select_related("program", "lead")
    found = get_object_or_404(rows, pk=object_id)

    def act(typed: dict[str, Any]) -> str:
        assign_lead(condition=found, lead=typed["lead"], by=person(request), as_of=clock.now())
        return f"{typed['lead'] or 'Nobody'} leads {found.code} now."

    step = Step(
        title=f"Lead of {found.code}",
        lead=f"{found}, {found.program}. Led by {found.lead or 'nobody'} now.",
        remark="Reminders about this condition go to its lead; without one, to the managers.",
        button="Change lead",
        back=reverse("admin:conditions_condition_change", args=[found.pk]),
        act=act,
        initial={"lead": found.lead_id},
    )
    return confirm(site, request, LeadForm, step)
