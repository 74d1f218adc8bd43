"""Captures: owed, made, tried again, given up, uploaded, opened; what is stored stays."""

from __future__ import annotations

import hashlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from django.db import DatabaseError, transaction
from pytest_django import Settings

from conditions.actions.capture_orders import lease_next, owe_missing_captures
from conditions.actions.captures import (
    LEASE,
    FileRefused,
    Made,
    NothingToFetch,
    make_due_captures,
    order_capture,
    upload_capture,
)
from conditions.actions.copies import CopyDamaged, open_copy, verify_copy
from conditions.actions.evidence import EvidenceItem, amend_evidence, file_evidence
from conditions.actions.leases import LONGEST_RUN
from conditions.actions.record import PermissionMissing
from conditions.models import Capture, CaptureBody, CaptureOrder, CustodyEntry, Event, Evidence
from conditions.models.guards import all_guards
from conditions.outbound.fetching import Limits
from conditions.rules.captures import MOST_ATTEMPTS, pause_after_attempt
from conditions.rules.files import NotThisKind
from conditions.rules.refusals import Conflict
from tests.days import DAY, TODAY, noon
from tests.factories import make_evidence, make_program, make_source, make_user
from tests.hostile import Server, answer, redirect, serving, silence

pytestmark = [pytest.mark.django_db, pytest.mark.network]
NOW = noon(TODAY)
PAGE = b"<html><body><article><h1>Report</h1><p>The border is calm.</p></article></body></html>"
LIMITS = Limits(max_bytes=50_000, total_seconds=5, allowed_addresses=frozenset({"127.0.0.1"}))


@dataclass
class Origin:
    """A site whose answer can change."""

    reply: bytes = field(default_factory=lambda: answer(b"The border is calm.", kind="text/plain"))
    server: Server = field(default_factory=lambda: Server(0))

    def evidence(self, **fields: Any) -> Evidence:
        """A document that stands here."""
        return make_evidence(url=self.server.url("/report"), **fields)


@pytest.fixture
def origin(settings: Settings) -> Iterator[Origin]:
    """A site on this machine, and a tracker that may call outside."""
    settings.OUTSIDE_CALLS = True
    site = Origin()

    def behave(connection: socket.socket, request: str) -> None:
        connection.sendall(site.reply)

    with serving(behave) as server:
        site.server = server
        yield site


def make(*, at: datetime = NOW, owner: str = "one", limits: Limits = LIMITS) -> Made:
    return make_due_captures(owner=owner, clock=lambda: at, limits=limits)


def owe(evidence: Evidence, *, at: datetime = NOW) -> CaptureOrder:
    order = order_capture(evidence=evidence, by=make_user("analyst"), as_of=at, asked=True)
    assert order is not None
    return order


def item(**changes: Any) -> EvidenceItem:
    return EvidenceItem(
        **{
            "title": "A report",
            "source_id": make_source().pk,
            "summary": "What it says.",
            "url": "https://example.org/report",
            **changes,
        }
    )


# --- What is owed -------------------------------------------------------------------------------


def test_filing_a_document_with_an_address_owes_a_copy() -> None:
    analyst = make_user("analyst")
    filed = file_evidence(item=item(), by=analyst, as_of=NOW)
    order = filed.capture_orders.get()
    assert (order.state, order.asked_by, order.next_attempt_at) == ("owed", analyst, NOW)
    without = file_evidence(item=item(url="", reference="S/2026/1"), by=analyst, as_of=NOW)
    assert not without.capture_orders.exists()


def test_an_amendment_owes_a_copy_only_of_another_address(origin: Origin) -> None:
    analyst = make_user("analyst")
    filed = file_evidence(
        item=item(url=origin.server.url("/a", host="localhost")), by=analyst, as_of=NOW
    )
    assert make().stored == 1
    told: dict[str, Any] = {"by": analyst, "as_of": NOW, "reason": "It moved."}
    changed = item(
        url=origin.server.url("/a", host="localhost"),
        title="Another title",
        source_id=filed.source_id,
    )
    filed = amend_evidence(evidence=filed, item=changed, expected_revision=1, **told)
    assert [order.state for order in filed.capture_orders.all()] == ["done"]
    moved = item(url=origin.server.url("/b", host="localhost"), source_id=filed.source_id)
    amend_evidence(evidence=filed, item=moved, expected_revision=2, **told)
    assert {order.state for order in filed.capture_orders.all()} == {"done", "owed"}


def test_an_order_is_owed_once_and_asking_brings_it_forward() -> None:
    evidence, analyst = make_evidence(), make_user("analyst")
    first = order_capture(evidence=evidence, by=analyst, as_of=NOW)
    assert order_capture(evidence=evidence, by=analyst, as_of=NOW + DAY) == first
    CaptureOrder.objects.update(next_attempt_at=NOW + 2 * DAY)
    asked = order_capture(evidence=evidence, by=analyst, as_of=NOW + DAY, asked=True)
    assert asked == first
    assert asked.next_attempt_at == NOW + DAY
    assert CaptureOrder.objects.count() == 1


def test_a_young_copy_is_enough_unless_somebody_asks(origin: Origin) -> None:
    evidence, analyst = origin.evidence(), make_user("analyst")
    owe(evidence)
    make()
    later = NOW + timedelta(days=7)
    before = later - timedelta(seconds=1)
    assert order_capture(evidence=evidence, by=None, as_of=before) is None
    assert order_capture(evidence=evidence, by=None, as_of=later) is not None
    make(at=later)
    assert order_capture(evidence=evidence, by=analyst, as_of=later, asked=True) is not None


def test_asking_takes_the_right_and_an_address() -> None:
    evidence = make_evidence()
    for role in ("viewer", "reviewer"):
        with pytest.raises(PermissionMissing):
            order_capture(evidence=evidence, by=make_user(role), as_of=NOW, asked=True)
    without = make_evidence(url="", canonical_url="", reference="S/2026/1")
    with pytest.raises(NothingToFetch):
        order_capture(evidence=without, by=make_user("analyst"), as_of=NOW, asked=True)


# --- What is made -------------------------------------------------------------------------------


def test_the_origin_changes_and_dies_and_the_copy_stays(origin: Origin) -> None:
    program = make_program()
    origin.reply = answer(PAGE)
    evidence = origin.evidence(condition=program.conditions.get())
    order = owe(evidence)
    revision = program.revision
    assert make() == Made(stored=1)
    stored = Capture.objects.get()
    origin.reply = answer(b"<p>We never said that.</p>")
    owe(evidence, at=NOW + DAY)
    make(at=NOW + DAY)
    origin.reply = answer(b"", status="410 Gone")
    owe(evidence, at=NOW + 2 * DAY)
    assert make(at=NOW + 2 * DAY) == Made(failed=1)
    first, second, third = Capture.objects.order_by("captured_at")
    assert [one.outcome for one in (first, second, third)] == ["stored", "stored", "gone"]
    assert (third.reason, third.http_status) == ("The site answered 410.", 410)
    stored.refresh_from_db()
    opener = make_user("reviewer")
    assert open_copy(capture=stored, by=opener, as_of=NOW + 3 * DAY) == PAGE
    assert stored.sha256 == hashlib.sha256(PAGE).hexdigest()
    assert (stored.size, stored.http_status) == (len(PAGE), 200)
    assert (stored.url, stored.final_url) == (evidence.url, evidence.url)
    assert stored.content_type == "text/html"
    assert "The border is calm." in stored.text
    assert stored.text_tool.startswith("trafilatura ")
    assert stored.tool.startswith("sanctions-conditions-tracker/")
    assert [(entry.act, entry.by) for entry in stored.custody.all()] == [
        ("captured", order.asked_by),
        ("opened", opener),
    ]
    order.refresh_from_db()
    assert (order.state, order.finished_at, order.lease_owner) == ("done", NOW, "")
    verbs = Event.objects.filter(subject_type="evidence", verb__startswith="capture.")
    assert list(verbs.order_by("id").values_list("verb", flat=True)) == [
        "capture.stored",
        "capture.stored",
        "capture.failed",
    ]
    program.refresh_from_db()
    assert program.revision > revision


def test_the_search_finds_what_the_copy_says(origin: Origin) -> None:
    evidence = origin.evidence()
    owe(evidence)
    make()
    assert "border is calm" in evidence.search_text.body


def test_redirects_are_told_and_the_bytes_kept_once(origin: Origin) -> None:
    evidence = origin.evidence()
    owe(evidence)
    make()
    owe(evidence, at=NOW + DAY)
    make(at=NOW + DAY)
    assert (Capture.objects.count(), CaptureBody.objects.count()) == (2, 1)
    origin.reply = redirect("http://127.0.0.2/")
    owe(evidence, at=NOW + 2 * DAY)
    with silence(at="127.0.0.1"):
        make(at=NOW + 2 * DAY)
    refused = Capture.objects.order_by("-id")[0]
    assert refused.outcome == "refused"
    assert "it is this machine" in refused.reason
    assert CaptureOrder.objects.order_by("-id")[0].state == "given_up"


def test_a_failure_waits_longer_each_time_and_is_given_up(origin: Origin) -> None:
    origin.reply = answer(b"", status="503 Busy")
    order = owe(origin.evidence())
    at, pauses = NOW, []
    for attempt in range(1, MOST_ATTEMPTS + 1):
        assert make(at=at) == Made(failed=1)
        order.refresh_from_db()
        assert order.attempts == attempt
        assert order.last_error == "The site answered 503."
        if attempt < MOST_ATTEMPTS:
            pauses.append(order.next_attempt_at - at)
            assert make(at=order.next_attempt_at - timedelta(seconds=1)) == Made()
            at = order.next_attempt_at
    assert pauses == sorted(set(pauses)) == [pause_after_attempt(n) for n in range(1, 6)]
    assert (order.state, order.finished_at) == ("given_up", at)
    assert make(at=at + 30 * DAY) == Made()
    assert Capture.objects.filter(outcome="failed").count() == MOST_ATTEMPTS


def test_nothing_is_dialled_while_outside_calls_are_off(settings: Settings) -> None:
    settings.OUTSIDE_CALLS = False
    with silence() as listener:
        order = owe(make_evidence(url=listener.url()))
        assert make() == Made()
    order.refresh_from_db()
    assert (order.state, order.attempts) == ("owed", 0)
    assert not Capture.objects.exists()


def test_two_workers_share_what_is_due_and_a_dead_one_gives_it_back(origin: Origin) -> None:
    orders = {owe(origin.evidence()).pk for _ in range(2)}
    first = lease_next(owner="one", as_of=NOW, lease_for=LEASE)
    second = lease_next(owner="two", as_of=NOW, lease_for=LEASE)
    assert first is not None
    assert second is not None
    assert {first.pk, second.pk} == orders
    assert lease_next(owner="three", as_of=NOW, lease_for=LEASE) is None
    assert make(at=NOW + LEASE - timedelta(seconds=1)) == Made()
    assert make(at=NOW + LEASE) == Made(stored=2)


def test_who_comes_back_after_the_lease_stores_nothing_a_second_time(origin: Origin) -> None:
    evidence = origin.evidence()
    owe(evidence)
    moments = iter([NOW, NOW])

    def slow_clock() -> datetime:
        moment = next(moments, None)
        if moment is None:
            # While the first worker was away, another one took the order over and ended it.
            if not Capture.objects.exists():
                assert make(at=NOW + LEASE, owner="two") == Made(stored=1)
            return NOW + LEASE
        return moment

    assert make_due_captures(owner="one", clock=slow_clock, limits=LIMITS) == Made()
    assert Capture.objects.count() == CustodyEntry.objects.count() == 1


def test_a_copy_without_a_text_is_a_copy(origin: Origin) -> None:
    origin.reply = answer(b"%PDF-1.7 broken", kind="application/pdf")
    owe(origin.evidence())
    assert make() == Made(stored=1)
    stored = Capture.objects.get()
    assert (stored.text, stored.text_tool, stored.size) == ("", "", 15)


def test_a_pdf_is_kept_to_the_byte_and_its_text_found(origin: Origin) -> None:
    body = pdf("The camps were opened in March.")
    origin.reply = answer(body, kind="application/pdf")
    evidence = origin.evidence()
    owe(evidence)
    assert make() == Made(stored=1)
    stored = Capture.objects.get()
    assert open_copy(capture=stored, by=make_user("reviewer"), as_of=NOW) == body
    assert stored.content_type == "application/pdf"
    assert stored.text == "The camps were opened in March."
    assert stored.text_tool.startswith("pypdf ")
    assert "camps were opened" in evidence.search_text.body


def pdf(text: str) -> bytes:
    """A whole PDF of one page with one line."""
    drawn = b"BT /F1 12 Tf 72 700 Td (%s) Tj ET" % text.encode("ascii")
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = b"%PDF-1.4\n", b"0000000000 65535 f \n"
    for number, one in enumerate(objects, start=1):
        places += b"%010d 00000 n \n" % len(body)
        body += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    end = b"trailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % len(body)
    return body + b"xref\n0 6\n" + places + end


@pytest.mark.parametrize(
    ("kind", "body", "found"),
    [
        ("text/plain; charset=windows-1256", "مرحبا".encode("cp1256"), "مرحبا"),
        ("text/plain; charset=nonsense", "مرحبا".encode(), "مرحبا"),
        ("text/plain; charset=utf-8", b"caf\xe9 \x00 bar", "caf"),
    ],
)
def test_a_wrong_character_set_does_not_cost_the_text(
    origin: Origin, kind: str, body: bytes, found: str
) -> None:
    origin.reply = answer(body, kind=kind)
    owe(origin.evidence())
    make()
    assert found in Capture.objects.get().text


def test_what_is_stored_cannot_be_changed_or_deleted(origin: Origin) -> None:
    owe(origin.evidence())
    make()
    for rows in (Capture.objects, CaptureBody.objects, CustodyEntry.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        CaptureBody.objects.update(body=b"other")


def test_a_run_ends_when_its_time_is_over(origin: Origin) -> None:
    for _ in range(3):
        owe(origin.evidence())
    moments = iter([NOW, NOW, NOW, NOW + LONGEST_RUN + timedelta(seconds=1)])
    made = make_due_captures(owner="one", clock=lambda: next(moments), limits=LIMITS)
    assert made == Made(stored=1)
    assert CaptureOrder.objects.filter(state="owed", attempts=0).count() == 2


def test_an_operator_owes_what_was_never_captured(origin: Origin) -> None:
    copied, failed, owed, without = (
        *(origin.evidence() for _ in range(3)),
        make_evidence(url="", canonical_url="", reference="S/2026/1"),
    )
    owe(copied)
    make()
    given_up = owe(failed)
    CaptureOrder.objects.filter(pk=given_up.pk).update(state="given_up")
    owe(owed)
    assert owe_missing_captures(by=None, as_of=NOW) == 1
    assert owe_missing_captures(by=None, as_of=NOW) == 0
    due = CaptureOrder.objects.filter(state="owed").values_list("evidence", flat=True)
    assert set(due) == {failed.pk, owed.pk}
    assert not without.capture_orders.exists()
    with pytest.raises(PermissionMissing):
        owe_missing_captures(by=make_user("viewer"), as_of=NOW)


# --- What is uploaded ---------------------------------------------------------------------------


def office(folder: str = "word", *more: str) -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        for name in ("[Content_Types].xml", f"{folder}/document.xml", *more):
            file.writestr(name, "<x/>")
    return packed.getvalue()


def open_document(kind: str = "text") -> bytes:
    packed = BytesIO()
    with ZipFile(packed, "w") as file:
        file.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        file.writestr("content.xml", "<x/>")
    return packed.getvalue()


KEPT = {
    "scan.png": b"\x89PNG\r\n\x1a\n....",
    "photo.JPG": b"\xff\xd8\xff\xe0....",
    "notes.txt": "Notes — مرحبا\n".encode(),
    "letter.docx": office(),
    "sheet.xlsx": office("xl"),
    "letter.odt": open_document(),
}


@pytest.mark.parametrize("name", KEPT)
def test_a_file_is_kept_as_it_is(name: str) -> None:
    evidence, analyst = make_evidence(), make_user("analyst")
    kept = upload_capture(evidence=evidence, filename=name, body=KEPT[name], by=analyst, as_of=NOW)
    assert (kept.origin, kept.outcome, kept.filename) == ("uploaded", "stored", name)
    assert open_copy(capture=kept, by=analyst, as_of=NOW) == KEPT[name]
    assert [entry.act for entry in kept.custody.all()] == ["captured", "opened"]
    assert kept.custody.all()[0].note == f"Uploaded as {name}."


REFUSED_FILES = {
    "page.html": b"<html></html>",
    "page.txt": b"<!DOCTYPE html><script>alert(1)</script>",
    "picture.svg": b"<svg/>",
    "scan.pdf": b"\x89PNG\r\n\x1a\n",
    "scan.png": b"%PDF-1.7",
    "program.exe": b"MZ\x00\x00",
    "program.txt": b"MZ\x00\x00",
    "macro.docx": office("word", "word/vbaProject.bin"),
    "sheet.docx": office("xl"),
    "archive.docx": b"PK\x03\x04 broken",
    "sheet.odt": open_document("spreadsheet"),
    "noending": b"text",
}


@pytest.mark.parametrize("name", REFUSED_FILES)
def test_a_file_that_is_not_what_its_name_says_is_refused(name: str) -> None:
    with pytest.raises(NotThisKind):
        upload_capture(
            evidence=make_evidence(),
            filename=name,
            body=REFUSED_FILES[name],
            by=make_user("analyst"),
            as_of=NOW,
        )
    assert not CaptureBody.objects.exists()


def test_a_file_has_a_size_and_its_uploader_the_right(settings: Settings) -> None:
    settings.CAPTURE_MAX_BYTES = 10_000
    told: dict[str, Any] = {"evidence": make_evidence(), "filename": "a.txt", "as_of": NOW}
    for body in (b"", b"x" * 10_001):
        with pytest.raises(FileRefused):
            upload_capture(body=body, by=make_user("analyst"), **told)
    for role in ("viewer", "reviewer"):
        with pytest.raises(PermissionMissing):
            upload_capture(body=b"text", by=make_user(role), **told)


def test_a_path_in_a_name_is_left_out() -> None:
    kept = upload_capture(
        evidence=make_evidence(),
        filename="C:\\tmp\\../../etc/no\r\ntes.txt",
        body=b"text",
        by=make_user("analyst"),
        as_of=NOW,
    )
    assert kept.filename == "notes.txt"


def test_opening_takes_the_right_and_sound_bytes() -> None:
    kept = upload_capture(
        evidence=make_evidence(),
        filename="a.txt",
        body=b"text",
        by=make_user("analyst"),
        as_of=NOW,
    )
    with pytest.raises(PermissionMissing):
        open_copy(capture=kept, by=make_user("viewer"), as_of=NOW)
    drop_guard_of_bodies()
    CaptureBody.objects.update(body=b"other")
    with pytest.raises(CopyDamaged):
        open_copy(capture=Capture.objects.get(), by=make_user("reviewer"), as_of=NOW)
    assert [entry.act for entry in kept.custody.all()] == ["captured"]


def test_verifying_works_the_hash_out_anew_and_is_on_record() -> None:
    reviewer = make_user("reviewer")
    kept = upload_capture(
        evidence=make_evidence(),
        filename="a.txt",
        body=b"text",
        by=make_user("analyst"),
        as_of=NOW,
    )
    assert verify_copy(capture=kept, by=reviewer, as_of=NOW + DAY)
    drop_guard_of_bodies()
    CaptureBody.objects.update(body=b"other")
    assert not verify_copy(capture=Capture.objects.get(), by=reviewer, as_of=NOW + 2 * DAY)
    with pytest.raises(PermissionMissing):
        verify_copy(capture=kept, by=make_user("viewer"), as_of=NOW)
    assert [(entry.act, entry.note, entry.at) for entry in kept.custody.all()] == [
        ("captured", "Uploaded as a.txt.", NOW),
        ("verified", "The bytes fit their SHA-256.", NOW + DAY),
        ("verified", "The bytes do not fit their SHA-256.", NOW + 2 * DAY),
    ]


def test_an_attempt_without_a_copy_is_neither_opened_nor_verified(origin: Origin) -> None:
    origin.reply = answer(b"", status="404 Not Found")
    owe(origin.evidence())
    make()
    missed = Capture.objects.get()
    for act in (open_copy, verify_copy):
        with pytest.raises(Conflict, match="brought no copy"):
            act(capture=missed, by=make_user("reviewer"), as_of=NOW)
    assert not CustodyEntry.objects.exists()


def drop_guard_of_bodies() -> None:
    """Goes past the guards, as somebody with the database's own password could."""
    from_table = "conditions_capturebody"
    with transaction.get_connection().cursor() as cursor:
        for guard in all_guards():
            if guard.table == from_table and guard.write == "UPDATE":
                is_postgres = transaction.get_connection().vendor == "postgresql"
                on = f" ON {guard.table}" if is_postgres else ""
                cursor.execute(f"DROP TRIGGER {guard.name}{on}")
