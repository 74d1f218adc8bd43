"""Assessments through their work states, and what each step refuses."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from conditions.actions.assessments import (
    AlreadyOpen,
    edit_assessment,
    start_assessment,
    submit_assessment,
)
from conditions.actions.judgement_parts import EvidenceChanged, Incomplete
from conditions.actions.judgements import AlreadyCorrected, BadJudgement, CycleNotAssessable
from conditions.actions.record import PermissionMissing
from conditions.actions.reviews import (
    ContentChanged,
    ReasonMissing,
    approve_assessment,
    return_assessment,
)
from conditions.actions.steps import ChangedMeanwhile
from conditions.models import Assessment, AssessmentAuthor, Event, Finding, ReviewCycle
from conditions.rules.authority import OtherEyesNeeded
from conditions.rules.refusals import Refusal
from conditions.rules.workflow import NoSuchStep
from tests.days import DAY, FIRST_DUE, THIRD_DUE, TODAY, noon
from tests.factories import (
    make_assessment,
    make_evidence,
    make_judgement,
    make_program,
    make_user,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def program():
    return make_program()


@pytest.fixture
def condition(program):
    return program.conditions.get()


@pytest.fixture
def cycle(program):
    return program.cycles.get(number=4)


@pytest.fixture
def analyst():
    return make_user("analyst")


@pytest.fixture
def reviewer():
    return make_user("reviewer")


def test_a_judgement_passes_from_draft_to_approved_with_an_event_for_each_step(
    condition, cycle, analyst, reviewer
):
    evidence = make_evidence(condition=condition)
    judgement = make_judgement(condition=condition, valid_from=TODAY, cited=(evidence.pk,))
    draft = start_assessment(
        condition=condition, cycle=cycle, judgement=judgement, by=analyst, as_of=noon(TODAY)
    )
    submitted = submit_assessment(
        assessment=draft, by=analyst, as_of=noon(TODAY), expected_revision=draft.revision
    )
    approved = approve_assessment(
        assessment=submitted, by=reviewer, as_of=noon(TODAY), expected_revision=submitted.revision
    )
    approved.refresh_from_db()
    assert (approved.state, approved.status, approved.approved_by) == ("approved", "2", reviewer)
    assert len(approved.sha256) == 64
    verbs = Event.objects.filter(subject_type="assessment").order_by("id")
    assert list(verbs.values_list("verb", "actor")) == [
        ("assessment.drafted", analyst.pk),
        ("assessment.submitted", analyst.pk),
        ("assessment.approved", reviewer.pk),
    ]


def test_a_citation_keeps_the_grade_and_stance_of_its_day(condition, cycle, analyst):
    evidence = make_evidence(condition=condition, stance="contradicts", credibility=3)
    draft = make_assessment(
        condition=condition, cycle=cycle, author=analyst, state="draft", cited=(evidence.pk,)
    )
    citation = draft.citations.get()
    assert (citation.grade, citation.stance) == ("B3", "contradicts")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"rationale": "  "}, "rationale"),
        ({"valid_from": THIRD_DUE - DAY}, "valid_from"),
        ({"valid_from": TODAY + DAY}, "valid_from"),
        ({"status": "9"}, "status"),
        ({"trend": "upwards"}, "trend"),
        ({"confidence": "total"}, "confidence"),
        ({"limb": "arm"}, "limb"),
        ({"cited": (10_000,)}, "cited"),
    ],
)
def test_a_bad_judgement_is_refused_by_field_and_nothing_is_written(
    condition, cycle, analyst, change, field
):
    judgement = make_judgement(condition=condition, **({"valid_from": TODAY} | change))
    with pytest.raises(Refusal) as refusal:
        start_assessment(
            condition=condition, cycle=cycle, judgement=judgement, by=analyst, as_of=noon(TODAY)
        )
    assert refusal.value.field == field
    assert refusal.value.remedy
    assert not Assessment.objects.exists()
    assert not Event.objects.filter(subject_type="assessment").exists()


def test_a_second_draft_on_the_same_condition_and_cycle_is_refused(condition, cycle, analyst):
    make_assessment(condition=condition, cycle=cycle, author=analyst, state="draft")
    with pytest.raises(AlreadyOpen, match="Continue that one"):
        make_assessment(condition=condition, cycle=cycle, state="draft")


def test_a_closed_cycle_takes_corrections_only(program, condition, analyst):
    first = program.cycles.get(number=1)
    approved = make_assessment(condition=condition, cycle=first)
    first.refresh_from_db()
    first.closed_on, first.closed_at = FIRST_DUE, noon(FIRST_DUE)
    first.closed_by = analyst
    first.save()
    with pytest.raises(CycleNotAssessable):
        make_assessment(condition=condition, cycle=first, as_of=noon(TODAY))
    correction = make_assessment(
        condition=condition, cycle=first, as_of=noon(TODAY), corrects=approved, status="1"
    )
    assert correction.corrects == approved


def test_an_upcoming_cycle_cannot_be_assessed(program, condition, analyst):
    upcoming = program.cycles.get(number=5)
    with pytest.raises(CycleNotAssessable, match="begins on"):
        make_assessment(condition=condition, cycle=upcoming, as_of=noon(TODAY), state="draft")


def test_an_incomplete_assessment_names_everything_it_lacks(condition, cycle, analyst):
    judgement = make_judgement(
        condition=condition, valid_from=TODAY, confidence="", trend="", findings=()
    )
    draft = start_assessment(
        condition=condition, cycle=cycle, judgement=judgement, by=analyst, as_of=noon(TODAY)
    )
    with pytest.raises(Incomplete) as refusal:
        submit_assessment(
            assessment=draft, by=analyst, as_of=noon(TODAY), expected_revision=draft.revision
        )
    for part in ("a confidence", "a trend", "at least one cited document", "a finding on A.1"):
        assert part in refusal.value.message


def test_cannot_be_assessed_needs_no_document(condition, cycle):
    assert make_assessment(condition=condition, cycle=cycle, status="U").state == "approved"


def test_the_second_of_two_editors_is_told(condition, cycle, analyst):
    draft = make_assessment(condition=condition, cycle=cycle, author=analyst, state="draft")
    theirs = make_judgement(condition=condition, valid_from=TODAY, rationale="First saved.")
    edit_assessment(
        assessment=draft, judgement=theirs, by=make_user(), as_of=noon(TODAY), expected_revision=1
    )
    mine = make_judgement(condition=condition, valid_from=TODAY, rationale="Second saved.")
    with pytest.raises(ChangedMeanwhile, match="revision 2"):
        edit_assessment(
            assessment=draft, judgement=mine, by=analyst, as_of=noon(TODAY), expected_revision=1
        )
    draft.refresh_from_db()
    assert draft.rationale == "First saved."


def test_an_edit_is_an_event_with_before_and_after(condition, cycle, analyst):
    draft = make_assessment(condition=condition, cycle=cycle, author=analyst, state="draft")
    edited = make_judgement(condition=condition, valid_from=TODAY, rationale="Better said.")
    edit_assessment(
        assessment=draft, judgement=edited, by=analyst, as_of=noon(TODAY), expected_revision=1
    )
    event = Event.objects.get(verb="assessment.edited")
    assert event.before["rationale"] == "The evidence shows some of what was asked."
    assert event.after["rationale"] == "Better said."


def test_a_returned_assessment_comes_back_with_its_reason_and_can_be_submitted_again(
    condition, cycle, analyst, reviewer
):
    submitted = make_assessment(
        condition=condition, cycle=cycle, author=analyst, state="submitted", as_of=noon(TODAY)
    )
    with pytest.raises(ReasonMissing):
        return_assessment(
            assessment=submitted, by=reviewer, as_of=noon(TODAY), reason=" ", expected_revision=2
        )
    returned = return_assessment(
        assessment=submitted,
        by=reviewer,
        as_of=noon(TODAY),
        reason="Cite the ministry.",
        expected_revision=2,
    )
    assert (returned.state, returned.return_reason) == ("returned", "Cite the ministry.")
    again = submit_assessment(
        assessment=returned, by=analyst, as_of=noon(TODAY), expected_revision=returned.revision
    )
    assert again.state == "submitted"


def test_an_approved_assessment_takes_no_further_step(condition, cycle, analyst):
    approved = make_assessment(condition=condition, cycle=cycle, author=analyst)
    with pytest.raises(NoSuchStep):
        submit_assessment(
            assessment=approved,
            by=analyst,
            as_of=noon(TODAY),
            expected_revision=approved.revision,
        )


@pytest.mark.parametrize("role", ["", "viewer", "reviewer"])
def test_who_does_not_write_cannot_start(condition, cycle, role):
    with pytest.raises(PermissionMissing):
        make_assessment(condition=condition, cycle=cycle, author=make_user(role), state="draft")


@pytest.mark.parametrize("role", ["", "viewer", "analyst"])
def test_who_does_not_review_cannot_approve(condition, cycle, role):
    with pytest.raises(PermissionMissing):
        make_assessment(condition=condition, cycle=cycle, approver=make_user(role))


class TestFourEyes:
    """Nobody approves what they wrote: not by action, not by shell, not by SQL."""

    def test_by_action(self, condition, cycle):
        manager = make_user("manager")
        with pytest.raises(OtherEyesNeeded):
            make_assessment(condition=condition, cycle=cycle, author=manager, approver=manager)

    def test_a_superuser_is_bound_too(self, condition, cycle):
        root = make_user("manager", is_superuser=True)
        with pytest.raises(OtherEyesNeeded):
            make_assessment(condition=condition, cycle=cycle, author=root, approver=root)

    def test_a_second_author_is_bound_too(self, condition, cycle, analyst):
        manager = make_user("manager")
        draft = make_assessment(condition=condition, cycle=cycle, author=analyst, state="draft")
        evidence = draft.citations.get().evidence
        judgement = make_judgement(condition=condition, valid_from=TODAY, cited=(evidence.pk,))
        edited = edit_assessment(
            assessment=draft,
            judgement=judgement,
            by=manager,
            as_of=noon(TODAY),
            expected_revision=1,
        )
        submitted = submit_assessment(
            assessment=edited, by=analyst, as_of=noon(TODAY), expected_revision=2
        )
        with pytest.raises(OtherEyesNeeded):
            approve_assessment(
                assessment=submitted, by=manager, as_of=noon(TODAY), expected_revision=3
            )

    def test_by_the_shell(self, condition, cycle, analyst):
        submitted = make_assessment(
            condition=condition, cycle=cycle, author=analyst, state="submitted"
        )
        with pytest.raises(IntegrityError, match="Nobody approves what they wrote"):
            Assessment.objects.filter(pk=submitted.pk).update(
                state="approved", approved_by=analyst, approved_at=noon(TODAY)
            )

    def test_by_sql(self, condition, cycle, analyst):
        submitted = make_assessment(
            condition=condition, cycle=cycle, author=analyst, state="submitted"
        )
        with (
            pytest.raises(IntegrityError, match="Nobody approves what they wrote"),
            connection.cursor() as cursor,
        ):
            cursor.execute(
                "UPDATE conditions_assessment SET state = 'approved', approved_by_id = %s, "
                "approved_at = %s WHERE id = %s",
                [analyst.pk, "2026-11-21 12:00:00+00:00", submitted.pk],
            )

    def test_by_changing_the_author_first(self, condition, cycle, analyst, reviewer):
        submitted = make_assessment(
            condition=condition, cycle=cycle, author=analyst, state="submitted"
        )
        with pytest.raises(IntegrityError, match="do not change"), transaction.atomic():
            Assessment.objects.filter(pk=submitted.pk).update(author=reviewer)
        with pytest.raises(IntegrityError, match="never deleted"):
            AssessmentAuthor.objects.filter(assessment=submitted)._raw_delete("default")

    def test_a_one_person_program_may_switch_it_off(self, program, condition, cycle):
        program.four_eyes = False
        program.save()
        condition.refresh_from_db()
        manager = make_user("manager")
        approved = make_assessment(
            condition=condition, cycle=cycle, author=manager, approver=manager
        )
        assert approved.state == "approved"


def test_evidence_amended_after_it_was_cited_stops_the_approval(condition, cycle, analyst):
    evidence = make_evidence(condition=condition)
    submitted = make_assessment(
        condition=condition, cycle=cycle, author=analyst, state="submitted", cited=(evidence.pk,)
    )
    evidence.credibility = 5
    evidence.save()
    with pytest.raises(EvidenceChanged, match="B2, now B5"):
        approve_assessment(
            assessment=submitted,
            by=make_user("reviewer"),
            as_of=noon(TODAY),
            expected_revision=2,
        )


def test_a_finding_on_another_conditions_item_is_refused(program, cycle, analyst):
    other = make_program(slug="other").conditions.get()
    condition = program.conditions.get()
    foreign = make_judgement(condition=other, valid_from=TODAY).findings
    with pytest.raises(BadJudgement, match="does not belong"):
        make_assessment(
            condition=condition, cycle=cycle, state="draft", findings=foreign, valid_from=TODAY
        )
    assert not Finding.objects.exists()


def test_a_judgement_is_corrected_once_then_its_correction_is(program, condition):
    first = program.cycles.get(number=1)
    wrong = make_assessment(condition=condition, cycle=first)
    right = make_assessment(condition=condition, cycle=first, corrects=wrong, status="1")
    with pytest.raises(AlreadyCorrected, match="corrected already"):
        make_assessment(condition=condition, cycle=first, corrects=wrong, status="3")
    assert make_assessment(condition=condition, cycle=first, corrects=right, status="3")


def test_nothing_is_approved_in_a_closed_cycle_but_corrections(program, condition, analyst):
    first = program.cycles.get(number=1)
    make_assessment(condition=condition, cycle=first)
    waiting = make_assessment(condition=condition, cycle=first, state="submitted", status="4")
    ReviewCycle.objects.filter(pk=first.pk).update(
        closed_on=FIRST_DUE, closed_at=noon(FIRST_DUE), closed_by=analyst
    )
    with pytest.raises(CycleNotAssessable, match="was closed"):
        approve_assessment(
            assessment=waiting, by=make_user("reviewer"), as_of=noon(TODAY), expected_revision=2
        )


def test_a_rewording_after_submission_stops_the_approval(condition, cycle):
    submitted = make_assessment(condition=condition, cycle=cycle, state="submitted")
    condition.versions.create(
        number=2, content={"title": "Reworded"}, sha256="0" * 64, recorded_at=noon(TODAY)
    )
    with pytest.raises(ContentChanged, match="was reworded"):
        approve_assessment(
            assessment=submitted, by=make_user("reviewer"), as_of=noon(TODAY), expected_revision=2
        )


def test_what_is_approved_is_what_the_fingerprint_bound(condition, cycle):
    submitted = make_assessment(condition=condition, cycle=cycle, state="submitted")
    evidence = submitted.citations.get().evidence
    evidence.key = "ev-renamed"
    evidence.save()
    with pytest.raises(ContentChanged, match="differs from what was submitted"):
        approve_assessment(
            assessment=submitted, by=make_user("reviewer"), as_of=noon(TODAY), expected_revision=2
        )
