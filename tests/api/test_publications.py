"""Published reports over the API: listed, told, and given to the byte that was hashed."""

from __future__ import annotations

import hashlib

import pytest
from pytest_django import DjangoAssertNumQueries

from conditions.models import Program
from conditions.queries.answers import PAGES
from tests.api.conftest import Caller, caller
from tests.days import FIRST_DUE, SECOND_DUE, noon
from tests.factories import make_program
from tests.report_sample import SECRET, make_publication

pytestmark = pytest.mark.django_db

LIST = "publications/"


def published(size: int) -> Program:
    """A program with so many published versions of the report on cycle 1."""
    program = make_program(slug="published", short_title="Published Act")
    for _ in range(size):
        make_publication(program, 1, as_of=noon(FIRST_DUE))
    return program


@pytest.mark.parametrize("size", [1, 3])
def test_queries_are_the_same_at_one_and_three_rows(
    stranger: Caller, size: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    published(size)
    with django_assert_num_queries(2):
        rows = stranger.get(LIST).json()["results"]
    assert len(rows) == size
    with django_assert_num_queries(1):
        one = stranger.get(f"{LIST}{rows[0]['id']}/").json()
    assert one == rows[0]
    with django_assert_num_queries(1):
        stranger.get(f"{LIST}{rows[0]['id']}/content/")


def test_a_version_is_told_with_its_hash_its_chain_and_its_addresses(stranger: Caller) -> None:
    program = published(2)
    second, first = stranger.get(LIST).json()["results"]
    there = "http://127.0.0.1:8000/programs/published/cycles/1/report/2/"
    assert second == {
        "id": second["id"],
        "program": "published",
        "cycle": 1,
        "version": 2,
        "valid_at": "2026-07-07",
        "known_at": "2026-03-10T12:00:00Z",
        "sha256": program.publications.get(version=2).sha256,
        "previous": first["sha256"],
        "note": "A corrected report.",
        "is_demonstration": False,
        "report": there,
        "files": {
            "pdf": f"{there}report.pdf",
            "docx": f"{there}report.docx",
            "json": f"{there}report.json",
        },
    }
    assert (first["version"], first["previous"], first["note"]) == (1, None, "")


def test_the_content_is_what_the_hash_is_of(stranger: Caller) -> None:
    published(1)
    row = stranger.get(LIST).json()["results"][0]
    answer = stranger.get(f"{LIST}{row['id']}/content/")
    assert hashlib.sha256(answer.content).hexdigest() == row["sha256"]
    assert answer.headers["ETag"] == f'"{row["sha256"]}"'
    assert answer.headers["Content-Type"] == "application/json"
    assert SECRET not in answer.content.decode()
    again = stranger.get(f"{LIST}{row['id']}/content/", if_none_match=answer.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")


def test_the_list_is_narrowed_and_ordered(stranger: Caller) -> None:
    program = published(1)
    make_publication(program, 2, as_of=noon(SECOND_DUE))

    def cycles(query: str) -> list[int]:
        return [row["cycle"] for row in stranger.get(f"{LIST}?{query}").json()["results"]]

    assert cycles("program=published") == [2, 1]
    assert stranger.get(LIST, {"program": "other"}).status_code == 400
    assert cycles("cycle=1") == [1]
    assert cycles("changed_since=2026-04-01") == [2]
    assert cycles("ordering=known_at") == [1, 2]
    first = stranger.get(f"{LIST}?page_size=1&ordering=id").json()
    assert stranger.client.get(first["next"]).json()["results"][0]["cycle"] == 2
    refused = stranger.get(f"{LIST}?version=1")
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["field"] == "version"


def test_nothing_of_a_private_program_is_seen(stranger: Caller) -> None:
    published(1)
    pk = stranger.get(LIST).json()["results"][0]["id"]
    Program.objects.update(is_public=False)
    PAGES.clear()
    assert stranger.get(LIST).json()["results"] == []
    for address in (f"{LIST}{pk}/", f"{LIST}{pk}/content/"):
        assert stranger.get(address).status_code == 404
        assert caller("viewer").get(address).status_code == 200


def test_a_cycle_tells_which_version_of_its_report_is_the_newest(stranger: Caller) -> None:
    published(2)
    cycles = stranger.get("cycles/?ordering=number").json()["results"]
    assert [row["published_version"] for row in cycles[:2]] == [2, None]
    assert [row["published_at"] for row in cycles[:2]] == ["2026-03-10T12:00:00Z", None]


def test_a_publication_is_never_changed(stranger: Caller) -> None:
    published(1)
    there = f"{LIST}{stranger.get(LIST).json()['results'][0]['id']}/"
    for address in (LIST, there, f"{there}content/"):
        assert caller("manager").patch(address, {}).status_code == 405
    assert caller("manager").post(there, {}).status_code == 405
    assert stranger.get("").json()["publications"].endswith("/api/v1/publications/")
