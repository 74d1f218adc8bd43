"""Guards: triggers by which the database itself keeps judgements append-only and four-eyed.

Django's SQLite schema editor rebuilds a table to alter it and drops its triggers, so the guards
are put in place after every ``migrate``, and ``doctor`` reports any that is missing.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db.backends.base.base import BaseDatabaseWrapper

from conditions.models.triggers import DIFFERS, Guard, Write


def _never(table: str, what: str, *writes: Write) -> Iterator[Guard]:
    for write in writes:
        verb = {"UPDATE": "changed", "DELETE": "deleted", "TRUNCATE": "deleted"}[write]
        yield Guard(
            table=f"conditions_{table}",
            write=write,
            label=f"never_{write.lower()}",
            sentence=f"{what} are never {verb}. Record a new one that says what it corrects.",
        )


def _never_replaced(table: str) -> Guard:
    # SQLite's INSERT OR REPLACE deletes the row in the way without asking the DELETE guard.
    return Guard(
        table=f"conditions_{table}",
        write="INSERT",
        label="never_replaced",
        sentence="A row on file is never replaced. Record a new one that says what it corrects.",
        when=f"NEW.id IS NOT NULL AND EXISTS "
        f"(SELECT 1 FROM conditions_{table} o WHERE o.id = NEW.id)",
        sqlite_only=True,
    )


APPEND_ONLY = {
    "event": "Events",
    "conditionversion": "Condition versions",
    "evidenceversion": "Evidence versions",
    "sourcegrade": "Source grades",
    "cyclerevision": "Cycle revisions",
    "officialfinding": "Official findings",
    "interpretation": "Interpretations",
    "assessmentauthor": "Authorships",
    "officialreport": "Records of official reports",
    "keyjudgements": "Key judgements",
    "publication": "Publications",
    "publicationfile": "Printed publications",
    "coding": "Codings",
    "capture": "Captures",
    "capturebody": "Captured bytes",
    "custodyentry": "Custody entries",
    "triagedecision": "Triage decisions",
    "searchentry": "Entries of the search log",
}
NEVER_DELETED = {
    "program": "Programs",
    "condition": "Conditions",
    "checklistitem": "Checklist items",
    "source": "Sources",
    "evidence": "Evidence items",
    "evidencelink": "Evidence links",
    "reviewcycle": "Review cycles",
    "assessment": "Assessments",
    "reminder": "Reminders",
    "user": "Accounts",
    "doublecoding": "Double codings",
    "captureorder": "Owed captures",
    "feed": "Feeds",
    "inboxitem": "Inbox items",
    "voicesuggestion": "Suggestions of one voice",
    "evidenceimport": "Imports",
}
_SEALED_PARENT = (
    "EXISTS (SELECT 1 FROM conditions_assessment a WHERE a.id = {row}.assessment_id "
    "AND a.state IN ('submitted', 'approved', 'withdrawn'))"
)
_WROTE_IT = (
    "(NEW.approved_by_id = NEW.author_id OR NEW.approved_by_id = NEW.submitted_by_id "
    "OR EXISTS (SELECT 1 FROM conditions_assessmentauthor w "
    "WHERE w.assessment_id = NEW.id AND w.user_id = NEW.approved_by_id)) AND EXISTS "
    "(SELECT 1 FROM conditions_condition c JOIN conditions_program p ON p.id = c.program_id "
    "WHERE c.id = NEW.condition_id AND p.four_eyes)"
)


_CONTENT = (
    *("status", "trend", "confidence", "confidence_reason", "rationale", "limb", "dissent"),
    *("valid_from", "corrects_id", "correction_note", "condition_version_id", "sha256"),
    *("submitted_at", "submitted_by_id", "is_demonstration", "authority"),
)
_SAYS_OTHERWISE = " OR ".join(f"NEW.{column} {DIFFERS} OLD.{column}" for column in _CONTENT)


def _assessment_guards() -> Iterator[Guard]:
    table = "conditions_assessment"
    yield Guard(
        table,
        "INSERT",
        "born_draft",
        "An assessment begins as a draft.",
        "NEW.state <> 'draft'",
    )
    yield Guard(
        table,
        "UPDATE",
        "approved_is_final",
        "An approved assessment is never changed. Write a new one that corrects it.",
        "OLD.state = 'approved'",
    )
    yield Guard(
        table,
        "UPDATE",
        "withdrawn_is_final",
        "A withdrawn assessment is never changed. Begin a new one.",
        "OLD.state = 'withdrawn'",
    )
    yield Guard(
        table,
        "UPDATE",
        "withdrawn_unseen",
        "Only a draft or a returned assessment can be withdrawn.",
        "NEW.state = 'withdrawn' AND OLD.state NOT IN ('draft', 'returned')",
    )
    yield Guard(
        table,
        "INSERT",
        "closed_cycle_takes_corrections",
        "A closed cycle takes corrections only.",
        "NEW.corrects_id IS NULL AND EXISTS (SELECT 1 FROM conditions_reviewcycle y "
        "WHERE y.id = NEW.cycle_id AND y.closed_at IS NOT NULL)",
    )
    yield Guard(
        table,
        "UPDATE",
        "approved_from_submitted",
        "Only a submitted assessment can be approved.",
        "NEW.state = 'approved' AND OLD.state NOT IN ('submitted', 'approved')",
    )
    yield Guard(
        table,
        "UPDATE",
        "submitted_is_sealed",
        "What was submitted is not changed. Return it first.",
        f"OLD.state = 'submitted' AND ({_SAYS_OTHERWISE})",
    )
    yield Guard(
        table,
        "UPDATE",
        "four_eyes",
        "Nobody approves what they wrote. Ask another reviewer.",
        f"NEW.state = 'approved' AND OLD.state <> 'approved' AND {_WROTE_IT}",
    )
    yield Guard(
        table,
        "UPDATE",
        "identity_is_fixed",
        "The author, condition and cycle of an assessment do not change.",
        "OLD.state <> 'approved' AND (NEW.author_id <> OLD.author_id "
        "OR NEW.condition_id <> OLD.condition_id OR NEW.cycle_id <> OLD.cycle_id)",
    )
    for part, what in (("finding", "findings"), ("citation", "citations")):
        sealed_new, sealed_old = _SEALED_PARENT.format(row="NEW"), _SEALED_PARENT.format(row="OLD")
        sealed: dict[Write, str] = {
            "INSERT": sealed_new,
            "UPDATE": f"{sealed_old} OR {sealed_new}",
            "DELETE": sealed_old,
        }
        for write, when in sealed.items():
            yield Guard(
                f"conditions_{part}",
                write,
                f"sealed_{write.lower()}",
                f"The {what} of a submitted, approved or withdrawn assessment are never changed.",
                when,
            )
        yield from _never(part, what.capitalize(), "TRUNCATE")
        yield _never_replaced(part)


def _other_guards() -> Iterator[Guard]:
    yield Guard(
        "conditions_evidencelink",
        "UPDATE",
        "withdrawn_only",
        "A link is withdrawn, never changed. Withdraw it and record a new one.",
        "OLD.withdrawn_at IS NOT NULL OR NEW.withdrawn_at IS NULL "
        "OR NEW.stance <> OLD.stance OR NEW.note <> OLD.note OR NEW.origin <> OLD.origin "
        "OR NEW.evidence_id <> OLD.evidence_id OR NEW.condition_id <> OLD.condition_id "
        "OR COALESCE(NEW.checklist_item_id, 0) <> COALESCE(OLD.checklist_item_id, 0) "
        "OR NEW.recorded_at <> OLD.recorded_at",
    )
    yield Guard(
        "conditions_reviewcycle",
        "UPDATE",
        "closed_is_final",
        "A closed cycle is never changed.",
        "OLD.closed_at IS NOT NULL",
    )
    yield Guard(
        "conditions_reminder",
        "UPDATE",
        "sent_is_final",
        "A sent reminder is never changed.",
        "OLD.state = 'sent'",
    )


def _publishing_guards() -> Iterator[Guard]:
    yield Guard(
        "conditions_publication",
        "INSERT",
        "other_eyes",
        "Nobody publishes key judgements they wrote. Ask a colleague to publish.",
        "EXISTS (SELECT 1 FROM conditions_keyjudgements k JOIN conditions_program p "
        "ON p.id = NEW.program_id WHERE k.cycle_id = NEW.cycle_id "
        "AND k.author_id = NEW.published_by_id AND p.four_eyes)",
    )
    yield Guard(
        "conditions_publication",
        "INSERT",
        "of_closed_cycle",
        "Only a closed cycle is published.",
        "NOT EXISTS (SELECT 1 FROM conditions_reviewcycle y WHERE y.id = NEW.cycle_id "
        "AND y.program_id = NEW.program_id AND y.closed_at IS NOT NULL)",
    )
    yield Guard(
        "conditions_publication",
        "INSERT",
        "chained_in_its_program",
        "A publication follows the newest one of its own program.",
        "(NEW.previous_id IS NULL AND EXISTS (SELECT 1 FROM conditions_publication b "
        "WHERE b.program_id = NEW.program_id)) OR (NEW.previous_id IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM conditions_publication b "
        "WHERE b.id = NEW.previous_id AND b.program_id = NEW.program_id))",
    )
    yield Guard(
        "conditions_coding",
        "INSERT",
        "by_its_coder",
        "Only the two people chosen for it code this condition.",
        "NOT EXISTS (SELECT 1 FROM conditions_doublecoding d WHERE d.id = NEW.double_coding_id "
        "AND d.called_off_at IS NULL "
        "AND (d.first_coder_id = NEW.coder_id OR d.second_coder_id = NEW.coder_id))",
    )
    yield Guard(
        "conditions_doublecoding",
        "UPDATE",
        "coder_who_coded_stays",
        "Somebody who has coded is not replaced.",
        "EXISTS (SELECT 1 FROM conditions_coding c WHERE c.double_coding_id = OLD.id "
        "AND ((c.coder_id = OLD.first_coder_id AND NEW.first_coder_id <> OLD.first_coder_id) "
        "OR (c.coder_id = OLD.second_coder_id AND NEW.second_coder_id <> OLD.second_coder_id)))",
    )
    yield Guard(
        "conditions_doublecoding",
        "UPDATE",
        "called_off_is_final",
        "A double coding that was called off stays so. Choose the condition anew.",
        "OLD.called_off_at IS NOT NULL OR NEW.cycle_id <> OLD.cycle_id "
        "OR NEW.condition_id <> OLD.condition_id",
    )
    yield Guard(
        "conditions_doublecoding",
        "UPDATE",
        "both_codings_stand",
        "What both have coded is not called off.",
        "NEW.called_off_at IS NOT NULL AND (SELECT COUNT(*) FROM conditions_coding c "
        "WHERE c.double_coding_id = OLD.id) >= 2",
    )


def _intake_guards() -> Iterator[Guard]:
    yield Guard(
        "conditions_inboxitem",
        "UPDATE",
        "filed_is_final",
        "What was filed from the inbox stays so. Amend the document itself.",
        "OLD.state = 'accepted'",
    )
    yield Guard(
        "conditions_voicesuggestion",
        "UPDATE",
        "decided_is_final",
        "This was decided. Amend the voice of a document itself.",
        "OLD.state <> 'waiting'",
    )
    yield Guard(
        "conditions_evidenceimport",
        "UPDATE",
        "finished_is_final",
        "This import is over. Upload the sheet anew.",
        "OLD.state IN ('loaded', 'discarded')",
    )


def all_guards() -> list[Guard]:
    """Every guard of the tracker, for SQLite and PostgreSQL alike."""
    guards: list[Guard] = []
    for table, what in APPEND_ONLY.items():
        guards += _never(table, what, "UPDATE", "DELETE", "TRUNCATE")
        guards.append(_never_replaced(table))
    for table, what in NEVER_DELETED.items():
        guards += _never(table, what, "DELETE", "TRUNCATE")
        guards.append(_never_replaced(table))
    guards += _assessment_guards()
    guards += _other_guards()
    guards += _publishing_guards()
    guards += _intake_guards()
    return guards


def _of_vendor(connection: BaseDatabaseWrapper) -> list[Guard]:
    if connection.vendor == "sqlite":
        return [guard for guard in all_guards() if guard.write != "TRUNCATE"]
    return [guard for guard in all_guards() if not guard.sqlite_only]


def install_guards(connection: BaseDatabaseWrapper) -> None:
    """Put every guard in place; safe to repeat. Knows SQLite and PostgreSQL."""
    with connection.cursor() as cursor:
        for guard in _of_vendor(connection):
            statements = guard.sqlite() if connection.vendor == "sqlite" else guard.postgresql()
            for statement in statements:
                cursor.execute(statement)


def lift_guards(connection: BaseDatabaseWrapper) -> None:
    """Take every guard off a SQLite database, so that its tables can be rebuilt by a migration.

    While one table is rebuilt, SQLite refuses triggers of others that name it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE 'guard\\_%' "
            "ESCAPE '\\'"
        )
        for (name,) in cursor.fetchall():
            cursor.execute(f'DROP TRIGGER "{name}"')


def missing_guards(connection: BaseDatabaseWrapper) -> list[str]:
    """Names of guards that this database lacks."""
    present = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    )
    with connection.cursor() as cursor:
        cursor.execute(present)
        found = {row[0] for row in cursor.fetchall()}
    return [guard.name for guard in _of_vendor(connection) if guard.name not in found]
