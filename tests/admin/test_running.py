"""Running a cycle by its pages: withdraw, confirm unchanged, waive, skip, each for a reason."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conditions.admin.answers import told
from conditions.models import Assessment, Condition, ReviewCycle
from tests.admin.conftest import Person, Work, sign_in
from tests.days import TODAY, noon
from tests.factories import make_assessment, make_evidence, make_user

pytestmark = pytest.mark.django_db
ROLES = ("viewer", "analyst", "reviewer", "manager")
WITHDRAW, CONFIRM = "conditions_assessment_withdraw", "conditions_condition_confirm"
WAIVE, SKIP = "conditions_condition_waive", "conditions_reviewcycle_skip"
AUTHORITY = "The President, determination of 20 November 2026"


@pytest.fixture
def manager(db: None) -> Person:
    """A manager, signed in."""
    return sign_in("manager", username="mona")


def draft_of(work: Work, author: Person, state: str = "draft") -> Assessment:
    return make_assessment(
        condition=work.condition,
        cycle=work.cycle,
        valid_from=TODAY,
        author=author.user,
        state=state,
        cited=(work.supporting.pk,),
    )


def judged_before(work: Work, **fields: object) -> Assessment:
    """The judgement of cycle 3, which may be confirmed in cycle 4."""
    cycle = work.program.cycles.get(number=3)
    said = {"cited": (work.supporting.pk,), "valid_from": cycle.starts_on, **fields}
    return make_assessment(condition=work.condition, cycle=cycle, **said)


def waiver(**changes: str) -> dict[str, str]:
    return {
        "authority": AUTHORITY,
        "reason": "Waived for the fiscal year.",
        "confidence": "high",
        "confidence_reason": "An act of the authority named.",
        "cycle": "",
        **changes,
    }


def page(person: Person, name: str, row: object, **query: object) -> str:
    return person.get(name, row.pk, **query).content.decode()


class TestWithdrawing:
    def test_an_author_gives_up_a_draft_from_its_page(self, analyst: Person, work: Work) -> None:
        draft = draft_of(work, analyst)
        assert reverse(f"admin:{WITHDRAW}", args=[draft.pk]) in page(
            analyst, "conditions_assessment_change", draft
        )
        form = analyst.get(WITHDRAW, draft.pk).context["form"]
        typed = {"revision": form["revision"].value(), "reason": "Wrong condition."}
        answer = analyst.post(WITHDRAW, draft.pk, **typed)
        draft.refresh_from_db()
        assert (answer.status_code, draft.state) == (302, "withdrawn")
        after = page(analyst, "conditions_assessment_change", draft)
        assert "Withdrawn by ana" in after
        assert "Wrong condition." in after
        assert '<span class="work work-withdrawn">Withdrawn</span>' in after
        for gone in (WITHDRAW, "conditions_condition_assess", "conditions_assessment_approve"):
            assert reverse(f"admin:{gone}", args=[draft.pk]) not in after

    def test_it_asks_for_a_reason(self, analyst: Person, work: Work) -> None:
        draft = draft_of(work, analyst)
        answer = analyst.post(WITHDRAW, draft.pk, revision=draft.revision, reason=" ")
        assert answer.status_code == 422
        assert "Say why this assessment is given up." in answer.content.decode()
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_a_revision_not_read_is_not_given_up(self, analyst: Person, work: Work) -> None:
        draft = draft_of(work, analyst)
        answer = analyst.post(WITHDRAW, draft.pk, revision=draft.revision + 1, reason="Wrong.")
        assert "Somebody saved this assessment after you opened it." in answer.content.decode()

    def test_what_is_submitted_cannot_be_given_up(self, analyst: Person, work: Work) -> None:
        submitted = draft_of(work, analyst, "submitted")
        found = page(analyst, WITHDRAW, submitted)
        assert "It is submitted: only a draft or a returned assessment can be withdrawn." in found
        assert "<form method=" not in found.partition("content-start")[2].partition("footer")[0]

    def test_a_colleague_cannot_and_a_manager_can(
        self, analyst: Person, manager: Person, work: Work
    ) -> None:
        draft = draft_of(work, analyst)
        colleague = sign_in("analyst")
        typed = {"revision": draft.revision, "reason": "Left behind."}
        refused = colleague.post(WITHDRAW, draft.pk, **typed)
        assert refused.status_code == 403
        assert "Ask its author or a manager to withdraw it." in refused.content.decode()
        assert reverse(f"admin:{WITHDRAW}", args=[draft.pk]) not in page(
            colleague, "conditions_assessment_change", draft
        )
        assert manager.post(WITHDRAW, draft.pk, **typed).status_code == 302

    def test_a_new_one_can_be_started(self, analyst: Person, work: Work) -> None:
        draft = draft_of(work, analyst)
        analyst.post(WITHDRAW, draft.pk, revision=draft.revision, reason="Wrong.")
        found = page(analyst, "conditions_condition_change", work.condition)
        assert "Withdrawn" in found
        assert 'id="step"' in found
        analyst.post("conditions_condition_assess", work.condition.pk, **work.form())
        assert Assessment.objects.still_open().get().author == analyst.user

    def test_the_list_narrows_to_what_was_given_up(self, analyst: Person, work: Work) -> None:
        draft = draft_of(work, analyst)
        analyst.post(WITHDRAW, draft.pk, revision=draft.revision, reason="Wrong.")
        listed = analyst.get("conditions_assessment_changelist", state__exact="withdrawn")
        assert list(listed.context["cl"].result_list) == [draft]


class TestConfirming:
    def test_one_button_and_one_reason(self, analyst: Person, work: Work) -> None:
        last = judged_before(work)
        address = reverse(f"admin:{CONFIRM}", args=[work.condition.pk])
        here = f"{address}?cycle={work.cycle.pk}"
        assert here in page(analyst, "conditions_condition_change", work.condition)
        answer = analyst.client.get(here)
        found = answer.content.decode()
        assert last.rationale in found
        assert "Two independent sources." in found
        assert work.supporting.title in found
        typed = {field.name: field.value() or "" for field in answer.context["form"]}
        done = analyst.client.post(here, {**typed, "reason": "Nothing was reported."})
        confirmed = Assessment.objects.still_open().get()
        assert done.status_code == 302
        assert (confirmed.state, confirmed.cycle) == ("submitted", work.cycle)
        assert confirmed.rationale == "Unchanged since cycle 3. Nothing was reported."

    def test_what_was_filed_since_is_counted_and_listed(self, analyst: Person, work: Work) -> None:
        judged_before(work)
        make_evidence(condition=work.condition, title="A new decree", recorded_at=noon(TODAY))
        found = page(analyst, CONFIRM, work.condition)
        assert "Filed since, and not cited: 1" in found
        assert "A new decree" in found
        assert "assess the condition</a> instead" in found

    def test_it_asks_for_a_reason(self, analyst: Person, work: Work) -> None:
        last = judged_before(work)
        typed = {"cycle": work.cycle.pk, "last": last.pk, "reason": ""}
        answer = analyst.post(CONFIRM, work.condition.pk, **typed)
        assert answer.status_code == 422
        assert "Say why nothing has changed, and where you looked." in answer.content.decode()
        assert not Assessment.objects.still_open().exists()

    def test_nobody_confirms_what_they_have_not_read(self, analyst: Person, work: Work) -> None:
        read = judged_before(work)
        judged_before(work, corrects=read, status="1")
        typed = {"cycle": work.cycle.pk, "last": read.pk, "reason": "Nothing was reported."}
        answer = analyst.post(CONFIRM, work.condition.pk, **typed)
        assert "ALPHA was judged again after you read" in answer.content.decode()
        assert not Assessment.objects.still_open().exists()

    def test_without_a_judgement_it_leads_to_assess(self, analyst: Person, work: Work) -> None:
        assert "Confirm unchanged" not in page(
            analyst, "conditions_condition_change", work.condition
        )
        found = page(analyst, CONFIRM, work.condition)
        assert "ALPHA has no judgement yet." in found
        assert "Confirm unchanged and submit" not in found
        assert reverse("admin:conditions_condition_assess", args=[work.condition.pk]) in found

    @pytest.mark.parametrize("rows", [1, 3])
    def test_it_takes_a_fixed_number_of_queries(
        self, analyst: Person, work: Work, rows: int
    ) -> None:
        cited = tuple(make_evidence(condition=work.condition).pk for _ in range(rows))
        judged_before(work, cited=cited)
        for _ in range(rows):
            make_evidence(condition=work.condition, recorded_at=noon(TODAY))
        with CaptureQueriesContext(connection) as captured:
            analyst.get(CONFIRM, work.condition.pk)
        assert len(captured) == 18


class TestWaiving:
    def test_a_waiver_goes_to_a_reviewer(
        self, manager: Person, reviewer: Person, work: Work, client: Client
    ) -> None:
        found = page(manager, "conditions_condition_change", work.condition)
        assert f"{reverse(f'admin:{WAIVE}', args=[work.condition.pk])}?cycle=" in found
        manager.post(WAIVE, work.condition.pk, **waiver())
        waived = Assessment.objects.get()
        assert (waived.state, waived.status, waived.authority) == ("submitted", "W", AUTHORITY)
        review = page(reviewer, "conditions_assessment_change", waived)
        assert "Waived by" in review
        assert AUTHORITY in review
        reviewer.post(
            "conditions_assessment_approve", waived.pk, revision=waived.revision, confirmed="on"
        )
        waived.refresh_from_db()
        assert waived.state == "approved"
        assert AUTHORITY in page(manager, "conditions_condition_change", work.condition)
        for public in ("conditions/ALPHA/", "cycles/4/"):
            shown = client.get(f"/programs/test-program/{public}").content.decode()
            assert "Waived by" in shown
            assert AUTHORITY in shown

    @pytest.mark.parametrize("missing", ["authority", "reason", "confidence_reason"])
    def test_it_asks_for_each_part(self, manager: Person, work: Work, missing: str) -> None:
        answer = manager.post(WAIVE, work.condition.pk, **waiver(**{missing: " "}))
        assert answer.status_code == 422
        assert missing in answer.context["form"].errors
        assert not Assessment.objects.exists()

    def test_nobody_approves_their_own_and_reads_why(self, manager: Person, work: Work) -> None:
        manager.post(WAIVE, work.condition.pk, **waiver())
        own = Assessment.objects.get()
        answer = manager.post(
            "conditions_assessment_approve", own.pk, revision=own.revision, confirmed="on"
        )
        assert "You wrote in this assessment, so you cannot approve it." in answer.content.decode()
        said = {"state": "approved", "approved_by": manager.user, "approved_at": noon(TODAY)}
        with pytest.raises(IntegrityError) as refused:
            Assessment.objects.filter(pk=own.pk).update(**said)
        words = told(refused.value)
        assert words.message == "Nobody approves what they wrote. Ask another reviewer."
        assert words.status == 409

    def test_work_of_others_is_not_pushed_aside(
        self, analyst: Person, manager: Person, work: Work
    ) -> None:
        draft_of(work, analyst)
        found = page(manager, WAIVE, work.condition)
        assert "An assessment by ana is draft in this cycle: withdraw it first" in found
        assert "Submit the waiver" not in found

    def test_the_assess_form_tells_who_may_not_waive_at_the_status(
        self, analyst: Person, work: Work
    ) -> None:
        item = f"finding_{work.item.pk}_status"
        typed = work.form(intent="submit", status="W", cited=[], authority=AUTHORITY, **{item: "W"})
        refused = analyst.post("conditions_condition_assess", work.condition.pk, **typed)
        assert refused.status_code == 409
        assert refused.context["form"].errors["status"] == [
            "Your role does not let you judge a condition W Waived. "
            "Choose another status, or ask a manager to waive it."
        ]
        assert "ask a manager to waive it." in refused.content.decode()
        assert not Assessment.objects.exists()

    def test_the_assess_form_asks_for_the_authority_and_keeps_it_to_waivers(
        self, manager: Person, work: Work
    ) -> None:
        form = manager.get("conditions_condition_assess", work.condition.pk).content.decode()
        assert "Only with W Waived: who waived the condition, by which act." in form
        item = f"finding_{work.item.pk}_status"
        waived = work.form(intent="submit", status="W", cited=[], **{item: "W"})
        asked = manager.post("conditions_condition_assess", work.condition.pk, **waived)
        assert asked.context["form"].errors["authority"] == [
            "Name who waived the condition, by which act."
        ]
        other = work.form(authority=AUTHORITY)
        refused = manager.post("conditions_condition_assess", work.condition.pk, **other)
        assert "Leave it empty, or choose W Waived." in refused.content.decode()
        assert AUTHORITY in refused.content.decode()
        named = {**waived, "authority": AUTHORITY}
        manager.post("conditions_condition_assess", work.condition.pk, **named)
        assert Assessment.objects.get().authority == AUTHORITY

    def test_a_waiver_is_proposed_with_its_authority(self, analyst: Person, work: Work) -> None:
        judged_before(work, status="W", authority=AUTHORITY, cited=())
        form = analyst.get("conditions_condition_assess", work.condition.pk).context["form"]
        assert (form["status"].value(), form["authority"].value()) == ("W", AUTHORITY)


class TestSkipping:
    def test_a_cycle_is_skipped_from_its_page(self, manager: Person, work: Work) -> None:
        address = reverse(f"admin:{SKIP}", args=[work.cycle.pk])
        assert address in page(manager, "conditions_reviewcycle_change", work.cycle)
        answer = manager.post(SKIP, work.cycle.pk, reason="No assessor.", confirmed="on")
        work.cycle.refresh_from_db()
        assert answer.status_code == 302
        assert (work.cycle.is_skipped, work.cycle.closed_by) == (True, manager.user)
        after = page(manager, "conditions_reviewcycle_change", work.cycle)
        assert "Skipped" in after
        assert "No assessor." in after
        assert address not in after
        listed = manager.get("conditions_reviewcycle_changelist").content.decode()
        assert '<td class="field-state">Skipped</td>' in listed

    @pytest.mark.parametrize("missing", ["reason", "confirmed"])
    def test_it_asks_for_a_reason_and_a_tick(
        self, manager: Person, work: Work, missing: str
    ) -> None:
        typed = {"reason": "No assessor.", "confirmed": "on"} | {missing: ""}
        answer = manager.post(SKIP, work.cycle.pk, **typed)
        assert answer.status_code == 422
        assert missing in answer.context["form"].errors

    def test_it_says_what_stands_in_the_way(
        self, analyst: Person, manager: Person, work: Work
    ) -> None:
        draft_of(work, analyst)
        found = page(manager, SKIP, work.cycle)
        assert "ALPHA (draft, by ana)." in found
        assert "Skip the cycle" not in found
        to_come = page(manager, SKIP, work.program.cycles.get(number=5))
        assert "Cycle 5 begins on 2027-03-05." in to_come
        answer = manager.post(SKIP, work.cycle.pk, reason="No assessor.", confirmed="on")
        assert answer.status_code == 422
        work.cycle.refresh_from_db()
        assert work.cycle.closed_at is None

    @pytest.mark.parametrize(
        ("closing", "numbers"), [("none", [6, 5, 3, 2, 1]), ("closed", []), ("skipped", [4])]
    )
    def test_the_list_narrows_to_it(
        self, manager: Person, work: Work, closing: str, numbers: list[int]
    ) -> None:
        manager.post(SKIP, work.cycle.pk, reason="No assessor.", confirmed="on")
        listed = manager.get("conditions_reviewcycle_changelist", closing=closing)
        assert [row.number for row in listed.context["cl"].result_list] == numbers


ALLOWED = {
    WITHDRAW: {"manager"},
    CONFIRM: {"analyst", "manager"},
    WAIVE: {"manager"},
    SKIP: {"manager"},
}


def row_of(work: Work, name: str) -> Assessment | Condition | ReviewCycle:
    """What the page is about; a draft is somebody else's."""
    if name == WITHDRAW:
        other = Person(make_user("analyst"), Client())
        return draft_of(work, other)
    return work.cycle if name == SKIP else work.condition


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("name", ALLOWED)
def test_each_role_takes_only_its_steps(work: Work, name: str, role: str) -> None:
    person, row = sign_in(role), row_of(work, name)
    opened = person.get(name, row.pk).status_code
    taken = person.post(name, row.pk, revision=1, reason="Because.", confirmed="on").status_code
    if role in ALLOWED[name]:
        # What asks for more than a reason says so.
        assert (opened, taken) == (200, 302 if name in (WITHDRAW, SKIP) else 422)
    else:
        assert {opened, taken} <= {403, 404}


@pytest.mark.parametrize("name", ALLOWED)
def test_a_stranger_is_sent_to_sign_in(work: Work, client: Client, name: str) -> None:
    address = reverse(f"admin:{name}", args=[row_of(work, name).pk])
    for answer in (client.get(address), client.post(address, {"reason": "Because."})):
        assert reverse("admin:login") in (answer.get("Location") or answer.content.decode())
    assert not Assessment.objects.exclude(state="draft").exists()
    assert not ReviewCycle.objects.exclude(closed_at=None).exists()
