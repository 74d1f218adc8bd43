"""Every list and page: a fixed number of queries, nothing inline, no write around the actions."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conditions.admin.base import ActionAdmin
from conditions.admin.site import site
from conditions.models import Condition
from tests.admin.conftest import Person, sign_in
from tests.admin.world import World, make_world
from tests.factories import make_evidence

pytestmark = pytest.mark.django_db
INLINE = re.compile(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)

# Queries of each page for a manager who leads every condition; four of them are the session, the
# account and what it may do.
LISTS = {
    "program": 4,
    "condition": 6,
    "assessment": 10,
    "evidence": 9,
    "source": 5,
    "reviewcycle": 7,
    "doublecoding": 6,
    "linkhealth": 6,
    "reminder": 7,
    "officialfinding": 8,
    "interpretation": 7,
    "searchentry": 8,
    "event": 8,
    "apitoken": 4,
    "user": 7,
    "captureorder": 6,
    "inboxitem": 7,
    "feed": 4,
    "evidenceimport": 7,
}
PAGES: dict[str, tuple[Callable[[World], str], int]] = {
    "desk": (lambda w: reverse("admin:index"), 19),
    "search": (lambda w: reverse("admin:search") + "?q=document", 12),
    "gaps": (lambda w: reverse("admin:gaps"), 18),
    "settings": (lambda w: reverse("admin:my_settings"), 4),
    "import": (lambda w: of("evidenceimport_change", w.sheet), 5),
    "import columns": (lambda w: of("evidenceimport_mapping", w.sheet), 6),
    "discard an import": (lambda w: of("evidenceimport_discard", w.sheet), 5),
    "bring in a sheet": (lambda w: reverse("admin:conditions_evidenceimport_add"), 6),
    "condition": (lambda w: of("condition_change", w.condition), 22),
    "condition history": (lambda w: of("condition_history", w.condition), 7),
    "lead": (lambda w: of("condition_lead", w.condition), 6),
    "assess": (lambda w: of("condition_assess", w.untouched), 22),
    "go on": (lambda w: f"{of('condition_assess', w.condition)}?assessment={w.draft.pk}", 21),
    "correct": (lambda w: f"{of('condition_assess', w.condition)}?corrects={w.approved.pk}", 22),
    "draft": (lambda w: of("assessment_change", w.draft), 19),
    "review": (lambda w: of("assessment_change", w.submitted), 19),
    "approved": (lambda w: of("assessment_change", w.approved), 18),
    "assessment history": (lambda w: of("assessment_history", w.approved), 9),
    "evidence": (lambda w: of("evidence_change", w.evidence), 14),
    "amend": (lambda w: of("evidence_amend", w.evidence), 6),
    "evidence history": (lambda w: of("evidence_history", w.evidence), 7),
    "known": (lambda w: f"{reverse('admin:conditions_evidence_known')}?url={w.evidence.url}", 5),
    "intake": (lambda w: reverse("admin:conditions_evidence_add"), 7),
    "withdraw": (lambda w: of("evidence_withdraw", w.link), 5),
    "source": (lambda w: of("source_change", w.evidence.source), 10),
    "source form": (lambda w: of("source_edit", w.evidence.source), 5),
    "new source": (lambda w: reverse("admin:conditions_source_add"), 4),
    "cycle": (lambda w: of("reviewcycle_change", w.cycle), 19),
    "close": (lambda w: of("reviewcycle_close", w.cycle), 9),
    "extend": (lambda w: of("reviewcycle_extend", w.cycle), 5),
    "skip": (lambda w: of("reviewcycle_skip", w.cycle), 6),
    "withdraw a draft": (lambda w: of("assessment_withdraw", w.draft), 6),
    "confirm": (lambda w: of("condition_confirm", w.untouched), 8),
    "waive": (lambda w: of("condition_waive", w.untouched), 7),
    "double coding": (lambda w: of("reviewcycle_coding", w.cycle), 10),
    "cycle history": (lambda w: of("reviewcycle_history", w.cycle), 7),
    "program": (lambda w: of("program_change", w.program), 6),
    "what if": (lambda w: of("program_whatif", w.program), 9),
    "program history": (lambda w: of("program_history", w.program), 7),
    "official": (lambda w: of("officialfinding_change", w.official), 6),
    "official form": (lambda w: reverse("admin:conditions_officialfinding_add"), 6),
    "official correction": (lambda w: of("officialfinding_correct", w.official), 5),
    "search entry": (lambda w: of("searchentry_change", w.search), 5),
    "log a search": (lambda w: add_search(w), 9),
    "search again": (lambda w: f"{add_search(w)}&again={w.search.pk}", 9),
    "correct a search": (lambda w: of("searchentry_correct", w.search), 7),
    "search history": (lambda w: of("searchentry_history", w.search), 7),
    "reading": (lambda w: of("interpretation_change", w.reading), 6),
    "reminder": (lambda w: of("reminder_change", w.reminder), 7),
    "event": (lambda w: of("event_change", w.event), 9),
    "token": (lambda w: of("apitoken_change", w.token), 6),
    "new token": (lambda w: reverse("admin:conditions_apitoken_add"), 4),
    "revoke": (lambda w: of("apitoken_revoke", w.token), 5),
    "password": (lambda w: reverse("admin:password_change"), 4),
    "copy": (lambda w: of("captureorder_copy", w.copy), 6),
    "upload a copy": (lambda w: of("captureorder_upload", w.evidence), 5),
    "triage": (lambda w: of("inboxitem_change", w.inbox_item), 15),
    "what corrections teach": (lambda w: reverse("admin:conditions_inboxitem_lessons"), 5),
    "paste": (lambda w: reverse("admin:conditions_inboxitem_paste"), 4),
    "new feed": (lambda w: reverse("admin:conditions_feed_add"), 5),
    "feed": (lambda w: of("feed_change", w.feed), 6),
}


def add_search(world: World) -> str:
    """The address at which a search is logged for the world's condition."""
    return f"{reverse('admin:conditions_searchentry_add')}?condition={world.condition.pk}"


def of(name: str, row: object) -> str:
    """The address of a page about one row."""
    return reverse(f"admin:conditions_{name}", args=[row.pk])


def queries_of(person: Person, url: str) -> int:
    """How many queries the page takes; it answers, and holds nothing inline."""
    with CaptureQueriesContext(connection) as captured:
        answer = person.client.get(url)
    page = answer.content.decode()
    assert answer.status_code == 200, page
    assert not INLINE.findall(page)
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    return len(captured)


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("model", LISTS)
def test_a_list_takes_a_fixed_number_of_queries(model: str, rows: int) -> None:
    chief = sign_in("manager", is_superuser=True)
    make_world(chief.user, rows)
    url = reverse(f"admin:conditions_{model}_changelist")
    assert queries_of(chief, url) == LISTS[model]


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("name", PAGES)
def test_a_page_takes_a_fixed_number_of_queries(name: str, rows: int) -> None:
    manager = sign_in("manager")
    world = make_world(manager.user, rows)
    address, queries = PAGES[name]
    assert queries_of(manager, address(world)) == queries


@pytest.mark.parametrize(
    ("model", "query"),
    [
        ("assessment", {"judgement": "stale"}),
        ("assessment", {"judgement": "in_force"}),
        ("assessment", {"judgement": "replaced"}),
        ("assessment", {"cycle": "2", "status": "2", "lead": "me", "program": "program-0"}),
        ("assessment", {"state": "draft", "q": "title"}),
        ("condition", {"judgement": "none"}),
        ("condition", {"judgement": "carried", "lead": "nobody"}),
        ("evidence", {"program": "program-0", "q": "Document"}),
        ("reviewcycle", {"program": "program-0"}),
    ],
)
def test_lists_are_narrowed(model: str, query: dict[str, str]) -> None:
    manager = sign_in("manager")
    make_world(manager.user)
    answer = manager.client.get(reverse(f"admin:conditions_{model}_changelist"), query)
    assert answer.status_code == 200
    assert not answer.context["cl"].params.get("e")


@pytest.mark.parametrize(
    ("model", "name"),
    [("searchentry", "condition"), ("captureorder", "evidence"), ("linkhealth", "evidence")],
)
def test_a_number_that_no_row_can_have_is_an_unclear_filter(model: str, name: str) -> None:
    """It overflowed in the driver."""
    manager = sign_in("manager")
    address = reverse(f"admin:conditions_{model}_changelist")
    answer = manager.client.get(address, {name: "9" * 20})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?e=1")
    assert manager.client.get(address, {name: "9" * 18}).status_code == 200


def test_staleness_finds_the_judgement_whose_source_was_regraded() -> None:
    manager = sign_in("manager")
    world = make_world(manager.user)
    source = world.evidence.source
    url = reverse("admin:conditions_assessment_changelist")
    assert not manager.client.get(url, {"judgement": "stale"}).context["cl"].result_list
    manager.post(
        "conditions_source_edit",
        source.pk,
        **{"name": source.name, "kind": "ngo", "language": "en", "reliability": "E"},
        reason="It withdrew three reports.",
    )
    stale = manager.client.get(url, {"judgement": "stale"}).context["cl"].result_list
    assert list(stale) == [world.approved]


def test_no_stock_form_writes() -> None:
    chief = sign_in("manager", is_superuser=True)
    world = make_world(chief.user)
    for model, admin in site._registry.items():
        if not isinstance(admin, ActionAdmin):
            continue
        url = reverse(f"admin:conditions_{model._meta.model_name}_changelist")
        assert chief.client.get(f"{url}{world.program.pk}/delete/").status_code in (403, 404)
        assert not admin.get_actions(chief.client.get(url).wsgi_request)
    answer = chief.client.post(of("condition_change", world.condition), {"title": "Overwritten"})
    assert answer.status_code == 200
    title = Condition.objects.values_list("title", flat=True).get(pk=world.condition.pk)
    assert title == world.condition.title
    refused = chief.client.post(of("program_change", world.program), {"title": "Overwritten"})
    assert refused.status_code == 403


@pytest.mark.parametrize("name", ["condition", "assessment", "evidence", "source", "reviewcycle"])
@pytest.mark.parametrize("nonsense", ["abc", "1/confirm", "9" * 30, "-1"])
def test_an_address_that_names_no_row_is_not_found(
    analyst: Person, name: str, nonsense: str
) -> None:
    address = f"/admin/conditions/{name}/{nonsense}/change/"
    assert analyst.client.get(address).status_code == 404


def test_a_list_is_called_as_the_way_to_it_and_counted_in_plain_words() -> None:
    manager = sign_in("manager")
    make_evidence()
    html = manager.get("conditions_captureorder_changelist").content.decode()
    assert ">Capture orders</a>" in html
    assert "<h1>Capture orders</h1>" in html
    for name, count in (("captureorder", 0), ("searchentry", 0), ("evidence", 1)):
        html = manager.get(f"conditions_{name}_changelist").content.decode()
        assert f"{count} in all" in html
