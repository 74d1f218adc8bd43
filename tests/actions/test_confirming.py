"""Confirming: what is taken over, what must be thought anew, and what cannot be confirmed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from conditions.actions.assessments import AlreadyOpen, start_assessment, submit_assessment
from conditions.actions.authorities import NotYoursToWaive
from conditions.actions.confirming import CannotConfirm, confirm_unchanged
from conditions.actions.evidence import EvidenceItem, amend_evidence, withdraw_link
from conditions.actions.judgements import CycleNotAssessable, ItemFinding
from conditions.actions.record import PermissionMissing
from conditions.actions.reviews import ReasonMissing, approve_assessment
from conditions.models import Assessment, ChecklistItem, ConditionVersion, Event
from conditions.queries.confirmation import confirmation_of
from conditions.rules.authority import OtherEyesNeeded
from tests.days import DAY, SECOND_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import (
    make_assessment,
    make_evidence,
    make_judgement,
    make_link,
    make_program,
    make_search,
    make_user,
)

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
THEN = SECOND_DUE + DAY
WHY = "No decree, no reported change; the ministry's register is as it was."


@pytest.fixture
def condition():
    return make_program(conditions=("ALPHA",)).conditions.get()


@pytest.fixture
def analyst():
    return make_user("analyst")


@pytest.fixture
def documents(condition):
    """One for, one against."""
    return [make_evidence(condition=condition, stance=side) for side in ("supports", "contradicts")]


@pytest.fixture
def last(condition, documents):
    """The judgement of cycle 3."""
    return judged(condition, cited=tuple(document.pk for document in documents))


def judged(condition, number=3, valid_from=THEN, **fields):
    return make_assessment(
        condition=condition,
        cycle=condition.program.cycles.get(number=number),
        valid_from=valid_from,
        **fields,
    )


def demonstrated(condition):
    """A judgement of cycle 3 made for demonstration."""
    draft = start_assessment(
        condition=condition,
        cycle=condition.program.cycles.get(number=3),
        judgement=make_judgement(condition=condition, valid_from=THEN, status="U", trend=""),
        by=make_user("analyst"),
        as_of=NOW,
        is_demonstration=True,
    )
    for step, by in (
        (submit_assessment, draft.author),
        (approve_assessment, make_user("reviewer")),
    ):
        draft = step(assessment=draft, by=by, as_of=NOW, expected_revision=draft.revision)


def confirm(condition, by, number=4, **changes):
    said = {"reason": WHY, "by": by, "as_of": NOW}
    cycle = condition.program.cycles.get(number=number)
    return confirm_unchanged(condition=condition, cycle=cycle, **said | changes)


def test_the_last_judgement_is_submitted_anew(condition, last, documents, analyst):
    item = condition.checklist.get()
    confirmed = confirm(condition, analyst, reason=f"  {WHY}\n")
    confirmed.refresh_from_db()
    assert (confirmed.state, confirmed.author, confirmed.cycle.number) == ("submitted", analyst, 4)
    assert confirmed.rationale == f"Unchanged since cycle 3. {WHY}"
    assert (confirmed.status, confirmed.trend, confirmed.valid_from) == ("2", "no_change", TODAY)
    assert (confirmed.confidence, confirmed.confidence_reason) == (
        last.confidence,
        last.confidence_reason,
    )
    assert [(row.checklist_item, row.status) for row in confirmed.findings.all()] == [(item, "2")]
    cited = confirmed.citations.order_by("id")
    assert [row.evidence for row in cited] == documents
    assert [row.stance for row in cited] == ["supports", "contradicts"]
    verbs = Event.objects.filter(actor=analyst).order_by("id").values_list("verb", flat=True)
    assert list(verbs) == ["assessment.drafted", "assessment.submitted"]


def test_four_eyes_look_at_it_like_at_any_other(condition, last):
    manager = make_user("manager")
    confirmed = confirm(condition, manager)
    said = {"assessment": confirmed, "as_of": NOW, "expected_revision": confirmed.revision}
    with pytest.raises(OtherEyesNeeded):
        approve_assessment(by=manager, **said)
    assert approve_assessment(by=make_user("reviewer"), **said).state == "approved"


def test_notes_limb_dissent_and_authority_are_taken_over(condition):
    item = condition.checklist.get()
    judged(
        condition,
        status="W",
        limb="effort",
        dissent="A colleague doubts it.",
        authority="The President, order 1",
        findings=(ItemFinding(item.pk, "W", "By the same order."),),
    )
    confirmed = confirm(condition, make_user("manager"))
    assert (confirmed.status, confirmed.authority) == ("W", "The President, order 1")
    assert (confirmed.limb, confirmed.dissent) == ("effort", "A colleague doubts it.")
    assert confirmed.findings.get().note == "By the same order."


def test_documents_are_cited_as_they_read_now_and_only_while_linked(
    condition, last, documents, analyst
):
    kept, gone = documents
    amend_evidence(
        evidence=kept,
        item=replace(EvidenceItem.of(kept), title="A better title"),
        reason="A typing error.",
        by=analyst,
        as_of=NOW,
        expected_revision=kept.revision,
    )
    withdraw_link(link=gone.links.get(), reason="Not about this.", by=analyst, as_of=NOW)
    confirmed = confirm(condition, analyst)
    citation = confirmed.citations.get()
    assert (citation.evidence, citation.evidence_version.number) == (kept, 2)
    assert last.citations.first().evidence_version.number == 1


def test_an_item_retired_since_is_dropped(condition, analyst):
    old = ChecklistItem.objects.create(
        condition=condition, code="A.2", position=2, statement="An old one.", evidence_rule={}
    )
    judged(condition)
    ChecklistItem.objects.filter(pk=old.pk).update(retired_on=TODAY)
    found = confirm(condition, analyst).findings.values_list("checklist_item__code", flat=True)
    assert list(found) == ["A.1"]


@pytest.mark.parametrize("reason", ["", " \n"])
def test_it_needs_a_reason(condition, last, analyst, reason):
    with pytest.raises(ReasonMissing) as refused:
        confirm(condition, analyst, reason=reason)
    assert (refused.value.field, refused.value.value) == ("reason", reason)
    assert refused.value.remedy == "Say why nothing has changed, and where you looked."


def refusal(condition, by, match, **changes):
    count = Assessment.objects.count()
    with pytest.raises(CannotConfirm, match=match) as refused:
        confirm(condition, by, **changes)
    assert Assessment.objects.count() == count
    return refused.value


class TestWhatCannotBeConfirmed:
    def told(self, refused):
        assert (refused.field, refused.value) == ("condition", "ALPHA")
        assert refused.remedy.startswith("Assess the condition instead")

    def test_nothing(self, condition, analyst):
        self.told(refusal(condition, analyst, "ALPHA has no judgement yet"))

    def test_the_judgement_of_the_very_cycle(self, condition, last, analyst):
        judged(condition, 4, TODAY)
        self.told(refusal(condition, analyst, "ALPHA is judged in cycle 4 already"))

    def test_a_judgement_on_another_wording(self, condition, last, analyst):
        ConditionVersion.objects.create(
            condition=condition, number=2, content={}, sha256="2" * 64, recorded_at=NOW
        )
        self.told(refusal(condition, analyst, "ALPHA was reworded since cycle 3"))

    def test_a_judgement_without_a_finding_on_a_new_item(self, condition, last, analyst):
        ChecklistItem.objects.create(
            condition=condition, code="A.2", position=2, statement="A new one.", evidence_rule={}
        )
        self.told(refusal(condition, analyst, "There is no finding yet on A.2"))

    def test_a_judgement_nothing_under_which_is_linked(self, condition, last, analyst):
        for link in condition.evidence_links.all():
            withdraw_link(link=link, reason="Not about this.", by=analyst, as_of=NOW)
        self.told(refusal(condition, analyst, "Nothing that the judgement of cycle 3 cites"))

    def test_a_demonstration_in_a_program_that_is_none(self, condition, analyst):
        demonstrated(condition)
        self.told(refusal(condition, analyst, "cycle 3 is shown for demonstration only"))
        condition.program.is_demonstration = True
        condition.program.save(update_fields=["is_demonstration"])
        make_search(condition=condition, cycle=condition.program.cycles.get(number=4))
        assert confirm(condition, analyst).state == "submitted"

    def test_a_waiver_by_who_may_not_waive(self, condition, analyst):
        judged(condition, status="W")
        with pytest.raises(NotYoursToWaive) as refused:
            confirm(condition, analyst)
        assert (refused.value.field, refused.value.value) == ("status", "W")
        assert not Assessment.objects.still_open().exists()

    def test_another_judgement_than_the_one_read(self, condition, last, analyst):
        refused = refusal(
            condition, analyst, "judged again after you read", expected_last=last.pk + 1
        )
        assert (refused.field, refused.value) == ("confirms", last.pk + 1)
        assert confirm(condition, analyst, expected_last=last.pk).state == "submitted"

    def test_while_an_assessment_is_in_work(self, condition, last, analyst):
        judged(condition, 4, TODAY, state="draft")
        with pytest.raises(AlreadyOpen) as refused:
            confirm(condition, analyst)
        assert refused.value.remedy == "Continue that one."

    def test_in_a_cycle_to_come(self, condition, last, analyst):
        with pytest.raises(CycleNotAssessable, match="Cycle 5 begins on"):
            confirm(condition, analyst, number=5)


def test_in_an_overdue_cycle_the_judgement_before_it_is_confirmed(condition, last, analyst):
    judged(condition, 4, TODAY, status="4")
    judged(condition, 1, WHITE_HOUSE, status="1")
    confirmed = confirm(condition, analyst, number=2)
    assert confirmed.rationale.startswith("Unchanged since cycle 1. ")
    assert (confirmed.status, confirmed.valid_from) == ("1", SECOND_DUE - DAY)


@pytest.mark.parametrize("role", ["", "viewer", "reviewer"])
def test_who_writes_nothing_confirms_nothing(condition, last, role):
    by = make_user(role)
    with pytest.raises(PermissionMissing) as refused:
        confirm(condition, by)
    assert (refused.value.field, refused.value.value) == ("by", by.username)


class TestWhatIsReadBefore:
    def read(self, last, sensitivities=("public",)):
        return confirmation_of(last, last.condition, as_of=NOW, sensitivities=sensitivities)

    def test_documents_filed_or_linked_since_that_it_does_not_cite(self, condition, last):
        make_evidence(condition=condition)
        filed = make_evidence(condition=condition, recorded_at=NOW)
        linked = make_evidence()
        make_link(evidence=linked, condition=condition, stance="contradicts", recorded_at=NOW)
        assert {row.id for row in self.read(last).new} == {filed.pk, linked.pk}

    def test_what_it_rests_on_and_whether_that_still_stands(
        self, condition, last, documents, analyst
    ):
        withdraw_link(
            link=documents[1].links.get(), reason="Not about this.", by=analyst, as_of=NOW
        )
        cited = self.read(last).cited
        assert [(one.citation.evidence, one.is_linked) for one in cited] == [
            (documents[0], True),
            (documents[1], False),
        ]

    def test_what_is_closed_to_the_reader_is_only_counted(self, condition):
        secret = make_evidence(condition=condition, sensitivity="restricted")
        last = judged(condition, cited=(secret.pk,))
        assert (self.read(last).cited, self.read(last).hidden) == ((), 1)
        assert self.read(last, ("public", "restricted")).hidden == 0

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_takes_four_queries(self, condition, rows, django_assert_num_queries):
        cited = tuple(make_evidence(condition=condition).pk for _ in range(rows))
        last = judged(condition, cited=cited)
        for _ in range(rows):
            make_evidence(condition=condition, recorded_at=NOW)
        with django_assert_num_queries(4):
            found = self.read(last)
        assert (len(found.cited), len(found.new)) == (rows, rows)
