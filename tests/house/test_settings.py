"""The settings: each is explained, unclear ones are refused by name, and a server is a safe one."""

from __future__ import annotations

import ast
import os
import re
import runpy
import stat
import subprocess
import sys
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from django.conf import settings as tracker_settings

from conditions.checks import check_server
from tracker.environment import UnclearSetting, kept_secret

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = ROOT / "tracker" / "settings.py"
SERVER = {"SITE_URL": "https://tracker.example.org", "SECRET_KEY": "0123456789" * 5}

Read = Callable[..., dict[str, Any]]


def names_read() -> set[str]:
    """Every name that settings.py reads from the environment."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(SETTINGS.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "read"
        and isinstance(node.args[0], ast.Constant)
    }


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Read:
    """Reads the settings afresh, as in an environment that holds only what is given."""

    def read_settings(**environment: str) -> dict[str, Any]:
        for name in names_read():
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DATA_DIR", str(tmp_path / "data"))
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read_settings


def test_every_setting_is_explained_and_no_other() -> None:
    table = (ROOT / "docs" / "operations.md").read_text().split("## Settings")[1]
    assert set(re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)) == names_read()


def test_settings_are_read_in_one_place() -> None:
    elsewhere = [
        path.relative_to(ROOT)
        for path in [*ROOT.glob("conditions/**/*.py"), *ROOT.glob("tracker/*.py")]
        if re.search(r"os\.(environ\b(?!\.setdefault)|getenv)", path.read_text())
    ]
    assert elsewhere == [Path("tracker/environment.py")]


@pytest.mark.parametrize(
    ("name", "value", "remedy"),
    [
        ("DEBUG", "maybe", "true or false"),
        ("PORT", "70000", "from 1 to 65535"),
        ("PORT", "eighty", "from 1 to 65535"),
        ("SITE_URL", "tracker.example.org", "https://tracker.example.org"),
        ("SITE_URL", "https://tracker.example.org/path", "https://tracker.example.org"),
        ("SITE_URL", "https://tracker.example.org:port", "port number"),
        ("ALLOWED_HOSTS", "one,,two", "separated by commas"),
        ("LOG_LEVEL", "LOUD", "DEBUG, INFO, WARNING, ERROR"),
        ("BEHIND_PROXY", "perhaps", "true or false"),
    ],
)
def test_an_unclear_value_is_refused_by_name(
    read: Read, name: str, value: str, remedy: str
) -> None:
    with pytest.raises(UnclearSetting) as refusal:
        read(**{name: value})
    assert str(refusal.value).startswith(f"{name}={value!r} is not clear. ")
    assert remedy in str(refusal.value)


@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
@pytest.mark.parametrize("value", ["ftp://user:hunter2@host", "postgres://user:hunter2@host:p/x"])
def test_a_refusal_never_shows_a_password(read: Read, name: str, value: str) -> None:
    with pytest.raises(UnclearSetting) as refusal:
        read(**{name: value})
    assert name in str(refusal.value)
    assert "hunter2" not in str(refusal.value)


def test_the_command_line_refuses_in_one_line() -> None:
    outcome = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "migrate"],
        env={**os.environ, "DEBUG": "maybe"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert outcome.returncode == 1
    assert outcome.stderr == "DEBUG='maybe' is not clear. Write true or false.\n"


def test_a_server_must_be_given_its_secret(read: Read) -> None:
    with pytest.raises(UnclearSetting, match="SECRET_KEY is not set"):
        read(SITE_URL="https://tracker.example.org")


@pytest.mark.parametrize("secret", ["0123456789" * 5, "abcde" * 10])
def test_a_secret_of_fifty_characters_will_do(read: Read, secret: str) -> None:
    assert read(**{**SERVER, "SECRET_KEY": secret})["SECRET_KEY"] == secret


@pytest.mark.parametrize("secret", ["hunter2", ("0123456789" * 5)[:-1], "abcd" * 13, ""])
def test_a_server_refuses_a_secret_that_can_be_guessed(read: Read, secret: str) -> None:
    with pytest.raises(UnclearSetting) as refusal:
        read(**{**SERVER, "SECRET_KEY": secret})
    assert str(refusal.value) == (
        "SECRET_KEY is not clear. SITE_URL is https://tracker.example.org, not this machine: "
        "write at least 50 random characters."
    )


def test_a_server_refuses_debug(read: Read) -> None:
    with pytest.raises(UnclearSetting) as refusal:
        read(**SERVER, DEBUG="true")
    assert str(refusal.value) == (
        "DEBUG='true' is not clear. SITE_URL is https://tracker.example.org, not this machine: "
        "write false, or remove it."
    )
    assert read(DEBUG="true")["DEBUG"]


def test_a_web_server_is_held_up_too(tmp_path: Path) -> None:
    outcome = subprocess.run(
        [sys.executable, "-c", "import tracker.wsgi"],
        cwd=ROOT,
        env={**os.environ, **SERVER, "DEBUG": "true", "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert outcome.returncode == 1
    assert "UnclearSetting: DEBUG='true' is not clear." in outcome.stderr.splitlines()[-1]


def test_a_server_on_https_is_closed(read: Read) -> None:
    server = read(**SERVER)
    assert server["ALLOWED_HOSTS"] == ["tracker.example.org"]
    assert server["SESSION_COOKIE_SECURE"]
    assert server["CSRF_COOKIE_SECURE"]
    assert server["SECURE_SSL_REDIRECT"]
    assert server["SECURE_HSTS_SECONDS"] == 31_536_000
    assert "SECURE_PROXY_SSL_HEADER" not in server
    assert server["LOG_FORMAT"] == "json"


def test_on_ones_own_machine_a_secret_is_made_once(read: Read, tmp_path: Path) -> None:
    first = read()["SECRET_KEY"]
    assert len(first) >= 50
    assert read()["SECRET_KEY"] == first
    assert stat.S_IMODE((tmp_path / "data" / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700


def test_two_processes_making_the_secret_keep_the_first(tmp_path: Path) -> None:
    path = tmp_path / "secret_key"
    path.write_text("the first")
    assert kept_secret(path) == "the first"
    assert list(tmp_path.iterdir()) == [path]


def test_sqlite_waits_instead_of_failing(read: Read) -> None:
    options = read()["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]


def test_the_directory_of_a_database_is_made_for_its_owner(read: Read, tmp_path: Path) -> None:
    read(**SERVER, DATABASE_URL=f"sqlite:///{tmp_path / 'own' / 'tracker.sqlite3'}")
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o700


def test_postgresql_pools_and_checks_its_connections(read: Read) -> None:
    database = read(DATABASE_URL="postgres://u:p@db:5432/tracker")["DATABASES"]["default"]
    assert database["CONN_HEALTH_CHECKS"]
    assert database["CONN_MAX_AGE"] == 0
    assert database["OPTIONS"]["pool"]["max_size"] == 10


def test_no_mail_waits_longer_than_its_lease(read: Read) -> None:
    assert read(EMAIL_URL="submission://u:p@mail.example.org")["EMAIL_TIMEOUT"] == 20


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"ALLOWED_HOSTS": ["*"]}, "conditions.E001"),
        ({"HTTPS": False}, "conditions.W001"),
        ({"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}, "conditions.W002"),
    ],
)
def test_a_server_with_one_unsafe_setting_is_held_up(
    settings: Any, change: dict[str, object], code: str
) -> None:
    safe = {
        "LOCAL": False,
        "HTTPS": True,
        "ALLOWED_HOSTS": ["tracker.example.org"],
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    }
    for name, value in safe.items():
        setattr(settings, name, value)
    assert check_server(None) == []
    for name, value in change.items():
        setattr(settings, name, value)
    assert [message.id for message in check_server(None)] == [code]


def test_nothing_is_held_up_on_ones_own_machine() -> None:
    assert tracker_settings.LOCAL
    assert check_server(None) == []


@pytest.mark.parametrize("site", ["https://tracker.example.org", "https://tracker.example.org/"])
def test_the_container_asks_for_its_health_by_the_name_it_answers_to(site: str) -> None:
    (command,) = re.findall(r'CMD \["python", "-c", "(.*?)"\]', (ROOT / "Dockerfile").read_text())
    (header,) = re.findall(r"headers=(\{.*?\})\)", command)
    told = eval(header, {"p": urllib.parse, "os": SimpleNamespace(environ={"SITE_URL": site})})
    assert told == {"Host": "tracker.example.org"}


def test_compose_believes_the_proxy_that_https_needs() -> None:
    environment = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["x-tracker"]
    assert environment["environment"]["BEHIND_PROXY"] == "${BEHIND_PROXY:-true}"
    assert 'ports: ["${BIND:-127.0.0.1}:' in (ROOT / "docker-compose.yml").read_text()
