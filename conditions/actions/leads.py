"""The leads of several conditions, assigned together: all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from conditions.actions.people import assign_lead
from conditions.models import Condition, Program, User


def assign_leads(
    *, leads: Mapping[Condition, User | None], by: User | None, as_of: datetime
) -> tuple[Condition, ...]:
    """Make these people answer for these conditions; those whose lead really changed.

    One event each, none where the lead stays. Raises BadLead, and then nothing has changed.
    """
    with transaction.atomic():
        Program.objects.hold(*{condition.program_id for condition in leads})
        before = dict(
            Condition.objects.filter(pk__in=[condition.pk for condition in leads]).values_list(
                "pk", "lead"
            )
        )
        assigned = [
            assign_lead(condition=condition, lead=lead, by=by, as_of=as_of)
            for condition, lead in leads.items()
        ]
    return tuple(row for row in assigned if row.lead_id != before[row.pk])
