"""What is noted when a text's number of periods is reached, or a condition falls between cycles."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from conditions.actions.news import owe_news
from conditions.actions.record import record_event
from conditions.models import Assessment, Event, Program, ReviewCycle, User
from conditions.queries.asof import AsOf
from conditions.queries.cycle_judgements import spans_of
from conditions.queries.cycles import program_cycles
from conditions.queries.escalation import periods_of
from conditions.queries.periods import Firing, Periods
from conditions.queries.recipients import managers_of
from conditions.rules.falls import fall_sentence, falls_between

FIRED, WITHDRAWN, FELL = "escalation.fired", "escalation.withdrawn", "condition.fell"
_Key = tuple[str, int]


def note_approval(*, assessment: Assessment, by: User | None, as_of: datetime) -> None:
    """Note what a judgement brought that was approved just now: a fall, or another count."""
    if assessment.cycle.closed_at is None:
        note_fall(assessment=assessment, by=by, as_of=as_of)
    else:
        note_escalation(program=assessment.condition.program, by=by, as_of=as_of)


def note_escalation(*, program: Program, by: User | None, as_of: datetime) -> tuple[Event, ...]:
    """Note each run of periods that reached the number of the text, and each that no longer does.

    Our own judgements and the official findings are counted apart. Once for each count and the
    cycle that completed the run, unless it was withdrawn since; safe to repeat. The managers are
    told, except of a demonstration.
    """
    with transaction.atomic():
        [program] = Program.objects.hold(program.pk)
        now = AsOf(program.day_of(as_of), as_of)
        runs = periods_of(
            program,
            now,
            cycles=program_cycles(program, now),
            conditions=spans_of(program, as_of),
        )
        standing = _standing(program)
        fired = {(run.basis.value, one.cycle_id): (run, one) for run in runs for one in run.firings}
        new = [pair for key, pair in fired.items() if key not in standing]
        gone = [event for key, event in standing.items() if key not in fired]
        events = [
            *_withdrawn(program, gone, by=by, as_of=as_of),
            *_fired(program, new, by=by, as_of=as_of),
        ]
        _tell_managers(program, events, as_of=as_of)
    return tuple(events)


def note_fall(*, assessment: Assessment, by: User | None, as_of: datetime) -> Event | None:
    """Note that a condition fell by two steps or more, or was reversed, with this judgement.

    Only while its cycle is open: what is corrected in a closed one is no news from the field. The
    managers and the lead are told, except of a demonstration. Safe to repeat.
    """
    with transaction.atomic():
        condition, cycle = assessment.condition, assessment.cycle
        program = condition.program
        Program.objects.hold(program.pk)
        if cycle.closed_at is not None or not _is_in_force(assessment, as_of):
            return None
        held = _held_before(assessment, as_of)
        before = held[-1].status if held else None
        earlier = [row.status for row in held if row.valid_from < assessment.valid_from]
        falls = falls_between(before, assessment.status, earlier, program.scale)
        if not falls or _is_noted(assessment):
            return None
        event = record_event(
            verb=FELL,
            subject=assessment,
            by=by,
            as_of=as_of,
            program=program,
            condition=condition,
            cycle=cycle,
            before={"status": before},
            after={"status": assessment.status, "falls": [fall.value for fall in falls]},
            reason=fall_sentence(before, assessment.status, falls, program.scale),
        )
        if not assessment.is_demonstration and not program.is_demonstration:
            lead = {condition.lead_id} if condition.lead_id else set()
            owe_news(event=event, to=managers_of([program.pk])[program.pk] | lead, as_of=as_of)
    return event


def _standing(program: Program) -> dict[_Key, Event]:
    """The firings on file that were not withdrawn since, by count and completing cycle."""
    standing: dict[_Key, Event] = {}
    rows = Event.objects.filter(program=program, verb__in=(FIRED, WITHDRAWN)).order_by("pk")
    for event in rows.select_related("cycle"):
        told: dict[str, Any] = (event.after if event.verb == FIRED else event.before) or {}
        key = (told["basis"], event.cycle_id or 0)
        if event.verb == FIRED:
            standing[key] = event
        else:
            standing.pop(key, None)
    return standing


def _fired(
    program: Program,
    new: Iterable[tuple[Periods, Firing]],
    *,
    by: User | None,
    as_of: datetime,
) -> Iterator[Event]:
    for run, firing in new:
        cycle = ReviewCycle.objects.get(pk=firing.cycle_id)
        yield record_event(
            verb=FIRED,
            subject=cycle,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            after={
                "basis": run.basis.value,
                "counted": list(firing.counted),
                "periods": run.rule.periods,
                "consequence": run.rule.consequence,
                "legal_effect": run.rule.legal_effect.value,
            },
            reason=f"{run.what_follows} {run.legal_effect}",
        )


def _withdrawn(
    program: Program, gone: Iterable[Event], *, by: User | None, as_of: datetime
) -> Iterator[Event]:
    for event in gone:
        assert event.cycle is not None
        yield record_event(
            verb=WITHDRAWN,
            subject=event.cycle,
            by=by,
            as_of=as_of,
            program=program,
            cycle=event.cycle,
            before=event.after,
            reason=f"Cycle {event.cycle.number} no longer completes the number of periods.",
        )


def _tell_managers(program: Program, events: Iterable[Event], *, as_of: datetime) -> None:
    told = [
        event
        for event in events
        if not (program.is_demonstration or (event.cycle and event.cycle.is_demonstration))
    ]
    if told:
        people = managers_of([program.pk])[program.pk]
        for event in told:
            owe_news(event=event, to=people, as_of=as_of)


def _is_in_force(assessment: Assessment, as_of: datetime) -> bool:
    day = assessment.condition.program.day_of(as_of)
    rows = Assessment.objects.in_force(valid_at=day, known_at=as_of)
    return rows.filter(pk=assessment.pk).exists()


def _held_before(assessment: Assessment, as_of: datetime) -> list[Assessment]:
    """The judgements of the condition as they stood without this one, in the order they hold."""
    others = Assessment.objects.approved().exclude(pk=assessment.pk)
    correction = others.filter(corrects=OuterRef("pk"), approved_at__lte=as_of)
    rows = others.filter(
        ~Exists(correction), condition=assessment.condition_id, approved_at__lte=as_of
    )
    day = assessment.condition.program.day_of(as_of)
    in_order = rows.filter(valid_from__lte=day).order_by("valid_from", "approved_at", "pk")
    return list(in_order.only("status", "valid_from"))


def _is_noted(assessment: Assessment) -> bool:
    rows = Event.objects.filter(subject_type="assessment", subject_id=str(assessment.pk))
    return rows.filter(verb=FELL).exists()
