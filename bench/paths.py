"""The paths that are measured, one entry each, with their targets as shares of the floor."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC
from urllib.parse import urlencode

from bench import checks
from bench.databases import POSTGRESQL, SQLITE
from bench.generator.words import VOCABULARY
from bench.requests import Request, Response, ask
from bench.subject import ANONYMOUS, VARIED, WITH_TOKEN, Subject

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


def _search(words: Callable[[int], str], headers: Headers) -> Requests:
    """Searches that differ in their words, so that no kept answer can serve."""

    def requests(subject: Subject, turn: int) -> list[Request]:
        queries = ({"q": words(n), "page_size": 20 + turn} for n in range(VARIED))
        return [Request(f"/api/v1/evidence/?{urlencode(query)}", headers) for query in queries]

    return requests


def _common(n: int) -> str:
    """The most common word of all, less a rare one."""
    return f"{VOCABULARY[0]} -{VOCABULARY[-1 - n % 1_900]}{'x' * (n // 1_900)}"


def _rare(n: int) -> str:
    """One of the rarer half of all words, less one that is in no document."""
    return f"{VOCABULARY[-1 - n % 1_900]} -none{n}"


_STATUS = _both(postgresql=0.35, sqlite=0.5)
_UNCHANGED = _both(postgresql=0.40, sqlite=0.6)
_SCORECARD = _both(postgresql=0.10, sqlite=0.10)
_COMMON = _both(postgresql=0.03, sqlite=0.03)
_RARE = _both(postgresql=0.1, sqlite=0.1)
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
    # By token: a stranger is held to so many worked-out answers a minute.
    Path("search-common", _search(_common, WITH_TOKEN), checks.search_faults, _COMMON),
    Path("search-rare", _search(_rare, WITH_TOKEN), checks.search_faults, _RARE),
)
