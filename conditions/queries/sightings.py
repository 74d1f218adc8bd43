"""When documents on conditions were published: what is counted and plotted beside judgements."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from conditions.models import EvidenceLink
from conditions.queries.asof import AsOf
from conditions.queries.cycles import CycleDates


def sighted(
    as_of: AsOf,
    *,
    sensitivities: Collection[str],
    condition_ids: Collection[int],
    cycle: CycleDates | None = None,
    most: int = 2_000,
) -> list[tuple[int, int, str, date | None]]:
    """(condition, evidence, stance, day published) of standing links, newest first. One query.

    ``cycle`` keeps only what was published in its span.
    """
    rows = (
        EvidenceLink.objects.standing_at(as_of.known_at)
        .filter(condition__in=condition_ids, evidence__sensitivity__in=sensitivities)
        .order_by("-evidence__published_on", "evidence", "stance")
        .values_list(
            "condition_id",
            "evidence_id",
            "stance",
            "evidence__published_on",
        )
        .distinct()
    )
    if cycle is not None:
        rows = rows.filter(
            evidence__published_on__gte=cycle.starts_on, evidence__published_on__lt=cycle.due_on
        )
    return list(rows[:most])
