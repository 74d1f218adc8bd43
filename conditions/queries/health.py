"""Whether the tracker is alive: its pulses, and whether every program knows its next cycle."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max

from conditions.models import Program, Pulse
from conditions.rules.calendar import legal_day

# Three missed beats of each job: one may be a restart, two a slow machine.
LATE_AFTER = {"sweep": timedelta(minutes=15), "deliver": timedelta(minutes=3)}


@dataclass(frozen=True, slots=True)
class PulseState:
    """When one scheduled job last ran to its end; ``beat_at`` is None when it never did."""

    name: str
    beat_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class Health:
    """What /healthz, the dashboard and doctor say alike."""

    pulses: tuple[PulseState, ...]
    without_future_cycle: tuple[str, ...]

    @property
    def is_well(self) -> bool:
        """Whether no pulse is late and no active program lacks its next cycle."""
        return not self.without_future_cycle and not any(pulse.is_late for pulse in self.pulses)


def health(*, as_of: datetime) -> Health:
    """The health at ``as_of``. Two queries."""
    beats = dict(Pulse.objects.filter(name__in=LATE_AFTER).values_list("name", "beat_at"))
    return Health(
        pulses=tuple(
            PulseState(name, beats.get(name), name not in beats or as_of - beats[name] > patience)
            for name, patience in LATE_AFTER.items()
        ),
        without_future_cycle=_without_future_cycle(as_of),
    )


def _without_future_cycle(as_of: datetime) -> tuple[str, ...]:
    rows = (
        Program.objects.filter(is_active=True)
        .annotate(last_start=Max("cycles__starts_on"), last_due=Max("cycles__due_on"))
        .order_by("slug")
        .values_list("slug", "time_zone", "until", "last_start", "last_due")
    )
    return tuple(
        slug
        for slug, time_zone, until, last_start, last_due in rows
        if not (last_start and last_start > legal_day(as_of, time_zone))
        # A series that has an end may have reached its last cycle.
        and not (until and last_due and last_due >= until)
    )
