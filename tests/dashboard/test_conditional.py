"""Conditional requests: 304 from one query, and a new page as soon as anything shown changed."""

from __future__ import annotations

import pytest
import time_machine
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conditions.models import Program, Pulse
from tests.dashboard.conftest import filled_program
from tests.days import DAY, TODAY, moment, noon

PAGE = "/programs/test-program/"
PAGES = ["/", PAGE, f"{PAGE}conditions/ALPHA/", f"{PAGE}cycles/1/", f"{PAGE}compare/"]


def etag(client: Client, path: str = PAGE) -> str:
    return client.get(path).headers["ETag"]


@pytest.mark.parametrize("path", [*PAGES, f"{PAGE}calendar.ics"])
def test_not_modified_from_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str
) -> None:
    filled_program(1)
    seen = etag(client, path)
    with django_assert_num_queries(1):
        response = client.get(path, headers={"If-None-Match": seen})
    assert response.status_code == 304
    assert response.content == b""
    assert response.headers["ETag"] == seen


@pytest.mark.parametrize("path", PAGES)
def test_kept_page_equals_a_page_written_anew(
    client: Client, analyst_client: Client, path: str
) -> None:
    filled_program(1)
    first, kept = client.get(path), client.get(path)
    assert kept.content == first.content
    assert kept.headers == first.headers


def test_new_etag_when_the_program_changed(client: Client) -> None:
    program = filled_program(1)
    seen = etag(client)
    Program.objects.touch(program.pk, as_of=noon(TODAY))
    assert etag(client) != seen


def test_new_etag_on_the_next_day(client: Client) -> None:
    filled_program(1)
    seen = etag(client)
    with time_machine.travel(noon(TODAY + DAY), tick=False):
        assert etag(client) != seen


def test_new_etag_when_the_pulse_beats_and_when_it_is_late(client: Client) -> None:
    filled_program(1)
    seen = {etag(client)}
    Pulse.objects.create(name="sweep", beat_at=noon(TODAY))
    seen.add(etag(client))
    with time_machine.travel(moment(TODAY, 12, 16), tick=False):
        page = client.get(PAGE)
    seen.add(page.headers["ETag"])
    assert len(seen) == 3
    assert "Scheduler last ran 21 November 2026, 12:00 UTC: late" in page.content.decode()


@pytest.mark.parametrize(
    ("path", "status"),
    [
        *((path, 304) for path in PAGES),
        ("/programs/nowhere/", 404),
        (f"{PAGE}conditions/ZULU/", 404),
        (f"{PAGE}cycles/99/", 404),
        (f"{PAGE}?valid_at=tomorrow", 400),
    ],
)
def test_any_etag_matches_only_what_there_is(client: Client, path: str, status: int) -> None:
    filled_program(1)
    for _ in ("written", "kept"):
        assert client.get(path, headers={"If-None-Match": "*"}).status_code == status


def test_audiences_never_share_a_page(client: Client, analyst_client: Client) -> None:
    filled_program(1)
    seen = etag(client)
    response = analyst_client.get(PAGE, headers={"If-None-Match": seen})
    assert response.status_code == 200
    assert "Cookie" in response.headers["Vary"]
