"""Answers that cost little when nothing changed: an ETag before any work, kept pages, 304."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags

from conditions.queries.answers import RELEASE, SHELF, Answer

WORTH_PACKING = 1400


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
    parts = (RELEASE, "page", request.get_full_path(), packed, *seed)
    etag = '"' + hashlib.sha256(repr(parts).encode()).hexdigest()[:32] + '"'
    wanted = parse_etags(request.headers.get("If-None-Match", ""))
    if etag in wanted:
        return _marked(HttpResponseNotModified(), etag, public)
    kept = SHELF.find(etag) if public else None
    response = _served(kept) if kept else write()
    if public and kept is None:
        kept = _kept(response, packed)
        SHELF.keep(etag, kept)
        response = _served(kept)
    # "Whatever you have" is answered once it is certain that there is something.
    if "*" in wanted:
        response = HttpResponseNotModified()
    return _marked(response, etag, public)


def _kept(response: HttpResponse, packed: bool) -> Answer:
    body, kind = response.content, response.headers["Content-Type"]
    if packed and len(body) > WORTH_PACKING:
        return Answer(gzip.compress(body, 6, mtime=0), kind, is_packed=True)
    return Answer(body, kind)


def _served(kept: Answer) -> HttpResponse:
    response = HttpResponse(kept.body, content_type=kept.content_type)
    if kept.is_packed:
        response.headers["Content-Encoding"] = "gzip"
    return response


def _marked(response: HttpResponse, etag: str, public: bool) -> HttpResponse:
    response.headers["ETag"] = etag
    response.headers["Cache-Control"] = "no-cache" if public else "private, no-cache"
    patch_vary_headers(response, ["Cookie", "Accept-Encoding"])
    return response
