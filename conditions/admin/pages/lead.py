"""Who answers for a condition."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.db.models import Q, QuerySet
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
        self.fields["lead"].queryset = may_lead()  # type: ignore[attr-defined]


class LeadsForm(forms.Form):
    """The leads of several conditions, a select for each; what a lead was goes along with it.

    So only what this person changed is written, not what somebody else did meanwhile.
    """

    def __init__(self, data: Mapping[str, Any] | None, conditions: Iterable[Condition]) -> None:
        super().__init__(data, auto_id="id_%s")
        self.conditions = tuple(conditions)
        present = {row.lead.pk: row.lead for row in self.conditions if row.lead}
        self.people = {**{user.pk: user for user in may_lead()}, **present}
        choices = [("", "Nobody"), *((str(pk), str(user)) for pk, user in self.people.items())]
        for condition in self.conditions:
            self.fields[name_of(condition)] = forms.ChoiceField(
                choices=choices,
                required=False,
                label=f"Lead of {condition.code}",
                initial=str(condition.lead_id or ""),
                show_hidden_initial=True,
            )

    def changed(self) -> dict[Condition, User | None]:
        """The new lead of each condition for which this person chose another one."""
        named = {name_of(condition): condition for condition in self.conditions}
        return {
            named[name]: self.people.get(int(self.cleaned_data[name] or 0))
            for name in self.changed_data
        }


def name_of(condition: Condition) -> str:
    """The name of a condition's field among the leads."""
    return f"lead_{condition.pk}"


def may_lead() -> QuerySet[User]:
    """People who may write assessments, by name."""
    writes = Q(groups__permissions__codename="add_assessment") | Q(is_superuser=True)
    return User.objects.filter(writes, is_active=True).distinct().order_by("username")


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
