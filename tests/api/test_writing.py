"""Writing: every role and a stranger against every write, and nobody's work overwritten."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse

from conditions.models import (
    Assessment,
    Crosswalk,
    Event,
    Evidence,
    EvidenceLink,
    Program,
    Source,
)
from tests.api.conftest import Caller, caller
from tests.days import TODAY, noon
from tests.factories import (
    make_assessment,
    make_evidence,
    make_program,
    make_source,
)

pytestmark = pytest.mark.django_db
WRITERS = {"analyst", "manager"}
REVIEWERS = {"reviewer", "manager"}
ROLES = (None, "viewer", "analyst", "reviewer", "manager")


@pytest.fixture
def place(db: None) -> Program:
    return make_program(slug="p", conditions=("ALPHA", "BRAVO"))


def waiting(place: Program, state: str) -> Assessment:
    return make_assessment(
        condition=place.conditions.get(code="ALPHA"),
        cycle=place.cycles.get(number=4),
        valid_from=TODAY,
        as_of=noon(TODAY),
        state=state,
    )


def judgement(place: Program, **changes: Any) -> dict[str, Any]:
    cited = make_evidence(condition=place.conditions.get(code="ALPHA"))
    return {
        "program": "p",
        "condition": "ALPHA",
        "cycle": 4,
        "rationale": "Two documents show the first steps.",
        "valid_from": "2026-11-20",
        "status": "1",
        "trend": "improving",
        "confidence": "low",
        "confidence_reason": "One source.",
        "findings": [{"checklist_item": "A.1", "status": "1", "note": "Begun."}],
        "cited": [cited.pk],
        **changes,
    }


def item(**changes: Any) -> dict[str, Any]:
    return {
        "title": "A report",
        "source_id": make_source().pk,
        "summary": "What it says.",
        "url": "https://example.org/report",
        "published_on": "2026-11-20",
        "credibility": 2,
        **changes,
    }


def official(**changes: Any) -> dict[str, Any]:
    return {
        "program": "p",
        "condition": "ALPHA",
        "cycle": 4,
        "finding": "silent",
        "found_on": "2026-11-20",
        **changes,
    }


def etag_of(reader: Caller, address: str) -> str:
    return str(reader.get(address)["ETag"])


class Writes:
    """Each write of the API, ready to be tried by anybody."""

    def __init__(self, place: Program) -> None:
        self.place = place
        self.inside = caller("manager", scope="read")

    def draft(self, who: Caller) -> HttpResponse:
        return who.post("assessments/", judgement(self.place))

    def edit(self, who: Caller) -> HttpResponse:
        return self._change(who, "PATCH", "draft", "", {"rationale": "Otherwise."})

    def submit(self, who: Caller) -> HttpResponse:
        return self._change(who, "POST", "draft", "submit/", None)

    def send_back(self, who: Caller) -> HttpResponse:
        return self._change(who, "POST", "submitted", "return/", {"reason": "Look again."})

    def approve(self, who: Caller) -> HttpResponse:
        return self._change(who, "POST", "submitted", "approve/", {"note": "Agreed."})

    def _change(self, who: Caller, method: str, state: str, step: str, body: Any) -> HttpResponse:
        address = f"assessments/{waiting(self.place, state).pk}/"
        etag = etag_of(self.inside, address)
        return who.send(method, f"{address}{step}", body, If_Match=etag)

    def file(self, who: Caller) -> HttpResponse:
        link = {"program": "p", "condition": "ALPHA", "stance": "supports"}
        return who.post("evidence/", item(links=[link]))

    def amend(self, who: Caller) -> HttpResponse:
        address = f"evidence/{make_evidence().pk}/"
        body = {"title": "A better title", "reason": "A typing error."}
        return who.patch(address, body, If_Match=etag_of(self.inside, address))

    def link(self, who: Caller) -> HttpResponse:
        body = {
            "evidence_id": make_evidence().pk,
            "program": "p",
            "condition": "ALPHA",
            "checklist_item": "A.1",
            "stance": "contradicts",
        }
        return who.post("evidence-links/", body)

    def withdraw(self, who: Caller) -> HttpResponse:
        make_evidence(condition=self.place.conditions.get(code="BRAVO"))
        link = EvidenceLink.objects.latest("pk")
        return who.post(f"evidence-links/{link.pk}/withdraw/", {"reason": "Not about this."})

    def add_source(self, who: Caller) -> HttpResponse:
        body = {"name": "A paper", "kind": "state_media", "reliability": "D", "reason": "Known."}
        return who.post("sources/", body)

    def record_official(self, who: Caller) -> HttpResponse:
        return who.post("official-findings/", official())


ALLOWED = {
    "draft": (WRITERS, 201),
    "edit": (WRITERS, 200),
    "submit": (WRITERS, 200),
    "send_back": (REVIEWERS, 200),
    "approve": (REVIEWERS, 200),
    "file": (WRITERS, 201),
    "amend": (WRITERS, 200),
    "link": (WRITERS, 201),
    "withdraw": (WRITERS, 200),
    "add_source": (WRITERS, 201),
    "record_official": ({"manager"}, 201),
}
# What somebody may not even see is not there for them.
UNSEEN = {("viewer", name) for name in ("edit", "submit", "send_back", "approve")}


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("write", ALLOWED)
def test_who_may_write_what(place: Program, role: str | None, write: str) -> None:
    who, writes = caller(role), Writes(place)
    roles, done = ALLOWED[write]

    answer = getattr(writes, write)(who)

    if role in roles:
        assert answer.status_code == done, answer.content
        assert Event.objects.order_by("pk").last().actor == who.user
        return
    refused = 401 if role is None else 404 if (role, write) in UNSEEN else 403
    assert answer.status_code == refused, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Event.objects.filter(actor=who.user, actor__isnull=False).exists()


def test_a_judgement_from_its_draft_to_its_approval(place: Program) -> None:
    analyst, reviewer = caller("analyst"), caller("reviewer")
    made = analyst.post("assessments/", judgement(place))
    address = made["Location"].removeprefix("http://testserver/api/v1/")

    assert made.status_code == 201
    assert made.json()["state"] == "draft"
    assert etag_of(analyst, address) == made["ETag"]
    edited = analyst.patch(address, {"status": "2", "cited": []}, If_Match=made["ETag"])
    assert edited.json()["status_label"] == "Partially met"
    assert edited.json()["rationale"] == made.json()["rationale"]
    assert edited.json()["findings"] == made.json()["findings"]
    assert edited.json()["citations"] == []
    refused = analyst.post(f"{address}submit/", If_Match=edited["ETag"])
    assert refused.status_code == 400
    assert "at least one cited document" in refused.json()["detail"]
    cited = [made.json()["citations"][0]["evidence_id"]]
    whole = analyst.patch(address, {"cited": cited}, If_Match=edited["ETag"])
    submitted = analyst.post(f"{address}submit/", If_Match=whole["ETag"])
    assert submitted.json()["state"] == "submitted"
    approved = reviewer.post(f"{address}approve/", If_Match=submitted["ETag"])
    assert approved.json()["state"] == "approved"
    assert approved.json()["sha256"] == submitted.json()["sha256"] != ""
    told = caller(None).get("programs/p/status/").json()["conditions"][0]
    assert (told["status"], told["judged_in_cycle"]) == ("2", 4)


def test_nobody_approves_what_they_wrote(place: Program) -> None:
    manager = caller("manager")
    made = manager.post("assessments/", judgement(place))
    address = made["Location"].removeprefix("http://testserver/api/v1/")
    submitted = manager.post(f"{address}submit/", If_Match=made["ETag"])

    answer = manager.post(f"{address}approve/", If_Match=submitted["ETag"])

    assert answer.status_code == 403
    assert answer.json()["type"].endswith(":other-eyes-needed")
    assert "Ask a reviewer" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("method", "step", "state", "role"),
    [
        ("PATCH", "", "draft", "analyst"),
        ("POST", "submit/", "draft", "analyst"),
        ("POST", "return/", "submitted", "reviewer"),
        ("POST", "approve/", "submitted", "reviewer"),
    ],
)
def test_a_change_names_what_it_changes(
    place: Program, method: str, step: str, state: str, role: str
) -> None:
    who = caller(role)
    address = f"assessments/{waiting(place, state).pk}/"
    body = {"reason": "Look again."} if step == "return/" else {}
    etag = etag_of(who, address)
    Assessment.objects.update(revision=9)

    without = who.send(method, f"{address}{step}", body)
    old = who.send(method, f"{address}{step}", body, If_Match=etag)
    weak = who.send(method, f"{address}{step}", body, If_Match='W/"9.x"')
    other = who.send(method, f"{address}{step}", body, If_Match='"nonsense"')

    assert [one.status_code for one in (without, old, weak, other)] == [428, 412, 412, 412]
    assert "ETag" in without.json()["errors"][0]["remedy"]
    assert old.json()["errors"][0]["field"] == "If-Match"
    assert "revision 9" in old.json()["detail"]
    current = etag_of(who, address)
    assert who.send(method, f"{address}{step}", body, If_Match=current).status_code == 200


def test_an_amendment_names_what_it_amends() -> None:
    analyst = caller("analyst")
    document = make_evidence()
    address, body = f"evidence/{document.pk}/", {"title": "Better", "reason": "Wrong."}
    etag = etag_of(analyst, address)

    assert analyst.patch(address, body).status_code == 428
    amended = analyst.patch(address, body, If_Match=etag)
    assert (amended.status_code, amended.json()["revision"]) == (200, 2)
    assert analyst.patch(address, body, If_Match=etag).status_code == 412
    unexplained = analyst.patch(address, {"title": "X"}, If_Match=amended["ETag"])
    assert unexplained.status_code == 400
    assert unexplained.json()["errors"][0]["field"] == "reason"


def test_a_document_is_filed_once(place: Program) -> None:
    analyst = caller("analyst")
    first = analyst.post("evidence/", item())

    again = analyst.post("evidence/", item(url="https://EXAMPLE.org/report?utm_source=x#top"))

    assert (first.status_code, again.status_code) == (201, 409)
    assert again.json()["existing"] == first["Location"]
    assert first.json()["key"] in again.json()["detail"]
    assert analyst.get(f"evidence/{first.json()['id']}/").json() == first.json()
    assert Evidence.objects.count() == 1


def test_a_document_filed_with_its_links_bears_on_them(place: Program) -> None:
    analyst = caller("analyst")
    other = make_program(slug="other", conditions=("OTHER",)).conditions.get()
    alpha = place.conditions.get(code="ALPHA")
    Crosswalk.objects.create(condition=alpha, counterpart=other, relation="same")
    link = {"program": "p", "condition": "ALPHA", "stance": "supports", "note": "First."}

    filed = analyst.post("evidence/", item(links=[link])).json()
    links = analyst.get("evidence-links/", {"evidence": filed["id"]}).json()["results"]

    assert {(row["condition"], row["origin"]) for row in links} == {
        ("ALPHA", "direct"),
        ("OTHER", "crosswalk"),
    }
    direct = next(row for row in links if row["origin"] == "direct")
    gone = analyst.post(f"evidence-links/{direct['id']}/withdraw/", {"reason": "Wrong."})
    assert gone.json()["withdrawal_reason"] == "Wrong."
    again = analyst.post(f"evidence-links/{direct['id']}/withdraw/", {"reason": "Wrong."})
    assert again.status_code == 409
    left = analyst.get("evidence-links/", {"standing": "true"}).json()["results"]
    assert left == []


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"program": "nowhere"}, 404, "condition"),
        ({"condition": "ZULU"}, 404, "condition"),
        ({"cycle": 99}, 404, "cycle"),
        ({"rationale": " "}, 400, "rationale"),
        ({"status": "9"}, 400, "status"),
        ({"valid_from": "2027-01-01"}, 400, "valid_from"),
        ({"valid_from": "soon"}, 400, "valid_from"),
        ({"findings": [{"checklist_item": "Z.1"}]}, 404, "findings[0].checklist_item"),
        ({"cited": [999]}, 400, "cited"),
        ({"cited": ["x"]}, 400, "cited[0]"),
        ({"corrects": 999}, 404, "id"),
        ({"surprise": 1}, 400, "surprise"),
    ],
)
def test_a_draft_that_cannot_be_is_refused_and_nothing_is_written(
    place: Program, change: dict[str, Any], status: int, field: str
) -> None:
    body = judgement(place, **change)
    events = Event.objects.count()

    answer = caller("analyst").post("assessments/", body)

    assert answer.status_code == status, answer.content
    assert answer.json()["errors"][0]["field"] == field
    assert Event.objects.count() == events
    assert not Assessment.objects.exists()


def test_a_second_draft_is_a_conflict(place: Program) -> None:
    analyst = caller("analyst")
    analyst.post("assessments/", judgement(place))

    answer = analyst.post("assessments/", judgement(place))

    assert answer.status_code == 409
    assert answer.json()["errors"][0]["remedy"] == "Continue that one."


def test_a_source_is_added_once() -> None:
    analyst = caller("analyst")
    body = {"name": "A paper", "reliability": "B", "reason": "A long record."}
    made = analyst.post("sources/", body)

    assert made["Location"].endswith(f"/api/v1/sources/{made.json()['id']}/")
    assert analyst.post("sources/", {**body, "name": "a  PAPER"}).status_code == 409
    assert Source.objects.count() == 1


def test_an_official_finding_is_recorded_once_and_then_corrected(place: Program) -> None:
    manager = caller("manager")
    report = make_evidence()
    first = manager.post("official-findings/", official(document_id=report.pk))
    again = manager.post("official-findings/", official())
    silent = manager.post("official-findings/", official(corrects=first.json()["id"]))
    why = {"corrects": first.json()["id"], "finding": "affirmed", "note": "A second report came."}
    corrected = manager.post("official-findings/", official(**why))

    assert [one.status_code for one in (first, again, silent, corrected)] == [201, 409, 400, 201]
    assert first.json()["document"] == report.key
    assert manager.get(f"official-findings/{first.json()['id']}/").json()["is_corrected"] is True
    assert manager.post("official-findings/", official(corrects=99)).status_code == 404
    told = caller(None).get("programs/p/status/").json()["conditions"][0]
    assert told["official_finding"] == "affirmed"
