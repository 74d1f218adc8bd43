"""A page is captured, then changes and dies: the judgement still shows what it rested on."""

from __future__ import annotations

import hashlib
import json
import socket
from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from conditions import clock
from conditions.actions.captures import Made, make_due_captures
from conditions.models import Assessment, Capture, CaptureOrder, Evidence, Publication
from conditions.outbound.fetching import Limits
from tests.admin.conftest import Person, Work, sign_in
from tests.admin.test_evidence import typed
from tests.days import DAY, THIRD_DUE, TODAY, noon
from tests.factories import make_evidence, make_program
from tests.hostile import Server, answer, at_home, serving

pytestmark = [pytest.mark.django_db, pytest.mark.network]
LIMITS = Limits(
    max_bytes=50_000,
    total_seconds=5,
    allowed_addresses=frozenset({"127.0.0.1"}),
    resolve=at_home,
)
FIRST = (
    b"<html><body><article><p>The border is calm, the ministry says.</p></article></body></html>"
)
SECOND = FIRST.replace(b"calm", b"closed")
SHA256 = hashlib.sha256(FIRST).hexdigest()
NOW = noon(TODAY)


class Origin:
    """A site that says what it is told to say."""

    def __init__(self) -> None:
        self.reply = answer(FIRST)

    def behave(self, connection: socket.socket, request: str) -> None:
        connection.sendall(self.reply)


@pytest.fixture
def origin() -> Origin:
    return Origin()


@pytest.fixture
def server(origin: Origin, settings: Settings) -> Iterator[Server]:
    """The site on this machine, and a tracker that may call outside."""
    settings.OUTSIDE_CALLS = True
    with serving(origin.behave) as found:
        yield found


def at(moment: datetime) -> time_machine.travel:
    return time_machine.travel(moment, tick=False)


def worker() -> Made:
    """What the worker does each minute, allowed to reach this one address of ours."""
    return make_due_captures(owner="worker", clock=clock.now, limits=LIMITS)


def make_work(analyst: Person) -> Work:
    program = make_program(tracked_from=THIRD_DUE, lead=analyst.user)
    condition = program.conditions.get()
    return Work(
        program=program,
        condition=condition,
        cycle=program.cycles.get(number=4),
        item=condition.checklist.get(),
        supporting=make_evidence(condition=condition, stance="supports"),
        contradicting=make_evidence(condition=condition, stance="contradicts"),
    )


def filed_captured_cited_approved(analyst: Person, reviewer: Person, server: Server) -> Assessment:
    """A document filed on the desk, copied by the worker, cited and approved."""
    with at(NOW):
        work = make_work(analyst)
        url = server.url("/report", host="localhost")
        assert analyst.post("conditions_evidence_add", **typed(work, url=url)).status_code == 302
        evidence = Evidence.objects.get(url=url)
        assert worker() == Made(stored=1)
        assess = analyst.get("conditions_condition_assess", work.condition.pk).content.decode()
        assert SHA256[:12] in assess
        form = work.form(cited=[evidence.pk, work.contradicting.pk], intent="submit")
        assert (
            analyst.post("conditions_condition_assess", work.condition.pk, **form).status_code
            == 302
        )
        judgement = Assessment.objects.get()
        page = reviewer.get("conditions_assessment_change", judgement.pk).content.decode()
        assert SHA256 in page
        told = {"confirmed": "on", "revision": str(judgement.revision)}
        reviewer.post("conditions_assessment_approve", judgement.pk, **told)
    judgement.refresh_from_db()
    assert judgement.approved_at == NOW
    return judgement


def asked_anew(analyst: Person, evidence: Evidence, moment: datetime) -> Made:
    with at(moment):
        # A session lasts a working day.
        analyst.client.force_login(analyst.user)
        analyst.post("conditions_captureorder_ask", evidence.pk)
        return worker()


def test_the_judgement_shows_what_it_rested_on_after_the_page_died(
    origin: Origin, server: Server
) -> None:
    with at(NOW):
        analyst = sign_in("analyst", username="ana")
        reviewer = sign_in("reviewer", username="rev")
        manager = sign_in("manager", username="man")
    judgement = filed_captured_cited_approved(analyst, reviewer, server)
    first = Capture.objects.get()
    evidence = first.evidence

    # The page changes, and a day later it is gone.
    origin.reply = answer(SECOND)
    assert asked_anew(analyst, evidence, NOW + DAY) == Made(stored=1)
    origin.reply = answer(b"", status="404 Not Found")
    assert asked_anew(analyst, evidence, NOW + 2 * DAY) == Made(failed=1)
    second = Capture.objects.stored().latest("captured_at")
    assert second.sha256 != SHA256

    with at(NOW + 3 * DAY):
        for person in (reviewer, manager):
            person.client.force_login(person.user)

        # What the reviewer sees, verifies and opens is what was there on the day.
        page = reviewer.get("conditions_assessment_change", judgement.pk).content.decode()
        assert SHA256 in page
        assert "A newer copy differs:" in page
        assert reverse("admin:conditions_captureorder_copy", args=[second.pk]) in page
        back = reverse("admin:conditions_captureorder_verify", args=[first.pk])
        told = reviewer.client.post(back, {"assessment": judgement.pk}, follow=True)
        assert f"still has the SHA-256 {SHA256}" in told.content.decode()
        assert reviewer.post("conditions_captureorder_open", first.pk).content == FIRST

        # What everybody sees, and from when on.
        address = reverse("dashboard:condition", args=["test-program", "ALPHA"])
        public = Client().get(address).content.decode()
        assert SHA256 in public
        assert "A newer copy differs" in public
        assert "/admin/conditions/captureorder/" not in public
        before = Client().get(f"{address}?known_at=2026-11-21T18:00:00Z").content.decode()
        assert SHA256 in before
        assert "A newer copy differs" not in before
        team = reviewer.client.get(address).content.decode()
        assert reverse("admin:conditions_captureorder_copy", args=[first.pk]) in team

        # The report names it, and it leaves in the package.
        closed = manager.post(
            "conditions_reviewcycle_close", judgement.cycle_id, confirmed="on", key_judgements=0
        )
        assert closed.status_code == 302
        report = Publication.objects.get()
        named = {
            copy["sha256"]
            for document in json.loads(report.content)["evidence"]
            for copy in document["captures"]
        }
        assert named == {SHA256}
        printed = Client().get(reverse("dashboard:report", args=["test-program", 4]))
        assert SHA256 in printed.content.decode()
        answered = reviewer.post("conditions_reviewcycle_package", judgement.cycle_id)
        with ZipFile(BytesIO(b"".join(answered.streaming_content))) as packed:
            copies = [name for name in packed.namelist() if name.startswith("copies/")]
            assert [packed.read(name) for name in copies] == [FIRST]

    log = [(entry.act, str(entry.by), entry.at) for entry in first.custody.order_by("at", "pk")]
    assert log == [
        ("captured", "ana", NOW),
        ("verified", "rev", NOW + 3 * DAY),
        ("opened", "rev", NOW + 3 * DAY),
        ("exported", "rev", NOW + 3 * DAY),
    ]
    with at(NOW + 3 * DAY):
        page = reviewer.get("conditions_captureorder_copy", first.pk).content.decode()
    places = [page.index(f"{act}, ") for act in ("Captured", "Verified", "Opened", "Exported")]
    assert places == sorted(places)
    failed = Capture.objects.get(outcome="gone")
    assert failed.reason == "The site answered 404."
    assert CaptureOrder.objects.get(state="owed").last_error == failed.reason
    call_command("verify")
