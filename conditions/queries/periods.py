"""A count of consecutive periods as a page, a message and the report show it, with its words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from conditions.queries.cycles import CycleDates
from conditions.rules.escalation import EFFECT_SENTENCES, ConsecutiveRule, CountBasis, Streak

_NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten")


@dataclass(frozen=True, slots=True)
class Firing:
    """A run that reached the number the text names: with which cycle, and over which."""

    cycle_id: int
    cycle_number: int
    counted: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Periods:
    """One count of periods in a row that were not affirmative, and what the text says follows.

    ``counted`` are the cycles of the run at the end, ``missing`` those that decide nothing.
    """

    basis: CountBasis
    rule: ConsecutiveRule
    streak: Streak
    missing: tuple[int, ...]
    counted: tuple[int, ...]
    firings: tuple[Firing, ...]
    next_cycle: CycleDates | None

    @property
    def fired_cycles(self) -> tuple[int, ...]:
        """The cycles with which a run reached the number that the text names."""
        return tuple(firing.cycle_number for firing in self.firings)

    @property
    def has_fired(self) -> bool:
        """Whether the run at the end has reached the number the text names."""
        return self.streak.current >= self.streak.needed

    @property
    def standing(self) -> str:
        """The run in words, as “1 of 2”."""
        return f"{self.streak.current} of {self.streak.needed}"

    @property
    def what_would_trigger(self) -> str:
        """A sentence on what is lacking until the number is reached, or that it is reached."""
        if self.has_fired:
            return (
                f"Reached with cycle {self.fired_cycles[-1]}. "
                "Only an affirmative period begins a new count."
            )
        lacking = self.streak.needed - self.streak.current
        number = _NUMBERS[lacking] if lacking < len(_NUMBERS) else str(lacking)
        periods = f"{number} more period{'' if lacking == 1 else 's'} not affirmative in a row"
        coming = self.next_cycle
        when = f", next cycle {coming.number} due {_told(coming.due_on)}," if coming else ""
        return f"{periods}{when} would reach {self.streak.needed}."

    @property
    def what_follows(self) -> str:
        """The consequence that the text names."""
        return self.rule.consequence

    @property
    def legal_effect(self) -> str:
        """How strongly the text speaks of the consequence, and no stronger."""
        return EFFECT_SENTENCES[self.rule.legal_effect]


def _told(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
