"""Link health on the desk: the list, the address on a document's page, and looking again."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from conditions.models import Evidence, LinkHealth
from tests.admin.conftest import Person, Work, sign_in
from tests.admin.test_lists import INLINE
from tests.days import DAY, TODAY, noon
from tests.factories import make_assessment, make_evidence
from tests.link_looks import keep_copy, lose, make_link

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
LINK = "conditions_linkhealth"


def page_of(person: Person, pk: int) -> str:
    return person.get("conditions_evidence_change", pk).content.decode()


def test_the_page_of_a_document_tells_how_its_address_is(analyst: Person) -> None:
    evidence = make_evidence()
    page = page_of(analyst, evidence.pk)
    assert "Not looked at yet: outside calls are off." in page
    make_link(evidence, "blocked", reason="The site answered 403.", http_status=403)
    page = page_of(analyst, evidence.pk)
    for told in ("Blocked by the site", "since 20 Nov 2026, 12:00 UTC", "The site answered 403."):
        assert told in page
    assert "When outside calls are allowed" in page
    assert "No longer at its address" not in page
    assert not INLINE.search(page)


def test_the_copy_of_a_lost_document_is_shown_before_its_address(
    analyst: Person, settings: Settings
) -> None:
    settings.OUTSIDE_CALLS = True
    evidence = make_evidence()
    kept = keep_copy(evidence, at=NOW - 30 * DAY)
    lose(evidence, at=NOW - DAY)
    page = page_of(analyst, evidence.pk)
    copy = reverse("admin:conditions_captureorder_copy", args=[kept.pk])
    assert "No longer at its address</b> since 20 Nov 2026" in page
    assert page.index(copy) < page.index(evidence.url)
    assert kept.sha256 in page
    assert "2 looks in a row" in page


def test_a_lost_document_without_a_copy_asks_for_one(analyst: Person) -> None:
    evidence = make_evidence()
    lose(evidence, at=NOW - DAY)
    page = page_of(analyst, evidence.pk)
    assert "No copy was kept." in page
    assert "upload it" in page
    assert "No copy was kept." in page_of(sign_in("viewer"), evidence.pk)
    assert "upload it" not in page_of(sign_in("viewer"), evidence.pk)


def test_what_was_known_of_a_former_address_is_not_told(analyst: Person) -> None:
    evidence = make_evidence()
    lose(evidence, at=NOW - DAY, url="https://example.org/former")
    page = page_of(analyst, evidence.pk)
    assert "Not looked at yet" in page
    assert "No longer at its address" not in page


def test_a_moved_document_leads_to_its_amendment(analyst: Person) -> None:
    evidence = make_evidence()
    new = "https://example.org/new?a=1&b=2"
    make_link(evidence, "moved", final_url=new, reason="Moved.")
    page = page_of(analyst, evidence.pk)
    query = "?url=https%3A%2F%2Fexample.org%2Fnew%3Fa%3D1%26b%3D2"
    there = reverse("admin:conditions_evidence_amend", args=[evidence.pk]) + query
    assert there in page
    form = analyst.client.get(there).context["form"]
    assert form.initial["url"] == new
    assert form.initial["title"] == evidence.title
    assert "Amend its address" not in page_of(sign_in("reviewer"), evidence.pk)


def test_looking_again_owes_a_look_and_says_when_none_is_taken(analyst: Person) -> None:
    evidence = make_evidence()
    make_link(evidence)
    assert analyst.get(f"{LINK}_again", evidence.pk).status_code == 302
    assert LinkHealth.objects.get().next_check_at > NOW
    url = reverse(f"admin:{LINK}_again", args=[evidence.pk])
    assert "until an operator allows" in analyst.client.post(url, follow=True).content.decode()
    assert LinkHealth.objects.get().next_check_at == NOW


def test_a_document_without_an_address_has_nothing_to_look_at(analyst: Person) -> None:
    evidence = make_evidence(url="", canonical_url="", reference="S/2026/1")
    assert "Its address" not in page_of(analyst, evidence.pk)
    answer = analyst.post(f"{LINK}_again", evidence.pk)
    assert answer.status_code == 422
    assert "no address to look at" in answer.content.decode()


def test_each_role_does_what_it_may() -> None:
    evidence = make_evidence()
    make_link(evidence)
    for role in ("viewer", "analyst", "reviewer", "manager"):
        person = sign_in(role)
        writes = role in ("analyst", "manager")
        assert person.post(f"{LINK}_again", evidence.pk).status_code == (302 if writes else 403)
        assert ("Look again now" in page_of(person, evidence.pk)) == writes
        listed = person.get(f"{LINK}_changelist")
        assert listed.status_code == 200
        assert ("Look again now" in listed.content.decode()) == writes


def test_nobody_learns_of_a_document_they_may_not_see() -> None:
    hidden = make_evidence(sensitivity="restricted", title="Hidden thing")
    make_link(hidden)
    viewer = sign_in("viewer")
    assert "Hidden thing" not in viewer.get(f"{LINK}_changelist").content.decode()
    assert viewer.get(f"{LINK}_change", hidden.pk).status_code == 404
    assert viewer.post(f"{LINK}_again", hidden.pk).status_code == 403
    url = reverse(f"admin:{LINK}_again", args=[hidden.pk])
    assert Client().post(url).status_code == 401
    assert Client().get(url).status_code == 302


def test_the_list_is_narrowed_and_puts_lost_ones_first(work: Work, analyst: Person) -> None:
    make_link(work.supporting)
    lose(work.contradicting, at=NOW - DAY)
    other = make_evidence(title="Elsewhere")
    make_link(other, "moved")
    listed = analyst.get(f"{LINK}_changelist")
    rows = [row.pk for row in listed.context["cl"].result_list]
    assert rows[0] == work.contradicting.pk
    assert set(rows) == {work.supporting.pk, work.contradicting.pk, other.pk}
    assert not INLINE.search(listed.content.decode())
    assert "OUTSIDE_CALLS=true" in listed.content.decode()
    narrowed = {
        (("lost", "yes"),): {work.contradicting.pk},
        (("lost", "no"),): {work.supporting.pk, other.pk},
        (("state__exact", "moved"),): {other.pk},
        (("program", work.program.slug),): {work.supporting.pk, work.contradicting.pk},
        (("condition", str(work.condition.pk)),): {work.supporting.pk, work.contradicting.pk},
        (("condition", "x"),): set(rows),
    }
    for query, expected in narrowed.items():
        found = analyst.get(f"{LINK}_changelist", **dict(query)).context["cl"]
        assert {row.pk for row in found.result_list} == expected, query
    no_row = analyst.get(f"{LINK}_changelist", condition="9" * 30)
    assert no_row["Location"].endswith("?e=1")


def test_the_list_leads_to_the_document(analyst: Person) -> None:
    evidence = make_evidence()
    make_link(evidence)
    answer = analyst.get(f"{LINK}_change", evidence.pk)
    assert answer["Location"].endswith(f"/evidence/{evidence.pk}/change/")
    page = analyst.get(f"{LINK}_changelist").content.decode()
    assert reverse("admin:conditions_evidence_change", args=[evidence.pk]) in page
    assert f'formaction="{reverse(f"admin:{LINK}_again", args=[evidence.pk])}"' in page
    assert "csrfmiddlewaretoken" in page


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_asks_the_database_as_often_for_one_row_as_for_three(
    analyst: Person, rows: int
) -> None:
    several = [make_evidence() for _ in range(rows)]
    for evidence in several:
        keep_copy(evidence, at=NOW - 3 * DAY)
        lose(evidence, at=NOW - DAY)
    list_url = reverse(f"admin:{LINK}_changelist")
    own = reverse("admin:conditions_evidence_change", args=[several[0].pk])
    counts = {}
    for url in (list_url, own):
        with CaptureQueriesContext(connection) as queries:
            assert analyst.client.get(url).status_code == 200
        told = [query["sql"] for query in queries.captured_queries]
        counts[url] = (len(told), sum("conditions_linkhealth" in sql for sql in told))
    # Counted, then read.
    assert counts[list_url] == (8, 2)
    # Its state, and whether it is lost.
    assert counts[own][1] == 2


def test_lists_of_documents_say_which_are_lost(work: Work, analyst: Person) -> None:
    kept = keep_copy(work.supporting, at=NOW - 3 * DAY)
    lose(work.supporting, at=NOW - DAY)
    copy = reverse("admin:conditions_captureorder_copy", args=[kept.pk])
    for name in ("condition_change", "condition_assess"):
        page = analyst.get(f"conditions_{name}", work.condition.pk).content.decode()
        assert page.count("No longer at its address</b> since 20 Nov 2026") == 1
        assert page.index(copy) < page.index(f'href="{work.supporting.url}"')
        assert not INLINE.search(page)


def test_a_judgement_says_which_of_what_it_cites_is_lost(work: Work, analyst: Person) -> None:
    judged = make_assessment(
        condition=work.condition, cycle=work.cycle, cited=(work.supporting.pk,), as_of=NOW
    )
    keep_copy(work.supporting, at=NOW)
    lose(work.supporting, at=NOW)
    page = analyst.get("conditions_assessment_change", judged.pk).content.decode()
    assert "No longer at its address</b> since 21 Nov 2026" in page


@pytest.mark.parametrize("number", [1, 3])
def test_one_loss_costs_a_page_as_much_as_three(work: Work, analyst: Person, number: int) -> None:
    ids = [make_evidence(condition=work.condition).pk for _ in range(3)]
    for pk in ids[:number]:
        lose(Evidence.objects.get(pk=pk), at=NOW - DAY)
    counts = {}
    for name in ("condition_change", "condition_assess"):
        url = reverse(f"admin:conditions_{name}", args=[work.condition.pk])
        with CaptureQueriesContext(connection) as queries:
            assert analyst.client.get(url).status_code == 200
        told = [query["sql"] for query in queries.captured_queries]
        counts[name] = sum("conditions_linkhealth" in sql for sql in told)
    assert counts == {"condition_change": 1, "condition_assess": 1}
