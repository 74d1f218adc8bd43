"""verify: everything fits until somebody goes past the guards; then the row is named."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from conditions.actions.cycle_closing import close_cycle
from conditions.actions.key_judgements import write_key_judgements
from conditions.actions.official import record_official_finding
from conditions.models import (
    Assessment,
    AssessmentAuthor,
    ChecklistItem,
    Citation,
    ConditionVersion,
    Event,
    EvidenceVersion,
    Finding,
    KeyJudgements,
    OfficialFinding,
    Publication,
    PublicationFile,
    ReviewCycle,
)
from conditions.models.guards import all_guards
from tests.days import FIRST_DUE, TODAY, noon
from tests.factories import make_assessment, make_program, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed():
    """A closed and published cycle with one of everything under it."""
    program = make_program(as_of=noon(TODAY))
    cycle, condition = program.cycles.get(number=1), program.conditions.get()
    make_assessment(condition=condition, cycle=cycle)
    write_key_judgements(
        cycle=cycle,
        statements=["One thing is clear."],
        by=make_user("analyst"),
        as_of=noon(FIRST_DUE),
        expected_number=0,
    )
    record_official_finding(
        condition=condition,
        cycle=cycle,
        finding="not_submitted",
        found_on=FIRST_DUE,
        by=make_user("manager"),
        as_of=noon(FIRST_DUE),
    )
    close_cycle(cycle=cycle, by=make_user("manager"), as_of=noon(FIRST_DUE), note="On the day.")
    return program


def verify(*arguments: str) -> str:
    out = StringIO()
    call_command("verify", *arguments, stdout=out)
    return out.getvalue()


def past_the_guards(sql: str) -> None:
    """What somebody with the database's own password can do."""
    table = sql.split()[2 if sql.startswith(("DELETE", "INSERT")) else 1]
    present = {guard.name for guard in all_guards() if guard.table == table}
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        for name in present:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")
        cursor.execute(sql)


def test_everything_fits(closed):
    out = verify("--program", closed.slug)
    assert "1 publication," in out
    assert "Everything fits." in out


def test_an_unknown_program_is_named_with_those_there_are(closed):
    with pytest.raises(CommandError, match=r"no program 'other'. There is: test-program"):
        verify("--program", "other")


ONE_BYTE = [
    (ReviewCycle, "closing_note", "'On the dax.'"),
    (ReviewCycle, "due_on", "'2026-03-11'"),
    (Assessment, "rationale", "'Rewritten.'"),
    (Assessment, "approval_note", "'Added.'"),
    (AssessmentAuthor, "since", "'2020-01-01 00:00:00+00:00'"),
    (Finding, "status", "'4'"),
    (Citation, "grade", "'A1'"),
    (ConditionVersion, "sha256", "'0'"),
    (EvidenceVersion, "content", "'{}'"),
    (OfficialFinding, "finding", "'affirmed'"),
    (KeyJudgements, "statements", "'[\"Another.\"]'"),
    (Event, "reason", "'Rewritten.'"),
]


@pytest.mark.parametrize(
    ("model", "column", "value"), ONE_BYTE, ids=[f"{m.__name__}.{c}" for m, c, _ in ONE_BYTE]
)
def test_a_changed_row_of_a_closed_cycle_is_named(closed, model, column, value):
    rows = model.objects.order_by("pk")
    row = rows.get(verb="assessment.approved") if model is Event else rows.first()
    sql = f"UPDATE {model._meta.db_table} SET {column} = {value} WHERE id = {row.pk}"
    with (
        pytest.raises(IntegrityError),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    past_the_guards(sql)
    with pytest.raises(CommandError) as refused:
        verify()
    assert f"{model._meta.model_name} {row.pk} does not fit" in str(refused.value)


@pytest.mark.parametrize(
    ("column", "value", "fault"),
    [
        ("content", "replace(content, 'Title of ALPHA', 'Title of ALPHB')", "SHA-256 differs"),
        ("annex", "replace(annex, 'rows', 'rowz')", "annex is not what was published"),
        ("annex", "'{'", "annex is not what was published"),
        ("is_demonstration", "NOT is_demonstration", "demonstration was changed"),
        ("published_by_id", "(SELECT min(id) FROM conditions_user)", "Somebody else published"),
        ("known_at", "'2026-03-11 12:00:00+00:00'", "known_at was changed"),
        ("sha256", "'" + "0" * 64 + "'", "SHA-256 differs"),
    ],
)
def test_a_changed_publication_is_named(closed, column, value, fault):
    row = Publication.objects.get()
    past_the_guards(f"UPDATE conditions_publication SET {column} = {value}")
    with pytest.raises(CommandError, match=f"publication {row.pk} does not fit") as refused:
        verify()
    assert fault in str(refused.value)


def test_a_row_that_is_gone_or_was_slipped_in_is_named(closed):
    finding = Finding.objects.get()
    past_the_guards(f"DELETE FROM conditions_finding WHERE id = {finding.pk}")
    with pytest.raises(CommandError, match=rf"finding {finding.pk} does not fit") as refused:
        verify()
    assert "is gone since the report was published" in str(refused.value)
    finding.save(force_insert=True)
    verify()
    author = AssessmentAuthor.objects.get()
    author.pk, author.user = None, make_user("analyst")
    author.save(force_insert=True)
    with pytest.raises(CommandError, match=rf"assessmentauthor {author.pk} does not fit"):
        verify()


def test_a_judgement_of_an_open_cycle_is_verified_too():
    program = make_program(as_of=noon(TODAY))
    cycle, condition = program.cycles.get(number=1), program.conditions.get()
    assessment = make_assessment(condition=condition, cycle=cycle)
    past_the_guards("UPDATE conditions_assessment SET rationale = 'Rewritten.'")
    with pytest.raises(CommandError, match=rf"assessment {assessment.pk} does not fit"):
        verify()


def test_a_correction_after_publication_is_no_fault(closed):
    condition = closed.conditions.get()
    make_assessment(
        condition=condition,
        cycle=closed.cycles.get(number=1),
        status="0",
        as_of=noon(TODAY),
        corrects=condition.assessments.get(),
    )
    assert "Everything fits." in verify()


def test_a_publication_that_is_gone_is_missed_and_a_printed_one_that_was_changed(closed):
    printed = PublicationFile.objects.create(
        publication=Publication.objects.get(),
        format="pdf",
        body=b"%PDF-",
        sha256="0" * 64,
        made_at=noon(TODAY),
    )
    with pytest.raises(CommandError, match=f"publicationfile {printed.pk} does not fit"):
        verify()
    past_the_guards(f"DELETE FROM conditions_publicationfile WHERE id = {printed.pk}")
    past_the_guards("DELETE FROM conditions_publication WHERE version = 1")
    cycle = closed.cycles.get(number=1)
    with pytest.raises(CommandError, match=f"reviewcycle {cycle.pk} does not fit") as refused:
        verify()
    assert "published 1 times; 0 are on file" in str(refused.value)


def test_a_checklist_put_in_another_order_changes_no_hash(closed):
    condition = closed.conditions.get()
    item = condition.checklist.get()
    ChecklistItem.objects.filter(pk=item.pk).update(position=9)
    assert "Everything fits." in verify()
