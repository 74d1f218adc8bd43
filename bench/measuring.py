"""Floor and path in alternation on one server, and what each request took."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bench.clients import Load, send
from bench.paths import Path
from bench.requests import HOST, Request, ask
from bench.subject import Subject
from bench.web import Web

FLOOR = [Request("/bench/floor")]
WARM_UP_SECONDS = 0.5
# Of a list of varied requests, so many answers are looked at.
CHECKED = 8


@dataclass(frozen=True, slots=True)
class Turn:
    """One client run: requests a second, and milliseconds of server processor for each."""

    per_second: float
    cpu_ms: float | None


@dataclass(frozen=True, slots=True)
class Measured:
    """A path on one database: turns in pairs with the floor, and what one request needs."""

    path: str
    vendor: str
    target: float | None
    floor: list[Turn]
    turns: list[Turn]
    queries_first: int
    queries_again: int
    sent: int
    faults: list[str] = field(default_factory=list)


def measure(
    path: Path,
    subject: Subject,
    web: Web,
    *,
    pairs: int,
    seconds: float,
    say: Callable[[str], None],
) -> Measured:
    """Check the path's answers, count what it asks the database, then run it against the floor."""
    faults, sent = _look(path, subject)
    first, again = _queries(path.requests(subject, 0)[0])
    floor: list[Turn] = []
    turns: list[Turn] = []
    _turn(web, FLOOR, 200, WARM_UP_SECONDS)
    _turn(web, path.requests(subject, 1), path.status, WARM_UP_SECONDS)
    for pair in range(pairs):
        floor.append(_turn(web, FLOOR, 200, seconds)[0])
        turn, load = _turn(web, path.requests(subject, 2 + pair), path.status, seconds)
        turns.append(turn)
        if load.wrong:
            faults.append(f"{load.wrong} of {load.requests} answers were not {path.status}")
    say(f"{path.name} on {connection.vendor}: {turns[-1].per_second:.0f}/s, {len(faults)} faults")
    return Measured(
        path=path.name,
        vendor=connection.vendor,
        target=path.targets.get(connection.vendor),
        floor=floor,
        turns=turns,
        queries_first=first,
        queries_again=again,
        sent=sent,
        faults=faults,
    )


def _look(path: Path, subject: Subject) -> tuple[list[str], int]:
    faults: list[str] = []
    sent = 0
    for request in path.requests(subject, 0)[:CHECKED]:
        response = ask(subject.port, request)
        sent = max(sent, response.sent)
        if response.status != path.status:
            faults.append(f"{request.path} answered {response.status}, should be {path.status}")
        else:
            faults += path.faults(subject, request, response)
    return faults, sent


def _queries(request: Request) -> tuple[int, int]:
    """SQL queries of a request to this very process: asked for the first time, and again."""
    client = Client(headers={"host": HOST, **dict(request.headers)})
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get(request.path)
        counts.append(len(captured))
    return counts[0], counts[1]


def _turn(web: Web, requests: list[Request], expect: int, seconds: float) -> tuple[Turn, Load]:
    before = web.cpu_seconds()
    load = send(web.port, requests, expect=expect, seconds=seconds)
    after = web.cpu_seconds()
    cpu_ms = None
    if before is not None and after is not None:
        cpu_ms = (after - before) * 1000 / load.requests
    return Turn(load.requests / load.seconds, cpu_ms), load
