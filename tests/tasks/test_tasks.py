"""The scheduled jobs, by the names that beat calls, at the moment that the clock shows."""

from __future__ import annotations

from threading import Event, Thread

import pytest
import time_machine
from django.conf import settings
from django.core import mail

from conditions.management.children import WORKER_THREADS
from conditions.models import LinkHealth, Pulse, Reminder
from conditions.tasks import alone, deliver, look_at_links, sweep
from tests.days import DAY, FIRST_DUE, WHITE_HOUSE, noon
from tests.factories import make_evidence, make_program, make_user
from tracker.celery import app

pytestmark = pytest.mark.django_db


def test_beat_calls_jobs_that_exist() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    jobs = (
        "sweep",
        "deliver",
        "print_reports",
        "fetch_outside",
        "compare_texts",
        "look_at_links",
        "read_feeds",
        "read_pages",
        "advance_imports",
    )
    assert named == {f"conditions.tasks.{job}" for job in jobs}
    assert named <= set(app.tasks)


def queue_of(job: str) -> str:
    name: str = app.amqp.router.route({}, f"conditions.tasks.{job}")["queue"].name
    return name


def test_no_backlog_of_calls_outside_stands_before_the_sweep_and_the_mail() -> None:
    inside = ("sweep", "deliver", "print_reports", "advance_imports")
    outside = ("fetch_outside", "read_feeds", "read_pages", "look_at_links", "compare_texts")
    assert {queue_of(job) for job in inside} == {"tracker"}
    assert {queue_of(job) for job in outside} == {"outside"}
    # With one exchange and key for both, each message would reach both.
    ways = {(queue.exchange.name, queue.routing_key) for queue in settings.CELERY_TASK_QUEUES}
    assert len(ways) == len(settings.CELERY_TASK_QUEUES)


def test_a_pulse_passes_while_the_run_before_it_still_works() -> None:
    begun, may_end, runs = Event(), Event(), []

    def work() -> None:
        runs.append("run")
        begun.set()
        assert may_end.wait(10)

    job = alone(work)
    first = Thread(target=job)
    first.start()
    assert begun.wait(10)
    job()
    assert runs == ["run"]
    may_end.set()
    first.join(10)
    job()
    assert runs == ["run", "run"]


def test_a_run_that_fails_lets_the_next_begin() -> None:
    runs = []

    def work() -> None:
        runs.append("run")
        raise ConnectionResetError

    job = alone(work)
    for _ in range(2):
        with pytest.raises(ConnectionResetError):
            job()
    assert runs == ["run", "run"]


def test_a_pulse_passes_while_a_run_of_any_process_holds_what_it_works_on() -> None:
    over = noon(FIRST_DUE) + DAY
    make_evidence(url="https://example.org/one")
    with time_machine.travel(noon(FIRST_DUE), tick=False):
        look_at_links()
        LinkHealth.objects.update(lease_owner="elsewhere", lease_until=over)
        make_evidence(url="https://example.org/two")
        look_at_links()
    assert LinkHealth.objects.count() == 1
    with time_machine.travel(over, tick=False):
        look_at_links()
    assert LinkHealth.objects.count() == 2


def test_the_sweep_and_the_mail_always_find_a_free_thread() -> None:
    app.loader.import_default_modules()
    named = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    single = {name for name in named if hasattr(app.tasks[name].run, "__wrapped__")}
    assert named - single == {"conditions.tasks.sweep", "conditions.tasks.deliver"}
    assert len(single) + 2 <= WORKER_THREADS


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
