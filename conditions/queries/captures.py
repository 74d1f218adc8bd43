"""Captures as pages show them: the copies of one document, what is owed, and what failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import OuterRef, QuerySet, Subquery

from conditions.models import Capture, CaptureOrder, CustodyEntry, Evidence
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.refusals import NotFound

MOST_SHOWN = 20


class NoCapture(NotFound):
    """There is no such capture, or this person may not know of the document."""


@dataclass(frozen=True, slots=True)
class Captures:
    """The newest attempts to copy a document, and the newest order for one.

    ``more`` says that there are older attempts than those in ``newest``.
    """

    newest: tuple[Capture, ...]
    order: CaptureOrder | None
    more: bool

    @property
    def is_owed(self) -> bool:
        """Whether a copy is owed now."""
        return self.order is not None and self.order.state == CaptureOrder.State.OWED


@dataclass(frozen=True, slots=True)
class HeldCopy:
    """One stored copy of a document: what it is known by, and where it came from."""

    id: int
    sha256: str
    captured_at: datetime
    content_type: str
    size: int
    origin: str
    final_url: str


HELD = ("pk", "sha256", "captured_at", "content_type", "size", "origin", "final_url")


def held_copies(evidence_ids: Collection[int], *, known_at: datetime) -> dict[int, HeldCopy]:
    """The newest copy held of each document at ``known_at``; none for those without. One query.

    Whether the reader may know of these documents is for the caller to have asked.
    """
    newest = Capture.objects.newest_of(OuterRef("pk"), by=known_at)
    documents = Evidence.objects.filter(pk__in=evidence_ids).order_by()
    rows = Capture.objects.filter(pk__in=documents.values(newest=Subquery(newest.values("pk")[:1])))
    return {row[0]: HeldCopy(*row[1:]) for row in rows.order_by().values_list("evidence_id", *HELD)}


def newest_texts(evidence_ids: Collection[int], most: int) -> dict[int, str]:
    """The first ``most`` characters of each document's newest copy; none without text. One query.

    Whether the reader may know of these documents is for the caller to have asked.
    """
    rows = Evidence.objects.filter(pk__in=evidence_ids).order_by()
    texts = rows.values_list("pk", Capture.objects.newest_text(most))
    return {pk: text for pk, text in texts if text}


def captures_of(evidence: Evidence) -> Captures:
    """What was captured of a document that the reader may see, newest first. Two queries."""
    rows = Capture.objects.filter(evidence=evidence).select_related("captured_by")
    newest = tuple(rows.defer("text", "headers").order_by("-captured_at", "-id")[: MOST_SHOWN + 1])
    order = CaptureOrder.objects.filter(evidence=evidence).order_by("-asked_at", "-id").first()
    return Captures(newest[:MOST_SHOWN], order, len(newest) > MOST_SHOWN)


def capture_for(reader: Reader, pk: int, *, evidence_id: int | None = None) -> Capture:
    """One attempt, if the reader may see its document. Raises NoCapture. One query.

    With ``evidence_id`` it has to be one of that document.
    """
    rows = Capture.objects.filter(evidence__sensitivity__in=sensitivities_for(reader))
    if evidence_id is not None:
        rows = rows.filter(evidence=evidence_id)
    found = rows.select_related("evidence", "captured_by").filter(pk=pk).first()
    if found is None:
        raise NoCapture("There is no such capture.", field="id", value=pk)
    return found


def custody_of(capture: Capture) -> QuerySet[CustodyEntry]:
    """Who handled a copy, from its capture on."""
    return CustodyEntry.objects.filter(capture=capture).select_related("by").order_by("at", "id")


def orders_for(reader: Reader) -> QuerySet[CaptureOrder]:
    """What is or was owed of documents that the reader may see."""
    return CaptureOrder.objects.filter(evidence__sensitivity__in=sensitivities_for(reader))
