"""Double coding: who may be chosen, what a coder may say and when, and what comes after."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from conditions.actions.assessments import start_assessment
from conditions.actions.blind_coding import CodedAlready, NotChosenForIt, code_blind
from conditions.actions.coder_changes import (
    AlreadyCoded,
    NotItsCoder,
    ReasonNeeded,
    call_off,
    replace_coder,
)
from conditions.actions.coders import CalledOff, CannotCode, NotChoosable, TwoNeeded
from conditions.actions.cycles import CycleNotOpen
from conditions.actions.double_coding import (
    NotAsDrawn,
    NothingChosen,
    choose_for_double_coding,
)
from conditions.actions.judgement_parts import Incomplete
from conditions.actions.judgements import BadJudgement, ItemFinding
from conditions.actions.reconciling import DoubleCodingPending
from conditions.actions.record import PermissionMissing
from conditions.actions.reviews import approve_assessment
from conditions.actions.withdrawing import withdraw_assessment
from conditions.models import (
    Assessment,
    AssessmentAuthor,
    Coding,
    Condition,
    DoubleCoding,
    Event,
    Program,
    ReviewCycle,
    User,
)
from conditions.queries.coders import choosable
from conditions.queries.coding_content import coding_content
from conditions.rules.authority import OtherEyesNeeded
from conditions.rules.fingerprint import fingerprint
from conditions.rules.refusals import Refusal
from conditions.rules.sampling import Draw
from conditions.rules.scale import UnknownStatus
from tests.codings import add_items, code_twice, coding_text, make_double_coding, seal
from tests.days import DAY, FOURTH_DUE, SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_judgement, make_program, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Program:
    return make_program(conditions=("ALPHA", "BETA"))


@pytest.fixture
def condition(program: Program) -> Condition:
    return program.conditions.get(code="ALPHA")


@pytest.fixture
def cycle(program: Program) -> ReviewCycle:
    return program.cycles.get(number=4)


@pytest.fixture
def manager() -> User:
    return make_user("manager")


def choose(cycle: ReviewCycle, by: User, pairs: Any, **more: Any) -> tuple[DoubleCoding, ...]:
    return choose_for_double_coding(cycle=cycle, pairs=pairs, by=by, as_of=noon(TODAY), **more)


def two() -> tuple[User, User]:
    return make_user("analyst"), make_user("analyst")


def start(condition: Condition, cycle: ReviewCycle, by: User, **more: Any) -> Assessment:
    return start_assessment(
        condition=condition,
        cycle=cycle,
        judgement=make_judgement(condition=condition, valid_from=TODAY),
        by=by,
        as_of=noon(TODAY),
        **more,
    )


def test_a_manager_chooses_conditions_and_two_people_for_each(
    program: Program, cycle: ReviewCycle, manager: User
) -> None:
    pairs = {condition: two() for condition in program.conditions.all()}
    made = choose(cycle, manager, pairs)
    assert {row.condition: (row.first_coder, row.second_coder) for row in made} == pairs
    events = Event.objects.filter(verb="doublecoding.chosen").order_by("id")
    assert [(event.actor, event.condition, event.cycle) for event in events] == [
        (manager, row.condition, cycle) for row in made
    ]
    first, second = pairs[made[0].condition]
    assert events[0].after == {"first_coder": first.username, "second_coder": second.username}


def test_a_draw_goes_on_record_so_that_it_can_be_checked(
    program: Program, cycle: ReviewCycle, manager: User
) -> None:
    draw = Draw(seed="5eed", size=1, pool=("ALPHA", "BETA"))
    drawn, other = sorted(program.conditions.all(), key=lambda row: row.code not in draw.chosen())
    choose(cycle, manager, {drawn: two()}, draw=draw)
    event = Event.objects.get(verb="doublecoding.chosen")
    assert event.after["drawn"] == {"seed": "5eed", "size": 1, "pool": ["ALPHA", "BETA"]}
    assert event.reason == "Drawn at random, 1 of 2, by the seed 5eed."
    again = Draw(**{**event.after["drawn"], "pool": tuple(event.after["drawn"]["pool"])})
    assert again.chosen() == {drawn.code}
    assert other.code not in again.chosen()


def test_a_draw_that_picked_something_else_is_refused(
    program: Program, cycle: ReviewCycle, manager: User
) -> None:
    draw = Draw(seed="5eed", size=1, pool=("ALPHA", "BETA"))
    other = program.conditions.exclude(code__in=draw.chosen()).get()
    with pytest.raises(NotAsDrawn, match="The draw picks"):
        choose(cycle, manager, {other: two()}, draw=draw)
    narrow = Draw(seed="5eed", size=1, pool=(other.code,))
    with pytest.raises(NotAsDrawn, match="not those that can be chosen"):
        choose(cycle, manager, {other: two()}, draw=narrow)
    assert not DoubleCoding.objects.exists()


def test_all_or_nothing(program: Program, cycle: ReviewCycle, manager: User) -> None:
    alpha, beta = program.conditions.order_by("position")
    make_assessment(condition=beta, cycle=cycle, valid_from=TODAY, state="draft")
    with pytest.raises(NotChoosable) as refusal:
        choose(cycle, manager, {alpha: two(), beta: two()})
    assert (refusal.value.field, refusal.value.value) == ("condition", "BETA")
    assert "BETA is in work in cycle 4 already." in str(refusal.value)
    assert not DoubleCoding.objects.exists()
    assert not Event.objects.filter(verb="doublecoding.chosen").exists()


def test_a_condition_that_is_judged_or_chosen_or_not_asked_is_refused(
    program: Program, cycle: ReviewCycle, manager: User
) -> None:
    alpha, beta = program.conditions.order_by("position")
    make_assessment(condition=alpha, cycle=cycle, valid_from=TODAY)
    with pytest.raises(NotChoosable, match="is judged in cycle 4 already"):
        choose(cycle, manager, {alpha: two()})
    make_double_coding(beta, cycle)
    with pytest.raises(NotChoosable, match="is double-coded in cycle 4 already"):
        choose(cycle, manager, {beta: two()})
    ended = Condition.objects.get(pk=alpha.pk)
    ended.in_force_until = cycle.starts_on
    ended.save()
    stranger = make_program(slug="other").conditions.get()
    for one in (ended, stranger):
        with pytest.raises(NotChoosable, match="is not asked in cycle 4"):
            choose(cycle, manager, {one: two()})
    with pytest.raises(NothingChosen):
        choose(cycle, manager, {})


def test_what_was_begun_and_withdrawn_can_be_read_so_nobody_is_blind(
    program: Program, condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    draft = make_assessment(condition=condition, cycle=cycle, valid_from=TODAY, state="draft")
    withdraw_assessment(
        assessment=draft,
        by=draft.author,
        as_of=noon(TODAY),
        reason="Begun in error.",
        expected_revision=draft.revision,
    )
    assert [one.code for one in choosable(cycle)] == ["BETA"]
    with pytest.raises(NotChoosable, match="ALPHA was begun in cycle 4, and what was") as refused:
        choose(cycle, manager, {condition: two()})
    assert refused.value.remedy.startswith("Leave it out")
    first, second = two()
    chosen = DoubleCoding.objects.create(
        cycle=cycle,
        condition=condition,
        first_coder=first,
        second_coder=second,
        chosen_at=noon(TODAY),
        chosen_by=manager,
    )
    with pytest.raises(NotChoosable) as refused:
        replace_coder(
            double_coding=chosen,
            coder=first,
            replacement=make_user("analyst"),
            by=manager,
            as_of=noon(TODAY),
        )
    assert refused.value.remedy.startswith("Call the double coding off")


@pytest.mark.parametrize("number", [5, 1])
def test_only_a_cycle_that_is_worked_on_takes_a_choice(
    program: Program, manager: User, number: int
) -> None:
    Program.objects.filter(pk=program.pk).update(tracked_from=SECOND_DUE)
    condition, cycle = program.conditions.first(), program.cycles.get(number=number)
    with pytest.raises(CycleNotOpen) as refusal:
        choose(cycle, manager, {condition: two()})
    assert refusal.value.value == number


def test_a_closed_cycle_takes_no_choice_and_no_coding(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = make_double_coding(condition, cycle)
    cycle.closed_at, cycle.closed_on, cycle.closed_by = noon(TODAY), TODAY, manager
    cycle.save()
    for attempt in (
        lambda: choose(cycle, manager, {condition: two()}),
        lambda: seal(made, made.first_coder),
        lambda: replace_coder(
            double_coding=made,
            coder=made.first_coder,
            replacement=make_user("analyst"),
            by=manager,
            as_of=noon(TODAY),
        ),
    ):
        with pytest.raises(CycleNotOpen, match="closed"):
            attempt()


def test_two_different_people_who_may_code(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    one = make_user("analyst")
    with pytest.raises(TwoNeeded) as refusal:
        choose(cycle, manager, {condition: (one, one)})
    assert refusal.value.value == one.username
    for other, why in (
        (make_user("reviewer"), "their role does not include coding"),
        (make_user("viewer"), "their role does not include coding"),
        (make_user("analyst", is_active=False), "their account is no longer active"),
    ):
        for pair in ((one, other), (other, one)):
            with pytest.raises(CannotCode, match=why) as refused:
                choose(cycle, manager, {condition: pair})
            assert refused.value.value == other.username


def test_the_database_refuses_one_person_twice_and_a_stranger(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = make_double_coding(condition, cycle)
    with pytest.raises(IntegrityError), transaction.atomic():
        DoubleCoding.objects.filter(pk=made.pk).update(second_coder=made.first_coder)
    with pytest.raises(IntegrityError, match="Only the two people chosen"), transaction.atomic():
        Coding.objects.create(
            double_coding=made,
            coder=manager,
            status="2",
            confidence="low",
            rationale="Slipped in.",
            findings=[],
            sealed_at=noon(TODAY),
            sha256="0" * 64,
        )


@pytest.mark.parametrize("role", ["", "viewer", "analyst", "reviewer"])
def test_only_a_manager_chooses_replaces_and_calls_off(
    condition: Condition, cycle: ReviewCycle, role: str
) -> None:
    made, person = make_double_coding(condition, cycle), make_user(role)
    beta = condition.program.conditions.get(code="BETA")
    for attempt in (
        lambda: choose(cycle, person, {beta: two()}),
        lambda: replace_coder(
            double_coding=made,
            coder=made.first_coder,
            replacement=make_user("analyst"),
            by=person,
            as_of=noon(TODAY),
        ),
        lambda: call_off(double_coding=made, reason="No.", by=person, as_of=noon(TODAY)),
    ):
        with pytest.raises(PermissionMissing):
            attempt()
    made.refresh_from_db()
    assert (made.called_off_at, DoubleCoding.objects.count()) == (None, 1)


def test_what_a_coder_says_is_sealed_with_a_fingerprint_of_all_of_it(
    condition: Condition, cycle: ReviewCycle
) -> None:
    add_items(condition, 2)
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder, "31", rationale="  Units were handed over.  ")
    kept = Coding.objects.get()
    assert (kept.coder, kept.status, kept.rationale) == (
        made.first_coder,
        "3",
        "Units were handed over.",
    )
    assert kept.findings == [
        {"item": "A.1", "status": "3", "note": "On A.1."},
        {"item": "A.2", "status": "1", "note": "On A.2."},
    ]
    assert kept.sha256 == fingerprint(coding_content(kept))
    kept.findings[1]["status"] = "2"
    assert kept.sha256 != fingerprint(coding_content(kept))


def test_the_event_of_a_coding_tells_nothing_of_what_it_says(
    condition: Condition, cycle: ReviewCycle
) -> None:
    made = make_double_coding(condition, cycle)
    kept = seal(made, made.first_coder, "3")
    event = Event.objects.get(verb="coding.sealed")
    assert (event.actor, event.condition, event.cycle) == (made.first_coder, condition, cycle)
    assert (event.before, event.after, event.reason) == (None, {"sha256": kept.sha256}, "")


def test_the_database_keeps_a_coding_as_it_was_sealed(
    condition: Condition, cycle: ReviewCycle
) -> None:
    made = make_double_coding(condition, cycle)
    kept = seal(made, made.first_coder)
    for statement in (
        "UPDATE conditions_coding SET status = '4'",
        "DELETE FROM conditions_coding",
        "DELETE FROM conditions_doublecoding",
    ):
        with (
            pytest.raises(IntegrityError, match="never"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)
    with pytest.raises(IntegrityError, match="not replaced"), transaction.atomic():
        DoubleCoding.objects.filter(pk=made.pk).update(first_coder=make_user("analyst"))
    assert Coding.objects.get().status == kept.status


def test_each_of_the_two_codes_once_and_nobody_else(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder)
    with pytest.raises(CodedAlready):
        seal(made, made.first_coder, "4")
    for stranger in (manager, make_user("analyst")):
        with pytest.raises(NotChosenForIt):
            seal(made, stranger)
    for role in ("", "viewer", "reviewer"):
        with pytest.raises(PermissionMissing):
            seal(made, make_user(role))
    assert Coding.objects.count() == 1


def test_a_coder_who_lost_the_role_codes_no_more(condition: Condition, cycle: ReviewCycle) -> None:
    made = make_double_coding(condition, cycle)
    made.first_coder.groups.clear()
    with pytest.raises(PermissionMissing):
        seal(made, User.objects.get(pk=made.first_coder_id))


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        ({"status": ""}, "a status"),
        ({"confidence": ""}, "a confidence"),
        ({"rationale": "  "}, "a rationale"),
        ({"findings": ()}, "a finding on A.1, a finding on A.2"),
        ({"status": "", "confidence": ""}, "a status, a confidence"),
    ],
)
def test_a_coding_is_complete_or_it_is_not_taken(
    condition: Condition, cycle: ReviewCycle, change: dict[str, Any], missing: str
) -> None:
    add_items(condition, 2)
    made = make_double_coding(condition, cycle)
    with pytest.raises(Incomplete) as refusal:
        seal(made, made.first_coder, **change)
    assert f"still lacks {missing}." in str(refusal.value)
    assert not Coding.objects.exists()


@pytest.mark.parametrize(
    ("change", "kind", "field"),
    [
        ({"status": "9"}, UnknownStatus, "status"),
        ({"confidence": "total"}, BadJudgement, "confidence"),
        ({"limb": "arm"}, BadJudgement, "limb"),
    ],
)
def test_what_is_not_on_the_scale_is_refused(
    condition: Condition,
    cycle: ReviewCycle,
    change: dict[str, Any],
    kind: type[Refusal],
    field: str,
) -> None:
    made = make_double_coding(condition, cycle)
    with pytest.raises(kind) as refusal:
        seal(made, made.first_coder, **change)
    assert refusal.value.field == field
    assert not Coding.objects.exists()


def test_findings_are_one_for_each_item_that_is_asked(
    condition: Condition, cycle: ReviewCycle
) -> None:
    add_items(condition, 3)
    retired = condition.checklist.get(code="A.3")
    retired.retired_on = TODAY - DAY
    retired.save()
    made = make_double_coding(condition, cycle)
    whole = coding_text(condition).findings
    assert [finding.item_id for finding in whole] == [
        item.pk for item in condition.checklist.exclude(pk=retired.pk)
    ]
    foreign = condition.program.conditions.get(code="BETA").checklist.get().pk
    for odd in (retired.pk, foreign, whole[0].item_id):
        with pytest.raises(BadJudgement, match="one for each item"):
            seal(made, made.first_coder, findings=(*whole, ItemFinding(odd, "2")))
    assert seal(made, made.first_coder, findings=whole).findings[-1]["item"] == "A.2"


def test_a_finding_off_the_scale_is_refused(condition: Condition, cycle: ReviewCycle) -> None:
    made = make_double_coding(condition, cycle)
    item = condition.checklist.get()
    with pytest.raises(UnknownStatus):
        seal(made, made.first_coder, findings=(ItemFinding(item.pk, "7"),))


def test_a_coder_who_has_not_coded_is_replaced(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder)
    gone, new = made.second_coder, make_user("analyst")

    def swap(coder: User, replacement: User) -> DoubleCoding:
        return replace_coder(
            double_coding=made,
            coder=coder,
            replacement=replacement,
            by=manager,
            as_of=noon(TODAY),
            reason="On leave.",
        )

    with pytest.raises(AlreadyCoded):
        swap(made.first_coder, new)
    with pytest.raises(NotItsCoder):
        swap(new, gone)
    with pytest.raises(TwoNeeded):
        swap(gone, made.first_coder)
    with pytest.raises(CannotCode):
        swap(gone, make_user("reviewer"))
    assert swap(gone, new).second_coder == new
    event = Event.objects.get(verb="doublecoding.coder_replaced")
    assert event.before["second_coder"] == gone.username
    assert (event.after["second_coder"], event.reason) == (new.username, "On leave.")
    with pytest.raises(NotChosenForIt):
        seal(made, gone)
    seal(made, new)


def test_a_double_coding_is_called_off_for_a_reason_and_for_good(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder)
    with pytest.raises(ReasonNeeded):
        call_off(double_coding=made, reason=" ", by=manager, as_of=noon(TODAY))
    call_off(double_coding=made, reason="The second coder left.", by=manager, as_of=noon(TODAY))
    assert Event.objects.get(verb="doublecoding.called_off").reason == "The second coder left."
    for attempt in (
        lambda: seal(made, made.second_coder),
        lambda: call_off(double_coding=made, reason="Again.", by=manager, as_of=noon(TODAY)),
    ):
        with pytest.raises(CalledOff, match="The second coder left"):
            attempt()
    assert Coding.objects.count() == 1
    assert start(condition, cycle, make_user("analyst")).authors.count() == 1


def test_what_both_have_coded_is_not_called_off(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = code_twice(condition, cycle, "0", "4")
    with pytest.raises(AlreadyCoded, match="Both have coded"):
        call_off(double_coding=made, reason="They differ.", by=manager, as_of=noon(TODAY))


def test_a_condition_called_off_can_be_chosen_anew(
    condition: Condition, cycle: ReviewCycle, manager: User
) -> None:
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder)
    call_off(double_coding=made, reason="Left.", by=manager, as_of=noon(TODAY))
    again = make_double_coding(condition, cycle, made.first_coder)
    seal(again, again.first_coder)
    seal(again, again.second_coder)
    assert Coding.objects.filter(double_coding=again).count() == 2


def test_no_judgement_is_started_before_both_have_coded(
    condition: Condition, cycle: ReviewCycle
) -> None:
    made = make_double_coding(condition, cycle)
    seal(made, made.first_coder)
    for person in (make_user("analyst"), made.first_coder, made.second_coder):
        with pytest.raises(DoubleCodingPending) as refusal:
            start(condition, cycle, person)
        assert refusal.value.value == "ALPHA"
        assert f"{made.second_coder} has still to code it blind" in str(refusal.value)
        assert str(made.first_coder) not in str(refusal.value)
    assert not Assessment.objects.exists()
    start(condition.program.conditions.get(code="BETA"), cycle, make_user("analyst"))
    make_assessment(condition=condition, cycle=cycle.program.cycles.get(number=3), state="draft")


def test_a_correction_waits_for_no_coder(program: Program, manager: User) -> None:
    beta, cycle = program.conditions.get(code="BETA"), program.cycles.get(number=3)
    judged = make_assessment(condition=beta, cycle=cycle)
    # No action leads here: a choice refuses what is judged already.
    DoubleCoding.objects.create(
        cycle=cycle,
        condition=beta,
        first_coder=make_user("analyst"),
        second_coder=make_user("analyst"),
        chosen_at=noon(TODAY),
        chosen_by=manager,
    )
    correction = make_assessment(condition=beta, cycle=cycle, corrects=judged, state="draft")
    assert correction.authors.count() == 1


@pytest.mark.parametrize("seat", ["first_coder", "second_coder"])
def test_neither_coder_approves_the_judgement_that_reconciles_them(
    condition: Condition, cycle: ReviewCycle, seat: str
) -> None:
    first, second = make_user("manager"), make_user("manager")
    made = make_double_coding(condition, cycle, first, second)
    seal(made, first, "2")
    seal(made, second, "2")
    lead = make_user("analyst")
    submitted = make_assessment(
        condition=condition, cycle=cycle, valid_from=TODAY, author=lead, state="submitted"
    )
    assert set(submitted.authors.values_list("user", flat=True)) == {
        lead.pk,
        first.pk,
        second.pk,
    }
    coder = getattr(made, seat)
    with pytest.raises(OtherEyesNeeded):
        approve_assessment(
            assessment=submitted,
            by=coder,
            as_of=noon(TODAY),
            expected_revision=submitted.revision,
        )
    with pytest.raises(IntegrityError, match="Nobody approves"), transaction.atomic():
        Assessment.objects.filter(pk=submitted.pk).update(
            state="approved", approved_by=coder, approved_at=noon(TODAY)
        )
    approved = approve_assessment(
        assessment=submitted,
        by=make_user("reviewer"),
        as_of=noon(TODAY),
        expected_revision=submitted.revision,
    )
    assert approved.state == "approved"


def test_a_coder_may_write_the_reconciliation_and_stands_once_among_its_authors(
    condition: Condition, cycle: ReviewCycle
) -> None:
    made = code_twice(condition, cycle)
    draft = start(condition, cycle, made.first_coder)
    authors = AssessmentAuthor.objects.filter(assessment=draft).values_list("user", flat=True)
    assert sorted(authors) == sorted([made.first_coder_id, made.second_coder_id])


def test_the_present_moment_must_lie_in_the_cycle(condition: Condition, cycle: ReviewCycle) -> None:
    made = make_double_coding(condition, cycle)
    late = code_blind(
        double_coding=made,
        coding=coding_text(condition),
        by=made.first_coder,
        as_of=noon(FOURTH_DUE + DAY),
    )
    assert late.sealed_at == noon(FOURTH_DUE + DAY)
    with pytest.raises(CycleNotOpen, match="is upcoming"):
        code_blind(
            double_coding=made,
            coding=coding_text(condition),
            by=made.second_coder,
            as_of=noon(cycle.starts_on - DAY),
        )
