"""Evidence by its words over the API: same meaning, same refusals, same sight."""

from __future__ import annotations

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
import rispy
from pytest_django import DjangoAssertNumQueries

from conditions.queries.answers import PAGES
from tests.api.conftest import Caller, caller
from tests.days import WHITE_HOUSE
from tests.factories import make_evidence, make_program, make_source

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
    with django_assert_num_queries(3):
        assert len(stranger.get("evidence/", {"q": "paper"}).json()["results"]) == size


def test_the_description_tells_of_it(stranger: Caller) -> None:
    described = stranger.get("schema/", {"format": "json"}).json()
    parameters = described["paths"]["/api/v1/evidence/"]["get"]["parameters"]
    (q,) = [one for one in parameters if one["name"] == "q"]
    assert "words in quotes" in q["description"]


def test_every_limit_of_the_search_narrows_the_list(stranger: Caller) -> None:
    program = make_program()
    condition = program.conditions.get()
    good = make_evidence(
        title="Paper",
        condition=condition,
        source=make_source(reliability="A"),
        credibility=1,
        voice="wire",
        fact_on=date(2025, 11, 20),
        fact_precision="day",
    )
    poor = make_evidence(
        title="Paper",
        condition=condition,
        source=make_source(reliability="F"),
        credibility=6,
        language="ar",
        published_on=WHITE_HOUSE - timedelta(days=1),
    )
    for limits, found in (
        ({"reliability": "B"}, [good.pk]),
        ({"reliability": "E"}, [good.pk]),
        ({"reliability": "F"}, [poor.pk]),
        ({"credibility": "6"}, [poor.pk]),
        ({"credibility": "5"}, [good.pk]),
        ({"voice": "wire"}, [good.pk]),
        ({"fact_after": "2025-11-19", "fact_before": "2025-11-21"}, [good.pk]),
        ({"fact_after": "2025-11-20"}, []),
        ({"program": program.slug, "cycle": 1}, [good.pk]),
        ({"program": program.slug, "cycle": 99}, []),
    ):
        assert ids(stranger.get("evidence/", {"q": "paper", **limits}).json()) == found, limits
        assert ids(stranger.get("evidence/", limits).json()) == found, limits


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("reliability", "G", "Use one of A, B, C, D, E, F."),
        ("credibility", "0", "Use one of 1, 2, 3, 4, 5, 6."),
        ("cycle", "1", "Give its program too, by the slug."),
        ("cycle", "first", "Give a whole number"),
        ("fact_after", "soon", "Write a date as 2026-03-09."),
        ("voice", "", "Give 1 to 200 characters."),
    ],
)
def test_an_unclear_limit_is_a_problem_that_names_it(
    stranger: Caller, name: str, value: str, remedy: str
) -> None:
    refused = stranger.get("evidence/", {"q": "paper", name: value})
    assert refused.status_code == 400
    (error,) = refused.json()["errors"]
    assert (error["field"], str(error["value"])) == (name, value)
    assert remedy in error["remedy"]


def test_the_cycles_of_a_private_program_are_not_told(stranger: Caller) -> None:
    private = make_program(slug="private", is_public=False)
    make_evidence(title="Paper")
    for slug in (private.slug, "nowhere"):
        refused = stranger.get("evidence/", {"program": slug, "cycle": 1})
        assert (refused.status_code, refused.json()["errors"][0]["field"]) == (400, "program")


def test_a_key_or_an_address_finds_its_document(stranger: Caller) -> None:
    one = make_evidence(key="ev-ee915abdd409", title="Paper")
    one.canonical_url = "https://example.org/a"
    one.save()
    make_evidence(title="Other")
    for typed in ("ev-ee915abdd409", "http://example.org/a/#b"):
        assert ids(stranger.get("evidence/", {"q": typed}).json()) == [one.pk]


def test_a_document_is_cited_in_every_form(stranger: Caller) -> None:
    one = make_evidence(title="عقوبات | على سوريا")
    there = f"evidence/{one.pk}/citation/"
    told = stranger.get(there).json()
    assert set(told) == {"key", "plain", "wiki", "bib", "ris"}
    assert rispy.loads(told["ris"])[0]["title"] == one.title
    assert told["bib"].startswith(f"@online{{{one.key},")
    assert "&#124;" in told["wiki"]
    assert stranger.get(there, {"form": "ris"}).status_code == 400


@pytest.mark.parametrize("sensitivity", ["team", "restricted", "source_protected"])
def test_what_one_may_not_see_is_not_cited(stranger: Caller, sensitivity: str) -> None:
    hidden = make_evidence(sensitivity=sensitivity)
    there = f"evidence/{hidden.pk}/citation/"
    assert stranger.get(there).status_code == 404
    assert caller("manager").get(there).json()["key"] == hidden.key


def test_a_citation_takes_a_fixed_number_of_queries(
    stranger: Caller, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    one = make_evidence()
    with django_assert_num_queries(2):
        stranger.get(f"evidence/{one.pk}/citation/")
