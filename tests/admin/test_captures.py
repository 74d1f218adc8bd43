"""Captures on the desk: seen, asked for, uploaded and opened by those who may."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from conditions.actions.capture_orders import order_capture
from conditions.actions.captures import upload_capture
from conditions.models import Capture, CaptureBody, CaptureOrder, CustodyEntry, Evidence
from tests.actions.test_captures import drop_guard_of_bodies
from tests.admin.conftest import Person, sign_in
from tests.admin.test_lists import INLINE
from tests.days import DAY, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user
from tests.queries.test_captures import make_copy

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
ORDER = "conditions_captureorder"
HOSTILE = b"<html><script>alert(1)</script><p>Calm.</p></html>"


def make_page_capture(evidence: Evidence, body: bytes = HOSTILE) -> Capture:
    """A fetched page as it stands on file."""
    kept = upload_capture(
        evidence=evidence, filename="a.txt", body=b"x", by=make_user("analyst"), as_of=NOW
    )
    row = CaptureBody.objects.create(
        sha256=hashlib.sha256(body).hexdigest(), size=len(body), body=body
    )
    return Capture.objects.create(
        evidence=evidence,
        origin="fetched",
        outcome="stored",
        url=evidence.url,
        final_url=evidence.url,
        hops=[{"url": "https://example.org/a", "status": 301, "note": "from https to http"}],
        http_status=200,
        headers=[["Server", "<b>x</b>"]],
        content_type="text/html",
        body=row,
        sha256=row.sha256,
        size=row.size,
        text="<script>alert(2)</script> Calm.",
        text_tool="trafilatura 2",
        tool="tracker/1",
        captured_at=kept.captured_at,
    )


def test_a_stored_page_leaves_as_a_file_and_its_opening_is_on_record(analyst: Person) -> None:
    kept = make_page_capture(make_evidence())
    answer = analyst.post(f"{ORDER}_open", kept.pk)
    assert answer.content == HOSTILE
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; filename=")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    entry = CustodyEntry.objects.get(capture=kept)
    assert (entry.act, entry.by, entry.at) == ("opened", analyst.user, NOW)


def test_looking_at_the_address_of_a_copy_opens_nothing(analyst: Person) -> None:
    kept = make_page_capture(make_evidence())
    answer = analyst.get(f"{ORDER}_open", kept.pk)
    assert answer["Location"] == reverse(f"admin:{ORDER}_copy", args=[kept.pk])
    assert not CustodyEntry.objects.filter(capture=kept).exists()


def test_the_page_of_a_copy_shows_text_as_text(analyst: Person) -> None:
    kept = make_page_capture(make_evidence())
    analyst.post(f"{ORDER}_open", kept.pk)
    page = analyst.get(f"{ORDER}_copy", kept.pk).content.decode()
    assert "&lt;script&gt;alert(2)&lt;/script&gt; Calm." in page
    assert "<script>alert" not in page
    assert "&lt;b&gt;x&lt;/b&gt;" in page
    assert kept.sha256 in page
    assert "301 at https://example.org/a, from https to http" in page
    assert "Opened, ana" in page
    assert not INLINE.search(page)


def test_the_page_of_a_document_lists_its_copies(analyst: Person, settings: Settings) -> None:
    evidence = make_evidence()
    kept = make_page_capture(evidence)
    order_capture(evidence=evidence, by=analyst.user, as_of=NOW, asked=True)
    page = analyst.get("conditions_evidence_change", evidence.pk).content.decode()
    for told in (kept.sha256[:12], "A capture is owed.", "OUTSIDE_CALLS=true", "Upload a file"):
        assert told in page
    settings.OUTSIDE_CALLS = True
    page = analyst.get("conditions_evidence_change", evidence.pk).content.decode()
    assert "OUTSIDE_CALLS" not in page


def test_asking_owes_a_copy_and_says_when_nothing_is_fetched(analyst: Person) -> None:
    evidence = make_evidence()
    assert analyst.get(f"{ORDER}_ask", evidence.pk).status_code == 302
    assert not CaptureOrder.objects.exists()
    answer = analyst.client.post(reverse(f"admin:{ORDER}_ask", args=[evidence.pk]), follow=True)
    assert "until an operator allows outside calls" in answer.content.decode()
    assert CaptureOrder.objects.get().asked_by == analyst.user


def upload(person: Person, evidence: Evidence, name: str, body: bytes) -> Any:
    return person.post(f"{ORDER}_upload", evidence.pk, file=SimpleUploadedFile(name, body))


def test_a_file_is_uploaded_and_given_out_as_it_was(analyst: Person) -> None:
    evidence = make_evidence(url="", canonical_url="", reference="S/2026/1")
    assert "accept" in analyst.get(f"{ORDER}_upload", evidence.pk).content.decode()
    assert upload(analyst, evidence, "scan.png", b"\x89PNG\r\n\x1a\n..").status_code == 302
    kept = Capture.objects.get()
    answer = analyst.post(f"{ORDER}_open", kept.pk)
    assert (answer.content, answer["Content-Type"]) == (b"\x89PNG\r\n\x1a\n..", "image/png")
    assert answer["Content-Disposition"] == 'attachment; filename="scan.png"'
    page = analyst.get("conditions_evidence_change", evidence.pk).content.decode()
    assert "scan.png" in page
    assert "Ask for a new capture" not in page


@pytest.mark.parametrize(
    ("name", "body"),
    [("a.html", b"<p>"), ("a.pdf", b"<p>"), ("a.txt", b""), ("a.txt", b"x" * 10_001)],
)
def test_a_file_that_is_not_kept_is_refused_at_its_field(
    analyst: Person, settings: Settings, name: str, body: bytes
) -> None:
    settings.CAPTURE_MAX_BYTES = 10_000
    answer = upload(analyst, make_evidence(), name, body)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert not Capture.objects.exists()


def test_each_role_does_what_it_may() -> None:
    evidence = make_evidence()
    kept = make_page_capture(evidence)
    for role in ("viewer", "analyst", "reviewer", "manager"):
        person = sign_in(role)
        writes, opens = role in ("analyst", "manager"), role != "viewer"
        assert person.get(f"{ORDER}_copy", kept.pk).status_code == 200
        assert person.post(f"{ORDER}_open", kept.pk).status_code == (200 if opens else 403)
        assert person.post(f"{ORDER}_verify", kept.pk).status_code == (302 if opens else 403)
        assert person.post(f"{ORDER}_ask", evidence.pk).status_code == (302 if writes else 403)
        assert person.get(f"{ORDER}_upload", evidence.pk).status_code == (200 if writes else 403)
        assert upload(person, evidence, "a.txt", b"x").status_code == (302 if writes else 403)
        assert person.get(f"{ORDER}_changelist").status_code == (200 if opens else 403)
        page = person.get("conditions_evidence_change", evidence.pk).content.decode()
        assert ("Ask for a new capture" in page) == writes


PAGES = [
    *(("copy", "capture"), ("open", "capture"), ("verify", "capture")),
    *(("ask", "evidence"), ("upload", "evidence")),
]


@pytest.mark.parametrize(("name", "of"), PAGES)
def test_nobody_learns_of_a_document_they_may_not_see(name: str, of: str) -> None:
    evidence = make_evidence(sensitivity="restricted")
    kept = make_page_capture(evidence)
    pk = kept.pk if of == "capture" else evidence.pk
    stranger = Client()
    url = reverse(f"admin:{ORDER}_{name}", args=[pk])
    assert stranger.get(url).status_code == 302
    assert stranger.post(url).status_code == 401
    viewer = sign_in("viewer")
    nowhere = 404 if name == "copy" else 403
    for method in (viewer.client.get, viewer.client.post):
        assert method(url).status_code == nowhere
    assert CustodyEntry.objects.filter(capture=kept).count() == 0
    assert not CaptureOrder.objects.exists()


def test_verifying_says_what_came_of_it_and_goes_back(analyst: Person) -> None:
    kept = make_page_capture(make_evidence())
    url = reverse(f"admin:{ORDER}_verify", args=[kept.pk])
    assert analyst.client.get(url).status_code == 302
    assert not CustodyEntry.objects.filter(capture=kept).exists()
    page = analyst.client.post(url, follow=True).content.decode()
    assert f"still has the SHA-256 {kept.sha256}" in page
    assert "Verified, ana. The bytes fit their SHA-256." in page
    drop_guard_of_bodies()
    CaptureBody.objects.filter(pk=kept.body_id).update(body=b"other")
    page = analyst.client.post(url, follow=True).content.decode()
    assert "It does not fit" in page
    assert "Verified, ana. The bytes do not fit their SHA-256." in page


@pytest.mark.parametrize("documents", [1, 3])
def test_a_judgement_shows_what_it_rested_on(analyst: Person, documents: int) -> None:
    condition = make_program().conditions.get()
    cycle = condition.program.cycles.get(number=1)
    cited = [make_evidence(condition=condition) for _ in range(documents)]
    judged = noon(cycle.starts_on + DAY)
    kept = make_copy(cited[0], b"v1", judged - DAY)
    newer = make_copy(cited[0], b"v2", judged + DAY)
    if documents > 1:
        make_copy(cited[1], b"v1", judged + 3 * DAY)
    judgement = make_assessment(
        condition=condition, cycle=cycle, as_of=judged, cited=tuple(one.pk for one in cited)
    )
    url = reverse("admin:conditions_assessment_change", args=[judgement.pk])
    with CaptureQueriesContext(connection) as queries:
        page = analyst.client.get(url).content.decode()
    assert len(queries) == 18
    assert "Copies as they were held when this was approved." in page
    assert kept.sha256 in page
    assert "A newer copy differs:" in page
    assert reverse(f"admin:{ORDER}_copy", args=[newer.pk]) in page
    assert newer.sha256 not in page
    assert ("captured 3 days later" in page) == (documents > 1)
    assert ("No copy is kept." in page) == (documents > 1)
    assert not INLINE.search(page)
    told = {"assessment": str(judgement.pk)}
    answer = analyst.post(f"{ORDER}_verify", kept.pk, **told)
    assert answer["Location"] == url
    viewer = sign_in("viewer").get("conditions_assessment_change", judgement.pk).content.decode()
    assert kept.sha256 in viewer
    assert "Verify the copy" not in viewer


def test_the_assess_page_names_the_copy_of_each_document(analyst: Person) -> None:
    condition = make_program().conditions.get()
    kept = make_copy(make_evidence(condition=condition), b"v1", NOW - DAY)
    make_evidence(condition=condition)
    page = analyst.get("conditions_condition_assess", condition.pk).content.decode()
    assert kept.sha256[:12] in page
    assert page.count("No copy is kept yet.") == 1


def test_an_order_for_a_hidden_document_is_not_listed() -> None:
    hidden = make_evidence(sensitivity="source_protected", title="Hidden thing")
    order = order_capture(evidence=hidden, by=None, as_of=NOW)
    assert order is not None
    analyst = sign_in("analyst")
    assert "Hidden thing" in analyst.get(f"{ORDER}_changelist").content.decode()
    group = analyst.user.groups.get()
    group.permissions.remove(group.permissions.get(codename="view_source_protected_evidence"))
    again = Client()
    again.force_login(analyst.user)
    assert "Hidden thing" not in again.get(reverse(f"admin:{ORDER}_changelist")).content.decode()
    change = reverse(f"admin:{ORDER}_change", args=[order.pk])
    assert again.get(change).status_code == 404


def test_the_list_leads_to_the_document_and_says_what_is_tried_again(analyst: Person) -> None:
    order = order_capture(evidence=make_evidence(), by=None, as_of=NOW)
    assert order is not None
    CaptureOrder.objects.update(last_error="The site answered 503.", attempts=1)
    page = analyst.get(f"{ORDER}_changelist").content.decode()
    assert "The site answered 503." in page
    assert "OUTSIDE_CALLS=true" in page
    assert not INLINE.search(page)
    answer = analyst.get(f"{ORDER}_change", order.pk)
    assert answer["Location"].endswith(f"/evidence/{order.evidence_id}/change/")


@pytest.mark.parametrize("rows", [1, 3])
def test_each_page_asks_the_database_as_often_for_one_row_as_for_three(
    analyst: Person, rows: int
) -> None:
    evidence = make_evidence()
    kept = [make_page_capture(evidence, HOSTILE + bytes([number])) for number in range(rows)]
    for _ in range(rows):
        order_capture(evidence=make_evidence(), by=None, as_of=NOW)
        analyst.post(f"{ORDER}_open", kept[0].pk)
    counts = {
        reverse(f"admin:{ORDER}_changelist"): 8,
        reverse(f"admin:{ORDER}_copy", args=[kept[0].pk]): 6,
        reverse("admin:conditions_evidence_change", args=[evidence.pk]): 14,
    }
    for url, most in counts.items():
        with CaptureQueriesContext(connection) as queries:
            assert analyst.client.get(url).status_code == 200
        assert len(queries) == most, (url, [q["sql"][:90] for q in queries.captured_queries])
