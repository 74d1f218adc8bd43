"""Programs, their conditions and checklist items, as rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.db.models import Max, QuerySet, Subquery
from django.db.models import OuterRef as Outer

from conditions.models import ChecklistItem, Condition, ConditionVersion, Crosswalk, Program
from conditions.queries.asof import AsOf
from conditions.queries.evidence_rules import rule_verdicts
from conditions.queries.lists.filters import moment, one_of, text, yes_no
from conditions.queries.lists.paging import Listing
from conditions.queries.readers import sensitivities_for
from conditions.rules.authority import Reader
from conditions.rules.days import legal_day
from conditions.rules.evidence import EvidenceRule
from conditions.rules.rollup import ConditionTest


@dataclass(frozen=True, slots=True)
class ProgramRow:
    """One legal instrument's set of conditions, with its calendar, rules and legal stage."""

    id: int
    slug: str
    title: str
    short_title: str
    summary: str
    country_iso3: str
    country_name: str
    instrument_title: str
    citation: str
    official_url: str
    legal_stage: str
    stage_note: str
    passed_on: date | None
    enacted_on: date | None
    successor: str | None
    assessor_of_record: str
    time_zone: str
    anchor_on: date
    anchor_note: str
    first_interval_days: int
    interval_days: int
    basis: str
    roll: str
    until: date | None
    tracked_from: date
    certification: str
    status_scale: list[dict[str, Any]]
    reminder_ladder: dict[str, Any]
    consecutive_rule: dict[str, Any] | None
    four_eyes: bool
    is_public: bool
    is_default: bool
    is_active: bool
    is_demonstration: bool
    revision: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Counterpart:
    """The condition of another program that answers to a condition."""

    program: str
    condition: str
    relation: str
    note: str


@dataclass(frozen=True, slots=True)
class ConditionRow:
    """One thing the target must do. ``lead`` is told to the team only."""

    id: int
    program: str
    code: str
    position: int
    title: str
    provision: str
    citation: str
    test: str
    in_force_from: date
    in_force_until: date | None
    lead: str | None
    version: int | None
    version_recorded_at: datetime | None
    counterparts: tuple[Counterpart, ...] = ()


@dataclass(frozen=True, slots=True)
class ChecklistItemRow:
    """One checkable benchmark under a condition, with the evidence it takes.

    ``rule`` is its evidence rule in words. ``rule_met`` says whether the documents on file under it
    now that this reader may see satisfy the rule, and ``rule_reason`` why; both are null for an
    item that is no longer asked.
    """

    id: int
    program: str
    condition: str
    code: str
    position: int
    statement: str
    evidence_rule: dict[str, Any]
    where_to_look: str
    baseline: str
    hard_hurdle: bool
    retired_on: date | None
    condition_id: int
    time_zone: str
    rule: str = ""
    rule_met: bool | None = None
    rule_reason: str | None = None


def _programs(reader: Reader) -> QuerySet[Any]:
    return Program.objects.for_reader(reader)


def _with_successors(reader: Reader) -> QuerySet[Any]:
    # A successor that the reader may not open is not named either.
    successor = _programs(reader).filter(pk=Outer("successor"))
    named = Subquery(successor.values("slug")[:1])
    rows: QuerySet[Any] = _programs(reader).annotate(successor_slug=named)
    return rows


def _conditions(reader: Reader) -> QuerySet[Any]:
    newest = ConditionVersion.objects.filter(condition=Outer("pk")).order_by("-number")
    return Condition.objects.filter(program__in=_programs(reader)).annotate(
        version=Subquery(newest.values("number")[:1]),
        version_recorded_at=Subquery(newest.values("recorded_at")[:1]),
    )


def _checklist(reader: Reader) -> QuerySet[Any]:
    return ChecklistItem.objects.filter(condition__program__in=_programs(reader)).annotate(
        reworded_at=Max("condition__versions__recorded_at")
    )


def _with_counterparts(
    rows: list[ConditionRow], reader: Reader, as_of: datetime
) -> list[ConditionRow]:
    found: dict[int, list[Counterpart]] = {}
    crosswalk = Crosswalk.objects.filter(
        condition__in=[row.id for row in rows], counterpart__program__in=_programs(reader)
    ).order_by("counterpart__program__slug", "counterpart__position")
    for condition_id, *counterpart in crosswalk.values_list(
        "condition_id", "counterpart__program__slug", "counterpart__code", "relation", "note"
    ):
        found.setdefault(condition_id, []).append(Counterpart(*counterpart))
    in_team = reader.has_perm("conditions.view_condition")
    return [
        replace(
            row,
            lead=row.lead if in_team else None,
            counterparts=tuple(found.get(row.id, ())),
        )
        for row in rows
    ]


def _with_verdicts(
    rows: list[ChecklistItemRow], reader: Reader, as_of: datetime
) -> list[ChecklistItemRow]:
    """The rows, judged on the legal day of their programs. Two queries for each such day, of which
    there are three at most."""
    conditions: dict[date, set[int]] = {}
    for row in rows:
        conditions.setdefault(legal_day(as_of, row.time_zone), set()).add(row.condition_id)
    seen = sensitivities_for(reader)
    found = [rule_verdicts(several, AsOf(day, as_of), seen) for day, several in conditions.items()]
    by_item = {
        one.item_id: one for verdicts in found for several in verdicts.values() for one in several
    }
    return [
        replace(
            row,
            rule=EvidenceRule.from_mapping(row.evidence_rule).sentence(),
            rule_met=one.met if (one := by_item.get(row.id)) else None,
            rule_reason=one.reason if one else None,
        )
        for row in rows
    ]


PROGRAMS = Listing(
    row=ProgramRow,
    columns=(
        *("id", "slug", "title", "short_title", "summary", "country_iso3", "country_name"),
        *("instrument_title", "citation", "official_url", "legal_stage", "stage_note"),
        *("passed_on", "enacted_on", "successor_slug", "assessor_of_record", "time_zone"),
        *("anchor_on", "anchor_note", "first_interval_days", "interval_days", "basis", "roll"),
        *("until", "tracked_from", "certification", "status_scale", "reminder_ladder"),
        *("consecutive_rule", "four_eyes", "is_public", "is_default", "is_active"),
        *("is_demonstration", "revision", "changed_at"),
    ),
    visible=_with_successors,
    filters=(
        one_of("legal_stage", "The legal stage.", Program.LegalStage.values, lookup="legal_stage"),
        text("country", "The country's three-letter code.", "country_iso3"),
        yes_no("is_active", "Whether cycles still open.", "is_active"),
        moment("changed_since", "Changed at this moment or later.", "changed_at__gte"),
    ),
    orderings=("id", "-id", "slug", "-slug", "changed_at", "-changed_at"),
)
CONDITIONS = Listing(
    row=ConditionRow,
    columns=(
        *("id", "program__slug", "code", "position", "title", "provision", "citation", "test"),
        *("in_force_from", "in_force_until", "lead__username", "version"),
        "version_recorded_at",
    ),
    visible=_conditions,
    filters=(
        text("program", "The program's slug.", "program__slug"),
        text("condition", "The condition's code.", "code"),
        one_of("test", "The kind of test.", [test.value for test in ConditionTest], "test"),
        moment("changed_since", "Reworded at this moment or later.", "version_recorded_at__gte"),
    ),
    orderings=("id", "-id", "position", "-position", "code", "-code"),
    complete=_with_counterparts,
)
CHECKLIST_ITEMS = Listing(
    row=ChecklistItemRow,
    columns=(
        *("id", "condition__program__slug", "condition__code", "code", "position", "statement"),
        *("evidence_rule", "where_to_look", "baseline", "hard_hurdle", "retired_on"),
        *("condition_id", "condition__program__time_zone"),
    ),
    visible=_checklist,
    filters=(
        text("program", "The program's slug.", "condition__program__slug"),
        text("condition", "The condition's code.", "condition__code"),
        yes_no("hard_hurdle", "Whether its condition cannot rise above it.", "hard_hurdle"),
        moment("changed_since", "Its condition was reworded at or after it.", "reworded_at__gte"),
    ),
    orderings=("id", "-id", "position", "-position"),
    complete=_with_verdicts,
)
