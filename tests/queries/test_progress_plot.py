"""The progress of a cycle: counted by day from the events, and drawn in proportion."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from conditions.actions.reviews import return_assessment
from conditions.models import Program, ReviewCycle
from conditions.queries.progress import Move, Step, moves_in, steps_of
from conditions.queries.progress_plot import LEFT, RIGHT, WIDTH, ProgressPlot, progress_plot
from tests.days import DAY, FOURTH_DUE, THIRD_DUE, TODAY, noon
from tests.factories import make_assessment, make_program, make_user

STEPS = (Step(THIRD_DUE + 30 * DAY, 1, 0), Step(THIRD_DUE + 60 * DAY, 3, 1))


def drawn(**changes: Any) -> ProgressPlot:
    asked: dict[str, Any] = {
        "starts_on": THIRD_DUE,
        "due_on": FOURTH_DUE,
        "scheduled_due_on": FOURTH_DUE,
        "closed_on": None,
        "steps": STEPS,
        "of": 6,
        "day": THIRD_DUE + 60 * DAY,
    }
    plot = progress_plot(**{**asked, **changes})
    assert plot is not None
    return plot


def moves(*told: tuple[int, str, date]) -> list[Move]:
    return [Move(pk, f"assessment.{verb}", day) for pk, verb, day in told]


def test_submitted_counts_as_coded_until_it_is_returned_or_withdrawn() -> None:
    first, second, third, fourth = (TODAY + days * DAY for days in range(4))
    told = moves(
        (1, "drafted", first),
        (1, "submitted", second),
        (2, "submitted", second),
        (1, "returned", third),
        (2, "approved", third),
        (1, "withdrawn", fourth),
    )
    assert steps_of(told, {1, 2}) == (Step(second, 2, 0), Step(third, 1, 1))


def test_an_approval_stands_whatever_is_begun_after_it() -> None:
    told = moves(
        (1, "submitted", TODAY),
        (1, "approved", TODAY),
        (1, "drafted", TODAY + DAY),
        (1, "withdrawn", TODAY + DAY),
    )
    assert steps_of(told, {1}) == (Step(TODAY, 1, 1),)


def test_only_what_was_asked_and_only_what_changed_the_count_is_told() -> None:
    told = moves((9, "submitted", TODAY), (1, "drafted", TODAY), (1, "edited", TODAY))
    assert steps_of(told, {1}) == ()
    back = moves((1, "submitted", TODAY), (1, "returned", TODAY))
    assert steps_of(back, {1}) == ()


@pytest.mark.django_db
def test_moves_are_read_from_the_events_of_the_cycle_on_their_legal_days() -> None:
    program: Program = make_program(conditions=("ALPHA", "BETA"), tracked_from=THIRD_DUE)
    cycle: ReviewCycle = program.cycles.get(number=4)
    alpha, beta = program.conditions.order_by("position")
    submitted = make_assessment(
        condition=alpha, cycle=cycle, valid_from=TODAY, state="submitted", as_of=noon(TODAY)
    )
    return_assessment(
        assessment=submitted,
        reason="Say why.",
        by=make_user("reviewer"),
        as_of=noon(TODAY + DAY),
        expected_revision=submitted.revision,
    )
    make_assessment(condition=beta, cycle=cycle, valid_from=TODAY, as_of=noon(TODAY))
    asked = {alpha.pk, beta.pk}
    found = steps_of(moves_in(cycle, with_drafts=True), asked)
    assert found == (Step(TODAY, 2, 1), Step(TODAY + DAY, 1, 1))
    assert steps_of(moves_in(cycle, with_drafts=False), asked) == (Step(TODAY, 1, 1),)


def test_the_bands_tile_the_cycle_and_the_due_date_ends_them() -> None:
    plot = drawn()
    assert [band.phase.kind.value for band in plot.bands] == [
        "evidence",
        "coding",
        "review",
        "close",
    ]
    assert plot.bands[0].x == LEFT
    for band, following in zip(plot.bands, plot.bands[1:], strict=False):
        assert band.x + band.width == pytest.approx(following.x)
    assert plot.bands[-1].x + plot.bands[-1].width == pytest.approx(plot.due_x)
    assert plot.due_x == WIDTH - RIGHT


def test_days_lie_in_proportion() -> None:
    plot = drawn()
    assert [mark.number for mark in plot.days] == [0, 30, 60, 90, 120]
    assert plot.today_x == pytest.approx((LEFT + WIDTH - RIGHT) / 2)
    assert [level.number for level in plot.levels] == [0, 1, 2, 3, 4, 5, 6]
    assert [level.number for level in drawn(of=40).levels] == [0, 20, 40]


def test_the_lines_step_on_their_days_and_end_today() -> None:
    plot = drawn()
    height = {level.number: level.y for level in plot.levels}
    day = {mark.number: mark.x for mark in plot.days}
    assert plot.coded.path == (
        f"M{LEFT:g} {height[0]:g}H{day[30]:g}V{height[1]:g}H{day[60]:g}V{height[3]:g}H{day[60]:g}"
    )
    assert (plot.coded.number, plot.approved.number) == (3, 1)
    assert (plot.coded.x, plot.coded.y) == (plot.today_x, height[3])
    earlier = drawn(day=THIRD_DUE + 59 * DAY)
    assert (earlier.coded.number, earlier.approved.number) == (1, 0)


def test_the_words_beside_the_lines_do_not_lie_on_each_other() -> None:
    same = drawn(steps=(Step(THIRD_DUE + DAY, 2, 2),))
    assert same.coded.y == same.approved.y
    assert same.approved.label_y - same.coded.label_y == pytest.approx(14)
    none = drawn(steps=())
    assert none.approved.label_y <= none.bottom
    assert none.approved.label_y - none.coded.label_y == pytest.approx(14)


def test_the_pace_rises_over_coding_and_over_review() -> None:
    plot = drawn()
    corners = [tuple(map(float, pair.split(","))) for pair in plot.pace_coded.split()]
    coding, review = plot.bands[1], plot.bands[2]
    top, bottom = plot.levels[-1].y, plot.levels[0].y
    assert corners == [
        (LEFT, bottom),
        (coding.x, bottom),
        (pytest.approx(coding.x + coding.width), top),
        (plot.due_x, top),
    ]
    assert plot.pace_approved.split()[1] == f"{review.x:g},{bottom:g}"


def test_an_extension_keeps_the_scheduled_date_in_sight() -> None:
    assert drawn().scheduled_x is None
    moved = drawn(due_on=FOURTH_DUE + 30 * DAY)
    assert moved.scheduled_x is not None
    assert moved.scheduled_x < moved.due_x
    assert [mark.number for mark in moved.days][-1] == 150


def test_a_late_cycle_reaches_beyond_its_due_date() -> None:
    late = drawn(day=FOURTH_DUE + 40 * DAY)
    assert late.due_x < WIDTH - RIGHT
    assert late.today_x == WIDTH - RIGHT
    closed = drawn(day=FOURTH_DUE + 40 * DAY, closed_on=FOURTH_DUE + DAY)
    assert closed.today_x is None
    assert closed.closed_x == WIDTH - RIGHT


def test_a_cycle_to_come_has_no_today_and_one_without_conditions_no_plot() -> None:
    coming = drawn(day=THIRD_DUE - DAY, steps=())
    assert coming.today_x is None
    assert (coming.coded.number, coming.coded.x) == (0, LEFT)
    assert (
        progress_plot(
            starts_on=THIRD_DUE,
            due_on=FOURTH_DUE,
            scheduled_due_on=FOURTH_DUE,
            closed_on=None,
            steps=(),
            of=0,
            day=TODAY,
        )
        is None
    )


def test_short_phases_keep_their_names_apart() -> None:
    heights = [band.name_y for band in drawn(due_on=THIRD_DUE + 365 * DAY).bands]
    assert len(set(heights[1:3])) == 2
    assert len({band.name_y for band in drawn().bands}) == 1
