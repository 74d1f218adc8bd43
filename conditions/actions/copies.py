"""Copies in hand: stored bytes checked against their SHA-256, and opened with an entry of who."""

from __future__ import annotations

import hashlib
from datetime import datetime

from conditions.actions.record import require_permission
from conditions.models import Capture, CaptureBody, CustodyEntry, User
from conditions.rules.refusals import Conflict


class CopyDamaged(Conflict):
    """The bytes on file are not those that were captured."""


def checked_bytes(kept: CaptureBody, sha256: str, *, key: str) -> bytes:
    """The bytes kept of the document ``key``, if their SHA-256 is this one. Raises CopyDamaged."""
    body = bytes(kept.body)
    if hashlib.sha256(body).hexdigest() != sha256:
        raise CopyDamaged(
            f"The bytes on file of {key} are not those that were captured: the SHA-256 differs.",
            field="sha256",
            value=sha256,
            remedy="Tell an operator: manage.py verify names every such row.",
        )
    return body


def open_copy(*, capture: Capture, by: User, as_of: datetime) -> bytes:
    """The bytes of a stored copy, checked against their SHA-256, with an entry in its custody log.

    Raises CopyDamaged.
    """
    require_permission(by, "open_capture", to="open stored copies")
    body = _bytes_of(capture)
    CustodyEntry.objects.create(capture=capture, act=CustodyEntry.Act.OPENED, by=by, at=as_of)
    return body


def verify_copy(*, capture: Capture, by: User | None, as_of: datetime) -> bool:
    """Work the SHA-256 of the stored bytes out anew; whether they are those that were captured.

    Either way the check is an entry in the copy's custody log.
    """
    require_permission(by, "open_capture", to="verify stored copies")
    try:
        _bytes_of(capture)
    except CopyDamaged:
        fits, note = False, "The bytes do not fit their SHA-256."
    else:
        fits, note = True, "The bytes fit their SHA-256."
    CustodyEntry.objects.create(
        capture=capture, act=CustodyEntry.Act.VERIFIED, by=by, at=as_of, note=note
    )
    return fits


def _bytes_of(capture: Capture) -> bytes:
    if capture.body is None:
        remedy = "Choose one of the stored copies."
        raise Conflict("This attempt brought no copy.", field="id", value=capture.pk, remedy=remedy)
    return checked_bytes(capture.body, capture.sha256, key=capture.evidence.key)
