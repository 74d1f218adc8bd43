"""The evidence package on the page of a closed cycle."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings

from conditions.models import CustodyEntry, Evidence
from tests.actions.test_packages import JUDGED, published
from tests.admin.conftest import sign_in
from tests.admin.test_lists import INLINE
from tests.days import DAY
from tests.factories import make_evidence
from tests.queries.test_captures import make_copy

pytestmark = pytest.mark.django_db
PACKAGE = "conditions_reviewcycle_package"


def copied(body: bytes = b"v1") -> Evidence:
    evidence = make_evidence()
    make_copy(evidence, body, JUDGED - DAY)
    return evidence


@pytest.mark.parametrize("documents", [1, 3])
def test_it_is_shown_and_downloaded(documents: int) -> None:
    row = published(*(copied() for _ in range(documents)))
    reviewer = sign_in("reviewer")
    url = reverse(f"admin:{PACKAGE}", args=[row.cycle_id])
    assert url in reviewer.get("conditions_reviewcycle_change", row.cycle_id).content.decode()
    with CaptureQueriesContext(connection) as queries:
        page = reviewer.client.get(url).content.decode()
    assert len(queries) == 10
    assert page.count("cited on ALPHA") == documents
    assert "sha256sum -c SHA256SUMS" in page
    assert not INLINE.search(page)
    assert not CustodyEntry.objects.exists()
    answer = reviewer.client.post(url, {"version": "1"})
    assert answer["Content-Type"] == "application/zip"
    name = "test-program-cycle-1-v1-evidence.zip"
    assert answer["Content-Disposition"] == f'attachment; filename="{name}"'
    with ZipFile(BytesIO(b"".join(answer.streaming_content))) as packed:
        assert len(packed.namelist()) == 4 + documents
    assert CustodyEntry.objects.filter(act="exported", by=reviewer.user).count() == documents


def test_too_much_is_told(settings: Settings) -> None:
    row = published(copied())
    settings.PACKAGE_MAX_BYTES = 1
    answer = sign_in("reviewer").post(PACKAGE, row.cycle_id, version="1")
    assert answer.status_code == 409
    assert "PACKAGE_MAX_BYTES" in answer.content.decode()


def test_who_may_not_open_copies_gets_no_package() -> None:
    row = published(copied())
    viewer = sign_in("viewer")
    assert viewer.get(PACKAGE, row.cycle_id).status_code == 403
    assert viewer.post(PACKAGE, row.cycle_id).status_code == 403
    reviewer = sign_in("reviewer")
    open_cycle = row.program.cycles.order_by("number").exclude(pk=row.cycle_id).first()
    assert open_cycle is not None
    assert reviewer.get(PACKAGE, open_cycle.pk).status_code == 404
    assert (
        reviewer.client.get(
            reverse(f"admin:{PACKAGE}", args=[row.cycle_id]) + "?version=9"
        ).status_code
        == 404
    )
    assert not CustodyEntry.objects.exists()
