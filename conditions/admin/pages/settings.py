"""My settings: where and when reminders reach me, and a test of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from conditions import clock
from conditions.actions.mail_trial import MailNotSent
from conditions.actions.mail_trial import send_test as send_test_mail
from conditions.actions.people import set_preferences
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.rendering import person
from conditions.models import User
from conditions.models.choices import time_zones


class SettingsForm(forms.Form):
    """How reminders reach a person."""

    time_zone = forms.ChoiceField(
        choices=time_zones, help_text="Reminders arrive at your hour in this time zone."
    )
    reminder_hour = forms.TypedChoiceField(
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
        label="From this hour",
    )
    reminder_mode = forms.ChoiceField(
        choices=User.ReminderMode.choices, widget=forms.RadioSelect, label="How"
    )


def settings(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Show and save one's own settings."""
    user = person(request)

    def act(typed: dict[str, Any]) -> str:
        set_preferences(
            user=user,
            time_zone=typed["time_zone"],
            hour=typed["reminder_hour"],
            mode=typed["reminder_mode"],
            by=user,
            as_of=clock.now(),
        )
        return "Your settings are saved."

    step = Step(
        title="My settings",
        lead=f"Reminders go to {user.email}."
        if user.email
        else "You have no e-mail address here, so none can reach you. Ask an administrator.",
        button="Save",
        back=reverse("admin:my_settings"),
        act=act,
        template="settings",
        initial={
            "time_zone": user.time_zone,
            "reminder_hour": user.reminder_hour,
            "reminder_mode": user.reminder_mode,
        },
    )
    return confirm(site, request, SettingsForm, step)


def send_test(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Send a test message to oneself."""
    if request.method != "POST":
        return redirect("admin:my_settings")
    try:
        send_test_mail(user=person(request), as_of=clock.now())
    except MailNotSent as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"A test is on its way to {person(request).email}.")
    return redirect("admin:my_settings")
