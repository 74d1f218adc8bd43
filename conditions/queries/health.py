"""Whether the tracker is alive: its pulses, its programs' next cycles, and reminders that wait."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q

from conditions.models import Program, Pulse, Reminder
from conditions.rules.calendar import legal_day

# Three missed beats of each job: one may be a restart, two a slow machine.
LATE_AFTER = {"sweep": timedelta(minutes=15), "deliver": timedelta(minutes=3)}
# How far the clocks of two machines may differ: a pulse further ahead than this is none.
CLOCK_SKEW = timedelta(minutes=1)
LONGEST_WAIT = timedelta(days=1)
# A reminder that failed so often has been failing for hours.
MANY_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class PulseState:
    """When one scheduled job last ran to its end; ``beat_at`` is None when it never did."""

    name: str
    beat_at: datetime | None
    is_late: bool


@dataclass(frozen=True, slots=True)
class WaitingReminders:
    """How many reminders are owed and wait: too long, failing, or for an e-mail address."""

    too_long: int = 0
    failing: int = 0
    without_address: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that somebody has to mend; ``is_grave`` says that the tracker is not well."""

    code: str
    sentence: str
    remedy: str
    is_grave: bool = True


@dataclass(frozen=True, slots=True)
class Health:
    """What /healthz, the dashboard and doctor say alike.

    ``not_swept`` are slugs of programs that the last sweep could not do.
    """

    pulses: tuple[PulseState, ...]
    without_future_cycle: tuple[str, ...]
    not_swept: tuple[str, ...] = ()
    waiting: WaitingReminders = WaitingReminders()

    @property
    def is_well(self) -> bool:
        """Whether nothing grave is wrong."""
        return not any(problem.is_grave for problem in self.problems)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong, each with what mends it."""
        return (*_of_pulses(self), *_of_programs(self), *_of_reminders(self.waiting))


def health(*, as_of: datetime) -> Health:
    """The health at ``as_of``. Three queries."""
    pulses = {pulse.name: pulse for pulse in Pulse.objects.filter(name__in=LATE_AFTER)}
    beats = {name: pulse.beat_at for name, pulse in pulses.items()}
    swept = pulses["sweep"].detail if "sweep" in pulses else {}
    return Health(
        pulses=tuple(
            PulseState(name, beats.get(name), is_late(name, beats.get(name), as_of))
            for name in LATE_AFTER
        ),
        without_future_cycle=_without_future_cycle(as_of),
        not_swept=tuple(sorted(swept.get("errors", {}))),
        waiting=_waiting(as_of),
    )


def is_late(name: str, beat_at: datetime | None, as_of: datetime) -> bool:
    """Whether the last pulse of a job is too old, absent, or told by a clock that runs ahead."""
    return beat_at is None or not -CLOCK_SKEW <= as_of - beat_at <= LATE_AFTER[name]


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


def _waiting(as_of: datetime) -> WaitingReminders:
    long_ago = as_of - LONGEST_WAIT
    reachable = ~Q(recipient__email="")
    # What waits for a later day on purpose has no error and its next attempt lies ahead.
    stuck = Q(next_attempt_at__lte=long_ago) | ~Q(last_error="")
    counts = Reminder.objects.filter(state=Reminder.State.OWED).aggregate(
        too_long=Count("pk", filter=reachable & stuck & Q(owed_at__lte=long_ago)),
        failing=Count("pk", filter=reachable & Q(attempts__gte=MANY_ATTEMPTS)),
        without_address=Count("pk", filter=Q(recipient__email="") & ~Q(last_error="")),
    )
    return WaitingReminders(**counts)


def _of_pulses(health: Health) -> Iterator[Problem]:
    for pulse in health.pulses:
        if pulse.is_late:
            when = f"last at {pulse.beat_at:%Y-%m-%d %H:%M} UTC" if pulse.beat_at else "never"
            yield Problem(
                f"{pulse.name}_late",
                f"The {pulse.name} has not run lately ({when}).",
                "Start worker and beat: python manage.py serve, or docker compose up --detach",
            )


def _of_programs(health: Health) -> Iterator[Problem]:
    for slug in health.without_future_cycle:
        yield Problem(
            "no_future_cycle",
            f"The active program {slug} has no future cycle.",
            "Run: python manage.py sweep",
        )
    for slug in health.not_swept:
        yield Problem(
            "not_swept",
            f"The last sweep could not do the program {slug}.",
            "Run: python manage.py sweep, and mend what it names.",
        )


def _of_reminders(waiting: WaitingReminders) -> Iterator[Problem]:
    if waiting.too_long:
        yield Problem(
            "reminders_wait",
            f"Reminders that have waited longer than a day: {waiting.too_long}.",
            "Run: python manage.py doctor --only mail",
        )
    if waiting.failing:
        yield Problem(
            "reminders_fail",
            f"Reminders that failed {MANY_ATTEMPTS} times or more: {waiting.failing}.",
            "See the last error of each among the reminders in the admin.",
            is_grave=False,
        )
    if waiting.without_address:
        yield Problem(
            "no_address",
            f"Reminders that wait for an e-mail address: {waiting.without_address}.",
            "Give each recipient an address in the admin, or make the account inactive.",
            is_grave=False,
        )
