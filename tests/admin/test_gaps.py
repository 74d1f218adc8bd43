"""The gaps board: what is missing, where to mend it, and what is typed wrong."""

from __future__ import annotations

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from conditions.models import InboxItem, LinkHealth, Program
from conditions.queries.gaps import MOST_CONDITIONS
from tests.admin.conftest import Person, Work, sign_in
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_program

pytestmark = pytest.mark.django_db


def test_each_gap_says_what_is_missing_and_leads_to_mending_it(analyst: Person, work: Work) -> None:
    page = analyst.get("gaps").content.decode()
    assert f"<b>{work.condition.code}</b> / {work.item.code}" in page
    assert "Nothing is filed." in page
    assert f"{reverse('admin:conditions_evidence_add')}?condition={work.condition.pk}" in page
    log = reverse("admin:conditions_searchentry_add")
    assert f"{log}?condition={work.condition.pk}&amp;item={work.item.pk}" in page


def test_the_days_decide_what_is_quiet(analyst: Person, work: Work) -> None:
    age = (TODAY - work.supporting.published_on).days
    said = f"Nothing new for {age} days."
    assert said in analyst.get("gaps", days=age).content.decode()
    assert said not in analyst.get("gaps", days=age + 1).content.decode()


def test_narrowed_to_one_kind_the_others_are_only_counted(analyst: Person, work: Work) -> None:
    page = analyst.get("gaps", kind="empty")
    assert [row.item for row in page.context["board"].rows] == [work.item]
    assert "See every kind" in analyst.get("gaps", kind="thin").content.decode()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"days": "many"}, "Give a whole number of days from 1 to 3,650."),
        ({"days": "0"}, "Give a whole number of days from 1 to 3,650."),
        ({"days": "9" * 40}, "Give a whole number of days from 1 to 3,650."),
        ({"kind": "grave"}, "“grave” is no kind of gap."),
        ({"program": "nowhere"}, "There is no program “nowhere”."),
    ],
)
def test_what_is_typed_wrong_is_told_at_its_field(
    analyst: Person, work: Work, query: dict[str, str], said: str
) -> None:
    page = analyst.get("gaps", **query)
    assert page.status_code == 400
    assert said in page.content.decode()
    assert page.context["board"] is None


def test_a_dead_address_without_a_copy_says_what_to_do(analyst: Person, work: Work) -> None:
    LinkHealth.objects.create(
        evidence=work.supporting,
        url=work.supporting.url,
        host="example.org",
        state="gone",
        since=noon(TODAY),
        checked_at=noon(TODAY),
        failures=2,
        lost_at=noon(TODAY),
        next_check_at=noon(TODAY),
    )
    page = analyst.get("gaps").content.decode()
    assert "no copy is kept: look for one elsewhere and upload it" in page


def test_while_nothing_is_fetched_the_page_does_not_say_that_all_is_well(
    analyst: Person, work: Work
) -> None:
    page = analyst.get("gaps").content.decode()
    assert "calls to the outside are off" in page
    assert "still answers" not in page


def test_the_inbox_says_how_long_it_has_waited(analyst: Person, work: Work) -> None:
    InboxItem.objects.create(origin="text", title="A title", received_at=noon(TODAY))
    assert "1 item waits" in analyst.get("gaps").content.decode()


def test_without_a_program_the_page_says_how_to_get_one(analyst: Person) -> None:
    assert not Program.objects.exists()
    assert "manage.py load_program" in analyst.get("gaps").content.decode()


def test_a_reviewer_sees_the_gaps_but_no_way_to_write(work: Work) -> None:
    page = sign_in("reviewer").get("gaps").content.decode()
    assert "Nothing is filed." in page
    assert "Log a search" not in page
    assert "File evidence<" not in page


@pytest.mark.parametrize("rows", [1, 3])
def test_the_page_takes_a_fixed_number_of_queries(
    analyst: Person, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assert rows < MOST_CONDITIONS
    program = make_program(conditions=("ALPHA", "BETA", "GAMMA")[:rows])
    for condition in program.conditions.all():
        for _ in range(rows):
            make_evidence(condition=condition)
    with django_assert_num_queries(18):
        analyst.get("gaps")
