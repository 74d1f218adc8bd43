"""Withdrawing: who may give up what, what it leaves behind, and what counts it no longer."""

from __future__ import annotations

import pytest

from conditions.actions.assessments import edit_assessment, submit_assessment
from conditions.actions.cycle_closing import close_cycle
from conditions.actions.record import PermissionMissing
from conditions.actions.reviews import ReasonMissing, approve_assessment, return_assessment
from conditions.actions.steps import ChangedMeanwhile
from conditions.actions.withdrawing import SomebodyElses, withdraw_assessment
from conditions.models import Assessment, Event
from conditions.queries.asof import AsOf
from conditions.queries.desk import desk_of
from conditions.queries.status import program_status
from conditions.queries.workbench import workbench
from conditions.rules.workflow import NoSuchStep
from tests.days import DAY, FIRST_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_judgement, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


@pytest.fixture
def program():
    return make_program()


@pytest.fixture
def condition(program):
    return program.conditions.get()


@pytest.fixture
def author():
    return make_user("analyst")


def begun(condition, author, state="draft", *, number=4, valid_from=TODAY, **fields):
    return make_assessment(
        condition=condition,
        cycle=condition.program.cycles.get(number=number),
        valid_from=valid_from,
        author=author,
        state=state,
        **fields,
    )


def withdraw(assessment, by, **changes):
    said = {
        "by": by,
        "as_of": NOW,
        "reason": "Begun on the wrong condition.",
        "expected_revision": assessment.revision,
    }
    return withdraw_assessment(assessment=assessment, **said | changes)


def work_state(program, known_at=NOW):
    [row] = program_status(program, AsOf(TODAY, known_at)).conditions
    return row.work_state


def test_a_draft_is_given_up_with_its_reason_and_kept(condition, author):
    draft = begun(condition, author)
    withdrawn = withdraw(draft, author, reason="  Begun on the wrong condition.  ")
    withdrawn.refresh_from_db()
    assert (withdrawn.state, withdrawn.withdrawn_by, withdrawn.withdrawn_at) == (
        "withdrawn",
        author,
        NOW,
    )
    assert withdrawn.withdrawal_reason == "Begun on the wrong condition."
    assert withdrawn.revision == draft.revision + 1
    assert withdrawn.rationale == draft.rationale
    event = Event.objects.get(verb="assessment.withdrawn")
    assert (event.actor, event.reason) == (author, "Begun on the wrong condition.")
    assert (event.condition, event.cycle) == (condition, draft.cycle)
    assert event.after["state"] == "withdrawn"


def test_what_was_returned_can_be_given_up(condition, author):
    submitted = begun(condition, author, "submitted")
    returned = return_assessment(
        assessment=submitted,
        by=make_user("reviewer"),
        as_of=NOW,
        reason="Thin.",
        expected_revision=submitted.revision,
    )
    assert withdraw(returned, author).state == "withdrawn"


@pytest.mark.parametrize(
    ("state", "remedy"),
    [
        ("submitted", "From submitted it can become approved or returned."),
        ("approved", "What was approved stays; write a correction that says what it corrects."),
    ],
)
def test_what_was_handed_in_is_not_given_up(condition, author, state, remedy):
    assessment = begun(condition, author, state)
    with pytest.raises(NoSuchStep) as refused:
        withdraw(assessment, author)
    assert (refused.value.field, refused.value.value) == ("state", state)
    assert refused.value.remedy == remedy


def test_it_is_final(condition, author):
    withdrawn = withdraw(begun(condition, author), author)
    again = {"as_of": NOW, "expected_revision": withdrawn.revision}
    judgement = make_judgement(condition=condition, valid_from=TODAY)
    for step, fields in (
        (withdraw_assessment, {"by": author, "reason": "Once more."}),
        (edit_assessment, {"by": author, "judgement": judgement}),
        (submit_assessment, {"by": author}),
        (return_assessment, {"by": make_user("reviewer"), "reason": "Back."}),
        (approve_assessment, {"by": make_user("reviewer")}),
    ):
        with pytest.raises(NoSuchStep, match="begin a new assessment"):
            step(assessment=withdrawn, **again, **fields)


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_it_needs_a_reason(condition, author, reason):
    draft = begun(condition, author)
    with pytest.raises(ReasonMissing) as refused:
        withdraw(draft, author, reason=reason)
    assert (refused.value.field, refused.value.value) == ("reason", reason)
    assert refused.value.remedy == "Say why this assessment is given up."


def test_an_older_revision_is_not_given_up(condition, author):
    draft = begun(condition, author)
    with pytest.raises(ChangedMeanwhile) as refused:
        withdraw(draft, author, expected_revision=draft.revision - 1)
    assert refused.value.field == "revision"


@pytest.mark.parametrize("role", ["viewer", "reviewer", ""])
def test_who_writes_nothing_withdraws_nothing(condition, author, role):
    draft, by = begun(condition, author), make_user(role)
    with pytest.raises(PermissionMissing) as refused:
        withdraw(draft, by)
    assert (refused.value.field, refused.value.value) == ("by", by.username)


def test_an_analyst_gives_up_what_they_wrote_in_and_nothing_else(condition, author):
    draft, other = begun(condition, author), make_user("analyst")
    with pytest.raises(SomebodyElses) as refused:
        withdraw(draft, other)
    assert (refused.value.field, refused.value.value) == ("by", other.username)
    assert refused.value.remedy == "Ask its author or a manager to withdraw it."
    edited = edit_assessment(
        assessment=draft,
        judgement=make_judgement(condition=condition, valid_from=TODAY),
        by=other,
        as_of=NOW,
        expected_revision=draft.revision,
    )
    assert withdraw(edited, other).withdrawn_by == other


def test_a_manager_gives_up_the_work_of_others(condition, author):
    manager = make_user("manager")
    assert withdraw(begun(condition, author), manager).withdrawn_by == manager


def test_it_counts_as_open_no_more(program, condition, author):
    withdraw(begun(condition, author), author)
    assert not Assessment.objects.still_open().exists()
    assert desk_of(author, as_of=NOW).drafts == ()
    bench = workbench(condition, as_of=NOW, sensitivities={"public"}, with_drafts=True, pages={})
    assert [work.work_state for work in bench.cycles] == ["not_started"] * 4
    assert [row.state for row in bench.history] == ["withdrawn"]
    assert begun(condition, author).state == "draft"


def test_a_cycle_closes_over_it(program, condition, author):
    first = program.cycles.get(number=1)
    begun(condition, author, "approved", number=1, valid_from=WHITE_HOUSE)
    second = begun(condition, author, number=1, valid_from=WHITE_HOUSE + DAY, as_of=noon(FIRST_DUE))
    withdraw(second, author)
    closed = close_cycle(cycle=first, by=make_user("manager"), as_of=NOW)
    assert closed.closed_at == NOW


def test_the_work_stands_where_it_stood_before(program, condition, author):
    begun(condition, author, valid_from=TODAY - DAY)
    draft = Assessment.objects.get()
    assert work_state(program) == "draft"
    withdraw(draft, author)
    assert work_state(program) == "not_started"
    assert work_state(program, noon(TODAY - DAY)) == "draft"


def test_what_was_approved_before_it_stays_approved(program, condition, author):
    approved = begun(condition, author, "approved", valid_from=TODAY - DAY)
    correction = begun(condition, author, corrects=approved, as_of=NOW)
    assert work_state(program) == "draft"
    withdraw(correction, author)
    assert work_state(program) == "approved"
