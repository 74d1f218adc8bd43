"""The status of a program as the API tells it: one shape for JSON and CSV."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from conditions.queries.condition_facts import EvidenceCount
from conditions.queries.cycles import CycleDates
from conditions.queries.official_findings import OfficialDocument
from conditions.queries.status import ConditionStatus, ProgramStatus

DISCLAIMER = (
    "These are the judgements of the people who run this tracker. They are not official findings "
    "and have no legal effect."
)
DEMONSTRATION = "Some of these judgements are for demonstration only."


@dataclass(frozen=True, slots=True)
class ScorecardCycle:
    """The review cycle that the day falls in: day ``day`` of ``of``, ``left`` to go."""

    number: int
    starts_on: date
    due_on: date
    scheduled_due_on: date
    closed_at: datetime | None
    state: str
    day: int
    of: int
    left: int


@dataclass(frozen=True, slots=True)
class ScorecardEvidence:
    """How many documents stand for, against and beside a condition."""

    supports: int
    contradicts: int
    neutral: int


@dataclass(frozen=True, slots=True)
class ScorecardDocument:
    """The document in which the official finding stands, if this reader may know of it."""

    key: str
    title: str
    url: str


@dataclass(frozen=True, slots=True)
class ScorecardCondition:
    """A condition with the judgement in force; ``work_state`` is null for readers outside the team.

    ``status`` is null while nothing was judged, which is neither “not met” nor “cannot be
    assessed”. ``judged_in_cycle`` tells a judgement carried over from an earlier cycle. The
    official finding is that on ``cycle``; ``official_found_on`` is the date of the report, or of
    the search that found none. ``unmet_items`` are checklist items whose evidence rule is not met
    by the documents that this reader may see.
    """

    code: str
    title: str
    status: str | None
    status_label: str
    trend: str | None
    confidence: str | None
    confidence_reason: str
    rationale: str
    valid_from: date | None
    approved_at: datetime | None
    judged_in_cycle: int | None
    work_state: str | None
    evidence: ScorecardEvidence
    official_finding: str | None
    official_found_on: date | None
    official_document: ScorecardDocument | None
    flags: tuple[str, ...]
    unmet_items: tuple[str, ...]
    is_demonstration: bool


@dataclass(frozen=True, slots=True)
class Scorecard:
    """A program's conditions on ``valid_at``, as known at ``known_at``."""

    program: str
    title: str
    legal_stage: str
    legal_stage_label: str
    valid_at: date
    known_at: datetime
    cycle: ScorecardCycle | None
    conditions: tuple[ScorecardCondition, ...]
    four_eyes: bool
    is_demonstration: bool
    disclaimer: str


def scorecard(status: ProgramStatus, *, for_team: bool) -> Scorecard:
    """A program's status in the API's words."""
    program = status.program
    conditions = tuple(_condition(each, for_team=for_team) for each in status.conditions)
    demonstrates = program.is_demonstration or any(one.is_demonstration for one in conditions)
    return Scorecard(
        program=program.slug,
        title=program.title,
        legal_stage=program.legal_stage,
        legal_stage_label=program.get_legal_stage_display(),
        valid_at=status.as_of.valid_at,
        known_at=status.as_of.known_at,
        cycle=None if status.cycle is None else _cycle(status.cycle),
        conditions=conditions,
        four_eyes=program.four_eyes,
        is_demonstration=demonstrates,
        disclaimer=f"{DISCLAIMER} {DEMONSTRATION}" if demonstrates else DISCLAIMER,
    )


def table(card: Scorecard) -> Iterable[dict[str, object]]:
    """The scorecard as one flat row for each condition, in the columns of ``COLUMNS``."""
    cycle = card.cycle
    shared = {
        **{name: getattr(card, name) for name in _ASKED},
        **{f"program_{name}": getattr(card, name) for name in _WHOLE},
        **{
            f"cycle_{name}": None if cycle is None else getattr(cycle, name)
            for name in ScorecardCycle.__slots__
        },
    }
    for one in card.conditions:
        document = one.official_document
        yield {
            **shared,
            **{name: getattr(one, name) for name in _PLAIN},
            **{f"evidence_{name}": getattr(one.evidence, name) for name in _COUNTS},
            **{
                f"official_document_{name}": document and getattr(document, name)
                for name in ScorecardDocument.__slots__
            },
            "flags": " ".join(one.flags),
            "unmet_items": " ".join(one.unmet_items),
        }


_COUNTS = ScorecardEvidence.__slots__
_ASKED = ("program", "valid_at", "known_at")
_WHOLE = tuple(name for name in Scorecard.__slots__ if name not in (*_ASKED, "cycle", "conditions"))
_NESTED = ("evidence", "official_document", "flags", "unmet_items")
_PLAIN = tuple(name for name in ScorecardCondition.__slots__ if name not in _NESTED)
COLUMNS = (
    *_ASKED,
    *_PLAIN,
    *(f"evidence_{name}" for name in _COUNTS),
    *(f"official_document_{name}" for name in ScorecardDocument.__slots__),
    "flags",
    "unmet_items",
    *(f"cycle_{name}" for name in ScorecardCycle.__slots__),
    *(f"program_{name}" for name in _WHOLE),
)


def _cycle(cycle: CycleDates) -> ScorecardCycle:
    return ScorecardCycle(
        number=cycle.number,
        starts_on=cycle.starts_on,
        due_on=cycle.due_on,
        scheduled_due_on=cycle.scheduled_due_on,
        closed_at=cycle.closed_at,
        state=cycle.state.value,
        day=cycle.days.day,
        of=cycle.days.of,
        left=cycle.days.left,
    )


def _condition(one: ConditionStatus, *, for_team: bool) -> ScorecardCondition:
    return ScorecardCondition(
        code=one.code,
        title=one.title,
        status=one.status,
        status_label=one.status_label,
        trend=one.trend or None,
        confidence=one.confidence or None,
        confidence_reason=one.confidence_reason,
        rationale=one.rationale,
        valid_from=one.valid_from,
        approved_at=one.approved_at,
        judged_in_cycle=one.judged_in_cycle,
        work_state=one.work_state if for_team else None,
        evidence=_evidence(one.evidence),
        official_finding=one.official,
        official_found_on=one.official_found_on,
        official_document=_document(one.official_document),
        flags=one.flags.names(),
        unmet_items=one.unmet,
        is_demonstration=one.is_demonstration,
    )


def _evidence(count: EvidenceCount) -> ScorecardEvidence:
    return ScorecardEvidence(count.supports, count.contradicts, count.neutral)


def _document(document: OfficialDocument | None) -> ScorecardDocument | None:
    if document is None:
        return None
    return ScorecardDocument(document.key, document.title, document.url)
