"""manage.py reindex, and doctor which says when it is due."""

from __future__ import annotations

from contextlib import suppress
from io import StringIO

import pytest
from django.core.management import call_command

from conditions.models import EvidenceText
from tests.factories import make_evidence

pytestmark = pytest.mark.django_db


def told() -> str:
    out = StringIO()
    # It ends with 1 where something is wrong, which the tests of doctor itself look at.
    with suppress(SystemExit):
        call_command("doctor", only=["search"], stdout=out)
    return out.getvalue()


def test_doctor_counts_what_no_search_can_find_and_reindex_mends_it() -> None:
    for _ in range(2):
        make_evidence()
    assert told().startswith("ok search")
    EvidenceText.objects.all().delete()
    assert "!! search: Documents that no search can find: 2." in told()
    assert "python manage.py reindex" in told()
    out, steps = StringIO(), StringIO()
    call_command("reindex", verbosity=2, stdout=out, stderr=steps)
    assert out.getvalue().strip() == "In the index: 2 documents."
    assert steps.getvalue().strip() == "2 documents"
    assert told().startswith("ok search")
