"""Copies as they were held at a moment, and beside the judgements that rest on them."""

from __future__ import annotations

import hashlib
from datetime import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from conditions.models import Capture, CaptureBody, Evidence
from conditions.queries.captures import HeldCopy, held_copies
from conditions.queries.copies import CopyLine, copies_beside
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def make_copy(evidence: Evidence, body: bytes, at: datetime, **fields: object) -> Capture:
    """A stored copy of these bytes, captured at that moment."""
    sha256 = hashlib.sha256(body).hexdigest()
    kept, _ = CaptureBody.objects.get_or_create(
        sha256=sha256, defaults={"size": len(body), "body": body}
    )
    return Capture.objects.create(
        **{
            "evidence": evidence,
            "origin": "fetched",
            "outcome": "stored",
            "url": evidence.url,
            "final_url": evidence.url,
            "http_status": 200,
            "content_type": "text/html",
            "body": kept,
            "sha256": sha256,
            "size": len(body),
            "tool": "tracker/1",
            "captured_at": at,
            **fields,
        }
    )


def make_miss(evidence: Evidence, at: datetime) -> Capture:
    """An attempt that brought nothing."""
    return Capture.objects.create(
        evidence=evidence,
        origin="fetched",
        outcome="gone",
        reason="The site answered 404.",
        url=evidence.url,
        tool="tracker/1",
        captured_at=at,
    )


def test_the_copy_held_is_the_newest_stored_by_then() -> None:
    evidence, bare = make_evidence(), make_evidence()
    first = make_copy(evidence, b"one", NOW)
    second = make_copy(evidence, b"two", NOW + 2 * DAY)
    make_miss(evidence, NOW + 3 * DAY)
    make_miss(bare, NOW)
    both = [evidence.pk, bare.pk]
    assert held_copies(both, known_at=NOW - DAY) == {}
    for at, copy in ((NOW, first), (NOW + DAY, first), (NOW + 2 * DAY, second)):
        held = held_copies(both, known_at=at)
        assert held.keys() == {evidence.pk}
        assert (held[evidence.pk].id, held[evidence.pk].sha256) == (copy.pk, copy.sha256)
    found = held_copies(both, known_at=NOW + 9 * DAY)[evidence.pk]
    assert (found.captured_at, found.size, found.origin) == (NOW + 2 * DAY, 3, "fetched")
    assert (found.content_type, found.final_url) == ("text/html", evidence.url)


def test_of_two_copies_of_one_moment_the_later_row_counts() -> None:
    evidence = make_evidence()
    make_copy(evidence, b"one", NOW)
    last = make_copy(evidence, b"two", NOW)
    assert held_copies([evidence.pk], known_at=NOW)[evidence.pk].id == last.pk


@pytest.mark.parametrize("rows", [1, 3])
def test_one_query_whatever_is_on_file(rows: int) -> None:
    documents = [make_evidence() for _ in range(rows)]
    for evidence in documents:
        make_copy(evidence, b"one", NOW)
        make_copy(evidence, b"two", NOW + DAY)
    with CaptureQueriesContext(connection) as queries:
        held = held_copies([one.pk for one in documents], known_at=NOW)
    assert len(queries) == 1
    assert len(held) == rows


def test_no_document_asks_for_no_query() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert held_copies([], known_at=NOW) == {}
    assert len(queries) == 0


def test_a_judgement_shows_what_was_held_when_it_was_judged() -> None:
    evidence, late, never = (make_evidence() for _ in range(3))
    before = make_copy(evidence, b"v1", NOW - DAY)
    make_copy(evidence, b"v2", NOW + DAY)
    after = make_copy(evidence, b"v3", NOW + 2 * DAY)
    first = make_copy(late, b"v1", NOW + 3 * DAY)
    ids = [evidence.pk, late.pk, never.pk]
    lines = copies_beside(ids, at=NOW, known_at=NOW + 9 * DAY)
    one = lines[evidence.pk]
    assert (one.held, one.first, one.newest) == (told(before), None, told(after))
    assert one.differs
    two = lines[late.pk]
    assert (two.held, two.first, two.newest) == (None, told(first), None)
    assert (two.differs, two.days_late) == (False, 3)
    assert lines[never.pk] == CopyLine(NOW)
    then = copies_beside(ids, at=NOW, known_at=NOW)
    assert then[evidence.pk] == CopyLine(NOW, told(before))
    assert then[late.pk] == CopyLine(NOW)


def test_a_newer_copy_of_the_same_bytes_does_not_differ() -> None:
    evidence = make_evidence()
    first = make_copy(evidence, b"v1", NOW)
    again = make_copy(evidence, b"v1", NOW + DAY)
    line = copies_beside([evidence.pk], at=NOW, known_at=NOW + DAY)[evidence.pk]
    assert (line.held, line.newest, line.differs) == (told(first), told(again), False)


@pytest.mark.parametrize("rows", [1, 3])
def test_what_stands_beside_a_judgement_is_one_query(rows: int) -> None:
    documents = [make_evidence() for _ in range(rows)]
    with CaptureQueriesContext(connection) as queries:
        copies_beside([one.pk for one in documents], at=NOW, known_at=NOW)
    assert len(queries) == 1
    for evidence in documents:
        for days in range(rows):
            make_copy(evidence, bytes([days]), NOW + days * DAY)
    with CaptureQueriesContext(connection) as queries:
        lines = copies_beside([one.pk for one in documents], at=NOW, known_at=NOW + 9 * DAY)
    assert len(queries) == 1
    assert all(line.held for line in lines.values())


def told(copy: Capture) -> HeldCopy:
    return HeldCopy(
        copy.pk,
        copy.sha256,
        copy.captured_at,
        copy.content_type,
        copy.size,
        copy.origin,
        copy.final_url,
    )
