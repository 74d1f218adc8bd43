"""The copies beside a judgement: what was held of each document it cites, and what came since."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from conditions.models import Capture, Citation, Evidence
from conditions.queries.captures import HELD, HeldCopy


@dataclass(frozen=True, slots=True)
class CopyLine:
    """What was held of a document at a moment, the first copy after it, and the newest of all.

    ``first`` is there only where nothing was held by then, ``newest`` only where it is another
    copy than ``held`` and ``first``.
    """

    at: datetime
    held: HeldCopy | None = None
    first: HeldCopy | None = None
    newest: HeldCopy | None = None

    @property
    def differs(self) -> bool:
        """Whether the newest copy holds other bytes than the one that was held."""
        return bool(self.held and self.newest and self.newest.sha256 != self.held.sha256)

    @property
    def days_late(self) -> int:
        """How many whole days after the moment the first copy was captured."""
        return (self.first.captured_at - self.at).days if self.first else 0


def copies_beside(
    evidence_ids: Collection[int], *, at: datetime, known_at: datetime
) -> dict[int, CopyLine]:
    """What was held at ``at`` of each of these documents, told at ``known_at``. One query, none
    without documents.

    Whether the reader may know of these documents is for the caller to have asked.
    """
    newest = Capture.objects.newest_of(OuterRef("pk"), by=max(at, known_at))
    held, first, newest = (
        _one_each(evidence_ids, rows)
        for rows in (
            newest.filter(captured_at__lte=at),
            newest.filter(captured_at__gt=at).reverse(),
            newest,
        )
    )
    found: dict[int, list[HeldCopy]] = {pk: [] for pk in evidence_ids}
    if found:
        for pk, *told in held.union(first, newest):
            found[pk].append(HeldCopy(*told))
    return {pk: _line(at, copies) for pk, copies in found.items()}


def copies_judged(assessment_ids: Collection[int]) -> dict[tuple[int, str], HeldCopy]:
    """The copy held of each document when the judgement that cites it was approved, by the id of
    the judgement and the key of the document. One query.

    Whether the reader may know of these documents is for the caller to have asked.
    """
    held = Capture.objects.newest_of(OuterRef("evidence"), OuterRef("assessment__approved_at"))
    told = (Subquery(held.values(name)[:1]) for name in HELD)
    rows = Citation.objects.filter(assessment__in=assessment_ids).order_by("pk")
    return {
        (judged, key): HeldCopy(*copy)
        for judged, key, *copy in rows.values_list("assessment_id", "evidence__key", *told)
        if copy[0] is not None
    }


def _one_each(evidence_ids: Collection[int], rows: QuerySet[Capture]) -> Any:
    documents = Evidence.objects.filter(pk__in=evidence_ids).order_by()
    chosen = documents.values(one=Subquery(rows.values("pk")[:1]))
    return Capture.objects.filter(pk__in=chosen).order_by().values_list("evidence_id", *HELD)


def _line(at: datetime, copies: list[HeldCopy]) -> CopyLine:
    copies.sort(key=lambda copy: (copy.captured_at, copy.id))
    held = next((copy for copy in reversed(copies) if copy.captured_at <= at), None)
    first = None if held else next(iter(copies), None)
    newest = copies[-1] if copies else None
    return CopyLine(at, held, first, None if newest in (held, first) else newest)
