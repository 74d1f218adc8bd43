"""The status of a program: which judgement holds on each condition, as of any day and knowledge."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.condition_facts import (
    EvidenceCount,
    evidence_counts,
    titles,
    work_states,
)
from conditions.queries.cycles import CycleDates, cycle_among, program_cycles
from conditions.queries.evidence_rules import ItemVerdict, rule_verdicts
from conditions.queries.flags import Flags, flags_of
from conditions.queries.official_findings import OfficialDocument, OfficialFact, official_findings
from conditions.queries.sql import fetch

PUBLIC = frozenset({"public"})


@dataclass(frozen=True, slots=True)
class ConditionStatus:
    """One condition on one day: the judgement in force, with its marks, and the work of the cycle.

    ``status`` is None while no judgement holds; ``judged_in_cycle`` tells a judgement carried over
    from an earlier cycle; ``work_state`` and ``official`` are of the cycle the day falls in.
    """

    id: int
    code: str
    title: str
    citation: str
    test: str
    status: str | None
    status_label: str
    trend: str | None
    confidence: str | None
    confidence_reason: str
    rationale: str
    limb: str
    valid_from: date | None
    approved_at: datetime | None
    assessment_id: int | None
    judged_in_cycle: int | None
    work_state: str
    evidence: EvidenceCount
    official: str | None
    official_found_on: date | None
    official_document: OfficialDocument | None
    flags: Flags
    verdicts: tuple[ItemVerdict, ...]
    is_demonstration: bool

    @property
    def unmet(self) -> tuple[str, ...]:
        """The codes of checklist items whose evidence rule is not met."""
        return tuple(one.code for one in self.verdicts if not one.met)


@dataclass(frozen=True, slots=True)
class ProgramStatus:
    """A program's whole scorecard on ``valid_at``, as known at ``known_at``."""

    program: Program
    as_of: AsOf
    cycles: tuple[CycleDates, ...]
    cycle: CycleDates | None
    conditions: tuple[ConditionStatus, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    id: int
    code: str
    title: str
    citation: str
    test: str
    assessment_id: int | None
    status: str | None
    trend: str | None
    confidence: str | None
    confidence_reason: str | None
    rationale: str | None
    limb: str | None
    valid_from: date | None
    approved_at: datetime | None
    is_demonstration: bool | None
    judged_in_cycle: int | None


# The correlated LIMIT 1 reads one entry of the index assessment_in_force per condition; a window
# function over the same rows took 2 to 200 times as long at a million assessments.
_IN_FORCE = """
SELECT c.id, c.code, c.title, c.citation, c.test,
       a.id, a.status, a.trend, a.confidence, a.confidence_reason, a.rationale, a.limb,
       a.valid_from, a.approved_at, a.is_demonstration, y.number
FROM conditions_condition c
LEFT JOIN conditions_assessment a ON a.id = (
    SELECT j.id FROM conditions_assessment j
    WHERE j.condition_id = c.id AND j.state = 'approved'
      AND j.valid_from <= %(valid_at)s AND j.approved_at <= %(known_at)s
      AND NOT EXISTS (
        SELECT 1 FROM conditions_assessment k
        WHERE k.corrects_id = j.id AND k.state = 'approved' AND k.approved_at <= %(known_at)s)
    ORDER BY j.valid_from DESC, j.approved_at DESC, j.id DESC LIMIT 1)
LEFT JOIN conditions_reviewcycle y ON y.id = a.cycle_id
WHERE c.program_id = %(program)s AND c.in_force_from <= %(valid_at)s
  AND (c.in_force_until IS NULL OR c.in_force_until > %(valid_at)s)
  AND EXISTS (
    SELECT 1 FROM conditions_conditionversion v
    WHERE v.condition_id = c.id AND v.number = 1 AND v.recorded_at <= %(known_at)s)
ORDER BY c.position, c.id
"""


def program_status(
    program: Program, as_of: AsOf, *, sensitivities: Collection[str] = PUBLIC
) -> ProgramStatus:
    """Every condition in force on ``as_of.valid_at`` with the judgement that holds then.

    A condition first recorded after ``as_of.known_at`` was not known and is not there.
    ``sensitivities`` are the kinds of evidence the reader may see counted. Ten queries, whatever
    the number of conditions.
    """
    rows = _in_force(program, as_of)
    ids = [row.id for row in rows]
    cycles = program_cycles(program, as_of)
    cycle = cycle_among(cycles, as_of.valid_at)
    title_then = titles(ids, as_of.known_at)
    counts = evidence_counts(ids, as_of.known_at, sensitivities)
    work = work_states(ids, cycle, as_of.known_at)
    official = _official(ids, cycle, as_of, sensitivities)
    judged = [row.assessment_id for row in rows if row.assessment_id is not None]
    flags = flags_of(judged, program.scale, as_of)
    verdicts = rule_verdicts(ids, as_of, sensitivities)
    scale = program.scale
    return ProgramStatus(
        program=program,
        as_of=as_of,
        cycles=cycles,
        cycle=cycle,
        conditions=tuple(
            ConditionStatus(
                id=row.id,
                code=row.code,
                title=title_then.get(row.id, row.title),
                citation=row.citation,
                test=row.test,
                status=row.status,
                status_label=scale.label(row.status),
                trend=row.trend,
                confidence=row.confidence,
                confidence_reason=row.confidence_reason or "",
                rationale=row.rationale or "",
                limb=row.limb or "",
                valid_from=row.valid_from,
                approved_at=row.approved_at,
                assessment_id=row.assessment_id,
                judged_in_cycle=row.judged_in_cycle,
                work_state=work.get(row.id, "not_started"),
                evidence=counts.get(row.id, EvidenceCount()),
                official=said.finding if (said := official.get(row.id)) else None,
                official_found_on=said.found_on if said else None,
                official_document=said.document if said else None,
                flags=flags.get(row.assessment_id or 0, Flags()),
                verdicts=verdicts.get(row.id, ()),
                is_demonstration=bool(row.is_demonstration),
            )
            for row in rows
        ),
    )


def _in_force(program: Program, as_of: AsOf) -> list[_Row]:
    parameters = {
        "program": program.pk,
        "valid_at": as_of.valid_at,
        "known_at": as_of.known_at,
    }
    return [_Row(*row) for row in fetch(_IN_FORCE, parameters)]


def _official(
    ids: Collection[int], cycle: CycleDates | None, as_of: AsOf, sensitivities: Collection[str]
) -> dict[int, OfficialFact]:
    cycles = [cycle.id] if cycle else []
    found = official_findings(ids, cycles, as_of.known_at, sensitivities)
    return {condition_id: said for (condition_id, _), said in found.items()}
