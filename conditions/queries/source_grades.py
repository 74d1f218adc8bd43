"""What rests on how reliable a source is held, and whether its items were graded apart from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from conditions.models import Assessment, Citation, Source
from conditions.queries.staleness import in_force_now

# Fewer documents can match their source's letter by chance.
ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Rests:
    """How many approved judgements cite a source, and how many of these hold now."""

    approved: int
    in_force: int


def judgements_resting_on(source_id: int, *, known_at: datetime) -> Rests:
    """The judgements that cite documents of a source. Two queries."""
    citing = Citation.objects.filter(evidence__source=source_id).order_by().values("assessment")
    approved = Assessment.objects.approved().filter(pk__in=citing, approved_at__lte=known_at)
    return Rests(
        approved=approved.count(),
        in_force=in_force_now(known_at).filter(pk__in=citing).count(),
    )


def graded_alike(source: Source) -> int:
    """How many documents a source has, if each is as credible as the source is reliable, else 0.

    One query. That is possible, but more often one grade was copied into the other.
    """
    same = "ABCDEF".index(source.reliability) + 1
    counts = source.evidence.order_by().values_list("credibility").annotate(Count("pk"))
    by_credibility = dict(counts)
    number: int = by_credibility.get(same, 0)
    return number if by_credibility.keys() == {same} and number >= ENOUGH else 0
