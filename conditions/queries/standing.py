"""What a judgement stands on, for its reviewer: doubts, evidence rules, the search log."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from conditions.models import Assessment
from conditions.queries.asof import AsOf
from conditions.queries.evidence_rules import ItemVerdict, rule_verdicts
from conditions.queries.flags import Flags, flags_of
from conditions.queries.searches import SearchLine, searches_for


@dataclass(frozen=True, slots=True)
class Standing:
    """The doubts about a judgement, its condition's evidence rules, and the log of its cycle.

    ``lacks_search`` where it says that nothing could be assessed and nobody has logged a search.
    """

    flags: Flags
    verdicts: tuple[ItemVerdict, ...]
    searches: tuple[SearchLine, ...]
    lacks_search: bool


def standing_of(
    assessment: Assessment, *, as_of: datetime, sensitivities: Collection[str]
) -> Standing:
    """What ``assessment`` (with its condition and program) stands on at ``as_of``. Five queries."""
    program = assessment.condition.program
    clocks = AsOf(program.day_of(as_of), as_of)
    condition_id = assessment.condition_id
    searches = searches_for(condition_id, assessment.cycle_id, as_of)
    return Standing(
        flags=flags_of([assessment.pk], program.scale, clocks).get(assessment.pk, Flags()),
        verdicts=rule_verdicts([condition_id], clocks, sensitivities).get(condition_id, ()),
        searches=searches,
        lacks_search=assessment.status in program.scale.unclear_codes()
        and all(line.is_corrected for line in searches),
    )
