"""Which published reports are not printed yet, and what the last run of the press came to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef

from conditions.models import Publication, PublicationFile, Pulse
from conditions.models.publications import PublicationQuerySet

PULSE = "print"
PDF = "pdf"


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often a report could not be printed, when it is tried again, and what went wrong."""

    attempts: int
    again_at: datetime
    error: str


@dataclass(frozen=True, slots=True)
class PressState:
    """What is known of the press: ``cannot`` says why no PDF can be made where it runs.

    ``failed`` is by id of the publication. ``ran_at`` is None when it never ran.
    """

    ran_at: datetime | None
    cannot: str
    again_at: datetime | None
    failed: Mapping[int, Attempt]


@dataclass(frozen=True, slots=True)
class PrintedFile:
    """A report as everybody gets it."""

    body: bytes
    sha256: str


def press_state() -> PressState:
    """What the last run of the press wrote down. One query."""
    pulse = Pulse.objects.filter(name=PULSE).first()
    detail: dict[str, Any] = pulse.detail if pulse else {}
    again_at = detail.get("again_at")
    return PressState(
        ran_at=pulse.beat_at if pulse else None,
        cannot=detail.get("cannot", ""),
        again_at=datetime.fromisoformat(again_at) if again_at else None,
        failed={
            int(pk): Attempt(one["attempts"], datetime.fromisoformat(one["again_at"]), one["error"])
            for pk, one in detail.get("failed", {}).items()
        },
    )


def not_printed() -> PublicationQuerySet:
    """Publications that have no PDF yet, the newest first."""
    made = PublicationFile.objects.filter(publication=OuterRef("pk"), format=PDF)
    return Publication.objects.filter(~Exists(made)).newest_first()


def printed_file(publication_id: int, form: str = PDF) -> PrintedFile | None:
    """The kept file of a publication, or None where it is not printed yet. One query."""
    row = PublicationFile.objects.filter(publication=publication_id, format=form).first()
    return PrintedFile(bytes(row.body), row.sha256) if row else None
