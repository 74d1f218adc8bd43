"""Evidence by its words over the API: same meaning, same refusals, same sight."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.queries.answers import PAGES
from tests.api.conftest import Caller, caller
from tests.factories import make_evidence, make_program

pytestmark = pytest.mark.django_db


def ids(answer: dict[str, list[dict[str, int]]]) -> list[int]:
    return [row["id"] for row in answer["results"]]


def test_words_phrases_exclusions_and_filters_narrow(stranger: Caller) -> None:
    condition = make_program().conditions.get()
    one = make_evidence(title="Hard line on oil", condition=condition)
    two = make_evidence(title="A line that is hard", language="ar")
    for typed, found in (
        ("hard line", [two.pk, one.pk]),
        ('"hard line"', [one.pk]),
        ("hard -oil", [two.pk]),
        ("har*", [two.pk, one.pk]),
        ("HÁRD", [two.pk, one.pk]),
        ("title:hard", []),
        ("gas", []),
    ):
        assert ids(stranger.get("evidence/", {"q": typed}).json()) == found, typed
    assert ids(stranger.get("evidence/", {"q": "hard", "language": "ar"}).json()) == [two.pk]
    assert ids(stranger.get("evidence/", {"q": "hard", "stance": "supports"}).json()) == [one.pk]
    oldest = stranger.get("evidence/", {"q": "hard", "ordering": "id"}).json()
    assert ids(oldest) == [one.pk, two.pk]
    dated = stranger.get("evidence/", {"q": "hard", "ordering": "published_on"}).json()
    assert ids(dated) == [one.pk, two.pk]


def test_pages_are_walked_forth_and_back(stranger: Caller) -> None:
    made = [make_evidence(title="Paper").pk for _ in range(5)]
    make_evidence(title="Other")
    answer = stranger.get("evidence/", {"q": "paper", "page_size": 2}).json()
    walked = ids(answer)
    while answer["next"]:
        answer = stranger.client.get(_path(answer["next"])).json()
        walked += ids(answer)
    assert walked == made[::-1]
    back = stranger.client.get(_path(answer["previous"])).json()
    assert ids(back) == made[::-1][2:4]


def _path(address: str) -> str:
    there = urlsplit(address)
    return f"{there.path}?{there.query}"


@pytest.mark.parametrize("typed", ["", "-oil", "a\x00b", "x" * 10_000, "🙂", "a*", "a " * 40])
def test_what_cannot_be_searched_for_is_a_problem_that_names_the_remedy(
    stranger: Caller, typed: str
) -> None:
    refused = stranger.get("evidence/", {"q": typed})
    assert refused.status_code == 400
    assert refused["Content-Type"] == "application/problem+json"
    (error,) = refused.json()["errors"]
    assert error["field"] == "q"
    assert error["remedy"]
    assert len(refused.content) < 3_000


@pytest.mark.parametrize("sensitivity", ["team", "restricted", "source_protected"])
def test_what_one_may_not_see_is_not_found(stranger: Caller, sensitivity: str) -> None:
    hidden = make_evidence(title="Hidden paper", sensitivity=sensitivity)
    assert ids(stranger.get("evidence/", {"q": "paper"}).json()) == []
    PAGES.clear()
    assert ids(caller("manager").get("evidence/", {"q": "paper"}).json()) == [hidden.pk]


@pytest.mark.parametrize("size", [1, 3])
def test_queries_are_the_same_at_one_and_three_rows(
    stranger: Caller, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(size):
        make_evidence(title="Paper")
    with django_assert_num_queries(2):
        assert len(stranger.get("evidence/", {"q": "paper"}).json()["results"]) == size


def test_the_description_tells_of_it(stranger: Caller) -> None:
    described = stranger.get("schema/", {"format": "json"}).json()
    parameters = described["paths"]["/api/v1/evidence/"]["get"]["parameters"]
    (q,) = [one for one in parameters if one["name"] == "q"]
    assert "words in quotes" in q["description"]
