"""Sampling: which of several things a draw picks, so that anybody can check it later."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from conditions.rules.refusals import Invalid


class BadDraw(Invalid):
    """A draw of nothing, or of more than there is."""


class TooFewCoders(Invalid):
    """The people named are not enough to give everything two different coders."""


@dataclass(frozen=True, slots=True)
class Draw:
    """``size`` of the codes in ``pool``, drawn by ``seed``, which nobody chose."""

    seed: str
    size: int
    pool: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= self.size <= len(self.pool):
            raise BadDraw(
                f"{self.size} of {len(self.pool)} cannot be drawn.",
                field="size",
                value=self.size,
                remedy=f"Give a number from 1 to {len(self.pool)}."
                if self.pool
                else "There is nothing to draw from.",
            )

    def chosen(self) -> frozenset[str]:
        """The codes whose SHA-256 of “seed:code” comes first, in hexadecimal digits."""
        return frozenset(sorted(self.pool, key=self._place)[: self.size])

    def _place(self, code: str) -> str:
        return hashlib.sha256(f"{self.seed}:{code}".encode()).hexdigest()


def pair_up(leads: Mapping[str, int | None], people: Sequence[int]) -> dict[str, tuple[int, int]]:
    """Two coders for each code: its lead first, who is named where it has one, then ``people``.

    The people take turns, so that the work is spread. Raises TooFewCoders.
    """
    waiting = list(dict.fromkeys(people))
    found = {}
    for code, lead in leads.items():
        first = _turn_of(waiting, lead, code)
        others = [person for person in waiting if person != first]
        second = _turn_of(others, None, code)
        waiting = [person for person in waiting if person not in (first, second)]
        waiting += [person for person in dict.fromkeys(people) if person in (first, second)]
        found[code] = (first, second)
    return found


def _turn_of(waiting: Sequence[int], lead: int | None, code: str) -> int:
    if lead is not None:
        return lead
    if waiting:
        return waiting[0]
    raise TooFewCoders(
        f"{code} would lack a coder.",
        field="people",
        value=code,
        remedy="Name one more person. Two different people code each condition.",
    )
