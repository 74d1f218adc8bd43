"""A whole cycle through the pages that people use: opened, judged, reviewed, closed, published."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import docx
import pypdf
import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from conditions.actions.printing import print_publications
from conditions.models import (
    Assessment,
    Condition,
    Event,
    EvidenceLink,
    Program,
    Publication,
    ReviewCycle,
)
from tests.days import DAY, FOURTH_DUE, TODAY, noon
from tests.shipped import SENATE, ship

pytestmark = pytest.mark.django_db

STATUSES = {
    "ISIS": "3",
    "MINORITIES": "1",
    "NEIGHBOURS": "2",
    "TERRORISM": "U",
    "FIGHTERS": "0",
    "RIGHTS": "2",
}
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
CYCLE = f"/programs/{SENATE}/cycles/4/"


class Worker:
    """Somebody who works in the admin; every day they sign in anew."""

    def __init__(self, username: str) -> None:
        self.user = get_user_model().objects.get(username=username)

    @property
    def client(self) -> Client:
        """A browser in which they are signed in."""
        client = Client()
        client.force_login(self.user)
        return client

    def get(self, name: str, pk: int) -> HttpResponse:
        answer = self.client.get(reverse(f"admin:{name}", args=[pk]))
        assert answer.status_code == 200, name
        return answer

    def press(self, name: str, pk: int, **typed: Any) -> HttpResponse:
        answer = self.client.post(reverse(f"admin:{name}", args=[pk]), typed)
        assert answer.status_code == 302, (name, strip_tags(answer.content.decode()))
        return answer

    def fill(self, name: str, pk: int, **typed: Any) -> HttpResponse:
        """The form as the page offers it, with what was typed over it, sent."""
        page = self.get(name, pk)
        offered = dict(HIDDEN.findall(page.content.decode()))
        offered |= {field.html_name: field.value() for field in page.context["form"]}
        offered.pop("csrfmiddlewaretoken", None)
        kept = {
            field: value
            for field, value in offered.items()
            if str(value) not in ("None", "", "False")
        }
        return self.press(name, pk, **kept | typed)


@pytest.fixture
def shipped(time_machine: Any) -> Program:
    """What `dev.py run` loads, on the fixed day."""
    time_machine.move_to(noon(TODAY), tick=False)
    ship()
    return Program.objects.get(slug=SENATE)


def test_six_conditions_are_judged_reviewed_closed_and_published(
    shipped: Program, client: Client, time_machine: Any
) -> None:
    cycle = shipped.cycles.get(number=4)
    analyst, reviewer = Worker("demo-analyst"), Worker("demo-reviewer")
    manager = Worker("demo-manager")

    time_machine.move_to(noon(TODAY + DAY), tick=False)
    what_waits_is_sent_back(cycle, reviewer)
    every_condition_is_judged(shipped, analyst)
    assert "MINORITIES" in blockers_told(manager, cycle)

    one_is_returned_and_fixed(cycle, analyst, reviewer)
    the_rest_is_approved(cycle, reviewer)
    assert blockers_told(manager, cycle) == ""

    time_machine.move_to(noon(FOURTH_DUE), tick=False)
    analyst.fill(
        "conditions_reviewcycle_keyjudgements",
        cycle.pk,
        statements="Little of what was asked is done.",
    )
    manager.press("conditions_reviewcycle_close", cycle.pk, confirmed="on", note="On the day.")

    publication = Publication.objects.get(cycle=cycle)
    api = statuses_of_the_api(client, publication)
    assert api == {code: STATUSES[code] for code in api}
    assert statuses_of_json(client) == api
    assert statuses_of_word(client) == api
    assert statuses_of_pdf(client) == api
    the_next_cycle_says_what_changed(client, time_machine)
    call_command("verify", stdout=io.StringIO())


def what_waits_is_sent_back(cycle: ReviewCycle, reviewer: Worker) -> None:
    for one in Assessment.objects.filter(cycle=cycle, state="submitted"):
        reviewer.press(
            "conditions_assessment_return", one.pk, reason="Again, please.", revision=one.revision
        )


def every_condition_is_judged(program: Program, analyst: Worker) -> None:
    for condition in program.conditions.all():
        judge(analyst, condition, STATUSES[condition.code])
    assert Assessment.objects.filter(cycle__number=4, state="submitted").count() == len(STATUSES)


def judge(analyst: Worker, condition: Condition, status: str, **typed: Any) -> None:
    links = EvidenceLink.objects.filter(condition=condition, withdrawn_at__isnull=True)
    documents = sorted(set(links.values_list("evidence", flat=True)))
    items = condition.checklist.filter(retired_on__isnull=True).values_list("pk", flat=True)
    judged = {
        "intent": "submit",
        "status": status,
        "trend": "mixed" if status != "U" else "",
        "confidence": "low",
        "confidence_reason": "Few documents of this cycle.",
        "rationale": f"What the file shows on {condition.code}.",
        "cited": [] if status == "U" else documents[:2],
        "search_places": "UN document system" if status == "U" else "",
    }
    findings = {f"finding_{pk}_status": status for pk in items}
    analyst.fill("conditions_condition_assess", condition.pk, **judged | findings | typed)


def blockers_told(manager: Worker, cycle: ReviewCycle) -> str:
    """What the closing page lists as standing in the way."""
    step = manager.get("conditions_reviewcycle_close", cycle.pk).context["step"]
    return "; ".join(str(point) for point in step.points)


def one_is_returned_and_fixed(cycle: ReviewCycle, analyst: Worker, reviewer: Worker) -> None:
    rights = Assessment.objects.get(cycle=cycle, condition__code="RIGHTS", state="submitted")
    reviewer.press(
        "conditions_assessment_return",
        rights.pk,
        reason="Say what became of the trial.",
        revision=rights.revision,
    )
    judge(
        analyst,
        rights.condition,
        STATUSES["RIGHTS"],
        rationale="What became of the trial is not on file.",
    )
    rights.refresh_from_db()
    assert (rights.state, rights.rationale) == (
        "submitted",
        "What became of the trial is not on file.",
    )


def the_rest_is_approved(cycle: ReviewCycle, reviewer: Worker) -> None:
    for one in Assessment.objects.filter(cycle=cycle, state="submitted"):
        reviewer.press(
            "conditions_assessment_approve", one.pk, confirmed="on", revision=one.revision
        )
    verbs = Event.objects.filter(cycle=cycle, verb="assessment.approved")
    assert verbs.count() == len(STATUSES)


def statuses_of_the_api(client: Client, publication: Publication) -> dict[str, str]:
    answer = client.get(
        f"/api/v1/programs/{SENATE}/status/",
        {
            "valid_at": publication.valid_at.isoformat(),
            "known_at": publication.known_at.isoformat().replace("+00:00", "Z"),
        },
    )
    return {row["code"]: row["status"] for row in answer.json()["conditions"]}


def statuses_of_json(client: Client) -> dict[str, str]:
    told = json.loads(whole(client.get(f"{CYCLE}report/1/report.json")))
    return {one["code"]: one["judgement"]["status"] for one in told["conditions"]}


def statuses_of_word(client: Client) -> dict[str, str]:
    document = docx.Document(io.BytesIO(whole(client.get(f"{CYCLE}report/1/report.docx"))))
    card = document.tables[0].rows[1:]
    return {row.cells[0].text.split()[0]: row.cells[2].text.split()[0] for row in card}


def statuses_of_pdf(client: Client) -> dict[str, str]:
    assert print_publications(as_of=noon(FOURTH_DUE)) >= 1
    answer = client.get(f"{CYCLE}report/1/report.pdf")
    sheet = pypdf.PdfReader(io.BytesIO(whole(answer))).pages[0].extract_text()
    card = sheet.partition("Our judgement")[2]
    # Beside each code the first status that is followed by its label.
    first = r"{}\b.*?\b(\w) (?:Not met|Initial|Partially|Largely|Cannot be assessed)"
    return {code: re.search(first.format(code), card, re.S)[1] for code in STATUSES}


def the_next_cycle_says_what_changed(client: Client, time_machine: Any) -> None:
    time_machine.move_to(noon(FOURTH_DUE + DAY), tick=False)
    call_command("sweep", stdout=io.StringIO())
    page = client.get(f"/programs/{SENATE}/").content.decode()
    assert "ISIS" in page
    assert "Largely met" in page
    compared = client.get(f"/programs/{SENATE}/compare/", {"a": 3, "b": 4}).content.decode()
    assert "What became of the trial is not on file." in compared
    assert client.get(f"/programs/{SENATE}/cycles/5/").status_code == 200


def whole(answer: HttpResponse) -> bytes:
    assert answer.status_code == 200
    return b"".join(answer) if answer.streaming else answer.content
