"""Captures over the API: told to those who may know, asked for, and given out on record."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from conditions.models import CaptureOrder, CustodyEntry
from tests.api.conftest import Caller, caller
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence
from tests.queries.test_captures import make_copy, make_miss

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def test_what_was_captured_is_told_and_failures_only_to_the_team(
    stranger: Caller, analyst: Caller
) -> None:
    evidence, other = make_evidence(), make_evidence()
    kept = make_copy(evidence, b"v1", NOW - 2 * DAY, filename="scan of J.pdf")
    missed = make_miss(evidence, NOW - DAY)
    make_copy(other, b"v2", NOW)
    address = f"evidence/{evidence.pk}/captures/"
    told = stranger.get(address).json()
    assert [row["id"] for row in told["results"]] == [kept.pk]
    (row,) = told["results"]
    assert (row["sha256"], row["size"], row["outcome"]) == (kept.sha256, 2, "stored")
    assert (row["captured_at"], row["filename"]) == ("2026-11-19T12:00:00Z", "")
    rows = analyst.get(address).json()["results"]
    assert [one["id"] for one in rows] == [missed.pk, kept.pk]
    assert rows[0]["reason"] == "The site answered 404."
    assert rows[1]["filename"] == "scan of J.pdf"


def test_a_document_that_nobody_may_know_of_has_no_captures(stranger: Caller) -> None:
    team = make_evidence(sensitivity="team")
    kept = make_copy(team, b"v1", NOW)
    assert stranger.get(f"evidence/{team.pk}/captures/").status_code == 404
    assert stranger.get(f"evidence/{team.pk}/captures/{kept.pk}/content/").status_code == 401
    assert caller("viewer").get(f"evidence/{team.pk}/captures/").status_code == 200


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_takes_the_same_queries_for_any_number(stranger: Caller, rows: int) -> None:
    evidence = make_evidence()
    for days in range(rows):
        make_copy(evidence, bytes([days]), NOW - days * DAY)
    with CaptureQueriesContext(connection) as queries:
        told = stranger.get(f"evidence/{evidence.pk}/captures/", {"page_size": "2"}).json()
    assert len(queries) == 3
    assert len(told["results"]) == min(rows, 2)
    assert bool(told["next"]) == (rows > 2)


def test_a_capture_is_asked_for(analyst: Caller, settings: Settings) -> None:
    evidence = make_evidence()
    answer = analyst.post(f"evidence/{evidence.pk}/captures/", {})
    assert answer.status_code == 202
    order = CaptureOrder.objects.get()
    told = answer.json()
    assert (told["id"], told["state"], told["attempts"]) == (order.pk, "owed", 0)
    assert (told["next_attempt_at"], told["may_call_outside"]) == ("2026-11-21T12:00:00Z", False)
    assert order.asked_by == analyst.user
    again = analyst.post(f"evidence/{evidence.pk}/captures/", {})
    assert (again.status_code, again.json()["id"]) == (202, order.pk)
    without = make_evidence(url="", canonical_url="", reference="S/2026/1")
    refused = analyst.post(f"evidence/{without.pk}/captures/", {})
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["remedy"].startswith("Upload it as a file")


def test_asking_takes_the_right(stranger: Caller, reviewer: Caller) -> None:
    address = f"evidence/{make_evidence().pk}/captures/"
    assert stranger.post(address, {}).status_code == 401
    assert reviewer.post(address, {}).status_code == 403
    assert caller("analyst", scope="read").post(address, {}).status_code == 403
    assert not CaptureOrder.objects.exists()


def test_the_bytes_leave_as_a_file_and_that_is_on_record() -> None:
    reader = caller("reviewer", scope="read")
    evidence = make_evidence()
    kept = make_copy(evidence, b"<script>alert(1)</script>", NOW - DAY)
    answer = reader.get(f"evidence/{evidence.pk}/captures/{kept.pk}/content/")
    assert answer.content == b"<script>alert(1)</script>"
    assert answer["Content-Type"] == "application/octet-stream"
    name = f"{evidence.key}-{kept.sha256[:12]}.html"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    entry = CustodyEntry.objects.get()
    assert (entry.capture, entry.act, entry.by, entry.at) == (kept, "opened", reader.user, NOW)


def test_only_who_may_open_copies_gets_their_bytes(stranger: Caller, reviewer: Caller) -> None:
    evidence, other = make_evidence(), make_evidence()
    kept, missed = make_copy(evidence, b"v1", NOW), make_miss(evidence, NOW)
    address = f"evidence/{evidence.pk}/captures/{kept.pk}/content/"
    assert stranger.get(address).status_code == 401
    assert caller("viewer").get(address).status_code == 403
    assert reviewer.send("HEAD", address).status_code == 405
    elsewhere = f"evidence/{other.pk}/captures/{kept.pk}/content/"
    assert reviewer.get(elsewhere).status_code == 404
    nothing = reviewer.get(f"evidence/{evidence.pk}/captures/{missed.pk}/content/")
    assert nothing.status_code == 409
    assert not CustodyEntry.objects.exists()
