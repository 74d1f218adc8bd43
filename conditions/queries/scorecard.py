"""The scorecard: conditions by cycles, with what changed and what needs attention."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from conditions.models import Program
from conditions.queries.asof import AsOf
from conditions.queries.attention import Attention, attention_for
from conditions.queries.cycle_judgements import (
    CycleJudgement,
    Judgements,
    by_cycle,
    judgements_of,
    spans_of,
)
from conditions.queries.cycles import CycleDates
from conditions.queries.escalation import periods_of
from conditions.queries.link_health import lost_links_in_cycle
from conditions.queries.official_findings import official_findings
from conditions.queries.official_reports import ReportSent, reports_on
from conditions.queries.periods import Periods
from conditions.queries.publications import PublishedLine, published_in
from conditions.queries.scorecard_rows import Row, scorecard_row
from conditions.queries.status import PUBLIC, ProgramStatus, program_status
from conditions.rules.status import Count, distribution, dropped_two_steps

MOST_CYCLES = 8
LINE = 160


@dataclass(frozen=True, slots=True)
class Change:
    """How one condition was judged in two cycles; ``before`` is None where it was not."""

    code: str
    title: str
    before: str | None
    after: str | None
    direction: str
    line: str


@dataclass(frozen=True, slots=True)
class Changes:
    """What the newest judged cycle says differently from the one judged before it."""

    before: CycleDates
    after: CycleDates
    changed: tuple[Change, ...]
    unchanged: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Scorecard:
    """All that a program's page shows on a day, as known at a moment.

    ``runs`` are the counts of consecutive periods, our own and the official one; ``report`` and
    ``published`` are the newest official report on record and the newest of our own.
    """

    status: ProgramStatus
    cycles: tuple[CycleDates, ...]
    next_cycle: CycleDates | None
    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    changes: Changes | None
    attention: tuple[Attention, ...]
    runs: tuple[Periods, ...]
    report: ReportSent | None
    published: PublishedLine | None
    most_documents: int
    is_demonstration: bool


def scorecard(
    program: Program, as_of: AsOf, *, sensitivities: Collection[str] = PUBLIC
) -> Scorecard:
    """The scorecard of ``program``; the matrix shows the newest eight cycles begun by the day.

    Seven queries more than ``program_status``, whatever the number of conditions and cycles.
    """
    status = program_status(program, as_of, sensitivities=sensitivities)
    begun = [cycle for cycle in status.cycles if cycle.starts_on <= as_of.valid_at]
    shown = tuple(begun[-MOST_CYCLES:])
    judged = judgements_of(as_of, cycle_ids=[cycle.id for cycle in shown])
    judgements = by_cycle(judged)
    conditions = spans_of(program, as_of.known_at)
    asked = [row.id for row in status.conditions]
    official = official_findings(
        asked, [cycle.id for cycle in shown], as_of.known_at, sensitivities
    )
    sent = reports_on([cycle.id for cycle in begun], as_of, sensitivities)
    published = [
        line
        for line in published_in(program.pk, as_of.known_at).values()
        if line.valid_at <= as_of.valid_at
    ]
    lost = lost_links_in_cycle(
        asked,
        status.cycle,
        time_zone=program.time_zone,
        known_at=as_of.known_at,
        sensitivities=sensitivities,
    )
    documents = [row.evidence for row in status.conditions]
    return Scorecard(
        status=status,
        cycles=shown,
        next_cycle=next((c for c in status.cycles if c.starts_on > as_of.valid_at), None),
        rows=tuple(
            scorecard_row(
                row,
                shown,
                judgements,
                official,
                now=status.cycle,
                line=first_line(row.rationale, row.status_label),
            )
            for row in status.conditions
        ),
        counts=distribution((row.status for row in status.conditions), program.scale),
        changes=_changes(status, shown, judgements),
        attention=attention_for(status, fallen=_fallen(status, judged), lost=lost),
        runs=periods_of(program, as_of, cycles=status.cycles, conditions=conditions),
        report=max(sent.values(), key=lambda row: row.cycle_number, default=None),
        published=max(published, key=lambda row: row.cycle_number, default=None),
        most_documents=max((max(n.supports, n.contradicts) for n in documents), default=0),
        is_demonstration=any(row.is_demonstration for row in judgements.values()),
    )


def first_line(text: str, label: str = "", most: int = LINE) -> str:
    """The first sentences of a rationale, cut at a word where they run past ``most`` characters.

    A rationale that opens with the words of its own status, ``label``, starts after them.
    """
    flat = " ".join(text.split()).removeprefix(f"{label}. ")
    if len(flat) <= most:
        return flat
    whole = flat[: most + 1].rpartition(". ")[0]
    if len(whole) > most // 3:
        return f"{whole}."
    return flat[:most].rpartition(" ")[0].rstrip(",;:") + " …"


def direction_between(before: str | None, after: str | None, program: Program) -> str:
    """How a status moved, in a word: up, down, same, new, gone, or other where no order holds."""
    if before == after:
        return "same"
    if before is None or after is None:
        return "new" if before is None else "gone"
    low, high = program.scale.rank(before), program.scale.rank(after)
    if low is None or high is None:
        return "other"
    return "up" if high > low else "down"


def _fallen(status: ProgramStatus, judged: Sequence[CycleJudgement]) -> list[str]:
    in_order: dict[int, list[str]] = {}
    for judgement in judged:
        in_order.setdefault(judgement.condition_id, []).append(judgement.status)
    return [
        row.code
        for row in status.conditions
        if len(found := in_order.get(row.id, [])) > 1
        and dropped_two_steps(found[-2], found[-1], status.program.scale)
    ]


def _changes(
    status: ProgramStatus, shown: Sequence[CycleDates], judgements: Judgements
) -> Changes | None:
    judged = {cycle_id for _, cycle_id in judgements}
    newest = [cycle for cycle in shown if cycle.id in judged][-2:]
    if len(newest) < 2:
        return None
    before, after = newest
    changed, unchanged = [], []
    for row in status.conditions:
        old, new = judgements.get((row.id, before.id)), judgements.get((row.id, after.id))
        if new is None:
            continue
        direction = direction_between(old.status if old else None, new.status, status.program)
        if direction == "same":
            unchanged.append(row.code)
            continue
        changed.append(
            Change(
                code=row.code,
                title=row.title,
                before=old.status if old else None,
                after=new.status,
                direction=direction,
                line=first_line(new.rationale, status.program.scale.label(new.status)),
            )
        )
    return Changes(before, after, tuple(changed), tuple(unchanged))
