"""Digests: who has had the one of the day already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Max

from conditions.models import Reminder, User
from conditions.rules.days import legal_day
from conditions.rules.delivery import hour_on

LOOK_BACK = timedelta(days=2)


def next_digests(people: Iterable[User], as_of: datetime) -> Mapping[int, datetime]:
    """By id, when the next digest may reach those who had one today, by their own clock.

    One query. Whoever wants single messages, or had no digest today, is not in it.
    """
    readers = {one.pk: one for one in people if one.reminder_mode == User.ReminderMode.DIGEST}
    last = (
        Reminder.objects.filter(
            recipient__in=readers, state=Reminder.State.SENT, sent_at__gt=as_of - LOOK_BACK
        )
        .values_list("recipient")
        .annotate(last=Max("sent_at"))
        .order_by()
    )
    found: dict[int, datetime] = {}
    for person_id, sent_at in last:
        person = readers[person_id]
        today = legal_day(as_of, person.time_zone)
        if legal_day(sent_at, person.time_zone) == today:
            tomorrow = today + timedelta(days=1)
            found[person_id] = hour_on(
                tomorrow, hour=person.reminder_hour, time_zone=person.time_zone
            )
    return found
