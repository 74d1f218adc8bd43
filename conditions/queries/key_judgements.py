"""The key judgements of a cycle, as its reader may know them, and the cycle by its id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Subquery

from conditions.models import KeyJudgements, Program, Publication, ReviewCycle
from conditions.queries.named import NotKnown
from conditions.rules.authority import Reader


@dataclass(frozen=True, slots=True)
class KeyJudgementsRow:
    """What a cycle's report says first, most important first; number 0 where there is no set.

    Who sees drafts is told the newest set, anybody else the one that was published last.
    """

    program: str
    cycle: int
    number: int
    statements: tuple[str, ...]
    recorded_at: datetime | None


def cycle_seen(reader: Reader, pk: int) -> ReviewCycle:
    """The cycle with this id, with its program. Raises NotKnown. One query."""
    rows = ReviewCycle.objects.filter(program__in=Program.objects.for_reader(reader))
    found = rows.select_related("program").filter(pk=pk).first()
    if found is None:
        raise NotKnown(
            "There is no such cycle here.",
            field="id",
            value=pk,
            remedy="See the list of cycles for what there is.",
        )
    return found


def key_judgements_seen(reader: Reader, cycle: ReviewCycle) -> KeyJudgementsRow:
    """The set of a cycle, with its program, that this reader may know. One query."""
    sets = KeyJudgements.objects.filter(cycle=cycle)
    if not reader.has_perm("conditions.view_draft_assessment"):
        published = Publication.objects.filter(cycle=cycle).order_by("-version")
        sets = sets.filter(recorded_at__lte=Subquery(published.values("known_at")[:1]))
    newest = sets.order_by("-number").first()
    return KeyJudgementsRow(
        program=cycle.program.slug,
        cycle=cycle.number,
        number=newest.number if newest else 0,
        statements=tuple(str(one) for one in newest.statements) if newest else (),
        recorded_at=newest.recorded_at if newest else None,
    )
