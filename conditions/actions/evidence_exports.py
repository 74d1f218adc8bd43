"""What leaves as a spreadsheet of evidence, put on record."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from conditions.actions.record import record_event, require_permission
from conditions.models import Event, Program, User


def record_evidence_export(
    *,
    program: Program,
    count: int,
    kind: str,
    sensitivities: Collection[str],
    by: User | None,
    as_of: datetime,
) -> Event:
    """Record that ``by`` took ``count`` documents along, as a file of this ``kind``.

    ``program`` is the one whose codes the file uses; nothing of it changes. ``sensitivities`` are
    those of which documents may be in the file. Needs ``view_evidence``.
    """
    require_permission(by, "view_evidence", to="download evidence")
    with transaction.atomic():
        return record_event(
            verb="evidence.exported",
            subject=program,
            by=by,
            as_of=as_of,
            after={"count": count, "format": kind, "sensitivities": sorted(sensitivities)},
        )
