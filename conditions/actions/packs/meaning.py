"""What a pack means, held against the rules; each check sees only what it can understand."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from conditions.actions.faults import Fault
from conditions.rules.calendar import Basis, Calendar, Roll
from conditions.rules.days import zone
from conditions.rules.escalation import ConsecutiveRule
from conditions.rules.evidence import EvidenceRule
from conditions.rules.ladder import Ladder
from conditions.rules.refusals import Refusal
from conditions.rules.scale import Grade, Scale

_CALENDAR_FIELDS = {"first_interval": "first_interval_days", "interval": "interval_days"}


def meaning_faults(pack: Mapping[str, Any]) -> list[Fault]:
    """Faults that no schema can see: a rule refuses, a code is used twice, a name leads nowhere."""
    faults: list[Fault] = []
    for check in (_program, _calendar, _scale, _rules, _codes, _conditions, _interpretations):
        # A part of the wrong shape is the schema's to report; the other parts are still checked.
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            for fault in check(pack):
                faults.append(fault)
    return faults


def calendar_of(terms: Mapping[str, Any]) -> Calendar:
    """The calendar that a pack's ``calendar`` part describes; raises BadCalendar."""
    return Calendar(
        anchor=date.fromisoformat(terms["anchor"]),
        first_interval=terms["first_interval_days"],
        interval=terms["interval_days"],
        basis=Basis(terms["basis"]),
        roll=Roll(terms["roll"]),
        until=date.fromisoformat(terms["until"]) if terms["until"] else None,
    )


def _refused(path: str, read: Callable[[], object]) -> Iterator[Fault]:
    try:
        read()
    except Refusal as refusal:
        inner = _CALENDAR_FIELDS.get(refusal.field, refusal.field)
        yield Fault.of(refusal, f"{path}.{inner}" if inner else path)


def _program(pack: Mapping[str, Any]) -> Iterator[Fault]:
    program = pack["program"]
    yield from _refused("program", lambda: zone(program["time_zone"]))
    instrument = program["instrument"]
    for field in ("predecessor", "successor"):
        if instrument[field] == program["slug"]:
            remedy = "Name another program, or null."
            message = "A program does not replace itself."
            yield Fault(f"program.instrument.{field}", message, program["slug"], remedy)


def _calendar(pack: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _refused("calendar", lambda: calendar_of(pack["calendar"]))


def _scale(pack: Mapping[str, Any]) -> Iterator[Fault]:
    rows = pack["status_scale"]
    faults = [
        fault
        for at, row in enumerate(rows)
        for fault in _refused(f"status_scale[{at}]", partial(Grade.from_mapping, row))
    ]
    yield from faults or _refused("status_scale", lambda: Scale.from_rows(rows))


def _rules(pack: Mapping[str, Any]) -> Iterator[Fault]:
    yield from _refused("reminder_ladder", lambda: Ladder.from_mapping(pack["reminder_ladder"]))
    if pack["consecutive_rule"] is not None:
        rule = pack["consecutive_rule"]
        yield from _refused("consecutive_rule", lambda: ConsecutiveRule.from_mapping(rule))


def _codes(pack: Mapping[str, Any]) -> Iterator[Fault]:
    conditions = pack["conditions"]
    yield from _twice(
        (f"conditions[{at}].code", row.get("code")) for at, row in enumerate(conditions)
    )
    yield from _twice(
        (f"conditions[{at}].checklist[{place}].code", item.get("code"))
        for at, row in enumerate(conditions)
        for place, item in enumerate(row.get("checklist") or ())
    )
    yield from _twice(
        (f"interpretations[{at}].code", row.get("code"))
        for at, row in enumerate(pack["interpretations"])
    )


def _twice(codes: Iterable[tuple[str, object]]) -> Iterator[Fault]:
    first: dict[object, str] = {}
    for path, code in codes:
        if code is not None and first.setdefault(code, path) != path:
            message = f"This code is used already, at {first[code]}."
            yield Fault(path, message, code, "Give each its own code.")


def _conditions(pack: Mapping[str, Any]) -> Iterator[Fault]:
    slug = pack["program"]["slug"]
    for at, condition in enumerate(pack["conditions"]):
        with suppress(KeyError, TypeError, ValueError, AttributeError):
            yield from _force(condition, f"conditions[{at}]")
        with suppress(KeyError, TypeError, AttributeError):
            yield from _crosswalk(condition, slug, f"conditions[{at}].crosswalk")
        for place, item in enumerate(condition.get("checklist") or ()):
            path = f"conditions[{at}].checklist[{place}].evidence_rule"
            rule = item.get("evidence_rule")
            if isinstance(rule, dict):
                yield from _refused(path, partial(EvidenceRule.from_mapping, rule))


def _force(condition: Mapping[str, Any], path: str) -> Iterator[Fault]:
    begins, ends = condition["in_force_from"], condition["in_force_until"]
    if ends is not None and date.fromisoformat(ends) <= date.fromisoformat(begins):
        remedy = f"Give a day after {begins}, or null while it applies."
        message = "The condition ends before it begins."
        yield Fault(f"{path}.in_force_until", message, ends, remedy)


def _crosswalk(condition: Mapping[str, Any], slug: str, path: str) -> Iterator[Fault]:
    for place, entry in enumerate(condition["crosswalk"]):
        if entry["program"] == slug:
            message = "A crosswalk leads to another program."
            remedy = "Name the slug of the other program, or remove the entry."
            yield Fault(f"{path}[{place}].program", message, slug, remedy)
    yield from _twice(
        (f"{path}[{place}]", f"{entry['program']} {entry['condition']}")
        for place, entry in enumerate(condition["crosswalk"])
    )


def _interpretations(pack: Mapping[str, Any]) -> Iterator[Fault]:
    codes = [condition.get("code") for condition in pack["conditions"]]
    for at, reading in enumerate(pack["interpretations"]):
        options, choice = reading.get("options"), reading.get("choice")
        if isinstance(options, list) and isinstance(choice, str) and choice not in options:
            remedy = "Repeat one of the options word for word."
            message = "The choice is not one of the options."
            yield Fault(f"interpretations[{at}].choice", message, choice, remedy)
        about = reading.get("condition")
        if about is not None and about not in codes:
            remedy = f"Use one of {', '.join(map(str, codes))}, or leave it out."
            message = "This pack has no such condition."
            yield Fault(f"interpretations[{at}].condition", message, about, remedy)
