"""doctor: names what is wrong, says how to mend it, and ends with 1."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as tracker_settings
from django.core.management import call_command
from django.db import connection

from conditions import clock
from conditions.models import Pulse
from conditions.queries.health import LATE_AFTER
from tests.press import need_press


def ask(*names: str) -> tuple[int, str]:
    """The exit code and the words of doctor."""
    words = StringIO()
    only = [part for name in names for part in ("--only", name)]
    try:
        call_command("doctor", *only, stdout=words)
    except SystemExit as end:
        return int(str(end.code)), words.getvalue()
    return 0, words.getvalue()


@pytest.fixture(autouse=True)
def _own_data(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path
    settings.REDIS_URL = ""


@pytest.mark.django_db
def test_a_healthy_installation_ends_with_0() -> None:
    need_press()
    for name in LATE_AFTER:
        Pulse.objects.create(name=name, beat_at=clock.now())
    code, words = ask()
    assert (code, words.count("ok "), words.count("!!")) == (0, 14, 0)


@pytest.mark.django_db
def test_a_stopped_pulse_is_named() -> None:
    code, words = ask("pulse")
    assert code == 1
    assert "The sweep has not run lately (never)." in words
    assert "python manage.py serve" in words


@pytest.mark.django_db
def test_a_dropped_guard_is_named() -> None:
    table = " ON conditions_event" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER guard_event_never_update{table}")
    code, words = ask("guards")
    assert code == 1
    assert "The database lacks guards: guard_event_never_update\n" in words
    assert "Run: python manage.py migrate" in words


@pytest.mark.django_db
def test_a_connection_that_walks_past_the_guards_is_named() -> None:
    if connection.vendor == "postgresql":
        # There is no such way past them.
        assert ask("guards")[0] == 0
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers=OFF")
        try:
            code, words = ask("guards")
        finally:
            cursor.execute("PRAGMA recursive_triggers=ON")
    assert code == 1
    assert "INSERT OR REPLACE" in words


def test_an_empty_database_is_told_to_migrate_and_the_rest_waits(tmp_path: Path) -> None:
    outcome = run({"DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}, tmp_path)
    assert outcome.returncode == 1
    assert "migrations are not applied" in outcome.stdout
    assert "Run: python manage.py migrate" in outcome.stdout
    assert outcome.stdout.count("cannot be asked until the database is well") == 9


def test_a_database_that_does_not_answer_is_told_as_such(tmp_path: Path) -> None:
    outcome = run({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, tmp_path)
    assert outcome.returncode == 1
    assert "The database does not answer" in outcome.stdout
    assert "correct DATABASE_URL" in outcome.stdout
    assert outcome.stderr == ""


def run(environment: dict[str, str], data: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(tracker_settings.BASE_DIR / "manage.py"), "doctor"],
        env={**os.environ, "REDIS_URL": "", "DATA_DIR": str(data), **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.mark.network
def test_a_broker_that_does_not_answer_is_named(settings: Any) -> None:
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    code, words = ask("broker")
    assert code == 1
    assert "The broker does not answer" in words
    assert "correct REDIS_URL" in words


@pytest.mark.network
def test_a_mail_server_that_does_not_answer_is_named(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    code, words = ask("mail")
    assert code == 1
    assert "The mail server 127.0.0.1:1 refuses us" in words


def test_a_data_directory_that_is_none_is_named(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings.DATA_DIR = tmp_path / "file"
    code, words = ask("data")
    assert code == 1
    assert "cannot be written" in words


def test_a_secret_that_others_can_read_is_named(tmp_path: Path) -> None:
    secret = tmp_path / "secret_key"
    secret.write_text("open")
    secret.chmod(0o644)
    code, words = ask("data")
    assert code == 1
    assert f"Run: chmod 600 {secret}" in words


def test_a_data_directory_that_others_can_enter_is_named(settings: Any, tmp_path: Path) -> None:
    settings.DATA_DIR = tmp_path / "open"
    settings.DATA_DIR.mkdir(mode=0o755)
    code, words = ask("data")
    assert code == 1
    assert f"Run: chmod 700 {settings.DATA_DIR}" in words


def test_an_unsafe_server_is_named(settings: Any, tmp_path: Path) -> None:
    settings.LOCAL, settings.HTTPS, settings.ALLOWED_HOSTS = False, True, ["*"]
    settings.STATIC_ROOT = tmp_path
    code, words = ask("configuration")
    assert code == 1
    assert "ALLOWED_HOSTS=* accepts requests that claim any name." in words
    assert "Run: python manage.py collectstatic" in words
