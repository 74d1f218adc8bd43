"""A column of a few known values holds no other, whoever writes it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from conditions.models import EvidenceImport, InboxItem, LinkHealth
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_program
from tests.link_looks import make_link

pytestmark = pytest.mark.django_db


def make_import() -> EvidenceImport:
    return EvidenceImport.objects.create(
        program=make_program(), filename="a.csv", format="csv", size=0, created_at=noon(TODAY)
    )


def make_item() -> InboxItem:
    return InboxItem.objects.create(origin="text", title="A title", received_at=noon(TODAY))


def make_address() -> LinkHealth:
    return make_link(make_evidence())


@pytest.mark.parametrize(
    ("make", "field", "constraint"),
    [
        (make_import, "state", "evidenceimport_state_known"),
        (make_import, "format", "evidenceimport_format_known"),
        (make_item, "origin", "inboxitem_origin_known"),
        (make_item, "reading", "inboxitem_reading_known"),
        (make_item, "dismissed_as", "inboxitem_dismissal_known"),
        (make_address, "state", "linkhealth_state_known"),
    ],
)
def test_a_value_outside_the_known_ones_is_refused(make: Any, field: str, constraint: str) -> None:
    row: models.Model = make()
    rows = type(row)._default_manager.filter(pk=row.pk)
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        rows.update(**{field: "odd"})
    choices = type(row)._meta.get_field(field).choices
    assert choices
    for value, _ in choices:
        with transaction.atomic():
            rows.update(**{field: value})
            transaction.set_rollback(True)
