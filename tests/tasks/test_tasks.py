"""The scheduled jobs, by the names that beat calls, at the moment that the clock shows."""

from __future__ import annotations

import pytest
import time_machine
from django.conf import settings
from django.core import mail

from conditions.models import Pulse, Reminder
from conditions.tasks import deliver, sweep
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, noon
from tests.factories import make_program, make_user
from tracker.celery import app

pytestmark = pytest.mark.django_db


def test_beat_calls_jobs_that_exist() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    jobs = ("sweep", "deliver", "print_reports", "fetch_outside")
    assert named == {f"conditions.tasks.{job}" for job in jobs}
    assert named <= set(app.tasks)


def test_the_jobs_do_what_is_due_at_their_moment() -> None:
    make_program(lead=make_user("analyst"), as_of=noon(WHITE_HOUSE))
    late = noon(FIRST_DUE + DAY)
    with time_machine.travel(late, tick=False):
        sweep()
        deliver()
        deliver()
    assert len(mail.outbox) == 1
    assert "overdue by 1 day" in mail.outbox[0].subject
    assert Reminder.objects.get(state="sent").sent_at == late
    assert dict(Pulse.objects.values_list("name", "beat_at")) == {"sweep": late, "deliver": late}
