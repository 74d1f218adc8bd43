"""Waivers: who waived is named, four eyes look at it, and what was approved before stays valid."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction

from conditions.actions.assessments import (
    AlreadyOpen,
    edit_assessment,
    start_assessment,
    submit_assessment,
)
from conditions.actions.authorities import BadAuthority, NotYoursToWaive
from conditions.actions.judgement_parts import Incomplete
from conditions.actions.record import PermissionMissing
from conditions.actions.reviews import ReasonMissing, approve_assessment
from conditions.actions.waiving import NoWaiver, waive_condition
from conditions.models import Assessment, Event, Program
from conditions.queries.asof import AsOf
from conditions.queries.changes import review_of
from conditions.queries.judgement_content import judgement_content
from conditions.queries.status import program_status
from conditions.rules.authority import OtherEyesNeeded
from conditions.rules.fingerprint import fingerprint
from tests.days import TODAY, WHITE_HOUSE, noon
from tests.factories import (
    SCALE_ROWS,
    make_assessment,
    make_condition,
    make_judgement,
    make_program,
    make_search,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
AUTHORITY = "The President, determination 2026-11 of 20 November 2026"
# Of the judgement in test_what_was_approved_before_..., as it was written before there were any.
STORED = "3ce0f59ea5d1f43a58fca174b15b5d7f0e3336e3b33217e649a1b92366a2fbc7"


@pytest.fixture
def condition():
    return make_program().conditions.get()


@pytest.fixture
def manager():
    return make_user("manager")


def cycle_of(condition, number=4):
    return condition.program.cycles.select_related("program").get(number=number)


def waive(condition, by, **changes):
    said = {
        "cycle": cycle_of(condition),
        "authority": AUTHORITY,
        "reason": "Waived for the fiscal year.",
        "by": by,
        "as_of": NOW,
    }
    return waive_condition(condition=condition, **said | changes)


def drafted(condition, role="manager", **fields):
    judgement = make_judgement(condition=condition, valid_from=TODAY, **fields)
    return start_assessment(
        condition=condition,
        cycle=cycle_of(condition),
        judgement=judgement,
        by=make_user(role),
        as_of=NOW,
    )


def submit(draft):
    return submit_assessment(
        assessment=draft, by=draft.author, as_of=NOW, expected_revision=draft.revision
    )


def approve(assessment, by):
    return approve_assessment(
        assessment=assessment, by=by, as_of=NOW, expected_revision=assessment.revision
    )


def status_of(condition):
    [row] = program_status(condition.program, AsOf(TODAY, NOW)).conditions
    return row.status


def test_a_waiver_is_a_judgement_of_the_whole_condition_and_waits_for_other_eyes(
    condition, manager
):
    waiver = waive(condition, manager, authority=f" {AUTHORITY} ")
    waiver.refresh_from_db()
    assert (waiver.state, waiver.status, waiver.authority) == ("submitted", "W", AUTHORITY)
    assert (waiver.author, waiver.submitted_by) == (manager, manager)
    assert (waiver.rationale, waiver.valid_from) == ("Waived for the fiscal year.", TODAY)
    assert (waiver.confidence, waiver.confidence_reason) == (
        "high",
        "An act of the authority named.",
    )
    assert set(waiver.findings.values_list("checklist_item__code", "status")) == {("A.1", "W")}
    verbs = ["assessment.drafted", "assessment.submitted"]
    events = Event.objects.filter(actor=manager).order_by("id")
    assert list(events.values_list("verb", flat=True)) == verbs
    assert events.last().after["authority"] == AUTHORITY
    assert status_of(condition) is None
    approve(waiver, make_user("reviewer"))
    assert status_of(condition) == "W"


def test_a_waiver_is_lifted_by_a_later_judgement(condition, manager):
    approve(waive(condition, manager), make_user("reviewer"))
    make_assessment(condition=condition, cycle=cycle_of(condition), valid_from=TODAY, status="2")
    assert status_of(condition) == "2"


def test_how_firmly_it_is_known_can_be_said(condition, manager):
    waiver = waive(
        condition, manager, confidence="low", confidence_reason="The text is not public."
    )
    assert (waiver.confidence, waiver.confidence_reason) == ("low", "The text is not public.")


def test_nobody_approves_their_own_waiver_not_even_past_the_actions(condition, manager):
    waiver = waive(condition, manager)
    with pytest.raises(OtherEyesNeeded) as refused:
        approve(waiver, manager)
    assert refused.value.remedy == "Ask a reviewer who has not written in it."
    approved = {"state": "approved", "approved_by": manager, "approved_at": NOW}
    with (
        pytest.raises(IntegrityError, match="Nobody approves what they wrote"),
        transaction.atomic(),
    ):
        Assessment.objects.filter(pk=waiver.pk).update(**approved)


@pytest.mark.parametrize(
    ("field", "refusal", "remedy"),
    [
        ("authority", BadAuthority, "Name who waived the condition, by which act."),
        ("reason", ReasonMissing, "Say what was waived, on which ground."),
    ],
)
@pytest.mark.parametrize("value", ["", "  "])
def test_it_names_its_authority_and_its_reason(condition, manager, field, refusal, remedy, value):
    with pytest.raises(refusal) as refused:
        waive(condition, manager, **{field: value})
    assert (refused.value.field, refused.value.value) == (field, value)
    assert refused.value.remedy == remedy
    assert not Assessment.objects.exists()


@pytest.mark.parametrize("role", ["", "viewer", "analyst", "reviewer"])
def test_only_a_manager_waives(condition, role):
    by = make_user(role)
    with pytest.raises(PermissionMissing) as refused:
        waive(condition, by)
    assert (refused.value.field, refused.value.value) == ("by", by.username)


def test_it_takes_the_place_of_no_work_of_others(condition, manager):
    drafted(condition)
    with pytest.raises(AlreadyOpen, match="already has an assessment in work"):
        waive(condition, manager)


class TestWhoWritesWaived:
    """The status itself takes the permission, whichever way it is written."""

    def told(self, refused):
        assert (refused.field, refused.value) == ("status", "W")
        assert str(refused) == (
            "Your role does not let you judge a condition W Waived. "
            "Choose another status, or ask a manager to waive it."
        )

    def test_an_analyst_starts_none(self, condition):
        with pytest.raises(NotYoursToWaive) as refused:
            drafted(condition, "analyst", status="W")
        self.told(refused.value)
        assert not Assessment.objects.exists()

    def test_an_analyst_edits_none_in(self, condition):
        draft = drafted(condition, "analyst")
        with pytest.raises(NotYoursToWaive) as refused:
            edit_assessment(
                assessment=draft,
                judgement=make_judgement(condition=condition, valid_from=TODAY, status="W"),
                by=draft.author,
                as_of=NOW,
                expected_revision=draft.revision,
            )
        self.told(refused.value)
        draft.refresh_from_db()
        assert draft.status == "2"


def test_what_came_to_be_a_waiver_is_not_approved_without_its_authority(condition):
    make_search(condition=condition, cycle=cycle_of(condition), searched_on=TODAY, result="nothing")
    submitted = submit(drafted(condition, status="U", trend=""))
    [waived] = [row for row in SCALE_ROWS if row["code"] == "W"]
    rows = [
        row | ({"affirmative": waived["affirmative"]} if row["code"] == "U" else {})
        for row in SCALE_ROWS
    ]
    Program.objects.filter(pk=condition.program_id).update(status_scale=rows)
    with pytest.raises(BadAuthority, match="does not say who waived it") as refused:
        approve(submitted, make_user("reviewer"))
    assert (refused.value.field, refused.value.value) == ("authority", "")
    assert refused.value.remedy.startswith("Return it")


class TestAuthority:
    """In a judgement written by hand, over the form or the API."""

    def test_a_waived_condition_is_not_submitted_without_one(self, condition):
        draft = drafted(condition, status="W", authority=" ")
        with pytest.raises(Incomplete, match="the authority that waived the condition") as refused:
            submit(draft)
        assert (refused.value.field, refused.value.value) == ("authority", "")
        assert refused.value.remedy.startswith("Name who waived it, by which act")

    def test_no_other_status_has_one(self, condition):
        with pytest.raises(BadAuthority, match="judged 2 Partially met") as refused:
            drafted(condition, status="2", authority=AUTHORITY)
        assert (refused.value.field, refused.value.value) == ("authority", AUTHORITY)
        assert refused.value.remedy == "Leave it empty, or choose W Waived."

    def test_cannot_be_assessed_is_no_waiver(self, condition):
        with pytest.raises(BadAuthority):
            drafted(condition, status="U", authority=AUTHORITY)

    def test_it_may_come_before_the_status_in_a_draft(self, condition):
        draft = drafted(condition, status="", authority=AUTHORITY)
        assert draft.authority == AUTHORITY
        with pytest.raises(Incomplete, match="lacks a status"):
            submit(draft)

    def test_it_is_as_long_as_the_column(self, condition):
        assert drafted(condition, status="W", authority="x" * 200).authority == "x" * 200
        with pytest.raises(BadAuthority, match="201 characters") as refused:
            waive(condition, make_user("manager"), authority="x" * 201)
        assert refused.value.remedy == "Use 200 at most; the rationale has room for more."

    def test_whoever_changes_the_status_takes_it_away(self, condition):
        draft = drafted(condition, status="W", authority=AUTHORITY)
        judgement = make_judgement(condition=condition, valid_from=TODAY, status="2")
        said = {
            "assessment": draft,
            "by": draft.author,
            "as_of": NOW,
            "expected_revision": draft.revision,
        }
        with pytest.raises(BadAuthority):
            edit_assessment(judgement=replace(judgement, authority=AUTHORITY), **said)
        assert edit_assessment(judgement=judgement, **said).authority == ""


class TestOwnScale:
    """A program may call its waiver by any code, or know none."""

    @staticmethod
    def program(**changes):
        rows = [
            row | ({"code": "EX", "label": "Exempted"} if row["code"] == "W" else {})
            for row in SCALE_ROWS
        ]
        return make_program(status_scale=rows, **changes)

    def test_it_is_the_grade_that_is_not_applicable(self, manager):
        condition = self.program().conditions.get()
        waiver = waive(condition, manager)
        assert (waiver.status, waiver.findings.get().status) == ("EX", "EX")
        assert approve(waiver, make_user("reviewer")).state == "approved"

    def test_the_sentence_names_its_own_code(self):
        condition = self.program().conditions.get()
        with pytest.raises(BadAuthority) as refused:
            drafted(condition, status="2", authority=AUTHORITY)
        assert refused.value.remedy == "Leave it empty, or choose EX Exempted."

    def test_another_program_s_code_for_what_stands_outside_needs_no_document(self):
        rows = [
            row | ({"code": "?", "label": "Unclear"} if row["code"] == "U" else {})
            for row in SCALE_ROWS
        ]
        condition = make_program(status_scale=rows).conditions.get()
        make_search(
            condition=condition, cycle=cycle_of(condition), searched_on=TODAY, result="nothing"
        )
        assert submit(drafted(condition, status="?", trend="")).state == "submitted"

    def test_a_scale_without_a_waiver_knows_none(self, manager):
        rows = [row for row in SCALE_ROWS if row["code"] != "W"]
        condition = make_program(status_scale=rows).conditions.get()
        with pytest.raises(NoWaiver) as refused:
            waive(condition, manager)
        assert (refused.value.field, refused.value.value) == ("status", "0, 1, 2, 3, 4, U")


def test_the_review_shows_who_waived_it(condition, manager):
    waiver = waive(condition, manager)
    review = review_of(waiver, as_of=NOW, sensitivities={"public"})
    [change] = [change for change in review.marks if change.name == "authority"]
    assert (change.label, change.before, change.after) == ("Waived by", "", AUTHORITY)
    assert change.is_changed


def test_the_fingerprint_binds_the_authority(condition, manager):
    waiver = waive(condition, manager)
    waiver.authority = "Somebody else"
    assert fingerprint(judgement_content(waiver)) != waiver.sha256


def test_what_was_approved_before_there_were_waivers_keeps_its_fingerprint():
    program = make_program(conditions=())
    condition = make_condition(program=Program.objects.get(pk=program.pk))
    approved = make_assessment(
        condition=condition, cycle=cycle_of(condition, 1), status="U", valid_from=WHITE_HOUSE
    )
    assert "authority" not in judgement_content(approved)
    assert approved.sha256 == STORED
