"""Whatever is looked up by its address is found by the index of addresses, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.actions.evidence import AlreadyOnFile
from conditions.actions.feed_entries import sort_entries
from conditions.actions.imports import import_at_once
from conditions.actions.inbox import InInboxAlready, paste_address
from conditions.models import Evidence, Feed, InboxItem
from conditions.outbound.feeds import Entry
from conditions.queries.evidence_lookup import find_by_url
from conditions.queries.likely_copies import likely_copies
from conditions.queries.search import search_evidence
from conditions.rules.search_words import read_search
from tests.days import TODAY, noon
from tests.factories import make_program, make_source, make_user
from tests.queries.test_plans import plan_of, reads_whole
from tests.sheets import HEADINGS, as_csv, sheet_row

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
TABLES = ("conditions_evidence", "conditions_inboxitem")


@pytest.fixture
def filed(db: None) -> Evidence:
    """A document among a thousand, and as many items in the inbox, all with addresses."""
    source = make_source()
    Evidence.objects.bulk_create(
        Evidence(
            key=f"ev-{number}",
            url=f"https://example.org/filed/{number}",
            canonical_url=f"https://example.org/filed/{number}",
            title=f"Document {number}",
            summary="What it says.",
            source=source,
            recorded_at=NOW,
        )
        for number in range(1_000)
    )
    InboxItem.objects.bulk_create(
        InboxItem(
            origin="address",
            url=f"https://example.org/inbox/{number}",
            canonical_url=f"https://example.org/inbox/{number}",
            received_at=NOW,
        )
        for number in range(1_000)
    )
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ANALYZE {table}")
        if connection.vendor == "postgresql":
            # So few rows are read whole for less; with this, whole is what no index can serve.
            cursor.execute("SET LOCAL enable_seqscan = off")
    return Evidence.objects.get(key="ev-100")


@contextmanager
def by_index(times: int) -> Iterator[None]:
    """So many questions for an address are asked within, and none reads a table whole."""
    with CaptureQueriesContext(connection) as captured:
        yield
    asked = [one["sql"] for one in captured if one["sql"].startswith(("SELECT", "("))]
    plans = [plan_of(sql) for sql in asked if "canonical_url" in sql.partition(" WHERE ")[2]]
    assert len(plans) == times
    for plan in plans:
        assert [table for table in TABLES if reads_whole(plan, table)] == [], plan


def test_a_document_is_found_by_its_address(filed: Evidence) -> None:
    with by_index(1):
        assert find_by_url(filed.url) == filed
    manager = make_user("manager")
    with by_index(2):
        assert search_evidence(read_search(filed.url), reader=manager, filters={}).count == 1


def test_a_likely_copy_is_found_by_its_address(filed: Evidence) -> None:
    manager = make_user("manager")
    with by_index(1):
        (same,) = likely_copies(
            title="", text="", canonical_url=filed.canonical_url, reader=manager
        )
    assert (same.key, same.kind) == (filed.key, "same")


def test_what_is_pasted_is_looked_for_by_its_address(filed: Evidence) -> None:
    with by_index(1), pytest.raises(AlreadyOnFile):
        paste_address(url=filed.url, by=None, as_of=NOW)
    with by_index(2), pytest.raises(InInboxAlready):
        paste_address(url="https://example.org/inbox/7", by=None, as_of=NOW)


def test_entries_of_a_feed_are_looked_for_by_their_addresses(filed: Evidence) -> None:
    feed = Feed.objects.create(
        title="News", url="https://example.org/feed", added_at=NOW, next_poll_at=NOW
    )
    urls = [filed.url, "https://example.org/inbox/7", "https://example.org/new"]
    entries = [Entry(url, url, "Title", "", "", None) for url in urls]
    with by_index(2):
        found = sort_entries(feed, entries, as_of=NOW)
    assert (len(found.new), found.known, found.on_file) == (1, 1, 1)


def test_rows_of_a_sheet_are_looked_for_by_their_addresses(filed: Evidence) -> None:
    program = make_program()
    rows = [sheet_row(1, url=filed.url, bears_on=""), sheet_row(2, bears_on="")]
    with by_index(3):
        found = import_at_once(
            program=program,
            filename="a.csv",
            body=as_csv([HEADINGS, *rows]),
            mapping={},
            only_good_rows=False,
            by=None,
            clock=lambda: NOW,
        )
    assert (found.outcome["filed"], found.outcome["known"]) == (1, 1)
