"""Filing what a sheet holds, and giving it up: each told first, then confirmed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from conditions import clock
from conditions.actions.imports import AT_ONCE, discard_import, file_import
from conditions.admin.pages.confirm import Step, confirm
from conditions.admin.pages.imports import import_of, work_at_once
from conditions.admin.rendering import person, require
from conditions.models import EvidenceImport

State = EvidenceImport.State


class PlainForm(forms.Form):
    """Nothing to type: the button confirms."""


def file_rows(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Say what is filed and what is left out, then file it."""
    require(request, "add_evidenceimport", to="bring in spreadsheets")
    found = import_of(object_id)
    wrong = found.rows_done - found.rows_good
    known = found.outcome.get("known", 0)
    is_possible = found.state == State.CHECKED and found.rows_good > 0

    def act(typed: dict[str, Any]) -> str:
        file_import(found=found, only_good_rows=wrong > 0, by=person(request), as_of=clock.now())
        work_at_once(found)
        done = f"{found.rows_good:,} rows are filed."
        return done if found.rows_total <= AT_ONCE else "The worker files the rows now."

    left_out = f"{wrong:,} rows with errors are left out. " if wrong else "No row has an error. "
    seen = f"{known:,} are on file already: they get the links they lack, nothing else changes. "
    step = Step(
        title=f"File {found.rows_good:,} rows",
        lead=f"{found.filename}, for {found.program}.",
        remark=f"{left_out}{seen if known else ''}All are filed together or, if anything goes "
        "wrong, none."
        if is_possible
        else "There is nothing to file now.",
        button=f"File {'all ' if not wrong else ''}{found.rows_good:,} "
        f"{'good rows' if wrong else 'rows'}",
        back=reverse("admin:conditions_evidenceimport_change", args=[found.pk]),
        act=act,
        is_possible=is_possible,
    )
    return confirm(site, request, PlainForm, step)


def discard(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Give an import up."""
    require(request, "add_evidenceimport", to="bring in spreadsheets")
    found = import_of(object_id)
    is_possible = found.state not in (State.LOADING, State.LOADED, State.DISCARDED)

    def act(typed: dict[str, Any]) -> str:
        discard_import(found=found, by=person(request), as_of=clock.now())
        return f"{found} is discarded. Nothing of it was filed."

    step = Step(
        title=f"Discard {found.filename}",
        lead=f"{found.rows_total:,} rows, for {found.program}.",
        remark="Nothing of it is filed, and the file is removed. That it was uploaded stays on "
        "record."
        if is_possible
        else "What is being filed, was filed or was discarded cannot be discarded.",
        button="Discard",
        back=reverse("admin:conditions_evidenceimport_change", args=[found.pk]),
        act=act,
        is_possible=is_possible,
    )
    return confirm(site, request, PlainForm, step)
