"""API tokens: issued with a secret that is shown once, and revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.people import issue_token, revoke_token
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import page, person, require
from conditions.models import ApiToken
from conditions.rules.refusals import NotFound

LIVES = [(30, "30 days"), (90, "90 days"), (180, "180 days"), (365, "a year")]


class NoToken(NotFound):
    """There is no such token of yours."""


class TokenForm(forms.Form):
    """A new token: what uses it, what it may do, how long."""

    name = forms.CharField(
        max_length=80,
        help_text="What uses this token.",
        error_messages={"required": "Say what uses this token."},
    )
    scope = forms.ChoiceField(choices=ApiToken.Scope.choices, label="It may")
    days = forms.TypedChoiceField(coerce=int, choices=LIVES, initial=90, label="It lives for")


class NothingToSay(forms.Form):
    """A step that asks nothing but to be confirmed."""


def issue(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Ask for a name, then show the secret, this once."""
    require(request, "add_apitoken", to="issue tokens")
    form = TokenForm(request.POST or None, auto_id="id_%s")
    if request.method == "POST" and form.is_valid():
        now = clock.now()
        try:
            issued = issue_token(
                user=person(request),
                name=form.cleaned_data["name"],
                scope=form.cleaned_data["scope"],
                expires_at=now + timedelta(days=form.cleaned_data["days"]),
                by=person(request),
                as_of=now,
            )
        except REFUSED as error:
            put(error, form, fields={"expires_at": "days"})
        else:
            return page(site, request, "token_issued", title="Your new API token", issued=issued)
    step = Step(
        title="New API token",
        lead="A token lets a program read or write on your behalf. It can do what you may do.",
        button="Make the token",
        back=reverse("admin:conditions_apitoken_changelist"),
        act=str,
    )
    status = 422 if form.errors else 200
    return page(site, request, "confirm", title=step.title, status=status, step=step, form=form)


def revoke(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """End a token for good."""
    require(request, "change_apitoken", to="revoke tokens")
    own = ApiToken.objects.filter(pk=object_id)
    if not request.user.has_perm("conditions.change_user"):
        own = own.filter(user=person(request))
    token = own.first()
    if token is None:
        raise NoToken("There is no such token of yours.", field="token", value=object_id)

    def act(typed: dict[str, Any]) -> str:
        revoke_token(token=token, by=person(request), as_of=clock.now())
        return f"{token.name} is revoked."

    step = Step(
        title="Revoke a token",
        lead=f"{token.name} ({token.prefix}…), {token.get_scope_display().lower()}, "
        f"expires {token.expires_at:%d %b %Y}.",
        remark="What uses it stops working at once. A revoked token never comes back.",
        button="Revoke",
        back=reverse("admin:conditions_apitoken_changelist"),
        act=act,
        is_possible=token.revoked_at is None,
    )
    return confirm(site, request, NothingToSay, step)
