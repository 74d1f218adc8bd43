"""What every test stands on: servers that answer, a closed network, a browser or its absence."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
import redis
from django.conf import settings as tracker_settings
from django.db import connection, connections
from django.db.backends.base.operations import BaseDatabaseOperations
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import Settings

from conditions.models.guards import all_guards

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]
MACOS_BROWSER = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
QUIET_BROWSER = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
]
DRIVES_BROWSER = {"browser", "screenshots"}
# Tests with these marks may open sockets, but only to this machine.
NETWORKED = {*DRIVES_BROWSER, "faults", "network"}
THIS_MACHINE = ["127.0.0.1", "::1"]
LEFT_OUT = pytest.StashKey[list[str]]()


# How fast a machine makes its examples says nothing about the code.
hypothesis_settings.register_profile(
    "house", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("house")


def find_browser() -> str | None:
    """The Chromium to drive: CHROMIUM, or the first one installed."""
    named = os.environ.get("CHROMIUM")
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    return named or found or (str(MACOS_BROWSER) if MACOS_BROWSER.exists() else None)


def pytest_sessionstart(session: pytest.Session) -> None:
    """A database, broker or browser that was asked for and is absent fails; nothing is skipped."""
    if os.environ.get("CI") == "true" and not find_browser():
        pytest.exit("CI=true, but there is no Chromium. Install it: sudo apt install chromium", 1)
    database = tracker_settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.postgresql":
        names = {"USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
        server = {names[key]: database[key] for key in names if database[key]}
        try:
            psycopg.connect(dbname="postgres", connect_timeout=5, **server).close()
        except psycopg.OperationalError as error:
            pytest.exit(f"DATABASE_URL is set, but PostgreSQL does not answer: {error}", 1)
    if tracker_settings.REDIS_URL:
        client = redis.Redis.from_url(tracker_settings.REDIS_URL, socket_connect_timeout=5)
        try:
            client.ping()
        except redis.RedisError as error:
            pytest.exit(f"REDIS_URL is set, but Redis does not answer: {error}", 1)
        finally:
            client.close()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Opens the network where a test is about it; leaves browser tests out without a browser."""
    for item in items:
        if marks(item) & NETWORKED:
            item.add_marker(pytest.mark.allow_hosts(THIS_MACHINE))
    # Last: a started Playwright leaves an event loop in the process, which Django then refuses.
    items.sort(key=lambda item: bool(marks(item) & DRIVES_BROWSER))
    left_out = [] if find_browser() else [item for item in items if marks(item) & DRIVES_BROWSER]
    config.stash[LEFT_OUT] = [item.nodeid for item in left_out]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not marks(item) & DRIVES_BROWSER]


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Lets Django work beside Playwright's event loop, from the first browser test to the end."""
    if marks(item) & DRIVES_BROWSER:
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A worker of xdist tells the controller what it left out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["left_out"] = session.config.stash.get(LEFT_OUT, [])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    """The controller of xdist collects nothing itself; every worker tells it the same."""
    node.config.stash[LEFT_OUT] = node.workeroutput.get("left_out", [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Says which tests were left out, and how to have them."""
    left_out = config.stash.get(LEFT_OUT, [])
    if left_out:
        terminalreporter.section("left out: no Chromium on this machine")
        for nodeid in left_out:
            terminalreporter.line(f"  {nodeid}")
        terminalreporter.line("To run them: sudo apt install chromium   (or set CHROMIUM=PATH)")


def marks(item: pytest.Item) -> set[str]:
    return {mark.name for mark in item.iter_markers()}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> Iterator[None]:
    """The test database; the guards make way while a transactional test empties its tables."""
    first = connections["default"]
    operations = type(first.ops)
    empty = operations.execute_sql_flush

    def empty_past_the_guards(self: BaseDatabaseOperations, statements: list[str]) -> None:
        # Django announces the end of it as a migration, upon which guards and roles come back.
        drop_guards()
        empty(self, statements)

    operations.execute_sql_flush = empty_past_the_guards
    yield
    operations.execute_sql_flush = empty
    # Beside a started browser Django opens a second connection; the first still holds the database.
    first.close()


def drop_guards() -> None:
    """Takes every guard away, for as long as tables are being emptied between two tests."""
    with connection.cursor() as cursor:
        for guard in all_guards():
            table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.name}{table}")


@pytest.fixture(autouse=True)
def _quick_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """How pytest-playwright starts the browser of this machine."""
    # Chromium's sandbox does not start for root, which is who runs in a container.
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    return {"executable_path": find_browser(), "args": [*QUIET_BROWSER, *sandbox]}


@pytest.fixture
def child_environment(transactional_db: None, tmp_path: Path) -> dict[str, str]:
    """The environment in which a child process sees this test's database and its own data."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        url = f"sqlite:///{name}"
    else:
        url = urlsplit(tracker_settings.DATABASE_URL)._replace(path=f"/{name}").geturl()
    return {**os.environ, "DATABASE_URL": url, "DATA_DIR": str(tmp_path)}
