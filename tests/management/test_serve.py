"""`manage.py serve`, with real processes: what dies comes back, and nothing is left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path

import pytest
import yaml
from django.conf import settings

from conditions.management.children import worker_arguments
from conditions.management.supervisor import MOST_DEATHS

pytestmark = pytest.mark.faults

# Far above what any step takes, so a slow machine is not a failure and a hang still ends.
PATIENCE = 60.0


class Serving:
    """A running tracker. Every process of it holds the pipe, so its end means that all are gone."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.lines: list[str] = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip())
        self.process.stdout.close()

    def said(self, pattern: str) -> list[str]:
        """What the lines so far say: the first group of each match."""
        found = (re.search(pattern, line) for line in list(self.lines))
        return [match.group(1) for match in found if match]

    def wait_for(self, pattern: str, times: int = 1) -> str:
        """Waits until ``pattern`` was said so many times; returns its first group in the last."""
        eventually(lambda: len(self.said(pattern)) >= times, f"{pattern!r} in {self.lines}")
        return self.said(pattern)[-1]

    def all_gone(self) -> bool:
        """Whether every process of the tracker ends in time."""
        self.process.wait(PATIENCE)
        self.reader.join(PATIENCE)
        return not self.reader.is_alive()


def eventually(happened: Callable[[], bool], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline, f"did not happen in {PATIENCE} s: {what}"
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Whether the web server answers at all; which page it shows is not the matter here."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/no-such-page", timeout=PATIENCE).close()
    except urllib.error.HTTPError as answer:
        answer.close()
        return answer.code == 404
    except OSError:
        return False
    return True


@pytest.fixture
def port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        number: int = probe.getsockname()[1]
    return number


@pytest.fixture
def command(port: int) -> list[str]:
    return [sys.executable, str(settings.BASE_DIR / "manage.py"), "serve", "--port", str(port)]


@pytest.fixture
def environment(tmp_path: Path, port: int) -> dict[str, str]:
    """An embedded installation of its own, whatever database and broker the suite runs on."""
    kept = {key: value for key, value in os.environ.items() if key not in {"REDIS_URL"}}
    return kept | {
        "DATA_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'tracker.sqlite3'}",
        "PORT": str(port),
    }


@pytest.fixture
def serving(command: list[str], environment: dict[str, str]) -> Iterator[Serving]:
    tracker = Serving(command, environment)
    try:
        tracker.wait_for("(answers) at")
        yield tracker
    finally:
        if tracker.process.poll() is None:
            tracker.process.kill()
        assert tracker.all_gone(), "a process of the tracker was left behind"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_all_of_it(serving: Serving, port: int, number: signal.Signals) -> None:
    assert answers(port)
    serving.process.send_signal(number)
    assert serving.all_gone()
    assert serving.process.returncode == 0
    assert not answers(port)


def taken_by(arguments: list[str]) -> set[str]:
    """The queues that a worker with these arguments takes from."""
    found = re.search(r"--queues[ =](\S+)", " ".join(arguments))
    assert found, arguments
    return set(found.group(1).split(","))


def test_every_queue_has_a_worker_embedded_and_on_a_server() -> None:
    queues = {queue.name for queue in settings.CELERY_TASK_QUEUES}
    assert taken_by(worker_arguments()) == queues
    services = yaml.safe_load((settings.BASE_DIR / "docker-compose.yml").read_text())["services"]
    workers = {
        name: service["command"]
        for name, service in services.items()
        if "celery" in service.get("command", []) and "worker" in service["command"]
    }
    taken = {name: taken_by(command) for name, command in workers.items()}
    assert taken == {"worker": {"tracker"}, "outside": {"outside"}}
    assert set().union(*taken.values()) == queues
    for name, command in workers.items():
        hostname = command[command.index("--hostname") + 1]
        assert hostname.replace("%h", "$$HOSTNAME") in services[name]["healthcheck"]["test"][1]


def test_what_it_writes_is_for_its_owner_only(serving: Serving, tmp_path: Path) -> None:
    # The web server and the worker ask the database as they start, which makes its file.
    eventually((tmp_path / "tracker.sqlite3").exists, "a database file")
    assert stat.S_IMODE((tmp_path / "tracker.sqlite3").stat().st_mode) == 0o600


def test_a_killed_worker_comes_back(serving: Serving, port: int) -> None:
    first = serving.wait_for(r"worker started \(process (\d+)\)")
    os.kill(int(first), signal.SIGKILL)
    second = serving.wait_for(r"worker started \(process (\d+)\)", times=2)
    assert second != first
    assert serving.said(r"worker ended \((.*?)\)") == ["killed by SIGKILL"]
    assert answers(port)


def test_a_killed_web_server_comes_back_on_the_same_port(serving: Serving, port: int) -> None:
    first = serving.wait_for(r"web started \(process (\d+)\)")
    os.kill(int(first), signal.SIGKILL)
    serving.wait_for("(answers) at", times=2)
    assert answers(port)


def test_output_that_nobody_reads_any_more_ends_nothing(
    command: list[str], environment: dict[str, str], port: int
) -> None:
    process = subprocess.Popen(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        lines = list(takewhile(lambda line: "answers at" not in line, process.stdout))
        process.stdout.close()
        (web,) = re.findall(r"web started \(process (\d+)\)", "".join(lines))
        # The whole group, so that only the web server that comes back can answer.
        os.killpg(int(web), signal.SIGKILL)
        eventually(lambda: answers(port), "an answer")
        process.terminate()
        assert process.wait(PATIENCE) == 0
        assert not answers(port)
    finally:
        process.kill()
        process.wait(PATIENCE)


def test_a_killed_supervisor_leaves_no_orphan(serving: Serving, port: int) -> None:
    serving.process.kill()
    assert serving.all_gone()
    assert not answers(port)


def test_a_taken_port_is_refused_by_name(command: list[str], environment: dict[str, str]) -> None:
    port = int(command[-1])
    with socket.create_server(("127.0.0.1", port)):
        outcome = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=PATIENCE
        )
    assert outcome.returncode == 1
    assert f"Port {port} on 127.0.0.1 cannot be used" in outcome.stderr
    assert f"PORT={port + 1}" in outcome.stderr


def test_a_child_that_keeps_dying_is_restarted_with_growing_pauses() -> None:
    program = (
        "from conditions.management.supervisor import Supervisor\n"
        "Supervisor({'child': ['false']}, say=lambda line: print(line, flush=True)).run()\n"
    )
    tracker = Serving([sys.executable, "-c", program], dict(os.environ))
    tracker.wait_for(r"again in (\S+) s", times=3)
    tracker.process.terminate()
    assert tracker.all_gone()
    assert tracker.said(r"ended \((.*?)\)")[0] == "exit code 1"
    assert tracker.said(r"again in (\S+) s")[:3] == ["0.5", "1", "2"]


def test_a_child_that_dies_at_once_every_time_is_given_up(
    environment: dict[str, str], port: int
) -> None:
    program = (
        "import sys\n"
        "from django.core.management import execute_from_command_line\n"
        "from conditions.management import supervisor\n"
        "supervisor.FIRST_PAUSE = 0.001\n"
        "sys.executable = 'false'\n"
        f"execute_from_command_line(['manage.py', 'serve', '--port', '{port}'])\n"
    )
    outcome = subprocess.run(
        [sys.executable, "-c", program],
        env=environment | {"DJANGO_SETTINGS_MODULE": "tracker.settings"},
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert outcome.returncode == 1
    assert outcome.stderr.count("web ended (exit code 1); starting it again") == MOST_DEATHS - 1
    assert outcome.stderr.splitlines()[-1] == (
        f"CommandError: The web process ended {MOST_DEATHS} times in a row, each time soon after "
        "its start, the last time: exit code 1. Nothing is served any more: mend what it said "
        "before it ended, then start again."
    )
    assert not answers(port)
