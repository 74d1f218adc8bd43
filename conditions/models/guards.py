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
}
_SEALED_PARENT = (
    "EXISTS (SELECT 1 FROM conditions_assessment a WHERE a.id = {row}.assessment_id "
    "AND a.state IN ('submitted', 'approved'))"
)
_WROTE_IT = (
    "(NEW.approved_by_id = NEW.author_id OR EXISTS (SELECT 1 FROM conditions_assessmentauthor w "
    "WHERE w.assessment_id = NEW.id AND w.user_id = NEW.approved_by_id)) AND EXISTS "
    "(SELECT 1 FROM conditions_condition c JOIN conditions_program p ON p.id = c.program_id "
    "WHERE c.id = NEW.condition_id AND p.four_eyes)"
)


_CONTENT = (
    *("status", "trend", "confidence", "confidence_reason", "rationale", "limb", "dissent"),
    *("valid_from", "corrects_id", "correction_note", "condition_version_id", "sha256"),
    *("submitted_at", "submitted_by_id", "is_demonstration"),
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
                f"The {what} of a submitted or approved assessment are never changed.",
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
