"""Answers that cost little when nothing changed: an ETag before any work, kept pages, 304."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable
from functools import cache as once
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

KEPT_FOR = 3600
WORTH_PACKING = 1400


@once
def release() -> str:
    """A fingerprint of the code, templates and styles that make the pages."""
    digest = hashlib.sha256()
    root = Path(settings.BASE_DIR) / "conditions"
    for path in sorted(root.rglob("*")):
        if path.suffix in {".py", ".html", ".css", ".svg"}:
            digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def answer(
    request: HttpRequest,
    *,
    seed: tuple[object, ...],
    public: bool,
    write: Callable[[], HttpResponse],
) -> HttpResponse:
    """The answer to a read: 304 where the reader has it, a kept page where one was written before.

    ``seed`` is all that the page depends on beside its address; only public pages are kept.
    """
    packed = public and "gzip" in request.headers.get("Accept-Encoding", "")
    parts = (release(), request.get_full_path(), packed, *seed)
    etag = '"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"'
    wanted = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in wanted or "*" in wanted:
        return _marked(HttpResponseNotModified(), etag, public)
    kept = cache.get(etag) if public else None
    if kept is None:
        response = write()
        if response.status_code != 200 or not public:
            return _marked(response, etag, public)
        kept = _keep(response, packed)
        cache.set(etag, kept, KEPT_FOR)
    body, headers = kept
    return _marked(HttpResponse(body, headers=headers), etag, public)


def _keep(response: HttpResponse, packed: bool) -> tuple[bytes, dict[str, str]]:
    body, headers = response.content, dict(response.headers)
    if packed and len(body) > WORTH_PACKING:
        body = gzip.compress(body, 6, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return body, headers


def _marked(response: HttpResponse, etag: str, public: bool) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache" if public else "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response
