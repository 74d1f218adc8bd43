"""The report at its addresses: who sees which version, to the byte, and what never gets out."""

from __future__ import annotations

import hashlib
import io
import json

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from docx import Document
from pytest_django import DjangoAssertNumQueries

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.cycle_skipping import skip_cycle
from conditions.actions.official import record_official_finding
from conditions.actions.printing import print_publications
from conditions.actions.publishing import publish_correction
from conditions.models import Assessment, Program, Publication
from conditions.queries import report_addresses
from conditions.queries.answers import SHELF
from tests.dashboard.conftest import filled_program, secret_evidence
from tests.dashboard.test_pages import Inline
from tests.days import DAY, FIRST_DUE, SECOND_DUE, TODAY, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user
from tests.press import need_press
from tests.report_sample import ARABIC, make_publication, program_told, seal

CYCLE = "/programs/test-program/cycles/2/"
REPORT = f"{CYCLE}report/"
FIRST, SECOND = f"{REPORT}1/", f"{REPORT}2/"
DRAFTS = [f"{REPORT}draft/", f"{REPORT}draft/report.docx", f"{REPORT}draft/report.pdf"]


def published(conditions: int = 2, versions: int = 2) -> Program:
    """A program whose cycle 2 has a report of so many conditions, in so many versions."""
    program = make_program()
    for place in range(versions):
        make_publication(program, as_of=noon(SECOND_DUE + place * DAY), conditions=conditions)
    return program


def signed_in(role: str) -> Client:
    client = Client()
    client.force_login(make_user(role))
    return client


def text_of(response: HttpResponse) -> str:
    assert response.status_code == 200
    return response.content.decode()


# What an anonymous reader's visit asks the database.
QUERIES = {REPORT: 4, FIRST: 4, f"{FIRST}report.json": 3, f"{FIRST}report.docx": 3}


@pytest.mark.parametrize("conditions", [1, 3])
@pytest.mark.parametrize("path", QUERIES)
def test_fixed_number_of_queries(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries, path: str, conditions: int
) -> None:
    published(conditions)
    with django_assert_num_queries(QUERIES[path]):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("conditions", [1, 3])
def test_a_draft_asks_the_same_whatever_the_number_of_conditions(
    analyst_client: Client, django_assert_num_queries: DjangoAssertNumQueries, conditions: int
) -> None:
    filled_program(conditions)
    with django_assert_num_queries(37):
        assert analyst_client.get(DRAFTS[0]).status_code == 200


def test_the_newest_version_is_the_report_and_an_old_one_stays(client: Client) -> None:
    program = published()
    newest, second, first = (text_of(client.get(path)) for path in (REPORT, SECOND, FIRST))
    for page in (newest, second):
        assert "<b>Version 2</b>, published on 9 July 2026" in page
        assert program.publications.get(version=2).sha256 in page
        assert "This version was corrected." not in page
    assert "<b>Version 1</b>, published on 8 July 2026" in first
    assert "This version was corrected." in first
    assert "Version 2 of 9 July 2026 replaces it: A corrected report." in first
    assert f'href="{SECOND}"' in first


def test_it_says_everything_that_the_publication_holds(client: Client) -> None:
    published(conditions=3)
    page = text_of(client.get(REPORT))
    for expected in (
        "Superseded: not current law",
        "The register of foreign fighters exists on paper only.",
        "One reviewer would have said Partially met.",
        "The President, by determination 2026-4 of 2 February 2026",
        "No official report submitted",
        "The official report affirms this condition; our judgement says no.",
        "2 cited documents are not public and left out of this report.",
        'one voice with <a class="cite" href="#d2">[2]</a>, counted once',
        "By our judgements: 2 of 2",
        "By the official findings: 1 of 2",
        "it binds nobody",
        "Expected to become public between 19 August 2026 and 18 September 2026",
        "no copy kept yet",
        "Copy kept, captured 3 February 2026 (UTC)",
        "https://example.org/moved",
        seal("a capture"),
        "No judgement is approved. That is not the same as not met",
        "sha256sum test-program-cycle-2-v2.json",
        "not legal advice",
    ):
        assert expected in page, expected
    assert f'lang="ar" dir="auto">{ARABIC}' in page
    assert 'lang="en" dir="auto"' not in page


def test_hostile_text_is_escaped_and_leads_nowhere(client: Client) -> None:
    published()
    page = text_of(client.get(REPORT))
    assert "&lt;script&gt;alert(&#x27;x&#x27;)&lt;/script&gt;" in page
    assert "<script>" not in page
    assert 'href="javascript' not in page


@pytest.mark.parametrize("path", [REPORT, FIRST, CYCLE])
def test_nothing_inline(client: Client, path: str) -> None:
    published()
    parser = Inline()
    parser.feed(text_of(client.get(path)))
    assert parser.found == []


def test_the_data_are_the_bytes_that_were_hashed(client: Client) -> None:
    row = published().publications.get(version=1)
    answer = client.get(f"{FIRST}report.json")
    assert answer.content.decode() == row.content
    assert hashlib.sha256(answer.content).hexdigest() == row.sha256
    assert answer.headers["ETag"] == f'"{row.sha256}"'
    assert answer.headers["Content-Type"] == "application/json"
    assert "test-program-cycle-2-v1.json" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("path", [REPORT, FIRST, f"{FIRST}report.json", f"{FIRST}report.docx"])
def test_what_a_reader_has_is_not_sent_again(client: Client, path: str) -> None:
    published()
    first = client.get(path)
    SHELF.clear()
    again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = client.get(path, headers={"If-None-Match": '"another"'})
    assert other.content == first.content


def test_a_page_is_not_sent_again_from_one_query(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    published()
    etag = client.get(REPORT).headers["ETag"]
    with django_assert_num_queries(1):
        assert client.get(REPORT, headers={"If-None-Match": etag}).status_code == 304
    make_publication(Program.objects.get(), as_of=noon(TODAY))
    assert client.get(REPORT, headers={"If-None-Match": etag}).status_code == 200


def test_word_is_written_on_demand_the_same_for_everybody(client: Client) -> None:
    published()
    first = client.get(f"{SECOND}report.docx")
    SHELF.clear()
    assert signed_in("analyst").get(f"{SECOND}report.docx").content == first.content
    assert "test-program-cycle-2-v2.docx" in first.headers["Content-Disposition"]
    assert Document(io.BytesIO(first.content)).core_properties.title.endswith("report on cycle 2")


def test_the_pdf_is_promised_until_it_is_printed(client: Client) -> None:
    need_press()
    row = published(versions=1).publications.get()
    path = f"{FIRST}report.pdf"
    waiting = client.get(path)
    assert waiting.status_code == 503
    assert waiting.headers["Retry-After"] == "60"
    assert waiting.headers["Cache-Control"] == "no-store"
    assert "ETag" not in waiting.headers
    page = waiting.content.decode()
    assert "The PDF is not printed yet" in page
    assert f'href="{FIRST}report.docx"' in page
    print_publications(as_of=noon(TODAY))
    answer = client.get(path)
    kept = row.files.get()
    assert answer.content == bytes(kept.body)
    assert answer.headers["ETag"] == f'"{kept.sha256}"'
    assert answer.headers["Content-Disposition"] == 'inline; filename="test-program-cycle-2-v1.pdf"'
    again = client.get(path, headers={"If-None-Match": f'"{kept.sha256}"'})
    assert again.status_code == 304


@pytest.mark.parametrize("path", DRAFTS)
@pytest.mark.parametrize("role", [None, "viewer"])
def test_a_draft_does_not_exist_for_a_stranger(role: str | None, path: str) -> None:
    filled_program(1)
    client = signed_in(role) if role else Client()
    answer, nowhere = client.get(path), client.get(f"{REPORT}nothing/")
    assert answer.status_code == nowhere.status_code == 404
    assert "No page has this address." in answer.content.decode()
    assert "DRAFT" not in answer.content.decode()
    assert answer.content.decode().replace(path, "") == nowhere.content.decode().replace(
        f"{REPORT}nothing/", ""
    )


@pytest.mark.parametrize("role", ["analyst", "reviewer", "manager"])
def test_the_team_sees_a_draft_that_says_what_is_missing(role: str) -> None:
    filled_program(1)
    answer = signed_in(role).get(f"{CYCLE.replace('2', '4')}report/draft/")
    page = text_of(answer)
    assert "private" in answer.headers["Cache-Control"]
    assert '<p class="watermark" aria-hidden="true"></p>' in page
    assert "Without an approved judgement: ALPHA." in page
    assert "The key judgements are not written." in page
    assert "The cycle is not closed." in page
    assert "Its SHA-256 is printed" not in page


def test_a_draft_is_had_as_files_that_nobody_keeps(analyst_client: Client) -> None:
    need_press()
    filled_program(1)
    for path, sign in ((DRAFTS[1], b"PK"), (DRAFTS[2], b"%PDF")):
        answer = analyst_client.get(path)
        assert answer.content.startswith(sign)
        assert "no-store" in answer.headers["Cache-Control"]
        assert "test-program-cycle-2-draft." in answer.headers["Content-Disposition"]


def test_the_annex_is_for_those_who_see_everything_cited(client: Client) -> None:
    program, row = really_published()
    path = f"{FIRST}annex.json"
    assert client.get(path).status_code == 404
    assert signed_in("viewer").get(path).status_code == 404
    answer = signed_in("analyst").get(path)
    assert hashlib.sha256(answer.content).hexdigest() == json.loads(row.content)["annex_sha256"]
    assert "private" in answer.headers["Cache-Control"]


@pytest.mark.parametrize(
    "path",
    [f"{REPORT}9/", f"{REPORT}9/report.json", f"{CYCLE.replace('2', '3')}report/", f"{REPORT}0/"],
)
def test_what_is_not_published_is_not_there(client: Client, path: str) -> None:
    published()
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", [REPORT, FIRST, *(f"{FIRST}report.{f}" for f in ("json", "docx"))])
def test_the_report_of_a_private_program_is_the_team_s(client: Client, path: str) -> None:
    published()
    Program.objects.update(is_public=False)
    assert client.get(path).status_code == 404
    answer = signed_in("viewer").get(path)
    assert answer.status_code == 200
    assert "private" in answer.headers["Cache-Control"]


def test_the_newest_report_is_the_one_that_was_known(client: Client) -> None:
    published()
    then = text_of(client.get(f"{REPORT}?known_at=2026-07-08"))
    assert "<b>Version 1</b>" in then
    assert "This version was corrected." not in then
    assert "As of 21 November 2026" in then
    before = client.get(f"{REPORT}?known_at=2026-07-01")
    assert before.status_code == 404
    assert "This report was not published by then." in before.content.decode()


@pytest.mark.parametrize("holds", [True, False])
def test_demonstration_and_four_eyes_off_are_said(client: Client, holds: bool) -> None:
    told = program_told(four_eyes=not holds, slug="test-program")
    make_publication(make_program(), as_of=noon(SECOND_DUE), is_demonstration=holds, program=told)
    page = text_of(client.get(REPORT))
    assert ("They are not a finding of any authority." in page) is holds
    assert ("A judgement may have been approved by the person who wrote it." in page) is holds


def really_published() -> tuple[Program, Publication]:
    """Cycle 2 closed by a manager: on public and on hidden evidence."""
    program = filled_program(2)
    hidden = secret_evidence(program.conditions.get(code="BRAVO"), "restricted")
    last = Assessment.objects.get(condition__code="BRAVO", cycle__number=2)
    make_assessment(
        condition=last.condition,
        cycle=last.cycle,
        status="1",
        cited=(hidden.pk,),
        corrects=last,
        valid_from=FIRST_DUE + DAY,
    )
    cycle = program.cycles.get(number=2)
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(SECOND_DUE))
    return program, Publication.objects.get()


def test_page_data_word_and_api_say_the_same_and_nothing_hidden(client: Client) -> None:
    program, row = really_published()
    content = json.loads(row.content)
    status = client.get(
        f"/api/v1/programs/{program.slug}/status/",
        {"valid_at": row.valid_at.isoformat(), "known_at": row.known_at.isoformat()},
    ).json()
    said = {one["code"]: one["status_label"] for one in status["conditions"]}
    assert said == {"ALPHA": "Largely met", "BRAVO": "Initial steps"}
    assert {one["code"]: one["judgement"]["status_label"] for one in content["conditions"]} == said
    word = client.get(f"{FIRST}report.docx").content
    card = Document(io.BytesIO(word)).tables[0]
    assert {line.cells[0].text.split()[0]: line.cells[2].text for line in card.rows[1:]}.keys() == (
        said.keys()
    )
    page = text_of(client.get(FIRST))
    for code, label in said.items():
        assert label in next(line.cells[2].text for line in card.rows if code in line.cells[0].text)
        assert f'id="c-{code}"' in page
    assert "1 cited document is not public and left out of this report." in page
    for told in (page, row.content):
        assert "Only for some" not in told


def test_the_cycle_leads_to_its_report_and_says_when_it_says_more(client: Client) -> None:
    program, row = really_published()
    page = text_of(client.get(CYCLE))
    assert "Published on 8 July 2026." in page
    assert f'href="{REPORT}"' in page
    assert f'href="{FIRST}report.pdf"' in page
    assert row.sha256 in page
    assert "This page says more than the report." not in page
    wrong = Assessment.objects.get(condition__code="ALPHA", cycle__number=2)
    make_assessment(
        condition=wrong.condition,
        cycle=wrong.cycle,
        status="1",
        corrects=wrong,
        as_of=noon(SECOND_DUE + DAY),
        valid_from=FIRST_DUE + DAY,
    )
    page = text_of(client.get(CYCLE))
    assert "Approved after version 1 was published: ALPHA." in page
    publish_correction(
        cycle=row.cycle,
        note="ALPHA was wrong.",
        by=make_user("manager"),
        as_of=noon(SECOND_DUE + 2 * DAY),
    )
    page = text_of(client.get(CYCLE))
    assert "This page says more than the report." not in page
    assert "Corrected on 10 July 2026" in page
    assert "ALPHA was wrong." in page
    assert f'href="{FIRST}"' in page
    assert "Published on" not in text_of(client.get(f"{CYCLE}?known_at=2026-07-01"))


def test_addresses_named_elsewhere_are_those_that_are_served() -> None:
    place = ("syria", 4)
    assert [
        report_addresses.report_path(*place),
        report_addresses.report_path(*place, 2),
        report_addresses.draft_path(*place),
        *(report_addresses.file_path(*place, 2, form) for form in report_addresses.FORMATS),
    ] == [
        reverse("dashboard:report", args=place),
        reverse("dashboard:report_version", args=[*place, 2]),
        reverse("dashboard:report_draft", args=place),
        *(
            reverse(f"dashboard:report_{form}", args=[*place, 2])
            for form in report_addresses.FORMATS
        ),
    ]


def test_a_skipped_cycle_says_why_and_has_no_report(analyst_client: Client) -> None:
    program = make_program()
    skip_cycle(
        cycle=program.cycles.get(number=2),
        reason="The embassy was closed.",
        by=make_user("manager"),
        as_of=noon(TODAY),
    )
    page = text_of(analyst_client.get(CYCLE))
    assert "Skipped on 21 November 2026: nobody reviewed it" in page
    assert "<b>Why.</b> The embassy was closed." in page
    assert "/report/" not in page
    assert analyst_client.get(REPORT).status_code == 404


def test_an_official_finding_stands_with_its_date_and_document(client: Client) -> None:
    program = filled_program(1)
    cycle, condition = program.cycles.get(number=2), program.conditions.get()
    record_official_finding(
        condition=condition,
        cycle=cycle,
        finding="affirmed",
        found_on=SECOND_DUE,
        by=make_user("manager"),
        as_of=noon(SECOND_DUE),
        document=make_evidence(title="Report to Congress", url="https://example.org/report"),
    )
    page = text_of(client.get(CYCLE))
    assert "8 Jul 2026</time>" in page
    assert '<a href="https://example.org/report"' in page
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(SECOND_DUE))
    report = text_of(client.get(REPORT))
    assert "Report to Congress" in report
    assert "Dated 8 July 2026" in report
