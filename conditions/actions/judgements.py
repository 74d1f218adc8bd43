"""What a judgement says, and what it must say before it may be saved or submitted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from conditions.actions.authorities import require_fitting_authority
from conditions.models import (
    Assessment,
    Condition,
    ReviewCycle,
)
from conditions.rules.refusals import Conflict, Invalid
from conditions.rules.status import Confidence, Trend


class BadJudgement(Invalid):
    """Part of a judgement is missing or cannot be accepted."""


class AlreadyCorrected(Conflict):
    """The judgement to be corrected was corrected already."""


class CycleNotAssessable(Conflict):
    """The cycle has not begun, or is closed."""


@dataclass(frozen=True, slots=True)
class ItemFinding:
    """The judgement on one checklist item, named by its row id."""

    item_id: int
    status: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person says about a condition: marks, words, findings and cited evidence (row ids).

    ``authority`` says who waived the condition, by which act.
    """

    rationale: str
    valid_from: date
    status: str = ""
    trend: str = ""
    confidence: str = ""
    confidence_reason: str = ""
    limb: str = ""
    dissent: str = ""
    authority: str = ""
    findings: tuple[ItemFinding, ...] = ()
    cited: tuple[int, ...] = ()

    def columns(self) -> dict[str, Any]:
        """The values that stand in the assessment's own row."""
        return {
            "rationale": self.rationale.strip(),
            "valid_from": self.valid_from,
            "status": self.status,
            "trend": self.trend,
            "confidence": self.confidence,
            "confidence_reason": self.confidence_reason.strip(),
            "limb": self.limb,
            "dissent": self.dissent.strip(),
            "authority": self.authority.strip(),
        }


def require_judgement_fits(
    judgement: Judgement,
    *,
    condition: Condition,
    cycle: ReviewCycle,
    corrects: Assessment | None,
    as_of: datetime,
) -> None:
    """Raise unless the judgement can be saved on this condition in this cycle at ``as_of``."""
    if not judgement.rationale.strip():
        raise BadJudgement(
            "A judgement cannot be saved without a rationale.",
            field="rationale",
            value=judgement.rationale,
            remedy="Say in a sentence or more what the evidence shows.",
        )
    _require_same_program(condition, cycle)
    _require_assessable(cycle, corrects, condition, as_of)
    _require_day(judgement.valid_from, condition, cycle, as_of)
    scale = cycle.program.scale
    for status in (judgement.status, *(finding.status for finding in judgement.findings)):
        if status:
            scale.grade(status)
    _require_member("trend", judgement.trend, [trend.value for trend in Trend])
    _require_member("confidence", judgement.confidence, [level.value for level in Confidence])
    _require_member("limb", judgement.limb, [limb.value for limb in Assessment.Limb])
    require_fitting_authority(judgement.authority.strip(), judgement.status, scale)


def _require_same_program(condition: Condition, cycle: ReviewCycle) -> None:
    if condition.program_id != cycle.program_id:
        raise BadJudgement(
            f"{condition.code} does not belong to the program of this cycle.",
            field="cycle",
            value=str(cycle),
            remedy="Choose a cycle of the condition's own program.",
        )


def _require_assessable(
    cycle: ReviewCycle, corrects: Assessment | None, condition: Condition, as_of: datetime
) -> None:
    if cycle.starts_on > cycle.program.day_of(as_of):
        raise CycleNotAssessable(
            f"Cycle {cycle.number} begins on {cycle.starts_on}.",
            field="cycle",
            value=cycle.number,
            remedy="Assess it from that day on.",
        )
    require_cycle_takes(cycle, corrects)
    if corrects is not None and (
        corrects.condition_id != condition.pk
        or corrects.cycle_id != cycle.pk
        or corrects.approved_at is None
    ):
        raise BadJudgement(
            "A correction corrects an approved judgement of the same condition and cycle.",
            field="corrects",
            value=corrects.pk,
            remedy="Open the judgement to be corrected and start from there.",
        )


def require_cycle_takes(cycle: ReviewCycle, corrects: Assessment | None) -> None:
    """Raise unless the cycle still takes a judgement: once closed, only the first correction."""
    if corrects is None and cycle.closed_at is not None:
        raise CycleNotAssessable(
            f"Cycle {cycle.number} was {'skipped' if cycle.is_skipped else 'closed'} on "
            f"{cycle.closed_on}.",
            field="cycle",
            value=cycle.number,
            remedy="Judge the condition in the next cycle; there is nothing here to correct."
            if cycle.is_skipped
            else "Correct the approved judgement instead, with a note that says why.",
        )
    if corrects is not None and corrects.corrections.approved().exists():
        raise AlreadyCorrected(
            "This judgement was corrected already.",
            field="corrects",
            value=corrects.pk,
            remedy="Correct the newest judgement instead.",
        )


def _require_day(
    valid_from: date, condition: Condition, cycle: ReviewCycle, as_of: datetime
) -> None:
    today = cycle.program.day_of(as_of)
    if not cycle.starts_on <= valid_from < cycle.due_on or valid_from > today:
        raise BadJudgement(
            f"{valid_from} cannot be the day from which this judgement holds.",
            field="valid_from",
            value=valid_from,
            remedy=f"Give a day from {cycle.starts_on}, before {cycle.due_on}, not after {today}.",
        )
    begins, ends = condition.in_force_from, condition.in_force_until
    if valid_from < begins or (ends is not None and valid_from >= ends):
        raise BadJudgement(
            f"{condition.code} was not in force on {valid_from}.",
            field="valid_from",
            value=valid_from,
            remedy=f"Give a day from {begins}{f' and before {ends}' if ends else ''}.",
        )


def _require_member(field: str, value: str, accepted: list[str]) -> None:
    if value and value not in accepted:
        raise BadJudgement(
            f"“{value}” is not a known {field}.",
            field=field,
            value=value,
            remedy=f"Use one of {', '.join(entry for entry in accepted if entry)}.",
        )
