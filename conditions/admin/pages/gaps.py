"""The gaps board: what needs evidence, and what else waits for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse

from conditions import clock
from conditions.admin.rendering import page, require
from conditions.models import Program
from conditions.outbound.fetching import may_call_outside
from conditions.queries.gaps import GapsBoard, gaps_board
from conditions.queries.readers import sensitivities_for
from conditions.rules.gaps import MOST_QUIET_DAYS, QUIET_DAYS, GapKind

KIND_WORDS = {
    GapKind.EMPTY: "Nothing filed",
    GapKind.THIN: "Thin",
    GapKind.QUIET: "Nothing new",
    GapKind.ONE_SIDED: "One-sided",
    GapKind.SINGLE_SOURCE: "One source",
}
MOST_PROGRAMS = 200


class GapsForm(forms.Form):
    """How the board is narrowed; nothing given is the default program and period."""

    program = forms.ChoiceField(required=False, label="Program")
    days = forms.IntegerField(
        required=False,
        label="Days without anything new",
        min_value=1,
        max_value=MOST_QUIET_DAYS,
        error_messages={
            "invalid": f"Give a whole number of days from 1 to {MOST_QUIET_DAYS:,}.",
            "min_value": f"Give a whole number of days from 1 to {MOST_QUIET_DAYS:,}.",
            "max_value": f"Give a whole number of days from 1 to {MOST_QUIET_DAYS:,}.",
        },
    )
    kind = forms.ChoiceField(
        required=False,
        label="Only",
        choices=[("", "Every kind of gap"), *((one.value, KIND_WORDS[one]) for one in GapKind)],
        error_messages={"invalid_choice": "“%(value)s” is no kind of gap. Choose one of the list."},
    )

    def __init__(self, data: Any, *, programs: Sequence[Program]) -> None:
        filled = {"days": str(QUIET_DAYS)} | {name: value for name, value in data.items() if value}
        super().__init__(filled, auto_id="id_%s")
        choice = self.fields["program"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = [(program.slug, program.short_title) for program in programs]
        choice.error_messages["invalid_choice"] = (
            "There is no program “%(value)s”. Choose one of the list."
        )


def gaps(site: AdminSite, request: HttpRequest) -> HttpResponse:
    """What one program lacks; the address holds how it was narrowed."""
    require(request, "view_inboxitem", to="see the gaps")
    active = Program.objects.for_reader(request.user).filter(is_active=True)
    programs = list(active.order_by("-is_default", "slug")[:MOST_PROGRAMS])
    form = GapsForm(request.GET, programs=programs)
    is_clear = form.is_valid()
    board = _board(request, form, programs) if is_clear and programs else None
    return page(
        site,
        request,
        "gaps",
        title="Gaps",
        status=200 if is_clear else 400,
        form=form,
        programs=programs,
        board=board,
        kind=form.cleaned_data.get("kind", ""),
        kinds=[(one.value, KIND_WORDS[one], board.counts[one]) for one in GapKind if board],
        fetches=may_call_outside(),
    )


def _board(request: HttpRequest, form: GapsForm, programs: Sequence[Program]) -> GapsBoard:
    asked = form.cleaned_data
    named = (program for program in programs if program.slug == asked["program"])
    return gaps_board(
        next(named, programs[0]),
        as_of=clock.now(),
        sensitivities=sensitivities_for(request.user),
        quiet_days=asked["days"] or QUIET_DAYS,
        kind=GapKind(asked["kind"]) if asked["kind"] else None,
    )
