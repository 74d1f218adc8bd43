"""Programs with their conditions, checklists, wordings and cycles."""

from __future__ import annotations

import json
from collections.abc import Iterator

from bench.generator.days import ANCHOR, INTERVAL, TODAY, cycle_start, day, moment
from bench.generator.people import ANALYSTS, MANAGER
from bench.generator.sizes import CONDITIONS, CYCLES_AHEAD, CYCLES_BEGUN, LEADS, Size
from bench.generator.tables import Row, Table, digest
from conditions.models import ChecklistItem, Condition, ConditionVersion, Program, ReviewCycle
from conditions.rules.scale import DEFAULT_SCALE

REVISION = 1_000
_CYCLES = CYCLES_BEGUN + CYCLES_AHEAD
_RULE = json.dumps({"independent_sources": 2, "one_at_least": "B", "or_primary_document": True})
_SCALE = json.dumps(
    [
        {
            "code": grade.code,
            "label": grade.label,
            "rank": grade.rank,
            "meaning": grade.meaning,
            "affirmative": grade.affirmative.value,
        }
        for grade in DEFAULT_SCALE.grades
    ]
)
_LADDER = json.dumps(
    {"before": [30, 14, 7, 1], "overdue": [1, 3, 7], "then_every": 7, "managers_from": 7}
)
_CONSEQUENCE = json.dumps(
    {
        "periods": 2,
        "consequence": "Sanctions should be put back.",
        "legal_effect": "sense_of_legislature",
    }
)


def slug_of(program: int) -> str:
    """The slug of the program with this id."""
    return f"program-{program:05d}"


def cycle_id(program: int, number: int) -> int:
    """The id of a program's cycle."""
    return (program - 1) * _CYCLES + number


def lead_of(program: int, place: int) -> int:
    """Who leads in this program, by place from 0; each leads two conditions."""
    return ANALYSTS[(program * LEADS + place % LEADS) % len(ANALYSTS)]


def tables(size: Size) -> Iterator[Table]:
    """Programs, conditions, checklist items, wordings and cycles."""
    programs = range(1, size.programs + 1)
    yield Table(Program, _PROGRAM, (_program(p) for p in programs))
    places = [(p, place) for p in programs for place in range(CONDITIONS)]
    yield Table(Condition, _CONDITION, (_condition(p, place) for p, place in places))
    yield Table(ChecklistItem, _ITEM, (_item(c) for c in range(1, size.conditions + 1)))
    yield Table(ConditionVersion, _VERSION, (_version(p, place) for p, place in places))
    numbers = range(1, _CYCLES + 1)
    yield Table(ReviewCycle, _CYCLE, (_cycle(p, n) for p in programs for n in numbers))


_PROGRAM = (
    *("id", "slug", "title", "short_title", "summary", "country_iso3", "country_name"),
    *("instrument_title", "citation", "legal_stage", "assessor_of_record"),
    *("anchor_on", "first_interval_days", "interval_days", "tracked_from"),
    *("status_scale", "reminder_ladder", "consecutive_rule"),
    *("revision", "changed_at"),
)


def _program(p: int) -> Row:
    anchor = ANCHOR.isoformat()
    return (
        *(p, slug_of(p), f"Program {p} of the benchmark", f"Program {p}", "Generated."),
        *("SYR", "Syria", f"Act {p}", f"Act {p}, section 1", "enacted", "The President"),
        *(anchor, INTERVAL, INTERVAL, anchor, _SCALE, _LADDER, _CONSEQUENCE),
        *(REVISION, f"{TODAY} 09:00:00"),
    )


_CONDITION = (
    *("id", "program_id", "code", "position", "title", "provision", "citation"),
    *("test", "in_force_from", "lead_id"),
)


def _condition(p: int, place: int) -> Row:
    return (
        *((p - 1) * CONDITIONS + place + 1, p, f"C{place + 1}", place + 1, _title(place)),
        *(f"What condition {place + 1} asks for.", f"Act {p}, section 1({place + 1})"),
        *("outcome", ANCHOR.isoformat(), lead_of(p, place)),
    )


def _title(place: int) -> str:
    return f"Title of condition {place + 1}"


_ITEM = ("id", "condition_id", "code", "position", "statement", "evidence_rule")


def _item(condition: int) -> Row:
    return (condition, condition, "C.1", 1, "A benchmark.", _RULE)


_VERSION = ("id", "condition_id", "number", "content", "sha256", "recorded_at")


def _version(p: int, place: int) -> Row:
    pk = (p - 1) * CONDITIONS + place + 1
    content = json.dumps({"code": f"C{place + 1}", "title": _title(place)})
    return (pk, pk, 1, content, digest(content), moment(0))


_CYCLE = (
    *("id", "program_id", "number", "starts_on", "scheduled_due_on", "due_on"),
    *("opened_at", "fell_due_at", "closed_on", "closed_at", "closed_by_id"),
)


def _cycle(p: int, number: int) -> Row:
    start, due = cycle_start(number), cycle_start(number + 1)
    opened = moment(start) if number <= CYCLES_BEGUN else None
    span = (cycle_id(p, number), p, number, day(start), day(due), day(due), opened)
    if number >= CYCLES_BEGUN:
        return (*span, None, None, None, None)
    return (*span, moment(due), day(due + 10), moment(due + 10), MANAGER)
