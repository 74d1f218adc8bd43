"""The web server as `serve` starts it, alone, and what it takes of the machine."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from bench.databases import ROOT
from conditions.management.children import FRUGAL

STARTS_WITHIN = 60.0
_TICKS = os.sysconf("SC_CLK_TCK")
_PROC = Path("/proc")


@dataclass(frozen=True, slots=True)
class Web:
    """A running web server on this machine."""

    pid: int
    port: int

    def cpu_seconds(self) -> float | None:
        """What its processes have used of the processor so far; None without /proc."""
        if not (_PROC / str(self.pid) / "stat").exists():
            return None
        return sum(_ticks(pid) for pid in _tree(self.pid)) / _TICKS

    def resident_mib(self) -> float | None:
        """The memory of its largest process; None without /proc."""
        if not (_PROC / str(self.pid) / "status").exists():
            return None
        return max(_resident(pid) for pid in _tree(self.pid)) / 1024


@contextmanager
def web(environment: dict[str, str]) -> Iterator[Web]:
    """Starts the server on a free port, waits until it answers, and ends it afterwards."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        number, port = listener.fileno(), listener.getsockname()[1]
        command = [sys.executable, "manage.py", "serve", "--parent", str(os.getpid())]
        command += ["--skip-checks", "--only", "web", "--listener", str(number)]
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**FRUGAL, **environment, "PORT": str(port)},
            pass_fds=[number],
            stdout=subprocess.DEVNULL,
        )
    try:
        _wait(process, port)
        yield Web(process.pid, port)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"The web server ended with {process.returncode} before it began.")
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=STARTS_WITHIN)
            connection.request("GET", "/bench/floor")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
        finally:
            connection.close()
    raise RuntimeError(f"The web server did not answer within {STARTS_WITHIN:.0f} s.")


def _tree(pid: int) -> Iterator[int]:
    yield pid
    for task in (_PROC / str(pid) / "task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _tree(int(child))


def _ticks(pid: int) -> int:
    # After the name, which may hold spaces and brackets: fields 14 and 15 are user and system time.
    fields = (_PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def _resident(pid: int) -> int:
    for line in (_PROC / str(pid) / "status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0
