"""The search page: passages, limits, refusals, and nothing that one may not see."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conditions.admin.pages.search_form import MOST_OFFERED
from conditions.models import ChecklistItem, Evidence, Source
from conditions.queries.search import MOST
from tests.admin.conftest import Person, Work, sign_in
from tests.factories import make_evidence

pytestmark = pytest.mark.django_db


def found(page: HttpResponse) -> list[int]:
    return [hit.id for hit in page.context["evidence"].hits]


def test_passages_are_shown_marked_and_escaped(analyst: Person) -> None:
    evidence = make_evidence(
        title="<script>alert(1)</script> Sanctions", summary="On <b>sanctions</b> & more."
    )
    page = analyst.get("search", q="sanction*")
    html = page.content.decode()
    assert found(page) == [evidence.pk]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; <mark>Sanctions</mark>" in html
    assert "On &lt;b&gt;<mark>sanctions</mark>&lt;/b&gt; &amp; more." in html
    assert reverse("admin:conditions_evidence_change", args=[evidence.pk]) in html


def test_limits_are_kept_in_the_form_and_narrow(analyst: Person, work: Work) -> None:
    limits = {
        "program": work.program.slug,
        "condition": work.condition.code,
        "stance": "contradicts",
        "cycle": "1",
        "reliability": "B",
        "credibility": "2",
        "language": "en",
        "source": work.contradicting.source.name,
        "published_from": "2025-11-10",
        "published_to": "2025-11-10",
    }
    page = analyst.get("search", q="document", **limits)
    assert found(page) == [work.contradicting.pk]
    html = page.content.decode()
    assert "Narrowed: bears on program <b>test-program</b>, bears on condition <b>ALPHA</b>" in html
    assert '<option value="contradicts" selected>' in html
    assert 'value="2025-11-10"' in html
    for query, is_open in (
        ({"q": "document"}, False),
        (limits, False),
        ({}, True),
        ({"q": "nowhere"}, False),
        ({"q": "nowhere", "language": "ar"}, True),
        ({"condition": "NOPE"}, True),
    ):
        shown = analyst.get("search", **query).content.decode()
        assert ("<details open>" in shown) == is_open, query


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ({"q": "-oil"}, "q", "There is no word to look for."),
        ({"q": "a\x00b"}, "q", "Remove the null character"),
        ({"q": "x" * 10_000}, "q", "too long"),
        ({"q": ""}, "q", "letters or digits"),
        ({"q": "oil", "published_from": "yesterday"}, "published_from", "2026-03-09"),
        ({"q": "oil", "stance": "for"}, "stance", "not one of the available choices"),
        ({"q": "oil", "source": "Nobody"}, "source", "No source on file is called “Nobody”."),
        ({"q": "oil", "source": "a\x00b"}, "source", "Remove the null character"),
        ({"condition": "NOPE"}, "condition", "Choose one that is offered, or write it out."),
        ({"program": "x" * 300}, "program", "at most 200 characters"),
        ({"q": "", "cycle": "1"}, "cycle", "Give its program too, by the slug."),
        ({"q": " ", "voice": " "}, "q", "letters or digits"),
        *(
            ({"published_from": "2026-05-01", "published_to": "2025-01-01"}, name, "ends before")
            for name in ("published_from", "published_to")
        ),
        ({"fact_from": "abc"}, "fact_from", "“abc” cannot be read here."),
    ],
)
def test_what_is_unclear_is_refused_beside_its_field(
    analyst: Person, query: dict[str, str], field: str, said: str
) -> None:
    page = analyst.get("search", **query)
    assert page.status_code == 400
    assert said in " ".join(page.context["form"].errors[field])
    assert f'id="id_{field}_error"' in page.content.decode()
    assert page.context["evidence"] is None


@pytest.mark.parametrize("typed", ["title:x", '"', "a AND (b", "x' OR 1=1", "🙂 x", "a NEAR/2 b"])
def test_nothing_that_is_typed_breaks_the_page(analyst: Person, typed: str) -> None:
    assert analyst.get("search", q=typed).status_code in (200, 400)


def test_a_code_of_the_checklist_finds_its_condition_once(analyst: Person, work: Work) -> None:
    ChecklistItem.objects.create(
        condition=work.condition, code="A.11", statement="More", position=2, evidence_rule={}
    )
    page = analyst.get("search", q="a.1")
    assert list(page.context["conditions"]) == [work.condition]


def test_limits_alone_list_what_lies_within_them_page_by_page(analyst: Person, work: Work) -> None:
    made = [make_evidence(condition=work.condition).pk for _ in range(MOST)]
    limits = {"program": "TEST-PROGRAM", "condition": "alpha", "stance": "supports"}
    first = analyst.get("search", q="", **limits)
    html = first.content.decode()
    assert found(first) == made[::-1]
    assert f'class="count">{MOST + 1}<' in html
    assert "found-sources" not in html
    second = analyst.client.get(reverse("admin:search") + "?" + first.context["next"])
    assert found(second) == [work.supporting.pk]
    against = analyst.get("search", **{**limits, "stance": "contradicts"})
    assert found(against) == [work.contradicting.pk]
    nothing = analyst.get("search", program=work.program.slug, language="ar")
    assert "No document lies within these limits." in nothing.content.decode()
    cited = analyst.get("search_citations", "ris", **limits).content.decode()
    assert cited.count("TY  - ") == MOST + 1
    sheet = b"".join(analyst.get("search_export", "csv", **limits)).decode()
    assert all(evidence_key(pk) in sheet for pk in made)


def evidence_key(pk: int) -> str:
    return Evidence.objects.get(pk=pk).key


def test_the_list_of_evidence_leads_to_the_limits(analyst: Person, work: Work) -> None:
    listed = analyst.get("conditions_evidence_changelist", program=work.program.slug, q="Document")
    there = re.search(r'href="([^"]+)">Find by condition', listed.content.decode())
    assert there is not None
    page = analyst.client.get(there[1].replace("&amp;", "&"))
    assert found(page) == [work.contradicting.pk, work.supporting.pk]
    plain = analyst.get("conditions_evidence_changelist").content.decode()
    assert f'href="{reverse("admin:search")}">Find by condition' in plain


def test_no_more_names_are_offered_than_a_page_holds(analyst: Person) -> None:
    assert "any other on file may be written out" not in analyst.get("search").content.decode()
    Source.objects.bulk_create(
        Source(name=f"Press {number:04}", reliability="C") for number in range(MOST_OFFERED + 1)
    )
    beyond = Source.objects.get(name=f"Press {MOST_OFFERED:04}")
    evidence = make_evidence(source=beyond)
    html = analyst.get("search").content.decode()
    assert html.count('<option value="Press ') == MOST_OFFERED
    assert "any other on file may be written out" in html
    assert found(analyst.get("search", source=beyond.name.lower())) == [evidence.pk]


def test_an_empty_answer_says_what_to_try(analyst: Person) -> None:
    assert "Type a word or more" in analyst.get("search").content.decode()
    html = analyst.get("search", q="nowhere", language="ar").content.decode()
    assert "within these limits" in html
    assert "Search without limits" in html
    add = reverse("admin:conditions_evidence_add")
    main = html[html.index("found-evidence") :]
    assert add in main
    viewer = sign_in("viewer").get("search", q="nowhere").content.decode()
    assert add not in viewer


def test_pages_follow_one_another(analyst: Person) -> None:
    made = [make_evidence(title="Paper & pen").pk for _ in range(MOST + 2)]
    first = analyst.get("search", q="paper & pen", language="en", source="")
    assert found(first) == made[::-1][:MOST]
    assert f'class="count">{MOST + 2}<' in first.content.decode()
    there = re.search(r'href="(\?[^"]+)" rel="next"', first.content.decode())
    assert there is not None
    second = analyst.client.get(reverse("admin:search") + there[1].replace("&amp;", "&"))
    assert found(second) == made[:2][::-1]
    assert "Back to the first page" in second.content.decode()
    assert found(analyst.get("search", q="paper", after="cut"))[0] == made[-1]


@pytest.mark.parametrize("sensitivity", ["restricted", "source_protected"])
def test_what_one_may_not_see_is_neither_found_nor_counted(sensitivity: str) -> None:
    hidden = make_evidence(title="Hidden paper", sensitivity=sensitivity)
    page = sign_in("viewer").get("search", q="paper")
    assert (found(page), page.context["evidence"].count) == ([], 0)
    assert "Hidden paper" not in page.content.decode()
    manager = sign_in("manager").get("search", q="paper")
    assert found(manager) == [hidden.pk]


@pytest.mark.parametrize("size", [1, 3])
def test_queries_are_the_same_at_one_and_three_rows(
    analyst: Person, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(size):
        make_evidence(title="Paper")
    analyst.get("search", q="paper")
    with django_assert_num_queries(12):
        page = analyst.get("search", q="paper")
    assert len(found(page)) == size
    with django_assert_num_queries(10):
        page = analyst.get("search", language="en")
    assert len(found(page)) == size


def test_a_key_or_an_address_finds_its_document(analyst: Person) -> None:
    make_evidence(title="Another")
    one = make_evidence(key="ev-ee915abdd409", url="https://example.org/a/b")
    one.canonical_url = "https://example.org/a/b"
    one.save()
    for typed in (" EV-ee915abdd409 ", "http://Example.org/a/b/?utm_source=x#part"):
        assert found(analyst.get("search", q=typed)) == [one.pk]
        listed = analyst.client.get(reverse("admin:conditions_evidence_changelist"), {"q": typed})
        assert [row.pk for row in listed.context["cl"].result_list] == [one.pk]
    assert found(analyst.get("search", q="https://example.org/nowhere")) == []


def test_the_list_of_evidence_finds_what_the_search_finds(analyst: Person) -> None:
    one = make_evidence(title="عقوبات على إيران", summary="A hard line.")
    make_evidence(title="The line is hard")
    for typed in ('"hard line"', "ايران", "hard -is"):
        listed = analyst.client.get(reverse("admin:conditions_evidence_changelist"), {"q": typed})
        assert [row.pk for row in listed.context["cl"].result_list] == [one.pk], typed
    for typed in ("-is", '"'):
        refused = analyst.client.get(reverse("admin:conditions_evidence_changelist"), {"q": typed})
        assert list(refused.context["cl"].result_list) == []
        assert str(next(iter(refused.context["messages"]))) in refused.content.decode()
        assert analyst.get("conditions_evidence_export", "csv", q=typed).status_code == 422


def test_fact_dates_and_voices_narrow(analyst: Person) -> None:
    day = date(2026, 3, 9)
    one = make_evidence(title="Paper", fact_on=day, fact_precision="day", voice="wire")
    make_evidence(title="Paper")
    limits = {"fact_from": "2026-03-09", "fact_to": "2026-03-09", "voice": "wire"}
    for name, value in limits.items():
        assert found(analyst.get("search", q="paper", **{name: value}))[-1:] == [one.pk], name
    assert found(analyst.get("search", q="paper", **limits)) == [one.pk]
    assert analyst.get("search", q="paper", fact_to="soon").status_code == 400
