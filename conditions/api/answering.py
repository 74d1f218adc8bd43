"""Answers: JSON bytes with the headers that let others keep and check them."""

from __future__ import annotations

import hashlib
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.http import parse_etags

from conditions.api.problems import MatchMissing, StaleMatch

JSON = "application/json"
VARY = "Accept, Authorization, Cookie"
OPEN = "public, max-age=0, must-revalidate"
CLOSED = "private, max-age=0, must-revalidate"


def dumped(value: Any) -> bytes:
    """A row, or anything made of rows, as JSON."""
    return orjson.dumps(value, option=orjson.OPT_UTC_Z)


def answered(
    request: HttpRequest, value: Any, *, is_public: bool, status: int = 200, **headers: str
) -> HttpResponse:
    """The finished answer with its ETag, or 304 where the reader has it already."""
    body = dumped(value)
    return finished(
        request,
        body,
        etag=etag_of(value, body),
        content_type=JSON,
        is_public=is_public,
        status=status,
        headers=headers,
    )


def finished(
    request: HttpRequest,
    body: bytes,
    *,
    etag: str | None,
    content_type: str,
    is_public: bool,
    status: int = 200,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """The response for these bytes under this ETag."""
    response: HttpResponse
    if etag is not None and status == 200 and has_already(request, etag):
        response = HttpResponseNotModified()
    else:
        response = HttpResponse(body, status=status, content_type=content_type)
    for name, value in (headers or {}).items():
        response[name] = value
    if etag is not None:
        response["ETag"] = etag
    response["Vary"] = VARY
    response["Cache-Control"] = OPEN if is_public else CLOSED
    return response


def etag_of(value: Any, body: bytes) -> str:
    """The strong ETag of an answer: the row's revision if it has one, and the bytes' hash."""
    digest = hashlib.sha256(body).hexdigest()[:16]
    revision = getattr(value, "revision", None)
    return f'"{digest}"' if revision is None else f'"{revision}.{digest}"'


def has_already(request: HttpRequest, etag: str) -> bool:
    """Whether a reading request names this ETag, or any, in If-None-Match."""
    return names_etag(request, etag) or "*" in _known_tags(request)


def names_etag(request: HttpRequest, etag: str) -> bool:
    """Whether a reading request names this very ETag, so that its answer was once given."""
    return any(tag.removeprefix("W/") == etag for tag in _known_tags(request))


def _known_tags(request: HttpRequest) -> list[str]:
    header = request.headers.get("if-none-match", "")
    return parse_etags(header) if header and request.method in ("GET", "HEAD") else []


def expected_revision(request: HttpRequest, present: int) -> int:
    """The revision that the writer has seen, from If-Match.

    Raises MatchMissing without the header, StaleMatch when it names none or another revision.
    """
    header, tags = required_match(request)
    seen = {part for tag in tags if (part := tag.strip('"').partition(".")[0]).isdigit()}
    if "*" in tags or str(present) in seen:
        return present
    raise stale(header, present)


def required_match(request: HttpRequest) -> tuple[str, list[str]]:
    """The If-Match header of a write, and the ETags in it. Raises MatchMissing."""
    header = request.headers.get("if-match", "")
    if not header:
        raise MatchMissing(
            "This write needs an If-Match header, so that nobody's work is overwritten.",
            field="If-Match",
            value="",
            remedy="Read the thing first and send its ETag back in If-Match.",
        )
    return header, parse_etags(header)


def stale(header: str, present: int | None = None) -> StaleMatch:
    """The refusal of a write that was made from an older revision."""
    now = f"It is at revision {present} now. " if present is not None else ""
    return StaleMatch(
        "Somebody saved this after you read it.",
        field="If-Match",
        value=header,
        remedy=f"{now}Read it again, then send the change with the new ETag.",
    )
