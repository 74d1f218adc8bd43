"""Refusals as RFC 9457 problems: the one place where a family of refusal becomes an answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions

from conditions.api.integrity import broken_rule
from conditions.models.contention import BUSY, SECONDS_TO_WAIT, is_busy
from conditions.rules.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal

CONTENT_TYPE = "application/problem+json"
LONGEST_VALUE = 200
FAMILIES = ((Invalid, 400), (NotAllowed, 403), (NotFound, 404), (Conflict, 409))
CHALLENGE = 'Bearer realm="api"'


class NotSignedIn(NotAllowed):
    """Nobody in particular asks for what a role is needed for."""


class BadToken(NotAllowed):
    """A token that opens nothing: unknown, expired, revoked, or written in a wrong way."""


class StaleMatch(Conflict):
    """The If-Match header names another revision than the one on file."""


class MatchMissing(Invalid):
    """A write that may overwrite somebody's work came without If-Match."""


class TooLarge(Invalid):
    """A body beyond what the API reads."""


class OnFileAlready(Conflict):
    """What was sent is on file already; ``more`` says at which address."""

    def __init__(self, refusal: Conflict, address: str) -> None:
        super().__init__(
            refusal.message, field=refusal.field, value=refusal.value, remedy=refusal.remedy
        )
        self.more = {"existing": address}


# More telling than their family's status.
OWN_STATUS: Mapping[type[Refusal], int] = {
    NotSignedIn: 401,
    BadToken: 401,
    StaleMatch: 412,
    MatchMissing: 428,
    TooLarge: 413,
}
_REMEDIES = {
    "ParseError": "Send well-formed JSON in UTF-8.",
    "UnsupportedMediaType": "Send JSON with Content-Type: application/json.",
    "MethodNotAllowed": "Use one of the methods in the Allow header.",
    "Throttled": "Wait as long as the Retry-After header says.",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a request was refused, as its answer will say it."""

    status: int
    kind: str
    detail: str
    errors: tuple[dict[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    more: Mapping[str, Any] = field(default_factory=dict)

    def answer(self, request: HttpRequest) -> HttpResponse:
        """The response that tells the problem; nobody may keep it."""
        body = {
            "type": f"urn:sanctions-conditions:problem:{self.kind}",
            "title": HTTPStatus(self.status).phrase,
            "status": self.status,
            "detail": _sendable(self.detail),
            "instance": request.path,
            "errors": list(self.errors),
            **self.more,
        }
        response = HttpResponse(
            orjson.dumps(body), status=self.status, content_type=CONTENT_TYPE, headers=self.headers
        )
        response["Cache-Control"] = "no-store"
        return response


def problem_of(error: Exception) -> Problem | None:
    """The problem an exception amounts to, or None for a fault of our own."""
    match error:
        case Refusal():
            return _refused(error)
        case exceptions.ValidationError():
            return Problem(400, "invalid", "The body cannot be accepted.", _nested(error.detail))
        case exceptions.APIException():
            return _from_framework(error)
        case Http404():
            return Problem(404, "not-found", "There is nothing at this address.")
        case PermissionDenied():
            return Problem(403, "not-allowed", str(error) or "You may not do this.")
        case IntegrityError():
            return _from_database(error)
        case OperationalError() if is_busy(error):
            return failure(error)
    return None


def failure(error: BaseException | None) -> Problem:
    """What went wrong on our side: the database is busy for a moment, or a fault of ours."""
    if is_busy(error):
        detail = f"{BUSY} Send the same again after the seconds in Retry-After."
        return Problem(503, "busy", detail, (), {"Retry-After": str(SECONDS_TO_WAIT)})
    return Problem(500, "failure", "This failed on our side; the operator's log tells why.")


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """The framework's exception handler: an answer, or None to let a fault of ours be seen."""
    problem = problem_of(error)
    return None if problem is None else problem.answer(context["request"])


def _refused(refusal: Refusal) -> Problem:
    kind = type(refusal)
    family = next(status for family, status in FAMILIES if isinstance(refusal, family))
    status = next((own for each, own in OWN_STATUS.items() if isinstance(refusal, each)), family)
    faults = getattr(refusal, "faults", None)
    errors = (
        [_entry(one.path, one.value, one.remedy, one.message) for one in faults]
        if faults
        else [_entry(refusal.field, refusal.value, refusal.remedy, refusal.message)]
    )
    return Problem(
        status,
        re.sub(r"(?<!^)(?=[A-Z])", "-", kind.__name__).lower(),
        str(refusal),
        tuple(errors),
        {"WWW-Authenticate": CHALLENGE} if status == 401 else {},
        getattr(refusal, "more", {}),
    )


def _from_framework(error: exceptions.APIException) -> Problem:
    name = type(error).__name__
    headers = {}
    if error.status_code == 401:
        headers["WWW-Authenticate"] = CHALLENGE
    wait = getattr(error, "wait", None)
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    kind = re.sub(r"(?<!^)(?=[A-Z])", "-", name).lower()
    detail = f"{error.detail} {_REMEDIES.get(name, '')}".strip()
    return Problem(error.status_code, kind, detail, (), headers)


def _from_database(error: IntegrityError) -> Problem:
    rule = broken_rule(str(error))
    return Problem(rule.status, "database-refused", rule.sentence)


def _entry(name: str, value: object, remedy: str, message: str) -> dict[str, Any]:
    return {
        "field": _sendable(name),
        "value": _plain(value),
        "remedy": _sendable(remedy),
        "message": _sendable(message),
    }


def _plain(value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value if not isinstance(value, int) or abs(value) < 2**53 else str(value)
    text = value.isoformat() if isinstance(value, date | datetime) else str(value)
    text = _sendable(text)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


def _sendable(text: str) -> str:
    # Half a character, as JSON may smuggle one in, has no place in an answer.
    return text.encode("utf-8", "replace").decode()


def _nested(detail: Any, path: str = "") -> tuple[dict[str, Any], ...]:
    found: list[dict[str, Any]] = []
    inner: Iterable[tuple[Any, Any]] = ()
    if isinstance(detail, dict):
        inner = detail.items()
    elif isinstance(detail, list) and any(isinstance(one, dict | list) for one in detail):
        inner = enumerate(detail)
    else:
        messages = detail if isinstance(detail, list) else [detail]
        return tuple(_entry(path, None, "", str(message)) for message in messages)
    for step, value in inner:
        found += _nested(value, f"{path}.{step}" if path else str(step))
    return tuple(found)
