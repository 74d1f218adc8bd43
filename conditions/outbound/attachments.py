"""Attachments: files that leave to be saved, and are never shown as a page of ours."""

from __future__ import annotations

from typing import TypeVar

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from conditions.models import Capture
from conditions.rules.files import copy_name, given_out_as

Answer = TypeVar("Answer", bound=HttpResponseBase)


def attached(answer: Answer, name: str) -> Answer:
    """The answer as a file of that name, which no browser runs and nobody on the way keeps."""
    answer["Content-Disposition"] = content_disposition_header(True, name) or ""
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


def attached_copy(capture: Capture, body: bytes) -> HttpResponse:
    """The bytes of a stored copy as a file, under its own name or one made of its document."""
    name = copy_name(
        capture.filename,
        key=capture.evidence.key,
        sha256=capture.sha256,
        media_type=capture.content_type,
    )
    return attached(HttpResponse(body, content_type=given_out_as(capture.content_type)), name)
