"""The evidence of a report or of a condition as citations: what is public, and under its name."""

from __future__ import annotations

import bibtexparser
import pytest
import rispy
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from conditions.models import Capture, CaptureBody
from conditions.outbound.citations import FORMS
from conditions.queries.answers import SHELF
from tests.dashboard.conftest import filled_program, secret_evidence
from tests.dashboard.test_report import FIRST, REPORT, published, signed_in
from tests.days import DAY, TODAY, WHITE_HOUSE, noon
from tests.factories import make_evidence, make_program
from tests.report_sample import ARABIC

pytestmark = pytest.mark.django_db
CONDITION = "/programs/test-program/conditions/ALPHA/"
ENDINGS = [form.ending for form in FORMS]


def records(response: HttpResponse) -> list[dict[str, str]]:
    assert response.status_code == 200
    return rispy.loads(response.content.decode())


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("ending", ENDINGS)
def test_a_reports_annex_is_had_in_every_form(
    client: Client,
    ending: str,
    conditions: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    published(conditions)
    with django_assert_num_queries(4):
        answer = client.get(f"{FIRST}evidence.{ending}")
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == (
        f'attachment; filename="test-program-cycle-2-v1.{ending}"'
    )
    assert ARABIC in answer.content.decode()
    again = client.get(f"{FIRST}evidence.{ending}", headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304
    assert client.get(f"{FIRST}evidence.docx").status_code == 404
    assert client.get(f"{REPORT}9/evidence.{ending}").status_code == 404


def test_the_annex_is_cited_in_its_own_order_and_wording(client: Client) -> None:
    published()
    told = client.get(f"{FIRST}report.json").json()["evidence"]
    read = records(client.get(f"{FIRST}evidence.ris"))
    assert [one["label"] for one in read] == [one["key"] for one in told]
    assert [one["title"] for one in read] == [one["title"] for one in told]
    library = bibtexparser.parse_string(client.get(f"{FIRST}evidence.bib").content.decode())
    assert not library.failed_blocks
    assert [one.key for one in library.entries] == [one["key"] for one in told]
    assert len(client.get(f"{FIRST}evidence.wiki.txt").content.decode().splitlines()) == len(told)


def test_the_report_lists_its_citations(client: Client) -> None:
    published()
    page = client.get(FIRST).content.decode()
    for form in FORMS:
        assert f'<a href="{FIRST}evidence.{form.ending}">Evidence as {form.label}</a>' in page


@pytest.mark.parametrize("conditions", [1, 3])
def test_a_conditions_evidence_is_cited_each_document_once(
    client: Client, conditions: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    filled_program(conditions)
    with django_assert_num_queries(10):
        answer = client.get(f"{CONDITION}evidence.ris")
    assert len({one["label"] for one in records(answer)}) == 3 * conditions
    assert len(records(answer)) == 3 * conditions
    kept = client.get(f"{CONDITION}evidence.ris")
    for one in (answer, kept):
        assert one["Content-Disposition"] == (
            'attachment; filename="test-program-ALPHA-evidence.ris"'
        )
        assert one["Content-Type"].startswith("application/x-research-info-systems")


def test_a_conditions_page_leads_to_its_citations_of_that_moment(client: Client) -> None:
    filled_program(1)
    page = client.get(CONDITION, {"known_at": TODAY.isoformat()}).content.decode()
    for form in FORMS:
        assert f'href="{CONDITION}evidence.{form.ending}?known_at={TODAY}"' in page


def test_only_what_was_known_then_is_cited(client: Client) -> None:
    condition = make_program().conditions.get()
    early = make_evidence(condition=condition, title="Early", recorded_at=noon(WHITE_HOUSE))
    make_evidence(condition=condition, title="Late", recorded_at=noon(WHITE_HOUSE + 2 * DAY))
    moment = {"known_at": noon(WHITE_HOUSE + DAY).isoformat()}
    (one,) = records(client.get(f"{CONDITION}evidence.ris", moment))
    assert (one["title"], one["label"]) == ("Early", early.key)
    assert client.get(f"{CONDITION}evidence.ris", {"known_at": "soon"}).status_code == 400


@pytest.mark.parametrize(
    ("sensitivity", "travels"),
    [("team", True), ("restricted", False), ("source_protected", False)],
)
def test_what_is_not_public_is_not_cited_to_strangers(
    client: Client, sensitivity: str, travels: bool
) -> None:
    program = filled_program(1)
    hidden = secret_evidence(program.conditions.get(), sensitivity)
    SHELF.clear()
    for form in FORMS:
        told = client.get(f"{CONDITION}evidence.{form.ending}").content.decode()
        assert hidden.key not in told
        assert hidden.title not in told
    manager = signed_in("manager")
    cited = manager.get(f"{CONDITION}evidence.ris").content.decode()
    assert (hidden.key in cited, hidden.title in cited) == (travels, travels)


@pytest.mark.parametrize("path", [f"{CONDITION}evidence.ris", f"{FIRST}evidence.bib"])
def test_a_private_programs_evidence_is_not_cited_to_strangers(client: Client, path: str) -> None:
    program = published()
    program.is_public = False
    program.save()
    assert client.get(path).status_code == 404


def test_a_document_was_seen_on_the_day_of_its_newest_copy(client: Client) -> None:
    condition = make_program().conditions.get()
    kept = make_evidence(condition=condition, title="Kept", recorded_at=noon(WHITE_HOUSE))
    make_evidence(condition=condition, title="Not kept", recorded_at=noon(WHITE_HOUSE))
    body = CaptureBody.objects.create(sha256="a" * 64, size=4, body=b"copy")
    for place in range(3):
        Capture.objects.create(
            evidence=kept,
            origin="uploaded",
            outcome="stored",
            body=body,
            sha256=body.sha256,
            tool="test",
            captured_at=noon(WHITE_HOUSE + place * DAY),
        )
    moment = {"known_at": noon(WHITE_HOUSE + DAY).isoformat()}
    found = records(client.get(f"{CONDITION}evidence.ris", moment))
    seen = {one["title"]: one.get("access_date") for one in found}
    assert seen == {"Kept": f"{WHITE_HOUSE + DAY:%Y/%m/%d}", "Not kept": None}
