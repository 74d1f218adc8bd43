"""Whether a pack fits what is on file: what would break judgements, cycles or names in use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db.models import Q

from conditions.actions.cycles import closings_of, extensions_of
from conditions.actions.faults import Fault
from conditions.actions.packs.meaning import calendar_of
from conditions.models import Assessment, ChecklistItem, Coding, Condition, Finding, Program
from conditions.rules.calendar import spans
from conditions.rules.refusals import Refusal

Content = dict[str, Any]


def fit_faults(content: Content, program: Program | None, *, as_of: datetime) -> list[Fault]:
    """Every reason why this pack cannot be loaded beside what is on file at ``as_of``."""
    faults = [*_default(content), *_targets(content), *_readings(content, as_of)]
    if program is not None:
        faults += _absent(content, program)
        faults += _moved(content, program, as_of)
        faults += _statuses(content, program)
        faults += _reused(content, program)
        faults += _judged_outside(content, program)
    return faults


def _default(content: Content) -> Iterator[Fault]:
    if not content["program"]["default"]:
        return
    other = Program.objects.filter(is_default=True).exclude(slug=content["program"]["slug"]).first()
    if other is not None:
        message = f"{other.slug} is the default program already."
        remedy = f"Give false here, or load {other.slug} with default: false first."
        yield Fault("program.default", message, True, remedy)


def _targets(content: Content) -> Iterator[Fault]:
    named = {entry["program"] for row in content["conditions"] for entry in row["crosswalk"]}
    known: dict[str, set[str]] = {}
    for slug, code in Condition.objects.filter(program__slug__in=named).values_list(
        "program__slug", "code"
    ):
        known.setdefault(slug, set()).add(code)
    for at, row in enumerate(content["conditions"]):
        for place, entry in enumerate(row["crosswalk"]):
            codes = known.get(entry["program"])
            # A program that is not loaded yet may still bring the condition.
            if codes is not None and entry["condition"] not in codes:
                message = f"{entry['program']} has no such condition."
                path = f"conditions[{at}].crosswalk[{place}].condition"
                yield Fault(path, message, entry["condition"], f"Use {', '.join(sorted(codes))}.")


def _readings(content: Content, as_of: datetime) -> Iterator[Fault]:
    for at, row in enumerate(content["interpretations"]):
        if date.fromisoformat(row["decided_on"]) > as_of.date():
            message, remedy = "This day is still to come.", "Give the day of the decision."
            yield Fault(f"interpretations[{at}].decided_on", message, row["decided_on"], remedy)


def _absent(content: Content, program: Program) -> Iterator[Fault]:
    present = {row["code"] for row in content["conditions"]}
    for code in program.conditions.exclude(code__in=present).values_list("code", flat=True):
        message = f"The condition {code} is on file and missing here; conditions are never deleted."
        yield Fault(
            "conditions", message, code, "Keep it, with the day of its end: in_force_until."
        )


def _moved(content: Content, program: Program, as_of: datetime) -> Iterator[Fault]:
    present = {cycle.number: cycle for cycle in program.cycles.all()}
    calendar = calendar_of(content["calendar"])
    if not present or calendar == program.calendar:
        return
    try:
        series = spans(calendar, extensions=extensions_of(present), closings=closings_of(present))
        moved = {span.number: span for span in islice(series, max(present))}
    except Refusal as refusal:
        yield Fault.of(refusal, "calendar")
        return
    day = program.day_of(as_of)
    for number, cycle in sorted(present.items()):
        span = moved.get(number)
        if span is None:
            message = f"Cycle {number} is on file and would lie outside the calendar."
            remedy = f"End the series after {cycle.due_on}."
            yield Fault("calendar.until", message, content["calendar"]["until"], remedy)
            return
        same = (span.starts_on, span.due_on) == (cycle.starts_on, cycle.due_on)
        if cycle.starts_on <= day and not same:
            message = (
                f"Cycle {number} ({cycle.starts_on} to {cycle.due_on}) has begun and would move "
                f"to {span.starts_on} to {span.due_on}."
            )
            remedy = (
                "Keep the calendar up to the present cycle: extend that cycle with a reason, "
                "or load the new rhythm as a program of its own."
            )
            yield Fault("calendar", message, None, remedy)
            return


def _statuses(content: Content, program: Program) -> Iterator[Fault]:
    kept = {row["code"] for row in content["status_scale"]}
    judged = Assessment.objects.filter(condition__program=program).exclude(status="")
    found = Finding.objects.filter(assessment__condition__program=program).exclude(status="")
    coded = Coding.objects.filter(double_coding__condition__program=program)
    used = {
        *coded.order_by().values_list("status", flat=True).distinct(),
        *(
            finding["status"]
            for findings in coded.order_by().values_list("findings", flat=True)
            for finding in findings
        ),
        *judged.order_by().values_list("status", flat=True).distinct(),
        *found.order_by().values_list("status", flat=True).distinct(),
    }
    for code in sorted(used - kept):
        message = f"The status {code} is used by judgements on file and missing here."
        yield Fault("status_scale", message, code, "Keep it on the scale.")


def _reused(content: Content, program: Program) -> Iterator[Fault]:
    retired = {
        (item.condition.code, item.code): item
        for item in ChecklistItem.objects.filter(
            condition__program=program, retired_on__isnull=False
        ).select_related("condition")
    }
    for at, row in enumerate(content["conditions"]):
        for place, item in enumerate(row["checklist"]):
            old = retired.get((row["code"], item["code"]))
            if old is not None and old.statement != item["statement"]:
                message = f"{item['code']} was another item, retired on {old.retired_on}."
                path = f"conditions[{at}].checklist[{place}].code"
                yield Fault(path, message, item["code"], "Give a new item a new code.")


def _judged_outside(content: Content, program: Program) -> Iterator[Fault]:
    for at, row in enumerate(content["conditions"]):
        outside = Q(valid_from__lt=date.fromisoformat(row["in_force_from"]))
        if row["in_force_until"]:
            outside |= Q(valid_from__gte=date.fromisoformat(row["in_force_until"]))
        judged = Assessment.objects.filter(
            outside, condition__program=program, condition__code=row["code"]
        ).first()
        if judged is not None:
            message = f"A judgement on file holds from {judged.valid_from}, outside these days."
            remedy = "Give a span that contains the judgements on file."
            value = f"{row['in_force_from']} to {row['in_force_until'] or 'open'}"
            yield Fault(f"conditions[{at}].in_force_from", message, value, remedy)
