"""What goes out together: each reminder alone, or all of a person who wants a digest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from conditions.actions.reminder_leases import Leased
from conditions.actions.verdicts import Matters, Wanted
from conditions.models import User
from conditions.outbound.letters import Letter, write_news, write_section

# What a list of mail shows first is the gravest; what is not named here comes after.
_GRAVEST = ("escalation.fired", "escalation.withdrawn", "condition.fell")


@dataclass(frozen=True, slots=True)
class Parcel:
    """Reminders that go to one person in one message."""

    wanted: tuple[Wanted, ...]
    matters: Matters

    @property
    def leased(self) -> list[Leased]:
        """The reminders in it."""
        return [one.leased for one in self.wanted]

    def letter(self) -> Letter:
        """The message: news first, the gravest before the rest, then cycles, the latest first."""
        first = self.leased[0]
        person = first.recipient
        named = {one.matter.cycle.pk: one.matter for one in self.wanted if one.matter}
        ordered = sorted(named.values(), key=lambda one: (one.days_left, one.cycle.pk))
        beside = [
            other
            for program_id in {one.program.pk for one in ordered}
            for other in self.matters[program_id]
            if other.cycle.pk not in named and other.concerns(person.pk)
        ]
        return Letter(
            message_id=first.message_id,
            thread=f"<cycle-{first.cycle_id}-{person.pk}@{first.message_id.rpartition('@')[2]}",
            recipient=str(person),
            address=person.email,
            sections=tuple(write_section(one, person.pk) for one in ordered),
            news=tuple(
                write_news(one.news) for one in sorted(self.wanted, key=_gravity) if one.news
            ),
            beside=tuple(write_section(one, person.pk) for one in beside),
        )


def parcels(wanted: Iterable[Wanted], matters: Matters) -> list[Parcel]:
    """Everything in hand, as it goes out.

    What a dead deliverer may have sent already goes out again as it was, with nothing new in it:
    a mail server that knows the Message-ID may throw it away.
    """
    together: dict[tuple[object, ...], list[Wanted]] = {}
    for one in wanted:
        leased = one.leased
        is_single = leased.recipient.reminder_mode == User.ReminderMode.SINGLE
        key = (leased.recipient.pk, leased.abandoned_by, leased.id if is_single else None)
        together.setdefault(key, []).append(one)
    return [Parcel(tuple(group), matters) for group in together.values()]


def _gravity(wanted: Wanted) -> tuple[int, int]:
    if wanted.news is None:
        return len(_GRAVEST), 0
    event = wanted.news.event
    place = _GRAVEST.index(event.verb) if event.verb in _GRAVEST else len(_GRAVEST)
    return place, event.pk
