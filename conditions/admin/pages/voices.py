"""The board of voices, and two documents side by side with the forms to decide on them."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.voices import (
    LONGEST_REASON,
    OneVoice,
    confirm_group,
    confirm_voice,
    dismiss_voice,
)
from conditions.admin import kept
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_form import text_field
from conditions.admin.rendering import page, person, require
from conditions.models import VoiceSuggestion
from conditions.queries.voices import (
    NoSuggestion,
    pair_of,
    suggestion_for,
    suggestions_for,
    voice_board,
)
from conditions.rules.voices import LONGEST_VOICE

STATES: Final = {
    VoiceSuggestion.State.WAITING.value: "To decide",
    VoiceSuggestion.State.CONFIRMED.value: "One voice",
    VoiceSuggestion.State.DISMISSED.value: "Independent",
}
# More hang together in no group that a page shows.
MOST_CHOSEN: Final = 300
LONGEST_NUMBER: Final = 9
BOARD: Final = "admin:conditions_voicesuggestion_changelist"


class ConfirmForm(forms.Form):
    """What the one voice is called, and why it is one."""

    prefix = "one"
    voice = forms.CharField(
        required=False,
        max_length=LONGEST_VOICE,
        label="Name of the voice (optional)",
        help_text="Left empty, it takes the voice that one has, or the first publisher's name "
        "with the event or the day.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    reason = text_field(2, required=False, max_length=LONGEST_REASON, label="Reason (optional)")


class DismissForm(forms.Form):
    """Why two documents are independent of each other."""

    prefix = "two"
    reason = text_field(
        2,
        max_length=LONGEST_REASON,
        label="Reason",
        help_text="Such as: two reporters, each on the spot.",
        error_messages={"required": "Say why they are independent."},
    )


def board(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What waits, in groups; or what was decided, newest first."""
    require(request, "view_voicesuggestion", to="see which documents may be one voice")
    asked = request.GET.get("state", "")
    state = asked if asked in STATES else VoiceSuggestion.State.WAITING.value
    found = voice_board(request.user, state=state, number=_number(request.GET.get("p")))
    return page(
        site,
        request,
        "voices",
        title="Voices",
        board=found,
        tabs=[(name, label, found.counts[name]) for name, label in STATES.items()],
        may_decide=_may_decide(request),
    )


def pair(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Two documents side by side, what they share marked, and what would change."""
    require(request, "view_voicesuggestion", to="see which documents may be one voice")
    return _show(site, request, object_id, ConfirmForm(), DismissForm())


def confirm_pair(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say that two documents carry one voice."""
    found = _to_decide(request, object_id)
    if request.method != "POST":
        return _show(site, request, object_id, ConfirmForm(initial=_typed(request)), DismissForm())
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            done = confirm_voice(
                suggestion=found, by=person(request), as_of=clock.now(), **form.cleaned_data
            )
        except REFUSED as error:
            put(error, form)
        else:
            messages.success(request, _told(done))
            return redirect(BOARD)
    return _show(site, request, object_id, form, DismissForm(), status=422)


def dismiss(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say that two documents are independent of each other."""
    found = _to_decide(request, object_id)
    if request.method != "POST":
        return _show(site, request, object_id, ConfirmForm(), DismissForm(initial=_typed(request)))
    form = DismissForm(request.POST)
    if form.is_valid():
        try:
            reason = form.cleaned_data["reason"]
            dismiss_voice(suggestion=found, reason=reason, by=person(request), as_of=clock.now())
        except REFUSED as error:
            put(error, form)
        else:
            told = f"{found.first.key} and {found.second.key} stay independent of each other."
            messages.success(request, told)
            return redirect(BOARD)
    return _show(site, request, object_id, ConfirmForm(), form, status=422)


def confirm_several(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """Say that all documents of a group carry one voice."""
    require(request, "change_voicesuggestion", to="say that documents are one voice")
    if request.method != "POST":
        return redirect(BOARD)
    typed = request.POST.getlist("suggestion")[:MOST_CHOSEN]
    pks = {_number(text, otherwise=0) for text in typed}
    chosen = list(suggestions_for(request.user).filter(pk__in=pks))
    if not chosen or len(chosen) < len(pks):
        raise NoSuggestion(
            "This group is not there as it was shown.",
            field="suggestion",
            value=", ".join(typed),
            remedy="Go back to the voices and look again.",
        )
    done = confirm_group(suggestions=chosen, by=person(request), as_of=clock.now())
    messages.success(request, _told(done))
    return redirect(BOARD)


def _show(
    site: AdminSite,
    request: HttpRequest,
    object_id: int,
    confirming: ConfirmForm,
    dismissing: DismissForm,
    *,
    status: int = 200,
) -> HttpResponse:
    found = suggestion_for(request.user, object_id)
    waits = found.state == VoiceSuggestion.State.WAITING
    return page(
        site,
        request,
        "voice",
        title="One voice?" if waits else found.get_state_display(),
        status=status,
        suggestion=found,
        group=pair_of(request.user, found),
        may_decide=waits and _may_decide(request),
        confirming=confirming,
        dismissing=dismissing,
        # The summary of what is wrong leads to the fields of either form.
        form=confirming if confirming.errors else dismissing,
    )


def _to_decide(request: HttpRequest, object_id: int) -> VoiceSuggestion:
    require(request, "change_voicesuggestion", to="say whether documents are one voice")
    return suggestion_for(request.user, object_id)


def _typed(request: HttpRequest) -> dict[str, str]:
    """What was typed here before the session ended, by the names of the fields."""
    typed = kept.take(request)
    return {name.partition("-")[2]: typed.get(name, "") for name in typed} if typed else {}


def _may_decide(request: HttpRequest) -> bool:
    needed: list[Any] = ["conditions.change_voicesuggestion", "conditions.change_evidence"]
    return bool(request.user.has_perms(needed))


def _told(done: OneVoice) -> str:
    return (
        f"One voice, {done.voice}: {done.documents} documents carry it and count once. "
        f"Amended: {done.amended}."
    )


def _number(text: str | None, *, otherwise: int = 1) -> int:
    digits = text or ""
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
    return max(int(digits), 1) if is_number else otherwise
