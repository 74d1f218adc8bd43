"""Key judgements: the sentences at the head of a cycle's report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from conditions.actions.record import record_event, require_permission
from conditions.models import KeyJudgements, Program, ReviewCycle, User
from conditions.rules.refusals import Conflict, Invalid

MOST = 6
LONGEST = 400


class BadKeyJudgements(Invalid):
    """Too many sentences, too long, or none."""


class NothingNew(Conflict):
    """The key judgements on file read the same, or somebody wrote newer ones meanwhile."""


def write_key_judgements(
    *,
    cycle: ReviewCycle,
    statements: Sequence[str],
    by: User,
    as_of: datetime,
    expected_number: int,
    is_demonstration: bool = False,
) -> KeyJudgements:
    """Put a new set in place of the one numbered ``expected_number`` (0: there is none yet).

    The earlier sets stay on file. Raises BadKeyJudgements or NothingNew.
    """
    require_permission(by, "add_keyjudgements", to="write key judgements")
    wanted = [" ".join(one.split()) for one in statements if one.strip()]
    _require_fit(wanted)
    with transaction.atomic():
        [program] = Program.objects.hold(cycle.program_id)
        cycle = program.cycles.get(pk=cycle.pk)
        newest = cycle.key_judgements.first()
        number = newest.number if newest else 0
        if number != expected_number:
            raise NothingNew(
                "Somebody wrote key judgements after you opened the page.",
                field="number",
                value=expected_number,
                remedy=f"Look at set {number}, then write yours anew.",
            )
        if newest is not None and newest.statements == wanted:
            raise NothingNew(
                "These are the key judgements on file.",
                field="statements",
                value=number,
                remedy="Change a sentence, or leave them as they are.",
            )
        row = KeyJudgements.objects.create(
            cycle=cycle,
            number=number + 1,
            statements=wanted,
            author=by,
            recorded_at=as_of,
            is_demonstration=is_demonstration,
        )
        record_event(
            verb="keyjudgements.written",
            subject=row,
            by=by,
            as_of=as_of,
            program=program,
            cycle=cycle,
            before={"statements": newest.statements} if newest else None,
            after={"number": row.number, "statements": wanted},
        )
    return row


def _require_fit(statements: Sequence[str]) -> None:
    if not 1 <= len(statements) <= MOST:
        raise BadKeyJudgements(
            f"{len(statements)} key judgements are {'too many' if statements else 'none'}.",
            field="statements",
            value=len(statements),
            remedy=f"Write 1 to {MOST}, one on each line, most important first.",
        )
    for place, statement in enumerate(statements, start=1):
        if len(statement) > LONGEST:
            raise BadKeyJudgements(
                f"Key judgement {place} has {len(statement)} characters.",
                field="statements",
                value=statement,
                remedy=f"Say it in at most {LONGEST}.",
            )
