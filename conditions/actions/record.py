"""The event that every action writes, in the transaction of the write it records."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from conditions.models import Condition, Event, Program, ReviewCycle, User
from conditions.rules.refusals import NotAllowed


class PermissionMissing(NotAllowed):
    """The person's role does not include this."""


def require_permission(by: User | None, codename: str, *, to: str) -> None:
    """Raise unless ``by`` holds ``conditions.<codename>``; ``to`` says what for, as a verb phrase.

    Nobody (``None``) is the scheduler or an operator at the command line, who is not asked.
    """
    if by is not None and not by.has_perm(f"conditions.{codename}"):
        raise PermissionMissing(
            f"Your role does not let you {to}.",
            field="by",
            value=by.get_username(),
            remedy="Ask a manager for the role, or a colleague who has it.",
        )


def snapshot(row: models.Model, *fields: str) -> dict[str, Any]:
    """The named fields of a row as plain values, foreign keys as their ids."""
    names = fields or tuple(field.attname for field in row._meta.concrete_fields)
    return {name: getattr(row, name) for name in names}


def record_event(
    *,
    verb: str,
    subject: models.Model,
    by: User | None,
    as_of: datetime,
    program: Program | None = None,
    condition: Condition | None = None,
    cycle: ReviewCycle | None = None,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
    reason: str = "",
) -> Event:
    """Append what was done to ``subject``, and mark its program as changed at ``as_of``."""
    event = Event.objects.create(
        at=as_of,
        actor=by,
        verb=verb,
        subject_type=str(subject._meta.model_name),
        subject_id=str(subject.pk),
        program=program,
        condition=condition,
        cycle=cycle,
        before=before,
        after=after,
        reason=reason,
    )
    if program is not None:
        Program.objects.touch(program.pk, as_of=as_of)
    return event
