"""Citing in the admin: a document's page, its files, and what a search found."""

from __future__ import annotations

import pytest
import rispy
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conditions.outbound.citations import FORMS
from tests.admin.conftest import Person, sign_in
from tests.factories import make_evidence

pytestmark = pytest.mark.django_db
ARABIC = "عقوبات على سوريا"


def test_a_documents_page_offers_every_form_to_copy(analyst: Person) -> None:
    made = make_evidence(title=f"</textarea><script> {ARABIC}")
    html = analyst.get("conditions_evidence_change", made.pk).content.decode()
    for form in FORMS:
        assert f'<label for="cite-{form.name}">{form.label}</label>' in html
        assert reverse("admin:conditions_evidence_cite", args=[made.pk, form.name]) in html
    assert "<script> " not in html
    assert "TI  - &lt;/textarea&gt;&lt;script&gt; " + ARABIC in html


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_document_is_downloaded_as_a_citation(analyst: Person, form: object) -> None:
    made = make_evidence(title=ARABIC)
    answer = analyst.get("conditions_evidence_cite", made.pk, form.name)  # type: ignore[attr-defined]
    assert answer.status_code == 200
    assert f'filename="{made.key}.{form.ending}"' in answer["Content-Disposition"]  # type: ignore[attr-defined]
    assert ARABIC in answer.content.decode()


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
def test_nobody_cites_what_they_may_not_see(sensitivity: str) -> None:
    hidden = make_evidence(title="Hidden paper", sensitivity=sensitivity)
    viewer = sign_in("viewer")
    assert viewer.get("conditions_evidence_cite", hidden.pk, "ris").status_code == 404
    found = viewer.client.get(reverse("admin:search_citations", args=["ris"]), {"q": "paper"})
    assert (found.status_code, found.content) == (200, b"")


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
def test_what_stays_here_leaves_in_no_file(analyst: Person, sensitivity: str) -> None:
    kept = make_evidence(title="Kept paper", sensitivity=sensitivity)
    sent = make_evidence(title="Sent paper", sensitivity="team")
    answer = analyst.get("conditions_evidence_cite", kept.pk, "ris")
    assert answer.status_code == 409
    assert "do not leave in a file" in answer.content.decode()
    page = analyst.get("conditions_evidence_change", kept.pk).content.decode()
    assert reverse("admin:conditions_evidence_cite", args=[kept.pk, "ris"]) not in page
    found = analyst.client.get(reverse("admin:search_citations", args=["ris"]), {"q": "paper"})
    labels = [one["label"] for one in rispy.loads(found.content.decode())]
    assert labels == [sent.key]


def test_what_a_search_found_is_cited_newest_first(analyst: Person) -> None:
    made = [make_evidence(title=f"Paper {number}").key for number in range(3)]
    make_evidence(title="Paper of another language", language="ar")
    make_evidence(title="Other")
    page = analyst.get("search", q="paper", language="en")
    there = reverse("admin:search_citations", args=["ris"])
    assert f'href="{there}?q=paper&amp;language=en"' in page.content.decode()
    answer = analyst.client.get(there, {"q": "paper", "language": "en"})
    labels = [one["label"] for one in rispy.loads(answer.content.decode())]
    assert labels == made[::-1]
    assert 'filename="search.ris"' in answer["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "status"), [({}, 422), ({"q": "-oil"}, 422), ({"q": "oil", "cycle": "x"}, 422)]
)
def test_no_search_or_an_unclear_one_is_refused(
    analyst: Person, query: dict[str, str], status: int
) -> None:
    answer = analyst.client.get(reverse("admin:search_citations", args=["ris"]), query)
    assert answer.status_code == status
    assert "Search first" in answer.content.decode()


def test_an_unknown_form_is_not_found(analyst: Person) -> None:
    there = reverse("admin:search_citations", args=["docx"])
    assert analyst.client.get(there, {"q": "oil"}).status_code == 404


@pytest.mark.parametrize("size", [1, 3])
def test_queries_are_the_same_at_one_and_three_rows(
    analyst: Person, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made = [make_evidence(title="Paper") for _ in range(size)]
    analyst.get("conditions_evidence_cite", made[0].pk, "ris")
    with django_assert_num_queries(6):
        analyst.get("conditions_evidence_cite", made[0].pk, "ris")
    there = reverse("admin:search_citations", args=["ris"])
    with django_assert_num_queries(6):
        answer = analyst.client.get(there, {"q": "paper"})
    assert len(rispy.loads(answer.content.decode())) == size
