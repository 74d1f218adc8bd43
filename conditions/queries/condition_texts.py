"""The texts about one condition: wording, checklist, readings, and its counterparts elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser

from conditions.models import (
    Condition,
    ConditionVersion,
    Finding,
    Interpretation,
    Program,
    User,
)
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import CycleJudgement, title_known_at
from conditions.queries.evidence_rules import ItemVerdict
from conditions.rules.evidence import EvidenceRule


@dataclass(frozen=True, slots=True)
class ChecklistLine:
    """A checklist item with what it takes and what the judgement in force says of it."""

    code: str
    statement: str
    rule: str
    where_to_look: str
    baseline: str
    hard_hurdle: bool
    mark: str
    sources: tuple[str, ...]
    is_judged: bool
    status: str | None
    note: str
    verdict: ItemVerdict | None = None


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of a condition's text."""

    number: int
    recorded_at: datetime
    provision: str

    @classmethod
    def of(cls, version: ConditionVersion) -> Wording:
        """The version as a page shows it."""
        content: dict[str, Any] = version.content
        return cls(version.number, version.recorded_at, str(content.get("provision", "")))


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The condition of another program that this one answers to."""

    program: str
    slug: str
    code: str
    title: str
    relation: str
    note: str


def wordings_of(condition: Condition, as_of: AsOf) -> list[ConditionVersion]:
    """The versions of the wording known by then, newest first. One query."""
    known = condition.versions.filter(recorded_at__lte=as_of.known_at)
    return list(known.order_by("-number"))


def checklist_of(
    condition: Condition,
    judgement: CycleJudgement | None,
    day: date,
    wordings: Sequence[ConditionVersion],
) -> tuple[ChecklistLine, ...]:
    """The checklist as asked on ``day`` and worded in ``wordings``, newest first, with the findings
    of ``judgement``. Two queries.
    """
    parts = _parts(wordings)
    findings: dict[int, Finding] = {}
    for finding in Finding.objects.filter(assessment=judgement.id if judgement else None):
        findings[finding.checklist_item_id] = finding
    return tuple(
        ChecklistLine(
            code=item.code,
            statement=part.get("statement", item.statement),
            rule=EvidenceRule.from_mapping(
                part.get("evidence_rule", item.evidence_rule)
            ).sentence(),
            where_to_look=part.get("where_to_look", item.where_to_look),
            baseline=part.get("baseline", item.baseline),
            hard_hurdle=part.get("hard_hurdle", item.hard_hurdle),
            mark=str(part.get("marks", item.marks).get("mark", "")),
            sources=tuple(part.get("marks", item.marks).get("sources", ())),
            is_judged=item.pk in findings,
            status=findings[item.pk].status or None if item.pk in findings else None,
            note=findings[item.pk].note if item.pk in findings else "",
        )
        for item in condition.checklist.order_by("position", "pk")
        if (part := parts.get(item.code)) is not None
        and (item.code in _codes(wordings[0]) or (item.retired_on and day < item.retired_on))
    )


def with_verdicts(
    lines: Iterable[ChecklistLine], verdicts: Iterable[ItemVerdict]
) -> tuple[ChecklistLine, ...]:
    """The lines, each with whether its evidence rule is met."""
    by_code = {verdict.code: verdict for verdict in verdicts}
    return tuple(replace(line, verdict=by_code.get(line.code)) for line in lines)


def _parts(wordings: Iterable[ConditionVersion]) -> dict[str, dict[str, Any]]:
    """Each checklist item that was ever asked, as it was worded last."""
    parts: dict[str, dict[str, Any]] = {}
    for version in wordings:
        for part in version.content.get("checklist", ()):
            parts.setdefault(part["code"], part)
    return parts


def _codes(version: ConditionVersion) -> set[str]:
    return {part["code"] for part in version.content.get("checklist", ())}


def interpretations_of(
    program: Program, condition: Condition, as_of: AsOf
) -> tuple[Interpretation, ...]:
    """The newest reading of each question about the condition known by then. One query."""
    newest: dict[str, Interpretation] = {}
    rows = program.interpretations.filter(
        condition=condition, recorded_at__lte=as_of.known_at
    ).order_by("code", "number")
    for row in rows:
        newest[row.code] = row
    return tuple(newest.values())


def counterparts_of(
    condition: Condition, reader: User | AnonymousUser, as_of: AsOf
) -> tuple[Counterpart, ...]:
    """What the condition answers to in programs open to the reader, titled as then. One query."""
    open_to_reader = Program.objects.for_reader(reader)
    rows: Any = (
        condition.crosswalks.filter(counterpart__program__in=open_to_reader)
        .annotate(title_then=title_known_at(as_of.known_at, of="counterpart"))
        .filter(title_then__isnull=False)
        .select_related("counterpart__program")
        .order_by("counterpart__program", "counterpart__position")
    )
    return tuple(
        Counterpart(
            program=row.counterpart.program.short_title,
            slug=row.counterpart.program.slug,
            code=row.counterpart.code,
            title=row.title_then,
            relation=row.get_relation_display(),
            note=row.note,
        )
        for row in rows
    )
