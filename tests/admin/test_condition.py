"""The condition page: its evidence a page at a time, however much there is."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conditions.models import EvidenceLink
from conditions.queries.evidence_sides import PER_SIDE, evidence_rows, side_pages, sides
from tests.admin.conftest import Person, Work, sign_in
from tests.days import TODAY, WHITE_HOUSE, noon
from tests.factories import make_evidence, make_link

pytestmark = pytest.mark.django_db
PAGE = "conditions_condition_change"
ALL = ("public", "team", "restricted", "source_protected")


def shown(page: HttpResponse) -> dict[str, list[int]]:
    """The documents of each side that the page shows."""
    return {side.stance: [row.id for row in side.rows] for side in page.context["bench"].sides}


def test_each_side_is_walked_by_itself(analyst: Person, work: Work) -> None:
    made = [work.supporting.pk]
    made += [make_evidence(condition=work.condition).pk for _ in range(PER_SIDE + 1)]
    first = analyst.get(PAGE, work.condition.pk, contradicts="9", other="x")
    assert shown(first)["supports"] == made[: -PER_SIDE - 1 : -1]
    assert shown(first)["contradicts"] == [work.contradicting.pk]
    html = first.content.decode()
    assert f'class="count">{len(made)}<' in html
    assert "Page 1 of 2" in html
    assert 'rel="prev"' not in html
    there = re.search(r'<a href="(\?[^"]+)" rel="next">Older</a>', html)
    assert there is not None
    address = there[1].replace("&amp;", "&")
    assert address.endswith("#side-supports")
    assert "contradicts=9" in address
    second = analyst.client.get(reverse(f"admin:{PAGE}", args=[work.condition.pk]) + address)
    assert shown(second)["supports"] == made[1::-1]
    assert 'rel="prev">Newer</a>' in second.content.decode()


@pytest.mark.parametrize("asked", ["0", "-1", "x", "99999999999999999", "9" * 30, "1\x00"])
def test_what_is_no_page_is_the_nearest_one(analyst: Person, work: Work, asked: str) -> None:
    page = analyst.get(PAGE, work.condition.pk, supports=asked)
    assert shown(page)["supports"] == [work.supporting.pk]


def test_pages_hold_what_stood_in_the_order_of_publication(analyst: Person, work: Work) -> None:
    """A document stands on one side: that of its link to the whole condition, if it has one."""
    undated = make_evidence(condition=work.condition, published_on=None)
    newest = make_evidence(condition=work.condition, published_on=TODAY)
    both = make_evidence()
    for item, stance in ((work.item, "neutral"), (None, "contradicts")):
        EvidenceLink.objects.create(
            evidence=both,
            condition=work.condition,
            checklist_item=item,
            stance=stance,
            recorded_at=noon(WHITE_HOUSE),
        )
    gone = make_link(
        evidence=make_evidence(),
        condition=work.condition,
        stance="neutral",
        recorded_at=noon(WHITE_HOUSE),
    )
    EvidenceLink.objects.filter(pk=gone.pk).update(withdrawn_at=noon(TODAY))
    now = noon(TODAY) + timedelta(hours=1)
    for as_of, neutral in ((noon(TODAY), []), (noon(TODAY - timedelta(days=1)), [gone.evidence])):
        found = side_pages(work.condition, as_of=as_of, sensitivities=ALL, pages={})
        rows = evidence_rows(work.condition, as_of=as_of, sensitivities=ALL)
        assert found == sides(rows)
        assert [row.id for row in found[0].rows] == [newest.pk, work.supporting.pk, undated.pk]
        assert [row.id for row in found[1].rows] == [both.pk, work.contradicting.pk]
        assert [row.id for row in found[2].rows] == [one.pk for one in neutral]
    assert side_pages(work.condition, as_of=now, sensitivities=(), pages={})[0].total == 0


def test_what_one_may_not_see_is_not_counted(work: Work) -> None:
    make_evidence(condition=work.condition, sensitivity="restricted", title="Closed paper")
    html = sign_in("viewer").get(PAGE, work.condition.pk).content.decode()
    assert "Find among 2 documents" in html
    assert "Closed paper" not in html
    page = sign_in("manager").get(PAGE, work.condition.pk).content.decode()
    assert "Find among 3 documents" in page
    there = re.search(r'href="([^"]+)">Find among', page)
    assert there is not None
    found = sign_in("manager").client.get(there[1].replace("&amp;", "&"))
    assert found.context["evidence"].count == 3


@pytest.mark.parametrize("size", [1, PER_SIDE + 3])
def test_a_page_takes_as_many_queries_however_much_is_filed(
    analyst: Person, work: Work, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(size):
        make_evidence(condition=work.condition, stance="neutral")
    analyst.get(PAGE, work.condition.pk)
    with django_assert_num_queries(19):
        analyst.get(PAGE, work.condition.pk)
    with django_assert_num_queries(3):
        side_pages(work.condition, as_of=noon(TODAY), sensitivities=ALL, pages={"neutral": 2})
