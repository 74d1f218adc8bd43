"""Captures of a document, as rows: for everybody its copies, for the team also what failed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from conditions.models import Capture
from conditions.queries.lists.filters import moment
from conditions.queries.lists.paging import Listing
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One attempt to copy a document: stored with the SHA-256 of its bytes, or why it failed.

    Readers without an account are told of stored copies alone, and no file names.
    """

    id: int
    evidence_id: int
    outcome: str
    reason: str
    origin: str
    url: str
    final_url: str
    http_status: int | None
    content_type: str
    filename: str
    sha256: str
    size: int
    tool: str
    captured_at: datetime


@dataclass(frozen=True, slots=True)
class CaptureOrderRow:
    """A capture that is owed. Nothing is fetched while ``may_call_outside`` is false."""

    id: int
    evidence_id: int
    state: str
    asked_at: datetime
    next_attempt_at: datetime
    attempts: int
    last_error: str
    may_call_outside: bool


def visible_captures(reader: Reader) -> QuerySet[Any]:
    """The attempts that this reader may know of."""
    rows = Capture.objects.filter(evidence__sensitivity__in=sensitivities_for(reader))
    return rows if _is_team(reader) else rows.stored()


def captures_of_document(evidence_id: int) -> Listing[CaptureRow]:
    """How the captures of one document are listed."""
    return replace(CAPTURES, visible=lambda reader: _of(evidence_id, reader))


def _of(evidence_id: int, reader: Reader) -> QuerySet[Any]:
    return visible_captures(reader).filter(evidence=evidence_id)


def _is_team(reader: Reader) -> bool:
    return reader.has_perm("conditions.view_capture")


def _without_names(rows: list[CaptureRow], reader: Reader, as_of: datetime) -> list[CaptureRow]:
    return rows if _is_team(reader) else [replace(row, filename="") for row in rows]


CAPTURES = Listing(
    row=CaptureRow,
    columns=(
        *("id", "evidence_id", "outcome", "reason", "origin", "url", "final_url", "http_status"),
        *("content_type", "filename", "sha256", "size", "tool", "captured_at"),
    ),
    visible=visible_captures,
    filters=(moment("changed_since", "Captured at this moment or later.", "captured_at__gte"),),
    orderings=("-captured_at", "captured_at", "-id", "id"),
    complete=_without_names,
)
