"""Fetch: one document from its address, redirects followed one by one, each dialled anew."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from email.message import Message
from http.client import HTTPException
from typing import Final, NoReturn
from urllib.parse import urldefrag, urljoin

from django.conf import settings
from requests import Request, RequestException, Response
from requests.exceptions import SSLError, Timeout
from urllib3.exceptions import HTTPError

from conditions.outbound.fetching.answers import (
    Fetched,
    FetchFailed,
    FetchRefused,
    Hop,
    Kind,
    OutsideOff,
)
from conditions.outbound.fetching.bodies import PACKED, read_body
from conditions.outbound.fetching.dialling import Line
from conditions.outbound.fetching.limits import Limits
from conditions.rules.addresses import BadAddress, require_address

AGENT: Final = "sanctions-conditions-tracker/0.1 (keeps copies of cited documents)"
MOVED: Final = frozenset({301, 302, 303, 307, 308})
NOT_MODIFIED: Final = 304
_BLOCKED: Final = frozenset({401, 402, 403, 405, 406, 407, 429, 451})
_GONE: Final = frozenset({404, 410})
_CONDITIONS: Final = frozenset({"if-none-match", "if-modified-since"})
_UNSENDABLE = re.compile(r"[^\x20-\x7e]")
_MOST_LINES: Final = 100
_LONGEST_LINE: Final = 2_000


def may_call_outside() -> bool:
    """Whether the operator lets the tracker fetch anything at all."""
    return bool(settings.OUTSIDE_CALLS)


def fetch(url: str, *, limits: Limits, conditional: Mapping[str, str] | None = None) -> Fetched:
    """The document at ``url``, with how it was reached.

    ``conditional`` may carry If-None-Match and If-Modified-Since; an unchanged document is then an
    answer of status 304 without a body. Raises OutsideOff before anything is dialled or looked up;
    FetchRefused for what is never fetched; FetchFailed for what may come another time.
    """
    if not may_call_outside():
        raise OutsideOff(
            "Nothing is fetched from outside.",
            field="OUTSIDE_CALLS",
            value=False,
            remedy="An operator allows it with OUTSIDE_CALLS=true.",
        )
    headers = _headers(conditional or {})
    hops: list[Hop] = []
    address = _sound(url)
    with Line(limits) as line:
        while True:
            with _told(line, address), closing(_ask(line, address, headers)) as answer:
                target = _target(answer, address)
                if target is None:
                    return _fetched(answer, line, address, tuple(hops))
                hops.append(_hop(address, answer.status_code, target))
            if len(hops) > limits.most_redirects:
                _refuse("It redirects too often.", url)
            if target in {address, *(hop.url for hop in hops)}:
                _refuse("It redirects to where it came from.", url)
            address = target


def _ask(line: Line, address: str, headers: dict[str, str]) -> Response:
    return line.ask(Request("GET", address, headers=headers).prepare())


def _headers(conditional: Mapping[str, str]) -> dict[str, str]:
    asked = {
        "User-Agent": AGENT,
        "Accept": "text/html, application/pdf, text/plain, */*;q=0.5",
        "Accept-Encoding": PACKED,
        "Connection": "close",
    }
    for name, value in conditional.items():
        if name.lower() not in _CONDITIONS or _UNSENDABLE.search(value):
            _refuse("This header is never sent.", name, field="conditional")
        asked[name] = value
    return asked


def _sound(url: str) -> str:
    try:
        return urldefrag(require_address(url)).url
    except BadAddress as refusal:
        raise FetchRefused(
            refusal.message, field="url", value=refusal.value, remedy=refusal.remedy
        ) from None


def _target(answer: Response, address: str) -> str | None:
    """Where a redirect leads; None for any other answer."""
    location = answer.headers.get("Location", "").strip(" ")
    if answer.status_code not in MOVED or not location:
        return None
    # Before it is joined: joining drops line ends, and what is left would look sound.
    if re.search(r"[\x00-\x1f\x7f\\]", location):
        _refuse("It redirects to something that is not a web address.", address)
    plain = location.encode("latin-1", "replace").decode("utf-8", "replace").replace(" ", "%20")
    try:
        joined = urljoin(address, plain)
    except ValueError:
        _refuse("It redirects to something that is not a web address.", address)
    return _sound(joined)


def _hop(address: str, status: int, target: str) -> Hop:
    is_downgrade = address.startswith("https:") and target.startswith("http:")
    return Hop(address, status, "from https to http" if is_downgrade else "")


def _fetched(answer: Response, line: Line, address: str, hops: tuple[Hop, ...]) -> Fetched:
    status = answer.status_code
    content_type, charset = _named(answer.headers.get("Content-Type", ""))
    body = b""
    if status != NOT_MODIFIED:
        _require_success(status, address)
        if line.limits.wants_body:
            _require_kept(content_type, line.limits)
            body = read_body(answer, most=line.limits.max_bytes)
            if line.is_cut:
                # A cut connection ends like one that has nothing more to say.
                raise TimeoutError
    return Fetched(
        final_url=address,
        hops=hops,
        status=status,
        headers=_lines(answer),
        body=body,
        content_type=content_type,
        charset=charset,
    )


def _require_success(status: int, address: str) -> None:
    if 200 <= status < 300:
        return
    kind: Kind = "blocked" if status in _BLOCKED else "gone" if status in _GONE else "failed"
    raise FetchFailed(f"The site answered {status}.", kind=kind, status=status, final_url=address)


def _require_kept(content_type: str, limits: Limits) -> None:
    if limits.content_types is not None and content_type not in limits.content_types:
        named = content_type or "no content type"
        raise FetchRefused(
            f"The site sends {named}, of which no copy is kept.",
            field="content_type",
            value=content_type,
            remedy="Upload the document as a file.",
        )


def _named(header: str) -> tuple[str, str]:
    """The bare content type and the character set that a header names, both in lower case."""
    message = Message()
    message["Content-Type"] = re.sub(r"[^\x20-\x7e]", " ", header)[:300]
    charset = message.get_param("charset", "")
    bare = header.partition(";")[0].strip().lower()
    is_plain = re.fullmatch(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+", bare) and len(bare) <= 120
    named = charset.strip().lower()[:40] if isinstance(charset, str) else ""
    return (bare if is_plain else ""), named


def _lines(answer: Response) -> tuple[tuple[str, str], ...]:
    lines = [
        (_line(name), _line(value))
        for name, value in answer.raw.headers.iteritems()
        if name.lower() not in ("set-cookie", "set-cookie2")
    ]
    return tuple(lines[:_MOST_LINES])


def _line(text: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]", " ", str(text))[:_LONGEST_LINE]


def _refuse(message: str, value: str, *, field: str = "url") -> NoReturn:
    remedy = "Give the address at which the document itself stands, or upload it as a file."
    raise FetchRefused(message, field=field, value=value, remedy=remedy)


@contextmanager
def _told(line: Line, address: str) -> Iterator[None]:
    """Turns what goes wrong on the way into a failure that says it in a sentence."""
    try:
        yield
    except (FetchFailed, FetchRefused) as error:
        if isinstance(error, FetchFailed) and line.is_cut:
            raise _too_slow(line, address) from error
        raise
    except (RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
        if line.is_cut:
            raise _too_slow(line, address) from error
        raise FetchFailed(_sentence(error), final_url=address) from error


def _too_slow(line: Line, address: str) -> FetchFailed:
    told = f"It took longer than {line.limits.total_seconds:g} seconds."
    return FetchFailed(told, final_url=address)


def _sentence(error: Exception) -> str:
    if isinstance(error, SSLError):
        return "The site could not prove who it is: its certificate or encryption is not in order."
    if isinstance(error, Timeout | TimeoutError):
        return "The site did not answer in time."
    return "The site could not be reached, or broke off."
