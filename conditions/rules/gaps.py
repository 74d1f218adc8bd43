"""Gaps: what the evidence on a checklist item, or on a condition as a whole, still lacks."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from conditions.rules.evidence import (
    EvidenceRule,
    Exhibit,
    Stance,
    is_one_sided,
    is_single_source,
    rule_met,
)

# Half of a review period of 120 days: what was silent so long will be judged on old evidence.
QUIET_DAYS = 60
MOST_QUIET_DAYS = 3_650


class GapKind(StrEnum):
    """What is missing, the gravest first."""

    EMPTY = "empty"
    THIN = "thin"
    QUIET = "quiet"
    ONE_SIDED = "one_sided"
    SINGLE_SOURCE = "single_source"


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing that is missing, in a sentence."""

    kind: GapKind
    sentence: str


def gaps_of(
    exhibits: Iterable[Exhibit],
    rule: EvidenceRule | None,
    *,
    newest_on: date | None,
    day: date,
    quiet_days: int = QUIET_DAYS,
) -> tuple[Gap, ...]:
    """What the exhibits lack on ``day``, the gravest first; empty where nothing does.

    ``newest_on`` is the day the newest of them was published, or filed where that is not known.
    Without a ``rule``, as for a condition as a whole, nothing is called thin.
    """
    several = list(exhibits)
    if not several:
        return (Gap(GapKind.EMPTY, "Nothing is filed."),)
    found = []
    verdict = rule_met(rule, several) if rule else None
    if verdict is not None and not verdict.met:
        found.append(Gap(GapKind.THIN, f"Thin: {verdict.reason}"))
    quiet = (day - newest_on).days if newest_on else 0
    if quiet >= quiet_days:
        found.append(Gap(GapKind.QUIET, f"Nothing new for {quiet:,} days."))
    if is_one_sided(several):
        missing = "contradicts" if _all_support(several) else "supports"
        found.append(Gap(GapKind.ONE_SIDED, f"One-sided: nothing on file {missing} it."))
    if is_single_source(several):
        found.append(Gap(GapKind.SINGLE_SOURCE, "Rests on one source."))
    return tuple(found)


def _all_support(exhibits: Iterable[Exhibit]) -> bool:
    return any(exhibit.stance == Stance.SUPPORTS for exhibit in exhibits if exhibit.takes_a_side)
