"""Two clients that keep a few connections busy for some seconds: wrk, or one of our own."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from bench.requests import HOST, Request

CONNECTIONS = 4
_WRK_SCRIPT = """
local requests = { %s }
local next_one = 0
request = function()
  next_one = next_one %% #requests + 1
  return requests[next_one]
end
done = function(summary, latency, request)
  io.write(string.format("TOTAL %%d %%d %%d\\n", summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write
    + summary.errors.status + summary.errors.timeout))
end
"""


@dataclass(frozen=True, slots=True)
class Load:
    """What one client did: requests answered, in how many seconds, and how many went wrong."""

    requests: int
    seconds: float
    wrong: int


def wrk() -> str | None:
    """The path of wrk, where it is installed."""
    return shutil.which("wrk")


def send(port: int, requests: list[Request], *, expect: int, seconds: float) -> Load:
    """Send the requests in turn, over and over, on a few connections at once."""
    if wrk():
        return _with_wrk(port, requests, seconds)
    return _by_hand(port, requests, expect, seconds)


def _with_wrk(port: int, requests: list[Request], seconds: float) -> Load:
    texts = ",\n".join(_lua(one.raw(port).decode()) for one in requests)
    with tempfile.TemporaryDirectory() as scratch:
        script = Path(scratch) / "requests.lua"
        script.write_text(_WRK_SCRIPT % texts)
        command = [str(wrk()), "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s"]
        command += ["-s", str(script), f"http://{HOST}:{port}"]
        output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    found = re.search(r"^TOTAL (\d+) (\d+) (\d+)$", output, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"wrk said: {output}")
    many, microseconds, wrong = map(int, found.groups())
    return Load(many, microseconds / 1e6, wrong)


def _lua(text: str) -> str:
    return json.dumps(text)


def _by_hand(port: int, requests: list[Request], expect: int, seconds: float) -> Load:
    raw = [one.raw(port) for one in requests]
    begun = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        # Each connection takes every n-th request, so no two send the same one of a varied list.
        shares = [list(islice(raw, n, None, CONNECTIONS)) or raw for n in range(CONNECTIONS)]
        until = begun + seconds
        counts = list(pool.map(lambda share: _connection(port, share, expect, until), shares))
    taken = time.monotonic() - begun
    return Load(sum(n for n, _ in counts), taken, sum(wrong for _, wrong in counts))


def _connection(port: int, share: list[bytes], expect: int, until: float) -> tuple[int, int]:
    answered = wrong = 0
    expected = f"HTTP/1.1 {expect} ".encode()
    with socket.create_connection((HOST, port), timeout=60) as one:
        one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while time.monotonic() < until:
            one.sendall(share[answered % len(share)])
            head = _answer(one)
            answered += 1
            wrong += not head.startswith(expected)
    return answered, wrong


def _answer(one: socket.socket) -> bytes:
    data = one.recv(65536)
    while (end := data.find(b"\r\n\r\n")) < 0:
        data += _more(one)
    head = data[:end]
    length = re.search(rb"(?i)\r\ncontent-length: *(\d+)", head)
    missing = int(length[1]) - (len(data) - end - 4) if length else 0
    while missing > 0:
        missing -= len(_more(one))
    return head


def _more(one: socket.socket) -> bytes:
    data = one.recv(262144)
    if not data:
        raise ConnectionError("The server closed a connection in the middle of an answer.")
    return data
