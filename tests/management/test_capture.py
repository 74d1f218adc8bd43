"""capture, verify and doctor: copies by hand, their hashes, and whether any are made."""

from __future__ import annotations

from contextlib import suppress
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import Settings

from conditions.actions.capture_orders import order_capture
from conditions.actions.captures import upload_capture
from conditions.models import Capture, CaptureBody, CaptureOrder
from conditions.tasks import fetch_outside
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_user
from tests.hostile import silence
from tests.management.test_verify import past_the_guards, verify

pytestmark = [pytest.mark.django_db, pytest.mark.network]


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("capture", *arguments, stdout=out)
    return out.getvalue()


def test_nothing_is_fetched_until_it_is_allowed(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener, time_machine.travel(noon(TODAY), tick=False):
        order_capture(evidence=make_evidence(url=listener.url()), by=None, as_of=noon(TODAY))
        with pytest.raises(CommandError, match="OUTSIDE_CALLS=true"):
            run()
        fetch_outside()
    assert CaptureOrder.objects.get().attempts == 0


def test_not_even_an_operator_reaches_this_machine(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with silence() as listener, time_machine.travel(noon(TODAY), tick=False):
        evidence = make_evidence(url=listener.url())
        assert run("--evidence", evidence.key) == "Copies: 0 stored, 1 failed.\n"
        other = make_evidence(url=listener.url("/other"))
        order_capture(evidence=other, by=None, as_of=noon(TODAY))
        fetch_outside()
    assert set(Capture.objects.values_list("outcome", flat=True)) == {"refused"}
    assert set(CaptureOrder.objects.values_list("state", flat=True)) == {"given_up"}


def test_an_unknown_or_unfetchable_document_is_named(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = True
    with pytest.raises(CommandError, match="no document 'ev-none'"):
        run("--evidence", "ev-none")
    without = make_evidence(url="", canonical_url="", reference="S/2026/1")
    with pytest.raises(CommandError, match="has no address"):
        run("--evidence", without.key)


def test_an_operator_owes_a_copy_of_what_has_none(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    make_evidence()
    make_evidence(url="", canonical_url="", reference="S/2026/1")
    said = "Copies owed: {}. The scheduler makes them one by one.\n"
    assert run("--owe-missing") == said.format(1)
    assert run("--owe-missing") == said.format(0)
    assert CaptureOrder.objects.get().attempts == 0


def stored() -> Capture:
    return upload_capture(
        evidence=make_evidence(),
        filename="a.txt",
        body=b"text",
        by=make_user("analyst"),
        as_of=noon(TODAY),
    )


def test_every_copy_is_verified() -> None:
    stored()
    assert "captures: 0 publications, 2 rows fit." in verify()


@pytest.mark.parametrize(
    ("model", "change"),
    [(CaptureBody, "size = 5"), (CaptureBody, "body = 'other'"), (Capture, "size = 5")],
)
def test_a_changed_copy_is_named(model: type[Capture | CaptureBody], change: str) -> None:
    kept = stored()
    row = kept.body if model is CaptureBody else kept
    assert row is not None
    with transaction.atomic():
        past_the_guards(f"UPDATE {model._meta.db_table} SET {change} WHERE id = {row.pk}")
    with pytest.raises(CommandError, match=rf"captures: {model._meta.model_name} {row.pk} "):
        verify()


@pytest.mark.parametrize(("allowed", "words"), [(True, "are allowed"), (False, "are off")])
def test_doctor_says_whether_anything_is_fetched(
    settings: Settings, allowed: bool, words: str
) -> None:
    settings.OUTSIDE_CALLS = allowed
    out = StringIO()
    settings.REDIS_URL = ""
    with suppress(SystemExit):
        call_command("doctor", stdout=out)
    assert f"-- outside: Outside calls {words}" in out.getvalue()
