"""Documents gone from their addresses: counted for the cycle, our copy shown before the address."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conditions.actions.link_beginnings import begin_anew
from conditions.models import Evidence, Program
from tests.dashboard.conftest import filled_program, secret_evidence
from tests.days import DAY, TODAY, noon
from tests.link_looks import find_again, keep_copy, lose

NOW = noon(TODAY)
CARD, CONDITION = "/programs/test-program/", "/programs/test-program/conditions/ALPHA/"
CYCLE = "/programs/test-program/cycles/2/"


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", "", page).split())


def read(client: Client, path: str, **query: str) -> str:
    return client.get(path, query).content.decode()


def losing(program: Program, number: int, *, copies: int = 0) -> list[Evidence]:
    """So many documents of the first condition, lost yesterday, some of them kept."""
    several = list(Evidence.objects.filter(links__condition__code="ALPHA").order_by("pk")[:number])
    for place, evidence in enumerate(several):
        if place < copies:
            keep_copy(evidence, at=NOW - 5 * DAY)
        lose(evidence, at=NOW - DAY)
    Program.objects.touch(program.pk, as_of=NOW - DAY)
    return several


def test_the_scorecard_says_what_was_lost_since_the_cycle_began(client: Client) -> None:
    program = filled_program(3)
    losing(program, 3, copies=2)
    page = text(read(client, CARD))
    assert "Gone from their addresses" in page
    assert "Since cycle 4 began: 3 documents of ALPHA (our copy is kept of 2)." in page
    earlier = text(read(client, CARD, known_at=(TODAY - 2 * DAY).isoformat()))
    assert "Gone from their addresses" not in earlier


def test_the_page_of_a_condition_shows_our_copy_before_the_address(client: Client) -> None:
    program = filled_program(1)
    (lost,) = losing(program, 1, copies=1)
    page = read(client, CONDITION)
    told = text(page)
    assert "1 document of ALPHA has gone from its address since this cycle began" in told
    assert "our copy is kept." in told
    assert "No longer at its address since 20 Nov 2026." in told
    sha256 = lost.captures.get().sha256
    assert page.index(sha256) < page.index(f'href="{lost.url}"')
    assert f'<a href="{lost.url}" rel="noopener noreferrer nofollow">{lost.title}' not in page
    assert "/admin/" not in page
    before = read(client, CONDITION, known_at=(TODAY - 2 * DAY).isoformat())
    assert "No longer at its address" not in before
    assert f'<a href="{lost.url}" rel="noopener noreferrer nofollow">{lost.title}' in before


def test_a_member_of_the_team_is_led_to_the_copy(analyst_client: Client) -> None:
    program = filled_program(1)
    (lost,) = losing(program, 1, copies=1)
    there = f"/admin/conditions/captureorder/copy/{lost.captures.get().pk}/"
    assert there in read(analyst_client, CONDITION)


def test_a_cited_document_that_is_lost_says_so_beside_its_judgement(client: Client) -> None:
    program = filled_program(1)
    losing(program, 3, copies=1)
    page = read(client, CYCLE)
    assert "No longer at its address since 20 Nov 2026." in text(page)
    assert "since this cycle began" not in text(page)
    now = text(read(client, "/programs/test-program/cycles/4/"))
    assert "3 documents of ALPHA have gone from their address since this cycle began" in now


def test_readers_learn_nothing_of_documents_that_are_closed_to_them(
    client: Client, analyst_client: Client
) -> None:
    program = filled_program(1)
    secret = secret_evidence(program.conditions.get(), "restricted")
    lose(secret, at=NOW - DAY)
    Program.objects.touch(program.pk, as_of=NOW - DAY)
    for path in (CARD, CONDITION, "/programs/test-program/cycles/4/"):
        page = text(read(client, path))
        assert "gone from" not in page.lower()
        assert "No longer at its address" not in page
    assert "1 document of ALPHA" in text(read(analyst_client, CARD))


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize(("path", "queries"), [(CARD, 1), (CONDITION, 2), (CYCLE, 2)])
def test_one_loss_costs_as_many_queries_as_three(
    client: Client, path: str, queries: int, number: int
) -> None:
    program = filled_program(3)
    cited = Evidence.objects.filter(citations__isnull=False, links__condition__code="ALPHA")
    for evidence in cited.distinct().order_by("pk")[:number]:
        lose(evidence, at=NOW - DAY)
    Program.objects.touch(program.pk, as_of=NOW - DAY)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(path).status_code == 200
    told = [query["sql"] for query in captured.captured_queries]
    assert sum("conditions_linkhealth" in sql for sql in told) == queries


@pytest.mark.parametrize("how", ["found", "amended"])
def test_a_permalink_says_what_was_known_then_though_it_is_otherwise_now(
    client: Client, how: str
) -> None:
    program = filled_program(1)
    evidence = Evidence.objects.filter(links__condition__code="ALPHA").order_by("pk")[0]
    row = lose(evidence, at=NOW - 12 * DAY)
    if how == "found":
        find_again(row, at=NOW - 2 * DAY)
    else:
        evidence.url = "https://example.org/moved/here"
        evidence.save()
        begin_anew(evidence, as_of=NOW - 2 * DAY)
    Program.objects.touch(program.pk, as_of=NOW - 2 * DAY)
    told = {
        days: (
            "Gone from their addresses" in read(client, CARD, known_at=str(TODAY - days * DAY)),
            "No longer at its address since 9 Nov 2026."
            in text(read(client, CONDITION, known_at=str(TODAY - days * DAY))),
        )
        for days in (13, 10, 1)
    }
    assert told == {13: (False, False), 10: (True, True), 1: (False, False)}
    assert "Gone from their addresses" not in read(client, CARD)
