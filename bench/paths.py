"""The paths that are measured, one entry each, with their targets as shares of the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlencode

from bench import checks
from bench.databases import POSTGRESQL, SQLITE
from bench.requests import Request, Response, ask
from bench.subject import ANONYMOUS, WITH_TOKEN, Subject

Requests = Callable[[Subject, int], list[Request]]
Check = Callable[[Subject, Request, Response], Iterator[str]]
Headers = tuple[tuple[str, str], ...]
AS_A_BROWSER: Headers = (("Accept-Encoding", "gzip"), ("Accept", "text/html"))


@dataclass(frozen=True, slots=True)
class Path:
    """One path: what is sent in a turn, which status answers it, and what makes it right."""

    name: str
    requests: Requests
    faults: Check
    targets: Mapping[str, float]
    status: int = 200


def _both(postgresql: float, sqlite: float) -> dict[str, float]:
    return {POSTGRESQL: postgresql, SQLITE: sqlite}


def _status(headers: Headers) -> Requests:
    return lambda subject, turn: [Request(subject.api, headers)]


def _page(subject: Subject, turn: int) -> list[Request]:
    return [Request(subject.page, AS_A_BROWSER)]


def _unchanged(first: Requests) -> Requests:
    def requests(subject: Subject, turn: int) -> list[Request]:
        (request,) = first(subject, turn)
        etag = ask(subject.port, request).headers["etag"]
        return [Request(request.path, (*request.headers, ("If-None-Match", etag)))]

    return requests


def _worked_out(address: str, headers: Headers, *, on_days: bool) -> Requests:
    """Requests that nobody has sent before, so that no kept answer can serve."""

    def requests(subject: Subject, turn: int) -> list[Request]:
        path = getattr(subject, address)
        days = subject.days() if on_days else [subject.today] * len(subject.days())
        pairs = zip(days, subject.moments(turn), strict=True)
        queries = (
            {"valid_at": day.isoformat(), "known_at": moment.astimezone(UTC).isoformat()}
            for day, moment in pairs
        )
        return [Request(f"{path}?{urlencode(query)}", headers) for query in queries]

    return requests


_STATUS = _both(postgresql=0.35, sqlite=0.5)
_UNCHANGED = _both(postgresql=0.40, sqlite=0.6)
_SCORECARD = _both(postgresql=0.10, sqlite=0.10)
_NO_TARGET: Mapping[str, float] = {}

PATHS = (
    Path("status", _status(ANONYMOUS), checks.status_faults, _STATUS),
    Path("status-token", _status(WITH_TOKEN), checks.status_faults, _STATUS),
    Path(
        "status-304",
        _unchanged(_status(ANONYMOUS)),
        checks.unchanged_faults,
        _UNCHANGED,
        status=304,
    ),
    Path(
        "status-worked-out",
        _worked_out("api", ANONYMOUS, on_days=False),
        checks.status_faults,
        _NO_TARGET,
    ),
    Path(
        "status-as-of",
        _worked_out("api", ANONYMOUS, on_days=True),
        checks.status_faults,
        _NO_TARGET,
    ),
    Path("scorecard", _page, checks.scorecard_faults, _SCORECARD),
    Path("scorecard-304", _unchanged(_page), checks.unchanged_faults, _UNCHANGED, status=304),
    Path(
        "scorecard-worked-out",
        _worked_out("page", AS_A_BROWSER, on_days=False),
        checks.scorecard_faults,
        _NO_TARGET,
    ),
)
