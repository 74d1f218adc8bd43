"""Imports: every error at its cell, nothing written unless it is right, the same rows back."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.backends.utils import CursorWrapper
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from conditions.actions.evidence import EvidenceItem, amend_evidence, file_evidence
from conditions.actions.evidence_files.filing import Filing
from conditions.actions.imports import (
    BadMapping,
    ImportMoved,
    ImportOfAnother,
    advance_due_imports,
    advance_import,
    check_again,
    discard_import,
    file_import,
    import_at_once,
    import_preview,
    map_columns,
    plan_import,
    upload_sheet,
)
from conditions.actions.imports.working import LEASE
from conditions.actions.record import PermissionMissing
from conditions.actions.sheets import checking, open_sheet, opening
from conditions.models import (
    CaptureOrder,
    Event,
    Evidence,
    EvidenceImport,
    EvidenceLink,
    EvidenceVersion,
    Program,
    Source,
    TextComparison,
    User,
)
from conditions.outbound.sheets import evidence_csv, evidence_xlsx
from conditions.queries.evidence_sheet import sheet_rows
from conditions.rules.sheets.columns import NAMES
from conditions.rules.sheets.safety import plain_lines
from tests.days import TODAY, noon
from tests.factories import make_evidence, make_program, make_source, make_user
from tests.sheets import HEADINGS, as_csv, as_xlsx, sheet_row

pytestmark = pytest.mark.django_db
NOW = noon(TODAY)


def clock() -> Any:
    return NOW


@pytest.fixture
def program() -> Program:
    return make_program(slug="one", conditions=["ALPHA", "BETA"], is_default=True)


@pytest.fixture
def ana() -> User:
    return make_user("analyst")


def uploaded(program: Program, by: User | None, rows: list[list[object]]) -> EvidenceImport:
    body = as_csv([HEADINGS, *rows])
    return upload_sheet(program=program, filename="a.csv", body=body, by=by, as_of=NOW)


def checked(program: Program, by: User | None, rows: list[list[object]]) -> EvidenceImport:
    found = uploaded(program, by, rows)
    map_columns(found=found, mapping=found.mapping, by=by, as_of=NOW)
    assert advance_due_imports(owner="w", clock=clock) == 1
    found.refresh_from_db()
    return found


def filed(found: EvidenceImport, *, only_good_rows: bool = False) -> EvidenceImport:
    file_import(found=found, only_good_rows=only_good_rows, by=found.created_by, as_of=NOW)
    assert advance_import(pk=found.pk, owner="w", clock=clock)
    found.refresh_from_db()
    return found


def cells_of(found: EvidenceImport) -> list[str]:
    return [fault["cell"] for fault in found.faults]


def counts() -> tuple[int, ...]:
    return tuple(
        model.objects.count() for model in (Evidence, EvidenceVersion, EvidenceLink, Source)
    )


PLANTED: list[tuple[str, dict[str, object]]] = [
    ("A", {"title": ""}),
    ("B", {"publisher": " "}),
    ("C", {"url": "not an address"}),
    ("D", {"summary": ""}),
    ("E", {"published_on": "03/04/2026"}),
    ("F", {"credibility": "7"}),
    ("G", {"bears_on": "GAMMA:supports"}),
    ("G", {"bears_on": "ALPHA"}),
    ("E", {"published_on": "2027-01-01"}),
    ("C", {"url": "https://example.org/sheet/2"}),
]


def planted(number: int, errors: int) -> tuple[list[list[object]], list[str]]:
    """``number`` rows with so many errors spread among them, and the cells of the errors."""
    rows = [sheet_row(n) for n in range(2, number + 2)]
    cells = []
    step = number // errors
    for at in range(errors):
        column, wrong = PLANTED[at % len(PLANTED)]
        n = 3 + at * step
        rows[n - 2] = sheet_row(n, **wrong)
        cells.append(f"{column}{n}")
    return rows, cells


@pytest.mark.parametrize("form", [as_csv, as_xlsx])
def test_forty_errors_among_five_thousand_rows_are_all_told_and_nothing_is_written(
    program: Program, ana: User, form: Callable[..., bytes]
) -> None:
    rows, cells = planted(5_000, 40)
    body = form([HEADINGS, *rows])
    name = f"a.{'csv' if form is as_csv else 'xlsx'}"
    found = upload_sheet(program=program, filename=name, body=body, by=ana, as_of=NOW)
    map_columns(found=found, mapping=found.mapping, by=ana, as_of=NOW)
    before = counts()
    advance_import(pk=found.pk, owner="w", clock=clock)
    found.refresh_from_db()
    assert cells_of(found) == cells
    assert all(fault["message"] and fault["remedy"] for fault in found.faults)
    assert (found.rows_done, found.rows_good, found.faults_total) == (5_000, 4_960, 40)
    assert counts() == before
    with pytest.raises(ImportMoved, match="Some rows of this sheet are wrong"):
        file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    if form is as_xlsx:
        return
    right, _ = [sheet_row(n) for n in range(2, 5_002)], None
    filed(checked(program, ana, right))
    assert Evidence.objects.count() == 5_000
    exported = list(sheet_rows(Evidence.objects.all(), program=program))
    written = open_sheet("e.csv", b"".join(evidence_csv(exported)))
    names = ("title", "publisher", "url", "summary", "published_on", "credibility", "bears_on")
    places = [written.headings.index(name) for name in names]
    again = [[row.cells[at] for at in places] for row in written.rows]
    assert again == [[str(value) for value in row] for row in right]


def test_many_rows_are_checked_by_index_though_the_tables_were_empty_before(
    program: Program, ana: User
) -> None:
    """PostgreSQL keeps the plan by which it checks a foreign key with the connection."""
    if connection.vendor == "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("DISCARD PLANS")
        cursor.execute("SET LOCAL plan_cache_mode = force_generic_plan")
        # As where a table is one page: for one row after the other it is read whole.
        for setting in ("off", "on"):
            cursor.execute(f"SET LOCAL enable_indexscan = {setting}")
            cursor.execute(f"SET LOCAL enable_bitmapscan = {setting}")
            if setting == "off":
                filed(checked(program, ana, [sheet_row(2)]))
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        filed(checked(program, ana, [sheet_row(n) for n in range(3, 503)]))
        before = _read_from_the_start(cursor)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert _read_from_the_start(cursor) == before


def _read_from_the_start(cursor: CursorWrapper) -> int:
    """How many rows of evidence this transaction read in going through the whole table."""
    cursor.execute(
        "SELECT seq_tup_read FROM pg_stat_xact_user_tables WHERE relname = 'conditions_evidence'"
    )
    return int(cursor.fetchone()[0])


def test_the_good_rows_are_filed_if_one_says_so(program: Program, ana: User) -> None:
    rows, _ = planted(40, 4)
    found = filed(checked(program, ana, rows), only_good_rows=True)
    assert found.state == "loaded"
    assert Evidence.objects.count() == 36
    assert (found.outcome["filed"], found.outcome["left_out"]) == (36, 4)
    event = Event.objects.get(verb="evidenceimport.filed")
    assert (event.actor, event.after["filed"]) == (ana, 36)
    assert set(EvidenceLink.objects.values_list("recorded_by", flat=True)) == {ana.pk}


def test_every_field_reaches_the_document(program: Program, ana: User) -> None:
    said = dict.fromkeys(NAMES, "") | {
        "url": "https://example.org/a",
        "title": "A title",
        "publisher": "A publisher",
        "reliability": "c",
        "published_on": "9.3.2026",
        "fact_date": "2026-03",
        "language": "ar",
        "summary": "Said.",
        "text": "At ",
        "text_more": "length.",
        "passage_hint": "page 4",
        "voice": "afp-coast",
        "event": "coast",
        "credibility": "2",
        "sensitivity": "Restricted",
        "is_primary": "yes",
        "bears_on": 'ALPHA/A.1:supports "because"; BETA:neutral',
    }
    body = as_csv([NAMES, list(said.values())])
    import_at_once(
        program=program,
        filename="a.csv",
        body=body,
        mapping={},
        only_good_rows=False,
        by=ana,
        clock=clock,
    )
    item = EvidenceItem.of(Evidence.objects.get())
    assert (item.fact_precision, str(item.fact_on), item.language) == ("month", "2026-03-01", "ar")
    assert (item.text, item.passage_hint, item.voice) == ("At length.", "page 4", "afp-coast")
    assert (item.credibility, item.sensitivity, item.is_primary) == (2, "restricted", True)
    assert str(item.published_on) == "2026-03-09"
    assert Source.objects.get(name="A publisher").reliability == "C"
    links = EvidenceLink.objects.order_by("pk")
    assert list(links.values_list("condition__code", "checklist_item__code", "stance", "note")) == [
        ("ALPHA", "A.1", "supports", "because"),
        ("BETA", None, "neutral", ""),
    ]


def test_a_document_on_file_is_known_and_not_an_error(program: Program, ana: User) -> None:
    make_evidence(url="http://example.org/sheet/3/", canonical_url="https://example.org/sheet/3")
    found = checked(program, ana, [sheet_row(n) for n in (2, 3)])
    assert (found.faults_total, found.outcome["known"]) == (0, 1)
    assert found.outcome["known_rows"] == [3]
    found = filed(found)
    assert (found.outcome["filed"], found.outcome["known"]) == (1, 1)
    assert Evidence.objects.count() == 2
    assert EvidenceLink.objects.count() == 4


def test_the_same_document_twice_in_a_sheet_is_an_error_that_names_the_first(
    program: Program, ana: User
) -> None:
    rows = [sheet_row(2), sheet_row(3, url="http://www.example.org:80/x"), sheet_row(4)]
    rows += [sheet_row(5, url="https://www.example.org/x#part")]
    found = checked(program, ana, rows)
    assert cells_of(found) == ["C5"]
    assert "row 3 (C3)" in found.faults[0]["message"]


def test_an_id_of_another_document_is_an_error(program: Program, ana: User) -> None:
    taken = make_evidence()
    body = as_csv([["id", *HEADINGS], [taken.key, *sheet_row(2)], ["No id!", *sheet_row(3)]])
    plan = plan_import(program=program, filename="a.csv", body=body, mapping={}, as_of=NOW)
    assert [fault.path for fault in plan.faults] == ["A2 (id)", "A3 (id)"]
    assert "Another document on file has this id." in str(plan.faults[0])


def test_an_amended_document_is_known_by_its_export(program: Program, ana: User) -> None:
    source = make_source()
    item = EvidenceItem(title="T", source_id=source.pk, summary="S", reference="R 1")
    kept = file_evidence(item=item, by=ana, as_of=NOW)
    amend_evidence(
        evidence=kept,
        item=EvidenceItem(title="T", source_id=source.pk, summary="S", reference="R 2"),
        by=ana,
        as_of=NOW,
        expected_revision=1,
        reason="Misread.",
    )
    body = b"".join(evidence_csv(sheet_rows(Evidence.objects.all(), program=program)))
    plan = plan_import(program=program, filename="a.csv", body=body, mapping={}, as_of=NOW)
    assert (plan.faults, plan.known) == ((), 1)


def test_a_publisher_is_found_however_it_is_capitalised(program: Program, ana: User) -> None:
    source = make_source()
    rows = [
        sheet_row(2, publisher=source.name.upper()),
        sheet_row(3, publisher="New Paper"),
        sheet_row(4, publisher="NEW paper"),
    ]
    filed(checked(program, ana, rows))
    assert set(Source.objects.values_list("name", flat=True)) == {source.name, "New Paper"}
    assert Source.objects.get(name="New Paper").reliability == "F"


@pytest.mark.parametrize(
    ("mapping", "fields"),
    [
        ({}, {"title", "publisher", "summary", "url"}),
        ({"colour": "Title"}, {"colour", "title", "publisher", "summary", "url"}),
        ({"title": "Nowhere"}, {"title", "publisher", "summary", "url"}),
        (
            {"title": "Title", "publisher": "Title", "summary": "Summary", "reference": "URL"},
            {"publisher"},
        ),
    ],
)
def test_a_mapping_that_files_nothing_is_refused(
    program: Program, ana: User, mapping: dict[str, str], fields: set[str]
) -> None:
    found = uploaded(program, ana, [sheet_row(2)])
    with pytest.raises(BadMapping) as refusal:
        map_columns(found=found, mapping=mapping, by=ana, as_of=NOW)
    assert {fault.path for fault in refusal.value.faults} == fields


def test_what_changes_on_file_after_the_check_files_nothing(program: Program, ana: User) -> None:
    found = checked(program, ana, [sheet_row(n) for n in (2, 3)])
    file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    program.conditions.get(code="BETA").checklist.update(retired_on=TODAY)
    advance_import(pk=found.pk, owner="w", clock=clock)
    found.refresh_from_db()
    assert (found.state, found.faults_total) == ("checked", 2)
    assert "nothing was filed" in found.last_error
    assert not Evidence.objects.exists()


def test_a_run_that_breaks_off_leaves_nothing_and_can_be_tried_again(
    program: Program, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(program, ana, [sheet_row(n) for n in range(2, 1_102)])
    file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    real, calls = Filing.file, []

    def breaks(self: Filing, lines: Any) -> None:
        calls.append(1)
        real(self, lines)
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Filing, "file", breaks)
    with pytest.raises(KeyboardInterrupt):
        advance_import(pk=found.pk, owner="dies", clock=clock)
    assert counts() == (0, 0, 0, 0)
    found.refresh_from_db()
    assert (found.state, found.lease_owner) == ("loading", "dies")
    assert not advance_import(pk=found.pk, owner="early", clock=clock)
    later = NOW + LEASE
    assert advance_import(pk=found.pk, owner="late", clock=lambda: later)
    assert Evidence.objects.count() == 1_100


def test_a_run_that_goes_on_keeps_its_lease(program: Program, ana: User) -> None:
    found = uploaded(program, ana, [sheet_row(n) for n in range(2, 1_102)])
    map_columns(found=found, mapping=found.mapping, by=ana, as_of=NOW)
    held = []

    def ticking() -> datetime:
        held.append(EvidenceImport.objects.values_list("lease_until", flat=True).get())
        return NOW + len(held) * timedelta(minutes=1)

    advance_import(pk=found.pk, owner="w", clock=ticking)
    assert None not in held[2:]
    assert len(set(held[2:])) == 3


def test_an_error_of_our_own_is_told_and_can_be_tried_again(
    program: Program, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(program, ana, [sheet_row(2)])
    file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    with monkeypatch.context() as patched:
        patched.setattr(Filing, "finish", lambda self: 1 / 0)
        assert advance_import(pk=found.pk, owner="w", clock=clock)
    found.refresh_from_db()
    assert (found.state, found.lease_owner) == ("failed", "")
    assert "ZeroDivisionError" in found.last_error
    assert not Evidence.objects.exists()
    check_again(found=found, by=ana, as_of=NOW)
    advance_import(pk=found.pk, owner="w", clock=clock)
    found.refresh_from_db()
    filed(found)
    assert Evidence.objects.count() == 1


def test_a_check_that_is_held_is_nobody_elses_and_a_discarded_one_ends(
    program: Program, ana: User
) -> None:
    found = uploaded(program, ana, [sheet_row(2)])
    map_columns(found=found, mapping=found.mapping, by=ana, as_of=NOW)
    EvidenceImport.objects.update(lease_owner="other", lease_until=NOW + timedelta(minutes=1))
    assert advance_due_imports(owner="w", clock=clock) == 0
    discard_import(found=found, by=ana, as_of=NOW)
    assert advance_due_imports(owner="w", clock=lambda: NOW + LEASE) == 0
    assert import_preview(found) == ()
    with pytest.raises(ImportMoved):
        discard_import(found=found, by=ana, as_of=NOW)


def test_the_file_of_a_filed_sheet_is_not_kept_but_what_it_was_is(
    program: Program, ana: User
) -> None:
    found = checked(program, ana, [sheet_row(2)])
    assert import_preview(found)
    digest, size = found.sha256, len(bytes(found.body))
    filed(found)
    assert (bytes(found.body), import_preview(found)) == (b"", ())
    assert (found.filename, found.sha256, found.size) == ("a.csv", digest, size)
    event = Event.objects.get(verb="evidenceimport.filed")
    assert (event.after or {})["sha256"] == digest


def test_a_sheet_is_filed_once_however_often_it_is_asked_for(program: Program, ana: User) -> None:
    found = checked(program, ana, [sheet_row(2)])
    file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    with pytest.raises(ImportMoved, match="being filed"):
        file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    advance_import(pk=found.pk, owner="w", clock=clock)
    assert not advance_import(pk=found.pk, owner="w", clock=clock)
    assert Evidence.objects.count() == 1


def test_what_a_sheet_brings_owes_copies_and_comparisons(program: Program, ana: User) -> None:
    """As a document filed by hand does."""
    filed(checked(program, ana, [sheet_row(2), sheet_row(3)]))
    by_hand = EvidenceItem(
        title="By hand",
        source_id=make_source().pk,
        summary="What it says.",
        url="https://example.org/by-hand",
    )
    file_evidence(item=by_hand, links=(), by=ana, as_of=NOW)
    addresses = list(Evidence.objects.order_by("pk").values_list("url", flat=True))
    assert len(addresses) == 3
    owed = CaptureOrder.objects.filter(state="owed", asked_by=ana, asked_at=NOW)
    assert list(owed.order_by("pk").values_list("evidence__url", flat=True)) == addresses
    compared = TextComparison.objects.filter(owed_since=NOW).order_by("pk")
    assert list(compared.values_list("evidence__url", flat=True)) == addresses


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("at_once", [False, True], ids=["worker", "command line"])
def test_a_sheet_is_read_before_other_writers_have_to_wait(
    at_once: bool, program: Program, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = checked(program, ana, [sheet_row(2), sheet_row(3)])
    waiting = []

    def told(real: Callable[..., Any]) -> Callable[..., Any]:
        def reads(*args: Any, **named: Any) -> Any:
            waiting.append(connection.in_atomic_block)
            return real(*args, **named)

        return reads

    monkeypatch.setattr(checking, "read_row", told(checking.read_row))
    monkeypatch.setattr(opening, "delimited_sheet", told(opening.delimited_sheet))
    if at_once:
        import_at_once(
            program=program,
            filename="a.csv",
            body=as_csv([HEADINGS, sheet_row(2), sheet_row(3)]),
            mapping={},
            only_good_rows=False,
            by=ana,
            clock=clock,
        )
    else:
        filed(found)
    assert Evidence.objects.count() == 2
    assert waiting == [False, False, False]


@pytest.mark.django_db(transaction=True)
def test_two_workers_file_a_sheet_once(program: Program, ana: User) -> None:
    found = checked(program, ana, [sheet_row(n) for n in range(2, 302)])
    file_import(found=found, only_good_rows=False, by=ana, as_of=NOW)
    start, done = threading.Barrier(2), []

    def work(owner: str) -> None:
        start.wait()
        # The second believes the lease of the first to be over, as after a long pause.
        moment = NOW if owner == "a" else NOW + LEASE
        try:
            done.append(advance_import(pk=found.pk, owner=owner, clock=lambda: moment))
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(owner,)) for owner in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert True in done
    assert Evidence.objects.count() == 300
    assert EvidenceLink.objects.count() == 600
    assert EvidenceImport.objects.get().state == "loaded"
    assert Event.objects.filter(verb="evidenceimport.filed").count() == 1


def test_nothing_due_takes_one_query(program: Program, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert advance_due_imports(owner="w", clock=clock) == 0


@pytest.mark.parametrize("rows", [1, 3])
def test_a_small_check_takes_a_fixed_number_of_queries(
    program: Program, ana: User, rows: int, django_assert_num_queries: Any
) -> None:
    found = uploaded(program, ana, [sheet_row(n) for n in range(2, rows + 2)])
    map_columns(found=found, mapping=found.mapping, by=ana, as_of=NOW)
    with django_assert_num_queries(10):
        advance_import(pk=found.pk, owner="w", clock=clock)


def test_each_step_asks_for_the_right_to_it(program: Program, ana: User) -> None:
    found = checked(program, ana, [sheet_row(2)])
    for role in ("viewer", "reviewer"):
        stranger = make_user(role)
        with pytest.raises(PermissionMissing):
            uploaded(program, stranger, [sheet_row(2)])
        with pytest.raises(PermissionMissing):
            file_import(found=found, only_good_rows=False, by=stranger, as_of=NOW)
    for step in (discard_import, check_again):
        with pytest.raises(ImportOfAnother):
            step(found=found, by=make_user("manager"), as_of=NOW)


def test_each_step_is_on_record_with_who_took_it(program: Program, ana: User) -> None:
    found = checked(program, ana, [sheet_row(2)])
    check_again(found=found, by=ana, as_of=NOW)
    advance_import(pk=found.pk, owner="w", clock=clock)
    found.refresh_from_db()
    filed(found)
    with pytest.raises(ImportMoved):
        check_again(found=found, by=ana, as_of=NOW)
    told = Event.objects.filter(subject_type="evidenceimport").order_by("id")
    assert list(told.values_list("verb", flat=True)) == [
        "evidenceimport.uploaded",
        "evidenceimport.columns_matched",
        "evidenceimport.check_ordered",
        "evidenceimport.filing_ordered",
        "evidenceimport.filed",
    ]
    assert {one.actor for one in told} == {ana}
    matched = told.get(verb="evidenceimport.columns_matched")
    assert matched.after == {"mapping": found.mapping}


# Everything that is stored is without blanks at its ends.
NASTY = st.text(max_size=60).map(
    lambda text: plain_lines(text).replace("\x00", "").encode("utf-8", "ignore").decode().strip()
)
WORDS = st.one_of(
    NASTY,
    st.sampled_from(
        ["=1+1", "'=x", "''-y", "@a", "+1", 'قال; "نعم"', "a\nb;c,d\te", "#N/A", "007", "TRUE"]
    ),
    st.sampled_from(["_x0041_", "_x005F_", "2026-03-09", "1e5", "'", '"', "\u200b=", "＝x"]),
)
ROW = st.fixed_dictionaries(
    {
        "title": WORDS.filter(bool),
        "summary": WORDS.filter(bool),
        "text": WORDS,
        "passage_hint": WORDS,
        "reference": WORDS.filter(bool),
        "published_on": st.sampled_from(["", "2026-03-09", "1999-12-31"]),
        "fact_date": st.sampled_from(["", "2026", "2026-03", "2026-03-09"]),
        "credibility": st.sampled_from("123456"),
        "sensitivity": st.sampled_from(["public", "team", "restricted", "source_protected"]),
        "is_primary": st.sampled_from(["yes", "no"]),
        "note": WORDS,
    }
)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(ROW, min_size=1, max_size=4))
@example(said=[])
def test_what_is_exported_comes_back_the_same(
    program: Program, kind: str, said: list[dict[str, str]]
) -> None:
    first = list(_rows_of(program, said))
    write = {"csv": lambda rows: b"".join(evidence_csv(rows)), "xlsx": evidence_xlsx}[kind]
    opened = open_sheet(f"a.{kind}", write(first))
    assert opened.headings == NAMES
    back = [
        {name: (*row.cells, *[""] * len(NAMES))[at] for at, name in enumerate(NAMES)}
        for row in opened.rows
    ]
    assert back == first


def _rows_of(program: Program, said: list[dict[str, str]]) -> Iterator[dict[str, str]]:
    for number, one in enumerate(said):
        note = one["note"].replace('"', '""')
        row = dict.fromkeys(NAMES, "") | {"id": f"ev-{number}", "publisher": "A", "language": "en"}
        row |= {name: text for name, text in one.items() if name != "note"}
        yield row | {"bears_on": f'ALPHA:supports "{note}"' if note else "ALPHA:supports"}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(ROW, min_size=1, max_size=3, unique_by=lambda one: one["reference"]))
def test_what_was_filed_from_an_export_is_exported_the_same(
    program: Program, kind: str, said: list[dict[str, str]]
) -> None:
    """Two installations in one: what was filed stays, so each example has ids of its own."""
    start = Evidence.objects.count()
    rows = [
        row | {"id": f"ev-x-{start}-{n}", "reliability": "B"}
        for n, row in enumerate(_rows_of(program, said))
    ]
    write = {"csv": lambda all_: b"".join(evidence_csv(all_)), "xlsx": evidence_xlsx}[kind]
    import_at_once(
        program=program,
        filename=f"a.{kind}",
        body=write(rows),
        mapping={},
        only_good_rows=False,
        by=None,
        clock=clock,
    )
    fresh = Evidence.objects.filter(key__startswith=f"ev-x-{start}-")
    assert list(sheet_rows(fresh, program=program)) == rows


def test_a_text_too_long_for_a_cell_goes_on_in_the_next(program: Program) -> None:
    make_evidence(text="-" * 50_000)
    first = list(sheet_rows(Evidence.objects.all(), program=program))
    row = next(open_sheet("a.xlsx", evidence_xlsx(first)).rows)
    text, more = (row.cells[NAMES.index(name)] for name in ("text", "text_more"))
    assert text + more == "-" * 50_000
    assert more
