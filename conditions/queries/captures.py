"""Captures as pages show them: the copies of one document, what is owed, and what failed."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

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


def captures_of(evidence: Evidence) -> Captures:
    """What was captured of a document that the reader may see, newest first. Two queries."""
    rows = Capture.objects.filter(evidence=evidence).select_related("captured_by")
    newest = tuple(rows.defer("text", "headers").order_by("-captured_at", "-id")[: MOST_SHOWN + 1])
    order = CaptureOrder.objects.filter(evidence=evidence).order_by("-asked_at", "-id").first()
    return Captures(newest[:MOST_SHOWN], order, len(newest) > MOST_SHOWN)


def capture_for(reader: Reader, pk: int) -> Capture:
    """One attempt, if the reader may see its document. Raises NoCapture. One query."""
    rows = Capture.objects.filter(evidence__sensitivity__in=sensitivities_for(reader))
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
