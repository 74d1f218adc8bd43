"""Keeps a few child processes alive, and leaves none behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

POLL_SECONDS = 0.2
# How long children may take to finish what they are doing before they are killed.
GRACE_SECONDS = 15.0
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
# A child that has lived this long has recovered: its next death is its first again.
RECOVERED_SECONDS = 60.0
# Two minutes of pauses or so: what has not passed by then does not pass by itself.
MOST_DEATHS = 10


class KeepsDying(Exception):
    """A child died as often as anybody waits for, each time soon after its start."""


@dataclass
class Child:
    """One process that should always run."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    restart_at: float = 0.0
    deaths: int = 0


class Supervisor:
    """Starts the children, restarts a dead one with growing pauses, and stops all of them together.

    A child that keeps dying soon after its start is given up, and the others are stopped with it.
    ``say`` is given one line for the person at the terminal. ``pass_fds`` are open files that
    every child inherits.
    """

    def __init__(
        self,
        commands: dict[str, Sequence[str]],
        *,
        say: Callable[[str], None],
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.children = [Child(name, command) for name, command in commands.items()]
        self.say = say
        self.pass_fds = pass_fds
        self.stops_asked = 0

    def run(self) -> None:
        """Runs until a signal asks to stop; returns when every child is gone. Raises KeepsDying."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._ask_to_stop)
        try:
            while not self.stops_asked:
                for child in self.children:
                    self._keep_alive(child)
                time.sleep(POLL_SECONDS)
        finally:
            self._stop_all()

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self.stops_asked += 1

    def _keep_alive(self, child: Child) -> None:
        moment = time.monotonic()
        if child.process is None:
            if moment >= child.restart_at:
                self._start(child)
        elif child.process.poll() is not None:
            code = child.process.returncode
            # What the dead leader left in its group goes with it.
            signal_group(child.process.pid, signal.SIGTERM)
            child.process = None
            self._await_restart(child, ending(code), moment)

    def _await_restart(self, child: Child, how: str, moment: float) -> None:
        if moment - child.started > RECOVERED_SECONDS:
            child.deaths = 0
        child.deaths += 1
        if child.deaths == MOST_DEATHS:
            raise KeepsDying(
                f"The {child.name} process ended {MOST_DEATHS} times in a row, each time soon "
                f"after its start, the last time: {how}. Nothing is served any more: mend what it "
                "said before it ended, then start again."
            )
        pause = min(FIRST_PAUSE * 2 ** (child.deaths - 1), LONGEST_PAUSE)
        child.restart_at = moment + pause
        self.say(f"{child.name} ended ({how}); starting it again in {pause:g} s")

    def _start(self, child: Child) -> None:
        # A group of its own: Ctrl-C at the terminal reaches the supervisor alone, which then
        # stops everything in order.
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            pass_fds=self.pass_fds,
            process_group=0,
        )
        child.started = time.monotonic()
        self.say(f"{child.name} started (process {child.process.pid})")

    def _stop_all(self) -> None:
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            # Its leader only: it tells its own children, and lets them finish.
            process.terminate()
        deadline = time.monotonic() + GRACE_SECONDS
        while (
            any(process.poll() is None for process in running)
            and time.monotonic() < deadline
            and self.stops_asked < 2
        ):
            time.sleep(POLL_SECONDS / 4)
        for process in running:
            signal_group(process.pid, signal.SIGKILL)
            process.wait()


def signal_group(group: int, number: signal.Signals) -> None:
    """Sends a signal to every process that is left in a process group; none left is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def ending(code: int) -> str:
    """How a process ended, in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
