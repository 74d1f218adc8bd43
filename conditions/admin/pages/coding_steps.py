"""Changing a double coding: somebody else codes, or nobody does any more."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.coder_changes import call_off, replace_coder
from conditions.admin.pages.coding_forms import CallOffForm, ReplaceForm
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person, require
from conditions.models import DoubleCoding
from conditions.queries.coders import double_coding_seen, people_who_code, waited_for


def replace(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Name somebody else for a coder who has not coded yet."""
    require(request, "change_doublecoding", to="replace a coder")
    found = double_coding_seen(person(request), object_id)
    waiting = waited_for(found)
    people = [user for user in people_who_code() if user.pk not in _pair(found)]
    by_id = {user.pk: user for user in (*waiting, *people)}

    def act(typed: dict[str, Any]) -> str:
        coder, replacement = by_id[typed["coder"]], by_id[typed["replacement"]]
        replace_coder(
            double_coding=found,
            coder=coder,
            replacement=replacement,
            by=person(request),
            as_of=clock.now(),
            reason=typed["reason"],
        )
        return f"{replacement} codes {found.condition.code} instead of {coder}."

    step = Step(
        title=f"Replace a coder of {found.condition.code}",
        lead=_lead(found),
        remark="Who has coded stays."
        if waiting and people
        else "Both have coded, or nobody else can code.",
        button="Replace",
        back=_back(found),
        act=act,
        is_possible=bool(waiting and people) and _is_open(found),
    )
    return confirm(site, request, partial(ReplaceForm, waited_for=waiting, people=people), step)


def end(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Call a double coding off, for a reason."""
    require(request, "change_doublecoding", to="call off a double coding")
    found = double_coding_seen(person(request), object_id)

    def act(typed: dict[str, Any]) -> str:
        call_off(double_coding=found, reason=typed["reason"], by=person(request), as_of=clock.now())
        return f"The double coding of {found.condition.code} is called off."

    step = Step(
        title=f"Call off the double coding of {found.condition.code}",
        lead=_lead(found),
        remark="The condition is then assessed by one person, as usual. What one coder has sealed "
        "stays on file, unread, and your reason with it.",
        button="Call off",
        back=_back(found),
        act=act,
        is_possible=bool(waited_for(found)) and found.called_off_at is None,
    )
    return confirm(site, request, CallOffForm, step)


def _pair(found: DoubleCoding) -> tuple[int, int]:
    return found.first_coder_id, found.second_coder_id


def _is_open(found: DoubleCoding) -> bool:
    return found.called_off_at is None and found.cycle.closed_at is None


def _lead(found: DoubleCoding) -> str:
    return (
        f"{found.condition}, cycle {found.cycle.number} of {found.cycle.program}: "
        f"coded by {found.first_coder} and {found.second_coder}."
    )


def _back(found: DoubleCoding) -> str:
    return reverse("admin:conditions_reviewcycle_coding", args=[found.cycle_id])
