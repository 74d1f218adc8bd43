"""One review cycle: dates, judgements with what they cite, changes, evidence and closing."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from conditions.models import CycleRevision, Program, ReviewCycle
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import (
    ConditionSpan,
    CycleJudgement,
    by_cycle,
    judgements_of,
    spans_of,
)
from conditions.queries.cycles import CycleDates, program_cycles
from conditions.queries.exhibits import Document, cited_documents, with_losses
from conditions.queries.flags import Flags, flags_of
from conditions.queries.link_health import LostCount, lost_links, lost_links_in_cycle
from conditions.queries.official_findings import OfficialDocument, official_findings
from conditions.queries.official_reports import ReportSent, reports_on
from conditions.queries.scorecard import direction_between
from conditions.queries.sightings import sighted
from conditions.rules.calendar import CycleState
from conditions.rules.refusals import NotFound
from conditions.rules.status import Count, distribution

_CLOSED = (CycleState.CLOSED, CycleState.SKIPPED)


class NoCycle(NotFound):
    """The program has no cycle of that number."""


@dataclass(frozen=True, slots=True)
class CycleRow:
    """One condition in the cycle; ``documents`` were published in its span."""

    condition: ConditionSpan
    judgement: CycleJudgement | None
    before: CycleJudgement | None
    direction: str
    cited: tuple[Document, ...]
    flags: Flags
    official: str | None
    official_found_on: date | None
    official_document: OfficialDocument | None
    supports: int
    contradicts: int
    lost: LostCount | None = None


@dataclass(frozen=True, slots=True)
class Extension:
    """One change of a cycle's dates, with its reason."""

    due_on_before: date
    due_on: date
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Closing:
    """Who closed the cycle when, and the note they left."""

    closed_on: date
    closed_by: str
    note: str


@dataclass(frozen=True, slots=True)
class CyclePage:
    """All that a cycle's page shows."""

    cycle: CycleDates
    previous: CycleDates | None
    following: CycleDates | None
    rows: tuple[CycleRow, ...]
    counts: tuple[Count, ...]
    extensions: tuple[Extension, ...]
    closing: Closing | None
    report: ReportSent | None
    most_documents: int
    is_demonstration: bool

    @property
    def lost(self) -> tuple[CycleRow, ...]:
        """The conditions of which a document was lost in the cycle, where that was asked for."""
        return tuple(row for row in self.rows if row.lost)

    @property
    def changed(self) -> tuple[CycleRow, ...]:
        """The conditions judged differently from the cycle before."""
        return tuple(row for row in self.rows if row.direction not in ("same", "none"))


def cycle_page(
    program: Program, number: int, as_of: AsOf, *, sensitivities: Collection[str]
) -> CyclePage:
    """The page of cycle ``number``. Raises NoCycle. Eleven queries, whatever is on file."""
    cycles = program_cycles(program, as_of)
    cycle = cycle_numbered(cycles, number, program)
    previous = next((other for other in cycles if other.number == number - 1), None)
    shown = [other.id for other in (previous, cycle) if other]
    judgements = by_cycle(judgements_of(as_of, cycle_ids=shown))
    conditions = [
        condition
        for condition in spans_of(program, as_of.known_at)
        if condition.is_in_force_on(cycle.due_on - timedelta(days=1))
        or (condition.id, cycle.id) in judgements
    ]
    own = [row.id for (_, cycle_id), row in judgements.items() if cycle_id == cycle.id]
    cited = cited_documents(own, sensitivities)
    flags = flags_of(own, program.scale, as_of)
    asked = [condition.id for condition in conditions]
    official = official_findings(asked, [cycle.id], as_of.known_at, sensitivities)
    published = _published(conditions, cycle, as_of, sensitivities)
    rows = []
    for condition in conditions:
        judgement = judgements.get((condition.id, cycle.id))
        before = judgements.get((condition.id, previous.id)) if previous else None
        said = official.get((condition.id, cycle.id))
        supports, contradicts = published.get(condition.id, (0, 0))
        rows.append(
            CycleRow(
                condition=condition,
                judgement=judgement,
                before=before,
                direction=_direction(before, judgement, program),
                cited=cited.get(judgement.id, ()) if judgement else (),
                flags=flags.get(judgement.id, Flags()) if judgement else Flags(),
                official=said.finding if said else None,
                official_found_on=said.found_on if said else None,
                official_document=said.document if said else None,
                supports=supports,
                contradicts=contradicts,
            )
        )
    return CyclePage(
        cycle=cycle,
        previous=previous,
        following=next((other for other in cycles if other.number == number + 1), None),
        rows=tuple(rows),
        counts=distribution(
            (row.judgement.status if row.judgement else None for row in rows), program.scale
        ),
        extensions=_extensions(cycle, as_of),
        closing=_closing(cycle),
        report=reports_on([cycle.id], as_of, sensitivities).get(cycle.id),
        most_documents=max((max(pair) for pair in published.values()), default=0),
        is_demonstration=any(row.judgement and row.judgement.is_demonstration for row in rows),
    )


def cycle_with_losses(
    page: CyclePage, program: Program, as_of: AsOf, *, sensitivities: Collection[str]
) -> CyclePage:
    """The page with what is lost at its address, cited or linked. Two queries, three where any is.

    Apart from ``cycle_page``, because a published report says nothing that a site can change.
    """
    cited = {document.id for row in page.rows for document in row.cited}
    losses = lost_links(cited, known_at=as_of.known_at)
    lost = lost_links_in_cycle(
        [row.condition.id for row in page.rows],
        page.cycle,
        time_zone=program.time_zone,
        known_at=as_of.known_at,
        sensitivities=sensitivities,
    )
    rows = tuple(
        replace(row, cited=with_losses(row.cited, losses), lost=lost.get(row.condition.id))
        for row in page.rows
    )
    return replace(page, rows=rows)


def cycle_numbered(cycles: Sequence[CycleDates], number: int, program: Program) -> CycleDates:
    """The cycle of that number among ``cycles``. Raises NoCycle naming those there are."""
    for cycle in cycles:
        if cycle.number == number:
            return cycle
    raise NoCycle(
        f"{program.short_title} has no such cycle.",
        field="cycle",
        value=number,
        remedy=f"Its cycles run from 1 to {len(cycles)}." if cycles else "It has no cycle yet.",
    )


def _direction(
    before: CycleJudgement | None, after: CycleJudgement | None, program: Program
) -> str:
    if after is None:
        return "none"
    return direction_between(before.status if before else None, after.status, program)


def _published(
    conditions: Sequence[ConditionSpan],
    cycle: CycleDates,
    as_of: AsOf,
    sensitivities: Collection[str],
) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    ids = [condition.id for condition in conditions]
    for condition_id, _, stance, day in sighted(
        as_of, sensitivities=sensitivities, condition_ids=ids, cycle=cycle
    ):
        supports, contradicts = found.get(condition_id, (0, 0))
        if day is not None and stance != "neutral":
            for_it = stance == "supports"
            found[condition_id] = (supports + for_it, contradicts + (not for_it))
    return found


def _extensions(cycle: CycleDates, as_of: AsOf) -> tuple[Extension, ...]:
    rows = CycleRevision.objects.filter(cycle=cycle.id, recorded_at__lte=as_of.known_at).order_by(
        "recorded_at", "pk"
    )
    return tuple(
        Extension(row.due_on_before, row.due_on, row.reason, row.recorded_at) for row in rows
    )


def _closing(cycle: CycleDates) -> Closing | None:
    row = ReviewCycle.objects.select_related("closed_by").get(pk=cycle.id)
    if cycle.closed_on is None or cycle.state not in _CLOSED:
        return None
    return Closing(cycle.closed_on, str(row.closed_by), row.closing_note)
