"""A page that says what a button will do, asks what has to be said, and then does it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.rendering import page


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person can do on a page of its own.

    ``act`` is handed the cleaned form and returns the sentence to show after; ``back`` the URL to
    go to then. ``points`` are what the person should know before pressing ``button``; ``shown`` is
    what a ``template`` of its own shows beside the form.
    """

    title: str
    lead: str
    button: str
    back: str
    act: Callable[[dict[str, Any]], str]
    remark: str = ""
    points: Iterable[str] = ()
    points_label: str = ""
    is_possible: bool = True
    renamed: dict[str, str] = field(default_factory=dict)
    initial: dict[str, Any] = field(default_factory=dict)
    template: str = "confirm"
    shown: dict[str, Any] = field(default_factory=dict)


def confirm(
    site: AdminSite, request: HttpRequest, form_class: Callable[..., forms.Form], step: Step
) -> HttpResponse:
    """Show the page of ``step``, or take the step."""
    if request.method == "POST":
        form = form_class(request.POST, auto_id="id_%s")
        if form.is_valid():
            try:
                done = step.act(form.cleaned_data)
            except REFUSED as error:
                put(error, form, fields=step.renamed)
            else:
                messages.success(request, done)
                return redirect(step.back)
    else:
        typed = kept.take(request)
        form = form_class(initial=typed.dict() if typed else step.initial, auto_id="id_%s")
    return page(
        site,
        request,
        step.template,
        title=step.title,
        status=422 if form.errors else 200,
        step=step,
        form=form,
        **step.shown,
    )
