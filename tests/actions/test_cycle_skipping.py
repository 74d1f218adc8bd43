"""Skipping: a cycle closed without a review, by whom, when not, and what it does to the others."""

from __future__ import annotations

import re
from datetime import date

import pytest

from conditions.actions.coder_changes import call_off
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_skipping import CycleReviewed, SkipReasonMissing, skip_cycle
from conditions.actions.cycles import CycleNotOpen
from conditions.actions.judgements import CycleNotAssessable
from conditions.actions.record import PermissionMissing
from conditions.actions.sweep import sweep
from conditions.actions.withdrawing import withdraw_assessment
from conditions.models import CycleRevision, Event, Publication, Reminder
from conditions.queries.asof import AsOf
from conditions.queries.cycles import cycles_by_program, program_cycles
from conditions.queries.duties import state_of, worked_on
from conditions.queries.lists.paging import row_of
from conditions.queries.lists.record import CYCLES
from conditions.queries.reminders import open_matters
from conditions.rules.calendar import CycleState
from tests.codings import make_double_coding, seal
from tests.days import DAY, FIRST_DUE, SECOND_DUE, THIRD_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
WHY = "The assessor of record was not appointed; the committee agreed."


@pytest.fixture
def program():
    return make_program(lead=make_user("analyst"))


@pytest.fixture
def manager():
    return make_user("manager")


def skip(program, manager, number=1, **changes):
    said = {"reason": WHY, "by": manager, "as_of": NOW}
    return skip_cycle(cycle=program.cycles.get(number=number), **said | changes)


def judged(program, state, number=1, valid_from=WHITE_HOUSE):
    return make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=number),
        valid_from=valid_from,
        state=state,
    )


def test_a_skipped_cycle_is_dated_signed_and_says_why(program, manager):
    skip(program, manager, reason=f"  {WHY} ")
    cycle = program.cycles.get(number=1)
    assert (cycle.is_skipped, cycle.closed_on, cycle.closed_at) == (True, TODAY, NOW)
    assert (cycle.closed_by, cycle.closing_note) == (manager, WHY)
    event = Event.objects.get(verb="cycle.skipped")
    assert (event.actor, event.cycle, event.reason) == (manager, cycle, WHY)
    assert event.after["is_skipped"] is True
    assert not Publication.objects.exists()


def test_it_is_a_state_of_its_own_from_that_day_on(program, manager):
    cycle = skip(program, manager)
    reader = make_user("viewer")
    [dated, *_] = program_cycles(program, AsOf(TODAY, NOW))
    assert (dated.state, dated.is_skipped) == (CycleState.SKIPPED, True)
    [same, *_] = cycles_by_program({program: AsOf(TODAY, NOW)})[program.pk]
    assert same == dated
    assert state_of(cycle, TODAY) is CycleState.SKIPPED
    row = row_of(CYCLES, reader, as_of=NOW, pk=cycle.pk)
    assert (row.state, row.is_skipped, row.closing_note) == ("skipped", True, WHY)
    [day_before, *_] = program_cycles(program, AsOf(TODAY - DAY, NOW))
    assert day_before.state is CycleState.OVERDUE
    [unknown, *_] = program_cycles(program, AsOf(TODAY, noon(TODAY - DAY)))
    assert (unknown.state, unknown.is_skipped, unknown.closed_on) == (
        CycleState.OVERDUE,
        False,
        None,
    )


def test_a_reviewed_cycle_is_closed_not_skipped(program, manager):
    judged(program, "approved")
    close_cycle(cycle=program.cycles.get(number=1), by=manager, as_of=NOW)
    [dated, *_] = program_cycles(program, AsOf(TODAY, NOW))
    assert (dated.state, dated.is_skipped) == (CycleState.CLOSED, False)


def test_nothing_is_owed_for_it(program, manager):
    def overdue():
        [swept] = sweep(as_of=NOW, dry_run=True).programs
        return [news.number for news in swept.overdue]

    def matters():
        return [matter.cycle.number for matter in open_matters([program.pk], NOW)[program.pk]]

    assert (overdue(), matters()) == ([1, 2, 3], [1, 2, 3, 4])
    skip(program, manager)
    assert (overdue(), matters()) == ([2, 3], [2, 3, 4])
    assert [cycle.number for cycle in worked_on([program], NOW)[program.pk]] == [2, 3, 4]
    sweep(as_of=NOW)
    assert not Reminder.objects.filter(cycle__number=1).exclude(kind="news").exists()


def test_who_had_something_outstanding_is_told(program, manager):
    colleague = make_user("manager")
    skip(program, manager)
    told = Reminder.objects.filter(event__verb="cycle.skipped")
    assert {row.recipient for row in told} == {colleague, program.conditions.get().lead}


def test_later_cycles_are_counted_from_it_where_the_text_counts_from_closing(manager):
    program = make_program(basis="closing", as_of=noon(SECOND_DUE - DAY))
    skip(program, manager, number=2, as_of=noon(SECOND_DUE - DAY))
    moved = program.cycles.get(number=3)
    assert moved.due_on == date(2026, 11, 4)
    reasons = set(CycleRevision.objects.values_list("reason", flat=True))
    assert reasons == {"Counted from the skipping of cycle 2."}


@pytest.mark.parametrize("reason", ["", " \n "])
def test_it_needs_a_reason(program, manager, reason):
    with pytest.raises(SkipReasonMissing) as refused:
        skip(program, manager, reason=reason)
    assert (refused.value.field, refused.value.value) == ("reason", reason)
    assert refused.value.remedy == "Say why there is no review, and who decided that."


def test_a_cycle_that_is_over_stays_as_it_is(program, manager):
    judged(program, "approved")
    close_cycle(cycle=program.cycles.get(number=1), by=manager, as_of=NOW)
    with pytest.raises(CycleNotOpen, match=f"Cycle 1 was closed on {TODAY}") as refused:
        skip(program, manager)
    assert (refused.value.field, refused.value.value) == ("cycle", 1)
    assert refused.value.remedy == "A closed cycle stays as it is."
    skip(program, manager, number=2)
    with pytest.raises(CycleNotOpen, match=f"Cycle 2 was skipped on {TODAY}"):
        skip(program, manager, number=2)
    with pytest.raises(CycleNotOpen, match=f"Cycle 2 was skipped on {TODAY}"):
        close_cycle(cycle=program.cycles.get(number=2), by=manager, as_of=NOW)


def test_a_cycle_to_come_is_not_skipped(program, manager):
    with pytest.raises(CycleNotOpen) as refused:
        skip(program, manager, number=2, as_of=noon(FIRST_DUE - DAY))
    assert (refused.value.field, refused.value.value) == ("cycle", 2)
    assert refused.value.message == f"Cycle 2 begins on {FIRST_DUE}."
    assert refused.value.remedy == "Skip it from that day on."


def test_a_cycle_that_nobody_is_asked_to_judge_is_not_skipped(manager):
    program = make_program(tracked_from=FIRST_DUE)
    with pytest.raises(CycleNotOpen, match="Cycle 1 ended before this team began") as refused:
        skip(program, manager)
    assert (refused.value.field, refused.value.value) == ("cycle", 1)
    assert refused.value.remedy == "Leave it as it is: nobody is asked to judge it."
    assert skip(program, manager, number=2).is_skipped


@pytest.mark.parametrize(
    ("state", "told"), [("draft", "(draft, by ana)"), ("submitted", "(submitted, by ana)")]
)
def test_work_in_it_is_listed_and_not_left_behind(program, manager, state, told):
    author = make_user("analyst", username="ana")
    begun = make_assessment(
        condition=program.conditions.get(),
        cycle=program.cycles.get(number=1),
        author=author,
        state=state,
    )
    with pytest.raises(CycleReviewed, match=re.escape(f"on: ALPHA {told}.")) as refused:
        skip(program, manager)
    assert (refused.value.field, refused.value.value) == ("cycle", 1)
    assert refused.value.remedy.startswith("Withdraw what is in work")
    if state == "draft":
        withdraw_assessment(
            assessment=begun,
            by=author,
            as_of=NOW,
            reason="There is no review.",
            expected_revision=begun.revision,
        )
        assert skip(program, manager).is_skipped


def test_a_cycle_with_judgements_is_closed_instead(program, manager):
    judged(program, "approved")
    with pytest.raises(CycleReviewed, match="ALPHA is judged in it") as refused:
        skip(program, manager)
    assert refused.value.remedy.startswith("Close it instead")


def test_what_was_coded_blind_in_it_is_work(program, manager):
    coding = make_double_coding(program.conditions.get(), program.cycles.get(number=4))
    seal(coding, coding.first_coder)
    with pytest.raises(CycleReviewed, match="ALPHA was coded blind in it") as refused:
        skip(program, manager, number=4)
    assert refused.value.remedy.startswith("Judge what both have coded")
    call_off(double_coding=coding, reason="No review.", by=manager, as_of=NOW)
    assert skip(program, manager, number=4).is_skipped


@pytest.mark.parametrize("role", ["", "viewer", "analyst", "reviewer"])
def test_only_a_manager_skips(program, role):
    by = make_user(role)
    with pytest.raises(PermissionMissing) as refused:
        skip(program, by)
    assert (refused.value.field, refused.value.value) == ("by", by.username)
    assert not program.cycles.get(number=1).is_skipped


def test_nothing_is_judged_in_it_afterwards(program, manager):
    skip(program, manager, number=3)
    with pytest.raises(CycleNotAssessable, match="Cycle 3 was skipped") as refused:
        judged(program, "draft", 3, SECOND_DUE)
    assert refused.value.remedy == (
        "Judge the condition in the next cycle; there is nothing here to correct."
    )
    assert judged(program, "draft", 4, THIRD_DUE).state == "draft"
