"""Spreadsheets on the desk: uploaded, matched, checked, filed or discarded, and downloaded."""

from __future__ import annotations

import csv
import io
from datetime import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.urls import reverse

from conditions.actions.imports import advance_due_imports, upload_sheet
from conditions.actions.imports.working import LEASE
from conditions.actions.sheets import open_sheet
from conditions.admin.pages import exports
from conditions.models import Event, Evidence, EvidenceImport, Program
from conditions.rules.sheets.columns import NAMES
from tests.admin.conftest import Person, sign_in
from tests.admin.test_lists import INLINE
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_program, make_user

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)
IMPORT = "conditions_evidenceimport"
HEADINGS = ["Title", "Publisher", "URL", "Summary", "Date", "Conditions"]


@pytest.fixture
def program() -> Program:
    return make_program(slug="one", conditions=["ALPHA", "BETA"], is_default=True)


def sheet(rows: int = 3, **wrong: str) -> bytes:
    """CSV of sound rows; ``wrong`` replaces the day of the row of that number, as in r3."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for n in range(2, rows + 2):
        day = wrong.get(f"r{n}", "2026-03-09")
        url = f"https://example.org/sheet/{n}"
        writer.writerow([f"Row {n}", "The Gazette", url, "Said.", day, "ALPHA:supports"])
    return text.getvalue().encode()


def upload(person: Person, program: Program, body: bytes, name: str = "rows.csv") -> HttpResponse:
    file = SimpleUploadedFile(name, body)
    return person.post(f"{IMPORT}_add", program=program.pk, file=file)


def checked(person: Person, program: Program, body: bytes) -> EvidenceImport:
    """An import as its check left it."""
    assert upload(person, program, body).status_code == 302
    found = EvidenceImport.objects.get()
    answer = person.post(f"{IMPORT}_mapping", found.pk, **found.mapping)
    assert answer["Location"] == reverse(f"admin:{IMPORT}_change", args=[found.pk])
    found.refresh_from_db()
    return found


def test_a_small_sheet_is_matched_checked_and_filed_while_one_waits(
    analyst: Person, program: Program
) -> None:
    found = checked(analyst, program, sheet())
    assert (found.state, found.faults_total, found.rows_good) == ("checked", 0, 3)
    page = analyst.get(f"{IMPORT}_change", found.pk).content.decode()
    assert "File all 3 rows" in page
    assert not Evidence.objects.exists()
    analyst.post(f"{IMPORT}_file", found.pk)
    assert Evidence.objects.count() == 3
    assert set(Evidence.objects.values_list("recorded_by", flat=True)) == {analyst.user.pk}
    page = analyst.get(f"{IMPORT}_change", found.pk).content.decode()
    assert "3 documents filed" in page


def test_the_columns_are_guessed_beside_the_first_rows(analyst: Person, program: Program) -> None:
    upload(analyst, program, sheet(rows=8))
    answer = analyst.get(f"{IMPORT}_mapping", EvidenceImport.objects.get().pk)
    page = answer.content.decode()
    assert answer.context["form"].initial["published_on"] == "Date"
    assert "Row 6" in page
    assert "Row 7" not in page
    assert not INLINE.search(page)


def test_an_error_is_shown_at_its_cell_and_the_good_rows_can_be_filed(
    analyst: Person, program: Program
) -> None:
    found = checked(analyst, program, sheet(r3="03/09/2026"))
    page = analyst.get(f"{IMPORT}_change", found.pk).content.decode()
    for told in ("E3", "03/09/2026", "either way round", "2026-03-09", "File the 2 good rows"):
        assert told in page
    listed = analyst.get(f"{IMPORT}_errors", found.pk).content.decode("utf-8-sig")
    assert "E3,3,Date,Published on,03/09/2026," in listed
    analyst.post(f"{IMPORT}_file", found.pk)
    assert Evidence.objects.count() == 2


def test_a_large_sheet_is_the_workers_and_the_page_follows(
    analyst: Person, program: Program
) -> None:
    found = checked(analyst, program, sheet(rows=501))
    assert found.state == "checking"
    page = analyst.get(f"{IMPORT}_change", found.pk).content.decode()
    assert 'hx-trigger="every 1s"' in page
    assert "0 of 501 rows checked" in page
    assert not INLINE.search(page)
    assert advance_due_imports(owner="w", clock=lambda: NOW) == 1
    assert "File all 501 rows" in analyst.get(f"{IMPORT}_change", found.pk).content.decode()


@pytest.mark.parametrize("state", ["checking", "loading"])
def test_the_page_says_when_a_run_last_went_on_and_that_it_begins_anew_by_itself(
    analyst: Person, program: Program, state: str
) -> None:
    found = checked(analyst, program, sheet(rows=501))

    def told(lease_until: datetime | None) -> str:
        EvidenceImport.objects.update(state=state, lease_owner="w", lease_until=lease_until)
        return analyst.get(f"{IMPORT}_change", found.pk).content.decode()

    waiting, working, dead = told(None), told(NOW + LEASE), told(NOW)
    assert "It waits for the worker" in waiting
    assert "Last progress" not in waiting
    assert "Last progress at 12:00:00 UTC." in working
    assert "begins anew by itself soon after 12:02:00 UTC" in working
    assert ("nothing is filed, and" in working) == (state == "loading")
    assert f"No progress since 11:58:00 UTC, {TODAY.day} {TODAY:%b %Y}." in dead
    assert "begins anew by itself as soon as a worker looks" in dead
    assert "see that a worker runs" in waiting
    assert "see that a worker runs" in dead


@pytest.mark.parametrize(
    ("name", "body"),
    [("a.xlsm", b"PK\x03\x04"), ("a.csv", b""), ("a.csv", b"Title\n\xe4\n"), ("a.xlsx", b"a,b\n")],
)
def test_what_is_no_spreadsheet_is_refused_at_its_field(
    analyst: Person, program: Program, name: str, body: bytes
) -> None:
    answer = upload(analyst, program, body, name)
    assert answer.status_code == 422
    assert "file" in answer.context["form"].errors
    assert not EvidenceImport.objects.exists()


def test_a_needed_column_is_asked_for_at_its_field(analyst: Person, program: Program) -> None:
    upload(analyst, program, sheet())
    found = EvidenceImport.objects.get()
    answer = analyst.post(f"{IMPORT}_mapping", found.pk, title="Title")
    assert answer.status_code == 422
    assert {"publisher", "summary", "url"} <= set(answer.context["form"].errors)


def test_a_discarded_import_keeps_no_file(analyst: Person, program: Program) -> None:
    found = checked(analyst, program, sheet())
    assert "Nothing of it is filed" in analyst.get(f"{IMPORT}_discard", found.pk).content.decode()
    analyst.post(f"{IMPORT}_discard", found.pk)
    found.refresh_from_db()
    assert (found.state, bytes(found.body)) == ("discarded", b"")
    assert "was discarded" in analyst.get(f"{IMPORT}_change", found.pk).content.decode()
    assert analyst.post(f"{IMPORT}_file", found.pk).status_code == 422


def test_who_did_not_upload_a_sheet_does_not_file_it(analyst: Person, program: Program) -> None:
    found = checked(analyst, program, sheet())
    other = sign_in("manager")
    assert "File all" not in other.get(f"{IMPORT}_change", found.pk).content.decode()
    answer = other.post(f"{IMPORT}_file", found.pk)
    assert "Upload the sheet yourself" in answer.content.decode()
    assert not Evidence.objects.exists()


def test_each_role_does_what_it_may(program: Program) -> None:
    body = sheet()
    found = upload_sheet(
        program=program, filename="a.csv", body=body, by=make_user("analyst"), as_of=NOW
    )
    for role in ("viewer", "analyst", "reviewer", "manager"):
        person = sign_in(role)
        writes, sees = role in ("analyst", "manager"), role != "viewer"
        assert person.get(f"{IMPORT}_changelist").status_code == (200 if sees else 403)
        assert person.get(f"{IMPORT}_change", found.pk).status_code == (200 if sees else 403)
        assert person.get(f"{IMPORT}_errors", found.pk).status_code == (200 if sees else 403)
        for name in ("mapping", "file", "discard"):
            status = person.get(f"{IMPORT}_{name}", found.pk).status_code
            assert status == (200 if writes else 403)
        for name in ("mapping", "file", "discard", "check"):
            status = person.post(f"{IMPORT}_{name}", found.pk).status_code
            assert status in ((403, 409, 422) if writes else (403,))
        assert person.get(f"{IMPORT}_template", "xlsx").status_code == (200 if writes else 403)
        assert upload(person, program, body).status_code == (302 if writes else 403)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_template_can_be_brought_in_but_for_its_example(
    analyst: Person, program: Program, kind: str
) -> None:
    body = analyst.get(f"{IMPORT}_template", kind).content
    opened = open_sheet(f"t.{kind}", body)
    assert opened.headings == NAMES
    assert len(list(opened.rows)) == 1
    assert upload(analyst, program, body, f"t.{kind}").status_code == 302
    found = EvidenceImport.objects.get()
    analyst.post(f"{IMPORT}_mapping", found.pk, **found.mapping)
    found.refresh_from_db()
    assert "Delete this row." in [fault["remedy"] for fault in found.faults]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_downloaded_as_it_is_narrowed_and_as_its_reader_may_see(
    program: Program, kind: str
) -> None:
    alpha, beta = program.conditions.order_by("code")
    make_evidence(condition=alpha, title="=cmd|calc", credibility=1)
    make_evidence(condition=beta, title="Of the team", sensitivity="team", credibility=1)
    make_evidence(condition=beta, title="Kept", sensitivity="restricted", credibility=1)
    make_evidence(condition=beta, title="Protected", sensitivity="source_protected")
    make_evidence(condition=beta, title="Doubted", credibility=5)

    def titles(role: str, **query: object) -> list[str]:
        answer = sign_in(role).get("conditions_evidence_export", kind, **query)
        assert answer.status_code == 200
        assert f"evidence-{TODAY}.{kind}" in answer["Content-Disposition"]
        parts = answer.streaming_content if answer.streaming else [answer.content]
        body = b"".join(parts)
        assert b",=cmd" not in body
        opened = open_sheet(f"e.{kind}", body)
        return [str(row.cells[opened.headings.index("title")]) for row in opened.rows]

    assert titles("viewer") == ["=cmd|calc", "Of the team", "Doubted"]
    assert titles("analyst") == ["=cmd|calc", "Of the team", "Doubted"]
    assert titles("analyst", credibility="1") == ["=cmd|calc", "Of the team"]
    event = Event.objects.filter(verb="evidence.exported").latest("id")
    assert (event.subject_type, event.subject_id) == ("program", str(program.pk))
    assert event.actor is not None
    assert event.after == {"count": 2, "format": kind, "sensitivities": ["public", "team"]}
    assert Event.objects.filter(verb="evidence.exported").count() == 3


def test_a_workbook_of_too_many_documents_is_refused_with_what_to_do_instead(
    analyst: Person, program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "MOST_IN_WORKBOOK", 2)
    for title in ("A", "B"):
        make_evidence(title=title)
    assert analyst.get("conditions_evidence_export", "xlsx").status_code == 200
    make_evidence(title="C")
    answer = analyst.get("conditions_evidence_export", "xlsx")
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "These are 3 documents; a workbook is made here of at most 2." in told
    assert "as CSV" in told
    assert "python manage.py export_evidence" in told
    body = b"".join(analyst.get("conditions_evidence_export", "csv").streaming_content)
    assert body.count(b"\r\n") == 4
    counts = Event.objects.filter(verb="evidence.exported").order_by("id")
    assert [event.after["count"] for event in counts] == [2, 3]


def test_the_list_says_how_many_documents_no_file_holds(program: Program) -> None:
    make_evidence(title="Open")
    url = "conditions_evidence_changelist"
    analyst, viewer = sign_in("analyst"), sign_in("viewer")
    assert "left out" not in analyst.get(url).content.decode()
    make_evidence(title="Protected", sensitivity="source_protected")
    told = "(1 restricted or source-protected document is left out)"
    assert told in analyst.get(url).content.decode()
    make_evidence(title="Kept", sensitivity="restricted")
    told = "(2 restricted or source-protected documents are left out)"
    assert told in analyst.get(url).content.decode()
    assert "left out" not in viewer.get(url).content.decode()


def test_what_a_search_found_is_downloaded(analyst: Person, program: Program) -> None:
    make_evidence(title="A harbour opens")
    make_evidence(title="A bridge closes")
    make_evidence(title="A harbour, told in confidence", sensitivity="source_protected")
    assert analyst.get("search_export", "csv").status_code == 422
    body = b"".join(analyst.get("search_export", "csv", q="harbour").streaming_content)
    assert b"harbour" in body
    assert b"bridge" not in body
    assert b"confidence" not in body
    assert Event.objects.get(verb="evidence.exported").after["count"] == 1
    page = analyst.get("search", q="harbour").content.decode()
    assert reverse("admin:search_export", args=["xlsx"]) + "?q=harbour" in page
    assert "Files leave out restricted and source-protected documents." in page
    page = sign_in("viewer").get("search", q="harbour").content.decode()
    assert "Files leave out" not in page
