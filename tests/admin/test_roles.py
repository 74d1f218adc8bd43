"""Each role on each page: what opens, what is refused, and what is not even told of."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from conditions.models import Assessment, Evidence
from tests.admin.conftest import Person, Work, sign_in
from tests.admin.test_lists import LISTS, of
from tests.admin.world import World, make_world
from tests.factories import make_evidence, make_user

pytestmark = pytest.mark.django_db

READING = {"viewer", "analyst", "reviewer", "manager"}
SEEING_ALL = {"analyst", "reviewer", "manager"}
WRITING = {"analyst", "manager"}
REVIEWING = {"reviewer", "manager"}
MANAGING = {"manager"}
NOBODY: set[str] = set()

SEEN_BY_FEW = {"doublecoding", "captureorder", "inboxitem", "feed", "evidenceimport"}

ALLOWED = {
    "desk": (lambda w: reverse("admin:index"), READING),
    "search": (lambda w: reverse("admin:search"), READING),
    "gaps": (lambda w: reverse("admin:gaps"), SEEING_ALL),
    "settings": (lambda w: reverse("admin:my_settings"), READING),
    "condition": (lambda w: of("condition_change", w.condition), READING),
    "condition history": (lambda w: of("condition_history", w.condition), READING),
    "lead": (lambda w: of("condition_lead", w.condition), MANAGING),
    "assess": (lambda w: of("condition_assess", w.untouched), WRITING),
    "approved": (lambda w: of("assessment_change", w.approved), READING),
    "draft": (lambda w: of("assessment_change", w.draft), SEEING_ALL),
    "draft history": (lambda w: of("assessment_history", w.draft), SEEING_ALL),
    "evidence": (lambda w: of("evidence_change", w.evidence), READING),
    "amend": (lambda w: of("evidence_amend", w.evidence), WRITING),
    "cite": (
        lambda w: reverse("admin:conditions_evidence_cite", args=[w.evidence.pk, "ris"]),
        READING,
    ),
    "cite what was found": (
        lambda w: reverse("admin:search_citations", args=["bib"]) + "?q=document",
        READING,
    ),
    "known": (lambda w: reverse("admin:conditions_evidence_known"), WRITING),
    "intake": (lambda w: reverse("admin:conditions_evidence_add"), WRITING),
    "withdraw": (lambda w: of("evidence_withdraw", w.link), WRITING),
    "source": (lambda w: of("source_change", w.evidence.source), READING),
    "source form": (lambda w: of("source_edit", w.evidence.source), WRITING),
    "new source": (lambda w: reverse("admin:conditions_source_add"), WRITING),
    "cycle": (lambda w: of("reviewcycle_change", w.cycle), READING),
    "close": (lambda w: of("reviewcycle_close", w.cycle), MANAGING),
    "extend": (lambda w: of("reviewcycle_extend", w.cycle), MANAGING),
    "skip": (lambda w: of("reviewcycle_skip", w.cycle), MANAGING),
    "withdraw a draft": (lambda w: of("assessment_withdraw", w.draft), MANAGING),
    "confirm": (lambda w: of("condition_confirm", w.untouched), WRITING),
    "waive": (lambda w: of("condition_waive", w.untouched), MANAGING),
    "double coding": (lambda w: of("reviewcycle_coding", w.cycle), SEEING_ALL),
    "program": (lambda w: of("program_change", w.program), READING),
    "what if": (lambda w: of("program_whatif", w.program), MANAGING),
    "official": (lambda w: of("officialfinding_change", w.official), READING),
    "official form": (lambda w: reverse("admin:conditions_officialfinding_add"), MANAGING),
    "official correction": (lambda w: of("officialfinding_correct", w.official), MANAGING),
    "search entry": (lambda w: of("searchentry_change", w.search), READING),
    "log a search": (lambda w: reverse("admin:conditions_searchentry_add"), WRITING),
    "correct a search": (lambda w: of("searchentry_correct", w.search), WRITING),
    "reading": (lambda w: of("interpretation_change", w.reading), READING),
    "event": (lambda w: of("event_change", w.event), READING),
    "new token": (lambda w: reverse("admin:conditions_apitoken_add"), READING),
    "token of another": (lambda w: of("apitoken_revoke", w.token), NOBODY),
    "voices": (
        lambda w: reverse("admin:conditions_voicesuggestion_changelist"),
        SEEING_ALL,
    ),
    "account": (lambda w: reverse("admin:conditions_user_changelist"), NOBODY),
    "copy": (lambda w: of("captureorder_copy", w.copy), READING),
    "upload a copy": (lambda w: of("captureorder_upload", w.evidence), WRITING),
    "triage": (lambda w: of("inboxitem_change", w.inbox_item), SEEING_ALL),
    "paste": (lambda w: reverse("admin:conditions_inboxitem_paste"), WRITING),
    "import": (lambda w: of("evidenceimport_change", w.sheet), SEEING_ALL),
    "import columns": (lambda w: of("evidenceimport_mapping", w.sheet), WRITING),
    "file an import": (lambda w: of("evidenceimport_file", w.sheet), WRITING),
    "discard an import": (lambda w: of("evidenceimport_discard", w.sheet), WRITING),
    "bring in a sheet": (lambda w: reverse("admin:conditions_evidenceimport_add"), WRITING),
    "new feed": (lambda w: reverse("admin:conditions_feed_add"), WRITING),
    "what corrections teach": (
        lambda w: reverse("admin:conditions_inboxitem_lessons"),
        SEEING_ALL,
    ),
    "feed": (lambda w: of("feed_change", w.feed), WRITING),
} | {
    f"list of {name}": (
        lambda w, name=name: reverse(f"admin:conditions_{name}_changelist"),
        SEEING_ALL if name in SEEN_BY_FEW else READING,
    )
    for name in LISTS
    if name != "user"
}
STEPS = {
    "approve": (lambda w: of("assessment_approve", w.submitted), REVIEWING),
    "return": (lambda w: of("assessment_return", w.submitted), REVIEWING),
    "link": (lambda w: of("evidence_link", w.evidence), WRITING),
    "assess": (lambda w: of("condition_assess", w.untouched), WRITING),
    "file": (lambda w: reverse("admin:conditions_evidence_add"), WRITING),
    "close": (lambda w: of("reviewcycle_close", w.cycle), MANAGING),
    "double coding": (lambda w: of("reviewcycle_coding", w.cycle), MANAGING),
    "skip": (lambda w: of("reviewcycle_skip", w.cycle), MANAGING),
    "withdraw a draft": (lambda w: of("assessment_withdraw", w.draft), MANAGING),
    "confirm": (lambda w: of("condition_confirm", w.untouched), WRITING),
    "waive": (lambda w: of("condition_waive", w.untouched), MANAGING),
    "open a copy": (lambda w: of("captureorder_open", w.copy), SEEING_ALL),
    "verify a copy": (lambda w: of("captureorder_verify", w.copy), SEEING_ALL),
    "ask for a capture": (lambda w: of("captureorder_ask", w.evidence), WRITING),
    "upload a copy": (lambda w: of("captureorder_upload", w.evidence), WRITING),
    "triage": (lambda w: of("inboxitem_change", w.inbox_item), WRITING),
    "reopen": (lambda w: of("inboxitem_reopen", w.inbox_item), WRITING),
    "paste": (lambda w: reverse("admin:conditions_inboxitem_paste"), WRITING),
    "add a feed": (lambda w: reverse("admin:conditions_feed_add"), WRITING),
    "pause a feed": (lambda w: of("feed_pause", w.feed), WRITING),
    "read a feed": (lambda w: of("feed_hasten", w.feed), WRITING),
}


@pytest.fixture
def world(db: None) -> World:
    """One of everything, made by somebody else."""
    return make_world(make_user("analyst"))


@pytest.mark.parametrize("role", sorted(READING))
def test_each_role_opens_what_it_may_and_nothing_else(role: str, world: World) -> None:
    person = sign_in(role)
    found = {
        name: person.client.get(address(world)).status_code
        for name, (address, _) in ALLOWED.items()
    }
    opened = {name for name, status in found.items() if status == 200}
    assert opened == {name for name, (_, roles) in ALLOWED.items() if role in roles}
    assert {status for name, status in found.items() if name not in opened} <= {302, 403, 404}


@pytest.mark.parametrize("role", sorted(READING))
def test_each_role_takes_only_its_steps(role: str, world: World) -> None:
    person = sign_in(role)
    refused = {
        name
        for name, (address, _) in STEPS.items()
        if person.client.post(address(world), {}).status_code in (403, 404)
    }
    assert refused == {name for name, (_, roles) in STEPS.items() if role not in roles}


@pytest.mark.parametrize("name", ALLOWED)
def test_nobody_signed_out_opens_anything(name: str, world: World) -> None:
    address, _ = ALLOWED[name]
    answer = Client().get(address(world))
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("admin:login"))


def test_an_account_without_staff_is_kept_out(world: World) -> None:
    outsider = sign_in("analyst", is_staff=False)
    assert outsider.client.get(reverse("admin:index")).status_code == 302


def test_a_viewer_is_told_of_no_draft_and_no_reason(world: World) -> None:
    viewer = sign_in("viewer")
    listed = viewer.get("conditions_assessment_changelist").context["cl"].result_list
    assert list(listed) == [world.approved]
    page = viewer.get("conditions_condition_change", world.condition.pk).content.decode()
    assert f"/assessment/{world.draft.pk}/" not in page
    assert f"/assessment/{world.submitted.pk}/" not in page
    history = viewer.get("conditions_condition_history", world.condition.pk)
    verbs = {line.event.verb for line in history.context["lines"]}
    assert "assessment.drafted" not in verbs
    assert all(not line.changes for line in history.context["lines"])


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
def test_a_viewer_sees_no_restricted_evidence_anywhere(world: World, sensitivity: str) -> None:
    hidden = make_evidence(condition=world.condition, title="Hidden paper", sensitivity=sensitivity)
    viewer, analyst = sign_in("viewer"), sign_in("analyst")
    for person, seen in ((viewer, False), (analyst, True)):
        pages = (
            person.get("conditions_condition_change", world.condition.pk),
            person.get("conditions_evidence_changelist"),
            person.get("search", q="Hidden"),
            person.get("conditions_source_change", hidden.source.pk),
        )
        texts = [strip_tags(page.content.decode()) for page in pages]
        assert ["Hidden paper" in text for text in texts] == [seen] * len(pages)
        status = person.get("conditions_evidence_change", hidden.pk).status_code
        assert (status == 200) is seen


def test_reminders_and_tokens_are_ones_own(world: World) -> None:
    analyst = sign_in("analyst")
    for name in ("reminder", "apitoken"):
        assert not analyst.get(f"conditions_{name}_changelist").context["cl"].result_list


def test_a_reviewer_writes_nothing(reviewer: Person, work: Work) -> None:
    answer = reviewer.post("conditions_condition_assess", work.condition.pk, **work.form())
    assert answer.status_code == 403
    assert "Your role does not let you write assessments." in answer.content.decode()
    reviewer.post("conditions_evidence_add", title="Filed anyway", source="Somebody", summary="x")
    assert not Assessment.objects.exists()
    assert not Evidence.objects.filter(title="Filed anyway").exists()


@pytest.mark.parametrize(
    "name",
    ["evidenceimport_changelist", "captureorder_changelist", "doublecoding_changelist"],
)
@pytest.mark.django_db
def test_a_closed_list_is_told_on_a_page_of_the_desk(name: str) -> None:
    answer = sign_in("viewer").get(f"conditions_{name}")
    assert answer.status_code == 403
    assert "Not yours to do" in answer.content.decode()


@pytest.mark.parametrize("name", ["captureorder", "linkhealth", "voicesuggestion", "inboxitem"])
def test_what_nobody_adds_by_hand_is_told_on_a_page_of_the_desk(analyst: Person, name: str) -> None:
    answer = analyst.get(f"conditions_{name}_add")
    assert answer.status_code == 403
    assert "Not yours to do" in answer.content.decode()


@pytest.mark.parametrize("name", ["evidenceimport", "searchentry", "doublecoding", "captureorder"])
@pytest.mark.django_db
def test_a_missing_row_is_told_on_a_page_of_the_desk(name: str) -> None:
    answer = sign_in("manager").get(f"conditions_{name}_change", 999)
    assert answer.status_code == 404
    html = answer.content.decode()
    assert "Not found" in html
    assert "Back to your desk" in html
