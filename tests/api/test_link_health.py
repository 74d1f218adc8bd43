"""Evidence over the API says how its address is."""

from __future__ import annotations

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conditions.queries.answers import PAGES
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence, make_program
from tests.link_looks import lose, make_link

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
LIST = "/api/v1/evidence/"


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    PAGES.clear()


def test_each_document_tells_its_link(client: Client) -> None:
    condition = make_program().conditions.get()
    lost, found, unseen = (make_evidence(condition=condition) for _ in range(3))
    without = make_evidence(condition=condition, url="", canonical_url="", reference="S/2026/1")
    lose(lost, at=NOW - DAY)
    make_link(found)
    with time_machine.travel(NOW, tick=False):
        rows = client.get(LIST).json()["results"]
        one = client.get(f"{LIST}{lost.pk}/").json()
    told = {row["id"]: row["link"] for row in rows}
    assert told[lost.pk] == {
        "state": "gone",
        "since": "2026-11-19T12:00:00Z",
        "lost_at": "2026-11-20T12:00:00Z",
    }
    assert one["link"] == told[lost.pk]
    assert told[found.pk] == {"state": "ok", "since": "2026-11-20T12:00:00Z", "lost_at": None}
    assert told[unseen.pk] == {"state": "unknown", "since": None, "lost_at": None}
    assert told[without.pk] is None


@pytest.mark.parametrize("documents", [1, 3])
def test_the_links_of_a_page_are_one_query(client: Client, documents: int) -> None:
    condition = make_program().conditions.get()
    for _ in range(documents):
        make_link(make_evidence(condition=condition))
    with CaptureQueriesContext(connection) as captured:
        assert client.get(LIST).status_code == 200
    asked = [query["sql"] for query in captured.captured_queries]
    assert sum("conditions_linkhealth" in sql for sql in asked) == 1
