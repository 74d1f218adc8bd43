"""Health: late pulses, and programs that do not know their next cycle."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.models import Program, Pulse, ReviewCycle
from conditions.queries.health import CLOCK_SKEW, LATE_AFTER, health

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def make_program(slug: str, *, until: date | None = None, is_active: bool = True) -> Program:
    return Program.objects.create(
        slug=slug,
        title=slug,
        short_title=slug,
        legal_stage="enacted",
        anchor_on=date(2025, 11, 10),
        first_interval_days=120,
        interval_days=120,
        tracked_from=date(2025, 11, 10),
        until=until,
        is_active=is_active,
        status_scale=[],
        reminder_ladder={},
        changed_at=NOON,
    )


def make_cycle(program: Program, number: int, starts_on: date, due_on: date) -> None:
    ReviewCycle.objects.create(
        program=program,
        number=number,
        starts_on=starts_on,
        due_on=due_on,
        scheduled_due_on=due_on,
    )


def beat(name: str, at: datetime) -> None:
    Pulse.objects.create(name=name, beat_at=at)


def test_an_installation_that_never_beat_is_late_everywhere() -> None:
    state = health(as_of=NOON)
    assert [pulse.name for pulse in state.pulses if pulse.is_late] == list(LATE_AFTER)
    assert not state.is_well


@pytest.mark.parametrize("name", list(LATE_AFTER))
def test_a_pulse_is_late_after_its_patience_and_not_on_it(name: str) -> None:
    for other in LATE_AFTER:
        beat(other, NOON)
    at = NOON + LATE_AFTER[name]
    late = {pulse.name for pulse in health(as_of=at).pulses if pulse.is_late}
    assert name not in late
    late = {pulse.name for pulse in health(as_of=at + timedelta(seconds=1)).pulses if pulse.is_late}
    assert name in late


@pytest.mark.parametrize("name", list(LATE_AFTER))
def test_a_pulse_of_a_day_to_come_is_none(name: str) -> None:
    for other in LATE_AFTER:
        beat(other, NOON + CLOCK_SKEW)
    assert not any(pulse.is_late for pulse in health(as_of=NOON).pulses)
    Pulse.objects.filter(name=name).update(beat_at=NOON + CLOCK_SKEW + timedelta(seconds=1))
    assert [pulse.name for pulse in health(as_of=NOON).pulses if pulse.is_late] == [name]


def test_a_program_needs_a_cycle_that_has_not_begun() -> None:
    program = make_program("one")
    make_cycle(program, 1, date(2025, 11, 10), date(2026, 3, 10))
    assert health(as_of=NOON).without_future_cycle == ("one",)
    make_cycle(program, 2, date(2026, 3, 10), date(2026, 7, 8))
    assert health(as_of=NOON).without_future_cycle == ("one",)
    make_cycle(program, 3, date(2026, 7, 8), date(2026, 11, 5))
    assert health(as_of=NOON).without_future_cycle == ()


def test_the_last_cycle_of_a_series_that_ends_needs_no_next() -> None:
    program = make_program("ends", until=date(2026, 3, 11))
    make_cycle(program, 1, date(2025, 11, 10), date(2026, 3, 11))
    assert health(as_of=NOON).without_future_cycle == ()


def test_a_program_at_rest_needs_none() -> None:
    make_program("at-rest", is_active=False)
    assert health(as_of=NOON).without_future_cycle == ()


@pytest.mark.parametrize("programs", [1, 3])
def test_health_takes_three_queries(
    programs: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(programs):
        make_program(f"program-{number}")
    with django_assert_num_queries(3):
        assert len(health(as_of=NOON).without_future_cycle) == programs
