"""The reminder ladder: on which days, before and after its due date, a cycle asks for attention."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Self

from conditions.rules.values import BadValue, require_keys, require_list, require_whole

# Ten years late, a reminder reaches nobody who could still act on it.
FURTHEST = 3660
_KEYS = ("before", "overdue", "then_every", "managers_from")


class RungKind(StrEnum):
    """What a reminder is about, from least to most urgent; news is on no ladder."""

    OPENED = "opened"
    BEFORE = "before"
    DUE = "due"
    OVERDUE = "overdue"
    NEWS = "news"


@dataclass(frozen=True, slots=True)
class Rung:
    """One reminder, ``offset`` days from the due date: negative before it, 0 for opened and due."""

    kind: RungKind
    offset: int
    on: date
    to_managers: bool


@dataclass(frozen=True, slots=True)
class Ladder:
    """When reminders are owed, in days before and after the due date; None ends what it names."""

    before: tuple[int, ...] = (30, 14, 7, 1)
    overdue: tuple[int, ...] = (1, 3, 7)
    then_every: int | None = 7
    managers_from: int | None = 7

    def __post_init__(self) -> None:
        _require_order("before", tuple(reversed(self.before)), "descending")
        _require_order("overdue", self.overdue, "ascending")
        for field, days in (("then_every", self.then_every), ("managers_from", self.managers_from)):
            if days is not None:
                require_whole(field, days, least=1, most=FURTHEST)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> Self:
        """The ladder a program pack or row describes; what it leaves out takes the default."""
        require_keys(mapping, _KEYS, what="A reminder ladder")
        facts = dict(mapping)
        for field in ("before", "overdue"):
            if field in facts:
                facts[field] = tuple(require_list(field, facts[field]))
        return cls(**facts)  # type: ignore[arg-type]  # __post_init__ checks each of them


def rungs_reached(ladder: Ladder, *, starts_on: date, due_on: date, day: date) -> tuple[Rung, ...]:
    """All reminders of a cycle whose day is ``day`` or earlier, least urgent first (DESIGN 4).

    A rung that would fall before the cycle opens is left out.
    """
    reached = []
    for kind, offset in _offsets(ladder, days_late=(day - due_on).days):
        on = starts_on if kind is RungKind.OPENED else due_on + timedelta(days=offset)
        if starts_on <= on <= day:
            to_managers = (
                kind is RungKind.OVERDUE
                and ladder.managers_from is not None
                and offset >= ladder.managers_from
            )
            reached.append(Rung(kind, offset, on, to_managers))
    return tuple(reached)


def _offsets(ladder: Ladder, *, days_late: int) -> Iterator[tuple[RungKind, int]]:
    yield RungKind.OPENED, 0
    for days in ladder.before:
        yield RungKind.BEFORE, -days
    yield RungKind.DUE, 0
    for days in ladder.overdue:
        yield RungKind.OVERDUE, days
    if ladder.then_every is not None:
        last = ladder.overdue[-1] if ladder.overdue else 0
        end = min(days_late, FURTHEST) + 1
        for days in range(last + ladder.then_every, end, ladder.then_every):
            yield RungKind.OVERDUE, days


def _require_order(field: str, ascending: tuple[int, ...], order: str) -> None:
    for days in ascending:
        require_whole(field, days, least=1, most=FURTHEST)
    if any(one >= other for one, other in pairwise(ascending)):
        raise BadValue(
            f"The days of {field} are not in order.",
            field=field,
            value=ascending,
            remedy=f"Give each day once, {order}.",
        )
