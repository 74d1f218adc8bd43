"""Under *cannot be assessed*, the public reads when we looked and what came of it, no more."""

from __future__ import annotations

import pytest
from django.test import Client

from conditions.models import Condition
from conditions.queries.asof import AsOf
from conditions.queries.report_content import draft_content
from conditions.templatetags.marks import grade_chip
from tests.days import SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_program, make_search

pytestmark = pytest.mark.django_db
PAGE = "/programs/p/conditions/ALPHA/"


@pytest.fixture
def alpha() -> Condition:
    return make_program(slug="p").conditions.get()


def test_days_and_results_are_told_and_places_are_not(client: Client, alpha: Condition) -> None:
    cycle = alpha.program.cycles.get(number=3)
    make_search(
        condition=alpha,
        cycle=cycle,
        places="A witness in Homs",
        terms="the prison",
        result="no_access",
    )
    make_assessment(condition=alpha, cycle=cycle, status="U", valid_from=SECOND_DUE)
    page = client.get(PAGE).content.decode()
    assert "What we looked for" in page
    assert "2 searches in" in page
    assert "could not be searched" in page
    report = draft_content(alpha.program, 3, AsOf(TODAY, noon(TODAY)))
    assert [one["result"] for one in report["conditions"][0]["searches"]] == [
        "no_access",
        "nothing",
    ]
    for told in (page, str(report)):
        assert "Homs" not in told
        assert "the prison" not in told


def test_a_judgement_on_the_scale_shows_no_log(client: Client, alpha: Condition) -> None:
    cycle = alpha.program.cycles.get(number=3)
    make_search(condition=alpha, cycle=cycle)
    make_assessment(condition=alpha, cycle=cycle, valid_from=SECOND_DUE)
    assert "What we looked for" not in client.get(PAGE).content.decode()


def test_a_search_logged_later_is_not_told_of_then(client: Client, alpha: Condition) -> None:
    cycle = alpha.program.cycles.get(number=3)
    make_assessment(condition=alpha, cycle=cycle, status="U", valid_from=SECOND_DUE)
    make_search(condition=alpha, cycle=cycle, searched_on=TODAY, as_of=noon(TODAY))
    assert "2 searches in cycle 3" in client.get(PAGE).content.decode()
    then = client.get(f"{PAGE}?known_at=2026-11-01&valid_at=2026-11-01").content.decode()
    assert "1 search in cycle 3" in then


@pytest.mark.parametrize(
    ("grade", "unknown", "partly"),
    [("B2", False, False), ("E5", False, False), ("F3", False, True), ("F6", True, True)],
)
def test_f6_is_unknown_and_e5_is_not(grade: str, unknown: bool, partly: bool) -> None:
    told = grade_chip(grade)
    assert (told["is_unknown"], told["is_partly_unknown"]) == (unknown, partly)
