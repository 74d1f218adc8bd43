"""What is owed to whom: every rung of the ladder that a cycle reached, once for each recipient."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice

from django.db import transaction

from conditions.models import Program, Reminder, User
from conditions.models.leases import free_at
from conditions.outbound.links import message_host
from conditions.queries.reminders import Matter, open_matters
from conditions.rules.ladder import Rung, RungKind, rungs_reached

# Recipients worked on at once, which bounds the memory that a large program takes.
CHUNK = 1_000
_URGENCY = {kind: place for place, kind in enumerate(RungKind)}
_Key = tuple[int, str, int]


@dataclass(frozen=True, slots=True)
class Owed:
    """One message that became owed: to whom, and about what; ``about`` says which news it is."""

    recipient: str
    cycle_number: int
    kind: RungKind
    offset: int
    falls_on: date
    about: str = ""


@dataclass(frozen=True, slots=True)
class Owing:
    """What one look at a program found: messages owed, how many were superseded.

    ``unaddressed`` are numbers of cycles with something to do that nobody can be reminded of.
    """

    owed: tuple[Owed, ...] = ()
    superseded: int = 0
    unaddressed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reached:
    matter: Matter
    rung: Rung

    @property
    def key(self) -> _Key:
        return self.matter.cycle.pk, self.rung.kind.value, self.rung.offset

    @property
    def urgency(self) -> tuple[int, int, int]:
        return _URGENCY[self.rung.kind], self.rung.offset, -self.matter.cycle.number


def owe_reminders(*, program: Program, as_of: datetime) -> Owing:
    """Owe each person the most urgent reminder that the program's cycles reached by ``as_of``.

    What else was reached is recorded as superseded, and so are less urgent ones still unsent. Safe
    to repeat, at once or late: what was owed once is never owed again.
    """
    with transaction.atomic():
        # Two sweeps at once take turns here, so each sees what the other has owed.
        Program.objects.select_for_update().get(pk=program.pk)
        matters = open_matters([program.pk], as_of).get(program.pk, ())
        reached = {
            matter.cycle.pk: [_Reached(matter, rung) for rung in _rungs(matter)]
            for matter in matters
        }
        names = _names(_recipients(matters))
        owed: list[Owed] = []
        superseded = 0
        recipients = iter(names)
        while chunk := list(islice(recipients, CHUNK)):
            for_each = {
                person: [
                    one
                    for matter in matters
                    for one in reached[matter.cycle.pk]
                    if _is_for(person, one)
                ]
                for person in chunk
            }
            best, beside = _owe(for_each, matters, as_of)
            owed += [_told(names[person], one) for person, one in best.items()]
            superseded += beside
    unaddressed = tuple(
        m.cycle.number for m in matters if not m.managers and (None in m.by_lead or m.is_escalated)
    )
    return Owing(owed=tuple(owed), superseded=superseded, unaddressed=unaddressed)


def message_id(key: _Key, recipient_id: int) -> str:
    """The Message-ID of a reminder: the same whenever, and however often, it is sent."""
    cycle_id, kind, offset = key
    return f"<reminder-{cycle_id}-{kind}-{offset}-{recipient_id}@{message_host()}>"


def _rungs(matter: Matter) -> tuple[Rung, ...]:
    cycle = matter.cycle
    return rungs_reached(
        matter.ladder, starts_on=cycle.starts_on, due_on=cycle.due_on, day=matter.day
    )


def _recipients(matters: Iterable[Matter]) -> list[int]:
    found: set[int] = set()
    for matter in matters:
        found |= {lead for lead in matter.by_lead if lead is not None}
        if None in matter.by_lead or matter.is_escalated:
            found |= matter.managers
    return sorted(found)


def _names(recipient_ids: list[int]) -> dict[int, str]:
    rows = User.objects.filter(pk__in=recipient_ids).order_by("pk")
    return dict(rows.values_list("pk", "username"))


def _is_for(person: int, reached: _Reached) -> bool:
    matter = reached.matter
    if person in matter.by_lead:
        return True
    return person in matter.managers and (reached.rung.to_managers or None in matter.by_lead)


def _owe(
    for_each: Mapping[int, list[_Reached]], matters: Iterable[Matter], as_of: datetime
) -> tuple[dict[int, _Reached], int]:
    present = _present(for_each, matters)
    best: dict[int, _Reached] = {}
    beside: list[tuple[int, _Reached]] = []
    for person, reached in for_each.items():
        new = sorted(
            (one for one in reached if (person, *one.key) not in present),
            key=lambda one: one.urgency,
        )
        if new:
            best[person] = new.pop()
            beside += [(person, one) for one in new]
    rows = _rows(best.items(), Reminder.State.OWED, as_of)
    Reminder.objects.bulk_create(rows, batch_size=CHUNK, ignore_conflicts=True)
    rows = _rows(beside, Reminder.State.SUPERSEDED, as_of)
    while batch := list(islice(rows, CHUNK)):
        Reminder.objects.bulk_create(batch, ignore_conflicts=True)
    return best, len(beside) + _supersede_older(best, matters, as_of)


def _present(
    for_each: Mapping[int, list[_Reached]], matters: Iterable[Matter]
) -> set[tuple[int, int, str, int]]:
    rows = Reminder.objects.filter(
        cycle__in=[matter.cycle.pk for matter in matters],
        recipient__in=list(for_each),
        condition__isnull=True,
        event__isnull=True,
    )
    return set(rows.values_list("recipient_id", "cycle_id", "kind", "offset").order_by())


def _rows(
    pairs: Iterable[tuple[int, _Reached]], state: Reminder.State, as_of: datetime
) -> Iterator[Reminder]:
    for person, one in pairs:
        yield Reminder(
            cycle_id=one.matter.cycle.pk,
            kind=one.rung.kind.value,
            offset=one.rung.offset,
            recipient_id=person,
            falls_on=one.rung.on,
            owed_at=as_of,
            state=state,
            next_attempt_at=as_of,
            message_id=message_id(one.key, person),
        )


def _supersede_older(
    best: Mapping[int, _Reached], matters: Iterable[Matter], as_of: datetime
) -> int:
    older = Reminder.objects.filter(
        # What a deliverer holds at this moment is on its way; it is neither waited for nor undone.
        free_at(as_of),
        state=Reminder.State.OWED,
        recipient__in=list(best),
        cycle__in=[matter.cycle.pk for matter in matters],
        condition__isnull=True,
        # News is on no ladder: whatever becomes due, it stays as it is.
        event__isnull=True,
    ).select_for_update(skip_locked=True)
    numbers = {matter.cycle.pk: matter.cycle.number for matter in matters}
    rows = older.values_list("pk", "recipient_id", "cycle_id", "kind", "offset").order_by()
    outdone = [
        pk
        for pk, person, cycle_id, kind, offset in rows
        if (_URGENCY[RungKind(kind)], offset, -numbers[cycle_id]) < best[person].urgency
    ]
    for start in range(0, len(outdone), CHUNK):
        batch = Reminder.objects.filter(pk__in=outdone[start : start + CHUNK])
        batch.update(state=Reminder.State.SUPERSEDED)
    return len(outdone)


def _told(recipient: str, one: _Reached) -> Owed:
    return Owed(
        recipient=recipient,
        cycle_number=one.matter.cycle.number,
        kind=one.rung.kind,
        offset=one.rung.offset,
        falls_on=one.rung.on,
    )
