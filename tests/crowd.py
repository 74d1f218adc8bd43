"""Several at once: what two workers, two beats or two people do in the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection, transaction

# How long a transaction stays open for another one that may have to wait for its end.
HELD_SECONDS = 1.0


def at_once(jobs: list[Callable[[], object]]) -> None:
    """Runs the jobs in threads that begin together, each on a connection of its own."""
    gate = threading.Barrier(len(jobs))
    errors: list[Exception] = []

    def run(job: Callable[[], object]) -> None:
        try:
            gate.wait()
            job()
        except Exception as error:  # noqa: BLE001 - told below, in the test's own thread
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []


def while_open(
    first: Callable[[], object],
    second: Callable[[], object],
    last: Callable[[], object] = lambda: None,
) -> None:
    """Runs ``second`` when ``first`` has written and its transaction is still open.

    It stays open until ``second`` is done, or has waited for it; then it ends with ``last``.
    """
    written, done = threading.Event(), threading.Event()

    def stay() -> None:
        try:
            with transaction.atomic():
                first()
                written.set()
                done.wait(HELD_SECONDS)
                last()
        finally:
            written.set()

    def follow() -> None:
        written.wait()
        try:
            second()
        finally:
            done.set()

    at_once([stay, follow])
