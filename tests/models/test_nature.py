"""Every model declares its nature, and the database holds it to that."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from conditions.actions.blind_coding import code_blind
from conditions.actions.cycle_closing import close_cycle
from conditions.models import (
    Assessment,
    Capture,
    CaptureBody,
    Citation,
    Coding,
    CustodyEntry,
    CycleRevision,
    DoubleCoding,
    EvidenceImport,
    EvidenceLink,
    Finding,
    InboxItem,
    Interpretation,
    KeyJudgements,
    OfficialFinding,
    OfficialReport,
    Publication,
    PublicationFile,
    Reminder,
    ReviewCycle,
    SearchEntry,
    TriageDecision,
    VoiceSuggestion,
)
from conditions.models.guards import all_guards, missing_guards
from tests.codings import coding_text, make_double_coding
from tests.days import FIRST_DUE, TODAY, WHITE_HOUSE, noon
from tests.factories import make_assessment, make_evidence, make_program, make_user

NEVER_CHANGED = {
    "assessmentauthor",
    "capture",
    "capturebody",
    "coding",
    "conditionversion",
    "custodyentry",
    "cyclerevision",
    "event",
    "evidenceversion",
    "interpretation",
    "keyjudgements",
    "officialfinding",
    "officialreport",
    "publication",
    "publicationfile",
    "searchentry",
    "sourcegrade",
    "triagedecision",
}
SEALED_WHEN_SUBMITTED = {"citation", "finding"}
FINAL_IN_THE_END = {
    "assessment",
    "evidenceimport",
    "evidencelink",
    "inboxitem",
    "reminder",
    "reviewcycle",
    "voicesuggestion",
}
CHANGED_BY_ACTIONS = {
    "apitoken",
    "captureorder",
    "checklistitem",
    "condition",
    "crosswalk",
    "doublecoding",
    "evidence",
    "evidencetext",
    "feed",
    "linkhealth",
    "program",
    "pulse",
    "source",
    "textcomparison",
    "user",
}

pytestmark = pytest.mark.django_db


def test_every_model_declares_its_nature():
    natures = [NEVER_CHANGED, SEALED_WHEN_SUBMITTED, FINAL_IN_THE_END, CHANGED_BY_ACTIONS]
    declared = sorted(name for nature in natures for name in nature)
    models = apps.get_app_config("conditions").get_models()
    assert sorted(model._meta.model_name for model in models) == declared


def test_all_guards_are_in_place():
    assert missing_guards(connection) == []


def test_a_missing_guard_is_found():
    guard = all_guards()[0]
    with connection.cursor() as cursor:
        on = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {guard.name}{on}")
    assert missing_guards(connection) == [guard.name]


@pytest.fixture
def rows():
    """One row of each model that is never changed, and of those that become final."""
    program = make_program()
    condition = program.conditions.get()
    cycle = program.cycles.get(number=1)
    assessment = make_assessment(condition=condition, cycle=cycle)
    evidence = make_evidence(condition=condition)
    person = make_user("manager")
    CycleRevision.objects.create(
        cycle=cycle,
        starts_on_before=cycle.starts_on,
        scheduled_due_on_before=cycle.scheduled_due_on,
        due_on_before=cycle.due_on,
        starts_on=cycle.starts_on,
        scheduled_due_on=cycle.scheduled_due_on,
        due_on=cycle.due_on,
        reason="For the test.",
        recorded_at=noon(TODAY),
    )
    Interpretation.objects.create(
        program=program,
        code="anchor",
        question="From when?",
        options=["a", "b"],
        choice="a",
        basis="The text.",
        decided_by="Tracker editors",
        decided_on=WHITE_HOUSE,
        recorded_at=noon(WHITE_HOUSE),
    )
    OfficialFinding.objects.create(
        condition=condition,
        cycle=cycle,
        finding="silent",
        found_on=TODAY,
        recorded_at=noon(TODAY),
    )
    OfficialReport.objects.create(
        cycle=cycle, submitted_on=FIRST_DUE, recorded_at=noon(TODAY), recorded_by=person
    )
    KeyJudgements.objects.create(
        cycle=cycle, number=1, statements=["One."], author=person, recorded_at=noon(TODAY)
    )
    coding = make_double_coding(condition, program.cycles.get(number=4))
    code_blind(
        double_coding=coding,
        coding=coding_text(condition),
        by=coding.first_coder,
        as_of=noon(TODAY),
    )
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(TODAY))
    PublicationFile.objects.create(
        publication=Publication.objects.get(),
        format="pdf",
        body=b"%PDF-",
        sha256="0" * 64,
        made_at=noon(TODAY),
    )
    body = CaptureBody.objects.create(sha256="0" * 64, size=1, body=b"1")
    capture = Capture.objects.create(
        evidence=evidence,
        origin="uploaded",
        outcome="stored",
        body=body,
        sha256=body.sha256,
        tool="test",
        captured_at=noon(TODAY),
    )
    CustodyEntry.objects.create(capture=capture, act="captured", at=noon(TODAY))
    make_intake_rows(program, condition, evidence)
    return {
        "assessment": assessment,
        "evidence": evidence,
        "cycle": cycle,
        "program": program,
        "condition": condition,
        "person": person,
    }


def make_intake_rows(program, condition, evidence):
    """One row of each model of the intake."""
    item = InboxItem.objects.create(
        origin="text",
        title="Handover of three posts",
        received_at=noon(TODAY),
        state="accepted",
        decided_at=noon(TODAY),
        evidence=evidence,
    )
    TriageDecision.objects.create(
        item=item, program=program, suggested={}, decided={}, agrees=True, decided_at=noon(TODAY)
    )
    SearchEntry.objects.create(
        condition=condition,
        cycle=program.cycles.get(number=4),
        places="The gazette",
        searched_on=TODAY,
        result="nothing",
        recorded_at=noon(TODAY),
    )
    VoiceSuggestion.objects.create(
        first=evidence,
        second=make_evidence(),
        likeness=90,
        suggested_at=noon(TODAY),
        state="dismissed",
        reason="Two reporters.",
        decided_at=noon(TODAY),
    )
    EvidenceImport.objects.create(
        program=program,
        filename="sheet.csv",
        format="csv",
        sha256="0" * 64,
        size=1,
        body=b"1",
        state="loaded",
        created_at=noon(TODAY),
    )


@pytest.mark.parametrize("name", sorted(NEVER_CHANGED))
def test_what_is_never_changed_cannot_be(rows, name):
    model = apps.get_model("conditions", name)
    row = model.objects.order_by("pk").first()
    assert row is not None
    field = next(f for f in model._meta.concrete_fields if not f.primary_key)
    for statement in (
        f"UPDATE {model._meta.db_table} SET {field.column} = {field.column} WHERE id = {row.pk}",
        f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}",
    ):
        with (
            pytest.raises(IntegrityError, match="are never"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement)


@pytest.mark.parametrize("name", sorted(FINAL_IN_THE_END - {"reminder"} | {"program", "user"}))
def test_nothing_that_was_judged_about_is_deleted(rows, name):
    model = apps.get_model("conditions", name)
    assert model.objects.exists()
    with (
        pytest.raises(IntegrityError, match="are never deleted"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"DELETE FROM {model._meta.db_table}")


@pytest.mark.parametrize(
    ("column", "value"),
    [("rationale", "'Rewritten.'"), ("status", "'4'"), ("approved_by_id", "author_id")],
)
def test_an_approved_assessment_is_final(rows, column, value):
    with (
        pytest.raises(IntegrityError, match="An approved assessment is never changed"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(f"UPDATE conditions_assessment SET {column} = {value}")


@pytest.mark.parametrize("model", [Finding, Citation])
@pytest.mark.parametrize("state", ["submitted", "approved"])
def test_the_parts_of_a_submitted_assessment_are_sealed(model, state):
    program = make_program()
    assessment = make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state=state
    )
    part = model.objects.get(assessment=assessment)
    with pytest.raises(IntegrityError, match="are never changed"), transaction.atomic():
        model.objects.filter(pk=part.pk).update(assessment=assessment)
    with pytest.raises(IntegrityError, match="are never changed"), transaction.atomic():
        part.delete()
    part.pk = None
    with pytest.raises(IntegrityError, match="are never changed"), transaction.atomic():
        part.save(force_insert=True)


def test_an_assessment_is_born_a_draft(rows):
    twin = Assessment.objects.get()
    twin.pk, twin.cycle = None, rows["program"].cycles.get(number=3)
    with pytest.raises(IntegrityError, match="begins as a draft"), transaction.atomic():
        twin.save(force_insert=True)


def test_what_was_submitted_is_what_is_approved():
    program = make_program()
    submitted = make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state="submitted"
    )
    with (
        pytest.raises(IntegrityError, match="What was submitted is not changed"),
        transaction.atomic(),
    ):
        Assessment.objects.filter(pk=submitted.pk).update(
            state="approved",
            status="4",
            approved_by=make_user("reviewer"),
            approved_at=noon(TODAY),
        )


@pytest.mark.parametrize("state", ["submitted", "returned"])
@pytest.mark.parametrize(
    ("column", "value"),
    [("rationale", "Tampered."), ("dissent", "Added."), ("correction_note", "Added.")],
)
def test_what_was_submitted_is_sealed_until_it_is_returned(state, column, value):
    program = make_program()
    submitted = make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state="submitted"
    )
    with pytest.raises(IntegrityError, match="What was submitted"), transaction.atomic():
        Assessment.objects.filter(pk=submitted.pk).update(state=state, **{column: value})


@pytest.mark.parametrize("model", [Finding, Citation])
def test_no_part_moves_into_an_approved_assessment(rows, model):
    other = make_program(slug="other")
    draft = make_assessment(
        condition=other.conditions.get(), cycle=other.cycles.get(number=1), state="draft"
    )
    part = model.objects.filter(assessment=draft)
    with pytest.raises(IntegrityError, match="are never changed"), transaction.atomic():
        part.update(assessment=rows["assessment"])


def test_no_row_on_file_is_replaced(rows):
    if connection.vendor != "sqlite":
        words = "SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE conditions_finding CASCADE"
        sentence = "are never deleted"
    else:
        words = "INSERT OR REPLACE INTO conditions_assessment SELECT * FROM conditions_assessment"
        sentence = "never replaced|begins as a draft|takes corrections only"
    with (
        pytest.raises(IntegrityError, match=sentence),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


@pytest.mark.parametrize("name", sorted({*NEVER_CHANGED, "assessment", "doublecoding"}))
def test_no_row_of_any_kind_is_replaced_or_emptied_away(rows, name):
    table = apps.get_model("conditions", name)._meta.db_table
    words = f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
    # On SQLite some tables have another guard on every new row, which may speak first.
    sentence = "never replaced|takes corrections only|follows the newest one"
    if connection.vendor == "postgresql":
        words = f"SET CONSTRAINTS ALL IMMEDIATE; TRUNCATE {table} CASCADE"
        sentence = "are never deleted"
    with (
        pytest.raises(IntegrityError, match=sentence),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(words)


def test_a_link_is_withdrawn_once_and_otherwise_stays(rows):
    link = EvidenceLink.objects.filter(evidence=rows["evidence"])
    with pytest.raises(IntegrityError, match="withdrawn, never changed"), transaction.atomic():
        link.update(stance="contradicts")
    assert link.update(withdrawn_at=noon(TODAY), withdrawal_reason="Wrong country.") == 1
    with pytest.raises(IntegrityError, match="withdrawn, never changed"), transaction.atomic():
        link.update(withdrawn_at=None)


def test_a_closed_cycle_is_final(rows):
    cycle = ReviewCycle.objects.get(pk=rows["cycle"].pk)
    assert cycle.closed_at is not None
    cycle.closing_note = "Another."
    with pytest.raises(IntegrityError, match="A closed cycle is never changed"):
        cycle.save()


def test_a_sent_reminder_is_final(rows):
    reminder = Reminder.objects.create(
        cycle=rows["cycle"],
        kind="opened",
        offset=0,
        recipient=rows["person"],
        falls_on=WHITE_HOUSE,
        owed_at=noon(WHITE_HOUSE),
        next_attempt_at=noon(WHITE_HOUSE),
        message_id="<one@example.org>",
        state="sent",
        sent_at=noon(WHITE_HOUSE),
    )
    reminder.attempts = 7
    with pytest.raises(IntegrityError, match="A sent reminder is never changed"):
        reminder.save()


def test_a_closed_cycle_takes_corrections_only(rows):
    twin = Assessment.objects.get()
    twin.pk, twin.state, twin.sha256 = None, "draft", ""
    twin.approved_at = twin.approved_by = None
    with pytest.raises(IntegrityError, match="takes corrections only"), transaction.atomic():
        twin.save(force_insert=True)


@pytest.mark.parametrize("state", ["submitted", "draft", "returned"])
def test_what_was_withdrawn_stays_withdrawn(state):
    program = make_program()
    draft = make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state="draft"
    )
    rows = Assessment.objects.filter(pk=draft.pk)
    rows.update(
        state="withdrawn",
        withdrawn_at=noon(TODAY),
        withdrawn_by=draft.author,
        withdrawal_reason="Begun by mistake.",
    )
    with pytest.raises(IntegrityError, match="withdrawn assessment is never"), transaction.atomic():
        rows.update(state=state)
    with pytest.raises(IntegrityError, match="are never changed"), transaction.atomic():
        Finding.objects.filter(assessment=draft).update(note="Added.")


def test_what_was_submitted_is_not_withdrawn():
    program = make_program()
    submitted = make_assessment(
        condition=program.conditions.get(), cycle=program.cycles.get(number=1), state="submitted"
    )
    with pytest.raises(IntegrityError, match="Only a draft or a returned"), transaction.atomic():
        Assessment.objects.filter(pk=submitted.pk).update(
            state="withdrawn",
            withdrawn_at=noon(TODAY),
            withdrawn_by=submitted.author,
            withdrawal_reason="Away with it.",
        )


class TestPublications:
    def forge(self, **changes):
        row = Publication.objects.get()
        row.previous_id, row.version, row.note, row.sha256 = row.pk, 2, "Forged.", "f" * 64
        row.pk = None
        for name, value in changes.items():
            setattr(row, name, value)
        with transaction.atomic():
            row.save(force_insert=True)

    def test_only_a_closed_cycle_is_published(self, rows):
        other = rows["program"].cycles.get(number=2)
        with pytest.raises(IntegrityError, match="Only a closed cycle is published"):
            self.forge(cycle=other, published_by=make_user("manager"))

    def test_nobody_publishes_key_judgements_they_wrote(self, rows):
        with pytest.raises(IntegrityError, match="Nobody publishes key judgements they wrote"):
            self.forge(published_by=rows["person"])

    def test_the_chain_stays_in_its_program_and_begins_once(self, rows):
        with pytest.raises(IntegrityError, match="follows the newest one of its own program"):
            self.forge(previous=None)


def test_only_its_two_coders_code_a_condition(rows):
    coding = Coding.objects.get()
    coding.pk, coding.coder = None, make_user("analyst")
    with pytest.raises(IntegrityError, match="Only the two people chosen"), transaction.atomic():
        coding.save(force_insert=True)


def test_whoever_has_coded_is_not_replaced(rows):
    chosen = DoubleCoding.objects.filter(pk=Coding.objects.get().double_coding_id)
    with pytest.raises(IntegrityError, match="Somebody who has coded"), transaction.atomic():
        chosen.update(first_coder=make_user("analyst"))
    assert chosen.update(second_coder=make_user("analyst")) == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("inboxitem", "filed from the inbox stays"),
        ("voicesuggestion", "was decided"),
        ("evidenceimport", "import is over"),
    ],
)
def test_what_was_decided_at_the_intake_stays(rows, name, sentence):
    model = apps.get_model("conditions", name)
    column = "title" if name == "inboxitem" else "reason"
    column = "filename" if name == "evidenceimport" else column
    with pytest.raises(IntegrityError, match=sentence), transaction.atomic():
        model.objects.update(**{column: "Another"})
