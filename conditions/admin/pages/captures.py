"""One copy of a document: its text and custody, its bytes as a file, and how to get another."""

from __future__ import annotations

from typing import Final

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from conditions import clock
from conditions.actions.captures import FileRefused, order_capture, upload_capture
from conditions.actions.copies import open_copy, verify_copy
from conditions.admin.answers import REFUSED, put
from conditions.admin.pages.assess_bench import number
from conditions.admin.pages.evidence import visible_document
from conditions.admin.rendering import page, person, require
from conditions.models import Capture, Evidence
from conditions.outbound.attachments import attached_copy
from conditions.outbound.fetching import may_call_outside
from conditions.queries.captures import capture_for, custody_of
from conditions.rules.files import ENDINGS

TEXT_SHOWN: Final = 100_000


class UploadForm(forms.Form):
    """A file to keep as a copy."""

    file = forms.FileField(
        label="File",
        max_length=400,
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
        help_text="PDF, image, text or office document; it is kept unchanged.",
        widget=forms.FileInput(attrs={"accept": ",".join(f".{ending}" for ending in ENDINGS)}),
    )


def capture(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """One attempt: what came and from where, its text as plain text, and who handled it."""
    require(request, "view_capture", to="see captures")
    found = capture_for(request.user, object_id)
    sees_custody = request.user.has_perm("conditions.view_custodyentry")
    return page(
        site,
        request,
        "captures_copy",
        title=f"Capture of {found.captured_at:%d %b %Y, %H:%M} UTC",
        capture=found,
        evidence=found.evidence,
        text=found.text[:TEXT_SHOWN],
        is_cut=len(found.text) > TEXT_SHOWN,
        custody=custody_of(found) if sees_custody else (),
    )


def open_capture(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """The bytes as a file to save, never as a page of ours; whoever opens it is on record."""
    require(request, "open_capture", to="open stored copies")
    found = capture_for(request.user, object_id)
    if request.method != "POST":
        return redirect("admin:conditions_captureorder_copy", found.pk)
    body = open_copy(capture=found, by=person(request), as_of=clock.now())
    return attached_copy(found, body)


def verify(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Work the hash of the stored bytes out anew, say what came of it, and go back."""
    require(request, "open_capture", to="verify stored copies")
    found = capture_for(request.user, object_id)
    if request.method == "POST":
        told = f"the copy captured on {found.captured_at:%d %b %Y, %H:%M} UTC"
        if verify_copy(capture=found, by=person(request), as_of=clock.now()):
            messages.success(request, f"It fits: {told} still has the SHA-256 {found.sha256}.")
        else:
            wrong = f"It does not fit: {told} is not what was captured. Tell an operator now."
            messages.error(request, f"{wrong} manage.py verify names every such row.")
    # Back to the judgement from whose page it was asked, where there is one.
    judgement = number(request.POST.get("assessment"))
    if judgement:
        return redirect("admin:conditions_assessment_change", judgement)
    return redirect("admin:conditions_captureorder_copy", found.pk)


def ask(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Owe a new copy, to be made at once."""
    require(request, "add_capture", to="ask for a capture")
    found = visible_document(request, object_id)
    if request.method == "POST":
        order_capture(evidence=found, by=person(request), as_of=clock.now(), asked=True)
        done = "A new capture is owed; the worker makes it within minutes."
        off = "A new capture is owed. Nothing is fetched until an operator allows outside calls."
        messages.success(request, done if may_call_outside() else off)
    return redirect("admin:conditions_evidence_change", found.pk)


def upload(site: AdminSite, request: HttpRequest, object_id: int) -> HttpResponse:
    """Keep a file as a copy of the document."""
    require(request, "add_capture", to="upload a copy")
    found = visible_document(request, object_id)
    if request.method != "POST":
        return _show_upload(site, request, found, UploadForm(auto_id="id_%s"))
    form = UploadForm(request.POST, request.FILES, auto_id="id_%s")
    if form.is_valid():
        try:
            kept = _keep(request, found, form.cleaned_data["file"])
        except REFUSED as error:
            put(error, form)
        else:
            messages.success(request, f"“{kept.filename}” is kept. Its SHA-256 is {kept.sha256}.")
            return redirect("admin:conditions_evidence_change", found.pk)
    return _show_upload(site, request, found, form, status=422)


def _keep(request: HttpRequest, evidence: Evidence, file: UploadedFile) -> Capture:
    most = settings.CAPTURE_MAX_BYTES
    # Before it is read: a larger one stays on disk.
    if (file.size or 0) > most:
        raise FileRefused(f"This file is larger than {most:,} bytes.", field="file")
    return upload_capture(
        evidence=evidence,
        filename=file.name or "",
        body=file.read(),
        by=person(request),
        as_of=clock.now(),
    )


def _show_upload(
    site: AdminSite, request: HttpRequest, found: Evidence, form: UploadForm, *, status: int = 200
) -> HttpResponse:
    return page(
        site,
        request,
        "captures_upload",
        title="Upload a copy",
        status=status,
        evidence=found,
        form=form,
        most=settings.CAPTURE_MAX_BYTES,
    )
