"""What the Assess page stands on: condition, cycle, the draft on file, the last judgement."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404

from conditions.admin.rendering import person
from conditions.models import Assessment, ChecklistItem, Condition, ReviewCycle
from conditions.queries.asof import AsOf
from conditions.queries.double_coding import Comparison, reconciliation_of
from conditions.queries.duties import worked_on
from conditions.queries.evidence_rules import ItemVerdict, rule_verdicts
from conditions.queries.evidence_sides import EvidenceRow, evidence_rows
from conditions.queries.proposals import findings_of, last_judgement
from conditions.queries.readers import sensitivities_for
from conditions.queries.searches import SearchLine, searches_for
from conditions.rules.refusals import Conflict, NotFound

NEWEST = 60


class NoCondition(NotFound):
    """There is no such condition, or nothing about it can be assessed now."""


class NothingToAssess(Conflict):
    """No cycle of the program is open or overdue."""


@dataclass(slots=True)
class Bench:
    """One person's bench for one judgement; ``assessment`` is the draft on file, if any.

    ``reconciled`` are the two blind codings that it is made from, once both are sealed.
    """

    condition: Condition
    items: list[ChecklistItem]
    cycle: ReviewCycle
    cycles: list[ReviewCycle]
    assessment: Assessment | None
    corrects: Assessment | None
    last: Assessment | None
    rows: tuple[EvidenceRow, ...]
    cited_before: frozenset[int]
    as_of: datetime
    reconciled: Comparison | None
    searches: tuple[SearchLine, ...]
    verdicts: dict[int, ItemVerdict]

    @property
    def is_searched(self) -> bool:
        """Whether a search of this cycle stands in the log."""
        return any(not line.is_corrected for line in self.searches)

    @property
    def first_day(self) -> str:
        """The first day from which a judgement in this cycle may hold."""
        return max(self.cycle.starts_on, self.condition.in_force_from).isoformat()

    @property
    def last_day(self) -> str:
        """The last day from which a judgement in this cycle may hold, today at the latest."""
        today = self.condition.program.day_of(self.as_of)
        return min(today, self.cycle.due_on - timedelta(days=1)).isoformat()


def open_bench(
    request: HttpRequest, condition_id: int, asked: QueryDict, *, as_of: datetime
) -> Bench:
    """The bench for the assessment, correction or cycle that a URL or a form names."""
    condition = get_object_or_404(
        Condition.objects.select_related("program", "lead"), pk=condition_id
    )
    rows = Assessment.objects.select_related(
        "cycle", "author", "corrects__cycle", "condition_version", "returned_by"
    )
    own = rows.filter(condition=condition)
    named = own.filter(pk=number(asked.get("assessment"))).first()
    corrects = named.corrects if named else own.filter(pk=number(asked.get("corrects"))).first()
    cycles = _cycles(condition, as_of)
    cycle = _cycle(condition, cycles, named or corrects, asked)
    cycle.program = condition.program
    assessment = named or own.still_open().filter(cycle=cycle).first()
    corrects = assessment.corrects if assessment else corrects
    last_day = min(condition.program.day_of(as_of), cycle.due_on - timedelta(days=1))
    last = corrects or last_judgement(condition, valid_at=last_day, as_of=as_of)
    cited_before = _cited(assessment or last)
    sensitivities = sensitivities_for(request.user)
    return Bench(
        condition=condition,
        items=list(condition.checklist.filter(retired_on__isnull=True).order_by("position")),
        cycle=cycle,
        cycles=cycles,
        assessment=assessment,
        corrects=corrects,
        last=last,
        rows=evidence_rows(
            condition,
            as_of=as_of,
            sensitivities=sensitivities,
            also=cited_before if assessment else (),
        ),
        cited_before=cited_before,
        as_of=as_of,
        reconciled=None if corrects else reconciliation_of(condition, cycle, person(request)),
        searches=searches_for(condition.pk, cycle.pk, as_of),
        verdicts=_verdicts(condition, sensitivities, as_of),
    )


def _cited(on_file: Assessment | None) -> frozenset[int]:
    return frozenset(on_file.citations.values_list("evidence_id", flat=True) if on_file else ())


def _verdicts(
    condition: Condition, sensitivities: Collection[str], as_of: datetime
) -> dict[int, ItemVerdict]:
    now = AsOf(condition.program.day_of(as_of), as_of)
    verdicts = rule_verdicts([condition.pk], now, sensitivities)
    return {one.item_id: one for one in verdicts.get(condition.pk, ())}


def shown(rows: tuple[EvidenceRow, ...], *, ticked: set[str], words: str) -> list[EvidenceRow]:
    """The rows that hold all ``words``, the newest ones without any; ticked ones always."""
    wanted = words.lower().split()
    found = [row for row in rows if all(word in row.words for word in wanted)]
    if not wanted:
        found = found[:NEWEST]
    chosen = {row.id for row in found}
    return [row for row in rows if row.id in chosen or str(row.id) in ticked]


def last_findings(bench: Bench) -> dict[int, tuple[str, str]]:
    """The last judgement's findings, to stand beside the new ones."""
    return dict(findings_of(bench.last)) if bench.last else {}


def _cycles(condition: Condition, as_of: datetime) -> list[ReviewCycle]:
    found = worked_on([condition.program], as_of)[condition.program_id]
    return [cycle for cycle in found if condition.in_force_from < cycle.due_on]


def _cycle(
    condition: Condition,
    cycles: list[ReviewCycle],
    fixed: Assessment | None,
    asked: QueryDict,
) -> ReviewCycle:
    if fixed is not None:
        return fixed.cycle
    if not cycles:
        raise NothingToAssess(
            f"No cycle of {condition.program} is open or overdue for {condition.code}.",
            field="cycle",
            value=condition.code,
            remedy="Wait for the next cycle, or correct an approved judgement.",
        )
    wanted = number(asked.get("cycle"))
    named = next((cycle for cycle in cycles if cycle.pk == wanted), None)
    if named is not None:
        return named
    approved = set(
        condition.assessments.approved().filter(cycle__in=cycles).values_list("cycle_id", flat=True)
    )
    return next((cycle for cycle in cycles if cycle.pk not in approved), cycles[-1])


def number(text: str | None) -> int:
    """A row id or revision from a form; 0 for anything else."""
    return int(text) if text and text.isdecimal() and len(text) < 18 else 0
