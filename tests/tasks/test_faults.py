"""Real workers, a real mail server, a real broker: killed, cut and gone, and nothing is lost."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
import redis
from celery import Celery
from django.conf import settings as tracker_settings
from pytest_django import Settings

from conditions import clock
from conditions.actions.cycles import open_cycles
from conditions.actions.delivery import LEASE, deliver_due
from conditions.actions.leases import new_owner
from conditions.actions.reminders import owe_reminders
from conditions.models import Program, Reminder
from tests.days import DAY, noon
from tests.factories import make_condition, make_program, make_user
from tests.lacking import leave_out
from tests.mailserver import serving

pytestmark = [pytest.mark.faults, pytest.mark.django_db(transaction=True)]

PATIENCE = 60.0
# A real worker reads the real clock, so what it is to send must be due whenever this runs.
LONG_AGO = date(2020, 1, 1)
LONG_AGO_DUE = date(2020, 4, 30)
PEOPLE = 6
# Works on one job that is already waiting, as `manage.py serve` does: the broker is its own memory.
WORKER = """
from tracker.celery import app
app.send_task("conditions.tasks.deliver")
app.worker_main(["--quiet", "worker", "--pool=threads", "--concurrency=2", "--without-gossip",
                 "--without-mingle", "--without-heartbeat"])
"""


def eventually(happened: Callable[[], object], *, log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"did not happen in {PATIENCE} s: {log.read_text()}"
        time.sleep(0.05)


@pytest.fixture
def program() -> Program:
    """A program of which every lead is owed one message."""
    program = make_program(
        conditions=(), anchor_on=LONG_AGO, tracked_from=LONG_AGO, as_of=noon(LONG_AGO)
    )
    for position in range(PEOPLE):
        make_condition(
            program=program,
            code=f"C{position}",
            position=position,
            lead=make_user("analyst", time_zone="UTC", reminder_hour=0),
        )
    owe(program, LONG_AGO_DUE)
    return program


def owe(program: Program, day: date) -> None:
    open_cycles(program=program, as_of=noon(day))
    owe_reminders(program=program, as_of=noon(day))


@contextmanager
def worker(environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)


def sent() -> int:
    return Reminder.objects.filter(state="sent").count()


def test_a_worker_killed_in_mid_delivery_loses_nothing_and_repeats_one_at_most(
    program: Program,
    child_environment: dict[str, str],
    settings: Settings,
    tmp_path: Path,
) -> None:
    with serving(settings) as server:
        server.hangs_at = 3
        environment = {**child_environment, "REDIS_URL": "", "EMAIL_URL": server.url}
        with worker(environment, log := tmp_path / "worker.log") as process:
            eventually(server.hanging.is_set, log=log)
            os.kill(process.pid, signal.SIGKILL)
            assert process.wait(PATIENCE) == -signal.SIGKILL
        # The third arrived, and nobody was left to record it.
        assert (len(server.arrived), sent()) == (3, 2)
        assert deliver_due(owner=new_owner(), clock=clock.now).sent == 0
        later = clock.now() + LEASE
        assert deliver_due(owner=new_owner(), clock=lambda: later).sent == PEOPLE - 2
        assert sent() == PEOPLE
        times = Counter(server.ids())
        rows = Reminder.objects.filter(state="sent")
        assert set(times) == set(rows.values_list("message_id", flat=True))
        assert [again for again, number in times.items() if number > 1] == [server.ids()[2]]
        assert sum(times.values()) == PEOPLE + 1


def test_a_real_server_that_refuses_and_breaks_off_delays_and_loses_nothing(
    program: Program, settings: Settings
) -> None:
    at = noon(LONG_AGO_DUE)
    refused = Reminder.objects.filter(state="owed").earliest("id").recipient
    with serving(settings) as server:
        server.breaks_off = True
        done = deliver_due(owner=new_owner(), clock=lambda: at)
        assert (done.sent, done.failed) == (0, PEOPLE)
        server.breaks_off, server.refuses = False, {refused.email}
        at = Reminder.objects.filter(state="owed").latest("next_attempt_at").next_attempt_at
        done = deliver_due(owner=new_owner(), clock=lambda: at)
        assert (done.sent, done.failed) == (PEOPLE - 1, 1)
        server.refuses = set()
        row = Reminder.objects.get(state="owed")
        assert (row.recipient, row.attempts) == (refused, 2)
        assert "No such mailbox" in row.last_error
        done = deliver_due(owner=new_owner(), clock=lambda: row.next_attempt_at)
        assert (done.sent, done.failed) == (1, 0)
        assert set(Counter(server.ids()).values()) == {1}
        assert len(server.arrived) == PEOPLE


def test_a_broker_that_is_gone_for_a_while_loses_nothing(
    program: Program, child_environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    with serving() as server, broker(port, tmp_path) as first:
        environment = {**child_environment, "REDIS_URL": url, "EMAIL_URL": server.url}
        with worker(environment, log := tmp_path / "worker.log") as process:
            eventually(lambda: sent() == PEOPLE, log=log)
            first.kill()
            first.wait(PATIENCE)
            # While it is gone, the days go on; what is owed is written all the same.
            owe(program, LONG_AGO_DUE + DAY)
            with broker(port, tmp_path):
                pulse(url)
                eventually(lambda: sent() == 2 * PEOPLE, log=log)
            assert process.poll() is None
        assert set(Counter(server.ids()).values()) == {1}


def pulse(url: str) -> None:
    """What beat does each minute; a worker that has not come back yet finds it waiting."""
    with Celery("beat", broker=url) as beat:
        beat.conf.task_default_queue = tracker_settings.CELERY_TASK_DEFAULT_QUEUE
        beat.send_task("conditions.tasks.deliver")


@contextmanager
def broker(port: int, directory: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A Redis that remembers nothing."""
    log = directory / "redis.log"
    binary = shutil.which("redis-server")
    if binary is None and tracker_settings.REDIS_URL:
        pytest.fail("REDIS_URL is set, but there is no redis-server to kill. Install redis-server.")
    if binary is None:
        leave_out("there is no redis-server to kill. Install it: sudo apt install redis-server")
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--logfile", log]
    process = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL)
    try:
        eventually(lambda: answers(port), log=log)
        yield process
    finally:
        # The process, should the test not have killed it; kill() of a dead one does nothing.
        process.kill()
        process.wait(PATIENCE)


def answers(port: int) -> bool:
    with redis.Redis(port=port, socket_connect_timeout=1) as client:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
    return number
